"""Events of the tests: what a client sends, as a dictionary, read as a dialect reads it."""

from __future__ import annotations

from collections.abc import Mapping

from phonon_osc.dialects.event import Event
from phonon_osc.dialects.registry import dialects
from phonon_osc.dialects.superdirt.event import DirtEvent
from phonon_osc.engine.voice import BusMap

Sent = Mapping[str, float | str | BusMap]


def pairs(sent: Sent) -> list[object]:
    """The arguments of a play message."""
    return [
        part for key, value in sent.items() for part in (key, f"c{value.index}" if isinstance(value, BusMap) else value)
    ]


def dirt_event(sent: Sent, dialect: str = "superdirt") -> DirtEvent:
    event = dialects()[dialect].read(pairs(sent))
    assert isinstance(event, DirtEvent)
    return event


def content(event: Event) -> dict[str, object]:
    """All that an event holds, for comparisons."""
    return {**vars(event), "given": dict(event.given), "texts": dict(event.texts), "bad": event.bad}
