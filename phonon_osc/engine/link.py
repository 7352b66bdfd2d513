"""The control side of the two rings: commands go out, notices come back. Each has one producer and one consumer, and no lock."""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from dsp.load import Library
from phonon_osc.engine.allocate import Memory
from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.audio.parts import ENGINE
from phonon_osc.errors import TemporaryError

HELD = 4096  # commands that wait while the ring is full; further ones are refused


class Writes(Protocol):
    """A command on its way to the ring."""

    def write(self, words: memoryview, sequence: int) -> None:
        """Write the records of the command with this sequence number."""


class QueueFull(TemporaryError):
    """Too many commands are waiting."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the audio thread reports: ``kind`` is one of ``tables.N_*``."""

    kind: int
    subject: int
    frame: int
    value: int


class SharedWords:
    """Words that two threads use. They are read with acquire and written with release. Each Python thread needs an object of its own."""

    def __init__(self, words: np.ndarray, code: Library) -> None:
        self._words = words
        self._address = int(words.ctypes.data)
        self._load, self._store = code.function("read_word", 3), code.function("write_word", 3)
        self._value = ctypes.c_int64()
        self._to = ctypes.addressof(self._value)

    def __getitem__(self, word: int) -> int:
        self._load(self._address, word, self._to)
        return self._value.value

    def __setitem__(self, word: int, value: int) -> None:
        self._store(self._address, word, value)


class Link:
    """Numbers commands and passes them to the audio thread. If the ring is full, commands wait in order."""

    def __init__(self, memory: Memory, code: Library) -> None:
        self._queue = memory.engine.queue
        self._address = memory.engine.queue.address
        self._push = code.function("push_record", 1)
        self.shared = SharedWords(memory.engine.queue.shared, code)
        self._record = self._queue.scratch_record.data.cast("B")
        self._result = memory.engine.words[ENGINE.offset("queue.push_result") // 8 :].data
        self._notices = self._queue.notices.reshape(-1, t.NOTICE)
        self._held: deque[tuple[int, Writes]] = deque()
        self.sequence = 0  # sequence number of the last command
        self.refused = 0

    def send(self, records: Sequence[Writes], *, always: bool = False) -> int:
        """Queue the commands of one change. Returns the sequence number of the first; the others have the next numbers.

        Raises QueueFull if too many commands are waiting. Then none of these is queued, and all count as refused. With ``always``
        they are queued in any case, for changes that must not fail. If nothing is waiting, any number of them is queued.
        """
        self.flush()
        if self._held and len(self._held) + len(records) > HELD and not always:
            self.refused += len(records)
            raise QueueFull(
                f"{len(self._held)} commands are waiting for the engine, of {HELD} that may; this message did nothing. Send less, or later"
            )
        first = self.sequence + 1
        for record in records:
            self.sequence += 1
            if self._held or not self._push_record(self.sequence, record):
                self._held.append((self.sequence, record))
        return first

    def send_one(self, record: Writes) -> int:
        """``send`` for a single command, with less work."""
        if self._held:
            return self.send([record])
        self.sequence += 1
        if not self._push_record(self.sequence, record):
            self._held.append((self.sequence, record))
        return self.sequence

    def flush(self) -> None:
        """Move waiting commands to the ring, as far as there is room."""
        while self._held and self._push_record(*self._held[0]):
            self._held.popleft()

    def _push_record(self, sequence: int, record: Writes) -> bool:
        """Put a command into the ring. False if there is no room."""
        record.write(self._record, sequence)
        self._push(self._address)
        return bool(self._result[0])

    @property
    def waiting(self) -> int:
        return len(self._held)

    def notices(self) -> list[Notice]:
        """The notices of the audio thread since the last call."""
        head, tail = self.shared[t.NOTICE_HEAD], self.shared[t.NOTICE_TAIL]
        size = len(self._notices)
        found = [Notice(*self._notices[k % size].tolist()) for k in range(head, tail)]
        self.shared[t.NOTICE_HEAD] = tail
        return found
