"""Samples in the engine: numbered arrays, and which of them are still needed.

Only the audio thread changes its table of samples. It does so between two blocks, when a command says so. So a sample never changes
while a kernel reads it, and an array is released only after the audio thread has confirmed that it no longer uses the array.

A sample is idle when two counts agree. The control side counts the commands it sent that name the sample. The audio thread counts
those that are finished: their voice has ended, or never started.
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
CLIENT_SAMPLES = 1024  # samples that clients may hold
CLIENT_BYTES = 256 << 20  # bytes of all of them together


class Buffers:
    """All samples of the engine. Number 0 is silence, and so is every free number. Control side only."""

    def __init__(self, memory: Memory, send: Callable[[Sequence[Record]], int], shared: SharedWords) -> None:
        self._memory, self._send, self._shared = memory, send, shared
        self._arrays: dict[int, np.ndarray] = {}
        self.descriptions: dict[int, Mapping[str, Any]] = {}  # for session logs: samples that are not in any folder
        self._free = deque(range(1, BUFFERS))
        self._leaving: deque[tuple[int, int]] = deque()  # sequence number of the command, sample
        self._sent = np.zeros(BUFFERS, np.int64)
        self.dispose: Callable[[list[np.ndarray]], object] = (
            list.clear
        )  # releases arrays, since unmapping a large one takes milliseconds

    def __len__(self) -> int:
        """Number of samples in memory, including those that wait for the audio thread's confirmation before they are released."""
        return len(self._arrays)

    def add(self, frames: np.ndarray, rate: float, description: Mapping[str, Any] | None = None) -> int:
        """Give the engine a sample ((frames, 2) float32) of ``rate`` Hz; returns its number. Keeps the array until after ``drop``.

        ``description`` is for session logs. The pages of ``frames`` have to be resident (see ``silent_frames``), since the audio
        thread reads and writes them.

        Raises UsageError if no number is free, QueueFull if too many commands wait.
        """
        if frames.dtype != np.float32 or frames.ndim != 2 or frames.shape[1] != 2 or not len(frames):
            raise UsageError(f"a sample is an array (frames, 2) of float32, got {frames.shape} of {frames.dtype}")
        # a node may play a number that has no sample: that number has to stay silent until the node stops
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
        """Count a sent command that names this sample."""
        self._sent[number] += 1

    def idle(self, number: int) -> bool:
        """Whether no voice and no waiting command uses the sample."""
        return bool(self._sent[number] == self._memory.engine.slabs.samples.done[number])

    def drop(self, number: int) -> None:
        """Release a sample. The first ``settle`` after the audio thread has put silence in its place frees the memory."""
        sequence = self._set_entry(number, self._memory.silence, self._memory.engine.clock.rate)
        self._leaving.append((sequence, number))

    def confirmed(self) -> int:
        """Sequence number of the last change of the table that the audio thread has made, for ``settle``."""
        return self._shared[t.BUFFERS_SEQ]

    def settle(self, confirmed: int) -> None:
        """Release the arrays that the audio thread no longer reads, and make their numbers free.

        Call ``confirmed`` first, then handle all notices, then call this: then no unread notice means the old sample.
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
        """Send the command that changes the audio thread's table. Returns its sequence number."""
        words = {t.NODE: frames.ctypes.data, t.DURATION: len(frames)}
        return self._send([Record(t.OP_BUFFER, NOW, words, [(0, 0, float(np.float32(rate)))], number)])


def silent_frames(frames: int) -> np.ndarray:
    """A silent sample, (frames, 2) float32, that can be written to. Its pages are resident, so the audio thread has no page faults."""
    made = np.empty((frames, 2), np.float32)
    made[:] = 0.0  # np.zeros alone would leave the pages to the first write
    return made
