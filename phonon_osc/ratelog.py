"""Log lines about data from strangers: only a few lines a second, and only characters that are harmless on a terminal."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

_WINDOW_S = 1.0
_MAX_KEYS = 256  # keys a second with their own limit; the others share one, since strangers may cause many keys
_OVERFLOW_KEY = "other"
_MAX_CHARS = 500


def printable(value: str | bytes, max_chars: int = _MAX_CHARS) -> str:
    """Untrusted text as one line of printable ASCII. Other characters are escaped as in Python; it is cut after ``max_chars``."""
    text = value[: max_chars + 1].decode("latin-1") if isinstance(value, bytes) else value
    cut = text[:max_chars]
    escaped = "".join(char if " " <= char <= "~" else ascii(char)[1:-1] for char in cut)
    return f"{escaped}..." if len(text) > max_chars else escaped


@dataclass(slots=True)
class _Share:
    """The lines of one key in the current second: how many were logged, and how many held back."""

    about: str  # the message without its arguments; names the lines that were held back
    logged: int = 0
    held_back: int = 0


class RateLimited:
    """Logs warnings through ``logger``: at most ``per_second`` a second for each key, and four times as many in all.

    After each second, the number of held-back lines is logged: by the running event loop, by the next warning, or by
    ``flush()``. May be used from any thread.

    Args:
        logger: where the lines go.
        per_second: lines per second for one key.
        clock: returns monotonic time in seconds.
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
        """Log ``msg % args`` as a warning. If ``key`` has used its share of this second, only count it."""
        self.flush(force=False)
        if self._take(key, msg):
            self._logger.warning("%s", printable(_fill(msg, args)), stacklevel=2)
        else:
            self._flush_later()

    def flush(self, force: bool = True) -> None:
        """Log how many lines were held back. Lines of the current second are reported only with ``force``."""
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
        """Let the running event loop report, so that a burst is reported even if no other warning follows."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no event loop in this thread: the next warning or flush() reports
            return
        if self._timer is None or self._timer.when() <= loop.time():
            self._timer = loop.call_later(_WINDOW_S, self.flush, False)


def _fill(msg: str, args: tuple[object, ...]) -> str:
    try:
        return msg % args if args else msg
    except Exception:  # a %d for text, or a __repr__ that raises: logging must not raise into its caller
        return f"{msg} (arguments do not fit)"
