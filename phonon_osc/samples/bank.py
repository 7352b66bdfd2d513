"""Sample folders: ROOT/NAME/*.wav becomes bank NAME. Folders are read here, never a sample.

Conventions are SuperDirt's: a bank is named by its folder verbatim, its files are ordered by path as bytes (upper case
first, 10 before 2), other files take no index, hidden ones are not seen, nothing is nested deeper.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from phonon_osc.samples.decode import inside, plain

log = logging.getLogger(__name__)

EXTENSIONS = frozenset({".wav", ".aif", ".aiff", ".aifc", ".flac", ".ogg"})
MAX_ENTRIES = 200_000
_MAX_WARNINGS = 10

Banks = dict[str, list[str]]


def default_roots() -> list[str]:
    """The sample folders used when none are given, those that exist: SuperDirt's Dirt-Samples, then the user's own.

    The user's come last because a later bank replaces an earlier one of the same name.
    """
    import platformdirs

    quarks = platformdirs.user_data_path("SuperCollider") / "downloaded-quarks"
    own = platformdirs.user_data_path("phonon-osc") / "samples"
    return [str(root) for root in (quarks / "Dirt-Samples", own) if root.is_dir()]


def scan(roots: Iterable[str], *, append: bool = False, max_entries: int = MAX_ENTRIES) -> Banks:
    """Index the banks of all ``roots``: name -> paths in the order of their index.

    A name found again in a later root replaces the earlier bank, or continues it if ``append``. At most ``max_entries``
    directory entries are looked at. Never raises for what lies on disk: it logs and goes on.
    """
    walk = _Scan([os.path.realpath(root) for root in roots], max_entries)
    banks: Banks = {}
    for root in walk.roots:
        for name, files in walk.banks(root):
            banks[name] = banks.get(name, []) + files if append else files
    walk.summarise()
    return banks


@dataclass
class _Scan:
    roots: list[str]
    left: int
    skipped: int = field(default=0)

    def banks(self, root: str) -> Iterator[tuple[str, list[str]]]:
        for folder in self._list(root):
            if folder.is_dir(follow_symlinks=False) or (folder.is_symlink() and self._links_to_folder(folder)):
                files = [entry.path for entry in self._list(folder.path) if self._usable(entry)]
                if files:
                    yield folder.name, files

    def _list(self, folder: str) -> list[os.DirEntry[str]]:
        """The visible entries of a folder in the order of their names, as many as the cap leaves."""
        found: list[os.DirEntry[str]] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if self.left <= 0:
                        self._skip(folder, "too many files, the rest is left out; use fewer sample folders")
                        break
                    self.left -= 1
                    if not entry.name.startswith("."):
                        found.append(entry)
        except (OSError, ValueError) as error:
            self._skip(folder, f"cannot be listed ({plain(error)})")
        return sorted(found, key=lambda entry: os.fsencode(entry.name))

    def _links_to_folder(self, link: os.DirEntry[str]) -> bool:
        try:
            return link.is_dir() and self._stays_inside(link)
        except OSError as error:  # a loop of links
            self._skip(link.path, plain(error))
            return False

    def _usable(self, entry: os.DirEntry[str]) -> bool:
        if os.path.splitext(entry.name)[1].lower() not in EXTENSIONS:
            return False
        try:
            if entry.is_symlink() and not self._stays_inside(entry):
                return False
            found = entry.stat()
        except OSError as error:
            self._skip(entry.path, plain(error))
            return False
        if stat.S_ISDIR(found.st_mode):
            return False
        if not stat.S_ISREG(found.st_mode):
            self._skip(entry.path, "is not a regular file")
        elif not found.st_size:
            self._skip(entry.path, "is empty")
        elif not os.access(entry.path, os.R_OK):
            self._skip(entry.path, "may not be read; check its permissions")
        else:
            return True
        return False

    def _stays_inside(self, link: os.DirEntry[str]) -> bool:
        real = os.path.realpath(link.path)
        if inside(real, self.roots):
            return True
        self._skip(link.path, f"leads outside the sample folders; add {os.path.dirname(real)!a} as a root")
        return False

    def _skip(self, path: str, why: str) -> None:
        self.skipped += 1
        if self.skipped <= _MAX_WARNINGS:
            log.warning("sample %a skipped: %s", path, why)

    def summarise(self) -> None:
        if self.skipped > _MAX_WARNINGS:
            log.warning("%d more samples skipped", self.skipped - _MAX_WARNINGS)
