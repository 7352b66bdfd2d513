"""The server as a process: its start, its files, its end."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

import numpy as np
import soundfile

from phonon_osc.errors import ExitCode
from phonon_osc.osc.wire import encode_message
from phonon_osc.rendering import Options, render_file
from phonon_osc.replay import replay
from phonon_osc.scores import read_recording
from tests.cli.conftest import Run
from tests.live.rig import Server


def test_the_recording_is_what_the_session_renders(tmp_path: Path, captures: Path) -> None:
    """A live server gets real traffic, nodes and a panic. Its session log renders to the same bits."""
    wav, again = tmp_path / "live.wav", tmp_path / "again.wav"
    server = Server(tmp_path, "--record", str(wav), "--voices", "64", backend="null")
    try:
        server.ask("/node/new", "saw", "drone", "freq", 110.0, "orbit", 3)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            drums = read_recording(captures / "tidal-drums.jsonl")
            first = [datagram for datagram in drums if datagram.arrival < drums[0].arrival + 3.0]
            replay(first, ("127.0.0.1", server.port), sock)
        server.ask("/node/set", "drone", "freq", 220.0)
        server.ask("/panic")
        server.send(encode_message("/dirt/play", "s", "hh", "room", 0.5))
        time.sleep(0.3)
        started = server.status()["started"]
    finally:
        code = server.stop()
    assert code == 0, server.log_text()
    assert isinstance(started, int) and started > 10
    live, rate = soundfile.read(wav, dtype="float32", always_2d=True)
    result = render_file(server.session, again)
    rendered, _ = soundfile.read(again, dtype="float32", always_2d=True)
    assert rate == 48000 and np.abs(live).max() > 0.01
    assert np.isfinite(live).all()
    assert np.array_equal(live, rendered)
    assert wav.read_bytes() == again.read_bytes()
    end = json.loads(server.session.read_text().splitlines()[-1])["frame"]
    assert len(live) == end == result.frames
    vary = render_file(server.session, None, Options(period="vary"))
    assert vary.audio is not None and np.array_equal(vary.audio, live)


def test_it_ends_on_sigint_too(tmp_path: Path) -> None:
    server = Server(tmp_path, backend="null")
    server.process.send_signal(2)
    assert server.process.wait(10) == 0
    assert "stopping" in server.log_text() and "ready: OSC on 127.0.0.1" in server.log_text()
    server.errors.close()


def test_port_in_use_names_the_owner(server: Server, run: Run) -> None:
    done = run("serve", "--backend", "null", "--port", server.port, "--bus-port", 0)
    assert done.returncode == ExitCode.UNAVAILABLE
    assert f"UDP port {server.port}" in done.stderr and f"pid {server.process.pid}" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_bus_port_in_use_is_a_warning(server: Server, tmp_path: Path) -> None:
    second = Server(tmp_path, "--bus-port", str(server.bus_port), backend="null")
    try:
        assert "warning: control buses" in second.log_text()
        assert second.status()["backend"] == server.status()["backend"]
    finally:
        assert second.stop() == 0


def test_errors_are_one_line(tmp_path: Path, run: Run) -> None:
    wrong = tmp_path / "nowhere" / "out.wav"
    done = run("serve", "--backend", "null", "--port", 0, "--bus-port", 0, "--record", wrong)
    assert done.returncode == ExitCode.DATA and str(wrong) in done.stderr and done.stderr.count("\n") == 1
    verbose = run("serve", "--backend", "null", "--port", 0, "--bus-port", 0, "--record", wrong, "--verbose")
    assert verbose.returncode == ExitCode.DATA and "Traceback" in verbose.stderr
