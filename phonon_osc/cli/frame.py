"""The text of ``phonon-osc top``: one snapshot of a server in words, for a terminal and for a pipe."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import fields
from datetime import timedelta
from typing import NamedTuple

from phonon_osc.cli.monitor import Meter, Snapshot, decibels
from phonon_osc.cli.output import aligned
from phonon_osc.counters import SoundCounters
from phonon_osc.lastlines import Line
from phonon_osc.ratelog import printable

MISSED = tuple(field.name for field in fields(SoundCounters))
NO_VOICE = ("stolen", "refused")
BAD = (
    "osc_malformed",
    "osc_unknown_address",
    "osc_bad_arguments",
    "osc_queue_full",
    "udp_refused",
    "udp_dropped",
    "udp_kernel_drops",
)


class Row(NamedTuple):
    """A label and its figures. ``counters``: the row is highlighted when one of them rises."""

    label: str
    text: str
    counters: tuple[str, ...] = ()


def heading(snapshot: Snapshot, where: str) -> list[str]:
    """Which server, how long it has run, its backend; and a line if its audio has stopped."""
    up = timedelta(seconds=snapshot.count("uptime"))
    version, backend = (printable(str(snapshot.figures.get(name, "unknown"))) for name in ("version", "backend"))
    lines = [f"phonon-osc {version} on {where}, up {up}", backend]
    if snapshot.figures.get("audio_stalled"):
        lines.append("audio stalled: the backend does not ask for sound")
    return lines


def rows(snapshot: Snapshot) -> list[Row]:
    """All figures except peaks and log."""
    n, rate = snapshot.count, snapshot.events_per_second
    per_second = "" if rate is None else f"{rate:.1f} /s, "
    gaps = f"{n('xruns')}, {n('skipped_frames')} frames skipped; overruns {n('overruns')}"
    memory = f"{snapshot.number('sample_bytes') / 1e6:.1f} of {snapshot.number('sample_memory') / 1e6:.0f} MB"
    return [
        Row("voices", f"{n('voices')} of {n('max_voices')}; nodes {n('nodes')}"),
        Row(
            "load",
            f"{100 * snapshot.number('load'):.1f} %, peak {100 * snapshot.number('load_peak'):.1f} %",
            ("overruns",),
        ),
        Row("late", f"{n('late')}, worst {snapshot.number('worst_late_ms'):.1f} ms", ("late",)),
        Row("xruns", gaps, ("xruns", "overruns")),
        Row("events", f"{per_second}{n('played')} played, {n('unplayable')} not"),
        Row("missed", _nonzero(snapshot, MISSED), MISSED),
        Row("no voice", _nonzero(snapshot, NO_VOICE), NO_VOICE),
        Row("bad input", _nonzero(snapshot, BAD), BAD),
        Row("samples", f"{n('samples')} names, {n('samples_loaded')} sounds in memory, {memory}"),
    ]


def _nonzero(snapshot: Snapshot, names: Iterable[str]) -> str:
    found = [(snapshot.count(name), name.removeprefix("osc_").replace("_", " ")) for name in names]
    return ", ".join(f"{name} {count}" for count, name in found if count) or "none"


def shown(amplitude: float) -> str:
    """An amplitude in decibels, in five characters."""
    return f"{decibels(amplitude):5.1f}"


def log_line(line: Line) -> str:
    """One line of the server's log, without characters that could disturb a terminal."""
    clock = time.strftime("%H:%M:%S", time.localtime(line.time))
    return f"{clock} {printable(line.level)}: {printable(line.text)}"


def plain(snapshot: Snapshot, where: str) -> str:
    """A snapshot as lines of text."""

    def level(meter: Meter) -> str:
        return f"{shown(meter.level)} dB  peak {shown(meter.held)} dB"

    levels = [("output", level(snapshot.output))]
    levels += [(f"orbit {number}", level(meter)) for number, meter in enumerate(snapshot.orbits)]
    table = aligned([*((row.label, row.text) for row in rows(snapshot)), *levels])
    log = [f"warnings   {snapshot.count('warnings')}", *(f"  {log_line(line)}" for line in snapshot.lines)]
    return "\n".join([*heading(snapshot, where), table, *log])
