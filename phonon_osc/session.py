"""Session logs: every command with the frame at which it was carried out, so that a session can be rendered again to the bit.

JSON lines. First a header (rate, voices, limiter, sample roots), then commands in the order they were carried out, samples named
before they are used, and at the end the number of frames played.
"""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

import numpy as np

from phonon_osc.defs import Source
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.engine import Engine
from phonon_osc.errors import DataError
from phonon_osc.samples.library import Entry, Library
from phonon_osc.synths import builtin

log = logging.getLogger(__name__)

FORMAT = 1


@dataclass
class Header:
    """What has to be the same for a log to give the same sound."""

    rate: float
    voices: int
    limiter: bool
    samples: list[str] = field(default_factory=list)
    inputs: str | None = None  # name of the file beside the log that holds what came in

    def as_dict(self) -> dict[str, Any]:
        return {
            "phonon-osc-session": FORMAT,
            "rate": self.rate,
            "voices": self.voices,
            "limiter": self.limiter,
            "samples": self.samples,
            **({"inputs": self.inputs} if self.inputs else {}),
        }


class SessionWriter:
    """Writes a log as the engine tells what it has carried out."""

    def __init__(self, path: Path, header: Header, engine: Engine, library: Library) -> None:
        self._engine = engine
        self._out: IO[str] = path.open("w", encoding="utf-8", buffering=1)  # a killed server leaves whole lines
        self._broken = False
        self._named: dict[int, Mapping[str, Any] | None] = {}  # buffers, which change hands when memory is short
        self._line(header.as_dict())
        engine.log_commands(self._executed, lambda number: engine.buffers.told.get(number) or library.describe(number))
        engine.noted = self.noted

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
        if "sample" in describe:
            played = self._engine.definitions.by_key.get(describe.get("definition", ""))
            number = describe.get("buffer") or _buffer_in(describe, played)
            self._name(number, describe.pop("sample"))
        self._line({"frame": frame, **describe})

    def noted(self, frame: int, row: Mapping[str, Any]) -> None:
        """A definition was made of a text, or forgotten."""
        self._line({"frame": frame, **row})

    def _name(self, buffer: int, sample: Mapping[str, Any] | None) -> None:
        """Say which sample a buffer is, unless that was said; null for a number that a client made up."""
        if self._named.get(buffer) is not sample:
            self._named[buffer] = sample
            self._line({"buffer": buffer, "sample": sample and dict(sample)})

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
    return Header(first["rate"], first["voices"], first["limiter"], first["samples"], first.get("inputs"))


@dataclass(slots=True)
class _Named:
    """A sample that a log names; ``check`` is that of its sound then."""

    entry: Entry
    check: int | None

    def load(self, library: Library) -> int:
        """The engine's number for it."""
        number = (library.loaded(self.entry) or library.load(self.entry)).id
        if self.check is not None and (library.describe(number) or {}).get("check") != self.check:
            log.warning(
                "sample %a has changed since the session was recorded: it will not sound the same", str(self.entry)
            )
            self.check = None
        return number


@dataclass(slots=True)
class _Blank:
    """A buffer that a client made and wrote to."""

    engine: Engine
    frames: int
    rate: float
    number: int = 0

    def load(self, library: Library) -> int:
        """The engine's number for it."""
        if self.number == 0:
            self.number = self.engine.buffers.add(np.zeros((self.frames, 2), np.float32), self.rate)
        return self.number

    def drop(self) -> None:
        if self.number:
            self.engine.buffers.drop(self.number)


def read_commands(path: Path, engine: Engine, library: Library) -> Iterator[tuple[int, dict[str, Any]]]:
    """Commands (frame, description) for `again`; at last (frames, {"do": "end"}). Samples are looked up, not loaded yet.

    Raises SampleError for a sample that is not to be had any more.
    """
    named: dict[int, _Named | _Blank | None] = {}
    defined: dict[str, Definition] = {}
    sources: dict[str, Source] = {}
    known = builtin.Sources(sources)
    with path.open(encoding="utf-8") as lines:
        next(lines)
        for number, line in enumerate(lines, 2):
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                log.warning("%s: line %d is broken; the session is taken to end there", path, number)
                return
            if "sample" in row:
                sample = row["sample"]
                if sample and "blank" in sample:
                    named[row["buffer"]] = _Blank(engine, sample["blank"], sample["rate"])
                else:
                    named[row["buffer"]] = sample and _Named(library.resolve(sample), sample.get("check"))
            elif "end" in row:
                yield row["end"], {"do": "end"}
            elif row["do"] == "define":
                read = builtin.read(row["name"], row["text"], engine.rate, known)
                sources[row["name"]] = read.source
                if read.definition is not None:
                    defined[row["definition"]] = replace(read.definition, name=row["definition"])
                    yield row["frame"], {**row, "built": defined[row["definition"]]}
            elif row["do"] == "forget":
                sources.pop(row["name"], None)
            elif row["do"] == "restore":
                defined[row["definition"]] = replace(
                    builtin.definition(row["name"], engine.rate), name=row["definition"]
                )
                yield row["frame"], {**row, "do": "define", "built": defined[row["definition"]]}
            elif row["do"] == "write":
                yield row["frame"], {**row, "named": named.get(row["buffer"])}
            elif row["do"] == "release":
                yield row["frame"], {**row, "named": named.pop(row["buffer"], None)}
            else:
                played = defined.get(row.get("definition", "")) or engine.definitions.get(row.get("definition", ""))
                yield row["frame"], {**row, "named": named.get(_buffer_in(row, played))}


def again(engine: Engine, library: Library, frame: int, row: dict[str, Any]) -> None:
    """Send a command of `read_commands` again, its sample loaded first. Raises SampleError."""
    if row["do"] == "define":
        engine.add_definition(row["built"])
        return
    if row["do"] == "write":
        if row["named"] is not None:
            values = np.array(row["values"], np.float32)
            engine.write_buffer(row["named"].load(library), row["first"], values, frame)
        return
    if row["do"] == "release":
        if isinstance(row["named"], _Blank):
            row["named"].drop()
        return
    played = engine.definitions.get(row.get("definition", ""))
    index, number = None if played is None else played.index("buffer"), 0
    if row["named"] is not None:
        number = row["named"].load(library)
    pairs = [(c, f, number if c == index and f == 0 else v) for c, f, v in row.get("pairs", ())]
    engine.replay(frame, {**row, "pairs": pairs})


def _buffer_in(row: dict[str, Any], played: Definition | None) -> int:
    """The buffer that the pairs of a command to this definition name; 0 for none."""
    index = None if played is None else played.index("buffer")
    return next((int(v) for c, f, v in row.get("pairs", ()) if c == index and f == 0), 0)
