"""Sardine's dialect. It is SuperDirt's, except that ``cps`` carries the phase of a clock."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace

from phonon_osc.dialects.dialect import Dialect, Evidence
from phonon_osc.dialects.parameters import Stage, Table
from phonon_osc.dialects.superdirt import parameters as superdirt
from phonon_osc.dialects.superdirt.event import DirtEvent, read_event
from phonon_osc.dialects.superdirt.translate import translate


@functools.cache
def table() -> Table:
    own = superdirt.table()
    phase = replace(own["cps"], stage=Stage.IGNORED, doc="The phase of Sardine's clock: no tempo.", feeds=())
    return own.replaced(phase)


def _evidence(keys: Sequence[str], args: Sequence[object]) -> Evidence:
    return Evidence.LIKELY if "sound" in keys and "delta" not in keys else Evidence.NO


def _read(args: Sequence[object]) -> DirtEvent:
    return read_event(args, table())


DIALECT = Dialect(
    name="sardine",
    doc="Sardine: SuperDirt's keys, but cps is the phase of a clock.",
    evidence=_evidence,
    read=_read,
    translate=translate,
    parameters=table,
    passing="cycle",
)
