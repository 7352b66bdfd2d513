"""Clients that subscribe to notifications: starts and ends of nodes, underruns, warnings. A subscription has to be renewed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from phonon_osc.osc.schema import RequestError

MOST = 64  # clients
LONGEST = 3600.0  # seconds


@dataclass
class _Listener:
    reply: Callable[..., None]
    until: float  # monotonic


class Listeners:
    """The subscribed clients, by sender and reply port."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._listeners: dict[tuple[object, ...], _Listener] = {}
        self._underruns = self._warnings = 0

    def __len__(self) -> int:
        return len(self._listeners)

    def add(self, key: tuple[object, ...], reply: Callable[..., None], seconds: float) -> None:
        """Send notifications through ``reply`` for ``seconds``; the same ``key`` renews them. Raises RequestError for too many clients."""
        self._expire()
        if key not in self._listeners and len(self._listeners) >= MOST:
            raise RequestError(f"{MOST} clients get notifications already; try again later")
        self._listeners[key] = _Listener(reply, self._clock() + seconds)

    def remove(self, key: tuple[object, ...]) -> None:
        self._listeners.pop(key, None)

    def tell(self, address: str, *values: object) -> None:
        if self._listeners:
            self._expire()
            for listener in self._listeners.values():
                listener.reply(address, *values)

    def underruns(self, count: int) -> None:
        """Tell the count of underruns so far, if it has grown."""
        if count > self._underruns:
            self.tell("/notify/underrun", count)
        self._underruns = count

    def warnings(self, lines: list[tuple[int, int, str, str]]) -> None:
        """Tell the lines of the log that were not told yet. Each is number, time, level, text."""
        for number, _, level, text in lines:
            if number > self._warnings:
                self._warnings = number
                self.tell("/notify/log", level, text)

    def _expire(self) -> None:
        now = self._clock()
        for key in [key for key, listener in self._listeners.items() if listener.until < now]:
            del self._listeners[key]
