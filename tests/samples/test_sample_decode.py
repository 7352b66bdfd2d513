from __future__ import annotations

import os
import struct
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phonon_osc.samples.bank import scan
from phonon_osc.samples.decode import SampleError, decode

Write = Callable[..., Path]


def lie(path: Path, frames: int) -> Path:
    """Patch the 36-bit sample count in the STREAMINFO block of a FLAC file."""
    raw = bytearray(path.read_bytes())
    raw[21] = (raw[21] & 0xF0) | (frames >> 32)
    raw[22:26] = (frames & 0xFFFFFFFF).to_bytes(4, "big")
    path.write_bytes(raw)
    return path


def test_mono_is_doubled(data: Path) -> None:
    found = decode(data / "tone" / "tone0_440.wav", [str(data)])
    expected, _ = soundfile.read(data / "tone" / "tone0_440.wav", dtype="float32")
    assert found.frames.shape == (48_000, 2)
    assert found.frames.dtype == np.float32 and found.frames.flags["C_CONTIGUOUS"]
    assert (found.rate, found.channels, found.root_note) == (48_000.0, 1, None)
    np.testing.assert_array_equal(found.frames[:, 0], expected)
    np.testing.assert_array_equal(found.frames[:, 1], expected)


def test_stereo_keeps_sides_and_rate(data: Path) -> None:
    path = data / "stereo44" / "stereo0_440_660_44k1.wav"
    found = decode(path, [str(data)])
    expected, _ = soundfile.read(path, dtype="float32")
    assert (found.rate, found.channels) == (44_100.0, 2)
    np.testing.assert_array_equal(found.frames, expected)


def test_sixty_four_channels_give_the_first_two(root: Path, write: Write) -> None:
    sound = np.tile(np.arange(64, dtype=np.float32) / 64.0, (9_000, 1))
    found = decode(write("many/a.wav", sound, subtype="FLOAT"), [str(root)])
    assert found.channels == 64
    np.testing.assert_array_equal(found.frames, sound[:, :2])


FORMATS = {"wav": "WAV", "w64": "W64", "rf64": "RF64", "aiff": "AIFF", "aif": "AIFF", "flac": "FLAC", "caf": "CAF"}
FORMATS |= {"au": "AU", "ogg": "OGG", "opus": "OGG", "mp3": "MP3"}


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("extension", sorted(FORMATS))
def test_formats(root: Path, extension: str, channels: int) -> None:
    """What libsndfile decodes, each under an ending that is looked for."""
    tones = [0.5 * np.sin(np.arange(48_000) * step).astype(np.float32) for step in (0.05, 0.08)]
    path = root / "x" / f"a.{extension}"
    path.parent.mkdir()
    subtype = {"opus": "OPUS"}.get(extension)
    soundfile.write(path, np.stack(tones[:channels], axis=1), 48_000, format=FORMATS[extension], subtype=subtype)
    assert scan([str(root)]) == {"x": [str(path)]}
    found = decode(path, [str(root)])
    assert found.frames.shape == (48_000, 2) and found.channels == channels
    for side in range(2):
        inner = slice(4_800, -4_800)
        assert np.max(np.abs(found.frames[inner, side] - tones[side % channels][inner])) < 0.03


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 44_100, 96_000, 192_000])
def test_any_rate_sounds_at_its_own_pitch_and_length(root: Path, write: Write, rate: int) -> None:
    """Packets in, sound out: one second of 441 Hz, whatever the file's rate."""
    from phonon_osc.osc.wire import encode_message
    from phonon_osc.rendering import Options, render_datagrams
    from phonon_osc.scores import Datagram

    tone = np.sin(2.0 * np.pi * 441.0 * np.arange(rate) / rate).astype(np.float32)
    write("mytone/a.wav", tone, rate, "FLOAT")
    packet = encode_message("/dirt/play", "s", "mytone")
    found = render_datagrams([Datagram(packet, 10.0)], Options(samples=[str(root)], limiter=False), start=10.0).audio
    assert found is not None
    heard = np.flatnonzero(np.abs(found[:, 0]) > 1e-3)
    assert abs(heard[-1] - heard[0] - 48_000) < 200
    spectrum = np.abs(np.fft.rfft(found[4_800:43_200, 0] * np.hanning(38_400)))
    assert abs(np.argmax(spectrum) * 48_000 / 38_400 - 441.0) < 1.0


def test_nan_and_infinity_become_silence(root: Path, write: Write) -> None:
    sound = np.array([0.5, np.nan, np.inf, -np.inf, -2.5], dtype=np.float32)
    found = decode(write("x/a.wav", sound, subtype="FLOAT"), [str(root)])
    np.testing.assert_array_equal(found.frames[:, 0], np.array([0.5, 0.0, 0.0, 0.0, -2.5], dtype=np.float32))


def test_no_frames_are_no_sound(root: Path, write: Write) -> None:
    with pytest.raises(SampleError, match="holds no sound"):
        decode(write("x/a.wav", np.zeros(0, dtype=np.float32)), [str(root)])


RATES = [(1, False), (3_999, False), (4_000, True), (768_000, True), (768_001, False)]


@pytest.mark.parametrize(("rate", "fine"), RATES)
def test_rates(root: Path, write: Write, rate: int, fine: bool) -> None:
    path = write("x/a.wav", rate=rate)
    if fine:
        assert decode(path, [str(root)]).rate == rate
    else:
        with pytest.raises(SampleError, match=f"sample rate of {rate} Hz; use a rate between"):
            decode(path, [str(root)])


def test_rate_zero(root: Path, write: Write) -> None:
    path = write("x/a.wav")
    raw = bytearray(path.read_bytes())
    raw[24:28] = bytes(4)
    path.write_bytes(raw)
    with pytest.raises(SampleError):
        decode(path, [str(root)])


@pytest.mark.parametrize("frames", [2**36 - 1, 50_000_000, 0])
def test_lying_flac_header_allocates_nothing(root: Path, write: Write, frames: int) -> None:
    """2^36 - 1: soundfile.read would ask for 256 GiB. 0 means "unknown"."""
    path = lie(write("x/a.flac", np.random.default_rng(1).standard_normal(4_000).astype(np.float32) * 0.1), frames)
    tracemalloc.start()
    try:
        with pytest.raises(SampleError):
            decode(path, [str(root)])
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


def test_a_flac_that_claims_more_than_it_has_gives_what_is_there(root: Path, write: Write) -> None:
    """To the block of 1024 frames in which it ends."""
    path = lie(write("x/a.flac", np.full(4_000, 0.25, np.float32)), 5_000)
    found = decode(path, [str(root)])
    assert 2_976 <= len(found.frames) <= 4_000 and found.frames[1_000, 0] == pytest.approx(0.25, abs=1e-4)


def test_lying_wav_header_gives_what_is_there(root: Path, write: Write) -> None:
    path = write("x/a.wav", np.full(1_000, 0.25, dtype=np.float32))
    raw = bytearray(path.read_bytes())
    raw[40:44] = struct.pack("<I", 0x7FFF_FFF0)
    path.write_bytes(raw)
    found = decode(path, [str(root)])
    assert found.frames.shape == (1_000, 2)


def test_budget(root: Path, write: Write) -> None:
    path = write("x/a.wav", np.zeros(1_000, dtype=np.float32))
    assert len(decode(path, [str(root)], budget_bytes=8_000).frames) == 1_000
    with pytest.raises(SampleError, match="raise --sample-memory"):
        decode(path, [str(root)], budget_bytes=7_999)


def test_root_note_of_smpl_chunk(root: Path, write: Write) -> None:
    path = write("x/a.wav")
    smpl = struct.pack("<9I", 0, 0, 20_833, 57, 1 << 31, 0, 0, 0, 0)
    raw = path.read_bytes() + b"LIST" + struct.pack("<I", 3) + b"abc\0" + b"smpl" + struct.pack("<I", len(smpl)) + smpl
    path.write_bytes(raw[:4] + struct.pack("<I", len(raw) - 8) + raw[8:])
    assert decode(path, [str(root)]).root_note == 57.5


def test_pipe_is_refused_without_waiting(root: Path) -> None:
    os.mkfifo(root / "x.wav")
    before = time.monotonic()
    with pytest.raises(SampleError, match="not a regular file"):
        decode(root / "x.wav", [str(root)])
    assert time.monotonic() - before < 1.0


def test_folder_is_refused(root: Path) -> None:
    (root / "x.wav").mkdir()
    with pytest.raises(SampleError, match="not a regular file"):
        decode(root / "x.wav", [str(root)])


def test_device_is_refused() -> None:
    with pytest.raises(SampleError, match="not a regular file"):
        decode("/dev/zero", ["/dev"])


def test_link_inside_is_followed(root: Path, write: Write) -> None:
    (root / "link.wav").symlink_to(write("x/a.wav"))
    assert len(decode(root / "link.wav", [str(root)]).frames) == 64


def test_link_that_leaves_is_refused(root: Path, write: Write, tmp_path: Path) -> None:
    (root / "link.wav").symlink_to(write("secret.wav", base=tmp_path))
    with pytest.raises(SampleError, match="leads outside the sample folders"):
        decode(root / "link.wav", [str(root)])


def test_roots_are_compared_by_component(root: Path, write: Write, tmp_path: Path) -> None:
    outside = write("a.wav", base=tmp_path / "samples-evil")
    for path in (outside, root / ".." / "samples-evil" / "a.wav"):
        with pytest.raises(SampleError, match="leads outside"):
            decode(path, [str(root)])


def test_link_loop(root: Path) -> None:
    (root / "x.wav").symlink_to(root / "y.wav")
    (root / "y.wav").symlink_to(root / "x.wav")
    with pytest.raises(SampleError, match="cannot be found"):
        decode(root / "x.wav", [str(root)])


GARBAGE = [b"", b"RIFF", b"\0" * 100, b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0" + b"\xff" * 50]


@pytest.mark.parametrize("content", GARBAGE)
def test_garbage(root: Path, content: bytes) -> None:
    (root / "x.wav").write_bytes(content)
    with pytest.raises(SampleError, match="cannot be decoded"):
        decode(root / "x.wav", [str(root)])


@pytest.mark.parametrize("name", ["missing.wav", "nul\0.wav", "a" * 10_000])
def test_names_that_cannot_be_files(root: Path, name: str) -> None:
    with pytest.raises(SampleError, match="cannot be found"):
        decode(os.path.join(root, name), [str(root)])


def test_message_is_one_line_of_ascii(root: Path) -> None:
    with pytest.raises(SampleError) as caught:
        decode(os.path.join(root, "line\nbreak \x1b[31m \u00e9.wav"), [str(root)])
    assert str(caught.value).isascii() and str(caught.value).isprintable()


def test_copy_outlives_the_file(root: Path, write: Write) -> None:
    path = write("x/a.wav", np.full(5_000, 0.5, dtype=np.float32))
    found = decode(path, [str(root)])
    path.write_bytes(b"")
    path.unlink()
    assert np.all(found.frames == 0.5)
