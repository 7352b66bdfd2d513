"""Writing a session log while the session is played."""

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
    """The journal of an engine, kept in a file. A line is written whole, so that the log of a killed server can be used."""

    def __init__(self, path: Path, header: Header, engine: Engine, library: Library) -> None:
        self._engine, self._library = engine, library
        self._out: IO[str] = path.open("w", encoding="utf-8", buffering=1)
        self._broken = False
        self._samples: dict[
            int, object
        ] = {}  # what was last written of each number: they change hands when memory is short
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
        """What a reader needs to find the sample of this number; None for a number that a client made up."""
        return self._engine.buffers.descriptions.get(buffer) or self._library.describe(buffer)

    def carried_out(self, frame: int, late: int, sent: Sent) -> None:
        """The engine has carried out a command."""
        if sent.buffer and self._samples.get(sent.buffer, _NOTHING) is not sent.sample:
            self._samples[sent.buffer] = sent.sample
            self._line({"do": "sample", "buffer": sent.buffer, "sample": sent.sample and dict(sent.sample)})
        if isinstance(sent.command, Play | NewNode):
            assert sent.definition is not None
            self._name_definition(sent.command.definition, sent.definition)
        row = row_of(sent.command, sent.definition, self._engine.orbit_definition)
        self._line({"frame": frame, **row, **({"late": late} if late else {})})

    def _name_definition(self, key: str, definition: Definition) -> None:
        """Say once which definition a key means."""
        if self._definitions.get(key) is not definition:
            self._definitions[key] = definition
            self._line({"do": "use", "definition": key, "hash": definition.fingerprint})

    def changed(self, frame: int, change: Change) -> None:
        """The control side has changed something by itself."""
        self._line({"frame": frame, **row_of(change, None, self._engine.orbit_definition)})

    def close(self, frames: int) -> None:
        """End the log; ``frames`` were handed to the backend."""
        self._line({"do": "end", "frame": frames})
        with contextlib.suppress(OSError):  # it was reported already
            self._out.close()
