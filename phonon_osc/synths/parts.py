"""What the recipes of synths are made of: the controls and signals that many of them share."""

from __future__ import annotations

from dsp.kind import Curve, Param, Unit
from phonon_osc.engine.definition import ControlRef, Graph, Ref, Wire
from phonon_osc.synths.chain import GATE

FREQ = Param(440.0, -24000.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.005, doc="Pitch.")
SPEED = Param(1.0, -1e3, 1e3, Unit.RATIO, smoothing=0.0, doc="Factor of the pitch.")
ACCELERATE = Param(0.0, -1e3, 1e3, smoothing=0.0, doc="Relative change of pitch over the event.")


def knob(g: Graph, name: str, default: float, low: float, high: float, doc: str, unit: Unit = Unit.NONE) -> Wire:
    """A control of a synth's own, as a signal of one value per block."""
    control = g.control(name, Param(default, low, high, unit, smoothing=0.005, doc=doc))
    return g.one("value", value=control, control_rate=True)


def hold(g: Graph) -> ControlRef:
    """The event's sustain S: the time at full level of its gate."""
    return g.control("hold_time", GATE["hold_time"])


def pitch(g: Graph) -> Wire:
    """freq times SuperDirt's frequency scale, which goes from |speed| to |speed| (accelerate + 1) over the event."""
    return g.one(
        "freq_scale",
        freq=g.control("freq", FREQ),
        speed=g.control("speed", SPEED),
        accelerate=g.control("accelerate", ACCELERATE),
        sustain=hold(g),
        control_rate=True,
    )


def scaled(g: Graph, signal: Wire, mul: Ref = 1.0, add: Ref = 0.0) -> Wire:
    """mul times a slow signal plus add, once per block."""
    return g.one("scale", signal, mul=mul, add=add, control_rate=True)


def plateau(g: Graph, side: float, level: float, curve: float = -3.0) -> Wire:
    """SuperDirt's usual envelope: up in the first ``side`` of S, down in the last."""
    times = {"t1": side, "t2": 0.5, "t3": 1.0 - side, "t4": 1.0}
    return g.one("breakpoints", sustain=hold(g), l0=0.0, l1=level, l2=level, l3=level, l4=0.0, **times, curve=curve)


def drone(g: Graph, level: float, rise: float = 0.05, curve: float = -3.0) -> Wire:
    """Its other one: ``level`` at ``rise`` of S, level (1 - decay) from 20 % to 95 %, 0 at the end."""
    decay = knob(g, "decay", 0.0, 0.0, 1.0, "How far the level falls after the attack.")
    rest = scaled(g, decay, -level, level)
    times = {"t1": rise, "t2": 0.2, "t3": 0.95, "t4": 1.0}
    return g.one("breakpoints", sustain=hold(g), l0=0.0, l1=level, l2=rest, l3=rest, l4=0.0, **times, curve=curve)
