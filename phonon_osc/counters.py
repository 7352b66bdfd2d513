"""Named counters: every way in which an input is lost or bent has a number of its own, which ``/status`` shows."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(slots=True)
class Counters:
    """Named integers that only grow."""

    def as_dict(self) -> dict[str, int]:
        """Names and values in the order of their declaration."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(slots=True)
class SoundCounters(Counters):
    """Events that did not sound as asked for, by reason.

    Attributes:
        unknown_sounds: events whose sound nobody knows.
        unreadable_samples: events whose file cannot be decoded.
        samples_not_ready: events dropped because their sample came too late.
        samples_late: events played late because their sample came late.
        samples_no_room: events whose sample found no memory, everything in it being in use.
        failed_events: events that were lost to an error nobody expected, each a bug; the log names it.
    """

    unknown_sounds: int = 0
    unreadable_samples: int = 0
    samples_not_ready: int = 0
    samples_late: int = 0
    samples_no_room: int = 0
    failed_events: int = 0
