"""Runs the FM tutorial against a real server and checks the sidebands that Chowning's theory predicts."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.live.rig import Server, free_port

from .test_two_sines import wait_for_listener

SCRIPT = Path(__file__).with_name("fm_voice.sh")


def level_at(sound: np.ndarray, rate: int, freq: float, width: float = 12.0) -> float:
    """Level in dB of the spectrum within ``width`` Hz of a frequency."""
    window = np.hanning(len(sound))
    power = np.abs(np.fft.rfft(sound * window)) ** 2
    f = np.fft.rfftfreq(len(sound), 1.0 / rate)
    return float(10 * np.log10(power[np.abs(f - freq) <= width].sum() + 1e-20))


@pytest.mark.needs("oscsend")
def test_fm_voice(tmp_path: Path) -> None:
    reply = free_port()
    server = Server(tmp_path, "--record-dir", str(tmp_path), backend="null")
    dump = subprocess.Popen(["stdbuf", "-oL", "oscdump", str(reply)], stdout=subprocess.PIPE, text=True)
    wait_for_listener(reply)
    try:
        subprocess.run(["sh", str(SCRIPT), str(server.port), str(reply)], check=True, capture_output=True)
        status = server.status()
    finally:
        code = server.stop()
        dump.terminate()
    answers = (dump.stdout.read() if dump.stdout else "").splitlines()
    assert code == 0 and len(answers) == 15 and all(" /done " in line for line in answers), answers
    assert status["nodes"] == status["buses"] == 0
    sound, rate = soundfile.read(tmp_path / "fm.wav", dtype="float64", always_2d=True)
    assert 4.5 < len(sound) / rate < 6.0
    steady = sound[rate // 2 : rate // 2 + 4 * rate, 0]
    between = max(level_at(steady, rate, f) for f in (385.0, 495.0, 605.0, 715.0))
    for k in (0, 1, -1, 2, -2, 3):
        assert level_at(steady, rate, 440.0 + 110.0 * k) > between + 20.0, f"sideband {k}"
    # the index moves three times a second, and so does the level of the carrier
    hop, size = rate // 50, rate // 25
    carrier = [level_at(steady[at : at + size], rate, 440.0, 30.0) for at in range(0, len(steady) - size, hop)]
    swing = np.abs(np.fft.rfft(np.array(carrier) - np.mean(carrier)))
    rates = np.fft.rfftfreq(len(carrier), 1 / 50)
    assert 2.5 <= rates[1 + int(np.argmax(swing[1:]))] <= 6.5
