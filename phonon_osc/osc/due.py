"""Finds the frame of the engine at which a message is due, from its timetag. Each source of messages has its own rule."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from phonon_osc.engine.clock import Clock
from phonon_osc.engine.commands import NOW
from phonon_osc.osc.counters import OscCounters
from phonon_osc.osc.udp import Address
from phonon_osc.osc.wire import ntp_to_unix
from phonon_osc.ratelog import RateLimited

HORIZON = 42.0  # seconds: a timetag further than this from the arrival is ignored (SuperDirt's maxLatency)
FIXED_LATENCY = 0.2  # seconds from arrival to playing if the timetag is ignored
REMEMBERED = 256  # senders that the log has named already


class Due(Protocol):
    """Frame at which a message is due; ``timetag`` is raw NTP, None for "now"; ``arrival`` is system time."""

    def __call__(self, timetag: int | None, sender: Address, arrival: float) -> int: ...


class Horizon:
    """Decides which timetags are ignored, for every source of messages whose timetags are system time.

    A sender whose clock is wrong by an hour must neither be silent nor fill the engine with messages that are due in an hour. So a
    timetag more than ``HORIZON`` away from the arrival counts as ``FIXED_LATENCY`` after the arrival. ``counters`` count such timetags
    and late ones; ``warn`` names each sender of such timetags once.
    """

    def __init__(self, counters: OscCounters | None = None, warn: RateLimited | None = None) -> None:
        self._counters, self._warn = counters, warn
        self._named: OrderedDict[Address, None] = OrderedDict()

    def time(self, timetag: int, sender: Address, arrival: float) -> float:
        """System time at which a message with this timetag (raw NTP) is due."""
        unix = ntp_to_unix(timetag, arrival)
        lead = unix - arrival
        far = abs(lead) > HORIZON
        if self._counters is not None:
            if far:
                self._counters.beyond_horizon += 1
                self._name_once(sender, lead)
            elif lead < 0:
                self._counters.late += 1
        return arrival + FIXED_LATENCY if far else unix

    def _name_once(self, sender: Address, lead: float) -> None:
        if self._warn is None or sender in self._named:
            return
        self._named[sender] = None
        while len(self._named) > REMEMBERED:
            self._named.popitem(last=False)
        text = (
            "%s:%d sends timetags %.0f s from now: its clock is off. Its messages are played %.1f s after they arrive"
        )
        self._warn.warn("horizon", text, *sender, lead, FIXED_LATENCY)


class LiveDue:
    """Live: timetags are system time. A late message is due in the past; the engine plays it at once and counts it."""

    def __init__(self, clock: Clock, counters: OscCounters, warn: RateLimited) -> None:
        self.clock, self._horizon = clock, Horizon(counters, warn)

    def __call__(self, timetag: int | None, sender: Address, arrival: float) -> int:
        if timetag is None or timetag == 0 or not self.clock.running:
            return NOW
        return self.clock.frame_at(self._horizon.time(timetag, sender, arrival))


class RecordedDue:
    """A recording, rendered offline: timetags are system time of the recording, where frame 0 is ``zero``.

    Messages without a timetag are due when they arrived. The same timetags are ignored as live (``Horizon``).
    """

    def __init__(self, rate: float, zero: float, horizon: Horizon | None = None) -> None:
        self.rate, self.zero = rate, zero
        self._horizon = Horizon() if horizon is None else horizon

    def __call__(self, timetag: int | None, sender: Address, arrival: float) -> int:
        unix = arrival if timetag is None or timetag == 0 else self._horizon.time(timetag, sender, arrival)
        return max(0, round((unix - self.zero) * self.rate))


class ScoreDue:
    """SuperCollider's binary scores: timetags count seconds from the start of the file."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def __call__(self, timetag: int | None, sender: Address, arrival: float) -> int:
        return 0 if timetag is None else round((timetag / 2**32) * self.rate)
