"""A user's folder of definitions, NAME.def each: read at the start, and again when a file changes, or one that it uses."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from phonon_osc.defs.source import LONGEST, words
from phonon_osc.defs.text import parse
from phonon_osc.errors import DataError, PhononError

log = logging.getLogger(__name__)

SUFFIX = ".def"
MOST_NAMED = 8  # in a line of the log


def default_folder() -> Path:
    """``~/.config/phonon-osc/defs``, or what PHONON_OSC_DEFS names."""
    given = os.environ.get("PHONON_OSC_DEFS")
    if given:
        return Path(given)
    import platformdirs

    return platformdirs.user_config_path("phonon-osc") / "defs"


class Folder:
    """Tells of files that are new, changed or gone. ``define(name, text)`` raises for what it cannot use; that is logged.

    A file that uses another is defined after it, and again when that one changes.
    """

    def __init__(self, path: Path, define: Callable[[str, str], object], forget: Callable[[str], None]) -> None:
        self.path, self._define, self._forget = path, define, forget
        self._seen: dict[str, tuple[int, int]] = {}  # by name: time and size of its file
        self._words: dict[str, set[str]] = {}  # names of definitions that it may use
        self._used: set[str] = set()

    def look(self) -> int:
        """Compare the folder with what was seen last; how many definitions changed."""
        found = self._files()
        gone = self._seen.keys() - found.keys()
        fresh = {name for name in found if self._seen.get(name) != found[name]}
        self._seen = found
        if not gone and not fresh:
            return 0
        changed = 0
        for name in sorted(gone):
            self._words.pop(name, None)
            if name in self._used:
                self._used.discard(name)
                changed += 1
                try:
                    self._forget(name)
                except PhononError as error:
                    log.warning("%s is gone: %s", self._file(name), error)
        texts = {name: text for name in sorted(fresh) if (text := self._text(name)) is not None}
        stale = self._users(fresh | gone) - fresh
        texts |= {name: text for name in sorted(stale) if (text := self._text(name)) is not None}
        read = [name for name in self._in_order(set(texts)) if self._read(name, texts[name])]
        if read:
            more = f" and {len(read) - MOST_NAMED} more" if len(read) > MOST_NAMED else ""
            log.info("definitions read from %s: %s%s", self.path, ", ".join(read[:MOST_NAMED]), more)
        return changed + len(read)

    def _files(self) -> dict[str, tuple[int, int]]:
        found: dict[str, tuple[int, int]] = {}
        try:
            with os.scandir(self.path) as entries:
                for entry in entries:
                    if entry.name.endswith(SUFFIX) and not entry.name.startswith(".") and entry.is_file():
                        stat = entry.stat()
                        found[entry.name.removesuffix(SUFFIX)] = (stat.st_mtime_ns, stat.st_size)
        except OSError:
            pass  # no folder, no definitions
        return found

    def _text(self, name: str) -> str | None:
        """A file's text; what it may use is noted."""
        try:
            with self._file(name).open(encoding="utf-8") as file:
                text = file.read(LONGEST + 1)
        except (OSError, ValueError) as error:
            log.warning("%s: %s", self._file(name), error)
            return None
        try:
            self._words[name] = words(tuple(parse(text))) - {name} if len(text) <= LONGEST else set()
        except DataError:
            self._words[name] = set()  # to be told when it is defined
        return text

    def _file(self, name: str) -> Path:
        return self.path / f"{name}{SUFFIX}"

    def _users(self, names: set[str]) -> set[str]:
        """Those that use one of these, or use one that does."""
        found: set[str] = set()
        while more := {user for user, used in self._words.items() if used & (names | found)} - found:
            found |= more
        return found

    def _in_order(self, names: set[str]) -> Iterator[str]:
        """Each after those it uses. Those that use each other are left out, and said to be."""
        waiting, given = sorted(names), set[str]()
        while waiting:
            ready = [name for name in waiting if not self._words[name] & (names - given)]
            if not ready:
                log.warning(
                    "%s: %s use each other; none of them is changed", self.path, " and ".join(self._circle(waiting))
                )
                return
            yield from ready
            given.update(ready)
            waiting = [name for name in waiting if name not in given]

    def _circle(self, waiting: list[str]) -> list[str]:
        """Names of some that use each other, out of those of which each waits for another."""
        path = [waiting[0]]
        while (following := min(self._words[path[-1]] & set(waiting))) not in path:
            path.append(following)
        return sorted(path[path.index(following) :])

    def _read(self, name: str, text: str) -> bool:
        try:
            self._define(name, text)
        except (ValueError, PhononError) as error:
            log.warning("%s: %s", self._file(name), error)
            return False
        self._used.add(name)
        return True
