"""Exceptions that nobody expected. The server goes on, counts them, and names each of them once.

An error that is raised on purpose is a ``PhononError`` or a ``ValueError`` and is answered where it occurs. Every other exception is a
bug of ours, of a library or of a user's file. It must end only the step in which it was raised.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from phonon_osc.ratelog import printable

_MOST_NAMED = 256


class Bugs:
    """Counts unexpected exceptions (``count``) and logs the first one of each place and type."""

    def __init__(self, log: logging.Logger) -> None:
        self.count = 0
        self._log = log
        self._named: set[tuple[str, str]] = set()

    def caught(self, doing: str, error: BaseException) -> None:
        """Count ``error``. ``doing`` says what failed, such as ``"handling /dirt/play"``."""
        self.count += 1
        place = raised_at(error)
        key = (place, type(error).__name__)
        if key in self._named or len(self._named) >= _MOST_NAMED:
            return
        self._named.add(key)
        text = printable(f"{type(error).__name__}: {error}")
        self._log.error(
            "bug while %s: %s (at %s). The server goes on; /status counts the next ones as `bugs`",
            printable(doing),
            text,
            place,
        )
        self._log.debug("the bug's traceback", exc_info=error)

    @contextmanager
    def contained(self, doing: str) -> Iterator[None]:
        """Catch and count every exception of the block."""
        try:
            yield
        except Exception as error:
            self.caught(doing, error)


def raised_at(error: BaseException) -> str:
    """File and line that raised. The log does not get a whole traceback, since a stranger could make it write many lines."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "unknown" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
