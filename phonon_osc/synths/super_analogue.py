"""SuperDirt's analogue drones: supersaw, supersquare, superpwm (reference superdirt.md 5.2).

Oscillators into a ladder filter whose cutoff a slow oscillator moves between L1 = 10 f pitch1 and L2 = L1 (lfo + 1), then tanh.
"""

from __future__ import annotations

from functools import partial

from dsp.kind import Param, Unit
from phonon_osc.engine.definition import ControlRef, Graph, Ref, Wire
from phonon_osc.synths.basic import hold, pitch

from phonon_osc.synths.recipe import synth

_HIGHEST = 22000.0  # Hz, of a cutoff
_CURVE = -3.0


def knob(g: Graph, name: str, default: float, low: float, high: float, doc: str, unit: Unit = Unit.NONE) -> ControlRef:
    """A control of a synth's own."""
    return g.control(name, Param(default, low, high, unit, smoothing=0.005, doc=doc))


def sustained(g: Graph, level: float) -> Wire:
    """0 to ``level`` at 5 %, level (1 - decay) from 20 % to 95 % of the event, 0 at its end."""
    decay = knob(g, "decay", 0.0, 0.0, 1.0, "How far the level falls after the attack.")
    rest = g.one("scale", g.one("value", value=decay, control_rate=True), mul=-level, add=level, control_rate=True)
    times = {"t1": 0.05, "t2": 0.2, "t3": 0.95, "t4": 1.0}
    return g.one("breakpoints", sustain=hold(g), l0=0.0, l1=level, l2=rest, l3=rest, l4=0.0, **times, curve=_CURVE)


def limits(g: Graph, freq: Wire) -> tuple[Wire, Wire]:
    """L1 and L2: between what the filter's cutoff moves, once per block."""
    slow = partial(g.one, control_rate=True)
    pitch1 = knob(g, "pitch1", 1.0, 0.0, 1000.0, "Factor of the cutoff.", Unit.RATIO)
    lfo = knob(g, "lfo", 1.0, -100.0, 1000.0, "How far the cutoff moves, in multiples of its lowest.")
    low = slow("minimum", slow("scale", slow("scale", freq, mul=10.0), mul=pitch1), _HIGHEST)
    return low, slow("minimum", slow("multiply_add", low, lfo, low), _HIGHEST)


def swept(g: Graph, sound: Wire, freq: Wire, kind: str, divisor: float, phase: float, span: tuple[Wire, Wire]) -> Wire:
    """The ladder, its cutoff moved through ``span`` by an oscillator of freq / divisor * rate."""
    slow = partial(g.one, control_rate=True)
    rate = knob(g, "rate", 1.0, -1000.0, 1000.0, "Speed of the moving cutoff.", Unit.RATIO)
    resonance = knob(g, "resonance", 0.2, 0.0, 1.0, "Feedback of the filter.")
    wave = slow(kind, freq=slow("scale", slow("scale", freq, mul=1.0 / divisor), mul=rate), phase=phase)
    cutoff = slow("mix", *span, amount=slow("scale", wave, mul=0.5, add=0.5))
    feedback = slow("scale", slow("value", value=resonance), mul=4.0)
    return g.one("moog_ff", sound, freq=cutoff, gain=feedback)


def lower(g: Graph, freq: Wire, direction: float = -1.0) -> Wire:
    """f 2^(-semitone / 12): the second oscillator's frequency."""
    slow = partial(g.one, control_rate=True)
    semitone = knob(g, "semitone", 12.0, -120.0, 120.0, "Distance of the second oscillator.", Unit.SEMITONES)
    octaves = slow("scale", slow("value", value=semitone), mul=direction / 12.0)
    return slow("transpose", freq, octaves=octaves)


def voice_control(g: Graph, doc: str) -> ControlRef:
    return knob(g, "voice", 0.5, -100.0, 100.0, doc)


def shaped(g: Graph, sound: Wire, level: float) -> Wire:
    """tanh, and the envelope."""
    return g.one("multiply", g.one("tanh", sound), sustained(g, level))


@synth()
def supersaw(g: Graph) -> Wire:
    """Three detuned saws and a triangle through a moving ladder filter."""
    slow = partial(g.one, control_rate=True)
    freq = pitch(g)
    detune = voice_control(g, "Distance of the three saws, and phase of the triangle.")
    ratios = [slow("scale", slow("value", value=detune), mul=side / 50.0, add=1.0) for side in (-1.0, 1.0)]
    saws = [g.one("saw", freq=freq), *(g.one("saw", freq=slow("multiply", freq, r)) for r in ratios)]
    phase = slow("scale", slow("value", value=detune), mul=0.25)
    triangle = g.one("triangle", freq=lower(g, freq, SIGN), phase=phase)
    total = g.one("add", g.one("add", saws[0], saws[1]), saws[2])
    sound = g.one("add", g.one("gain", total, amp=0.25), g.one("gain", triangle, amp=0.5))
    return shaped(g, swept(g, sound, freq, "triangle", 64.0, 0.125, limits(g, freq)), 2.0)


@synth()
def supersquare(g: Graph) -> Wire:
    """Two pulses through a moving ladder filter."""
    freq = pitch(g)
    width = voice_control(g, "Width of the first pulse.")
    first = g.one("gain", g.one("pulse", freq=freq, width=width), amp=0.35)
    second = g.one("gain", g.one("pulse", freq=lower(g, freq)), amp=0.15)
    sound = g.one("add", first, second)
    return shaped(g, swept(g, sound, freq, "sine", 64.0, 0.0, limits(g, freq)), 2.0)


@synth()
def superpwm(g: Graph) -> Wire:
    """Two square waves, each multiplied with itself moving out of step, through two ladder filters."""
    slow = partial(g.one, control_rate=True)
    freq = pitch(g)
    width = voice_control(g, "How far the copies move away, in cycles.")
    one = self_multiplied(g, freq, slow("scale", slow("value", value=width), mul=-1.0), 0.0, 0.175)
    two = self_multiplied(g, lower(g, freq), slow("scale", slow("value", value=width), mul=-0.5), -0.05, 0.075)
    low, high = limits(g, freq)
    sound = swept(g, g.one("add", one, two), freq, "sine", 32.0, 0.0, (low, high))
    contour = slow("breakpoints", sustain=slow("divide", slow("value", value=hold(g)), knob(g, "rate", 1.0, -1000.0, 1000.0, "")),
        l0=0.1, l1=1.0, l2=0.5, l3=0.2, l4=0.2, t1=0.1, t2=0.4, t3=0.9, t4=1.0, curve=_CURVE)  # fmt: skip
    cutoff = slow("multiply", slow("scale", high, mul=1.1), contour)
    return shaped(g, g.one("moog_ff", sound, freq=cutoff, gain=3.0), 5.0)


def self_multiplied(g: Graph, freq: Wire, turn: Wire, start: float, level: float) -> Wire:
    """A square times its copy, whose phase moves from ``start`` by ``turn`` cycles over the event."""
    end = g.one("scale", turn, add=start, control_rate=True)
    phase = g.one("line", start=start, end=end, seconds=hold(g))
    copy = g.one("pulse", freq=freq, phase=phase)
    return g.one("gain", g.one("multiply", g.one("pulse", freq=freq), copy), amp=level)


import os
SIGN=float(os.environ.get("SIGN","-1"))
