"""The effects of an orbit, which the voices of all dialects share."""

from __future__ import annotations

from phonon_osc.dialects.strudel.orbit import add_steps
from phonon_osc.dialects.superdirt import orbit as superdirt
from phonon_osc.engine.definition import Definition


def orbit_definition(rate: float) -> Definition:
    """SuperDirt's effects, then Strudel's, then the limiter. ``rate``: the engine's, Hz."""
    return superdirt.orbit_definition(rate, more=add_steps)
