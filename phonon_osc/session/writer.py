"""Writes a session log while the session is played."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from phonon_osc.engine.changes import Change
from phonon_osc.engine.commands import NewNode, Play
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.engine import Engine
from phonon_osc.engine.sending import Sent
from phonon_osc.samples.library import Library
from phonon_osc.session.format import row_of
from phonon_osc.session.header import Header

log = logging.getLogger(__name__)

_NOTHING = object()


class SessionWriter:
    """The journal of an engine, kept in a file. Each line is written at once, so that the log of a killed server can be used."""

    def __init__(self, path: Path, header: Header, engine: Engine, library: Library) -> None:
        self._engine, self._library = engine, library
        self._out: IO[str] = path.open("w", encoding="utf-8", buffering=1)
        self._broken = False
        # number -> the last description written for it; a number gets another sample when memory is short
        self._samples: dict[int, object] = {}
        self._definitions: dict[str, Definition] = {}  # by key
        self._line(header.as_dict())
        engine.keep_journal(self)

    def _line(self, data: dict[str, Any]) -> None:
        """Write a line. A full disk ends the log, not the server."""
        if self._broken:
            return
        try:
            self._out.write(json.dumps(data, separators=(",", ":")) + "\n")
        except OSError as error:
            self._broken = True
            log.error("the session log %s ends here: %s", self._out.name, error.strerror)

    def describe(self, buffer: int) -> Mapping[str, Any] | None:
        """A description by which a reader finds the sample of this number; None if the number has no sample."""
        return self._engine.buffers.descriptions.get(buffer) or self._library.describe(buffer)

    def carried_out(self, frame: int, late: int, sent: Sent) -> None:
        """Write down a command that the engine has carried out."""
        if sent.buffer and self._samples.get(sent.buffer, _NOTHING) is not sent.sample:
            self._samples[sent.buffer] = sent.sample
            self._line({"do": "sample", "buffer": sent.buffer, "sample": sent.sample and dict(sent.sample)})
        if isinstance(sent.command, Play | NewNode):
            assert sent.definition is not None
            self._name_definition(sent.command.definition, sent.definition)
        row = row_of(sent.command, sent.definition, self._engine.orbit_definition)
        self._line({"frame": frame, **row, **({"late": late} if late else {})})

    def _name_definition(self, key: str, definition: Definition) -> None:
        """Write once which definition a key means."""
        if self._definitions.get(key) is not definition:
            self._definitions[key] = definition
            self._line({"do": "use", "definition": key, "hash": definition.fingerprint})

    def changed(self, frame: int, change: Change) -> None:
        """Write down a change that the control side has made."""
        self._line({"frame": frame, **row_of(change, None, self._engine.orbit_definition)})

    def close(self, frames: int) -> None:
        """End the log. ``frames``: number of frames that the backend got."""
        self._line({"do": "end", "frame": frames})
        with contextlib.suppress(OSError):  # the error was logged already
            self._out.close()
