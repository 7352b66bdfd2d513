"""A lower sample rate, with steps that can be smoothed."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin
from dsp.math.delayline import sane


@kind(
    ins=("x",),
    state=("held", "left", "y1"),
    tags=("stepped",),
    reference="sample and hold at a rate in hertz, then y += (1 - smooth) (held - y)",
    rate=Param(8000.0, 10.0, 48000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Samples taken per second."),
    smooth=Param(0.0, 0.0, 0.999, doc="Smoothing of the steps: coefficient of a one-pole low-pass; 0 keeps the steps."),
)
def decimator(x: Any, rate: Any, smooth: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Samples the input at its own rate and holds each value, with the aliases that this causes."""
    held, left, y1 = state.held, state.left, state.y1
    for i in range(n):
        take = left <= 0.0
        held = np.where(take, sane(x[i]), held)
        period = env.rate / fmin(fmax(rate[i], 10.0), 1e6)
        left = np.where(take, left + fmax(period, 1.0), left) - 1.0
        y1 = held + fmin(fmax(smooth[i], 0.0), 0.999) * (y1 - held)
        y[i] = y1
    state.held, state.left, state.y1 = held, left, y1
