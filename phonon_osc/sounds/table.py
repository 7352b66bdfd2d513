"""What a sound's name means: a sample of the library, or a synth, built in or a client's."""

from __future__ import annotations

from dataclasses import dataclass

from phonon_osc.defs import Instrument
from phonon_osc.dialects.sounds import NotLoaded
from phonon_osc.samples.library import Library, Sample
from phonon_osc.synths import builtin


@dataclass(frozen=True)
class Synth:
    """A synth as an event finds it (`dialects.sounds.SynthInfo`)."""

    definition: str
    controls: frozenset[str]
    uses_pitch: bool


def synth_of(instrument: Instrument) -> Synth:
    assert instrument.definition is not None
    return Synth(instrument.definition.name, instrument.controls, instrument.uses_pitch)


class SoundTable:
    """Samples before synths, as SuperDirt looks them up. Only a built-in stand-in gives way to a synth of its name."""

    def __init__(self, library: Library, rate: float) -> None:
        self.library, self._rate = library, rate
        self._defined: dict[str, Synth] = {}
        self._built_in: dict[str, Synth] = {}  # those that were asked for
        self._aliases: dict[str, str] = {}

    def sample(self, name: str, n: float, bank: str | None, midi: float | None = None) -> Sample | None:
        if not bank and self.library.stands_in(name) and self._has_synth(name):
            return None
        entry = self.library.find(name, n, bank, midi)
        if entry is None:
            return None
        sample = self.library.loaded(entry)
        if sample is None:
            raise NotLoaded(entry)
        return sample

    def define(self, instrument: Instrument | None, name: str) -> None:
        """An instrument that a client defined and events may play from now on; None: no longer."""
        self._defined.pop(name, None)
        self._aliases = {alias: meant for alias, meant in self._aliases.items() if meant != name}
        if instrument is not None:
            self._defined[name] = synth_of(instrument)
            self._aliases |= dict.fromkeys(instrument.aliases, name)

    def _has_synth(self, name: str) -> bool:
        return name in self._defined or name in self._aliases or builtin.meaning(name) is not None

    def synth(self, name: str) -> Synth | None:
        """Names before aliases, a client's before the built-in ones; an alias means a name, whoever has that now."""
        found = self._defined.get(name) or self._defined.get(self._aliases.get(name, ""))
        meant = None if found else builtin.meaning(name)
        if meant is None:
            return found
        if meant not in self._built_in:
            self._built_in[meant] = synth_of(builtin.instrument(meant, self._rate))
        return self._defined.get(meant) or self._built_in[meant]
