"""Log lines about what strangers send: never more than a few a second, never a byte that could upset a terminal."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

_WINDOW_S = 1.0
_MAX_KEYS = 256  # a second; keys may be made from what strangers send, so the rest share one
_OVERFLOW_KEY = "other"
_MAX_CHARS = 500


def printable(value: str | bytes, max_chars: int = _MAX_CHARS) -> str:
    """Untrusted text as one line of printable ASCII: the rest escaped as in Python, cut after ``max_chars``."""
    text = value[: max_chars + 1].decode("latin-1") if isinstance(value, bytes) else value
    cut = text[:max_chars]
    escaped = "".join(char if " " <= char <= "~" else ascii(char)[1:-1] for char in cut)
    return f"{escaped}..." if len(text) > max_chars else escaped


@dataclass(slots=True)
class _Share:
    """What one key has logged and held back in the current second."""

    about: str  # the message before it is filled in: says what the held-back lines were about
    logged: int = 0
    held_back: int = 0


class RateLimited:
    """Warnings through ``logger``, at most ``per_second`` a second for each key and four times that in all.

    How many were held back is logged when their second is over: by the running event loop, by the next warning, or by
    ``flush()``. May be used from any thread.

    Args:
        logger: where the lines go.
        per_second: lines a second and key.
        clock: seconds, monotonic.
    """

    def __init__(
        self, logger: logging.Logger, per_second: int = 5, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._logger = logger
        self._per_key = per_second
        self._in_all = 4 * per_second
        self._clock = clock
        self._lock = threading.Lock()
        self._began = clock()
        self._logged = 0
        self._shares: dict[str, _Share] = {}
        self._timer: asyncio.TimerHandle | None = None

    def warn(self, key: str, msg: str, *args: object) -> None:
        """Log ``msg % args`` as a warning, or count it if ``key`` has had its share of this second."""
        self.flush(force=False)
        if self._take(key, msg):
            self._logger.warning("%s", printable(_fill(msg, args)), stacklevel=2)
        else:
            self._flush_later()

    def flush(self, force: bool = True) -> None:
        """Log how many lines were held back; those of the second that still runs only if ``force``."""
        with self._lock:
            now = self._clock()
            if not force and now - self._began < _WINDOW_S:
                return
            shares, self._shares = self._shares, {}
            self._began, self._logged = now, 0
        held_back = [f"{share.held_back} x '{printable(share.about)}'" for share in shares.values() if share.held_back]
        if held_back:
            self._logger.warning("held back in the last second: %s", printable(", ".join(held_back)))

    def _take(self, key: str, msg: str) -> bool:
        with self._lock:
            if key not in self._shares and len(self._shares) >= _MAX_KEYS:
                key = _OVERFLOW_KEY
            share = self._shares.setdefault(key, _Share(msg))
            if share.logged >= self._per_key or self._logged >= self._in_all:
                share.held_back += 1
                return False
            share.logged += 1
            self._logged += 1
            return True

    def _flush_later(self) -> None:
        """Have the running loop report, so that a burst is not left uncounted when nothing follows it."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # another thread, or no loop: the next warning or flush() reports
            return
        if self._timer is None or self._timer.when() <= loop.time():
            self._timer = loop.call_later(_WINDOW_S, self.flush, False)


def _fill(msg: str, args: tuple[object, ...]) -> str:
    try:
        return msg % args if args else msg
    except Exception:  # a %d for what is no number, a __repr__ that raises: logging never raises into its caller
        return f"{msg} (arguments do not fit)"
