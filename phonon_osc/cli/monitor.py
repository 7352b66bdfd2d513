"""Watches a running server: asks for its figures, and derives rates and peaks from the answers of the last seconds."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from phonon_osc.cli.asking import Asking, pairs
from phonon_osc.lastlines import KEPT, Line
from phonon_osc.osc.wire import encode_message

PATIENCE = 0.5  # seconds to wait for an answer
RATE_SECONDS = 1.0  # over which events per second are counted
HOLD_SECONDS = 2.0  # how long a peak is shown
NEWS_SECONDS = 5.0  # how long a counter that has risen is highlighted
RESTARTED = 1.0  # seconds: a server whose start time moves by more than this was restarted
SILENT = 1e-6  # -120 dB: lower levels are shown as silence
QUESTIONS = {"/status/reply": encode_message("/status"), "/meters/reply": encode_message("/meters")}


def decibels(amplitude: float) -> float:
    """An amplitude in decibels: full scale is 0 dB, silence is minus infinity."""
    return 20.0 * math.log10(amplitude) if amplitude > SILENT else -math.inf


class Meter(NamedTuple):
    """Amplitudes, 1 being full scale: the level, which falls by 10 dB in 0.3 s, and the highest sample of the last seconds."""

    level: float
    held: float

    def as_dict(self) -> dict[str, float | None]:
        level, held = (round(db, 2) if db > -math.inf else None for db in map(decibels, self))
        return {"level_db": level, "held_db": held}


@dataclass(frozen=True)
class Snapshot:
    """A server's answers at one moment, and what follows from them. ``rose``: counters that rose in the last seconds."""

    figures: Mapping[str, Any]
    events_per_second: float | None  # None: this is the first snapshot
    output: Meter
    orbits: tuple[Meter, ...]
    lines: tuple[Line, ...]  # the last lines of the server's log
    new_lines: tuple[Line, ...]  # the lines that came after the previous snapshot
    rose: frozenset[str]

    def number(self, name: str) -> float:
        """A figure; 0 if this server does not send it."""
        value = self.figures.get(name, 0)
        return float(value) if isinstance(value, int | float) else 0.0

    def count(self, name: str) -> int:
        return int(self.number(name))

    def as_dict(self) -> dict[str, Any]:
        """For JSON: all figures of /status, levels in decibels (None: silence), new lines of the log."""
        rate = self.events_per_second
        return {
            **self.figures,
            "events_per_second": None if rate is None else round(rate, 2),
            "output": self.output.as_dict(),
            "orbits": [meter.as_dict() for meter in self.orbits],
            "log": [line._asdict() for line in self.new_lines],
        }


@dataclass(frozen=True)
class _Moment:
    at: float  # monotonic seconds
    figures: Mapping[str, Any]
    meters: list[Meter]  # ``held`` is the server's own ``high``

    @property
    def events(self) -> int:
        return int(self.figures.get("played", 0)) + int(self.figures.get("unplayable", 0))

    @property
    def began(self) -> float:
        """When the server was started, in our monotonic seconds."""
        return self.at - float(self.figures.get("uptime", 0.0))

    def is_another_than(self, before: _Moment) -> bool:
        """Whether the server was restarted. Its pid alone does not show that: in a container every server has the same pid."""
        same = self.figures.get("pid") == before.figures.get("pid")
        return not same or self.began > before.began + RESTARTED


class Monitor:
    """Asks one server, and keeps its answers of the last seconds."""

    def __init__(self, server: Asking) -> None:
        self._server = server
        self._past = deque[_Moment]()
        self._lines = deque[Line](maxlen=KEPT)

    def snapshot(self) -> Snapshot:
        """Ask now. Raises UnavailableError if the server does not answer."""
        answers = self._server.ask_all(QUESTIONS, PATIENCE)
        levels = [float(str(value)) for value in answers["/meters/reply"]]
        meters = [Meter(*pair) for pair in zip(levels[::2], levels[1::2], strict=False)]
        now = _Moment(time.monotonic(), pairs(answers["/status/reply"]), meters)
        self._keep(now)
        new_lines = self._new_lines(int(now.figures.get("warnings", 0)))
        output, *orbits = self._held(now)
        return Snapshot(
            now.figures, self._rate(now), output, tuple(orbits), tuple(self._lines), new_lines, self._rising(now)
        )

    def _keep(self, now: _Moment) -> None:
        if self._past and now.is_another_than(self._past[-1]):
            self._past.clear()  # a restarted server counts from zero
            self._lines.clear()
        while self._past and self._past[0].at < now.at - NEWS_SECONDS:
            self._past.popleft()
        self._past.append(now)

    def _held(self, now: _Moment) -> list[Meter]:
        recent = [moment.meters for moment in self._past if moment.at >= now.at - HOLD_SECONDS]
        return [Meter(track[-1].level, max(meter.held for meter in track)) for track in zip(*recent, strict=True)]

    def _rate(self, now: _Moment) -> float | None:
        before = [moment for moment in self._past if moment is not now]
        if not before:
            return None
        then = next((moment for moment in reversed(before) if moment.at <= now.at - RATE_SECONDS), before[0])
        return (now.events - then.events) / (now.at - then.at)

    def _rising(self, now: _Moment) -> frozenset[str]:
        then = self._past[0].figures
        numbers = ((name, value) for name, value in now.figures.items() if isinstance(value, int | float))
        return frozenset(name for name, value in numbers if value > then.get(name, value))

    def _new_lines(self, count: int) -> tuple[Line, ...]:
        known = self._lines[-1].number if self._lines else 0
        if count <= known:
            return ()
        question = {"/status/log/reply": encode_message("/status/log", known)}
        _, *flat = self._server.ask_all(question, PATIENCE)["/status/log/reply"]
        new = [Line(*flat[k : k + 4]) for k in range(0, len(flat), 4)]  # type: ignore[arg-type]
        self._lines.extend(new)
        return tuple(new)
