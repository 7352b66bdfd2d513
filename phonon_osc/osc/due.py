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

HORIZON = 42.0  # seconds: further from now than this a timetag is not believed (SuperDirt's maxLatency)
FIXED_LATENCY = 0.2  # seconds after arrival at which such a sender's messages are played instead
REMEMBERED = 256


class Due(Protocol):
    """Frame at which a message is due; ``timetag`` is raw NTP, None for "now"; ``arrival`` is system time."""

    def __call__(self, timetag: int | None, sender: Address, arrival: float) -> int: ...


class LiveDue:
    """Timetags are system time. Late messages are due in the past (the engine plays them at once and counts them)."""

    def __init__(self, clock: Clock, counters: OscCounters, warn: RateLimited) -> None:
        self.clock, self.counters, self.warn = clock, counters, warn
        self._absurd: OrderedDict[Address, None] = OrderedDict()

    def __call__(self, timetag: int | None, sender: Address, arrival: float) -> int:
        if timetag is None or timetag == 0 or not self.clock.running:
            return NOW
        unix = ntp_to_unix(timetag, arrival)
        lead = unix - arrival
        if abs(lead) > HORIZON:
            self.counters.beyond_horizon += 1
            self._name_once(sender, lead)
            unix = arrival + FIXED_LATENCY
        elif lead < 0:
            self.counters.late += 1
        return self.clock.frame_at(unix)

    def _name_once(self, sender: Address, lead: float) -> None:
        if sender in self._absurd:
            return
        self._absurd[sender] = None
        while len(self._absurd) > REMEMBERED:
            self._absurd.popitem(last=False)
        text = (
            "%s:%d sends timetags %.0f s from now: its clock is off. Its messages are played %.1f s after they arrive"
        )
        self.warn.warn("horizon", text, *sender, lead, FIXED_LATENCY)


class RecordedDue:
    """A recording rendered offline: its own system time, in which frame 0 is ``zero``; plain messages at their arrival."""

    def __init__(self, rate: float, zero: float) -> None:
        self.rate, self.zero = rate, zero

    def __call__(self, timetag: int | None, sender: Address, arrival: float) -> int:
        unix = arrival if timetag is None or timetag == 0 else ntp_to_unix(timetag, arrival)
        return max(0, round((unix - self.zero) * self.rate))


class ScoreDue:
    """SuperCollider's binary scores: timetags count seconds from the start of the file."""

    def __init__(self, rate: float) -> None:
        self.rate = rate

    def __call__(self, timetag: int | None, sender: Address, arrival: float) -> int:
        return 0 if timetag is None else round((timetag / 2**32) * self.rate)
