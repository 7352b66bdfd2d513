"""Changes that a session log keeps beside commands: new and removed definitions, and released samples of clients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from phonon_osc.engine.commands import Sample, Text


@dataclass(frozen=True, slots=True)
class Define:
    """A definition was read from its text. Later commands call it ``definition``; that is None for a part, which no command can name."""

    name: Annotated[str, Text()]
    text: Annotated[str, Text()]
    definition: Annotated[str | None, Text()] = None


@dataclass(frozen=True, slots=True)
class Forget:
    """A definition that was read from its text was removed."""

    name: Annotated[str, Text()]


@dataclass(frozen=True, slots=True)
class Restore:
    """A built-in synth that had been replaced is back. Later commands call it ``definition``."""

    name: Annotated[str, Text()]
    definition: Annotated[str, Text()]


@dataclass(frozen=True, slots=True)
class Release:
    """A sample of a client was released. Voices that play it fall silent."""

    buffer: Annotated[int, Sample()]


Change = Define | Forget | Restore | Release
