"""What single keys of SuperDirt do to the sound: messages in, samples out."""

from __future__ import annotations

import functools
import math
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from numpy.typing import NDArray

from phonon_osc.osc.wire import encode_bundle, encode_message, unix_to_ntp
from phonon_osc.rendering import Options, render_datagrams
from phonon_osc.scores import Datagram

RATE = 48_000
ZERO = 1000.0  # system time of frame 0
HZ = 500.0  # of the sample, which lasts a second
C5 = 261.6256

Sound = NDArray[np.float32]
Pair = str | float | int


@functools.cache
def tone(hz: float = HZ, seconds: float = 1.0) -> Sound:
    return (0.5 * np.sin(2.0 * math.pi * hz * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    (tmp_path / "tone").mkdir()
    sf.write(tmp_path / "tone" / "0.wav", tone(), RATE)
    return tmp_path


def play(samples: Path | None, *events: tuple[float, dict[str, Pair]], seconds: float = 1.0) -> Sound:
    """Events at times in seconds, each as the bundle that Tidal sends; other addresses under the key "address"."""
    packets = []
    for at, event in events:
        address = str(event.get("address", "/dirt/play"))
        pairs = [part for key in sorted(event.keys() - {"address"}) for part in (key, event[key])]
        if address == "/c_set":
            pairs = [event["bus"], event["value"]]
        packets.append(
            Datagram(encode_bundle(unix_to_ntp(ZERO + at), [encode_message(address, *pairs)]), ZERO + at - 0.1)
        )
    options = Options(samples=[str(samples)] if samples else [], limiter=False, seconds=seconds)
    found = render_datagrams(packets, options, start=ZERO)
    assert found.audio is not None
    return found.audio


def lasts(sound: Sound) -> float:
    """Seconds until the last frame that can be heard."""
    loud = np.flatnonzero(np.abs(sound).max(axis=1) > 1e-4)
    return float(loud[-1] + 1) / RATE if len(loud) else 0.0


def pitch(sound: Sound, begin: float = 0.05, end: float = 0.4) -> float:
    """Hz of the loudest partial between two times in seconds."""
    part = sound[round(begin * RATE) : round(end * RATE), 0].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 1 << 19))
    return float(np.argmax(spectrum)) * RATE / (1 << 19)


def level(sound: Sound, begin: float, end: float) -> float:
    return float(np.sqrt(np.mean(sound[round(begin * RATE) : round(end * RATE)].astype(np.float64) ** 2)))


@pytest.mark.parametrize(
    ("event", "seconds"),
    [
        ({"loop": 2.0}, 2.0),
        ({"loop": 3.0, "legato": 1.0, "delta": 3.0}, 1.0),
        ({"loop": 3.0, "sustain": 2.5}, 1.0),
        ({"loop": 3.0, "sustain": 0.4}, 0.4),
    ],
)
def test_loop_repeats_a_sample_only_where_no_length_is_given(
    samples: Path, event: dict[str, Pair], seconds: float
) -> None:
    assert lasts(play(samples, (0.0, {"s": "tone", **event}), seconds=3.5)) == pytest.approx(seconds, abs=0.005)


def semitones(steps: float) -> float:
    return C5 * 2.0 ** (steps / 12.0)


@pytest.mark.parametrize(
    ("event", "hz"),
    [
        ({"degree": 0.0}, semitones(0)),
        ({"degree": 2.0}, semitones(4)),
        ({"degree": 2.0, "n": 5.0}, semitones(4)),
        ({"degree": 2.0, "note": 5.0}, semitones(5)),
        ({"degree": 2.0, "scaleName": "minor"}, semitones(3)),
        ({"degree": 2.0, "scaleName": "Dorian", "mtranspose": 4.0}, semitones(10)),
        ({"degree": -1.0}, semitones(-1)),
        ({"degree": 8.0}, semitones(14)),
        ({"degree": 2.1, "scaleName": "minor"}, semitones(4)),
        ({"degree": 2.0, "scaleName": "nobody's"}, semitones(4)),
        ({"degree": 2.0, "octave": 4}, semitones(-8)),
        ({"degree": 2.0, "tuning": "just"}, C5 * 5 / 4),
        ({"degree": 4.0, "tuningName": "pythagorean"}, C5 * 3 / 2),
        ({"degree": 1.0, "tuning": "1 9/8 5/4"}, C5 * 9 / 8),
        ({"degree": 3.0, "tuningRatios": "1, 9/8, 5/4"}, C5 * 2),
        ({"note": 7.0, "ctranspose": 1.5}, semitones(8.5)),
        ({"midinote": 67.0, "ctranspose": -1.0}, semitones(6)),
        ({"note": 7.0, "gtranspose": 2.0}, semitones(9)),
        ({"note": 0.0, "harmonic": 3.0}, 3.0 * C5),
        ({"note": 7.0, "stepsPerOctave": 24}, semitones(3.5)),
        ({"note": 0.0, "octaveR": 3.0, "octave": 3}, 440.0 * 2.0 ** ((36.0 * math.log2(3.0) - 69.0) / 12.0)),
        ({"note": 0.0, "octaveRatio": 3.0, "octave": 3}, 440.0 * 2.0 ** ((36.0 * math.log2(3.0) - 69.0) / 12.0)),
        ({"freq": 300.0, "ctranspose": 3.0, "harmonic": 2.0}, 300.0),
        ({"note": 0.0, "mtranspose": 3.0}, semitones(0)),
    ],
)
def test_the_pitch_model_of_supercollider(event: dict[str, Pair], hz: float) -> None:
    assert pitch(play(None, (0.0, {"s": "sine", "sustain": 0.5, **event}))) == pytest.approx(hz, rel=0.002)


def test_the_pitch_model_moves_samples_too(samples: Path) -> None:
    assert pitch(play(samples, (0.0, {"s": "tone", "degree": 2.0}))) == pytest.approx(HZ * 2 ** (4 / 12), rel=0.002)
    assert pitch(play(samples, (0.0, {"s": "tone", "harmonic": 2.0}))) == pytest.approx(2.0 * HZ, rel=0.002)


@pytest.mark.parametrize(
    "event", [{"degree": 1e9}, {"degree": 1.0, "tuning": "1 0"}, {"degree": 1.0, "tuning": "1 1/0"}, {"octaveR": 1e9}]
)
def test_pitches_beyond_all_sense_do_no_harm(event: dict[str, Pair]) -> None:
    assert np.isfinite(play(None, (0.0, {"s": "sine", "sustain": 0.1, **event}), seconds=0.2)).all()


@pytest.mark.parametrize(("everywhere", "alone"), [(1, False), (0, True)])
def test_cut_all_ends_the_group_on_every_orbit(samples: Path, everywhere: int, alone: bool) -> None:
    """The second event is silent, so that the first is all that is heard."""
    first = {"s": "tone", "cut": 3, "orbit": 4}
    second = {"s": "tone", "cut": 3, "orbit": 0, "gain": 0.0, "cutAll": everywhere}
    sound = play(samples, (0.0, first), (0.3, second))
    assert level(sound, 0.1, 0.29) > 0.05
    assert (level(sound, 0.35, 0.9) > 0.05) is alone


def test_cut_all_of_a_negative_group_ends_the_same_sound_only(samples: Path) -> None:
    first = {"s": "tone", "cut": 3, "orbit": 4}
    other = {"s": "sine", "cut": -3, "orbit": 0, "gain": 0.0, "cutAll": 1}
    assert level(play(samples, (0.0, first), (0.3, other)), 0.35, 0.9) > 0.05
    same = {**first, "cut": -3, "orbit": 0, "gain": 0.0, "cutAll": 1}
    assert level(play(samples, (0.0, first), (0.3, same)), 0.35, 0.9) < 1e-4


def test_delay_send_is_the_level_of_what_the_delay_gets(samples: Path) -> None:
    """Of the delay's output 0.2 s later, and of the direct sound in it, but not of the sound itself."""
    event: dict[str, Pair] = {"s": "tone", "sustain": 0.1, "delay": 1.0, "delaytime": 0.2, "delayfeedback": 0.0}
    full, half = (play(samples, (0.1, {**event, **more})) for more in ({}, {"delaySend": 0.5}))
    dry = play(samples, (0.1, {**event, "delay": 0.0}))
    assert level(half, 0.32, 0.38) / level(full, 0.32, 0.38) == pytest.approx(0.5, abs=0.01)
    assert level(full, 0.16, 0.19) / level(dry, 0.16, 0.19) == pytest.approx(2.0, abs=0.01)
    assert level(half, 0.16, 0.19) / level(dry, 0.16, 0.19) == pytest.approx(1.5, abs=0.01)


def test_the_pitch_shift_follows_a_bus(samples: Path) -> None:
    first = {"address": "/c_set", "bus": 7, "value": 1.0}
    then = {"address": "/c_set", "bus": 7, "value": 2.0}
    sound = play(samples, (0.0, first), (0.1, {"s": "tone", "psrate": "c7", "psdisp": 0.01}), (0.6, then), seconds=1.2)
    assert pitch(sound, 0.3, 0.55) == pytest.approx(HZ, rel=0.02)
    assert pitch(sound, 0.8, 1.05) == pytest.approx(2.0 * HZ, rel=0.02)


def test_the_phase_of_the_frequency_shift_follows_a_bus(samples: Path) -> None:
    """Half a turn of the shifting wave, which the bus gives in radians, turns the sound over."""
    event: dict[str, Pair] = {"s": "tone", "fshift": 100.0}
    for phase in (0.0, math.pi, 3.0 * math.pi, -math.pi):
        said = play(samples, (0.1, {**event, "fshiftphase": phase}), seconds=0.5)
        bus = {"address": "/c_set", "bus": 7, "value": phase}
        followed = play(samples, (0.0, bus), (0.1, {**event, "fshiftphase": "c7"}), seconds=0.5)
        assert level(said, 0.2, 0.4) > 0.05
        np.testing.assert_allclose(followed[14_400:], said[14_400:], atol=0.002)


def write_rooted(path: Path, root: int) -> None:
    """The tone as a WAV whose smpl chunk names its note."""
    data = (tone() * 32767.0).astype("<i2").tobytes()

    def chunk(name: bytes, body: bytes) -> bytes:
        return name + struct.pack("<I", len(body)) + body

    body = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16))
    body += chunk(b"smpl", struct.pack("<9I", 0, 0, 20833, root, 0, 0, 0, 0, 0)) + chunk(b"data", data)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body)


@pytest.mark.parametrize(
    ("event", "ratio"),
    [
        ({}, 1.0),
        ({"metatune": 1.0}, 2 ** (-9 / 12)),
        ({"metatune": 0.5}, 2 ** (-4.5 / 12)),
        ({"metatune": 1.0, "note": 9.0}, 1.0),
    ],
)
def test_metatune_tunes_by_the_note_that_the_file_names(tmp_path: Path, event: dict[str, Pair], ratio: float) -> None:
    (tmp_path / "rooted").mkdir()
    write_rooted(tmp_path / "rooted" / "0.wav", 69)
    sound = play(tmp_path, (0.0, {"s": "rooted", **event}), seconds=2.5)
    assert pitch(sound) == pytest.approx(HZ * ratio, rel=0.002)
    assert lasts(sound) == pytest.approx(1.0 / ratio, abs=0.005)


def test_metatune_leaves_a_file_without_a_note_alone(samples: Path) -> None:
    assert pitch(play(samples, (0.0, {"s": "tone", "metatune": 1.0}))) == pytest.approx(HZ, rel=0.002)


def test_timescale_makes_a_sample_longer_at_the_same_pitch(samples: Path) -> None:
    for factor in (0.5, 2.0):
        sound = play(samples, (0.0, {"s": "tone", "timescale": factor}), seconds=2.5)
        assert lasts(sound) == pytest.approx(factor, abs=0.01)
        middle = sound[RATE // 8 : RATE * 3 // 8, 0] * np.hanning(RATE // 4)
        # The windows do not meet in phase, so there are side bands at their rate.
        assert abs(np.argmax(np.abs(np.fft.rfft(middle, RATE))) - HZ) <= 40
    wide, narrow = (
        play(samples, (0.0, {"s": "tone", "timescale": 2.0, "timescalewin": w}), seconds=1.0) for w in (1.0, 0.3)
    )
    assert np.abs(wide - narrow).max() > 0.01
