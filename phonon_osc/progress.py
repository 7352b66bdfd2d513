"""Shows progress: a bar on a terminal if rich is installed, elsewhere (a CI log, the journal) a line every ten per cent."""

from __future__ import annotations

import functools
import importlib.util
import sys
import time
from types import TracebackType
from typing import Any

STEP = 10  # per cent between two lines


class ProgressBar:
    """Shows on stderr how far some work is. It shows nothing before the first ``update``.

    Args:
        what: the name of the work, such as ``"compiling kernels"``.
        quiet: show nothing.
        lines: write lines if stderr is not a terminal.
        after: show nothing in the first ``after`` seconds.
    """

    def __init__(self, what: str, *, quiet: bool = False, lines: bool = True, after: float = 0.0) -> None:
        self._what, self._quiet, self._lines = what, quiet, lines
        self._from = time.monotonic() + after
        self._bar: Any = None
        self._task: Any = None
        self._percent_written = -STEP

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def update(self, done: float, total: float, name: str = "") -> None:
        """``done`` of ``total`` (both in the same unit) is finished. ``name`` is the part that was finished last."""
        if self._quiet or total <= 0 or time.monotonic() < self._from:
            return
        terminal = sys.stderr.isatty()
        if terminal and _have_rich():
            self._draw(done, total, name)
        elif terminal or self._lines:
            self._write_line(done, total)

    def _draw(self, done: float, total: float, name: str) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                TaskProgressColumn(),
                TimeRemainingColumn(),
                TextColumn("{task.fields[name]}"),
            )
            self._bar = Progress(*columns, console=Console(stderr=True))
            self._bar.start()
            self._task = self._bar.add_task(self._what, name="")
        self._bar.update(self._task, completed=done, total=total, name=name)

    def _write_line(self, done: float, total: float) -> None:
        percent = int(100 * done / total) // STEP * STEP
        if percent > self._percent_written:
            self._percent_written = percent
            sys.stderr.write(f"{self._what}: {percent} %\n")
            sys.stderr.flush()


@functools.cache
def _have_rich() -> bool:
    return importlib.util.find_spec("rich") is not None
