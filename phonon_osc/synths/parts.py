"""What the recipes of synths are made of: the controls and signals that many of them share."""

from __future__ import annotations

from functools import partial

from dsp.kind import Param, Unit
from phonon_osc.engine.definition import Graph, Ref, Wire
from phonon_osc.synths.chain import FREQ, SECONDS, hold, pitch

__all__ = ["FREQ", "drone", "held", "hold", "knob", "pitch", "plateau", "relative", "scaled", "total"]
MIDDLE_C = 261.6256  # Hz


def knob(g: Graph, name: str, default: float, low: float, high: float, doc: str, unit: Unit = Unit.NONE) -> Wire:
    """A control of a synth's own, as a signal of one value per block."""
    control = g.control(name, Param(default, low, high, unit, smoothing=0.005, doc=doc))
    return g.one("value", value=control, control_rate=True)


def scaled(g: Graph, signal: Wire, mul: Ref = 1.0, add: Ref = 0.0) -> Wire:
    """mul times a slow signal plus add, once per block."""
    return g.one("scale", signal, mul=mul, add=add, control_rate=True)


def relative(g: Graph, freq: Wire, exponent: float, at_middle_c: Ref) -> Wire:
    """What grows with a power of the pitch."""
    power = g.one("power", scaled(g, freq, 1.0 / MIDDLE_C), exponent=exponent, control_rate=True)
    return scaled(g, power, at_middle_c)


def held(g: Graph, attack: float, release: float) -> Wire:
    """Up in ``attack`` s, level, and down in the last ``release`` s of the event: what is blown or bowed."""
    slow = partial(g.one, control_rate=True)
    seconds = slow("value", value=hold(g))
    end = slow("minimum", scaled(g, seconds, 0.4), release)
    fall = g.one("ahr", attack=0.0, hold=slow("subtract", seconds, end), release=end)
    return g.one("multiply", fall, g.one("ahr", attack=attack, hold=SECONDS, release=0.0))


def total(g: Graph, *signals: Wire) -> Wire:
    """The sum."""
    first, *others = signals
    for other in others:
        first = g.one("add", first, other)
    return first


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
