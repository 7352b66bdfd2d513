"""Keeps the last warnings and errors of the log, for clients that ask for them over the network."""

from __future__ import annotations

import logging
from collections import deque
from typing import NamedTuple

from phonon_osc.ratelog import printable

KEPT = 20
_MAX_CHARS = 300  # short enough that all lines fit in one datagram


class Line(NamedTuple):
    """One line of the log: its number (the first is 1), Unix time in seconds, level in lower case, text."""

    number: int
    time: int
    level: str
    text: str


class LastLines(logging.Handler):
    """Keeps the last ``KEPT`` lines of level warning and above, each cut to 300 characters of printable ASCII."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0  #: lines so far, including those that are no longer kept
        self._lines = deque[Line](maxlen=KEPT)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = printable(record.getMessage(), _MAX_CHARS)
        except Exception:  # the arguments do not fit the format
            self.handleError(record)
            return
        self.count += 1
        self._lines.append(Line(self.count, int(record.created), record.levelname.lower(), text))

    def since(self, number: int = 0) -> list[Line]:
        """The kept lines with numbers above ``number``, oldest first. May be called from any thread."""
        with self.lock:  # type: ignore[union-attr]  # logging makes a lock for every handler
            return [line for line in self._lines if line.number > number]
