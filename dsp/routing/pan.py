"""Placing a signal between left and right, and its level."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.trig import cos_cycles, sin_cycles

_LAW = "equal power: left cos a, right sin a, a = (position + 1) pi / 4, so -3 dB each in the middle"
_POSITION = Param(0.0, -1.0, 1.0, doc="-1 left, 0 middle, 1 right.", aliases=("pan",))


@inline
def _sides(position: Any) -> Any:
    """Gains of left and right."""
    angle = fmin(fmax(position, -1.0), 1.0) * 0.125 + 0.125  # in cycles
    return cos_cycles(angle), sin_cycles(angle)


@inline
def _factor(amp: Any) -> Any:
    """The level; 0 where it is not a number."""
    return np.where(np.abs(amp) < 1e6, amp, 0.0)


@kind(ins=("x",), outs=("left", "right"), reference=_LAW + " (SuperCollider's Pan2)", position=_POSITION)
def pan(x: Any, position: Any, left: Any, right: Any, n: Any, env: Any) -> None:
    """Places one signal between left and right."""
    a, b = _sides(position[0])
    for i in range(n):
        if position.moving:
            a, b = _sides(position[i])
        left[i] = x[i] * a
        right[i] = x[i] * b


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    reference=_LAW + " (SuperCollider's Balance2)",
    position=_POSITION,
)
def balance(left: Any, right: Any, position: Any, left_out: Any, right_out: Any, n: Any, env: Any) -> None:
    """Shifts the weight of a stereo signal to one side."""
    a, b = _sides(position[0])
    for i in range(n):
        if position.moving:
            a, b = _sides(position[i])
        left_out[i] = left[i] * a
        right_out[i] = right[i] * b


@kind(
    ins=("x",),
    reference="y = amp x",
    amp=Param(1.0, -1000.0, 1000.0, Unit.GAIN, doc="Factor; negative values invert the polarity.", aliases=("gain",)),
)
def gain(x: Any, amp: Any, y: Any, n: Any, env: Any) -> None:
    """Changes the level."""
    factor = _factor(amp[0])
    for i in range(n):
        if amp.moving:
            factor = _factor(amp[i])
        y[i] = factor * x[i]
