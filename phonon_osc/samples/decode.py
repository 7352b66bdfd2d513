"""Decoding of one sample file into stereo float32, by libsndfile. Runs in the decoder processes (``child``), never in the server.

Files are untrusted: they may be pipes, links out of the sample folders, or carry headers that promise terabytes. The
checks here run before anything is opened, read or allocated. What no check can find, a decoder that never returns or that takes all memory,
is why this runs in a process of its own.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from phonon_osc.errors import DataError
from phonon_osc.samples import headers
from phonon_osc.samples.memory import FRAME_BYTES, pages

if TYPE_CHECKING:
    import soundfile

MIN_RATE = 4_000.0
MAX_RATE = 768_000.0
MAX_FRAMES = (1 << 31) - 64  # positions are 32-bit integers

# Digital silence in FLAC comes near this many samples per byte; sound stays below 20.
_MAX_SAMPLES_PER_BYTE = 400
_UNKNOWN_FRAMES = (1 << 63) - 1  # libsndfile's SF_COUNT_MAX: the header does not tell
_BLOCK_SAMPLES = 1 << 18
_CAREFUL_SAMPLES = 1_024  # of a block, where a FLAC is cut: libsndfile fails with the whole block in which it ends

Allocate = Callable[[int], NDArray[np.float32]]  # an array of so many frames

# O_NONBLOCK: opening a pipe must not wait for its writer. O_NOFOLLOW: the path has been resolved, a link is news.
_OPEN_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY


class SampleError(DataError):
    """A sample that cannot be used: which file (or kit sound), why, and what to do about it."""

    def __init__(self, path: str, reason: str, remedy: str) -> None:
        super().__init__(f"sample {path!a}: {reason}; {remedy}")
        self.path = path
        self.reason = reason
        self.remedy = remedy

    def copy(self) -> SampleError:
        """A fresh one to raise: one instance raised time after time would collect tracebacks for ever."""
        return SampleError(self.path, self.reason, self.remedy)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded file. ``frames`` is (n, 2) float32, C-contiguous, finite, n >= 1; ``rate`` in Hz.

    ``channels`` counts those of the file. ``root_note`` is the MIDI note (with fraction) that the file says it sounds, or None.
    """

    frames: NDArray[np.float32]
    rate: float
    channels: int
    root_note: float | None


@dataclass(frozen=True, slots=True)
class Description:
    """What a file says of itself: its length in seconds, its rate in Hz, its channels, its format and encoding."""

    seconds: float
    rate: int
    channels: int
    format: str


def decode(
    path: str | os.PathLike[str],
    roots: Iterable[str],
    *,
    budget_bytes: int = 1 << 30,
    allocate: Allocate = pages,
    alive: Callable[[], None] = lambda: None,
) -> Decoded:
    """Decode ``path``, which must lie inside one of ``roots`` once every link is resolved.

    Mono goes to both channels; of more than two channels the first two are kept. A file that is cut or whose header is wrong gives what
    can be had of it (`headers.mend`). ``allocate`` makes the array of so many frames, ``alive`` is called now and then. Raises
    SampleError, also for a file without any sound.
    """
    name = os.fspath(path)
    try:
        return _decode(name, roots, budget_bytes, allocate, alive, _BLOCK_SAMPLES)
    except _CutFlac:
        return _decode(name, roots, budget_bytes, allocate, alive, _CAREFUL_SAMPLES)


class _CutFlac(Exception):
    """A FLAC failed with the block that was to be read: a smaller one may give more of it."""


def _decode(
    name: str, roots: Iterable[str], budget: int, allocate: Allocate, alive: Callable[[], None], block: int
) -> Decoded:
    with _opened(name, roots, budget) as (sound, descriptor):
        size = os.fstat(descriptor).st_size
        _check_length(sound, size, budget, name)
        frames = _read(sound, allocate, alive, block)
        if not len(frames):
            raise SampleError(name, "holds no sound", "remove it from the sample folder")
        return Decoded(frames, float(sound.samplerate), int(sound.channels), headers.root_note(descriptor, size))


def describe(path: str | os.PathLike[str], roots: Iterable[str], *, budget_bytes: int = 1 << 30) -> Description:
    """What the headers of ``path`` say, mended as for `decode`; no sound is decoded. Raises SampleError."""
    with _opened(os.fspath(path), roots, budget_bytes) as (sound, _):
        seconds = round(sound.frames / sound.samplerate, 3)
        return Description(seconds, int(sound.samplerate), int(sound.channels), f"{sound.format} {sound.subtype}")


@contextlib.contextmanager
def _opened(name: str, roots: Iterable[str], budget: int) -> Iterator[tuple[soundfile.SoundFile, int]]:
    """The file, open in libsndfile and as a descriptor. What libsndfile raises inside becomes a SampleError."""
    import soundfile

    descriptor = _open_regular(_resolve_inside(name, roots), name)
    with contextlib.ExitStack() as stack:
        stack.callback(os.close, descriptor)
        try:
            sound = _open_sound(descriptor, budget, name, stack)
            if not MIN_RATE <= sound.samplerate <= MAX_RATE:
                remedy = f"use a rate between {MIN_RATE:.0f} and {MAX_RATE:.0f} Hz"
                raise SampleError(name, f"claims a sample rate of {sound.samplerate} Hz", remedy)
            yield sound, descriptor
        except soundfile.SoundFileError as error:
            reason = getattr(error, "error_string", "unknown error")
            raise SampleError(name, f"cannot be decoded ({reason})", "convert it to WAV or FLAC again") from error


def _open_sound(descriptor: int, budget: int, name: str, stack: contextlib.ExitStack) -> soundfile.SoundFile:
    """The file as it is, or a mended copy of it if it would give less than it holds."""
    import soundfile

    size = os.fstat(descriptor).st_size
    try:
        sound = stack.enter_context(soundfile.SoundFile(descriptor, closefd=False))
    except soundfile.SoundFileError:
        plan = headers.mend(descriptor, size)
        if plan is None:
            raise
    else:
        if sound.format == "MP3":
            plan = headers.mend_mp3(descriptor, size, sound.frames) if size <= budget else None
        else:
            plan = headers.mend(descriptor, size) if not sound.frames or sound.format == "OGG" else None
        if plan is None:
            return sound
    if size > budget:
        raise _no_room(name, size, budget)
    copy = _mended(descriptor, plan)
    stack.callback(os.close, copy)
    return stack.enter_context(soundfile.SoundFile(copy, closefd=False))


def _mended(descriptor: int, plan: headers.Mend) -> int:
    """A copy in memory, changed as planned; its descriptor."""
    copy = os.memfd_create("mended sample", os.MFD_CLOEXEC)
    os.write(copy, plan.head)
    at = plan.first
    while at < plan.end:
        sent = os.sendfile(copy, descriptor, at, plan.end - at)
        if not sent:
            break
        at += sent
    os.write(copy, plan.tail)
    for place, data in plan.patches:
        os.pwrite(copy, data, place)
    os.lseek(copy, 0, os.SEEK_SET)
    return copy


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


def _check_length(sound: soundfile.SoundFile, size: int, budget: int, name: str) -> None:
    """Refuse what the file cannot hold and what memory cannot hold, before anything is allocated."""
    frames, channels = sound.frames, sound.channels
    if frames == _UNKNOWN_FRAMES:
        raise SampleError(name, "does not say how long it is (streamed?)", "encode it again to a complete file")
    if frames * channels > size * _MAX_SAMPLES_PER_BYTE:
        reason = f"claims {frames} frames of {channels} channels in {size} bytes"
        raise SampleError(name, reason, "the file is damaged: encode it again")
    if frames * FRAME_BYTES > budget or frames > MAX_FRAMES:
        raise _no_room(name, frames * FRAME_BYTES, budget)


def _no_room(name: str, needed: int, budget: int) -> SampleError:
    room = f"{max(budget, 0) / 1e6:.1f} MB of sample memory are to be had"
    return SampleError(name, f"needs {needed / 1e6:.1f} MB, {room}", "raise --sample-memory or shorten the file")


def _read(
    sound: soundfile.SoundFile, allocate: Allocate, alive: Callable[[], None], samples: int
) -> NDArray[np.float32]:
    """All frames, or as many as there are. By blocks of ``samples``, so that 64 channels never exist in memory all at once."""
    import soundfile

    if not sound.frames:
        return np.zeros((0, 2), np.float32)
    out = allocate(sound.frames)
    step = max(1, samples // sound.channels)
    at = 0
    while at < sound.frames:
        alive()
        try:
            block = sound.read(min(step, sound.frames - at), dtype="float32", always_2d=True)
        except soundfile.SoundFileError:
            if sound.format == "FLAC" and samples > _CAREFUL_SAMPLES:
                raise _CutFlac from None
            if not at:
                raise
            break  # what comes before the damage is played
        if not len(block):
            break
        part = out[at : at + len(block)]
        part[:] = block[:, :2]  # one channel broadcasts to both
        np.nan_to_num(part, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        at += len(block)
    return out[:at]
