"""Sample folders: ROOT/NAME/*.wav becomes bank NAME. Folders are read here; of files, at most the header of a small one.

Conventions are SuperDirt's. A bank is named by its folder as it is written. Its files are ordered by path as bytes (upper case
first, 10 before 2). Other files take no index, hidden ones are not seen, and folders inside a bank are not read. ROOT/strudel.json may
name files that lie deeper; where a folder has that name, the folder counts.
"""

from __future__ import annotations

import logging
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from phonon_osc.samples import strudel
from phonon_osc.samples.decode import inside, plain
from phonon_osc.samples.headers import is_silent_file

log = logging.getLogger(__name__)

EXTENSIONS = frozenset(".wav .wave .w64 .rf64 .bwf .aif .aiff .aifc .flac .ogg .oga .opus .mp3 .caf .au .snd".split())
MAX_ENTRIES = 200_000
_MAX_WARNINGS = 10
_SMALL = 8_192  # bytes: a file without sound is seldom larger, and a look at the head of every file would take long
_YOUNG = 3.0  # seconds: a second change within the grain of a file system's clock would leave the same time behind

Banks = dict[str, list[str]]
State = tuple[int, int, int, int]
_UNSETTLED: State = (0, 0, 0, 0)  # equal to no real state, so that the path is read again


def state_of(path: str) -> State | None:
    """Mode, size, time of change and inode: the same as long as nobody has written to a file. None if it is not there."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_mode, found.st_size, found.st_mtime_ns, found.st_ino


def default_roots() -> list[str]:
    """The sample folders used when none are given, those that exist: SuperDirt's Dirt-Samples, then the user's own.

    The user's come last because a later bank replaces an earlier one of the same name.
    """
    return [str(root) for root in usual_roots() if root.is_dir()]


def usual_roots() -> tuple[Path, Path]:
    """Where sample folders are searched when none are given, whether they exist or not."""
    import platformdirs

    quarks = platformdirs.user_data_path("SuperCollider") / "downloaded-quarks"
    return quarks / "Dirt-Samples", platformdirs.user_data_path("phonon-osc") / "samples"


def scan(roots: Iterable[str], *, append: bool = False, max_entries: int = MAX_ENTRIES) -> Banks:
    """Index the banks of all ``roots`` once: name -> paths in the order of their index. See `Index`."""
    index = Index(roots, append=append, max_entries=max_entries)
    index.update()
    return index.banks


@dataclass(slots=True)
class _Listing:
    """What a folder (or a map) gave when it was last read."""

    state: State | None  # of the folder then
    entries_read: int = 0  # counts towards the bound
    found: dict[str, list[str]] = field(default_factory=dict)  # names -> paths
    notes: dict[tuple[str, str], float] = field(default_factory=dict)  # of a map: name and path -> MIDI note
    depends: dict[str, State | None] = field(default_factory=dict)  # states of other paths that decided what was found
    skips: list[tuple[str, str]] = field(default_factory=list)  # path, why

    def still_holds(self, state: State | None) -> bool:
        return self.state == state and all(state_of(path) == then for path, then in self.depends.items())


class Index:
    """The banks of sample folders, brought up to date by every ``update``: only what has changed is read again.

    A name found again in a later root replaces the earlier bank, or continues it if ``append``. At most ``max_entries``
    directory entries are read. What lies on disk never raises an error: it is logged, each thing once.
    """

    def __init__(self, roots: Iterable[str], *, append: bool = False, max_entries: int = MAX_ENTRIES) -> None:
        self.roots = [os.path.realpath(root) for root in roots]
        self.banks: Banks = {}
        self.notes: dict[tuple[str, str], float] = {}  # name and path -> MIDI note, of those that a map gives a note
        self.origins: dict[str, list[str]] = {}  # names -> the roots that have them, in the order of the roots
        self._append, self._max_entries = append, max_entries
        self._left = max_entries
        self._known: dict[str, _Listing] = {}
        self._seen: dict[str, _Listing] = {}
        self._skipped: set[tuple[str, str]] = set()
        self._warned: set[tuple[str, str]] = set()
        self._first = True

    def update(self) -> bool:
        """Read what has changed since the last update. Returns whether any bank has changed."""
        self._left, self._seen = self._max_entries, {}
        banks: Banks = {}
        self.origins = {}
        for root in self.roots:
            for name, paths in self._root(root):
                self.origins.setdefault(name, []).append(root)
                banks[name] = banks.get(name, []) + paths if self._append else paths
        self._known = self._seen
        self._warn_of_skips()
        notes = {key: note for listing in self._seen.values() for key, note in listing.notes.items()}
        changed = banks != self.banks or notes != self.notes
        self.banks, self.notes = banks, notes
        return changed

    @property
    def skipped(self) -> int:
        """How many files and folders are left out at the moment, each named in the log."""
        return len({path for path, _ in self._skipped})

    def _root(self, root: str) -> Iterator[tuple[str, list[str]]]:
        names = set[str]()
        for name, (folder,) in self._listing(root, self._read_root).found.items():
            files = self._listing(folder, self._read_bank).found.get("", [])
            if files:
                names.add(name)
                yield name, files
        for name, files in self._listing(os.path.join(root, strudel.NAME), self._read_map).found.items():
            if name not in names:
                yield name, files

    def _listing(self, path: str, read: Callable[[str, _Listing], None]) -> _Listing:
        """What is at a path, from the last update if that still holds."""
        now, listing = state_of(path), self._known.get(path)
        if listing is None or not listing.still_holds(now):
            listing = _Listing(_settled(now))
            read(path, listing)
        self._left -= listing.entries_read
        self._seen[path] = listing
        return listing

    def _read_root(self, root: str, listing: _Listing) -> None:
        for entry in self._entries(root, listing):
            if self._is_folder(entry, listing):
                listing.found[entry.name] = [entry.path]

    def _read_bank(self, folder: str, listing: _Listing) -> None:
        entries = self._entries(folder, listing)
        listing.found[""] = [entry.path for entry in entries if self._usable(entry.path, entry.is_symlink(), listing)]

    def _read_map(self, path: str, listing: _Listing) -> None:
        if listing.state is None:
            return
        root = os.path.dirname(path)
        try:
            names = strudel.read_map(Path(path))
        except (OSError, ValueError) as error:
            listing.skips.append((path, f"cannot be read ({plain(error)})"))
            return
        for name, files in names.items():
            room = self._left - listing.entries_read
            if len(files) > room:
                listing.skips.append((path, "too many files, the rest is left out"))
            listing.entries_read += min(len(files), room)
            for file in files[:room]:
                place = self._place(root, file, listing)
                if place is not None and self._below(root, place, listing) and self._usable(place, True, listing):
                    listing.found.setdefault(name, []).append(place)
                    if file.note is not None:
                        listing.notes[name, place] = file.note

    def _place(self, root: str, file: strudel.Listed, listing: _Listing) -> str | None:
        """Where a file that a map names lies. None for one that need not be here and is not."""
        places = [os.path.normpath(os.path.join(root, place)) for place in file.places()]
        found = next((place for place in places if os.path.lexists(place) and _is_below(root, place)), None)
        chosen = found or (None if file.is_address or not places else places[0])
        for folder in {os.path.dirname(place) for place in ([chosen] if chosen else places)} - listing.depends.keys():
            listing.depends[folder] = _settled(state_of(folder))
        return chosen

    def _below(self, root: str, path: str, listing: _Listing) -> bool:
        if _is_below(root, path):
            return True
        listing.skips.append((path, f"{strudel.NAME} may only name files below its own folder"))
        return False

    def _entries(self, folder: str, listing: _Listing) -> list[os.DirEntry[str]]:
        """The visible entries of a folder in the order of their names, as many as the cap leaves."""
        found: list[os.DirEntry[str]] = []
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if listing.entries_read >= self._left:
                        listing.skips.append((folder, "too many files, the rest is left out; use fewer sample folders"))
                        listing.state = _UNSETTLED
                        break
                    listing.entries_read += 1
                    if not entry.name.startswith("."):
                        found.append(entry)
        except (OSError, ValueError) as error:
            listing.skips.append((folder, f"cannot be listed ({plain(error)})"))
            listing.state = _UNSETTLED
        return sorted(found, key=lambda entry: os.fsencode(entry.name))

    def _is_folder(self, entry: os.DirEntry[str], listing: _Listing) -> bool:
        try:
            if entry.is_dir():
                return not entry.is_symlink() or self._stays_inside(entry.path, listing)
            if entry.is_symlink():
                listing.depends[entry.path] = state_of(entry.path)  # it may lead to a folder one day
        except OSError as error:  # a loop of links
            listing.skips.append((entry.path, plain(error)))
        return False

    def _usable(self, path: str, may_lead_away: bool, listing: _Listing) -> bool:
        if os.path.splitext(path)[1].lower() not in EXTENSIONS:
            return False
        try:
            if may_lead_away and not self._stays_inside(path, listing):
                return False
            found = os.stat(path)
        except (OSError, ValueError) as error:
            why = plain(error)
        else:
            if stat.S_ISDIR(found.st_mode):
                return False
            if not stat.S_ISREG(found.st_mode):
                why = "is not a regular file"
            elif not found.st_size:
                why = "is empty"
            elif not os.access(path, os.R_OK):
                why = "may not be read; check its permissions"
            elif found.st_size <= _SMALL and is_silent_file(path):
                why = "holds no sound"
            else:
                return True
        listing.skips.append((path, why))
        listing.depends[path] = state_of(path)  # it may become usable without its folder changing
        return False

    def _stays_inside(self, link: str, listing: _Listing) -> bool:
        real = os.path.realpath(link)
        if inside(real, self.roots):
            return True
        why = f"leads outside the sample folders; add {os.path.dirname(real)!a} as a root"
        listing.skips.append((link, why))
        return False

    def _warn_of_skips(self) -> None:
        """Warn of what is left out, once. After the first update two in a row must find it: a file is empty before it is written."""
        skipped = {skip for listing in self._seen.values() for skip in listing.skips}
        lasting = skipped if self._first else skipped & self._skipped
        news = sorted(lasting - self._warned)
        for path, why in news[:_MAX_WARNINGS]:
            log.warning("sample %a skipped: %s", path, why)
        if len(news) > _MAX_WARNINGS:
            log.warning("%d more samples skipped", len(news) - _MAX_WARNINGS)
        self._skipped, self._warned, self._first = skipped, (self._warned & skipped) | lasting, False


def _is_below(root: str, path: str) -> bool:
    return os.path.commonpath((root, path)) == root


def _settled(state: State | None) -> State | None:
    """The state, if it will differ after the next change. Two changes within a few seconds may leave the same time."""
    young = state is not None and abs(time.time() - state[2] * 1e-9) < _YOUNG
    return _UNSETTLED if young else state
