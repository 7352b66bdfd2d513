"""What a sound's name means: a sample of the library, or one of the built-in synths."""

from __future__ import annotations

from collections.abc import Mapping

from phonon_osc.osc.dirt_voice import SynthInfo
from phonon_osc.samples.library import Entry, Library, Sample


class NotLoaded(Exception):
    """The sample exists but is not in memory yet."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(str(entry))
        self.entry = entry


class SoundTable:
    """Samples before synths, as SuperDirt looks them up."""

    def __init__(self, library: Library, synths: Mapping[str, SynthInfo]) -> None:
        self.library, self._synths = library, dict(synths)

    def sample(self, name: str, n: float, bank: str | None) -> Sample | None:
        entry = self.library.find(name, n, bank)
        if entry is None:
            return None
        sample = self.library.loaded(entry)
        if sample is None:
            raise NotLoaded(entry)
        return sample

    def synth(self, name: str) -> SynthInfo | None:
        return self._synths.get(name)
