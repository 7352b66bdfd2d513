"""When a message is due: from its timetag to a frame of the engine. One rule per source of messages."""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from phonon_osc.engine.clock import Clock
from phonon_osc.engine.commands import NOW
from phonon_osc.osc.counters import OscCounters
from phonon_osc.osc.udp import Address
from phonon_osc.osc.wire import ntp_to_unix
from phonon_osc.ratelog import RateLimited

HORIZON = 42.0  # seconds: a timetag further than this from the arrival is not believed (SuperDirt's maxLatency)
FIXED_LATENCY = 0.2  # seconds after arrival at which such a sender's messages are played instead
REMEMBERED = 256  # senders


class Due(Protocol):
    """Frame at which a message is due; ``timetag`` is raw NTP, None for "now"; ``arrival`` is system time."""

    def __call__(self, timetag: int | None, sender: Address, arrival: float) -> int: ...


class Horizon:
    """Which timetags are believed, for every source of messages whose timetags are system time.

    A sender whose clock is off by an hour must neither be silent nor fill the engine with what is due in an hour: a timetag more than
    ``HORIZON`` away from the arrival counts as ``FIXED_LATENCY`` after it. With ``counters`` and ``warn`` such timetags, and late ones, are
    counted, and their sender is named once.
    """

    def __init__(self, counters: OscCounters | None = None, warn: RateLimited | None = None) -> None:
        self._counters, self._warn = counters, warn
        self._named: OrderedDict[Address, None] = OrderedDict()

    def time(self, timetag: int, sender: Address, arrival: float) -> float:
        """System time at which something with this timetag (raw NTP) is due."""
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
    """Timetags are system time. Late messages are due in the past (the engine plays them at once and counts them)."""

    def __init__(self, clock: Clock, counters: OscCounters, warn: RateLimited) -> None:
        self.clock, self._horizon = clock, Horizon(counters, warn)

    def __call__(self, timetag: int | None, sender: Address, arrival: float) -> int:
        if timetag is None or timetag == 0 or not self.clock.running:
            return NOW
        return self.clock.frame_at(self._horizon.time(timetag, sender, arrival))


class RecordedDue:
    """A recording rendered offline: timetags are its own system time, in which frame 0 is ``zero``.

    Messages without a timetag are due when they arrived. Timetags are believed as they are live (``Horizon``).
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
