"""Degrees of scales."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, shift_right, to_float, to_int
from dsp.math.interpolate import LARGEST, any_number

SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "melodic minor": (0, 2, 3, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "major pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "whole tone": (0, 2, 4, 6, 8, 10),
}


def _packed(notes: tuple[int, ...]) -> int:
    """One number per scale: four bits per note, the lowest note first; the highest four bits hold the number of notes."""
    return sum(note << (4 * k) for k, note in enumerate(notes)) + (len(notes) << 28)


_PACKED = tuple(_packed(notes) for notes in SCALES.values())


@inline
def _scale(index: Any) -> Any:
    """A packed scale, how many notes it has, and 1 / that."""
    k = to_int(np.floor(fmin(fmax(index, 0.0), 12.0) + 0.5))
    packed = np.where(k == 1, _PACKED[1], np.where(k == 2, _PACKED[2], np.where(k == 3, _PACKED[3], _PACKED[0])))
    packed = np.where(k == 4, _PACKED[4], np.where(k == 5, _PACKED[5], np.where(k == 6, _PACKED[6], packed)))
    packed = np.where(k == 7, _PACKED[7], np.where(k == 8, _PACKED[8], np.where(k == 9, _PACKED[9], packed)))
    packed = np.where(k == 10, _PACKED[10], np.where(k == 11, _PACKED[11], np.where(k == 12, _PACKED[12], packed)))
    notes = to_float(shift_right(packed, 28))
    return packed, notes, 1.0 / notes


@kind(
    ins=("x",),
    tags=("stepped",),
    reference="scales of twelve-tone equal temperament",
    scale=Param(
        0.0,
        0.0,
        len(SCALES) - 1.0,
        Unit.INDEX,
        curve=Curve.STEP,
        smoothing=0.0,
        doc="Which scale: " + ", ".join(f"{k} {name}" for k, name in enumerate(SCALES)) + ".",
    ),
    root=Param(0.0, -LARGEST, LARGEST, Unit.SEMITONES, smoothing=0.0, doc="Output for degree 0."),
)
def scale_quantize(x: Any, scale: Any, root: Any, y: Any, n: Any, env: Any) -> None:
    """Turns degrees of a scale into semitones: 0 is the root, 7 the octave if the scale has seven notes. Degrees are rounded."""
    packed, notes, per_note = _scale(scale[0])
    for i in range(n):
        if scale.moving:
            packed, notes, per_note = _scale(scale[i])
        degree = np.floor(fmin(fmax(x[i], -1e5), 1e5) + 0.5)
        octave = np.floor((degree + 0.5) * per_note)
        place = to_int(degree - octave * notes)
        note = shift_right(packed << (28 - (place << 2)), 28)
        y[i] = any_number(root[i]) + (12.0 * octave + to_float(note))
