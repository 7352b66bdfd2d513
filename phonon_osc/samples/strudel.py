"""strudel.json: a file in a sample folder that gives names to files wherever they lie below it.

An object from names to a path, a list of paths, or an object from notes to either (README.md, Samples). Only files below the folder
are meant here: ``_base`` is a prefix where it is a path, and left out where it is an address, which is that of the same folder on a web
server. What an address of its own is given for is left out.
"""

from __future__ import annotations

import json
import math
import os
import re
from pathlib import Path
from typing import Any

NAME = "strudel.json"
_MOST_BYTES = 16 << 20
_NOTE = re.compile(r"([a-g])(#|s|b|f)*(-?\d+)?$", re.IGNORECASE)
_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_ACCIDENTALS = {"#": 1, "s": 1, "b": -1, "f": -1}


def read_map(path: Path) -> dict[str, list[str]]:
    """Names -> paths relative to the folder, in the order of their index; a map of notes is put in the order of pitch.

    Raises OSError, or ValueError for what is no such file.
    """
    with path.open("rb") as file:
        raw = file.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise ValueError(f"larger than {_MOST_BYTES >> 20} MB")
    try:
        data = json.loads(raw)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(data, dict):
        raise ValueError("not an object from names to paths")
    base = data.get("_base")
    prefix = base if isinstance(base, str) and not _is_address(base) else ""
    found = {name: _paths(value) for name, value in data.items() if not name.startswith("_")}
    return {name: [os.path.join(prefix, path).lstrip("/") for path in paths] for name, paths in found.items() if paths}


def _paths(value: Any) -> list[str]:
    """The local paths of one name."""
    if isinstance(value, dict):
        notes = sorted((note for note in value if not note.startswith("_")), key=_pitch)
        value = [path for note in notes for path in _listed(value[note])]
    texts = [path for path in _listed(value) if isinstance(path, str)]
    return [path.lstrip("/") for path in texts if "\0" not in path and not _is_address(path)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _pitch(note: str) -> float:
    """MIDI number of a note's name; what is none comes last."""
    match = _NOTE.match(note)
    if match is None:
        return math.inf
    steps = sum(_ACCIDENTALS[sign] for sign in note[1:].lower() if sign in _ACCIDENTALS)
    return 12.0 * (int(match[3] or 3) + 1) + _STEPS[match[1].lower()] + steps


def _is_address(path: str) -> bool:
    return "://" in path or path.startswith(("github:", "shabda:", "data:"))
