"""A user's folder of definitions, one per file NAME.def. A file is read at the start, and again when it or a file that it uses changes."""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from phonon_osc.defs.source import LONGEST, words
from phonon_osc.defs.text import parse
from phonon_osc.errors import DataError, PhononError

log = logging.getLogger(__name__)

SUFFIX = ".def"
PAUSE = 1.0  # seconds between two scans of the folder
MOST_NAMED = 8  # most names in a line of the log


def default_folder() -> Path:
    """``~/.config/phonon-osc/defs``, or the folder that PHONON_OSC_DEFS names."""
    given = os.environ.get("PHONON_OSC_DEFS")
    if given:
        return Path(given)
    import platformdirs

    return platformdirs.user_config_path("phonon-osc") / "defs"


class _Change(NamedTuple):
    """The change of one file; ``text`` is None if the file is gone."""

    name: str
    text: str | None


class Folder:
    """Publishes the definitions in the folder ``path``, and follows added, changed and deleted files.

    Reading (``scan``) may happen in a thread: a network file system can take seconds to answer. Publishing (``publish``) calls
    ``define(name, text)`` and ``forget(name)`` and belongs to the control side. Their errors are logged. A file that uses another
    one is defined after that one, and again when that one changes.
    """

    def __init__(self, path: Path, define: Callable[[str, str], object], forget: Callable[[str], None]) -> None:
        self.path, self._define, self._forget = path, define, forget
        # used by the reading side
        self._seen: dict[str, tuple[int, int]] = {}  # by name: time and size of its file
        self._words: dict[str, set[str]] = {}  # by name: names of definitions that the text may use
        # passed from the reading side to the control side
        self._changes: deque[_Change] = deque()
        # used by the control side
        self._used: set[str] = set()  # names that are defined
        self._read: list[str] = []  # names defined since the last line of the log about them
        self._stop = threading.Event()
        self._wake = threading.Event()

    def load(self) -> None:
        """Read the whole folder and publish all its definitions before returning."""
        self.scan()
        while self._changes:
            self.publish()

    def watch(self, pause: float = PAUSE) -> None:
        """Start a thread that scans the folder every ``pause`` seconds until ``close``."""
        threading.Thread(target=self._watch, args=(pause,), name="definitions", daemon=True).start()

    def look(self) -> None:
        """Scan the folder now, and not when the pause ends. Any thread."""
        self._wake.set()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()
        self._wake.set()

    def _watch(self, pause: float) -> None:
        while True:
            self._wake.wait(pause)
            self._wake.clear()
            if self._stop.is_set():
                return
            try:
                self.scan()
            except Exception:  # no content of a user's file may end the watching
                log.exception("%s could not be read", self.path)

    # --- the reading side ------------------------------------------------------------------------------------------
    def scan(self) -> None:
        """Compare the folder with the last scan and queue the changes for ``publish``; a used file comes before its user."""
        found = self._files()
        gone = self._seen.keys() - found.keys()
        fresh = {name for name in found if self._seen.get(name) != found[name]}
        self._seen = found
        if not gone and not fresh:
            return
        for name in sorted(gone):
            self._words.pop(name, None)
            self._changes.append(_Change(name, None))
        stale = self._users(fresh | gone) - fresh
        texts = {name: text for name in sorted(fresh | stale) if (text := self._text(name)) is not None}
        self._changes.extend(_Change(name, texts[name]) for name in self._in_order(set(texts)))

    def _files(self) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        try:
            with os.scandir(self.path) as entries:
                for entry in entries:
                    if entry.name.endswith(SUFFIX) and not entry.name.startswith(".") and entry.is_file():
                        stat = entry.stat()
                        found[entry.name.removesuffix(SUFFIX)] = (stat.st_mtime_ns, stat.st_size)
        except OSError:
            pass  # without a folder there are no definitions
        return found

    def _text(self, name: str) -> str | None:
        """A file's text, or None if it cannot be read. Stores the words that may name other definitions."""
        try:
            with self._file(name).open(encoding="utf-8") as file:
                text = file.read(LONGEST + 1)
        except (OSError, ValueError) as error:
            log.warning("%s: %s", self._file(name), error)
            return None
        try:
            self._words[name] = words(tuple(parse(text))) - {name} if len(text) <= LONGEST else set()
        except DataError:
            self._words[name] = set()  # publish logs the error
        return text

    def _file(self, name: str) -> Path:
        return self.path / f"{name}{SUFFIX}"

    def _users(self, names: set[str]) -> set[str]:
        """Names of the files that use one of ``names``, directly or through others."""
        found: set[str] = set()
        while more := {user for user, used in self._words.items() if used & (names | found)} - found:
            found |= more
        return found

    def _in_order(self, names: set[str]) -> Iterator[str]:
        """``names``, each after those that it uses. Files that use each other in a circle are left out and logged."""
        waiting, given = sorted(names), set[str]()
        while waiting:
            ready = [name for name in waiting if not self._words[name] & (names - given)]
            if not ready:
                log.warning(
                    "%s: %s use each other in a circle; their definitions stay as they were. Remove one of the uses",
                    self.path,
                    " and ".join(self._circle(waiting)),
                )
                return
            yield from ready
            given.update(ready)
            waiting = [name for name in waiting if name not in given]

    def _circle(self, waiting: list[str]) -> list[str]:
        """The names of one circle of files that use each other. There is one, since each file in ``waiting`` uses another one in it."""
        path = [waiting[0]]
        while (following := min(self._words[path[-1]] & set(waiting))) not in path:
            path.append(following)
        return sorted(path[path.index(following) :])

    # --- the control side ------------------------------------------------------------------------------------------
    def publish(self) -> bool:
        """Define or forget the next changed file. Returns whether there was one. One per call, since a definition takes milliseconds."""
        try:
            name, text = self._changes.popleft()
        except IndexError:
            return False
        if text is not None:
            self._publish(name, text)
        elif name in self._used:
            self._used.discard(name)
            try:
                self._forget(name)
            except PhononError as error:
                log.warning("%s is gone: %s", self._file(name), error)
        if not self._changes and self._read:
            names, self._read = self._read, []
            more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
            log.info("definitions read from %s: %s%s", self.path, ", ".join(names[:MOST_NAMED]), more)
        return True

    def _publish(self, name: str, text: str) -> None:
        try:
            self._define(name, text)
        except (ValueError, PhononError) as error:
            log.warning("%s: %s", self._file(name), error)
        else:
            self._used.add(name)
            self._read.append(name)
