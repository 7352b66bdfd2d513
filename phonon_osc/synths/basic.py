"""The sampler, the plain oscillators, and what synths share."""

from __future__ import annotations

from dsp.kind import Curve, Param, Unit, kinds
from phonon_osc.engine.definition import ControlRef, Definition, Graph, Wire
from phonon_osc.synths.chain import GATE, voice
from phonon_osc.synths.recipe import synth

FREQ = Param(440.0, -24000.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.005, doc="Pitch.")
SPEED = Param(1.0, -1e3, 1e3, Unit.RATIO, smoothing=0.0, doc="Factor of the pitch.")
ACCELERATE = Param(0.0, -1e3, 1e3, smoothing=0.0, doc="Relative change of pitch over the event.")


def hold(g: Graph) -> ControlRef:
    """The event's sustain S: the time at full level of its gate."""
    return g.control("hold_time", GATE["hold_time"])


def pitch(g: Graph) -> Wire:
    """freq times SuperDirt's frequency scale: from |speed| to |speed| (accelerate + 1) over the event, once per block."""
    return g.one(
        "freq_scale",
        freq=g.control("freq", FREQ),
        speed=g.control("speed", SPEED),
        accelerate=g.control("accelerate", ACCELERATE),
        sustain=hold(g),
        control_rate=True,
    )


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
