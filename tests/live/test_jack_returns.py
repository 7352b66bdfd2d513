"""Fault scenario 27: the JACK server freezes, is killed, comes back."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from phonon_osc.osc.wire import encode_message

from .rig import Server

pytestmark = pytest.mark.needs("jackd")


def start_jackd(rate: int = 48000) -> subprocess.Popen[bytes]:
    command = ["jackd", "-r", "-d", "dummy", "-r", str(rate), "-p", "256"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        if subprocess.run(["jack_lsp"], capture_output=True, check=False).returncode == 0:
            return process
        time.sleep(0.05)
    process.kill()
    raise RuntimeError("jackd did not come up")


def kill_jackd(process: subprocess.Popen[bytes]) -> None:
    """A killed server leaves its name in use until somebody asks for it again."""
    process.kill()
    process.wait()
    subprocess.run(["jack_lsp"], capture_output=True, check=False, timeout=10)


def connections() -> set[tuple[str, str]]:
    text = subprocess.run(["jack_lsp", "-c"], capture_output=True, text=True, check=False).stdout
    found, port = set(), ""
    for line in text.splitlines():
        if line.startswith(" "):
            found.add((port, line.strip()))
        else:
            port = line.strip()
    return {pair for pair in found if pair[0].startswith("phonon-osc")}


def until_stalled(server: Server, stalled: bool, patience: float) -> float:
    began = time.monotonic()
    while bool(server.status()["audio_stalled"]) is not stalled:
        assert time.monotonic() - began < patience, server.log_text()[-3000:]
        time.sleep(0.05)
    return time.monotonic() - began


def test_27_a_killed_server_comes_back_with_its_connections(tmp_path: Path) -> None:
    jackd = start_jackd()
    server = Server(tmp_path, "--voices", "64")
    try:
        subprocess.run(["jack_disconnect", "phonon-osc:out_2", "system:playback_2"], check=True, capture_output=True)
        subprocess.run(["jack_connect", "phonon-osc:out_2", "system:playback_1"], check=True, capture_output=True)
        time.sleep(1.5)  # the server looks at its connections twice a second
        before = connections()
        assert ("phonon-osc:out_2", "system:playback_1") in before
        for _ in range(2):
            kill_jackd(jackd)
            until_stalled(server, True, 3.0)
            server.send(encode_message("/dirt/play", "s", "bd"))
            jackd = start_jackd()
            assert until_stalled(server, False, 5.0) < 3.5
            assert connections() == before
        status = server.status()
        assert status["audio_restarts"] == 2 and status["osc_too_late"] == 2 and status["bugs"] == 0
        cycles = status["cycles"]
        server.send(encode_message("/node/new", "sine", 7, "amp", 0.2))
        time.sleep(0.5)
        status = server.status()
        assert (
            status["nodes"] == 1 and int(str(status["cycles"])) > int(str(cycles)) and float(str(status["peak"])) > 0.05
        )
    finally:
        code = server.stop()
        jackd.terminate()
        jackd.wait(10)
    assert code == 0


def test_27_a_frozen_server_does_not_hold_the_end(tmp_path: Path) -> None:
    jackd = start_jackd()
    server = Server(tmp_path, "--voices", "64", "--record", str(tmp_path / "take.wav"))
    try:
        time.sleep(0.5)
        jackd.send_signal(signal.SIGSTOP)
        until_stalled(server, True, 3.0)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(5) == 0
        assert time.monotonic() - began < 2.5  # a second, and what a busy machine adds
        assert re.search("does not answer", server.log_text())
    finally:
        jackd.send_signal(signal.SIGCONT)
        jackd.terminate()
        jackd.wait(10)
        server.process.kill()
