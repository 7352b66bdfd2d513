"""Records the engine's output or input: a thread takes frames from one of the engine's taps and writes them to a file."""

from __future__ import annotations

import contextlib
import functools
import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.engine import Engine
from phonon_osc.engine.link import SharedWords
from phonon_osc.errors import DataError, PermissionRefused

log = logging.getLogger(__name__)

# Commands of libsndfile that soundfile has no functions for
_ADD_PEAK_CHUNK = 0x1050
_UPDATE_HEADER_NOW = 0x1060
_RF64_AUTO_DOWNGRADE = 0x1210
EVERY = 0.1  # seconds between two readings of the tap
_HEADER = 512  # bytes in which the chunks before the sound lie
_HEADER_EVERY = 0.5  # seconds between two updates of the file's header: a kill loses no more than that


@dataclass(frozen=True)
class Tap:
    """A ring of frames that the audio thread fills: its part of the engine's memory, and the numbers of its two shared words."""

    part: str
    head: int
    tail: int


OUTPUT = Tap("outputs", t.TAP_HEAD, t.TAP_TAIL)
INPUT = Tap("inputs", t.INPUT_TAP_HEAD, t.INPUT_TAP_TAIL)


def open_wav(path: Path, rate: float, channels: int = 2) -> Any:
    """Open a file for writing; the name's ending says the format: WAV (32-bit float), FLAC (24 bits) and others.

    The same sound gives the same bytes. A WAV becomes an RF64 (the same with 64-bit sizes) once it is larger than 4 GiB.

    Raises DataError or PermissionRefused if the file cannot be made. Then no file is left behind.
    """
    import soundfile

    kind = path.suffix.lower().lstrip(".") or "wav"
    floats = kind in ("wav", "rf64", "w64", "caf", "aiff", "au")
    subtype = "FLOAT" if floats else "PCM_24" if kind == "flac" else None
    form = "RF64" if kind == "wav" else None
    made = _claim(path)
    try:
        file = (_undated() if form == "RF64" else soundfile.SoundFile)(
            path, "w", samplerate=int(rate), channels=channels, subtype=subtype, format=form
        )
    except (soundfile.LibsndfileError, ValueError, TypeError) as error:
        if made:
            path.unlink(missing_ok=True)
        raise DataError(
            f"{path}: cannot be written ({error}); choose another folder or a name ending in .wav"
        ) from None
    _command(file, _ADD_PEAK_CHUNK, False)  # it contains the time of day
    if form == "RF64":
        _command(file, _RF64_AUTO_DOWNGRADE, True)
    return file


@functools.cache
def _undated() -> Any:
    """The class of a WAV file that says nothing of the time of day. libsndfile cannot leave the peak chunk of an RF64 out."""
    import soundfile

    class Undated(soundfile.SoundFile):  # type: ignore[misc]
        def close(self) -> None:
            if self.closed:
                return
            super().close()
            with contextlib.suppress(OSError), open(self.name, "r+b") as file:
                head = file.read(_HEADER)
                at = head.find(b"PEAK")
                if at >= 0:
                    file.seek(at + 12)
                    file.write(bytes(4))

    return Undated


def _command(file: Any, command: int, on: bool) -> None:
    import soundfile

    soundfile._snd.sf_command(file._file, command, soundfile._ffi.NULL, int(on))


def save_header(file: Any) -> None:
    """Write the header for the frames so far, and all of them to the system: whoever reads the file now gets these."""
    _command(file, _UPDATE_HEADER_NOW, True)
    file.flush()


def _claim(path: Path) -> bool:
    """Make an empty file if there is none; True if it was made. libsndfile would not say why a file cannot be made."""
    new = not path.exists()
    try:
        with path.open("ab"):
            return new
    except PermissionError:
        raise PermissionRefused(f"{path}: you are not allowed to write there; choose another folder") from None
    except FileNotFoundError:
        raise DataError(f"{path}: cannot be written, since there is no folder {path.parent}") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror}); choose another place") from None


class Recorder:
    """Writes the engine's output or input from now on. Start it before the backend to have the first frame. Only one at a time."""

    def __init__(self, engine: Engine, path: Path, tap: Tap = OUTPUT) -> None:
        if engine.tables.outputs.tap_frames < engine.rate:
            raise ValueError("the engine was made without a tap; give it tap_seconds")
        self._engine, self.path, self._tap = engine, path, tap
        self._part = getattr(engine.tables, tap.part)
        self._channels = int(self._part.channels)
        self._file = open_wav(path, engine.rate, self._channels)
        self._words = SharedWords(engine.tables.queue.shared, engine.code)
        self._stop = threading.Event()
        self._broken = False
        self._saved = time.monotonic()
        self.frames = 0
        self._words[tap.head] = self._words[tap.tail]  # skip what the last recording left
        self._part.tap_on = 1
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(EVERY):
            self._take()

    def _take(self) -> None:
        part = self._part
        tap = part.tap.reshape(-1, self._channels)
        head, tail = self._words[self._tap.head], self._words[self._tap.tail]
        begin = head
        while head < tail:
            at = head % part.tap_frames
            n = min(tail - head, part.tap_frames - at)
            self._write(np.array(tap[at : at + n]))
            head += n
            self._words[self._tap.head] = head
        self.frames += head - begin

    def _write(self, frames: np.ndarray) -> None:
        """Write frames. A full disk ends the recording, not the server."""
        if self._broken:
            return
        try:
            self._file.write(frames)
            if time.monotonic() - self._saved > _HEADER_EVERY:
                self._saved = time.monotonic()
                save_header(self._file)
        except RuntimeError as error:  # soundfile's
            self._broken = True
            log.error("the recording %s ends here: %s", self.path, error)

    def close(self, frames: int | None = None) -> None:
        """Write the rest and close. ``frames`` cuts the file to the number of frames that the backend really got."""
        self._stop.set()
        self._thread.join()
        self._part.tap_on = 0
        self._take()
        if lost := self._part.tap_lost:
            log.warning("%s: %d frames were lost because the disk was too slow", self.path, lost)
        if frames is not None and frames < self.frames and not self._broken:
            self._file.truncate(frames)
        self._file.close()
