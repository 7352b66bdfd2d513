"""The sampler and the plain oscillators, as dirt voices and as nodes."""

from __future__ import annotations

from dsp.kind import Curve, Param, Unit, kinds
from phonon_osc.engine.definition import ControlRef, Definition, Graph, Wire
from phonon_osc.synths.chain import GATE, mono, stereo

FREQ = Param(440.0, -24000.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.005, doc="Pitch.")


def sampler(rate: float) -> Definition:
    """Plays a sample."""
    names = ("buffer", "begin", "end", "rate_start", "rate_end")

    def source(g: Graph) -> tuple[Wire, Wire]:
        spec = kinds()["sampler"].params
        controls = {name: g.control(name, spec[name]) for name in names}
        left, right = g.add("sampler", **controls, sustain=hold(g))
        return left, right

    return stereo("dirt.sampler", "A sample, any rate, either direction.", rate, source)


def hold(g: Graph) -> ControlRef:
    """The event's sustain S: the time at full level of its gate."""
    return g.control("hold_time", GATE["hold_time"])


def pitch(g: Graph) -> Wire:
    """freq times SuperDirt's frequency scale: from |speed| to |speed| (accelerate + 1) over the event, once per block."""
    return g.one(
        "freq_scale",
        freq=g.control("freq", FREQ),
        speed=g.control("speed", Param(1.0, -1e3, 1e3, Unit.RATIO, smoothing=0.0, doc="Factor of the pitch.")),
        accelerate=g.control("accelerate", Param(0.0, -1e3, 1e3, smoothing=0.0, doc="Relative change of pitch over the event.")),
        sustain=hold(g),
        control_rate=True,
    )


def oscillator(name: str, kind: str, level: float, rate: float) -> Definition:
    """A band-limited oscillator as a dirt voice."""

    def source(g: Graph) -> Wire:
        extra = {"width": g.control("width", kinds()[kind].params["width"])} if "width" in kinds()[kind].params else {}
        return g.one("gain", g.one(kind, freq=pitch(g), **extra), amp=level)

    return mono(name, f"A {kind} oscillator.", rate, source)
