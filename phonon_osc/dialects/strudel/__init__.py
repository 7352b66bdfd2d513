"""Strudel's dialect: what an event means is what superdough, Strudel's own sound engine, makes of it (docs/strudel.md)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from phonon_osc.dialects.dialect import Dialect, Evidence
from phonon_osc.dialects.strudel.effects import WITH_PHASE
from phonon_osc.dialects.strudel.event import read_event
from phonon_osc.dialects.strudel.parameters import table
from phonon_osc.dialects.strudel.translate import translate
from phonon_osc.dialects.superdirt import from_tidal

_FIRST_KEYS = ["cps", "cycle", "delta"]


def _evidence(keys: Sequence[str], args: Sequence[object]) -> Evidence:
    """Strudel sends the timing first, then the keys in the order in which the pattern names them."""
    if list(keys[:3]) != _FIRST_KEYS:
        return Evidence.NO
    if any(a > b for a, b in itertools.pairwise(keys)):
        return Evidence.CERTAIN
    return Evidence.POSSIBLE if from_tidal(keys, args) else Evidence.LIKELY


DIALECT = Dialect(
    name="strudel",
    doc="Strudel, through its OSC bridge.",
    evidence=_evidence,
    read=read_event,
    translate=translate,
    parameters=table,
    passing="cycle",
    unrepeated=WITH_PHASE,
)
