"""strudel.json: a file in a sample folder that gives names to files wherever they lie below it.

It is an object from names to a path, a list of paths, or an object from notes to either. Only files below the folder are meant here, and a
path from the network never leaves it. ``_base``, of the whole file or of one name, is put before its paths. Where a base or a path is
an address (``https://...``, ``github:...``), the folder is taken for a copy of what lies there: the file is looked for below the
folder under the end of the address, the longest end first. Names of files may be written as in an address (``%20``).
"""

from __future__ import annotations

import json
import math
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

NAME = "strudel.json"
_MOST_BYTES = 16 << 20
_MOST_PARTS = 12  # of an address that are tried as folders
_NOTE = re.compile(r"([a-g])([#sbf]*)(-?\d+)?$", re.IGNORECASE)
_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_ACCIDENTALS = {"#": 1, "s": 1, "b": -1, "f": -1}
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://[^/]*/?|github:)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Listed:
    """A file that a map names. ``note`` is the MIDI note that it stands for, None if the map names none."""

    base: str
    path: str
    note: float | None = None

    @property
    def is_address(self) -> bool:
        """Whether it need not lie in the folder at all."""
        return _is_address(self.path)

    def places(self) -> Iterator[str]:
        """Paths relative to the folder where the file may lie, the likeliest first."""
        whole = self.path if self.is_address or not self.base else f"{self.base.rstrip('/')}/{self.path.lstrip('/')}"
        if not _is_address(whole):
            yield from _spellings(whole.lstrip("/"))
            yield from _spellings(self.path.lstrip("/"))
            return
        rest = _ADDRESS.sub("", whole, count=1).partition("?")[0]
        parts = [part for part in rest.split("/") if part]
        last = (
            len(parts) if self.is_address else len(parts) - self.path.strip("/").count("/")
        )  # a path is never taken apart
        for first in range(max(0, last - _MOST_PARTS), last):
            yield from _spellings("/".join(parts[first:]))


def read_map(path: Path) -> dict[str, list[Listed]]:
    """Names and their files in the order of their index; those of a map of notes are in the order of pitch.

    Raises OSError, or ValueError for what is no such file.
    """
    with path.open("rb") as file:
        raw = file.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise ValueError(f"larger than {_MOST_BYTES >> 20} MB")
    try:
        data = json.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(data, dict):
        raise ValueError("not an object from names to paths")
    base = _text(data.get("_base"))
    found = {name: _files(value, base) for name, value in data.items() if not name.startswith("_")}
    return {name: files for name, files in found.items() if files}


def _files(value: Any, base: str) -> list[Listed]:
    """The files of one name."""
    if not isinstance(value, dict):
        return [Listed(base, path) for path in _paths(value)]
    base = _text(value.get("_base")) or base
    notes = sorted((note for note in value if not note.startswith("_")), key=_pitch)
    files = []
    for note in notes:
        pitch = _pitch(note)
        files += [Listed(base, path, pitch if math.isfinite(pitch) else None) for path in _paths(value[note])]
    return files


def _paths(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [
        path for path in values if isinstance(path, str) and path and "\0" not in path and not path.startswith("data:")
    ]


def _spellings(path: str) -> list[str]:
    """A path as it is written, and as an address or another file system may mean it."""
    texts = [path, unquote(path)] if "%" in path else [path]
    forms = [unicodedata.normalize(form, text) for text in texts if not text.isascii() for form in ("NFC", "NFD")]
    return list(dict.fromkeys(os.path.normpath(text) for text in (*texts, *forms)))


def _text(value: Any) -> str:
    return value if isinstance(value, str) and "\0" not in value else ""


def _pitch(note: str) -> float:
    """The MIDI number of a note's name, or of a number; infinite for any other text, so that it is sorted behind all notes."""
    match = _NOTE.match(note)
    if match is None:
        try:
            number = float(note)
        except ValueError:
            return math.inf
        return number if math.isfinite(number) else math.inf
    steps = sum(_ACCIDENTALS[sign] for sign in match[2].lower())
    return 12.0 * (int(match[3] or 3) + 1) + _STEPS[match[1].lower()] + steps


def _is_address(path: str) -> bool:
    return _ADDRESS.match(path) is not None
