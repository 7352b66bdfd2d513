"""Reads an event of Strudel: its pairs become one typed event."""

from __future__ import annotations

import math
from collections.abc import Sequence

from phonon_osc.dialects.event import Event, parse_note_name, read
from phonon_osc.dialects.strudel.parameters import LISTS, table
from phonon_osc.engine.voice import BusMap

DEFAULT_SOUND = "triangle"  # for a note without a sound
DEFAULT_MIDI = 36.0
MOST_ITEMS = 64  # numbers of a list


class StrudelEvent(Event):
    """One event. ``name`` is the name of the sound, ``midi`` its note; ``lists`` has the values that are lists of numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.name = ""
        self.midi: float | None = None
        self.lists: dict[str, tuple[float, ...]] = {}

    def number(self, key: str) -> float | None:
        """The number of a key; None if the event has none."""
        value = self.given.get(key)
        return None if value is None or isinstance(value, BusMap) else value

    def has(self, *keys: str) -> bool:
        return any(key in self.given or key in self.texts for key in keys)


def read_event(args: Sequence[object]) -> StrudelEvent:
    """Read the arguments of a play message from Strudel."""
    event = read(args, table().reads, StrudelEvent())
    for key, raw in zip(args[:-1:2], args[1::2], strict=False):
        if isinstance(key, str) and key in LISTS and isinstance(raw, list | tuple):
            event.lists[key] = tuple(
                float(x) for x in raw[:MOST_ITEMS] if isinstance(x, int | float) and math.isfinite(x)
            )
    event.midi = _midi(event)
    name, colon, index = event.texts.get("s", "").partition(":")
    if colon:
        try:
            event.given["n"] = float(index)
        except ValueError:
            name = event.texts["s"]
    if not name and (event.midi is not None or event.has("freq")):
        name = DEFAULT_SOUND
    event.name = name
    return event


def _midi(event: StrudelEvent) -> float | None:
    """The event's note as a MIDI number; None if it has none."""
    midi = event.number("midinote")
    if midi is None:
        midi = event.number("note")
    if midi is None and "note" in event.texts:
        octave = event.number("octave")
        midi = parse_note_name(event.texts["note"], 3 if octave is None else int(octave))
    return midi
