"""Control side of the two rings: commands go out, notices come back. One producer, one consumer each; no locks."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass

from dsp.load import Library
from phonon_osc.engine.allocate import Memory
from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.commands import Command
from phonon_osc.errors import TemporaryError

log = logging.getLogger(__name__)

HELD = 4096  # commands kept back while the ring is full; beyond that the newest is refused


class QueueFull(TemporaryError):
    """More commands are waiting than the engine was sized for."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the audio thread tells: ``kind`` is one of ``tables.N_*``."""

    kind: int
    subject: int
    frame: int
    value: int


class Link:
    """Numbers commands and hands them over; commands that find the ring full wait their turn in order."""

    def __init__(self, memory: Memory, code: Library) -> None:
        self._engine = memory.engine
        self._address = memory.engine.address
        self._push = code.function("push_record", 1)
        self._take = code.function("take_notices", 1)
        self._read = code.function("read_shared", 1)
        self._record = memory.engine.scratch_record
        self._notices = memory.engine.notices.reshape(-1, t.NOTICE)
        self._held: deque[tuple[int, Command]] = deque()
        self.sequence = 0
        self.refused = 0

    def send(self, command: Command) -> int:
        """Queue a command; its sequence number. Raises QueueFull and counts when too many are waiting."""
        if len(self._held) >= HELD:
            self.refused += 1
            raise QueueFull(f"{HELD} commands are waiting for the engine; this one was dropped. Send less, or later")
        self.sequence += 1
        if self._held or not self._try(self.sequence, command):
            self._held.append((self.sequence, command))
        return self.sequence

    def flush(self) -> None:
        """Hand over what is held back, as far as there is room."""
        while self._held and self._try(*self._held[0]):
            self._held.popleft()

    def _try(self, sequence: int, command: Command) -> bool:
        command.write(self._record, sequence)
        self._push(self._address)
        return self._engine.push_result == 1

    @property
    def waiting(self) -> int:
        return len(self._held)

    def shared(self, word: int) -> int:
        """A word of the shared table, read with acquire."""
        self._engine.push_result = word
        self._read(self._address)
        return self._engine.push_result

    def notices(self) -> list[Notice]:
        """What the audio thread has told since the last call."""
        head = int(self._engine.shared[t.NOTICE_HEAD])
        tail = self.shared(t.NOTICE_TAIL)
        size = len(self._notices)
        found = [Notice(*self._notices[k % size].tolist()) for k in range(head, tail)]
        self._engine.push_result = tail
        self._take(self._address)
        return found
