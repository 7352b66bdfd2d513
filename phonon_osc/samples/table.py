"""Names to sounds: the table behind ``s``, ``n`` and ``bank``. A table never changes; a new one takes its place."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass

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

    def __str__(self) -> str:
        return self.path if self.path is not None else f"kit {self.name}:{self.n}"


class Keys:
    """The numbers of all files of a session, new ones in the order in which they are first asked for."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}

    def of(self, name: str, path: str) -> int:
        return self._numbers.setdefault((name, path), 1 + sum(kit.COUNTS.values()) + len(self._numbers))


class Table:
    """All banks: the synthesised kit, then the folders over it; the kit's other names follow whatever their name has become.

    What ``before`` has of them already is taken from there.
    """

    def __init__(self, banks: Banks, keys: Keys, before: Table | None = None) -> None:
        self.banks: dict[str, tuple[Entry, ...]] = dict(KIT)
        self._paths = dict(banks)
        for name, paths in sorted(banks.items()):
            if before is not None and before._paths.get(name) == paths:
                self.banks[name] = before.banks[name]
            else:
                self.banks[name] = tuple(Entry(name, n, keys.of(name, path), path) for n, path in enumerate(paths))
        self.files = sum(map(len, banks.values()))
        for alias, name in kit.ALIASES.items():
            self.banks.setdefault(alias, self.banks[name])
        self._folded = {name.casefold(): bank for name, bank in self.banks.items()}

    def names(self) -> dict[str, int]:
        """Every name and how many sounds it has, in alphabetical order."""
        return {name: len(bank) for name, bank in sorted(self.banks.items())}

    def find(self, name: str, n: float = 0.0, bank: str | None = None) -> Entry | None:
        """The entry that ``s name``, ``n n`` and ``bank bank`` mean, None if there is none of that name.

        ``n`` is truncated towards zero and wraps at both ends. With a bank, ``RolandTR909`` + ``bd`` means
        ``RolandTR909_bd``, else ``RolandTR909bd``, else plain ``bd``; a name that already starts with the bank (as
        Strudel sends it) is taken apart first. Only names with a bank are also compared without regard to case.
        """
        entries = self.banks.get(name) if not bank else self._with_bank(name, bank)
        if entries is None:
            return None
        return entries[math.trunc(n) % len(entries) if math.isfinite(n) else 0]

    def _with_bank(self, name: str, bank: str) -> tuple[Entry, ...] | None:
        prefixed = len(name) > len(bank) and name.startswith(bank)
        plain = name[len(bank) :].removeprefix("_") if prefixed else name
        candidates = [name] if prefixed else []
        candidates += [f"{bank}_{plain}", f"{bank}{plain}"]
        for candidate in candidates:
            entries = self.banks.get(candidate) or self._folded.get(candidate.casefold())
            if entries is not None:
                return entries
        return self.banks.get(plain)

    @functools.cached_property
    def by_path(self) -> Mapping[str, Entry]:
        """The files by their paths."""
        return {entry.path: entry for bank in self.banks.values() for entry in bank if entry.path is not None}


def _kit_entries() -> dict[str, tuple[Entry, ...]]:
    sounds = [(name, n) for name, count in kit.COUNTS.items() for n in range(count)]
    entries = [Entry(name, n, key, None) for key, (name, n) in enumerate(sounds, start=1)]
    return {name: tuple(entry for entry in entries if entry.name == name) for name in kit.COUNTS}


KIT = _kit_entries()
