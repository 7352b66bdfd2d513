"""What a dialect has to know of sounds. Who plays an event hands it in."""

from __future__ import annotations

from typing import Any, Protocol


class NotLoaded(Exception):
    """The sample exists but is not in memory yet. ``entry`` is what it is known by to those who load it."""

    def __init__(self, entry: Any) -> None:
        super().__init__(str(entry))
        self.entry = entry


class SampleInfo(Protocol):
    """A loaded sample: ``frames`` of ``rate`` Hz in the engine's buffer ``id``; ``key`` tells its file from others.

    ``map_note`` is the MIDI note that a map of notes gives it, None for all other samples. ``root_note`` is the MIDI note, with its
    fraction, that the file itself says it sounds, None if it does not say.
    """

    @property
    def id(self) -> int: ...
    @property
    def frames(self) -> int: ...
    @property
    def rate(self) -> float: ...
    @property
    def key(self) -> int: ...
    @property
    def map_note(self) -> float | None: ...
    @property
    def root_note(self) -> float | None: ...


class SynthInfo(Protocol):
    """A synth: its definition, the names of its own controls, and whether it always wants a ``freq``."""

    @property
    def definition(self) -> str: ...
    @property
    def controls(self) -> frozenset[str]: ...
    @property
    def uses_pitch(self) -> bool: ...


class Sounds(Protocol):
    """What can be played, by name. Sample banks come first; ``n`` may be negative, fractional or beyond the bank."""

    def sample(self, name: str, n: float, bank: str | None, midi: float | None = None) -> SampleInfo | None:
        """Of a map of notes, ``midi`` chooses the nearest. Raises NotLoaded for one that has to be loaded first."""

    def synth(self, name: str) -> SynthInfo | None: ...
