"""Session logs: every command with the frame at which it was carried out, so that a session can be rendered again to the bit.

JSON lines. First a header (rate, voices, limiter, sample roots), then commands in the order they were carried out, samples named
before they are used, and at the end the number of frames played.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from phonon_osc.engine.engine import Engine
from phonon_osc.errors import DataError
from phonon_osc.samples.library import Library

log = logging.getLogger(__name__)

FORMAT = 1


@dataclass
class Header:
    """What has to be the same for a log to give the same sound."""

    rate: float
    voices: int
    limiter: bool
    samples: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {
            "phonon-osc-session": FORMAT,
            "rate": self.rate,
            "voices": self.voices,
            "limiter": self.limiter,
            "samples": self.samples,
        }


class SessionWriter:
    """Writes a log as the engine tells what it has carried out."""

    def __init__(self, path: Path, header: Header, engine: Engine, library: Library) -> None:
        self._engine, self._library = engine, library
        self._out: IO[str] = path.open("w", encoding="utf-8", buffering=1)  # a killed server leaves whole lines
        self._broken = False
        self._named: set[int] = set()
        self._line(header.as_dict())
        engine.log_commands(self._executed)

    def _line(self, data: dict[str, Any]) -> None:
        """A full disk ends the log, not the server."""
        if self._broken:
            return
        try:
            self._out.write(json.dumps(data, separators=(",", ":")) + "\n")
        except OSError as error:
            self._broken = True
            log.error("the session log %s ends here: %s", self._out.name, error.strerror)

    def _executed(self, frame: int, describe: dict[str, Any]) -> None:
        definition = self._engine.definitions.get(describe.get("definition", ""))
        index = definition.index("buffer") if definition else None
        for control, flags, value in describe.get("pairs", ()):
            if control == index and flags == 0 and int(value) and int(value) not in self._named:
                self._named.add(int(value))
                self._line({"buffer": int(value), "sample": self._library.describe(int(value))})
        self._line({"frame": frame, **describe})

    def close(self, frames: int) -> None:
        """End the log; ``frames`` were handed to the backend."""
        self._line({"end": frames})
        with contextlib.suppress(OSError):  # said already
            self._out.close()


def read_header(path: Path) -> Header | None:
    """The header if this file is a session log."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        try:
            first = json.loads(lines.readline())
        except json.JSONDecodeError:
            return None
    if not isinstance(first, dict) or "phonon-osc-session" not in first:
        return None
    if first["phonon-osc-session"] != FORMAT:
        raise DataError(f"{path}: a session log of format {first['phonon-osc-session']}; this version reads {FORMAT}")
    return Header(first["rate"], first["voices"], first["limiter"], first["samples"])


def read_commands(path: Path, engine: Engine, library: Library) -> Iterator[tuple[int, dict[str, Any]]]:
    """Commands (frame, description) with samples loaded and their numbers translated; at last (frames, {"do": "end"})."""
    numbers: dict[int, int] = {}
    with path.open(encoding="utf-8") as lines:
        next(lines)
        for number, line in enumerate(lines, 2):
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                log.warning("%s: line %d is broken; the session is taken to end there", path, number)
                return
            if "buffer" in row:
                numbers[row["buffer"]] = library.load(library.resolve(row["sample"])).id
            elif "end" in row:
                yield row["end"], {"do": "end"}
            else:
                definition = engine.definitions.get(row.get("definition", ""))
                index = definition.index("buffer") if definition else None
                if index is not None:
                    row["pairs"] = [
                        (c, f, numbers.get(int(v), 0) if c == index and f == 0 else v) for c, f, v in row["pairs"]
                    ]
                yield row["frame"], row
