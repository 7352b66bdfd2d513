"""What a session log has to keep beside commands: definitions that come and go, and samples that clients let go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from phonon_osc.engine.commands import Sample, Text


@dataclass(frozen=True, slots=True)
class Define:
    """A definition was read from its text. ``definition``: what commands call it from now on; None for a part, which only others use."""

    name: Annotated[str, Text()]
    text: Annotated[str, Text()]
    definition: Annotated[str | None, Text()] = None


@dataclass(frozen=True, slots=True)
class Forget:
    """A definition that was read from its text is gone."""

    name: Annotated[str, Text()]


@dataclass(frozen=True, slots=True)
class Restore:
    """A built-in synth that had been replaced is what it was again; commands call it ``definition`` from now on."""

    name: Annotated[str, Text()]
    definition: Annotated[str, Text()]


@dataclass(frozen=True, slots=True)
class Release:
    """A sample that a client held was let go: what plays it falls silent."""

    buffer: Annotated[int, Sample()]


Change = Define | Forget | Restore | Release
