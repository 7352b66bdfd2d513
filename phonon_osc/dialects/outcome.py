"""The outcomes of an event that starts no voice."""

from __future__ import annotations

from dataclasses import dataclass

from phonon_osc.engine.voice import Voice


@dataclass(frozen=True, slots=True)
class Dropped:
    """The event makes no sound although its name is known; ``reason`` says why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Panic:
    """The event silences everything at once."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """No sound has this name."""

    name: str


Outcome = Voice | Dropped | Panic | Unknown
