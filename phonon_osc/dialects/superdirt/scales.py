"""Scales and tunings by name, for events that give a degree of a scale (docs/dirt.md, Pitch).

A scale is a list of steps of its tuning within one octave. A tuning says where each step lies, in semitones. Names are those of
SuperCollider's `Scale` and `Tuning` and of Tidal's `scale`, as far as both divide the octave into twelve, and are matched without
regard to case.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction

STEPS = 12  # of the octave, in all scales here
OCTAVE_RATIO = 2.0
DEFAULT_SCALE = "major"
MOST_RATIOS = 128  # of a tuning that an event spells out

_LISTED = """
major ionian: 0 2 4 5 7 9 11
minor aeolian: 0 2 3 5 7 8 10
dorian: 0 2 3 5 7 9 10
phrygian: 0 1 3 5 7 8 10
lydian: 0 2 4 6 7 9 11
mixolydian: 0 2 4 5 7 9 10
locrian: 0 1 3 5 6 8 10
harmonicMinor: 0 2 3 5 7 8 11
harmonicMajor: 0 2 4 5 7 8 11
melodicMinor: 0 2 3 5 7 9 11
melodicMinorDesc: 0 2 3 5 7 8 10
melodicMajor bartok hindu: 0 2 4 5 7 8 10
todi: 0 1 3 6 7 8 11
purvi: 0 1 4 6 7 8 11
marva: 0 1 4 6 7 9 11
bhairav: 0 1 4 5 7 8 11
ahirbhairav: 0 1 4 5 7 9 10
superLocrian: 0 1 3 4 6 8 10
romanianMinor: 0 2 3 6 7 9 10
hungarianMinor: 0 2 3 6 7 8 11
neapolitanMinor: 0 1 3 5 7 8 11
neapolitanMajor: 0 1 3 5 7 9 11
enigmatic: 0 1 4 6 8 10 11
spanish: 0 1 4 5 7 8 10
leadingWhole: 0 2 4 6 8 10 11
lydianMinor: 0 2 4 6 7 8 10
locrianMajor: 0 2 4 5 6 8 10
diminished octatonic: 0 1 3 4 6 7 9 10
diminished2 octatonic2: 0 2 3 5 6 8 9 11
whole wholetone: 0 2 4 6 8 10
augmented: 0 3 4 7 8 11
augmented2: 0 1 4 5 8 9
chromatic: 0 1 2 3 4 5 6 7 8 9 10 11
hexMajor7: 0 2 4 7 9 11
hexDorian: 0 2 3 5 7 10
hexPhrygian: 0 1 3 5 8 10
hexSus: 0 2 5 7 9 10
hexMajor6: 0 2 4 5 7 9
hexAeolian: 0 3 5 7 8 10
minPent minorPentatonic yu: 0 3 5 7 10
majPent majorPentatonic gong: 0 2 4 7 9
ritusen zhi: 0 2 5 7 9
egyptian shang: 0 2 5 7 10
jiao: 0 3 5 8 10
kumai: 0 2 3 7 9
hirajoshi: 0 2 3 7 8
iwato: 0 1 5 6 10
chinese: 0 4 6 7 11
indian: 0 4 5 7 10
pelog: 0 1 3 7 8
prometheus: 0 2 4 6 11
scriabin: 0 1 4 7 9
"""
_TUNINGS = {  # ratios to the first step
    "just": "1 16/15 9/8 6/5 5/4 4/3 45/32 3/2 8/5 5/3 9/5 15/8",
    "pythagorean": "1 256/243 9/8 32/27 81/64 4/3 729/512 3/2 128/81 27/16 16/9 243/128",
}
_RATIO = re.compile(r"\d{1,6}(\.\d{1,9}|/\d{1,6})?", re.ASCII)


def _scales() -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for line in _LISTED.strip().splitlines():
        names, steps = line.split(":")
        found |= dict.fromkeys(names.lower().split(), tuple(int(step) for step in steps.split()))
    return found


SCALES = _scales()


def ratios(text: str) -> tuple[float, ...] | None:
    """The semitones of a tuning whose ratios a text spells (``1 9/8 1.25``, commas count as spaces); None if it does not."""
    words = text.replace(",", " ").split()
    if not 1 <= len(words) <= MOST_RATIOS or not all(_RATIO.fullmatch(word) for word in words):
        return None
    try:
        numbers = [float(Fraction(word)) for word in words]
    except ZeroDivisionError:
        return None
    return tuple(12.0 * math.log2(number) for number in numbers) if min(numbers) > 0.0 else None


def _tunings() -> dict[str, tuple[float, ...]]:
    equal = tuple(float(step) for step in range(STEPS))
    return {"et12": equal, "equal": equal} | {name: ratios(text) or equal for name, text in _TUNINGS.items()}


TUNINGS = _tunings()


def key_of(degree: float, scale: Sequence[float], octave_steps: float) -> float:
    """The note, in steps, of a degree (0 is the first of the scale). 0.1 raises a degree by a semitone, -0.1 lowers it."""
    whole = math.floor(degree + 0.5)
    octave, place = divmod(whole, len(scale))
    accidental = round((degree - whole) * 10.0, 6)  # degrees come as 32-bit floats
    return octave * octave_steps + scale[place] + accidental * octave_steps / STEPS


def scale_of(name: str | None, tuning: Sequence[float] | None) -> tuple[float, ...]:
    """The steps of a named scale, or of a whole tuning where no scale is named. An unknown name is the major scale."""
    if name is None and tuning is not None and len(tuning) != STEPS:
        return tuple(tuning)
    steps = SCALES.get((name or DEFAULT_SCALE).lower(), SCALES[DEFAULT_SCALE])
    if tuning is None or len(tuning) != STEPS:
        return tuple(float(step) for step in steps)
    return tuple(tuning[step] for step in steps)
