"""The definition of the orbits: one lane is one orbit. It has delay, reverb, optional steps such as a Leslie speaker, then the limiter.

All effects read the dry sum, as in SuperDirt (docs/dirt.md, Orbits). One thing differs: SuperDirt's limiter looks ahead and delays
everything by 20 ms, ours does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dsp.kind import kinds
from phonon_osc.dialects.parameters import Parameter, Stage, Table
from phonon_osc.dialects.superdirt.parameters import table
from phonon_osc.dialects.superdirt.records.orbit import DELAY_SEND
from phonon_osc.engine.definition import ControlRef, Definition, Graph, Wire

ECHO, ROOM, LIMITER = "echo", "room", "limiter"  # steps that every orbit has, named as their kinds


def orbit_parameters(parameters: Table) -> list[tuple[Parameter, str]]:
    """(parameter, control) for each parameter of an event that sets a control of its orbit."""
    there = {DELAY_SEND, ECHO, ROOM, LIMITER, *(step.name for step in parameters.steps(Stage.ORBIT))}
    return [(record, feed.control) for record in parameters for feed in record.feeds if feed.name in there]


More = Callable[[Graph, Sequence[Wire], Sequence[Wire]], Sequence[Wire]]


def orbit_definition(rate: float, parameters: Table | None = None, more: More | None = None) -> Definition:
    """The definition of the orbits for a table of parameters, SuperDirt's by default. ``rate``: Hz.

    ``more`` adds the steps of another dialect in front of the limiter; it gets the mix and the sum of the voices.
    """
    parameters = table() if parameters is None else parameters
    g = Graph("orbit", "What an orbit does with its voices.", rate=rate, inlets=True)
    assert g.inlets is not None
    left, right = g.inlets
    sent = [g.one("gain", side, **_controls(g, parameters, DELAY_SEND)) for side in (left, right)]
    wet = [g.one(ECHO, side, **_controls(g, parameters, ECHO)) for side in sent]
    space = g.add(ROOM, left, right, **_controls(g, parameters, ROOM))
    limiter = _controls(g, parameters, LIMITER)
    dry = [
        g.one("gain", side, amp=1.0) for side in (left, right)
    ]  # optional steps change this copy in place, not the inlets
    for step in parameters.steps(Stage.ORBIT):
        dry = g.add(step.kind, *dry, when=step.switch, **_controls(g, parameters, step.name), **step.fixed)
    out = [g.one("add", side, g.one("add", w, s)) for side, w, s in zip(dry, wet, space, strict=True)]
    mix: Sequence[Wire] = out if more is None else more(g, out, (left, right))
    g.outlets(*g.add(LIMITER, *mix, **limiter))
    return g.build()


def _controls(g: Graph, parameters: Table, step: str) -> dict[str, ControlRef]:
    known = kinds()
    return {
        feed.parameter: g.control(feed.control, feed.param or known[feed.kind].params[feed.parameter])
        for record in parameters
        for feed in record.feeds
        if feed.name == step
    }
