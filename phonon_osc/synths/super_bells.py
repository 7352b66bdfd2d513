"""SuperDirt's supergong and supermandolin (reference superdirt.md 5.2)."""

from __future__ import annotations

import math

from phonon_osc.engine.definition import Graph, Wire
from phonon_osc.synths.parts import hold, knob, pitch, plateau, scaled
from phonon_osc.synths.recipe import synth

# partials of a plate, as multiples of its lowest
_PARTIALS = (1.0, 2.081, 3.414, 3.893, 4.995, 5.954, 6.819, 8.28, 8.722, 8.882, 10.868, 11.18, 11.754, 13.71, 13.715)
_LEVEL = 0.2  # of each


@synth()
def supergong(g: Graph) -> Wire:
    """A gong of fifteen partials: ``decay`` makes the upper ones last longer, ``voice`` makes them louder."""
    freq = pitch(g)
    voice = knob(g, "voice", 0.0, 0.0, 4.0, "Loudness of the upper partials.")
    decay = knob(g, "decay", 1.0, 0.0, 2.0, "How long the upper partials last, against the lowest.")
    # the lowest partial's time is 100 / f, times five sustains; r^(decay - 2) of it is that of partial r
    time = g.one("divide", 500.0, freq, control_rate=True)
    time = g.one("multiply", time, g.one("value", value=hold(g), control_rate=True), control_rate=True)
    total: Wire | None = None
    for ratio in _PARTIALS:
        # at audio rate: a slow signal keeps its place for the whole block, and fifteen times five are too many
        octaves = math.log2(ratio)
        shorter = g.one("scale", decay, mul=octaves, add=-2.0 * octaves)
        lasting = g.one("transpose", time, octaves=shorter)
        strike = g.one("perc", attack=g.one("scale", lasting, mul=0.01), release=g.one("scale", lasting, mul=0.5))
        level = g.one("transpose", _LEVEL, octaves=g.one("scale", voice, mul=octaves))
        partial = g.one("gain", g.one("sine", freq=g.one("scale", freq, mul=ratio)), amp=level)
        total = g.one("multiply", partial, strike) if total is None else g.one("multiply_add", partial, strike, total)
    assert total is not None
    return total


@synth()
def supermandolin(g: Graph) -> Wire:
    """A pair of plucked strings, a little out of tune with each other."""
    freq = pitch(g)
    detune = knob(g, "detune", 0.2, -50.0, 50.0, "How far the strings are from the note, in per cent.")
    strings = [
        g.one(
            "pluck",
            freq=g.one("multiply", freq, scaled(g, detune, side / 100.0, 1.0), control_rate=True),
            decay=hold(g),
        )
        for side in (-1.0, 1.0)
    ]
    return g.one("multiply", g.one("add", *strings), plateau(g, 0.002, 0.5))
