"""Named counters, shown by ``/status``. Each way in which an input is lost or changed has its own."""

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
    """Events that did not sound as they should, by reason.

    Attributes:
        unknown_sounds: events whose sound has an unknown name.
        unreadable_samples: events whose file cannot be decoded.
        samples_not_ready: events dropped because loading their sample took too long.
        samples_late: events played late because loading their sample took too long.
        samples_no_room: events dropped because all memory for samples was in use.
        failed_events: events lost to an unexpected error, which is a bug; the log names it.
    """

    unknown_sounds: int = 0
    unreadable_samples: int = 0
    samples_not_ready: int = 0
    samples_late: int = 0
    samples_no_room: int = 0
    failed_events: int = 0
