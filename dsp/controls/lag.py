"""Smoothing of control signals."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.exponential import exp

_LN_1000 = 6.907755


@inline
def _keep(seconds: Any, dt: Any) -> Any:
    """The share of the distance that is left after a frame; 0 for a time of 0."""
    return np.where(seconds > 0.0, exp(-_LN_1000 * dt / fmin(fmax(seconds, 1e-6), 1e6)), 0.0)


@kind(
    ins=("x",),
    state=("last",),
    ints=("started",),
    reference="one-pole low-pass, as SuperCollider's Lag",
    time=Param(
        0.1,
        0.0,
        1000.0,
        Unit.SECONDS,
        curve=Curve.EXPONENTIAL,
        smoothing=0.0,
        doc="Time to come within 1/1000 (60 dB) of a step.",
    ),
)
def lag(x: Any, time: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Follows the input exponentially; the first frame of a lane is the input itself."""
    last, started = state.last, state.started
    keep = _keep(time[0], env.dt)
    for i in range(n):
        if time.moving:
            keep = _keep(time[i], env.dt)
        last = np.where(started != 0, x[i] + keep * (last - x[i]), x[i])
        started = started | 1
        y[i] = last
    state.last, state.started = last, started
