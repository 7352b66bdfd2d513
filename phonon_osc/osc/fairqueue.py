"""Datagrams that wait for the handler. Each sender has its own queue, and the queues take turns, so that a flood delays only itself."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

Address: TypeAlias = tuple[str, int]

_OVERHEAD = 256  # bytes that Python needs to hold one datagram, roughly


class Datagram(NamedTuple):
    """Bytes, sender, and time of arrival (Unix seconds)."""

    data: bytes
    sender: Address
    arrival: float


@dataclass(slots=True)
class _Line:
    waiting: deque[Datagram] = field(default_factory=deque)
    size: int = 0


class FairQueue:
    """Bounded queue of datagrams. Senders take turns; the datagrams of one sender stay in order.

    Args:
        per_sender: bytes of memory one sender's datagrams may take.
        in_all: bytes of memory all of them may take.
    """

    def __init__(self, per_sender: int = 4 << 20, in_all: int = 16 << 20) -> None:
        self._per_sender = per_sender
        self._in_all = in_all
        self._size = 0
        self._lines: dict[Address, _Line] = {}
        self._turns: deque[Address] = deque()  # every sender with a line, once

    def __bool__(self) -> bool:
        return bool(self._turns)

    def put(self, datagram: Datagram) -> bool:
        """Queue a datagram; False if its sender, or all senders together, have too much waiting already."""
        cost = len(datagram.data) + _OVERHEAD
        line = self._lines.get(datagram.sender)
        waiting = 0 if line is None else line.size
        if self._size + cost > self._in_all or waiting + cost > self._per_sender:
            return False
        if line is None:
            line = self._lines[datagram.sender] = _Line()
            self._turns.append(datagram.sender)
        line.waiting.append(datagram)
        line.size += cost
        self._size += cost
        return True

    def take(self) -> Datagram:
        """The next datagram of the sender whose turn it is; IndexError when nothing waits."""
        sender = self._turns.popleft()
        line = self._lines[sender]
        datagram = line.waiting.popleft()
        cost = len(datagram.data) + _OVERHEAD
        line.size -= cost
        self._size -= cost
        if line.waiting:
            self._turns.append(sender)
        else:
            del self._lines[sender]  # a client may use a new port for every message
        return datagram

    def clear(self) -> None:
        """Forget all datagrams that wait."""
        self._lines.clear()
        self._turns.clear()
        self._size = 0
