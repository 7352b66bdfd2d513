"""Samples in the engine: numbered arrays, and who still needs them.

Only the audio thread changes its table of samples, between two blocks, when a command tells it to: what it plays never changes under a
kernel, and an array is let go only after the audio thread has said that it looks elsewhere. Of the commands that name a sample, those
sent are counted here and those done with (their voice has ended, or never came to sound) by the audio thread; where both counts agree
the sample is idle. Neither count can be lost, as a notice can.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from phonon_osc.engine.allocate import Memory
from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.commands import NOW, Record
from phonon_osc.engine.link import SharedWords
from phonon_osc.errors import UsageError
from phonon_osc.limits import BUFFERS

LONGEST = 1 << 23  # frames of a sample that a client makes
CLIENT_SAMPLES = 1024  # that clients may hold
CLIENT_BYTES = 256 << 20  # of all of them


class Buffers:
    """All samples the engine knows. Number 0 is silence, and so is every number that is free. Control side only."""

    def __init__(self, memory: Memory, send: Callable[[Sequence[Record]], int], shared: SharedWords) -> None:
        self._memory, self._send, self._shared = memory, send, shared
        self._arrays: dict[int, np.ndarray] = {}
        self.descriptions: dict[int, Mapping[str, Any]] = {}  # for session logs, of samples that no folder has
        self._free = deque(range(1, BUFFERS))
        self._leaving: deque[tuple[int, int]] = deque()  # sequence number of the command, sample
        self._sent = np.zeros(BUFFERS, np.int64)
        self.dispose: Callable[[list[np.ndarray]], object] = (
            list.clear
        )  # of arrays: unmapping large ones takes milliseconds

    def __len__(self) -> int:
        """Samples whose memory is held, those on their way out included."""
        return len(self._arrays)

    def add(self, frames: np.ndarray, rate: float, description: Mapping[str, Any] | None = None) -> int:
        """Make a sample ((frames, 2) float32) of ``rate`` Hz known; its number. The array is kept until after ``drop``.

        ``description`` is what a session log says of it. The pages of ``frames`` have to be resident (see ``silent_frames``): the
        audio thread reads and writes them.

        Raises UsageError where there is no number left, QueueFull where commands do not get through.
        """
        if frames.dtype != np.float32 or frames.ndim != 2 or frames.shape[1] != 2 or not len(frames):
            raise UsageError(f"a sample is an array (frames, 2) of float32, got {frames.shape} of {frames.dtype}")
        # a node may play a number that a client made up: it has to stay silent for as long as that lasts
        number = next((number for number in self._free if self.idle(number)), None)
        if number is None:
            raise UsageError(f"more than {BUFFERS - 1} samples at a time")
        frames = np.ascontiguousarray(frames)
        self._set_entry(number, frames, rate)
        self._free.remove(number)
        self._arrays[number] = frames
        if description is not None:
            self.descriptions[number] = description
        return number

    def frames(self, number: int) -> np.ndarray:
        """The array of a sample: (frames, 2) float32."""
        return self._arrays[number]

    def use(self, number: int) -> None:
        """A command that names this sample was sent."""
        self._sent[number] += 1

    def idle(self, number: int) -> bool:
        """Whether no voice plays the sample and no command that waits will."""
        return bool(self._sent[number] == self._memory.engine.slabs.samples.done[number])

    def drop(self, number: int) -> None:
        """Let a sample go. Its memory goes with the first ``settle`` after the audio thread has put silence in its place."""
        sequence = self._set_entry(number, self._memory.silence, self._memory.engine.clock.rate)
        self._leaving.append((sequence, number))

    def confirmed(self) -> int:
        """How far the audio thread is, for ``settle``."""
        return self._shared[t.BUFFERS_SEQ]

    def settle(self, confirmed: int) -> None:
        """Let go of arrays the audio thread no longer reads, and give their numbers out again.

        ``confirmed`` was asked for before the notices that are now dealt with: none is left that means the old sample.
        """
        gone: list[np.ndarray] = []
        while self._leaving and self._leaving[0][0] <= confirmed:
            _, number = self._leaving.popleft()
            gone.append(self._arrays.pop(number))
            self.descriptions.pop(number, None)
            self._free.append(number)
        if gone:
            self.dispose(gone)

    def _set_entry(self, number: int, frames: np.ndarray, rate: float) -> int:
        """Have the audio thread change its table; the sequence number of that command."""
        words = {t.NODE: frames.ctypes.data, t.DURATION: len(frames)}
        return self._send([Record(t.OP_BUFFER, NOW, words, [(0, 0, float(np.float32(rate)))], number)])


def silent_frames(frames: int) -> np.ndarray:
    """A silent sample, (frames, 2) float32, that may be written to. Its pages are resident: they would fault in the audio thread."""
    made = np.empty((frames, 2), np.float32)
    made[:] = 0.0  # np.zeros would leave that to whoever writes first
    return made
