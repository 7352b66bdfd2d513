"""The orbits' own definition: one lane is one orbit. Delay, reverb, optional steps such as a Leslie speaker; then the limiter.

All read the dry sum, as in SuperDirt (docs/dirt.md, Orbits), with one difference: its look-ahead limiter delays everything by
20 ms, ours by nothing.
"""

from __future__ import annotations

from dsp.kind import kinds
from phonon_osc.dialects.parameters import Parameter, Stage, Table
from phonon_osc.dialects.superdirt.parameters import table
from phonon_osc.dialects.superdirt.records.orbit import DELAY_SEND
from phonon_osc.engine.definition import ControlRef, Definition, Graph

ECHO, ROOM, LIMITER = (
    "echo",
    "room",
    "limiter",
)  # the steps that every orbit has beside DELAY_SEND, named as their kinds


def orbit_parameters(parameters: Table) -> list[tuple[Parameter, str]]:
    """The parameters that an orbit's controls follow, and the names of those."""
    there = {DELAY_SEND, ECHO, ROOM, LIMITER, *(step.name for step in parameters.steps(Stage.ORBIT))}
    return [(record, feed.control) for record in parameters for feed in record.feeds if feed.name in there]


def orbit_definition(rate: float, parameters: Table | None = None) -> Definition:
    """The effects of an orbit, as SuperDirt's table (or another) has them. ``rate``: Hz."""
    parameters = table() if parameters is None else parameters
    g = Graph("orbit", "What an orbit does with its voices.", rate=rate, inlets=True)
    assert g.inlets is not None
    left, right = g.inlets
    sent = [g.one("gain", side, **_controls(g, parameters, DELAY_SEND)) for side in (left, right)]
    wet = [g.one(ECHO, side, **_controls(g, parameters, ECHO)) for side in sent]
    space = g.add(ROOM, left, right, **_controls(g, parameters, ROOM))
    limiter = _controls(g, parameters, LIMITER)
    dry = [g.one("gain", side, amp=1.0) for side in (left, right)]  # what an optional step changes; the inlets stay
    for step in parameters.steps(Stage.ORBIT):
        dry = g.add(step.kind, *dry, when=step.switch, **_controls(g, parameters, step.name), **step.fixed)
    out = [g.one("add", side, g.one("add", w, s)) for side, w, s in zip(dry, wet, space, strict=True)]
    g.outlets(*g.add(LIMITER, *out, **limiter))
    return g.build()


def _controls(g: Graph, parameters: Table, step: str) -> dict[str, ControlRef]:
    known = kinds()
    return {
        feed.parameter: g.control(feed.control, feed.param or known[feed.kind].params[feed.parameter])
        for record in parameters
        for feed in record.feeds
        if feed.name == step
    }
