"""The demonstration, cut short."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phonon_osc.onsets import onsets
from tests.cli.conftest import Run


def test_demo_plays_and_proves_it(tmp_path: Path, run: Run) -> None:
    out = tmp_path / "demo.wav"
    done = run("demo", "--seconds", "3", "--out", out, "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    audio, _ = soundfile.read(out, dtype="float32", always_2d=True)
    assert figures["voices_started"] > 10 and figures["onsets"] > 5 and figures["late_events"] == 0
    assert 0.0 < figures["cpu_percent_of_a_core"] < 100.0
    assert np.isfinite(audio).all() and np.abs(audio).max() > 0.01
    assert "ready:" in done.stderr


def test_a_silent_demo_fails(tmp_path: Path, run: Run) -> None:
    nothing = tmp_path / "nothing.jsonl"
    nothing.write_text('{"t": 0.0, "wall": 1.0, "hex": "2f76657273696f6e00000000"}\n')  # /version
    done = run("demo", "--session", nothing, "--out", tmp_path / "demo.wav")
    assert done.returncode != 0 and "FAILED" in done.stdout


def test_onsets_are_counted_where_they_are() -> None:
    rate = 48000
    audio = np.zeros((rate, 2), np.float32)
    decay = np.exp(-np.arange(4000) / 600.0).astype(np.float32)
    for frame in (2400, 14400, 33600):
        audio[frame : frame + 4000] += decay[:, None]
    assert onsets(audio, rate) == pytest.approx([0.05, 0.3, 0.7])
    assert onsets(np.zeros((rate, 2), np.float32), rate) == []
    assert onsets(np.zeros((10, 2), np.float32), rate) == []
