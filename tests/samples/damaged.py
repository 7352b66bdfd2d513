"""Sound files as they should not be: what recorders, downloads and other software leave behind."""

from __future__ import annotations

import io
import struct

import numpy as np
import soundfile
from numpy.typing import NDArray

RATE = 44_100
PCM = struct.pack("<HHIIHH", 1, 1, RATE, 2 * RATE, 2, 16)


def tone(hz: float = 441.0, seconds: float = 0.5, rate: int = RATE) -> NDArray[np.float64]:
    out: NDArray[np.float64] = 0.5 * np.sin(2.0 * np.pi * hz * np.arange(round(seconds * rate)) / rate)
    return out


def encoded(
    sound: NDArray[np.float64], form: str, subtype: str | None = None, rate: int = RATE, **more: object
) -> bytes:
    out = io.BytesIO()
    soundfile.write(out, sound, rate, format=form, subtype=subtype, **more)
    return out.getvalue()


def chunk(name: bytes, data: bytes, length: int | None = None) -> bytes:
    return name + struct.pack("<I", len(data) if length is None else length) + data + b"\0" * (len(data) & 1)


def riff(*parts: bytes, size: int | None = None) -> bytes:
    body = b"WAVE" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body) if size is None else size) + body


def pcm16(sound: NDArray[np.float64]) -> bytes:
    return np.round(sound * 32_767.0).astype("<i2").tobytes()


def endless() -> bytes:
    """76 bytes on which libsndfile 1.2.2 never returns: a sub-chunk of LIST says that it is 2**32 - 8 bytes long."""
    inner = b"abcd" + struct.pack("<I", 0xFFFFFFF8) + bytes(8)
    return riff(chunk(b"fmt ", PCM), chunk(b"LIST", inner), chunk(b"data", bytes(8)))


def patched(data: bytes, at: int, new: bytes) -> bytes:
    return data[:at] + new + data[at + len(new) :]


def without_lengths() -> dict[str, bytes]:
    """Half a second of 441 Hz each, in headers that say 0 bytes: a recorder that crashed."""
    x = tone()
    au, aiff, caf, rf64 = (encoded(x, form) for form in ("AU", "AIFF", "CAF", "RF64"))
    frames, sound, data, ds64 = (
        aiff.index(b"COMM") + 10,
        aiff.index(b"SSND") + 4,
        caf.index(b"data") + 4,
        rf64.index(b"ds64") + 8,
    )
    return {
        "wav": riff(chunk(b"fmt ", PCM), chunk(b"data", pcm16(x), 0), size=0),
        "au": patched(au, 8, bytes(4)),
        "aiff": patched(patched(aiff, frames, bytes(4)), sound, struct.pack(">I", 8)),
        "caf": patched(caf, data, bytes(8)),
        "rf64": patched(rf64, ds64, bytes(24)),
    }


def without_sound() -> dict[str, bytes]:
    """Files of 0 frames, whose headers are right."""
    found = {form.lower(): encoded(np.zeros(0), form) for form in ("WAV", "AIFF", "AU", "RF64", "OGG")}
    listed = chunk(b"LIST", b"INFOISFT" + struct.pack("<I", 4) + b"test")
    found["list.wav"] = riff(chunk(b"fmt ", PCM), chunk(b"data", b""), listed)
    return found


def mp3_frames(data: bytes) -> list[tuple[int, int]]:
    """Where the frames of a 44.1 kHz MPEG-1 layer 3 file begin, and how long they are."""
    kbits = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
    at, found = 0, []
    while data[at : at + 1] == b"\xff":
        length = 144_000 * kbits[data[at + 2] >> 4] // RATE + ((data[at + 2] >> 1) & 1)
        found.append((at, length))
        at += length
    return found


def vbr_without_length() -> bytes:
    """Eight seconds of variable bit rate, quiet at first: a decoder that goes by its first frames takes it for far shorter."""
    rng = np.random.default_rng(1)
    x = np.concatenate(
        [tone(100.0, 4.0) * 0.1, np.clip(0.3 * rng.standard_normal(3 * RATE), -1.0, 1.0), tone(1_000.0, 1.0)]
    )
    raw = encoded(x, "MP3", "MPEG_LAYER_III", compression_level=0.4, bitrate_mode="VARIABLE")
    at, length = mp3_frames(raw)[0]
    assert b"Xing" in raw[at : at + length] or b"Info" in raw[at : at + length]
    return raw[at + length :]
