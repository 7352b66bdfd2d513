"""The tone of a sound chip: a square whose period is a whole number of the chip's ticks."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, to_float, to_int

_TICKS = 4  # ticks of the chip in a frame: a sample is their mean


@inline
def _period(freq: Any) -> Any:
    """Ticks from one edge to the next: a 12-bit register, rounded down; at least the ticks of a frame."""
    return to_int(fmin(fmax(110300.0 / fmax(freq - 0.5, 1.0), 4.0), 4095.0))


@kind(
    ints=("tick", "low"),
    tags=("stepped",),
    reference="the tone of the AY-3-8910 as SuperCollider's AY and AYFreqToTone play it at 48 kHz: 96000 ticks a second, "
    "110300 / (f - 0.5) ticks per period, which is 13 % below the frequency asked for",
    freq=Param(440.0, 0.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Frequency for which the register is set."),
)
def chip_square(freq: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A square wave, 0..1, whose pitch moves in steps; it starts at 1. Tuned for 48 kHz: at other rates the pitch changes with the rate."""
    tick, low = state.tick, state.low
    period = _period(freq[0])
    for i in range(n):
        if freq.moving:
            period = _period(freq[i])
        rest = fmin(fmax(period - tick, 0), _TICKS)  # ticks left before the edge
        y[i] = to_float(np.where(low != 0, _TICKS - rest, rest)) * (1.0 / _TICKS)
        turn = rest < _TICKS
        tick = np.where(turn, _TICKS - rest, tick + _TICKS)
        low = np.where(turn, 1 - low, low)
    state.tick, state.low = tick, low
