"""SuperDirt's analogue drones: supersaw, supersquare, superpwm (reference superdirt.md 5.2).

Oscillators into a ladder filter whose cutoff a slow oscillator moves between L1 = 10 f pitch1 and L2 = L1 (lfo + 1),
then tanh. SuperDirt's saws and pulses reach from -0.5 to 0.5, ours from -1 to 1: its levels are halved here.
"""

from __future__ import annotations

from functools import partial

from dsp.kind import Unit
from phonon_osc.engine.definition import Graph, Ref, Wire
from phonon_osc.synths.parts import drone, hold, knob, pitch, scaled
from phonon_osc.synths.recipe import synth

_HIGHEST = 22000.0  # Hz, of a cutoff


@synth()
def supersaw(g: Graph) -> Wire:
    """Three detuned saws and a triangle through a moving ladder filter."""
    freq = pitch(g)
    voice = _voice(g, "Distance of the three saws, and phase of the triangle.")
    saws = [g.one("saw", freq=scaled(g, freq, scaled(g, voice, side / 50.0, 1.0))) for side in (-1.0, 0.0, 1.0)]
    triangle = g.one(
        "triangle", freq=g.one("multiply", freq, _interval(g, 1.0), control_rate=True), phase=scaled(g, voice, 0.25)
    )
    together = g.one("add", g.one("add", saws[0], saws[1]), saws[2])
    sound = g.one("add", g.one("gain", together, amp=0.25), g.one("gain", triangle, amp=0.5))
    return _shaped(g, _swept(g, sound, freq, _limits(g, freq), ("triangle", 64.0, 0.125)), 2.0)


@synth()
def supersquare(g: Graph) -> Wire:
    """Two pulses through a moving ladder filter."""
    freq = pitch(g)
    upper = g.one("pulse", freq=freq, width=_voice(g, "Width of the upper pulse."))
    lower = g.one("pulse", freq=g.one("multiply", freq, _interval(g, -1.0), control_rate=True))
    sound = g.one("add", g.one("gain", upper, amp=0.35), g.one("gain", lower, amp=0.15))
    return _shaped(g, _swept(g, sound, freq, _limits(g, freq), ("sine", 64.0, 0.0)), 2.0)


@synth()
def superpwm(g: Graph) -> Wire:
    """Two squares, each multiplied with a copy that falls behind, through two ladder filters."""
    slow = partial(g.one, control_rate=True)
    freq = pitch(g)
    voice = _voice(g, "How far the copies fall behind, in cycles.")
    ratio = _interval(g, -1.0)
    upper = _own_copy(g, freq, 0.0, scaled(g, voice, -1.0), 0.175)
    lag = scaled(g, voice, -1.0, -0.1)  # both copies are late by the same time, so by fewer cycles of the lower square
    lower = _own_copy(g, slow("multiply", freq, ratio), scaled(g, ratio, -0.1), slow("multiply", lag, ratio), 0.075)
    limits = _limits(g, freq)
    sound = _swept(g, g.one("add", upper, lower), freq, limits, ("sine", 32.0, 0.0))
    contour = slow(
        "breakpoints",
        sustain=slow("divide", slow("value", value=hold(g)), _rate(g)),
        **{"l0": 0.1, "l1": 1.0, "l2": 0.5, "l3": 0.2, "l4": 0.2, "t1": 0.1, "t2": 0.4, "t3": 0.9, "t4": 1.0},
        curve=-3.0,
    )
    return _shaped(g, g.one("moog_ff", sound, freq=slow("multiply", scaled(g, limits[1], 1.1), contour), gain=3.0), 5.0)


def _voice(g: Graph, doc: str) -> Wire:
    return knob(g, "voice", 0.5, -100.0, 100.0, doc)


def _rate(g: Graph) -> Wire:
    return knob(g, "rate", 1.0, -1000.0, 1000.0, "Speed of the moving cutoff.", Unit.RATIO)


def _interval(g: Graph, direction: float) -> Wire:
    """The second oscillator's frequency as a multiple of the first one's: ``semitone`` up or down."""
    semitone = knob(g, "semitone", 12.0, -120.0, 120.0, "Distance of the second oscillator.", Unit.SEMITONES)
    return g.one("transpose", 1.0, octaves=scaled(g, semitone, direction / 12.0), control_rate=True)


def _own_copy(g: Graph, freq: Wire, start: Ref, end: Wire, level: float) -> Wire:
    """A square times a copy of itself, whose phase goes from ``start`` to ``end`` cycles over the event."""
    copy = g.one("pulse", freq=freq, phase=g.one("line", start=start, end=end, seconds=hold(g)))
    return g.one("gain", g.one("multiply", g.one("pulse", freq=freq), copy), amp=level)


def _limits(g: Graph, freq: Wire) -> tuple[Wire, Wire]:
    """L1 and L2: between what the filter's cutoff moves."""
    slow = partial(g.one, control_rate=True)
    pitch1 = knob(g, "pitch1", 1.0, 0.0, 1000.0, "Factor of the cutoff.", Unit.RATIO)
    lfo = knob(g, "lfo", 1.0, -100.0, 1000.0, "How far the cutoff moves, in multiples of its lowest.")
    low = slow("minimum", scaled(g, scaled(g, freq, 10.0), pitch1), _HIGHEST)
    return low, slow("minimum", slow("multiply_add", low, lfo, low), _HIGHEST)


def _swept(g: Graph, sound: Wire, freq: Wire, limits: tuple[Wire, Wire], lfo: tuple[str, float, float]) -> Wire:
    """The ladder, its cutoff moved by an oscillator: its kind, the divisor of freq, its phase."""
    kind, divisor, phase = lfo
    slow = partial(g.one, control_rate=True)
    resonance = knob(g, "resonance", 0.2, 0.0, 1.0, "Feedback of the filter.")
    wave = slow(kind, freq=scaled(g, scaled(g, freq, 1.0 / divisor), _rate(g)), phase=phase)
    cutoff = slow("mix", *limits, amount=scaled(g, wave, 0.5, 0.5))
    return g.one("moog_ff", sound, freq=cutoff, gain=scaled(g, resonance, 4.0))


def _shaped(g: Graph, sound: Wire, level: float) -> Wire:
    return g.one("multiply", g.one("tanh", sound), drone(g, level))
