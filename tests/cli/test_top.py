"""`phonon-osc top` on a real server: as text, as JSON, and on a terminal (a pty)."""

from __future__ import annotations

import contextlib
import fcntl
import json
import math
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from phonon_osc.cli.asking import Asking
from phonon_osc.cli.monitor import Monitor
from phonon_osc.errors import ExitCode
from phonon_osc.osc.wire import encode_message
from tests.cli.conftest import Run
from tests.live.rig import ROOT, Server, free_port

AMP = 0.5
SINE_DB = 20.0 * math.log10(AMP * math.sqrt(0.5))  # at the centre of the pan
WITHOUT_RICH = "import sys; sys.modules['rich'] = None; from phonon_osc.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture(scope="module")
def playing(server: Server) -> Iterator[Server]:
    """A server with a sine in orbit 5, which has played long enough for every meter, and an event with an unknown sound."""
    server.ask("/node/new", "sine", 5, "freq", 330, "amp", AMP, "orbit", 5)
    server.send(encode_message("/dirt/play", "s", "whale"))
    with Asking("127.0.0.1", server.port) as asking:
        monitor, until = Monitor(asking), time.monotonic() + 5.0
        while monitor.snapshot().orbits[5].level < 0.9 * AMP * math.sqrt(0.5):
            assert time.monotonic() < until
            time.sleep(0.05)
    yield server
    server.ask("/node/free", 5)


def test_once_shows_the_voice_and_its_peak(playing: Server, run: Run) -> None:
    done = run("top", "--once", "--port", playing.port)
    assert done.returncode == 0 and done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"phonon-osc 0.1.0 on 127.0.0.1 port {playing.port}, up 0:00:")
    assert "miniaudio on Null, 48000 Hz" in lines[1]
    found = {line[:11].strip(): line[11:] for line in lines[2:]}
    assert found["voices"] == "1 of 1024; nodes 1"
    assert found["missed"] == "unknown sounds 1"
    level, held = (float(number) for number in re.findall(r"(\S+) dB", found["orbit 5"]))
    assert level == pytest.approx(SINE_DB, abs=0.1) and held == pytest.approx(SINE_DB, abs=0.1)
    assert found["output"] == found["orbit 5"] and found["orbit 4"].split() == ["-inf", "dB", "peak", "-inf", "dB"]
    assert re.fullmatch(r"\d+\.\d %, peak \d+\.\d %", found["load"]) and found["late"].startswith("0, worst 0.0 ms")
    assert "no sound named whale" in lines[-1] and lines[-1].startswith("  ") and "warning: " in lines[-1]


def test_json_is_an_object_a_line(playing: Server, run: Run) -> None:
    done = run("top", "--once", "--json", "--port", playing.port)
    assert done.returncode == 0 and done.stdout.count("\n") == 1
    snapshot = json.loads(done.stdout)
    assert snapshot["answers"] is True and abs(snapshot["time"] - time.time()) < 30
    assert (snapshot["voices"], snapshot["nodes"], snapshot["rate"], snapshot["events_per_second"]) == (
        1,
        1,
        48000.0,
        0.0,
    )
    assert snapshot["orbits"][5]["level_db"] == pytest.approx(SINE_DB, abs=0.1) and len(snapshot["orbits"]) == 12
    assert snapshot["orbits"][4] == {"level_db": None, "held_db": None}
    assert snapshot["output"]["held_db"] == snapshot["orbits"][5]["held_db"]
    assert [line["level"] for line in snapshot["log"]] == ["warning"] * snapshot["warnings"]


def test_events_are_counted_and_their_peaks_held(playing: Server) -> None:
    """Ten drums per second are counted. The peak of one drum in another orbit is shown for two seconds, although it is silent by then."""
    with Asking("127.0.0.1", playing.port) as asking:
        monitor = Monitor(asking)
        first = monitor.snapshot()
        assert first.events_per_second is None and not first.rose
        began = time.monotonic()
        for _ in range(10):
            playing.send(encode_message("/dirt/play", "s", "bd", "orbit", 1))
            time.sleep(0.1)
            snapshot = monitor.snapshot()
        assert snapshot.events_per_second == pytest.approx(10.0 / (time.monotonic() - began), rel=0.3)
        assert "played" in snapshot.rose and "late" not in snapshot.rose
        playing.send(encode_message("/dirt/play", "s", "bd", "orbit", 2))
        began, held = time.monotonic(), 0.0
        while time.monotonic() < began + 0.5 or snapshot.orbits[2].held == held:
            time.sleep(0.1)
            snapshot = monitor.snapshot()
            held = max(held, snapshot.orbits[2].held)
            assert time.monotonic() - began < 8.0
        assert held > 0.05 and time.monotonic() - began > 2.0 and snapshot.orbits[2].level < held / 3


def test_nobody_answers(run: Run) -> None:
    port = free_port()
    done = run("top", "--once", "--port", port)
    assert done.returncode == ExitCode.UNAVAILABLE and done.stdout == ""
    assert f"no server answers on 127.0.0.1 port {port}" in done.stderr and done.stderr.count("\n") == 1


def test_a_pipe_cannot_be_drawn_on(playing: Server, run: Run) -> None:
    done = run("top", "--port", playing.port)
    assert done.returncode == ExitCode.USAGE and "--once or --json" in done.stderr and done.stderr.count("\n") == 1


def test_without_rich(playing: Server) -> None:
    """Without rich, the view says what to install; text and JSON work."""

    def top(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", WITHOUT_RICH, "top", "--port", str(playing.port), *words]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)

    view = top()
    assert view.returncode == ExitCode.UNAVAILABLE
    assert "pip install 'phonon-osc[top]'" in view.stderr and view.stderr.count("\n") == 1
    assert "voices" in top("--once").stdout
    assert json.loads(top("--once", "--json").stdout)["voices"] == 1


def test_json_goes_on_when_the_server_is_started_again(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
    server = Server(folders[0], "--voices", "64", backend="null")
    ports = server.port, server.bus_port
    command = [sys.executable, "-m", "phonon_osc", "top", "--json", "--interval", "0.05", "--port", str(server.port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None

        def until(condition: Callable[[dict[str, object]], bool]) -> dict[str, object]:
            for line in process.stdout or ():
                snapshot: dict[str, object] = json.loads(line)
                if condition(snapshot):
                    return snapshot
            raise AssertionError("top has ended")

        server.send(encode_message("/dirt/play", "s", "whale"))
        until(lambda snapshot: snapshot.get("unknown_sounds") == 1)
        assert server.stop() == 0
        gone = until(lambda snapshot: not snapshot["answers"])
        assert "no server answers" in str(gone["error"]) and set(gone) == {"time", "answers", "error"}
        server = Server(folders[1], "--voices", "64", backend="null", ports=ports)
        try:
            back = until(lambda snapshot: bool(snapshot["answers"]))
            assert back["unknown_sounds"] == 0 and back["events_per_second"] is None
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 0
        finally:
            assert server.stop() == 0


class Terminal:
    """A command on a terminal of 80 columns and 24 lines."""

    def __init__(self, *words: object) -> None:
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.modes = termios.tcgetattr(theirs)
        command = [sys.executable, "-m", "phonon_osc", *map(str, words)]
        environment = {**os.environ, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
        environment = {name: value for name, value in environment.items() if name not in ("COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # so that Ctrl-C reaches it
        )
        self.theirs, self._text = theirs, b""

    def _read(self) -> None:
        while select.select([self.ours], [], [], 0)[0]:
            self._text += os.read(self.ours, 65536)

    def screen(self) -> str:
        """The text of the last complete frame."""
        self._read()
        frames = self._text.decode(errors="replace").split("\x1b[H")
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", frames[-2] if len(frames) > 1 else "")

    def until(self, *shown: str) -> str:
        deadline = time.monotonic() + 60.0
        while not all(text in self.screen() for text in shown):
            assert time.monotonic() < deadline and self.process.poll() is None, self.screen()
            time.sleep(0.02)
        return self.screen()

    def end(self, key: bytes) -> int:
        """Press a key and return the exit code. The terminal must be restored."""
        os.write(self.ours, key)
        deadline = time.monotonic() + 10.0
        while self.process.poll() is None:
            assert time.monotonic() < deadline
            self._read()
            time.sleep(0.01)
        self._read()
        assert termios.tcgetattr(self.theirs) == self.modes and self._text.endswith(b"\x1b[?25h\x1b[?1049l")
        return int(self.process.returncode)


@contextlib.contextmanager
def terminal(*words: object) -> Iterator[Terminal]:
    opened = Terminal(*words)
    try:
        yield opened
    finally:
        opened.process.kill()
        opened.process.wait()
        os.close(opened.ours)
        os.close(opened.theirs)


@pytest.mark.parametrize("key", [b"q", b"\x03"])
def test_the_view(playing: Server, key: bytes) -> None:
    unknown = f"whale{ord(key)}"  # the view shows the last lines only, and the server may have said more since
    playing.send(encode_message("/dirt/play", "s", unknown))
    with terminal("top", "--port", playing.port, "--interval", 0.1) as view:
        text = view.until(f"no sound named {unknown}", "q quits", "1 of 1024", f"5 {SINE_DB:5.1f} ")
        lines = text.splitlines()
        assert len(lines) <= 24 and max(map(len, lines)) <= 80
        meter = next(line for line in lines if line.startswith(f"  5 {SINE_DB:5.1f} "))
        bar = meter[10:].split(" ")[0]
        assert bar.count("█") == round(len(bar) * (1.0 + SINE_DB / 60.0)) and set(bar) == {"█", "─"}
        os.write(view.ours, b"x\x1b[A")  # keys without a function
        view.until("q quits")
        assert view.end(key) == 0


def test_the_view_waits_for_a_server(tmp_path: Path) -> None:
    ports = free_port(), free_port()
    with terminal("top", "--port", ports[0], "--interval", 0.1) as view:
        view.until(f"no server answers on 127.0.0.1 port {ports[0]}", "trying again")
        server = Server(tmp_path, "--voices", "64", backend="null", ports=ports)
        try:
            view.until("0 of 64", "q quits")
        finally:
            assert server.stop() == 0
        view.until("no server answers")
        assert view.end(b"q") == 0
