"""What is left of a recording: after a kill, and above four gigabytes."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from phonon_osc.osc.wire import encode_message
from phonon_osc.recording import open_wav
from tests.live.rig import Server

RATE = 48_000


@pytest.mark.parametrize("ending", ["wav", "w64"])
def test_a_kill_loses_at_most_the_last_second(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"gig.{ending}"
    server = Server(tmp_path, "--record", str(path), "--voices", "64", backend="null")
    began = time.monotonic()
    try:
        server.send(encode_message("/node/new", "sine", 5, "freq", 330, "amp", 0.5))
        time.sleep(2.5)
    finally:
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
    played = time.monotonic() - began
    found, _ = sf.read(path, always_2d=True)
    assert len(found) / RATE > played - 1.2
    assert np.abs(found[RATE : len(found) - RATE // 2]).max() > 0.1


def test_a_recording_of_five_gigabytes_is_whole(tmp_path: Path) -> None:
    """A file with a hole of four hours in it, which takes no room on the disk."""
    path = tmp_path / "long.wav"
    frames = 4 * 3600 * RATE
    file = open_wav(path, float(RATE))
    file.write(np.zeros((RATE, 2), np.float32))
    file.truncate(frames)
    file.seek(0, sf.SEEK_END)
    file.write(np.full((RATE, 2), 0.5, np.float32))
    file.close()
    with sf.SoundFile(path) as again:
        assert again.frames == frames + RATE
        again.seek(frames + RATE // 2)
        assert np.all(again.read(100) == 0.5)


def test_a_short_recording_is_a_plain_wav(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.wav", "b.wav")]
    for path in paths:
        with open_wav(path, float(RATE)) as file:
            file.write(np.full((100, 2), 0.25, np.float32))
        time.sleep(1.1)  # the time of day must not be in it
    data = paths[0].read_bytes()
    assert data[:4] == b"RIFF" and data == paths[1].read_bytes()
    assert sf.info(paths[0]).format in ("WAV", "WAVEX") and sf.info(paths[0]).subtype == "FLOAT"
