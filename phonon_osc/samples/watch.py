"""A thread that reads the sample folders again and again, and takes no more than a small share of a core for it.

The system could also announce changes (inotify). Reading works on network and user-space file systems too, and needs no watches, of which
the system may have no more.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds between two updates, more where an update takes long
SHARE = 0.003  # of a core


class Watch:
    """Calls ``update`` in a thread of its own from ``start`` to ``stop``; ``update`` says whether it found anything new."""

    def __init__(self, update: Callable[[], bool], pause: float = PAUSE) -> None:
        self._update, self._pause = update, pause
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sample folders", daemon=True)

    def start(self, patience: float) -> bool:
        """Begin, and wait up to ``patience`` seconds for the first update to end. Returns whether it did."""
        self._thread.start()
        return self._done.wait(patience)

    def now(self) -> None:
        """Update at once, and not when the pause ends."""
        self._wake.set()

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()

    def _run(self) -> None:
        pause = self._pause
        while True:
            began = time.thread_time()
            try:
                found = self._update()
            except Exception:  # whatever somebody has put into the folders, this thread goes on
                log.exception("the sample folders could not be read")
                found = False
            if not found:  # an update that finds something new takes longer than those to come
                pause = min(max(self._pause, (time.thread_time() - began) / SHARE), 2.0 * pause)
            self._done.set()
            self._wake.wait(pause)
            self._wake.clear()
            if self._stop.is_set():
                return
