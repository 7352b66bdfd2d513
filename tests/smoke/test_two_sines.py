"""Runs the shell script against a real server and analyses the recording."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.live.rig import ROOT, Server, free_port

SCRIPT = Path(__file__).with_name("two_sines.sh")


def wait_for_listener(port: int) -> None:
    """Wait until a program is bound to a UDP port."""
    for _ in range(200):
        if f":{port:04X} " in Path("/proc/net/udp").read_text() + Path("/proc/net/udp6").read_text():
            return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on port {port}")


def pitch_track(sound: np.ndarray, rate: float, size: int = 1024) -> np.ndarray:
    """Frequency in Hz from rising zero crossings, per window."""
    found = []
    for at in range(0, len(sound) - size, size // 2):
        piece = sound[at : at + size]
        k = np.flatnonzero((piece[:-1] < 0) & (piece[1:] >= 0))
        if len(k) > 2:
            exact = k - piece[k] / (piece[k + 1] - piece[k])
            found.append(rate / np.mean(np.diff(exact)))
    return np.array(found)


@pytest.mark.needs("oscsend")
def test_two_sines(tmp_path: Path) -> None:
    wav, reply = tmp_path / "out.wav", free_port()
    server = Server(tmp_path, "--record", str(wav), backend="null")
    dump = subprocess.Popen(["stdbuf", "-oL", "oscdump", str(reply)], stdout=subprocess.PIPE, text=True)
    wait_for_listener(reply)
    try:
        script = subprocess.run(
            ["sh", str(SCRIPT), str(server.port), str(reply)], check=True, capture_output=True, text=True
        )
        assert script.stdout.count("> /node/") == 6
        told = subprocess.run(
            [sys.executable, "-m", "phonon_osc", "status", "--port", str(server.port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        code = server.stop()
        dump.terminate()
    assert code == 0
    answers = dump.stdout.read() if dump.stdout else ""
    assert answers.count("/done") == 6 and "/fail" not in answers, answers
    assert [line for line in told.stdout.splitlines() if line.split()[:2] == ["nodes", "0"]], told.stdout + told.stderr
    sound, rate = soundfile.read(wav, dtype="float32", always_2d=True)
    heard = np.flatnonzero(np.abs(sound[:, 0]) > 0.01)
    start = heard[0]
    alone = pitch_track(sound[start + 4800 : start + 16000, 0], rate)
    assert np.allclose(alone, 440.0, rtol=0.002), "before the patch: a plain 440 Hz, and no 5 Hz sine on the outputs"
    patched = pitch_track(sound[start + 43200 : start + 72000, 0], rate)
    assert patched.max() == pytest.approx(540, abs=15) and patched.min() == pytest.approx(340, abs=15)
    swings = np.sum(np.diff(np.sign(patched - 440)) != 0)
    later = pitch_track(sound[start + 97000 : start + 125800, 0], rate)
    assert np.sum(np.diff(np.sign(later - 440)) != 0) > 1.5 * swings, "twice as fast after the set"
    assert np.all(np.abs(sound[heard[-1] + 1 :]) < 0.01) and heard[-1] < len(sound) - 4800, "freed"
