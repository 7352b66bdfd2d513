"""The typed event: the pairs of a play message are read once, by the table of a dialect; from then on there are only fields."""

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
MAX_TEXT = 256  # characters, of keys and of values: longer ones are no names of anything
MAX_NUMBER = 1e9  # beyond every meaning a parameter has, and far inside what 32-bit floats hold
_SMALLEST = 1e-30  # below it a 32-bit kernel would compute with denormals

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_BUS = re.compile(r"c(\d{1,6})", re.ASCII)
_NOTE_NAME = re.compile(r"([a-g])([#sbf]*)(-?\d{1,2})?", re.ASCII | re.IGNORECASE)
_SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}


class Reads(Enum):
    """What a parameter takes."""

    NUMBER = "number"  # read once, at the onset: a bus has no meaning here
    FOLLOWING = "number or bus"  # may follow a control bus (``c7``) for as long as the voice sounds
    NAME = "name"  # a number is the name that it spells: Strudel sends s("808") as a number
    TEXT = "text"
    NOTE = "number or note"  # a number, or the name of a note such as ``eb4``
    ANY = "anything"  # the sender's own business


class Event:
    """One event as it was read.

    ``given`` has the numbers and bus maps by key, ``texts`` the words. A dialect's own class adds a field for each parameter
    that it reads by name; a field that the event does not give keeps the parameter's default. ``bad`` counts the pairs that
    could not be used.
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

    A pair that is no use (odd one out, key that is no string, wrong type, not a number) is left out and the rest plays. Of a key
    sent twice the last usable value wins; nil takes a key away. A key that the table does not know may be a control of a synth:
    its number or bus map is kept, its text is left out uncounted, since senders may define keys of their own. ``fields`` are the
    keys that the event has a field for, and the range to which the field's number is taken.
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
    """The number a string spells in plain decimal notation; None for anything else, infinity and NaN included."""
    if len(string) > 64 or not _NUMBER.fullmatch(string):
        return None
    value = float(string)
    return value if math.isfinite(value) else None


def parse_note_name(name: str, octave: int = 3) -> float | None:
    """The MIDI number of a note name (``c4`` is 60, ``eb`` gets ``octave``); None if it is not one.

    Sharps are ``#`` or ``s``, flats ``b`` or ``f``. The default octave is Strudel's.
    """
    match = _NOTE_NAME.fullmatch(name) if len(name) <= 8 else None
    if match is None:
        return None
    letter, accidentals, digits = match.groups()
    shift = sum(1 if sign in "#sS" else -1 for sign in accidentals)
    return 12.0 * ((int(digits) if digits else octave) + 1) + _SEMITONES[letter.lower()] + shift


_NUMBERS = frozenset({None, Reads.NUMBER, Reads.FOLLOWING, Reads.NOTE, Reads.ANY})  # that a number is read for


def _clean(takes: Reads | None, raw: object) -> tuple[Value | str | None, bool]:
    """(value or None, whether the pair is sound): None and True is a pair that is legal but of no interest."""
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
    bounded = float(min(max(value, -MAX_NUMBER), MAX_NUMBER))  # bounds first: float() of a huge int would raise
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
