"""A file for each orbit: of a score, of a session, and their sum."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from phonon_osc.errors import DataError
from phonon_osc.limits import ORBITS
from phonon_osc.offline import Options
from phonon_osc.osc.wire import encode_message
from phonon_osc.rendering import render_file
from tests.live.rig import Server

CAPTURE = Path(__file__).parents[1] / "data" / "captures" / "tidal-drums.jsonl"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("stems")
    render_file(CAPTURE, made / "sum.wav", Options(stems=made / "orbits", seconds=6.0))
    render_file(CAPTURE, made / "plain.wav", Options(seconds=6.0))
    return made


def stems(folder: Path) -> list[np.ndarray]:
    return [sf.read(folder / f"orbit_{orbit}.wav", dtype="float32")[0] for orbit in range(ORBITS)]


def test_the_sum_is_the_sum_of_the_stems(folder: Path) -> None:
    heard = stems(folder / "orbits")
    total = np.zeros_like(heard[0])
    for one in heard:
        total += one
    assert np.array_equal(sf.read(folder / "sum.wav", dtype="float32")[0], total)
    assert sum(bool(one.any()) for one in heard) >= 2, "this capture plays in several orbits"


def test_below_full_scale_the_sum_is_the_plain_render(folder: Path) -> None:
    total, plain = (sf.read(folder / name, dtype="float32")[0] for name in ("sum.wav", "plain.wav"))
    loud = np.flatnonzero(np.abs(total).max(axis=1) > 1.0)
    until = int(loud[0]) if len(loud) else len(total)
    assert until > 48_000 and np.array_equal(total[:until], plain[:until])


def test_no_folder_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="stems"):
        render_file(CAPTURE, tmp_path / "out.wav", Options(stems=tmp_path / "file" / "x", seconds=0.1))
    assert not (tmp_path / "out.wav").exists()


def test_live_outputs_of_the_orbits_are_the_stems_of_the_log(tmp_path: Path) -> None:
    """A server with two channels for each orbit records them; the stems of its session log are the same bits."""
    record = tmp_path / "all.wav"
    server = Server(tmp_path, "--outputs", "orbits", "--record", str(record), "--voices", "64", backend="null")
    try:
        for k, sound in enumerate(("bd", "supersaw", "hh", "superpiano")):
            server.send(
                encode_message("/dirt/play", "s", sound, "orbit", 3 * k, "sustain", 0.3, "room", 0.3, "size", 0.5)
            )
            time.sleep(0.2)
        time.sleep(1.0)
    finally:
        assert server.stop() == 0
    live, _ = sf.read(record, dtype="float32")
    render_file(server.session, tmp_path / "sum.wav", Options(stems=tmp_path / "orbits"))
    heard = np.concatenate(stems(tmp_path / "orbits"), axis=1)
    assert live.shape[1] == 2 * ORBITS and heard.shape == live.shape
    assert np.array_equal(heard, live)
    assert [bool(live[:, 2 * orbit : 2 * orbit + 2].any()) for orbit in range(ORBITS)].count(True) == 4
