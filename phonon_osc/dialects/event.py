"""The typed event. The pairs of a play message are read once, by the table of a dialect. Later code uses only the event's fields."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import TypeVar

from phonon_osc.engine.voice import BusMap, Value
from phonon_osc.limits import BUSES

MAX_KEYS = 256
MAX_TEXT = 256  # characters of a key or value; no name is longer
MAX_NUMBER = 1e9  # larger than any useful value of a parameter, and far below the largest 32-bit float
_SMALLEST = 1e-30  # smaller numbers would make a 32-bit kernel compute with denormals

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_BUS = re.compile(r"c(\d{1,6})", re.ASCII)
_NOTE_NAME = re.compile(r"([a-g])([#sbf]*)(-?\d{1,2})?", re.ASCII | re.IGNORECASE)
_SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}


class Reads(Enum):
    """The kind of value that a parameter takes."""

    NUMBER = "number"  # read once, at the onset, so it cannot follow a bus
    FOLLOWING = "number or bus"  # may follow a control bus (``c7``) for as long as the voice sounds
    NAME = "name"  # a number is used as a name: Strudel sends s("808") as a number
    TEXT = "text"
    NOTE = "number or note"  # a number, or the name of a note such as ``eb4``
    ANY = "anything"  # only the sender uses it


class Event:
    """One event after reading.

    ``given`` has the numbers and bus maps by key, ``texts`` the strings by key. The event class of a dialect adds a field for each
    parameter that it reads by name; if the event lacks the parameter, the field keeps the default. ``bad`` counts the pairs that could
    not be used.
    """

    __slots__ = ("__dict__", "bad", "given", "texts")

    def __init__(self) -> None:
        self.given: dict[str, Value] = {}
        self.texts: dict[str, str] = {}
        self.bad = 0


AnyEvent = TypeVar("AnyEvent", bound=Event)


def read(
    args: Sequence[object],
    reads: Mapping[str, Reads],
    event: AnyEvent,
    fields: Mapping[str, tuple[float, float]] = MappingProxyType({}),
) -> AnyEvent:
    """Read the pairs of a play message into ``event``, and count those that could not be used.

    A pair that cannot be used is left out and the rest plays: a key without a value, a key that is not a string, a value of the wrong
    type, not-a-number. If a key is sent twice, the last usable value counts. Nil removes a key. A key that is not in the table may be a
    control of a synth: its number or bus map is kept. Its text is left out and not counted, since senders may define keys of their own.
    ``fields`` maps each key for which the event has a field to the range that limits the field's number.
    """
    given, texts, named = event.given, event.texts, event.__dict__
    bad, crowded = len(args) % 2, len(args) > 2 * MAX_KEYS
    for key, raw in zip(args[:-1:2], args[1::2], strict=False):
        if not isinstance(key, str):
            bad += 1
            continue
        takes = reads.get(key)
        if takes is None and len(key) > MAX_TEXT:
            bad += 1
            continue
        if crowded and len(given) + len(texts) >= MAX_KEYS and key not in given and key not in texts:
            bad += 1
            continue
        if isinstance(raw, list | tuple) and raw:
            raw = raw[0]  # an OSC array
        if raw is None:
            given.pop(key, None)
            texts.pop(key, None)
            named.pop(key, None)
            continue
        value: Value | str | None
        if type(raw) is float and takes in _NUMBERS and (_SMALLEST <= raw <= MAX_NUMBER or raw == 0.0):
            value = raw  # most pairs
        else:
            value, sound = _clean(takes, raw)
            bad += not sound
            if value is None:
                continue
        if isinstance(value, str):
            texts[key] = value
            given.pop(key, None)
        else:
            given[key] = value
            if takes is Reads.NOTE:
                texts.pop(key, None)
        bounds = fields.get(key)
        if bounds is not None:
            if type(value) is float and not bounds[0] <= value <= bounds[1]:
                value = bounds[value > bounds[1]]
            named[key] = value
    event.bad = bad
    return event


def parse_number(string: str) -> float | None:
    """The number that a string spells in plain decimal notation; None for any other string, also for infinity and NaN."""
    if len(string) > 64 or not _NUMBER.fullmatch(string):
        return None
    value = float(string)
    return value if math.isfinite(value) else None


def parse_note_name(name: str, octave: int = 3) -> float | None:
    """The MIDI number of a note name (``c4`` is 60, ``eb`` gets ``octave``); None if the string is not a note name.

    Sharps are ``#`` or ``s``, flats ``b`` or ``f``. The default octave is Strudel's.
    """
    match = _NOTE_NAME.fullmatch(name) if len(name) <= 8 else None
    if match is None:
        return None
    letter, accidentals, digits = match.groups()
    shift = sum(1 if sign in "#sS" else -1 for sign in accidentals)
    return 12.0 * ((int(digits) if digits else octave) + 1) + _SEMITONES[letter.lower()] + shift


_NUMBERS = frozenset({None, Reads.NUMBER, Reads.FOLLOWING, Reads.NOTE, Reads.ANY})  # may be a number


def _clean(takes: Reads | None, raw: object) -> tuple[Value | str | None, bool]:
    """(value or None, whether the pair is valid). None and True: the pair is valid but not used."""
    if isinstance(raw, int | float):
        return _clean_number(takes, raw)
    if isinstance(raw, str):
        return _clean_string(takes, raw)
    return None, takes in (None, Reads.ANY)


def _clean_number(takes: Reads | None, raw: int | float) -> tuple[Value | str | None, bool]:
    value = _bounded(raw)
    if value is None or takes is Reads.TEXT or (takes is Reads.NAME and isinstance(raw, bool)):
        return None, False
    if takes is Reads.NAME:
        return (f"{int(value)}", True) if value.is_integer() else (None, False)
    return value, abs(raw) <= MAX_NUMBER


def _bounded(value: float | int) -> float | None:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    bounded = float(min(max(value, -MAX_NUMBER), MAX_NUMBER))  # limit before float(), which raises for a huge int
    return bounded if abs(bounded) >= _SMALLEST else 0.0


def _clean_string(takes: Reads | None, raw: str) -> tuple[Value | str | None, bool]:
    if len(raw) > MAX_TEXT:
        return None, False
    if takes is Reads.NAME or takes is Reads.TEXT:
        return raw, True
    spelled = parse_number(raw)
    if spelled is not None:
        return _clean_number(takes, spelled)
    if takes is Reads.NOTE:
        return (raw, True) if parse_note_name(raw) is not None else (None, False)
    bus = None if takes is Reads.NUMBER else _parse_bus(raw)
    return bus, bus is not None or takes is None or takes is Reads.ANY


def _parse_bus(string: str) -> BusMap | None:
    match = _BUS.fullmatch(string)
    index = int(match[1]) if match else BUSES
    return BusMap(index) if index < BUSES else None
