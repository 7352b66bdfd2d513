"""Datagrams that wait for the handler. Each sender has its own queue, and the queues take turns, so that a flood delays only itself.

A flood may come from thousands of ports. So senders that have been there for a while are served before the crowd of
those that have not; the crowd gets a share of the turns.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

Address: TypeAlias = tuple[str, int]

KNOWN_AFTER = 0.25  # seconds between a sender's first and a later datagram until it is known
REMEMBERED = 256  # senders that are known, and as many that may become known
RUSH = 24  # new senders in a second: with more, none of the new ones can become known
CALM = 10.0  # seconds after such a rush until new ones can again
CROWD_SHARE = 4  # of so many turns, the crowd has one while known senders wait too
_OVERHEAD = 256  # bytes that Python needs to hold one datagram, roughly


class Datagram(NamedTuple):
    """Bytes, sender, and time of arrival (Unix seconds). ``rest`` are the messages that are left of one whose turn was over."""

    data: bytes
    sender: Address
    arrival: float
    rest: Sequence[Any] = ()


@dataclass(slots=True)
class _Line:
    waiting: deque[Datagram] = field(default_factory=deque)
    size: int = 0
    known: bool = True


class FairQueue:
    """Bounded queue of datagrams. Senders take turns; the datagrams of one sender stay in order.

    Args:
        per_sender: bytes of memory one sender's datagrams may take.
        in_all: bytes of memory all of them may take; those of the crowd half of it.
    """

    def __init__(self, per_sender: int = 4 << 20, in_all: int = 16 << 20) -> None:
        self._per_sender = per_sender
        self._in_all = in_all
        self._sizes = {True: 0, False: 0}  # of known senders, of the crowd
        self._lines: dict[Address, _Line] = {}
        self._turns: dict[bool, deque[Address]] = {True: deque(), False: deque()}  # every sender with a line, once
        self._known: OrderedDict[Address, None] = OrderedDict()
        self._new: OrderedDict[Address, float] = OrderedDict()  # when they were first heard
        self._second, self._in_second = 0.0, 0  # when the current second began, and how many new senders it has had
        self._calm = 0.0  # when the last rush is over
        self._served = 0

    def __bool__(self) -> bool:
        return bool(self._turns[True] or self._turns[False])

    def put(self, datagram: Datagram) -> bool:
        """Queue a datagram; False if its sender, or all senders together, have too much waiting already."""
        sender = datagram.sender
        known = self._is_known(sender, datagram.arrival)
        cost = len(datagram.data) + _OVERHEAD
        line = self._lines.get(sender)
        if line is not None and known and not line.known:
            self._promote(sender, line)
        size = sum(self._sizes.values()) if known else 2 * self._sizes[False]
        if size + cost > self._in_all or (0 if line is None else line.size) + cost > self._per_sender:
            return False
        if line is None:
            line = self._lines[sender] = _Line(known=known)
            self._turns[known].append(sender)
        line.waiting.append(datagram)
        line.size += cost
        self._sizes[known] += cost
        return True

    def _promote(self, sender: Address, line: _Line) -> None:
        """Take a sender that has become known out of the crowd, with what it has waiting."""
        self._turns[False].remove(sender)
        self._turns[True].append(sender)
        self._sizes[False] -= line.size
        self._sizes[True] += line.size
        line.known = True

    def put_back(self, datagram: Datagram, rest: Sequence[Any]) -> None:
        """Queue what is left of a datagram, before all others of its sender."""
        sender = datagram.sender
        line = self._lines.get(sender)
        if line is None:
            line = self._lines[sender] = _Line(known=sender in self._known)
            self._turns[line.known].append(sender)
        line.waiting.appendleft(datagram._replace(rest=rest))
        cost = len(datagram.data) + _OVERHEAD
        line.size += cost
        self._sizes[line.known] += cost

    def take(self) -> Datagram:
        """The next datagram of the sender whose turn it is; IndexError when nothing waits."""
        self._served += 1
        known = bool(self._turns[True]) and (not self._turns[False] or self._served % CROWD_SHARE != 0)
        turns = self._turns[known]
        sender = turns.popleft()
        line = self._lines[sender]
        datagram = line.waiting.popleft()
        cost = len(datagram.data) + _OVERHEAD
        line.size -= cost
        self._sizes[known] -= cost
        if line.waiting:
            turns.append(sender)
        else:
            del self._lines[sender]  # a client may use a new port for every message
        return datagram

    def clear(self) -> None:
        """Forget all datagrams that wait."""
        self._lines.clear()
        for known in (True, False):
            self._turns[known].clear()
            self._sizes[known] = 0

    def _is_known(self, sender: Address, now: float) -> bool:
        """Whether a sender has been there for a while. In a rush of new senders, none of them gets to be known."""
        if sender in self._known:
            self._known.move_to_end(sender)
            return True
        first = self._new.get(sender)
        if first is None:
            self._note_new(sender, now)
            return False
        if now - first < KNOWN_AFTER:
            return False
        del self._new[sender]
        self._known[sender] = None
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return True

    def _note_new(self, sender: Address, now: float) -> None:
        if abs(now - self._second) >= 1.0:
            self._second, self._in_second = now, 0
        self._in_second += 1
        if self._in_second > RUSH:
            self._calm = now + CALM
        if self._calm - CALM <= now < self._calm:
            return
        self._new[sender] = now
        if len(self._new) > REMEMBERED:
            self._new.popitem(last=False)
