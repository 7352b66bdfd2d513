"""Audio inputs: live, the input of a cycle is heard at its frames for every length of cycles; offline, it comes from a file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phonon_osc.dialects.orbits import orbit_definition
from phonon_osc.engine.definition import Graph
from phonon_osc.engine.engine import Engine
from phonon_osc.errors import DataError
from phonon_osc.osc.wire import encode_message
from phonon_osc.rendering import Options, render_file, render_score
from phonon_osc.scores import Datagram, recorded
from phonon_osc.session import Header

from .rig import engine

NOISE = np.random.default_rng(3).uniform(-0.5, 0.5, (9600, 2)).astype(np.float32)


def hearing(channel: int, **options: object) -> Engine:
    """An engine with a node that plays an input."""
    e = engine(**options)
    g = Graph("heard")
    g.out(g.one("audio_in", channel=float(channel)))
    e.add_definition(g.build())
    e.new_node("heard")
    return e


def live(e: Engine, sound: np.ndarray, periods: list[int]) -> np.ndarray:
    """The output while ``sound`` comes in. The lengths of cycles alternate between ``periods``."""
    e.go_live()
    parts, at = [], 0
    while at < len(sound):
        n = min(periods[len(parts) % len(periods)], len(sound) - at)
        given, out = np.ascontiguousarray(sound[at : at + n]), np.zeros((n, 2), np.float32)
        places = out.ctypes.data + 4 * np.arange(2)
        e._process(e.tables.address, n, places.ctypes.data, 8, given.ctypes.data)
        parts.append(out)
        at += n
    return np.concatenate(parts)


@pytest.mark.parametrize("periods", [[64], [256], [1024], [64, 512, 128]], ids=str)
def test_cycles_of_whole_blocks_are_heard_without_delay(periods: list[int]) -> None:
    for channel in (1, 2):
        e = hearing(channel, inputs=2)
        out = live(e, NOISE, periods)
        assert np.array_equal(out, NOISE[:, [channel - 1] * 2])
        assert e.tables.inputs.delay == 0


@pytest.mark.parametrize("periods", [[48], [100], [16], [1000]], ids=str)
def test_other_cycles_are_heard_a_block_later_and_complete(periods: list[int]) -> None:
    out = live(hearing(2, inputs=2), NOISE, periods)
    assert np.array_equal(out[64:, 0], NOISE[:-64, 1])
    assert not out[:64].any()


def test_the_first_cycle_of_another_length_delays_all_later_input_by_a_block() -> None:
    out = live(hearing(1, inputs=2), NOISE, [64] * 20 + [50] + [64] * 1000)
    assert np.array_equal(out[:1280, 0], NOISE[:1280, 0])
    assert np.array_equal(out[1408:, 0], NOISE[1344:-64, 0])


def test_frames_the_backend_skipped_are_silent() -> None:
    e = hearing(1, inputs=2)
    live(e, NOISE[:640], [64])
    e._process(e.tables.address, 128, 0, 0, 0)
    out = live(e, NOISE[640:1280], [64])
    assert np.array_equal(out[:, 0], NOISE[640:1280, 0])


def test_a_missing_channel_and_not_a_number_are_silent() -> None:
    assert not live(hearing(3, inputs=2), NOISE, [64]).any()
    assert not live(hearing(1), NOISE, [64]).any()
    spoilt = NOISE.copy()
    spoilt[100:200, 0] = np.nan
    spoilt[300, 0] = np.inf
    e = hearing(1, inputs=2)
    out = live(e, spoilt, [64])
    assert np.array_equal(out[:, 0], np.where(np.isfinite(spoilt[:, 0]), spoilt[:, 0], 0.0))
    assert e.tables.slabs.counts.bad_voices == 0


def score(*messages: tuple[object, ...]) -> list[Datagram]:
    return [Datagram(encode_message(*message), 0.0, ("127.0.0.1", 1)) for message in messages]  # type: ignore[arg-type]


def test_a_render_hears_a_file(tmp_path: Path) -> None:
    """OSC messages make nodes of the kind audio_in. One is patched into a filter, like any other signal."""
    soundfile.write(tmp_path / "take.wav", NOISE, 48000, subtype="FLOAT")
    messages = score(("/node/new", "audio_in", "mic", "channel", 2.0, "amp", 1.0))
    for period in (64, 100, 1024, "vary"):
        options = Options(input=tmp_path / "take.wav", seconds=0.25, period=period)
        heard = render_score(recorded(messages, 0.0), None, options).audio
        assert heard is not None and len(heard) == 12000
        assert np.allclose(heard[:9600, 0], NOISE[:, 1] * np.sqrt(0.5), atol=1e-6)
        assert np.array_equal(heard[:, 0], heard[:, 1]) and not heard[9600:].any()
    patched = score(
        ("/node/new", "audio_in", "mic"),
        ("/node/new", "lowpass", "low", "cutoff", 300.0, "amp", 1.0),
        ("/node/patch", "mic", "low", "x"),
    )
    dark = render_score(recorded(patched, 0.0), None, Options(input=tmp_path / "take.wav", seconds=0.2)).audio
    assert dark is not None
    spectrum = np.abs(np.fft.rfft(dark[:9600, 0])) / np.abs(np.fft.rfft(NOISE[:, 0]))
    low, high = np.median(spectrum[10:40]), np.median(spectrum[1200:])  # below 200 Hz, above 6 kHz
    assert low > 100 * high > 0


def test_a_file_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "other.wav", NOISE, 44100)
    with pytest.raises(DataError, match=r"44100 .* 48000"):
        render_score(recorded([], 0.0), None, Options(input=tmp_path / "other.wav"))
    with pytest.raises(DataError, match=r"none\.wav"):
        render_score(recorded([], 0.0), None, Options(input=tmp_path / "none.wav"))


def test_a_session_without_its_inputs_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    header = Header(48000.0, 64, True, orbit_definition(48000.0).fingerprint, inputs="gig.session.inputs.wav")
    rows = [header.as_dict(), {"do": "end", "frame": 640}]
    (tmp_path / "gig.session").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert render_file(tmp_path / "gig.session", None).frames == 640
    assert "gig.session.inputs.wav" in caplog.text
