"""Damaged files give what can be had of them, and what gives nothing is named and takes no number."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from phonon_osc.samples import headers
from phonon_osc.samples.bank import scan
from phonon_osc.samples.decode import SampleError, decode
from tests.samples import damaged


def put(root: Path, name: str, data: bytes) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def pitch(x: np.ndarray, rate: float) -> float:
    spectrum = np.abs(np.fft.rfft(x * np.hanning(len(x)), 1 << 18))
    return float(np.argmax(spectrum) * rate / (1 << 18))


@pytest.mark.parametrize("kind", list(damaged.without_lengths()))
def test_a_header_that_says_0_bytes_gives_all_that_follows(root: Path, kind: str) -> None:
    found = decode(put(root, f"x/a.{kind}", damaged.without_lengths()[kind]), [str(root)])
    assert abs(len(found.frames) - 22_050) <= 8  # padding of the last chunk may be taken for sound
    assert abs(pitch(found.frames[:, 0], found.rate) - 441.0) < 2.0 and np.abs(found.frames).max() == pytest.approx(
        0.5, abs=0.01
    )


@pytest.mark.parametrize("kind", list(damaged.without_sound()))
def test_a_file_without_sound_takes_no_number(root: Path, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    good = put(root, "x/0.wav", damaged.encoded(damaged.tone(), "WAV"))
    bad = put(root, f"x/1.{kind}" if "." not in kind else f"x/1{kind}", damaged.without_sound()[kind])
    last = put(root, "x/2.wav", damaged.encoded(damaged.tone(), "WAV"))
    assert scan([str(root)]) == {"x": [str(good), str(last)]}
    assert caplog.text.count(bad.name) == 1 and "holds no sound" in caplog.text
    with pytest.raises(SampleError):
        decode(bad, [str(root)])


@pytest.mark.parametrize("form", ["WAV", "AIFF", "AU", "CAF", "FLAC", "OGG", "RF64", "W64", "MP3"])
def test_a_short_sound_keeps_its_number(root: Path, form: str) -> None:
    path = put(root, f"x/a.{form.lower()}", damaged.encoded(damaged.tone(seconds=0.02), form))
    assert scan([str(root)]) == {"x": [str(path)]}


@pytest.mark.parametrize(
    ("subtype", "share", "least"),
    [("VORBIS", 0.9, 0.75), ("VORBIS", 0.6, 0.05), ("OPUS", 0.9, 0.75), ("OPUS", 0.5, 0.4)],
)
def test_a_cut_ogg_plays_what_is_there(root: Path, subtype: str, share: float, least: float) -> None:
    """Also if the cut is in its first page of sound, which libsndfile alone refuses."""
    rate = 48_000 if subtype == "OPUS" else 44_100
    whole = damaged.encoded(damaged.tone(441.0, 2.0, rate), "OGG", subtype, rate)
    found = decode(put(root, "x/a.ogg", whole[: int(share * len(whole))]), [str(root)])
    assert least * 2.0 * rate < len(found.frames) < 2.0 * rate
    middle = found.frames[2_000 : len(found.frames) - 2_000, 0]
    assert abs(pitch(middle, rate) - 441.0) < 4.0


@pytest.mark.parametrize("share", [0.9, 0.5, 0.1])
def test_a_cut_flac_plays_what_is_there(root: Path, share: float) -> None:
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, 88_200)
    whole = damaged.encoded(noise, "FLAC")
    found = decode(put(root, "x/a.flac", whole[: int(share * len(whole))]), [str(root)])
    assert share * 88_200 - 6_000 < len(found.frames) <= 88_200 * share + 200
    np.testing.assert_allclose(found.frames[:, 0], noise[: len(found.frames)], atol=1e-4)


def test_an_mp3_of_variable_bit_rate_without_its_length_plays_to_its_end(root: Path) -> None:
    found = decode(put(root, "x/a.mp3", damaged.vbr_without_length()), [str(root)])
    assert abs(len(found.frames) / found.rate - 8.0) < 0.1
    assert abs(pitch(found.frames[int(7.3 * 44_100) : int(7.8 * 44_100), 0], 44_100) - 1_000.0) < 3.0


def test_an_mp3_that_says_its_length_is_left_alone(root: Path) -> None:
    """To the frame: encoders of MP3 write how much silence they have added, and that is cut off."""
    path = put(root, "x/a.mp3", damaged.encoded(damaged.tone(441.0, 1.0), "MP3"))
    assert len(decode(path, [str(root)]).frames) == 44_100


def test_root_notes_are_read_from_the_file(root: Path) -> None:
    smpl = damaged.chunk(b"smpl", struct.pack("<9I", 0, 0, 22_675, 69, 1 << 31, 0, 0, 0, 0))
    inst = damaged.chunk(b"inst", struct.pack("BbbBBBB", 57, -25, 0, 0, 127, 0, 127))
    fmt, data = damaged.chunk(b"fmt ", damaged.PCM), damaged.chunk(b"data", damaged.pcm16(damaged.tone()))
    notes = [
        decode(put(root, f"x/{n}.wav", damaged.riff(*parts)), [str(root)]).root_note
        for n, parts in enumerate([(fmt, smpl, data), (fmt, data, inst), (fmt, inst, smpl, data), (fmt, data)])
    ]
    assert notes == [69.5, 57.25, 69.5, None]


def test_a_damaged_header_is_never_read_beyond_its_file(root: Path) -> None:
    """The readers of headers themselves, on every prefix and on wild lengths."""
    whole = damaged.riff(damaged.chunk(b"fmt ", damaged.PCM), damaged.chunk(b"data", bytes(20)))
    for cut in range(len(whole)):
        path = put(root, "x/a.wav", whole[:cut])
        headers.is_silent_file(str(path))
        with path.open("rb") as file:
            headers.mend(file.fileno(), cut)
            headers.root_note(file.fileno(), cut)
