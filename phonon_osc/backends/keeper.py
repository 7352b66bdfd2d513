"""Brings the sound server back: notes how its ports are connected, and opens a new client once the old one is dead."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from phonon_osc.backends.base import Backend, BackendError
from phonon_osc.backends.bounded import CLOSING, bounded
from phonon_osc.engine.engine import Engine

log = logging.getLogger(__name__)

_EVERY = 0.5  # seconds between two looks
_LONGEST_PAUSE = 2.0  # seconds between two attempts, which begin with _EVERY


class Keeper:
    """Watches a backend from a thread of its own, since a call into a sound library may hang.

    ``reopen`` opens a new backend of the same kind, not started yet. ``rate_changed`` is called, in this thread, if the sound server comes
    back with another rate: the engine has to be made anew then.
    """

    def __init__(
        self, backend: Backend, engine: Engine, reopen: Callable[[], Backend], rate_changed: Callable[[float], None]
    ) -> None:
        self.backend = backend
        self.restarts = 0
        self._engine, self._reopen, self._rate_changed = engine, reopen, rate_changed
        self._connections: Any = None
        self._left = False  # the old client was closed, or is being closed
        self._stalled = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backend keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def tell(self, stalled: bool) -> None:
        """Whether audio has stopped. Called again and again by whoever counts the audio cycles."""
        if stalled:
            self._stalled.set()
        else:
            self._stalled.clear()

    def close(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        pause = _EVERY
        while not self._stop.wait(pause if self._stalled.is_set() else _EVERY):
            if not self._stalled.is_set():
                pause = _EVERY
                self._note_connections()
                continue
            try:
                self._bring_back()
            except BackendError as error:
                log.debug("not back yet: %s", error)
                pause = min(2.0 * pause, _LONGEST_PAUSE)
            except Exception:
                log.exception("bringing the backend back failed; it is tried again")
                pause = _LONGEST_PAUSE

    def _note_connections(self) -> None:
        connections = getattr(self.backend, "connections", None)
        if connections is not None:
            with contextlib.suppress(Exception):  # the server may go at any time
                found = connections()
                if self._runs():  # a dead server has no connections
                    self._connections = found

    def _bring_back(self) -> None:
        if not self._left:
            # first, since libjack frees the clients of a dead server when it opens another client
            self._left = True
            bounded(self.backend.stop, "the old client", CLOSING)
        new = self._reopen()
        if self._stop.is_set():
            new.stop()
            return
        if new.rate != self._engine.rate:
            new.stop()
            log.warning("the sound server now runs at %.0f Hz: the server starts again with this rate", new.rate)
            self._rate_changed(new.rate)
            self._stop.set()
            return
        restore = getattr(new, "restore", None)
        if restore is not None:
            restore(self._connections)
        new.start(self._engine)
        self.backend, self._left = new, False
        self.restarts += 1
        log.warning("the sound server is back: %s", new.detail)
        until = time.monotonic() + 2.0
        while not self._runs() and time.monotonic() < until and not self._stop.is_set():
            time.sleep(0.05)
        self._stalled.clear()

    def _runs(self) -> bool:
        """Whether the process function was called within 50 ms, or within two periods."""
        device = self._engine.tables.device
        before = device.cycles
        time.sleep(max(0.05, 2.0 * self.backend.period / self.backend.rate))
        return bool(device.cycles != before)
