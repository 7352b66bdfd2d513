"""The sampler and the plain oscillators."""

from __future__ import annotations

from dsp.kind import kinds
from phonon_osc.engine.definition import Definition, Graph, Wire
from phonon_osc.synths.chain import voice
from phonon_osc.synths.parts import hold, pitch
from phonon_osc.synths.recipe import synth


def sampler(rate: float) -> Definition:
    """Plays a sample."""
    names = ("buffer", "begin", "end", "rate_start", "rate_end")

    def source(g: Graph) -> tuple[Wire, Wire]:
        spec = kinds()["sampler"].params
        controls = {name: g.control(name, spec[name]) for name in names}
        left, right = g.add("sampler", **controls, sustain=hold(g))
        return left, right

    return voice("dirt.sampler", "A sample, any rate, either direction.", rate, source)


@synth(aliases=("sin",))
def sine(g: Graph) -> Wire:
    """A sine."""
    return g.one("gain", g.one("sine", freq=pitch(g)), amp=0.5)


@synth(aliases=("sawtooth",))
def saw(g: Graph) -> Wire:
    """A saw, band-limited."""
    return g.one("gain", g.one("saw", freq=pitch(g)), amp=0.3)


@synth(aliases=("sqr",))
def square(g: Graph) -> Wire:
    """A square, band-limited; its width is free."""
    width = g.control("width", kinds()["pulse"].params["width"])
    return g.one("gain", g.one("pulse", freq=pitch(g), width=width), amp=0.3)


@synth(aliases=("triangle",))
def tri(g: Graph) -> Wire:
    """A triangle, band-limited."""
    return g.one("gain", g.one("triangle", freq=pitch(g)), amp=0.5)
