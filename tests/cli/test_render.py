"""`phonon-osc render`: scores of all formats, and the same bits for every length of the calls."""

from __future__ import annotations

import json
import struct
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phonon_osc import offline
from phonon_osc.errors import DataError, PermissionRefused
from phonon_osc.onsets import onsets
from phonon_osc.osc.wire import encode_bundle, encode_message, unix_to_ntp
from phonon_osc.rendering import Options, Result, render_datagrams, render_file
from phonon_osc.scores import Datagram, first_cps, read_score
from tests.cli.conftest import Run

START = 1_700_000_000.0  # system time of frame 0


def at(seconds: float, *messages: bytes, arrival: float | None = None) -> Datagram:
    """A bundle that is due ``seconds`` after frame 0 and arrives 0.1 s earlier, or at ``arrival``."""
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
        at(1.0, BD, arrival=0.4),  # still waiting when the panic arrives
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
        (b"", "holds no OSC packet"),
        (b"\n\n", "neither JSON lines"),
        (b'{"t": 0.0, "wall": NaN, "hex": "2f61"}\n', "line 1"),
        (b'{"t": 0.0, "wall": 1.0, "hex": "2f61", "from": 1e999}\n', "line 1"),
        (b'{"t": 0.0, "wall": 1.0, "hex": "2f61", "dir": "out"}\n', "holds no OSC packet"),
        (b"RIFF....WAVEfmt ", "neither JSON lines nor a binary score"),
        (struct.pack(">i", 20) + encode_bundle(0, [])[:12], "neither JSON lines"),
        (struct.pack(">i", 16) + encode_bundle(0, []) + b"\0\0", "ends in the middle"),
        (b'{"t": 0.0, "wall": 1.0, "hex": "2f61"}\n{"t": 1}\n', "line 2"),
        (b'{"phonon-osc-session": 99}\n', "format 99"),
    ],
)
def test_broken_scores(tmp_path: Path, content: bytes, named: str) -> None:
    path, out = tmp_path / "score", tmp_path / "out.wav"
    path.write_bytes(content)
    with pytest.raises(DataError, match=named):
        render_file(path, out)
    assert not out.exists()


def test_files_that_cannot_be_read_or_written(tmp_path: Path, captures: Path, run: Run) -> None:
    missing = run("render", tmp_path / "missing.jsonl", tmp_path / "out.wav")
    assert missing.returncode == 65 and "missing.jsonl" in missing.stderr and missing.stderr.count("\n") == 1
    nowhere = run("render", captures / "tidal-drums.jsonl", tmp_path / "no" / "out.wav", "--seconds", "0.1")
    assert nowhere.returncode == 65 and f"there is no folder {tmp_path / 'no'}" in nowhere.stderr
    odd = run("render", captures / "tidal-drums.jsonl", tmp_path / "out.strange", "--seconds", "0.1")
    assert odd.returncode == 65 and "cannot be written" in odd.stderr
    (tmp_path / "empty.jsonl").touch()
    empty = run("render", tmp_path / "empty.jsonl", tmp_path / "out.wav")
    assert empty.returncode == 65 and "nothing to render" in empty.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.jsonl"], "an error leaves no file"


def test_what_is_not_allowed_exits_with_77(tmp_path: Path, captures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is simulated, because root may read and write everything."""
    score, out, opened = captures / "tidal-drums.jsonl", tmp_path / "out.wav", Path.open

    def refusing(path: Path, *args: object, **more: object) -> object:
        if path in refused:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *args, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refusing)
    refused: set[Path] = {out}
    with pytest.raises(PermissionRefused, match="not allowed to write"):
        render_file(score, out, Options(seconds=0.1))
    refused = {score}
    with pytest.raises(PermissionRefused, match="not allowed to read"):
        render_file(score, out, Options(seconds=0.1))
    assert PermissionRefused.exit_code == 77 and not out.exists()


@pytest.mark.parametrize(
    ("coding", "ending"), [("utf-8-sig", "\n"), ("utf-8", "\r\n"), ("utf-16", "\n"), ("utf-16", "\r\n")]
)
def test_scores_that_windows_saved(captures: Path, tmp_path: Path, coding: str, ending: str) -> None:
    """A score with a byte order mark, in UTF-16 or with other line endings gives the same sound."""
    score = captures / "strudel-drums.jsonl"
    saved = tmp_path / "saved.jsonl"
    saved.write_bytes(score.read_text().replace("\n", ending).encode(coding))
    assert np.array_equal(
        sound(render_file(saved, None, Options(seconds=2.0))), sound(render_file(score, None, Options(seconds=2.0)))
    )


# --- timetags that are too far away -----------------------------------------------------------------------------------
@pytest.mark.parametrize("off", [3600.0, -3600.0, 60.0, -86400.0 * 365])
def test_a_clock_that_is_off_plays_as_it_would_live(off: float, caplog: pytest.LogCaptureFixture) -> None:
    """A message with a timetag over 42 s away plays 0.2 s after arrival, and the log names its sender once."""
    wrong = [at(0.5 * k + off, BD, arrival=0.5 * k) for k in range(3)]
    right = [at(0.5 * k + 0.2, BD, arrival=0.5 * k) for k in range(3)]
    assert np.array_equal(onset_frames(render(*wrong)), onset_frames(render(*right)))
    assert render(*wrong).seconds < 10.0
    assert caplog.text.count("its clock is off") == 2  # two renders


def test_a_timetag_within_the_horizon_is_believed() -> None:
    frames = onset_frames(render(at(41.0, BD, arrival=0.0)))
    assert abs(frames[0] - onset_frames(render(at(1.0, BD, arrival=0.0)))[0] - 40 * 48000) <= 1


def onset_frames(result: Result) -> np.ndarray:
    heard = np.any(sound(result) != 0.0, axis=1)
    edges = np.flatnonzero(heard[1:] & ~heard[:-1]) + 1
    return edges[np.concatenate([[True], np.diff(edges) > 4800])]


@pytest.mark.parametrize("nested", [False, True])
def test_a_binary_score_with_times_of_the_clock_is_refused(tmp_path: Path, nested: bool) -> None:
    """Clock times in a score would give centuries of silence."""
    inner = encode_bundle(unix_to_ntp(START), [BD])
    packet = encode_bundle(0, [inner]) if nested else inner
    score, out = tmp_path / "clock.osc", tmp_path / "out.wav"
    score.write_bytes(struct.pack(">i", len(packet)) + packet)
    for options in (Options(), Options(seconds=1.0)):
        with pytest.raises(DataError, match=r"times of the clock\?"):
            render_file(score, out, options)
    assert not out.exists()


def test_a_recording_whose_clock_was_set_is_bounded(tmp_path: Path) -> None:
    late = plain(86400.0 * 365, "/dirt/play", "s", "sn")
    with pytest.raises(DataError, match="--seconds"):
        render(plain(0.0, "/dirt/play", "s", "bd"), late)
    assert render(plain(0.0, "/dirt/play", "s", "bd"), late, seconds=0.5).started == 1


# --- the end -------------------------------------------------------------------------------------------------------
CLAP = ("/dirt/play", "s", "cp", "delay", 0.9, "delaytime", 1.0, "delayfeedback", 0.5)


def test_the_file_goes_on_until_the_last_echo_has_faded() -> None:
    """Echoes follow at 1 s, each half as loud. The render ends when they are 100 dB below full scale, not 2 s after the clap."""
    result = render(plain(0.0, *CLAP))
    levels = [np.abs(sound(result)[k * 48000 : (k + 1) * 48000]).max() for k in range(int(result.seconds))]
    assert levels[1] > 0.05 and levels[5] > 1e-3
    assert np.flatnonzero(np.abs(sound(result)).max(axis=1) > 1e-5)[-1] == result.frames - 1, "it ends with the echo"
    long = sound(render(plain(0.0, *CLAP), seconds=result.seconds + 5.0))
    assert np.array_equal(long[: result.frames], sound(result))
    assert np.abs(long[result.frames :]).max() <= 1e-5, "and nothing that could be heard is missing"


def test_an_echo_after_four_seconds_is_waited_for() -> None:
    result = render(plain(0.0, "/dirt/play", "s", "cp", "delay", 0.9, "delaytime", 4.0, "delayfeedback", 0.0))
    assert 4.0 < result.seconds < 7.0 and np.abs(sound(result)[4 * 48000 :]).max() > 0.05


def test_silence_at_the_end_is_the_tail_and_no_more() -> None:
    result = render(plain(0.0, "/dirt/play", "s", "bd"), tail=1.0)
    assert result.seconds < 2.5, "the seconds in which an echo could have come are not in the file"


def test_an_echo_that_never_fades_is_cut(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(offline, "LONGEST_WAIT", 20.0)
    result = render(plain(0.0, "/dirt/play", "s", "cp", "delay", 1.0, "delaytime", 0.5, "delayfeedback", 1.0))
    assert 20.0 < result.seconds < 21.0 and "--seconds" in caplog.text


def test_the_same_sound_is_the_same_file(tmp_path: Path, captures: Path) -> None:
    """libsndfile would write the current time into the file."""
    files = [tmp_path / "a.wav", tmp_path / "b.wav"]
    for file in files:
        time.sleep(0.6)  # the time in the file is in whole seconds
        render_file(captures / "strudel-drums.jsonl", file, Options(seconds=2.0))
    assert files[0].read_bytes() == files[1].read_bytes()
