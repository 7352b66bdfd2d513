"""The view of ``phonon-osc top`` on a terminal, drawn with rich."""

from __future__ import annotations

import os
import select
import sys
import termios
import time
import tty
from collections.abc import Iterable
from types import TracebackType
from typing import Any

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from phonon_osc.cli.frame import Row, heading, log_line, rows, shown
from phonon_osc.cli.monitor import Meter, Monitor, Snapshot, decibels
from phonon_osc.errors import UnavailableError, UsageError

FLOOR = -60.0  # dB at the left end of a meter
ZONES = ((-12.0, "green"), (-3.0, "yellow"), (0.0, "red"))  # highest level of each zone, and its colour
BUSY, TOO_BUSY = 0.5, 0.8  # load
HINT = Text("q quits", style="dim")


def watch(monitor: Monitor, where: str, interval: float) -> None:
    """Draw until q or Ctrl-C, even while the server does not answer. Raises UsageError without a terminal."""
    console = Console()
    if not console.is_terminal or console.is_dumb_terminal:
        raise UsageError("stdout is no terminal that can be drawn on: use --once or --json")
    with Keys() as keys, Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            due = time.monotonic() + interval
            try:
                frame = draw(monitor.snapshot(), where, console.height)
            except UnavailableError as error:
                frame = Group(Text(str(error), style="bold red"), Text("trying again"), Text(), HINT)
            live.update(frame, refresh=True)
            if keys.quit_within(due - time.monotonic()):
                return


def draw(snapshot: Snapshot, where: str, height: int) -> RenderableType:
    """A snapshot for a screen of ``height`` lines. The log gets the lines that are left, the newest line first."""
    first, backend, *alarm = heading(snapshot, where)
    top: list[RenderableType] = [Text(first, style="bold"), Text(backend), *(Text(a, style="bold red") for a in alarm)]
    figures = rows(snapshot)
    lines = height - len(top) - len(figures) - len(snapshot.orbits) // 2 - 6
    count = snapshot.count("warnings")
    log = [
        Text(f"warnings {count}", style="bold" if "warnings" in snapshot.rose else "dim"),
        *_log(snapshot, max(1, lines)),
    ]
    return Group(*top, Text(), _figures(snapshot, figures), Text(), _meters(snapshot), Text(), *log, HINT)


def _log(snapshot: Snapshot, lines: int) -> Iterable[Text]:
    for line in reversed(snapshot.lines[-lines:]):
        style = "yellow" if line.level == "warning" else "bold red"
        yield Text(log_line(line), style=style, no_wrap=True, overflow="ellipsis")


def _figures(snapshot: Snapshot, figures: list[Row]) -> Table:
    table = Table.grid(padding=(0, 2))
    for row in figures:
        style = "bold yellow" if snapshot.rose.intersection(row.counters) else ""
        if row.label == "load" and not style:
            load = snapshot.number("load_peak")
            style = "bold red" if load > TOO_BUSY else "yellow" if load > BUSY else ""
        table.add_row(Text(row.label, style="dim"), Text(row.text, style=style, no_wrap=True, overflow="ellipsis"))
    return table


def _meters(snapshot: Snapshot) -> Table:
    """Meters of the output and of the orbits, in two columns."""
    half = len(snapshot.orbits) // 2
    left = [("out", snapshot.output), *((f"{k}", snapshot.orbits[k]) for k in range(half))]
    right = [None, *((f"{k}", snapshot.orbits[k]) for k in range(half, 2 * half))]
    table = Table.grid(padding=(0, 1), expand=True)
    for _ in range(2):
        table.add_column(justify="right", min_width=3)
        table.add_column(justify="right", min_width=5)
        table.add_column(ratio=1)
    for pair in zip(left, right, strict=True):
        table.add_row(*(cell for side in pair for cell in _cells(side)))
    return table


def _cells(side: tuple[str, Meter] | None) -> tuple[RenderableType, RenderableType, RenderableType]:
    if side is None:
        return "", "", Text("dB: highest of the last 2 s", style="dim", no_wrap=True)
    label, meter = side
    return Text(label, style="dim"), shown(meter.held), Bar(meter)


class Bar:
    """A meter from -60 to 0 dB that fills its column, with a mark at the highest sample."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(4, options.max_width)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = options.max_width
        full, empty, mark = "#.|" if options.ascii_only else "█─┃"
        level, held = (_cell(decibels(amplitude), width) for amplitude in self._meter)
        text, begin = Text(no_wrap=True), 0
        for limit, colour in ZONES:
            end = _cell(limit, width)
            lit = min(max(level - begin, 0), end - begin)
            dark = empty * (end - begin - lit)
            text.append(full * lit, colour)
            if begin + lit < held <= end:
                at = held - begin - lit - 1
                text.append(dark[:at], "dim").append(mark, f"bold {colour}").append(dark[at + 1 :], "dim")
            else:
                text.append(dark, "dim")
            begin = end
        yield text


def _cell(db: float, width: int) -> int:
    """The last cell that a level reaches, counted from 1; 0 for a level below the floor."""
    return min(max(round(width * (1.0 - db / FLOOR)), 0), width) if db > FLOOR else 0


class Keys:
    """Reads single keys from stdin without echo. If stdin is not a terminal, there are no keys."""

    def __init__(self) -> None:
        self._terminal = sys.stdin.fileno() if sys.stdin is not None and sys.stdin.isatty() else None
        self._before: list[Any] = []

    def __enter__(self) -> Keys:
        if self._terminal is not None:
            self._before = termios.tcgetattr(self._terminal)
            tty.setcbreak(self._terminal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._terminal is not None:
            termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._before)

    def quit_within(self, seconds: float) -> bool:
        """Wait at most ``seconds``. Returns True as soon as q is pressed or the terminal is gone."""
        until = time.monotonic() + seconds
        if self._terminal is None:
            time.sleep(max(0.0, seconds))
            return False
        while select.select([self._terminal], [], [], max(0.0, until - time.monotonic()))[0]:
            pressed = os.read(self._terminal, 64)
            if not pressed or b"q" in pressed.lower():
                return True
        return False
