"""Starts, asks and stops a ``phonon-osc serve``."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType

from phonon_osc.cli.asking import Asking, pairs
from phonon_osc.errors import UnavailableError

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
STEP = 0.002  # seconds between two questions, and so the error of every time measured here
PATIENCE = 120.0  # seconds a start may take, compiling included


def free_port() -> int:
    """A UDP port that is free now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Server:
    """A server that runs during a ``with`` block. ``began``: monotonic time just before exec. ``program`` takes the options of serve."""

    def __init__(self, backend: str, *options: str, program: Sequence[str] = ("-m", "phonon_osc", "serve")) -> None:
        self.port = free_port()
        words = ["--port", str(self.port), "--bus-port", "0", "--backend", backend, *options]
        self._said = TemporaryFile()
        self.began = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, *program, *words], cwd=ROOT, stdout=self._said, stderr=self._said
        )
        self.pid = self._process.pid
        self.asking = Asking(HOST, self.port)

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.asking.__exit__(kind, error, trace)
        self._process.terminate()
        try:
            code = self._process.wait(10.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        if code and error is None:
            raise SystemExit(f"the server ended with {code}: {self.said()}")

    def said(self) -> str:
        """The output of the server so far."""
        self._said.seek(0)
        return self._said.read().decode(errors="replace").strip()

    def ask(self, address: str, seconds: float = 1.0) -> tuple[object, ...]:
        """The arguments of the answer to ``address``. Raises UnavailableError if no answer comes."""
        return self.asking.ask(address, f"{address}/reply", seconds)

    def status(self) -> dict[str, float]:
        """The figures of /status."""
        return {name: value for name, value in pairs(self.ask("/status")).items() if isinstance(value, int | float)}

    def wait_answer(self) -> float:
        """Wait until /version is answered. Returns seconds since exec."""
        while True:
            try:
                self.ask("/version")
                return time.monotonic() - self.began
            except UnavailableError:  # not bound yet
                self._alive()
                time.sleep(STEP)

    def wait_status(self, name: str, above: float) -> float:
        """Wait until a figure of /status is above a value. Returns seconds since exec."""
        while self.status()[name] <= above:
            self._alive()
            time.sleep(STEP)
        return time.monotonic() - self.began

    def _alive(self) -> None:
        if self._process.poll() is not None:
            raise SystemExit(f"the server ended with {self._process.returncode}: {self.said()}")
        if time.monotonic() - self.began > PATIENCE:
            raise SystemExit(f"the server is not ready after {PATIENCE:.0f} s: {self.said()}")
