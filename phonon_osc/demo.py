"""A demonstration that checks itself. It plays a recorded session to a server process through UDP and examines the server's recording."""

from __future__ import annotations

import contextlib
import importlib.resources
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from phonon_osc.errors import UnavailableError, WireError
from phonon_osc.onsets import onsets
from phonon_osc.osc.fairqueue import Address
from phonon_osc.osc.wire import Message, decode, encode_message
from phonon_osc.progress import ProgressBar
from phonon_osc.rehearsal import rehearse
from phonon_osc.replay import replay
from phonon_osc.scores import Datagram, parse_recording, read_recording

HOST = "127.0.0.1"
START_PATIENCE = 600.0  # seconds to wait for the server; its first start compiles every kernel
STOP_PATIENCE = 10.0
TAIL = 2.0  # seconds of sound after the last packet
RATE = 48000.0  # Hz, the server's default
SILENT = 1e-3  # peak below which a recording counts as silent


@dataclass(frozen=True)
class DemoResult:
    """Figures that the demonstration measured."""

    file: Path
    seconds: float
    start_up: float  # seconds until the server answered
    datagrams: int
    started: int
    voices_peak: int  # highest number of voices; it is asked for ten times a second
    late: int
    onsets: int
    cpu_percent: float  # of one core, from ready to stop
    peak: float
    finite: bool

    @property
    def fine(self) -> bool:
        return self.finite and self.peak > SILENT and self.started > 0

    def figures(self) -> dict[str, Any]:
        return {
            "file": str(self.file),
            "seconds": round(self.seconds, 2),
            "server_start_seconds": round(self.start_up, 2),
            "datagrams": self.datagrams,
            "voices_started": self.started,
            "voices_at_a_time": self.voices_peak,
            "onsets": self.onsets,
            "late_events": self.late,
            "cpu_percent_of_a_core": round(self.cpu_percent, 1),
            "peak": round(self.peak, 4),
            "finite": self.finite,
        }


def run_demo(
    out: Path, *, session: Path | None = None, seconds: float | None = None, backend: str = "null", quiet: bool = False
) -> DemoResult:
    """Start a server, play the session to it, stop it, and examine the file. Raises UnavailableError if that fails."""
    datagrams = _session(session, seconds)
    with ProgressBar("compiling kernels", quiet=quiet) as bar:
        rehearse(datagrams, rate=RATE, progress=bar.update)
    began = time.monotonic()
    with _server(out, backend, quiet) as (process, address), _Client(address) as client:
        client.wait_until_ready(process)
        start_up = time.monotonic() - began
        cpu, ready = _cpu_seconds(process.pid), time.monotonic()
        with ProgressBar("playing", quiet=quiet, lines=False) as bar:
            total = TAIL + (datagrams[-1].arrival - datagrams[0].arrival if datagrams else 0.0)

            def update() -> None:
                client.poll_status()
                bar.update(min(time.monotonic() - ready, total), total)

            sent = replay(datagrams, address, client.socket, update)
            _listen(TAIL, update)
        status = client.status()
        used = 100.0 * (_cpu_seconds(process.pid) - cpu) / (time.monotonic() - ready)
    audio, rate = _read(out)
    return DemoResult(
        file=out,
        seconds=len(audio) / rate,
        start_up=start_up,
        datagrams=sent,
        started=int(status.get("started", 0)),
        voices_peak=client.voices_peak,
        late=int(status.get("late", 0)),
        onsets=len(onsets(audio, rate)),
        cpu_percent=used,
        peak=float(np.abs(audio).max(initial=0.0)),
        finite=bool(np.isfinite(audio).all()),
    )


def _session(path: Path | None, seconds: float | None) -> list[Datagram]:
    if path is None:
        data = importlib.resources.files("phonon_osc.data").joinpath("demo.jsonl").read_bytes()
        datagrams, _ = parse_recording(data, "demo.jsonl")
    else:
        datagrams = read_recording(path)
    if seconds is None or not datagrams:
        return datagrams
    return [datagram for datagram in datagrams if datagram.arrival - datagrams[0].arrival < seconds]


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(count)]
        for sock in sockets:
            sock.bind((HOST, 0))
        return [int(sock.getsockname()[1]) for sock in sockets]


@contextlib.contextmanager
def _server(out: Path, backend: str, quiet: bool) -> Iterator[tuple[subprocess.Popen[bytes], Address]]:
    """Run a server process that writes to our stderr, and stop it at the end. Raises UnavailableError if it does not exit with 0."""
    port, bus_port = _free_ports(2)
    command = [sys.executable, "-m", "phonon_osc", "serve", "--backend", backend, "--record", str(out)]
    command += ["--port", str(port), "--bus-port", str(bus_port), "--ws-port", "0"]
    command += ["--quiet"] if quiet else []
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        yield process, (HOST, port)
        process.send_signal(signal.SIGTERM)
        code = process.wait(STOP_PATIENCE)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if code != 0:
        raise UnavailableError(f"the server ended with code {code}")


class _Client:
    """The socket that sends the session and receives the server's answers."""

    def __init__(self, server: Address) -> None:
        self._server = server
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((HOST, 0))
        self.voices_peak = 0

    def __enter__(self) -> _Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def _messages(self, seconds: float) -> Iterator[Message]:
        """The messages that the server sends within ``seconds``."""
        until = time.monotonic() + seconds
        while True:
            self.socket.settimeout(max(until - time.monotonic(), 1e-4))
            try:
                yield from decode(self.socket.recv(65536)).messages
            except (TimeoutError, WireError):
                if time.monotonic() >= until:
                    return

    def wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until the server answers /version, which means that it plays. Raises UnavailableError if it does not answer."""
        until = time.monotonic() + START_PATIENCE
        while time.monotonic() < until:
            if process.poll() is not None:
                raise UnavailableError(f"the server ended with code {process.returncode} before it was ready")
            self.socket.sendto(encode_message("/version"), self._server)
            if any(message.address == "/version/reply" for message in self._messages(0.1)):
                return
        raise UnavailableError(f"the server was not ready after {START_PATIENCE:.0f} s")

    def poll_status(self) -> None:
        """Read the answers that have arrived, then ask for the status again."""
        for message in self._messages(0.0):
            self._read_status(message)
        self.socket.sendto(encode_message("/status"), self._server)

    def _read_status(self, message: Message) -> dict[str, Any]:
        if message.address != "/status/reply":
            return {}
        found: dict[str, Any] = {
            str(key): value for key, value in zip(message.args[::2], message.args[1::2], strict=False)
        }
        self.voices_peak = max(self.voices_peak, int(found.get("voices", 0)))
        return found

    def status(self) -> dict[str, Any]:
        """Ask for the server's figures and wait for them."""
        for message in self._messages(0.0):
            self._read_status(message)
        self.socket.sendto(encode_message("/status"), self._server)
        found: dict[str, Any] = {}
        for message in self._messages(0.5):
            found = self._read_status(message) or found
        return found


def _listen(seconds: float, update: Callable[[], None]) -> None:
    """Wait while the server plays, and call ``update`` meanwhile."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        update()
        time.sleep(0.1)


def _cpu_seconds(pid: int) -> float:
    """User and system time that all threads of a process have used, in seconds; 0 if there is no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    fields = stat.rpartition(")")[2].split()  # from the third field on: the name before may contain anything
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _read(path: Path) -> tuple[np.ndarray[Any, np.dtype[np.float32]], float]:
    import soundfile

    audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return audio, float(rate)
