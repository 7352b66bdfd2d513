"""Runs jackd with its dummy driver and phonon-osc on it, replays captures into the server and records its ports."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from phonon_osc.osc.wire import decode, encode_message

ROOT = Path(__file__).resolve().parents[2]
CAPTURES = ROOT / "tests" / "data" / "captures"


@contextlib.contextmanager
def jackd(period: int, rate: int = 48000) -> Iterator[None]:
    """jackd with the dummy driver and the default name. It is stopped cleanly, because a killed server keeps its name in use."""
    subprocess.run(["jack_lsp"], capture_output=True, check=False)
    command = ["jackd", "-r", "-d", "dummy", "-r", str(rate), "-p", str(period)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if subprocess.run(["jack_lsp"], capture_output=True, check=False).returncode == 0:
                break
            time.sleep(0.05)
        else:
            raise RuntimeError("jackd did not come up")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """``phonon-osc serve`` in a process of its own."""

    def __init__(
        self, folder: Path, *options: str, backend: str = "jack", ports: tuple[int, int] | None = None
    ) -> None:
        self.port, self.bus_port = ports or (free_port(), free_port())
        self.folder = folder
        self.session = folder / "session.log"
        command = [
            sys.executable,
            "-m",
            "phonon_osc",
            "serve",
            "--backend",
            backend,
            "--port",
            str(self.port),
            "--ws-port",
            "0",
        ]
        command += ["--bus-port", str(self.bus_port), "--log", str(self.session), *options]
        self.errors = (folder / "stderr.txt").open("w+")
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=self.errors)
        try:
            self._wait()
        except Exception:
            self.process.kill()
            raise

    def _wait(self) -> None:
        for _ in range(1200):
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended: {self.log_text()}")
            with contextlib.suppress(TimeoutError):
                self.ask("/version", timeout=0.1)
                return
        raise RuntimeError(f"the server did not answer: {self.log_text()}")

    def log_text(self) -> str:
        self.errors.flush()
        return Path(self.errors.name).read_text()

    def ask(self, address: str, *args: object, timeout: float = 2.0) -> tuple[str, tuple[object, ...]]:
        """Send a message and wait for the answer."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(timeout)
            sock.sendto(encode_message(address, *args), ("127.0.0.1", self.port))
            message = decode(sock.recv(65536)).messages[0]
            return message.address, message.args

    def send(self, data: bytes) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(data, ("127.0.0.1", self.port))

    def status(self) -> dict[str, object]:
        _, args = self.ask("/status")
        return dict(zip(args[::2], args[1::2], strict=True))  # type: ignore[arg-type]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        self.errors.close()
        return code


class Recording:
    """The recorder's process. ``finish`` returns the sound in JACK's time, with not-a-number in gaps, and the spoilt cycles."""

    def __init__(
        self,
        folder: Path,
        seconds: float = 120.0,
        ports: tuple[str, str] = ("phonon-osc:out_1", "phonon-osc:out_2"),
    ) -> None:
        self.path = folder / "recorded.npz"
        command = [
            sys.executable,
            "-m",
            "tests.live.recorder",
            str(self.path),
            str(seconds),
            *ports,
        ]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == "recording"

    def finish(self) -> Recorded:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0
        with np.load(self.path) as data:
            return Recorded(data["sound"], data["cycles"], data["woken"], data["xruns"])


@dataclass
class Recorded:
    sound: np.ndarray
    cycles: np.ndarray
    woken: np.ndarray
    xruns: np.ndarray

    def wake_lateness(self, rate: float) -> np.ndarray:
        """How late each cycle of the recorder began, in samples as ``lateness`` counts them. The recorder itself does almost nothing."""
        first = int(self.cycles[0, 0])
        at = (self.cycles[:, 0] - first).tolist()
        system = ((self.woken - self.woken[0]) * 1e-9 * rate).tolist()
        off = [(frame, late - frame) for frame, late in zip(at, system, strict=True)]
        return from_medians(off, [int(x) - first for x in self.xruns], rate, settle=0.0)

    def timeline(self) -> tuple[np.ndarray, np.ndarray]:
        """Sound on JACK's frame axis, and a mask of the frames that count: all but those of cycles with an xrun."""
        first = int(self.cycles[0, 0])
        total = int(self.cycles[-1].sum()) - first
        line, good = np.zeros((total, 2), np.float32), np.zeros(total, bool)
        at = 0
        for time_, frames in self.cycles.tolist():
            k = time_ - first
            line[k : k + frames] = self.sound[at : at + frames]
            good[k : k + frames] = True
            at += frames
        period = int(self.cycles[0, 1])
        for xrun in self.xruns.tolist():
            k = xrun - first
            good[max(0, k - 2 * period) : k + 3 * period] = False
        gaps = np.flatnonzero(~good)  # cycles that the recorder missed, and their neighbours
        for k in gaps[:: max(1, period // 2)].tolist():
            good[max(0, k - 2 * period) : k + 2 * period] = False
        return line, good


PROBE = 2000  # frames


def align(recorded: np.ndarray, rendered: np.ndarray, good: np.ndarray) -> int:
    """The shift for which ``recorded[i] == rendered[i + shift]``. It is found at the first sound without an xrun, and checked around it."""
    whole = np.convolve(~good, np.ones(PROBE))[PROBE - 1 :][: len(good)] < 0.5  # this frame and those after it are good
    heard = np.flatnonzero(np.any(recorded != 0.0, axis=1) & whole & (recorded[:, 0] != 0.0))
    made = np.flatnonzero(np.any(rendered != 0.0, axis=1))
    if not len(heard) or not len(made):
        raise AssertionError("nothing was recorded" if not len(heard) else "nothing was rendered")
    probe = recorded[heard[0] : heard[0] + PROBE, 0]
    candidates = made[rendered[made, 0] == probe[0]]
    for k in candidates.tolist():
        piece = rendered[k : k + len(probe), 0]
        if len(piece) == len(probe) and np.mean(piece == probe) > 0.9:
            return int(k - heard[0])
    raise AssertionError("the recording begins with something the render does not hold")


def replay(name: str, server: Server) -> threading.Thread:
    """Send a capture to a server's two ports in its own rhythm, with all timetags moved by one constant."""
    rows = [json.loads(line) for line in (CAPTURES / f"{name}.jsonl").read_text().splitlines()]
    rows = [row for row in rows if row.get("dir") != "out"]

    def run() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            start = time.time()
            shift = round((start - rows[0]["wall"]) * 2**32)
            for row in rows:
                delay = start + row["t"] - rows[0]["t"] - time.time()
                if delay > 0:
                    time.sleep(delay)
                data = bytes.fromhex(row["hex"])
                if data[:8] == b"#bundle\0" and int.from_bytes(data[8:16], "big") > 1:
                    data = data[:8] + (int.from_bytes(data[8:16], "big") + shift).to_bytes(8, "big") + data[16:]
                port = server.port if row.get("port", 57120) == 57120 else server.bus_port
                sock.sendto(data, ("127.0.0.1", port))

    thread = threading.Thread(target=run, name=name)
    thread.start()
    return thread


def lateness(session: Path, rate: float, breaks: list[int], settle: float = 1.0) -> np.ndarray:
    """Frame minus timetag in samples, for every event that had a timetag and arrived before it was due.

    Frames count from the server's start and timetags from 1970, so the median of their difference is subtracted. At an xrun
    JACK's clock loses time against the system's clock. So each of ``breaks`` (frames of the session) begins a new stretch with its own
    median. Events less than ``settle`` seconds after a break, or in a stretch of fewer than 5 events, are left out.
    """
    rows = [json.loads(line) for line in session.read_text().splitlines()]
    events = sorted(
        (row["frame"], row["frame"] - row["at"] * rate) for row in rows if "at" in row and "late" not in row
    )
    return from_medians(events, breaks, rate, settle)


def from_medians(events: list[tuple[int, float]], breaks: list[int], rate: float, settle: float = 1.0) -> np.ndarray:
    """Pairs (frame, offset) in the order of frames, with the median of each stretch subtracted. See ``lateness``."""
    edges = [-(10**9), *sorted(breaks), 1 << 62]
    found: list[np.ndarray] = []
    for k in range(len(edges) - 1):
        stretch = [off for frame, off in events if edges[k] + settle * rate <= frame < edges[k + 1]]
        if len(stretch) >= 5:
            found.append(np.array(stretch) - np.median(stretch))
    return np.concatenate(found) if found else np.zeros(0)


def render(session: Path, out: Path) -> np.ndarray:
    """Render the session log with the command line; (frames, 2)."""
    import soundfile

    command = [sys.executable, "-m", "phonon_osc", "render", str(session), str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env={**os.environ})
    sound, _ = soundfile.read(out, dtype="float32", always_2d=True)
    return np.asarray(sound)
