"""What a dialect has to know of sounds. The player passes it in."""

from __future__ import annotations

from typing import Any, Protocol


class NotLoaded(Exception):
    """The sample exists but is not in memory yet. ``entry`` is what the loader calls it."""

    def __init__(self, entry: Any) -> None:
        super().__init__(str(entry))
        self.entry = entry


class SampleInfo(Protocol):
    """A loaded sample: ``frames`` frames at ``rate`` Hz in the engine's buffer ``id``. Each file has a ``key`` of its own.

    ``map_note`` is the MIDI note at which a map of notes (strudel.json) places the sample; None for all other samples.
    ``root_note`` is the MIDI note, with its fraction, that the file itself names; None if it names none. ``channels`` counts those of
    the file.
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
    @property
    def channels(self) -> int: ...


class SynthInfo(Protocol):
    """A synth: its definition, the names of its own controls, and whether it needs a ``freq`` in any case."""

    @property
    def definition(self) -> str: ...
    @property
    def controls(self) -> frozenset[str]: ...
    @property
    def uses_pitch(self) -> bool: ...


class Sounds(Protocol):
    """What can be played, by name. Sample banks come first; ``n`` may be negative, fractional or beyond the bank."""

    def sample(self, name: str, n: float, bank: str | None, midi: float | None = None) -> SampleInfo | None:
        """A sample of the bank ``name``: number ``n``, or the one nearest to ``midi`` if the bank maps notes. Raises NotLoaded."""

    def synth(self, name: str) -> SynthInfo | None: ...
