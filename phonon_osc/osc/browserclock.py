"""The clock of a browser, as the server hears it: when its events are due in system time.

A browser stamps events with its own idea of system time. That may be wrong, drift, and jump when the machine's clock is set. An event
also says where it is in the song (``cycle`` and ``cps``). Between two events of one tempo the song moves evenly, so a jump of the clock
shows, and is taken out again.
"""

from __future__ import annotations

from dataclasses import dataclass

EVEN = 0.005  # seconds: a smaller difference from the song's pace is jitter or drift, and is followed slowly
FOLLOW = 0.1  # share of such a difference that is followed with each event
FARTHEST = 5.0  # seconds between stamp and arrival, from which on the stamp's clock is taken to be wrong
LEAD = 0.2  # seconds from arrival to playing when the clock had to be set anew
LATE_IN_A_ROW = 4  # late events after which the clock is set anew
LONGEST_PAUSE = 60.0  # seconds between two events; after a longer pause the song's pace is found anew


@dataclass
class _Place:
    cycle: float
    cps: float
    time: float  # system time at which it is due


class BrowserClock:
    """Turns the stamps of one connection into system time. ``offset``: seconds that are added to a stamp."""

    def __init__(self) -> None:
        self.offset = 0.0
        self.resets = 0
        self._last: _Place | None = None
        self._late = 0

    def due(self, stamp: float, arrival: float, cycle: float | None, cps: float | None) -> float:
        """When an event is due. ``stamp`` and ``arrival`` are Unix seconds; ``cycle`` and ``cps``: its place in the song, if known."""
        time = stamp + self.offset
        if abs(time - arrival) > FARTHEST:
            return self._set(stamp, arrival, cycle, cps)
        last = self._last
        if last is not None and cycle is not None and cps == last.cps:
            expected = last.time + (cycle - last.cycle) / last.cps
            wrong = time - expected
            if abs(expected - last.time) < LONGEST_PAUSE and abs(wrong) < FARTHEST:
                if abs(wrong) > EVEN and 0.0 < expected - arrival < FARTHEST:
                    self.offset -= wrong  # the clock has jumped: the song goes on evenly
                    time = expected
                elif abs(wrong) <= EVEN:
                    time = expected + FOLLOW * wrong
        self._late = self._late + 1 if time < arrival else 0
        if self._late >= LATE_IN_A_ROW:
            return self._set(stamp, arrival, cycle, cps)
        self._remember(time, cycle, cps)
        return time

    def _set(self, stamp: float, arrival: float, cycle: float | None, cps: float | None) -> float:
        self.offset = arrival + LEAD - stamp
        self.resets += 1
        self._late = 0
        self._remember(arrival + LEAD, cycle, cps)
        return arrival + LEAD

    def _remember(self, time: float, cycle: float | None, cps: float | None) -> None:
        self._last = _Place(cycle, cps, time) if cycle is not None and cps is not None and cps > 0.0 else None
