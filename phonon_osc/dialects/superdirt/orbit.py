"""The definition of the orbits: one lane is one orbit. It has delay, reverb, optional steps such as a Leslie speaker, then the limiter.

All effects read the dry sum, as in SuperDirt (docs/dirt.md, Orbits). One thing differs: SuperDirt's limiter looks ahead and delays
everything by 20 ms, ours does not.
"""

from __future__ import annotations

from dsp.kind import kinds
from phonon_osc.dialects.parameters import Parameter, Stage, Table
from phonon_osc.dialects.superdirt.parameters import table
from phonon_osc.engine.definition import ControlRef, Definition, Graph

ECHO, ROOM, LIMITER = "echo", "room", "limiter"  # the kinds that every orbit has


def orbit_parameters(parameters: Table) -> list[tuple[Parameter, str]]:
    """(parameter, control) for each parameter of an event that sets a control of its orbit."""
    there = {ECHO, ROOM, LIMITER, *(step.kind for step in parameters.steps(Stage.ORBIT))}
    return [(record, feed.control) for record in parameters for feed in record.feeds if feed.kind in there]


def orbit_definition(rate: float, parameters: Table | None = None) -> Definition:
    """The definition of the orbits for a table of parameters, SuperDirt's by default. ``rate``: Hz."""
    parameters = table() if parameters is None else parameters
    g = Graph("orbit", "What an orbit does with its voices.", rate=rate, inlets=True)
    assert g.inlets is not None
    left, right = g.inlets
    wet = [g.one(ECHO, side, **_controls(g, parameters, ECHO)) for side in (left, right)]
    space = g.add(ROOM, left, right, **_controls(g, parameters, ROOM))
    limiter = _controls(g, parameters, LIMITER)
    dry = [
        g.one("gain", side, amp=1.0) for side in (left, right)
    ]  # optional steps change this copy in place, not the inlets
    for step in parameters.steps(Stage.ORBIT):
        dry = g.add(step.kind, *dry, when=step.switch, **_controls(g, parameters, step.kind), **step.fixed)
    out = [g.one("add", side, g.one("add", w, s)) for side, w, s in zip(dry, wet, space, strict=True)]
    g.outlets(*g.add(LIMITER, *out, **limiter))
    return g.build()


def _controls(g: Graph, parameters: Table, kind: str) -> dict[str, ControlRef]:
    specs = kinds()[kind].params
    return {
        feed.parameter: g.control(feed.control, feed.param or specs[feed.parameter])
        for record in parameters
        for feed in record.feeds
        if feed.kind == kind
    }
