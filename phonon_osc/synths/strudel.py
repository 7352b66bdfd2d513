"""Strudel's own sounds beside the plain oscillators: its noises and its synthetic drum.

Levels as those oscillators have them here; a superdough oscillator has 0.3.
"""

from __future__ import annotations

from dataclasses import replace

from dsp.kind import Unit
from phonon_osc.engine.definition import Graph, Wire
from phonon_osc.synths.parts import FREQ, knob, pitch, scaled
from phonon_osc.synths.recipe import synth

_SBD_PITCH = 43.65  # Hz, MIDI 29: where no note is given
_SBD_OCTAVES = 3.0
_DUST = 480.0  # impulses per second for a density of 1


@synth(uses_pitch=False)
def white(g: Graph) -> Wire:
    """White noise."""
    return g.one("gain", g.one("white"), amp=0.3)


@synth(uses_pitch=False)
def pink(g: Graph) -> Wire:
    """Pink noise: 3 dB less with every octave."""
    return g.one("gain", g.one("pink"), amp=0.4)


@synth(uses_pitch=False)
def brown(g: Graph) -> Wire:
    """Brown noise: 6 dB less with every octave."""
    return g.one("gain", g.one("leak_dc", g.one("brown")), amp=0.4)


@synth(uses_pitch=False)
def crackle(g: Graph) -> Wire:
    """Crackling: impulses at random, as many as ``density`` says."""
    density = knob(g, "density", 0.03, 0.0, 1.0, "How many: 0.03 is a dozen a second.")
    return g.one("gain", g.one("dust", density=scaled(g, density, _DUST)), amp=0.8)


@synth(uses_pitch=False)
def sbd(g: Graph) -> Wire:
    """A synthetic bass drum: a triangle that falls by three octaves while it fades."""
    g.control("freq", replace(FREQ, default=_SBD_PITCH))
    fall = knob(g, "pdecay", 0.5, 0.01, 10.0, "Time in which the pitch falls.", Unit.SECONDS)
    fade = knob(g, "decay", 0.5, 0.01, 10.0, "Time in which it fades.", Unit.SECONDS)
    octaves = g.one("gain", g.one("perc", attack=0.0, release=fall, curve=-6.0), amp=_SBD_OCTAVES)
    tone = g.one("triangle", freq=g.one("transpose", pitch(g), octaves=octaves))
    level = g.one("perc", attack=0.001, release=fade, curve=-4.0)
    return g.one("gain", g.one("multiply", tone, level), amp=0.7)
