"""What may become of an event that is no voice."""

from __future__ import annotations

from dataclasses import dataclass

from phonon_osc.engine.voice import Voice


@dataclass(frozen=True, slots=True)
class Dropped:
    """The event makes no sound, and is not an error of its sound's name."""

    reason: str


@dataclass(frozen=True, slots=True)
class Panic:
    """The event asks for silence, now."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """There is no sound of this name."""

    name: str


Outcome = Voice | Dropped | Panic | Unknown
