"""The workloads as definitions of our engine: one graph per variant, and the orbits they play through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.workloads import (
    ATTACK,
    DAMP,
    DAMPING,
    DECAY,
    FEEDBACK,
    MIX,
    NOTE,
    NOTE_SHAPE,
    RATE,
    RELEASE,
    ROOM,
    SUSTAIN,
)
from dsp.kind import Param, Unit
from phonon_osc.engine.definition import ControlRef, Definition, Graph, Wire

RESONANCE_Q4 = 0.875  # Q = 1 / (2 - 2 resonance)


def _control(default: float, top: float, unit: Unit = Unit.NONE) -> Param:
    return Param(default, -top, top, unit, smoothing=0.0)


def _graph(name: str) -> Graph:
    return Graph(name, rate=RATE)


def _hertz(g: Graph, name: str, default: float, top: float = 24000.0) -> ControlRef:
    return g.control(name, _control(default, top, Unit.HZ))


def _held(g: Graph) -> Wire:
    return g.one("adsr", gate=1.0, attack=ATTACK, decay=DECAY, sustain=SUSTAIN, release=RELEASE)


def _out(g: Graph, voice: Wire) -> Definition:
    """Amplitude, pan, orbit."""
    amp, pan = g.control("amp", _control(0.1, 1.0)), g.control("pan", _control(0.0, 1.0))
    g.out(*g.add("pan", g.one("gain", voice, amp=amp), position=pan))
    return g.build()


def sines() -> Definition:
    """W1: one sine, pan."""
    g = _graph("sines")
    return _out(g, g.one("sine", freq=_hertz(g, "freq", 440.0)))


def _filtered_saw(g: Graph) -> Wire:
    """Band-limited saw, 2-pole resonant low-pass (Q 4) under a sine LFO once per block."""
    freq, cutoff = _hertz(g, "freq", 440.0), _hertz(g, "cutoff", 1000.0)
    wobble = g.one("sine", freq=_hertz(g, "lfo", 1.0, 100.0), control_rate=True)
    wobble = g.one("scale", wobble, mul=0.6, add=1.0, control_rate=True)
    swept = g.one("gain", wobble, amp=cutoff, control_rate=True)
    return g.one("lowpass", g.one("saw", freq=freq), cutoff=swept, resonance=RESONANCE_Q4)


def acid() -> Definition:
    """W2, and the voices of W5."""
    g = _graph("acid")
    return _out(g, g.one("gain", _filtered_saw(g), amp=_held(g)))


def fm() -> Definition:
    """W3: a sine that modulates the frequency of another one at every sample."""
    g = _graph("fm")
    freq, deviation = _hertz(g, "freq", 440.0), _hertz(g, "deviation", 440.0, 1e6)
    moved = g.one("scale", g.one("sine", freq=_hertz(g, "modulator", 440.0)), mul=deviation, add=freq)
    return _out(g, g.one("gain", g.one("sine", freq=moved), amp=_held(g)))


def _player(kind: str, buffer: int) -> Definition:
    g = _graph(kind)
    rate = g.control("rate", _control(1.0, 1000.0, Unit.RATIO))
    amp, pan = g.control("amp", _control(0.1, 1.0)), g.control("pan", _control(0.0, 1.0))
    left, right = g.add(kind, buffer=buffer, rate_start=rate, rate_end=rate)
    level = g.one("gain", _held(g), amp=amp)
    g.out(*g.add("balance", g.one("multiply", left, level), g.one("multiply", right, level), position=pan))
    return g.build()


def cubic() -> Definition:
    """W4: a looped stereo sample, and its balance."""
    return _player("sampler", SAMPLE_BUFFER)


def linear() -> Definition:
    """W4 with two points of the sample instead of four."""
    return _player("sampler_linear", SAMPLE_BUFFER)


def churn() -> Definition:
    """W6: W2's voice with an envelope that ends with the note."""
    g = _graph("churn")
    at, points = 0.0, dict[str, Any]()
    for k, (seconds, level) in enumerate(NOTE_SHAPE, 1):
        at += seconds
        points |= {f"t{k}": at / NOTE, f"l{k}": level}
    return _out(g, g.one("gain", _filtered_saw(g), amp=g.one("breakpoints", sustain=NOTE, **points)))


def plain_orbit() -> Definition:
    """Orbits that only add up, like the buses of scsynth."""
    g = Graph("orbit", rate=RATE, inlets=True)
    assert g.inlets is not None
    g.outlets(*g.inlets)
    return g.build()


def fx_orbit() -> Definition:
    """W5: sound and echoes, and their reverb. ``time`` is the delay time."""
    g = Graph("orbit", rate=RATE, inlets=True)
    assert g.inlets is not None
    time = g.control("time", _control(0.25, 1.0, Unit.SECONDS))
    sides = []
    for dry in g.inlets:
        wet = g.one("delay", dry, time=time, feedback=FEEDBACK, damp=DAMPING, mix=1.0)
        sides.append(g.one("add", dry, wet))
    g.outlets(*g.add("freeverb", *sides, mix=MIX, room=ROOM, damp=DAMP))
    return g.build()


SAMPLE_BUFFER = 1  # number of the first sample of an engine; 0 is silence

DEFINITIONS: dict[tuple[str, str], Callable[[], Definition]] = {
    ("W1", "ar"): sines,
    ("W2", "kr"): acid,
    ("W3", "fm"): fm,
    ("W4", "cubic"): cubic,
    ("W4", "linear"): linear,
    ("W5", "fx"): acid,
    ("W6", "self"): churn,
}
