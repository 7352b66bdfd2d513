"""Reads a session log: checks every line, and turns it into a step that a render carries out at its frame."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from phonon_osc import __version__
from phonon_osc.defs import Source
from phonon_osc.engine.buffers import CLIENT_BYTES, CLIENT_SAMPLES, LONGEST, silent_frames
from phonon_osc.engine.changes import Define, Forget, Release, Restore
from phonon_osc.engine.commands import FARTHEST, Command, NewNode, Play, SetNode, WriteBuffer, named_sample
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.engine import Engine
from phonon_osc.errors import DataError, PhononError
from phonon_osc.limits import BUFFERS
from phonon_osc.samples.decode import SampleError
from phonon_osc.samples.library import Entry, Library
from phonon_osc.session.format import Row, RowError, number, read_row, text, whole
from phonon_osc.session.header import RATES, Header, is_file_name, short
from phonon_osc.synths import builtin

log = logging.getLogger(__name__)

LONGEST_PAUSE = 7 * 24 * 3600.0  # seconds between two lines of a log
FRAME_BYTES = 8


@dataclass
class Replay:
    """A session, ready for a render: steps with the frames before which they are carried out, the end, and the number of events."""

    steps: list[tuple[int, Callable[[], object]]] = field(default_factory=list)
    end: int | None = None  # frames; None: the server was killed
    events: int = 0


@dataclass(slots=True)
class _File:
    """A sound of the library. ``check``: checksum of its frames when the session was played."""

    entry: Entry
    check: int | None

    def load(self, library: Library) -> int:
        """The engine's number for it. Raises SampleError."""
        number = (library.loaded(self.entry) or library.load(self.entry)).id
        if self.check is not None and (library.describe(number) or {}).get("check") != self.check:
            log.warning(
                "sample %a has changed since the session was recorded: it will not sound the same", str(self.entry)
            )
            self.check = None
        return number


@dataclass(slots=True)
class _Own:
    """A sample that a client holds: one that the client made and wrote to, or the sound ``file``."""

    engine: Engine
    frames: int
    rate: float
    file: _File | None = None
    number: int = 0

    def load(self, library: Library) -> int:
        """The engine's number for it. Raises SampleError."""
        if self.number == 0:
            buffers = self.engine.buffers
            frames = silent_frames(self.frames) if self.file is None else buffers.frames(self.file.load(library))
            self.number = buffers.add(frames, self.rate)
        return self.number

    def drop(self) -> None:
        """Release it. Voices that play it fall silent."""
        if self.number:
            self.engine.buffers.drop(self.number)


def read_session(path: Path, header: Header, engine: Engine, library: Library) -> Replay:
    """Read and check a whole log. Raises DataError (the line, what is wrong, what to do); SampleError if a sample cannot be loaded.

    An incomplete last line is ignored: the server was killed while it wrote the line.
    """
    if header.version != __version__:
        log.warning(
            "%s was recorded by version %a, this is %s: it may not sound the same", path, header.version, __version__
        )
    reader = _Reader(header, engine, library)
    line_number = 1
    try:
        if header.orbits != engine.orbit_definition.fingerprint:
            raise _other("the orbits' effects", header)
        with path.open("rb") as lines:
            next(lines)
            for line_number, line in enumerate(lines, 2):
                if not line.endswith(b"\n"):
                    log.warning("%s: line %d is cut off; the session is taken to end there", path, line_number)
                    break
                reader.read(_parsed(line))
    except SampleError:
        raise
    except (ValueError, PhononError) as error:
        what = str(error).replace("\n", " ")
        remedy = "" if isinstance(error, _OtherDefinition) else ". The log is damaged or was edited; use the original"
        raise DataError(f"{path}, line {line_number}: {what}{remedy}") from None
    return reader.finished()


class _OtherDefinition(RowError):
    pass


def _other(name: str, header: Header) -> _OtherDefinition:
    return _OtherDefinition(
        f"{name} differ from those the session was played with; render it with version {header.version}"
    )


def _parsed(line: bytes) -> Row:
    try:
        row = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        raise RowError(f"{short(line[:60].decode('latin-1'))} is no JSON") from None
    if not isinstance(row, dict):
        raise RowError(f"{short(row)} is no JSON object")
    return row


class _Reader:
    """Reads one line after the other. It keeps what they have named, and the steps that they make."""

    def __init__(self, header: Header, engine: Engine, library: Library) -> None:
        self._header, self._engine, self._library = header, engine, library
        self.orbits, self.nodes = engine.orbit_definition, engine.sizes.nodes
        self._replay = Replay()
        self._steps: list[tuple[int, Command | Release, Definition | None, _File | _Own | None]] = []
        self._samples: dict[int, _File | _Own | None] = {}
        self._held, self._held_bytes = 0, 0  # samples of clients: number and bytes
        self._defined: dict[str, Definition] = {}  # key that commands use -> definition
        self._used: dict[str, Definition] = {}  # definitions whose hash was right, by key
        self._nodes: dict[int, Definition] = {}  # handle -> its definition
        self._sources: dict[str, Source] = {}
        self._known = builtin.Sources(self._sources)
        self._last = 0  # frame of the last line

    # --- the protocol ``Known``, for ``read_row`` ------------------------------------------------------------------
    def definition(self, key: str) -> Definition:
        if key not in self._used:
            raise RowError(f"definition {short(key)} is used before a line says which one it is")
        return self._used[key]

    def definition_of(self, handle: int) -> Definition:
        if handle not in self._nodes:
            raise RowError(f"node {handle} was never made")
        return self._nodes[handle]

    # --- lines -----------------------------------------------------------------------------------------------------
    def read(self, row: Row) -> None:
        """Read one line. Raises RowError, PhononError."""
        if self._replay.end is not None:
            raise RowError("the log goes on after its end")
        match row.get("do"):
            case "use":
                self._use(text(row.get("definition"), "definition"), row.get("hash"))
            case "sample":
                self._samples[whole(row.get("buffer"), "buffer", 1, BUFFERS - 1)] = self._sample(row.get("sample"))
            case "end":
                self._replay.end = self._frame(row)
            case _:
                frame = self._frame(row)
                if "late" in row:
                    whole(row["late"], "late", 0, FARTHEST)
                self._operation(frame, read_row(row, self))

    def _frame(self, row: Row) -> int:
        frame = whole(row.get("frame"), "frame", 0, FARTHEST)
        if frame > self._last + LONGEST_PAUSE * self._header.rate:
            days = (frame - self._last) / self._header.rate / 86400.0
            raise RowError(f"frame is {frame}, {days:.0f} days after the line before")
        self._last = max(self._last, frame)
        return frame

    def _use(self, key: str, fingerprint: object) -> None:
        found = self._defined.get(key) or self._engine.definitions.get(key)
        if found is None:
            raise RowError(f"there is no definition {short(key)}")
        if found.fingerprint != fingerprint:
            raise _other(f"what {short(key)} means and plays", self._header)
        self._used[key] = found

    def _sample(self, said: Any) -> _File | _Own | None:
        if said is None:  # the client named a number without a sample
            return None
        if not isinstance(said, dict):
            raise RowError(f"sample is {short(said)}; it has to be an object or null")
        held = None
        if "held" in said:
            frames = whole(said["held"], "held", 1, LONGEST)
            rate = number(said.get("rate"), "rate", RATES[1])
            if rate < RATES[0]:
                raise RowError(f"rate is {rate:g}; it has to be {RATES[0]:.0f} to {RATES[1]:.0f}")
            held = _Own(self._engine, frames, rate)
            self._held += 1
            self._held_bytes += FRAME_BYTES * frames
            if self._held > CLIENT_SAMPLES or self._held_bytes > CLIENT_BYTES:
                raise RowError(f"held is {frames}: more than clients may hold")
            if "kit" not in said and "path" not in said:
                return held
        check = said.get("check")
        if check is not None:
            whole(check, "check", 0, 0xFFFFFFFF)
        for name in ("path", "kit", "name"):
            if said.get(name) is not None and not is_file_name(said[name]):
                raise RowError(f"{name} is {short(said[name])}; it has to be a name")
        file = _File(self._library.resolve(said), check)
        if held is None:
            return file
        held.file = file
        return held

    def _operation(self, frame: int, operation: Any) -> None:
        match operation:
            case Define():
                read = builtin.read(operation.name, operation.text, self._engine.rate, self._known)
                self._sources[operation.name] = read.source
                if read.definition is not None and operation.definition is not None:
                    self._define(operation.definition, read.definition)
            case Restore():
                if operation.name not in builtin.synths():
                    raise RowError(f"{short(operation.name)} is no built-in synth")
                self._define(operation.definition, builtin.definition(operation.name, self._engine.rate))
            case Forget():
                self._sources.pop(operation.name, None)
            case Release():
                released = self._samples.pop(operation.buffer, None)
                if isinstance(released, _Own):
                    self._held -= 1
                    self._held_bytes -= FRAME_BYTES * released.frames
                    self._steps.append((frame, operation, None, released))
            case _:
                self._command(frame, operation)

    def _define(self, key: str, definition: Definition) -> None:
        if key in self._defined or key in self._used or key in self._engine.definitions.by_name:
            raise RowError(f"definition {short(key)} is there already")
        self._defined[key] = replace(definition, name=key)

    def _command(self, frame: int, command: Command) -> None:
        definition: Definition | None = None
        buffer = 0
        match command:
            case Play() | NewNode():
                definition = self.definition(command.definition)
                buffer = named_sample(definition, command.controls, BUFFERS)
                if isinstance(command, NewNode):
                    if command.node in self._nodes:
                        raise RowError(f"node {command.node} is made twice")
                    self._nodes[command.node] = definition
                else:
                    self._replay.events += 1
            case SetNode():
                definition = self.definition_of(command.node)
                buffer = named_sample(definition, command.controls, BUFFERS)
            case WriteBuffer():
                buffer = command.buffer
                own = self._samples.get(buffer)
                room = own.frames if isinstance(own, _Own) and own.file is None else 0
                if command.first + len(command.values) > room:
                    raise RowError(f"values are written to sample {buffer}, where there is no room for them")
        if buffer and buffer not in self._samples:
            raise RowError(f"sample {buffer} is used before a line says what it is")
        self._steps.append((frame, command, definition, self._samples[buffer] if buffer else None))

    # --- steps -----------------------------------------------------------------------------------------------------
    def finished(self) -> Replay:
        """The session. A client's definition is published before its first voice, and frees its place after its last."""
        engine = self._engine
        starts = [getattr(command, "definition", None) for _, command, _, _ in self._steps]
        first = {key: k for k, key in reversed([*enumerate(starts)])}
        last = {key: k for k, key in enumerate(starts)}
        for k, (frame, command, definition, sample) in enumerate(self._steps):
            made = self._defined.get(starts[k] or "")
            if made is not None and first[made.name] == k:
                self._replay.steps.append((frame, partial(engine.add_definition, made)))
            self._replay.steps.append((frame, self._step(frame, command, definition, sample)))
            if made is not None and last[made.name] == k:
                self._replay.steps.append((frame, partial(engine.drop_definition, made.name)))
        return self._replay

    def _step(
        self, frame: int, command: Command | Release, definition: Definition | None, sample: _File | _Own | None
    ) -> Callable[[], None]:
        engine, library = self._engine, self._library

        def run() -> None:
            if isinstance(command, Release):
                if isinstance(sample, _Own):
                    sample.drop()
                return
            done = command
            if isinstance(done, WriteBuffer):
                assert sample is not None
                done = replace(done, buffer=sample.load(library))
            elif isinstance(done, Play | NewNode | SetNode):
                assert definition is not None
                index = definition.index("buffer")
                loaded = float(0 if sample is None else sample.load(library))
                controls = tuple(
                    (c, f, loaded if c == index and f == 0 and 0 < v < BUFFERS else v) for c, f, v in done.controls
                )
                done = replace(done, controls=controls)
            engine.replay(frame, done, definition)

        return run
