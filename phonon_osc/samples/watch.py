"""A thread that looks at the sample folders again and again, and takes no more than a small share of a core for it.

Looking beats being told (inotify): it works on network and user-space file systems, and needs no watches that the system may be out of.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds between two looks, more where a look costs more
SHARE = 0.003  # of a core


class Watch:
    """Calls ``look`` in a thread of its own from ``start`` to ``stop``; ``look`` says whether it found anything new."""

    def __init__(self, look: Callable[[], bool], pause: float = PAUSE) -> None:
        self._look, self._pause = look, pause
        self._stop = threading.Event()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sample folders", daemon=True)

    def start(self, patience: float) -> bool:
        """Begin, and wait up to ``patience`` seconds for the first look to end; whether it did."""
        self._thread.start()
        return self._done.wait(patience)

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        pause = self._pause
        while True:
            began = time.thread_time()
            try:
                found = self._look()
            except Exception:  # the folders are somebody else's; what they hold must not end the looking
                log.exception("the sample folders could not be looked at")
                found = False
            if not found:  # reading what is new costs more, but soon no longer: neither that nor one dear look decides
                pause = min(max(self._pause, (time.thread_time() - began) / SHARE), 2.0 * pause)
            self._done.set()
            if self._stop.wait(pause):
                return
