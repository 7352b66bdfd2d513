"""Reads an event of Strudel, and converts keys with another meaning than in SuperDirt to SuperDirt's meaning."""

from __future__ import annotations

from collections.abc import Sequence

from phonon_osc.dialects.event import read
from phonon_osc.dialects.strudel.parameters import LONGEST_ROOM, table
from phonon_osc.dialects.superdirt.event import DirtEvent, fields, name_sound
from phonon_osc.engine.voice import BusMap

DEFAULT_SOUND = "triangle"  # for a note without a sound, as on the first pages of Strudel's workshop


def read_event(args: Sequence[object]) -> DirtEvent:
    """Read the arguments of a play message from Strudel."""
    event = read(args, table().reads, DirtEvent(), fields(table()))
    given = event.given
    if event.s is None and event.sound is None and (event.note, event.midinote, event.freq) != (None, None, None):
        event.s = DEFAULT_SOUND
    if isinstance(event.note, float):
        if event.midinote is None:
            event.midinote = given["midinote"] = event.note
        event.note = None
        del given["note"]
    seconds = given.get("size")
    if seconds is None or isinstance(seconds, BusMap):
        seconds = given.get("roomsize", seconds)
    if seconds is not None and not isinstance(seconds, BusMap):
        given["size"] = min(max(seconds / LONGEST_ROOM, 0.0), 1.0)
    name_sound(event)
    return event
