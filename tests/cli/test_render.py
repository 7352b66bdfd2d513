"""Scores in every form, to sound that is the same whatever the length of the calls."""

from __future__ import annotations

import json
import struct
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phonon_osc.errors import DataError
from phonon_osc.onsets import onsets
from phonon_osc.osc.wire import encode_bundle, encode_message, unix_to_ntp
from phonon_osc.rendering import Options, Result, render_datagrams, render_file
from phonon_osc.scores import Datagram, first_cps, read_score
from tests.cli.conftest import Run

START = 1_700_000_000.0  # system time of frame 0


def at(seconds: float, *messages: bytes, arrival: float | None = None) -> Datagram:
    """A bundle for ``seconds`` after frame 0 that arrives 0.1 s before, or when told."""
    bundle = encode_bundle(unix_to_ntp(START + seconds), messages)
    return Datagram(bundle, START + (seconds - 0.1 if arrival is None else arrival))


def plain(seconds: float, address: str, *args: object) -> Datagram:
    return Datagram(encode_message(address, *args), START + seconds)  # type: ignore[arg-type]


def render(*datagrams: Datagram, **options: object) -> Result:
    return render_datagrams(datagrams, Options(voices=64, **options), start=START)  # type: ignore[arg-type]


def sound(result: Result) -> np.ndarray:
    assert result.audio is not None
    return result.audio


def first_heard(audio: np.ndarray) -> int:
    return int(np.flatnonzero(np.any(audio != 0.0, axis=1))[0])


BD = encode_message("/dirt/play", "s", "bd")


def test_a_capture_sounds(captures: Path, tmp_path: Path, run: Run) -> None:
    out = tmp_path / "out.wav"
    done = run("render", captures / "tidal-drums.jsonl", out, "--json", "--tail", "0.5")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    audio, rate = soundfile.read(out, dtype="float32", always_2d=True)
    assert rate == 48000 and audio.shape == (figures["frames"], 2) and soundfile.info(out).subtype == "FLOAT"
    assert figures["started"] == figures["events"] == 52 and figures["late"] == 0 and figures["finite"] is True
    assert np.isfinite(audio).all()
    assert np.abs(audio).max() == pytest.approx(figures["peak"], abs=1e-5)
    assert np.sqrt(np.mean(np.square(audio, dtype=np.float64))) == pytest.approx(figures["rms"], abs=1e-5)
    assert len(onsets(audio, rate)) >= 20


@pytest.mark.parametrize("period", [16, 1000, 8192, "vary"])
def test_the_period_changes_no_bit(captures: Path, period: int | str) -> None:
    score = captures / "liblo-oscsend.jsonl"  # events, nodes, malformed packets
    reference = render_file(score, None, Options(seconds=4.0))
    other = render_file(score, None, Options(seconds=4.0, period=period))
    assert reference.started > 10
    assert np.array_equal(sound(reference), sound(other))


def test_onsets_are_on_their_frame() -> None:
    early = first_heard(sound(render(at(0.0, BD, arrival=-0.1))))
    for seconds in (0.25, 0.5 + 1 / 48000):
        assert first_heard(sound(render(at(seconds, BD)))) - early == round(seconds * 48000)


def test_what_arrived_late_still_plays_at_its_time() -> None:
    on_time, late = render(at(0.3, BD)), render(at(0.3, BD, arrival=0.35))
    assert np.array_equal(sound(on_time), sound(late)) and late.late == 0


def test_plain_messages_play_when_they_arrive() -> None:
    frames = first_heard(sound(render(plain(0.5, "/dirt/play", "s", "bd"))))
    assert frames - first_heard(sound(render(plain(0.0, "/dirt/play", "s", "bd")))) == 24000


def test_a_panic_silences_what_came_before_it_only() -> None:
    result = render(
        plain(0.0, "/node/new", "saw", "drone"),
        at(1.0, BD, arrival=0.4),  # waiting when the panic comes
        plain(0.5, "/panic"),
        at(0.8, BD, arrival=0.51),
        seconds=1.5,
    )
    heard = np.any(sound(result) != 0.0, axis=1)
    assert heard[1000:23000].all()
    assert not heard[25000:38300].any() and heard[38400:40000].any()
    assert result.started == 2


def test_a_node_id_can_be_used_again() -> None:
    result = render(
        plain(0.0, "/node/new", "sine", 1, "freq", 330.0),
        plain(0.2, "/node/free", 1),
        plain(0.4, "/node/new", "sine", 1, "freq", 440.0),
        plain(0.6, "/node/free", 1),
    )
    assert result.started == 2 and result.refused == 0


def test_the_end_is_where_voices_end_and_the_tail() -> None:
    long = render(plain(0.0, "/dirt/play", "s", "saw", "sustain", 3.0), tail=1.0)
    assert 4.0 <= long.seconds < 4.0 + 0.5
    drone = render(plain(0.0, "/node/new", "saw", 1), tail=0.5)  # would sound for ever
    assert drone.seconds < 1.5
    assert render(at(0.0, BD, arrival=-0.1), seconds=0.123).frames == round(0.123 * 48000)


def test_cycles_take_the_scores_tempo(captures: Path, tmp_path: Path) -> None:
    score = captures / "tidal-drums.jsonl"
    cps = first_cps(read_score(score))
    assert cps is not None
    own = render_file(score, None, Options(cycles=1.0))
    assert own.frames == round(48000 / cps)
    assert render_file(score, None, Options(cycles=1.0, cps=2.0)).frames == 24000


def test_many_events_at_once_are_all_played() -> None:
    events = [
        at(0.5, encode_message("/dirt/play", "s", "hh", "speed", 1.0 + k / 7000), arrival=0.0) for k in range(3000)
    ]
    result = render(*events)
    assert result.started == 3000 and result.refused == 0 and result.finite


def binary_score(path: Path, *bundles: tuple[float, bytes]) -> Path:
    packets = [encode_bundle(round(seconds * 2**32), [message]) for seconds, message in bundles]
    path.write_bytes(b"".join(struct.pack(">i", len(packet)) + packet for packet in packets))
    return path


def test_a_binary_score(tmp_path: Path, run: Run) -> None:
    score = binary_score(tmp_path / "score.osc", (0.0, BD), (0.25, encode_message("/dirt/play", "s", "sn")), (1.0, BD))
    result = render_file(score, None, Options(voices=64))
    same = render(at(0.0, BD, arrival=0.0), at(0.25, encode_message("/dirt/play", "s", "sn")), at(1.0, BD))
    assert result.started == 3
    assert first_heard(sound(result)) == first_heard(sound(same))
    assert abs(len(onsets(sound(result), 48000.0)) - 3) <= 1
    assert run("render", score, tmp_path / "out.wav", "--quiet").returncode == 0


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", None),
        (b"RIFF....WAVEfmt ", "neither JSON lines nor a binary score"),
        (struct.pack(">i", 20) + encode_bundle(0, [])[:12], "neither JSON lines"),
        (struct.pack(">i", 16) + encode_bundle(0, []) + b"\0\0", "ends in the middle"),
        (b'{"t": 0.0, "wall": 1.0, "hex": "2f61"}\n{"t": 1}\n', "line 2"),
        (b'{"phonon-osc-session": 99}\n', "format 99"),
    ],
)
def test_broken_scores(tmp_path: Path, content: bytes, named: str | None) -> None:
    path = tmp_path / "score"
    path.write_bytes(content)
    if named is None:
        assert render_file(path, None, Options(tail=0.1)).peak == 0.0
        return
    with pytest.raises(DataError, match=named):
        render_file(path, None)


def test_files_that_cannot_be_read_or_written(tmp_path: Path, captures: Path, run: Run) -> None:
    missing = run("render", tmp_path / "missing.jsonl", tmp_path / "out.wav")
    assert missing.returncode == 65 and "missing.jsonl" in missing.stderr and missing.stderr.count("\n") == 1
    nowhere = run("render", captures / "tidal-drums.jsonl", tmp_path / "no" / "out.wav", "--seconds", "0.1")
    assert nowhere.returncode == 65 and "cannot be written" in nowhere.stderr


def test_the_same_sound_is_the_same_file(tmp_path: Path, captures: Path) -> None:
    """libsndfile would write the time of day into it."""
    files = [tmp_path / "a.wav", tmp_path / "b.wav"]
    for file in files:
        time.sleep(0.6)  # the chunk has whole seconds
        render_file(captures / "strudel-drums.jsonl", file, Options(seconds=2.0))
    assert files[0].read_bytes() == files[1].read_bytes()
