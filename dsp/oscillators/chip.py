"""The tone of a sound chip: a square whose period is a whole number of the chip's ticks."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, to_float, to_int

_TICKS = 4  # of the chip in a frame: the sound is their mean


@inline
def _period(freq: Any) -> Any:
    """Ticks from one edge to the next: a 12-bit register, rounded down, at least what fits in a frame."""
    return to_int(fmin(fmax(110300.0 / fmax(freq - 0.5, 1.0), 4.0), 4095.0))


@kind(
    ints=("tick", "low"),
    tags=("stepped",),
    reference="the tone of the AY-3-8910 as SuperCollider's AY and AYFreqToTone play it at 48 kHz: 96000 ticks a second, "
    "110300 / (f - 0.5) of them per period, which is 13 % below the frequency asked for",
    freq=Param(440.0, 0.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="What the register is set for."),
)
def chip_square(freq: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A square from 0 to 1 in steps of pitch, high as it begins. At other rates it is as many cents off as they are."""
    tick, low = state.tick, state.low
    period = _period(freq[0])
    for i in range(n):
        if freq.moving:
            period = _period(freq[i])
        rest = fmin(fmax(period - tick, 0), _TICKS)  # ticks before the edge
        y[i] = to_float(np.where(low != 0, _TICKS - rest, rest)) * (1.0 / _TICKS)
        turn = rest < _TICKS
        tick = np.where(turn, _TICKS - rest, tick + _TICKS)
        low = np.where(turn, 1 - low, low)
    state.tick, state.low = tick, low
