"""Cleaning of ``/dirt/play`` arguments: key/value pairs off the wire become a small dictionary that is safe to read.

Source: reference superdirt.md 1.3 (argument types), 1.5 (which keys follow a control bus) and rule R3 (bus strings).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from phonon_osc.engine.voice import BusMap

EventValue = float | str | BusMap
Event = dict[str, EventValue]

MAX_KEYS = 256
MAX_TEXT = 256  # characters, of keys and of values: longer ones are no names of anything
MAX_NUMBER = 1e9  # beyond every meaning a parameter has, and far inside what 32-bit floats hold
BUS_COUNT = 1024
_SMALLEST = 1e-30  # below it a 32-bit kernel would compute with denormals

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_BUS = re.compile(r"c(\d{1,6})", re.ASCII)
_NOTE_NAME = re.compile(r"([a-g])([#sbf]*)(-?\d{1,2})?", re.ASCII | re.IGNORECASE)
_SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}

# Names: a number becomes the name it spells (Strudel sends s("808") as a float).
_NAMES = frozenset({"s", "sound", "bank", "_id_"})
_TEXTS = frozenset({"unit", "vowel", "toArg", "midicmd"})

# Numbers that are read once, at the onset: a bus string has no meaning here (Tidal refuses to send one).
_FIXED = frozenset(
    "n octave midinote begin end speed endSpeed accelerate loop sustain legato delta dur length fadeTime fadeInTime "
    "timescale timescalewin gain overgain channel lag offset nudge cycle orbit cut cutAll to from metatune clip "
    "attack hold release curve tilt plat psrate "
    "midichan midibend miditouch polyTouch progNum ccn ccv control ctlNum val uid songPtr "
    "frameRate frames seconds minutes hours".split()
)

# Numbers that may follow a control bus for as long as the voice sounds.
_FOLLOWING = frozenset(
    "pan amp freq cps crush coarse shape cutoff resonance hcutoff hresonance bandf bandq tremolorate tremolodepth "
    "phaserrate phaserdepth psdisp waveloss squiz fshift fshiftnote fshiftphase triode krush kcutoff octer octersub "
    "octersubsub ring ringf ringdf distort xsdelay tsdelay freeze comb smear scram binshift hbrick lbrick real imag "
    "enhance djf delay delaytime delayfeedback delaySend lock room size roomsize dry leslie lrate lsize "
    "limitertype".split()
)


def pairs_to_event(args: Sequence[object]) -> tuple[Event, int]:
    """Turn the arguments of a play message into an event, and count the pairs that could not be used.

    A pair that is no use (odd one out, key that is no string, wrong type, not a number) is left out and the rest plays;
    of a key sent twice the last usable value wins; nil takes a key away. Strings under keys nobody knows are left out
    uncounted: senders may define their own (``color``, ``label``).
    """
    event: Event = {}
    bad = len(args) % 2
    for position in range(0, len(args) - 1, 2):
        key, raw = args[position], args[position + 1]
        if not isinstance(key, str) or len(key) > MAX_TEXT or (key not in event and len(event) >= MAX_KEYS):
            bad += 1
            continue
        if isinstance(raw, list | tuple) and raw:
            raw = raw[0]  # an OSC array
        if raw is None:
            event.pop(key, None)
            continue
        value, sound = _clean(key, raw)
        bad += not sound
        if value is not None:
            event[key] = value
    return event, bad


def number(event: Mapping[str, EventValue], key: str) -> float | None:
    """The number under ``key``; None where there is none (absent, text, bus map or not finite)."""
    value = event.get(key)
    return _bounded(value) if isinstance(value, float | int) else None


def number_or_bus(event: Mapping[str, EventValue], key: str) -> float | BusMap | None:
    """The number or bus map under ``key``; None where there is neither."""
    value = event.get(key)
    return value if isinstance(value, BusMap) else number(event, key)


def text(event: Mapping[str, EventValue], key: str) -> str | None:
    """The string under ``key``; None where there is none."""
    value = event.get(key)
    return value if isinstance(value, str) else None


def tempo(event: Mapping[str, EventValue]) -> float:
    """Cycles per second, 1.0 where the event has none that makes sense (Sardine sends a clock phase, 0 included)."""
    cps = number(event, "cps")
    return cps if cps is not None and cps > 0.0 else 1.0


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


def _clean(key: str, raw: object) -> tuple[EventValue | None, bool]:
    """(value or None, whether the pair is sound): None and True is a pair that is legal but of no interest."""
    if isinstance(raw, int | float):
        return _clean_number(key, raw)
    if isinstance(raw, str):
        return _clean_string(key, raw)
    return None, not _is_known(key)


def _clean_number(key: str, raw: int | float) -> tuple[EventValue | None, bool]:
    value = _bounded(raw)
    if value is None or key in _TEXTS or (key in _NAMES and isinstance(raw, bool)):
        return None, False
    if key in _NAMES:
        return (f"{int(value)}", True) if value.is_integer() else (None, False)
    return value, abs(raw) <= MAX_NUMBER


def _bounded(value: float | int) -> float | None:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    bounded = float(min(max(value, -MAX_NUMBER), MAX_NUMBER))  # bounds first: float() of a huge int would raise
    return bounded if abs(bounded) >= _SMALLEST else 0.0


def _clean_string(key: str, raw: str) -> tuple[EventValue | None, bool]:
    if len(raw) > MAX_TEXT:
        return None, False
    if key in _NAMES or key in _TEXTS:
        return raw, True
    spelled = parse_number(raw)
    if spelled is not None:
        return _clean_number(key, spelled)
    if key == "note":
        return (raw, True) if parse_note_name(raw) is not None else (None, False)
    bus = None if key in _FIXED else _parse_bus(raw)
    return bus, bus is not None or not _is_known(key)


def _parse_bus(string: str) -> BusMap | None:
    match = _BUS.fullmatch(string)
    index = int(match[1]) if match else BUS_COUNT
    return BusMap(index) if index < BUS_COUNT else None


def _is_known(key: str) -> bool:
    return key in _FIXED or key in _FOLLOWING or key in _NAMES or key in _TEXTS or key == "note"
