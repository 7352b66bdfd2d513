"""SuperDirt's superfm: six operators, every parameter a key of the event (reference superdirt.md 5.2)."""

from __future__ import annotations

from dsp.kind import kinds
from phonon_osc.engine.definition import Graph, Wire
from phonon_osc.synths.basic import FREQ, hold
from phonon_osc.synths.recipe import synth


@synth(uses_pitch=False)
def superfm(g: Graph) -> Wire:
    """FM synthesis with six operators."""
    spec = kinds()["fm6"].params
    controls = {name: g.control(name, param) for name, param in spec.items() if name not in ("freq", "sustain")}
    sound = g.one("fm6", freq=g.control("freq", FREQ), sustain=hold(g), **controls)
    level = 10.0 ** (-15.0 / 20.0)
    times = {"t1": 0.01, "t2": 0.5, "t3": 0.99, "t4": 1.0}
    return g.one("multiply", sound, g.one("breakpoints", sustain=hold(g), l0=0.0, l1=level, l2=level, l3=level, l4=0.0, **times, curve=-3.0))
