"""Runs the recorder of the clients' folder, which answers as SuperDirt does, and reads its output while it runs."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from tests.clients.pages import Packet


class Listener:
    """``recorder.py`` of the clients' folder on some ports. ``take`` returns the packets since the last call."""

    def __init__(self, folder: Path, ports: Sequence[int]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._path = Path(self._folder.name) / "packets.jsonl"
        command = [sys.executable, str(folder / "recorder.py"), str(self._path)]
        self._process = subprocess.Popen([*command, *(word for port in ports for word in ("--port", str(port)))])
        self._read = 0
        time.sleep(1.0)

    def take(self) -> list[Packet]:
        """New packets in order of arrival, without the recorder's own answers."""
        text = self._path.read_text()
        complete = text.rfind("\n") + 1
        rows = [json.loads(line) for line in text[self._read : complete].splitlines()]
        self._read = complete
        return [Packet(row["wall"], row["port"], bytes.fromhex(row["hex"])) for row in rows if row.get("dir") != "out"]

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, kind: type[BaseException] | None, what: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._folder.cleanup()
