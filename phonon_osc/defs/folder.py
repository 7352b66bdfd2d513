"""A user's folder of definitions, NAME.def each: read at the start, and again when a file changes."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path

from phonon_osc.defs.graph import LONGEST
from phonon_osc.errors import PhononError

log = logging.getLogger(__name__)

SUFFIX = ".def"


def default_folder() -> Path:
    """``~/.config/phonon-osc/defs``, or what PHONON_OSC_DEFS names."""
    given = os.environ.get("PHONON_OSC_DEFS")
    if given:
        return Path(given)
    import platformdirs

    return platformdirs.user_config_path("phonon-osc") / "defs"


class Folder:
    """Tells of files that are new, changed or gone. ``define(name, text)`` raises for what it cannot use; that is logged."""

    def __init__(self, path: Path, define: Callable[[str, str], object], forget: Callable[[str], None]) -> None:
        self.path, self._define, self._forget = path, define, forget
        self._seen: dict[str, tuple[int, int]] = {}
        self._used: set[str] = set()

    def look(self) -> int:
        """Compare the folder with what was seen last; how many definitions changed."""
        found: dict[str, tuple[int, int]] = {}
        try:
            with os.scandir(self.path) as entries:
                for entry in entries:
                    if entry.name.endswith(SUFFIX) and not entry.name.startswith(".") and entry.is_file():
                        stat = entry.stat()
                        found[entry.name] = (stat.st_mtime_ns, stat.st_size)
        except OSError:
            pass  # no folder, no definitions
        changed = 0
        for name in sorted(found):
            if self._seen.get(name) != found[name]:
                changed += self._read(name)
        for name in self._seen.keys() - found.keys():
            stem = name.removesuffix(SUFFIX)
            if stem in self._used:
                self._used.discard(stem)
                self._forget(stem)
                changed += 1
        self._seen = found
        return changed

    def _read(self, file: str) -> int:
        name = file.removesuffix(SUFFIX)
        try:
            with (self.path / file).open(encoding="utf-8") as text:
                self._define(name, text.read(LONGEST + 1))
        except (OSError, ValueError, PhononError) as error:
            log.warning("%s: %s", self.path / file, error)
            return 0
        self._used.add(name)
        return 1
