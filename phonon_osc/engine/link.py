"""Control side of the two rings: commands go out, notices come back. One producer, one consumer each; no locks."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dsp.load import Library
from phonon_osc.engine.allocate import Memory
from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.commands import Record
from phonon_osc.errors import TemporaryError

HELD = 4096  # commands kept back while the ring is full; beyond that the newest is refused


class QueueFull(TemporaryError):
    """More commands are waiting than the engine was sized for."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that the audio thread reports: ``kind`` is one of ``tables.N_*``."""

    kind: int
    subject: int
    frame: int
    value: int


class SharedWords:
    """Words that two threads use, read with acquire and written with release. One object per Python thread."""

    def __init__(self, words: np.ndarray, code: Library) -> None:
        self._words = words
        self._address = int(words.ctypes.data)
        self._load, self._store = code.function("read_word", 3), code.function("write_word", 3)
        self._value = np.zeros(1, np.int64)

    def __getitem__(self, word: int) -> int:
        self._load(self._address, word, self._value.ctypes.data)
        return int(self._value[0])

    def __setitem__(self, word: int, value: int) -> None:
        self._store(self._address, word, value)


class Link:
    """Numbers commands and hands them over; commands that find the ring full wait their turn in order."""

    def __init__(self, memory: Memory, code: Library) -> None:
        self._queue = memory.engine.queue
        self._address = memory.engine.queue.address
        self._push = code.function("push_record", 1)
        self.shared = SharedWords(memory.engine.queue.shared, code)
        self._record = self._queue.scratch_record
        self._notices = self._queue.notices.reshape(-1, t.NOTICE)
        self._held: deque[tuple[int, Record]] = deque()
        self.sequence = 0  # of the last command
        self.refused = 0

    def send(self, records: Sequence[Record], *, always: bool = False) -> int:
        """Queue the commands of one change; the sequence number of the first, the others follow on it.

        Raises QueueFull where too many are waiting: then none of them is queued, and they count as refused. With ``always`` they are
        queued all the same, for what cannot be left undone; so are any number of them when nothing waits.
        """
        self.flush()
        if self._held and len(self._held) + len(records) > HELD and not always:
            self.refused += len(records)
            raise QueueFull(
                f"{len(self._held)} commands are waiting for the engine, and {HELD} may; this message did nothing. Send less, or later"
            )
        first = self.sequence + 1
        for record in records:
            self.sequence += 1
            if self._held or not self._push_record(self.sequence, record):
                self._held.append((self.sequence, record))
        return first

    def flush(self) -> None:
        """Hand over what is held back, as far as there is room."""
        while self._held and self._push_record(*self._held[0]):
            self._held.popleft()

    def _push_record(self, sequence: int, record: Record) -> bool:
        """Put a command into the ring; whether there was room."""
        record.write(self._record, sequence)
        self._push(self._address)
        return int(self._queue.push_result) == 1

    @property
    def waiting(self) -> int:
        return len(self._held)

    def notices(self) -> list[Notice]:
        """What the audio thread has reported since the last call."""
        head, tail = self.shared[t.NOTICE_HEAD], self.shared[t.NOTICE_TAIL]
        size = len(self._notices)
        found = [Notice(*self._notices[k % size].tolist()) for k in range(head, tail)]
        self.shared[t.NOTICE_HEAD] = tail
        return found
