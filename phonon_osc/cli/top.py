"""``phonon-osc top``: watch a running server."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

from phonon_osc.cli.output import say, say_line
from phonon_osc.cli.parser import Commands, add_command, between
from phonon_osc.errors import UnavailableError

if TYPE_CHECKING:
    from phonon_osc.cli.monitor import Monitor

EXAMPLES = """
phonon-osc top                           show voices, load, lateness, peaks, warnings; q quits
phonon-osc top --once                    print one snapshot as text
phonon-osc top --json --interval 1       print one JSON object per line, for scripts
phonon-osc top --host 192.168.1.20
"""
DESCRIPTION = """
The view needs rich: pip install 'phonon-osc[top]'. --once and --json work without it. top keeps polling while the server is
stopped or restarted; --once exits with 69 if the server does not answer."""


def add(commands: Commands) -> argparse.ArgumentParser:
    parser = add_command(commands, "top", "Watch a running server.", EXAMPLES)
    parser.description = f"{parser.description}\n{DESCRIPTION}"
    parser.add_argument("--host", default="127.0.0.1", help="host of the server")
    parser.add_argument("--port", type=between(1, 65535), default=57120, help="UDP port of the server")
    interval_help = "seconds between two snapshots; with --once, the seconds over which events are counted"
    parser.add_argument("--interval", metavar="S", type=between(0.05, 60, float), default=0.2, help=interval_help)
    parser.add_argument("--once", action="store_true", help="print one snapshot and end")
    parser.add_argument("--json", action="store_true", help="print one JSON object per line")
    return parser


def run(args: argparse.Namespace) -> int:
    import signal

    from phonon_osc.cli.asking import Asking
    from phonon_osc.cli.monitor import Monitor

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the terminal is restored
    where = f"{args.host} port {args.port}"
    with Asking(args.host, args.port) as server:
        monitor = Monitor(server)
        if args.once:
            _once(monitor, where, args.interval, args.json)
            return 0
        try:
            if args.json:
                _lines(monitor, args.interval)
            else:
                _view(monitor, where, args.interval)
        except KeyboardInterrupt:
            pass  # the user's way to end it
    return 0


def _once(monitor: Monitor, where: str, interval: float, as_json: bool) -> None:
    from phonon_osc.cli.frame import plain

    monitor.snapshot()
    time.sleep(interval)
    snapshot = monitor.snapshot()
    if as_json:
        say_line(
            {"time": _now(), "answers": True, **snapshot.as_dict(), "log": [line._asdict() for line in snapshot.lines]}
        )
    else:
        say(plain(snapshot, where))


def _lines(monitor: Monitor, interval: float) -> None:
    while True:
        due = time.monotonic() + interval
        try:
            say_line({"time": _now(), "answers": True, **monitor.snapshot().as_dict()})
        except UnavailableError as error:
            say_line({"time": _now(), "answers": False, "error": str(error)})
        time.sleep(max(0.0, due - time.monotonic()))


def _view(monitor: Monitor, where: str, interval: float) -> None:
    try:
        from phonon_osc.cli.screen import watch
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "rich":
            raise
        raise UnavailableError(
            "the view needs rich: pip install 'phonon-osc[top]'; --once and --json work without it"
        ) from None
    watch(monitor, where, interval)


def _now() -> float:
    return round(time.time(), 3)
