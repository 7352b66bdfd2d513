"""What a sound's name means: a sample of the library, or one of the built-in synths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from phonon_osc.samples.library import Entry, Library, Sample


@dataclass(frozen=True)
class Synth:
    """A synth that events can name."""

    definition: str
    controls: frozenset[str]
    uses_pitch: bool


class NotLoaded(Exception):
    """The sample exists but is not in memory yet."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(str(entry))
        self.entry = entry


class SoundTable:
    """Samples before synths, as SuperDirt looks them up."""

    def __init__(self, library: Library, synths: Mapping[str, Synth]) -> None:
        self.library, self._synths = library, dict(synths)

    def sample(self, name: str, n: float, bank: str | None) -> Sample | None:
        entry = self.library.find(name, n, bank)
        if entry is None:
            return None
        sample = self.library.loaded(entry)
        if sample is None:
            raise NotLoaded(entry)
        return sample

    def synth(self, name: str) -> Synth | None:
        return self._synths.get(name)
