"""Decoding of one sample file into stereo float32. Control side only; called from the loading threads of the library.

Files are untrusted: they may be pipes, links out of the sample folders, or carry headers that promise terabytes. The
checks here run before anything is opened, read or allocated.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phonon_osc.errors import DataError
from phonon_osc.samples.memory import FRAME_BYTES, moved, pages

if TYPE_CHECKING:
    import soundfile

MIN_RATE = 4_000.0
MAX_RATE = 768_000.0
MAX_FRAMES = (1 << 31) - 64  # positions are 32-bit integers

# Digital silence in FLAC comes near this many samples per byte; sound stays below 20.
_MAX_SAMPLES_PER_BYTE = 400
_UNKNOWN_FRAMES = (1 << 63) - 1  # libsndfile's SF_COUNT_MAX: the header does not tell
_BLOCK_SAMPLES = 1 << 18
_MAX_CHUNKS = 64

# O_NONBLOCK: opening a pipe must not wait for its writer. O_NOFOLLOW: the path has been resolved, a link is news.
_OPEN_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY


class SampleError(DataError):
    """A sample that cannot be used: which file (or kit sound), why, and what to do about it."""

    def __init__(self, path: str, reason: str, remedy: str) -> None:
        super().__init__(f"sample {path!a}: {reason}; {remedy}")
        self.path = path
        self.reason = reason
        self.remedy = remedy

    def again(self) -> SampleError:
        """A fresh copy to raise: one instance raised time after time would collect tracebacks for ever."""
        return SampleError(self.path, self.reason, self.remedy)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded file. ``frames`` is (n, 2) float32, C-contiguous, finite, n >= 1; ``rate`` in Hz.

    ``channels`` counts those of the file. ``root_note`` is the MIDI note (with fraction) of a WAV ``smpl`` chunk.
    """

    frames: NDArray[np.float32]
    rate: float
    channels: int
    root_note: float | None


def decode(path: str | os.PathLike[str], roots: Iterable[str], *, budget_bytes: int = 1 << 30) -> Decoded:
    """Decode ``path``, which must lie inside one of ``roots`` once every link is resolved.

    Mono goes to both channels; of more than two channels the first two are kept. Raises SampleError.
    """
    import soundfile

    name = os.fspath(path)
    descriptor = _open_regular(_resolve_inside(name, roots), name)
    try:
        with soundfile.SoundFile(descriptor, closefd=False) as sound:
            _check_header(sound, os.fstat(descriptor).st_size, budget_bytes, name)
            frames = _read(sound)
            rate, channels = float(sound.samplerate), int(sound.channels)
        return Decoded(frames, rate, channels, _root_note(descriptor))
    except soundfile.SoundFileError as error:
        reason = getattr(error, "error_string", "unknown error")
        raise SampleError(name, f"cannot be decoded ({reason})", "convert it to WAV or FLAC again") from error
    finally:
        os.close(descriptor)


def inside(real: str, roots: Iterable[str]) -> bool:
    """Whether the resolved path ``real`` lies in one of ``roots``, compared by path components (not by prefix)."""
    return any(Path(real).is_relative_to(os.path.realpath(root)) for root in roots)


def plain(error: Exception) -> str:
    """What the system says, without the path: that may hold control characters and is named anyway."""
    return getattr(error, "strerror", None) or ascii(str(error))


def _resolve_inside(name: str, roots: Iterable[str]) -> str:
    try:
        real = os.path.realpath(name, strict=True)
    except (OSError, ValueError) as error:
        raise SampleError(name, f"cannot be found ({plain(error)})", "check the sample folders") from error
    if not inside(real, roots):
        raise SampleError(name, f"leads outside the sample folders, to {real!a}", "add that folder as a root")
    return real


def _open_regular(real: str, name: str) -> int:
    """Open without blocking and only what is a regular file; looked at before (devices act on open) and after."""
    try:
        descriptor = os.open(real, _OPEN_FLAGS) if stat.S_ISREG(os.lstat(real).st_mode) else -1
    except OSError as error:
        raise SampleError(name, f"cannot be opened ({plain(error)})", "check its permissions") from error
    if descriptor >= 0 and stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    if descriptor >= 0:
        os.close(descriptor)
    raise SampleError(name, "is not a regular file", "remove it from the sample folder")


def _check_header(sound: soundfile.SoundFile, size: int, budget: int, name: str) -> None:
    """Refuse what the file cannot hold, what memory cannot hold and what the engine cannot play, before allocating."""
    frames, channels, rate = sound.frames, sound.channels, sound.samplerate
    if not MIN_RATE <= rate <= MAX_RATE:
        remedy = f"use a rate between {MIN_RATE:.0f} and {MAX_RATE:.0f} Hz"
        raise SampleError(name, f"claims a sample rate of {rate} Hz", remedy)
    if frames == _UNKNOWN_FRAMES:
        raise SampleError(name, "does not say how long it is (streamed?)", "encode it again to a complete file")
    if frames * channels > size * _MAX_SAMPLES_PER_BYTE:
        reason = f"claims {frames} frames of {channels} channels in {size} bytes"
        raise SampleError(name, reason, "the file is damaged: encode it again")
    if frames * FRAME_BYTES > budget or frames > MAX_FRAMES:
        room = f"{max(budget, 0) / 1e6:.1f} MB of sample memory are to be had"
        reason = f"needs {frames * FRAME_BYTES / 1e6:.1f} MB, {room}"
        raise SampleError(name, reason, "raise --sample-memory or shorten the file")


def _read(sound: soundfile.SoundFile) -> NDArray[np.float32]:
    """All frames, or as many as there are. By blocks, so that 64 channels never exist in memory all at once."""
    out = pages(max(1, sound.frames))
    step = max(1, _BLOCK_SAMPLES // sound.channels)
    at = 0
    while at < sound.frames:
        block = sound.read(min(step, sound.frames - at), dtype="float32", always_2d=True)
        if not len(block):
            break
        part = out[at : at + len(block)]
        part[:] = block[:, :2]  # one channel broadcasts to both
        np.nan_to_num(part, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        at += len(block)
    return out if at == len(out) else moved(out[: max(1, at)])


def _root_note(descriptor: int) -> float | None:
    """Unity note of the ``smpl`` chunk of a RIFF/WAVE file (RIFF MCI, 1991), None if there is none to be had."""
    header = os.pread(descriptor, 12, 0)
    if header[:4] != b"RIFF" or header[8:] != b"WAVE":
        return None
    at = 12
    for _ in range(_MAX_CHUNKS):
        chunk = os.pread(descriptor, 28, at)
        if len(chunk) < 28:
            return None
        name, length = struct.unpack_from("<4sI", chunk)
        if name == b"smpl":
            note, fraction = struct.unpack_from("<II", chunk, 20)
            return note + fraction / 2.0**32 if note <= 127 else None
        at += 8 + length + (length & 1)  # chunks are padded to even lengths
    return None
