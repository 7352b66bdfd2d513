"""Names to sounds: the table behind ``s``, ``n`` and ``bank``. A table never changes; a new one takes its place."""

from __future__ import annotations

import functools
import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from phonon_osc.samples import kit
from phonon_osc.samples.bank import Banks


@dataclass(frozen=True, slots=True)
class Entry:
    """One sound of the table, loaded or not: a file at ``path``, or a sound of the kit if that is None.

    ``key`` (1, 2, ...) is its identity for cut groups: one number per name and file, the same all session long, wherever
    files that come and go move its index ``n``.
    """

    name: str
    n: int
    key: int
    path: str | None
    note: float | None = None  # the MIDI note that a map of notes (strudel.json) gives it

    def __str__(self) -> str:
        return self.path if self.path is not None else f"kit {self.name}:{self.n}"


class Keys:
    """The numbers of all files of a session, new ones in the order in which they are first asked for."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}

    def of(self, name: str, path: str) -> int:
        return self._numbers.setdefault((name, path), 1 + sum(kit.COUNTS.values()) + len(self._numbers))


class Table:
    """All banks: those of the kit, and over them those of the folders. An alias of the kit means whatever its name means then.

    Banks that have not changed are taken from the table ``before``.
    """

    def __init__(
        self,
        banks: Banks,
        keys: Keys,
        before: Table | None = None,
        notes: Mapping[tuple[str, str], float] = MappingProxyType({}),
    ) -> None:
        self.banks: dict[str, tuple[Entry, ...]] = dict(KIT)
        self._paths, self._notes = dict(banks), dict(notes)
        for name, paths in sorted(banks.items()):
            if before is not None and before._paths.get(name) == paths and before._notes == notes:
                self.banks[name] = before.banks[name]
            else:
                self.banks[name] = tuple(
                    Entry(name, n, keys.of(name, path), path, notes.get((name, path))) for n, path in enumerate(paths)
                )
        self.files = sum(map(len, banks.values()))
        for alias, name in kit.ALIASES.items():
            self.banks.setdefault(alias, self.banks[name])
        self._composed = {_composed(name): bank for name, bank in self.banks.items() if not name.isascii()}
        self._folded = {name.casefold(): bank for name, bank in self.banks.items()}

    def names(self) -> dict[str, int]:
        """Every name and how many sounds it has, in alphabetical order."""
        return {name: len(bank) for name, bank in sorted(self.banks.items())}

    def find(self, name: str, n: float = 0.0, bank: str | None = None, midi: float | None = None) -> Entry | None:
        """The entry that ``s name``, ``n n`` and ``bank bank`` mean, None if there is none of that name.

        ``n`` is truncated towards zero and wraps at both ends. With a bank, ``RolandTR909`` + ``bd`` means
        ``RolandTR909_bd``, else ``RolandTR909bd``, else plain ``bd``; a name that already starts with the bank (as
        Strudel sends it) is taken apart first. Only names with a bank are also compared without regard to case. An accent may be
        part of its letter or a character of its own (Unicode NFC or NFD). Of a map of notes, ``midi`` chooses the
        nearest note, and ``n`` counts among its files.
        """
        entries = self._bank(name) if not bank else self._with_bank(name, bank)
        if entries is None:
            return None
        if midi is not None and math.isfinite(midi):
            entries = _nearest(entries, midi)
        return entries[math.trunc(n) % len(entries) if math.isfinite(n) else 0]

    def _bank(self, name: str) -> tuple[Entry, ...] | None:
        found = self.banks.get(name)
        return found if found is not None or name.isascii() else self._composed.get(_composed(name))

    def _with_bank(self, name: str, bank: str) -> tuple[Entry, ...] | None:
        prefixed = len(name) > len(bank) and name.startswith(bank)
        plain = name[len(bank) :].removeprefix("_") if prefixed else name
        candidates = [name] if prefixed else []
        candidates += [f"{bank}_{plain}", f"{bank}{plain}"]
        for candidate in candidates:
            entries = self._bank(candidate) or self._folded.get(candidate.casefold())
            if entries is not None:
                return entries
        return self._bank(plain)

    @functools.cached_property
    def by_path(self) -> Mapping[str, Entry]:
        """The files by their paths."""
        return {entry.path: entry for bank in self.banks.values() for entry in bank if entry.path is not None}


def _composed(name: str) -> str:
    """The one spelling of names that look alike: a Mac unpacks accents as characters of their own, keyboards type them composed."""
    return unicodedata.normalize("NFC", name)


def _nearest(entries: tuple[Entry, ...], midi: float) -> tuple[Entry, ...]:
    """Of a map of notes, the files of the note nearest to ``midi``; all entries where it is no such map."""
    notes = {entry.note for entry in entries if entry.note is not None}
    if not notes:
        return entries
    nearest = min(sorted(notes), key=lambda note: abs(note - midi))
    return tuple(entry for entry in entries if entry.note == nearest)


def _kit_entries() -> dict[str, tuple[Entry, ...]]:
    found, key = dict[str, tuple[Entry, ...]](), 0
    for name, count in kit.COUNTS.items():
        notes = kit.NOTES.get(name)
        found[name] = tuple(
            Entry(name, n, key + n + 1, None, None if notes is None else float(notes[n])) for n in range(count)
        )
        key += count
    return found


KIT = _kit_entries()
