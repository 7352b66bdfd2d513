"""When something happens in a signal: its zero crossings, its onsets."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, to_float, to_int
from dsp.math.exponential import db_to_gain
from dsp.math.interpolate import any_number
from dsp.math.smoothing import follow, share_of


@kind(
    ins=("x",),
    state=("before", "since", "freq"),
    ints=("armed", "seen"),
    reference="period between upward zero crossings, each placed by linear interpolation",
    threshold=Param(0.01, 0.0, 1e6, Unit.GAIN, doc="A crossing counts only after the signal was this far below 0."),
    lowest=Param(
        20.0, 0.1, 20000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Lowest frequency; the output is 0 for lower ones."
    ),
)
def zero_crossing(x: Any, threshold: Any, lowest: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """The frequency of a simple sound, from its zero crossings: exact for a sine, often doubled by strong overtones."""
    before, since, freq, armed, seen = state.before, state.since, state.freq, state.armed, state.seen
    for i in range(n):
        u = any_number(x[i])
        crossed = (before <= 0.0) & (u > 0.0) & (armed != 0)
        part = np.where(crossed, -before / fmax(u - before, 1e-30), 0.0)  # of the frame, until the crossing
        period = since + part
        freq = np.where(crossed & (seen != 0), env.rate / fmax(period, 1.0), freq)
        seen = np.where(crossed, 1, seen)
        since = np.where(crossed, 1.0 - part, fmin(since + 1.0, 1e7))
        lost = since > env.rate / fmin(fmax(lowest[i], 0.1), 20000.0)
        freq, seen = np.where(lost, 0.0, freq), np.where(lost, 0, seen)
        armed = np.where(crossed, 0, np.where(u <= -fmax(threshold[i], 0.0), 1, armed))
        before = u
        y[i] = freq
    state.before, state.since, state.freq, state.armed, state.seen = before, since, freq, armed, seen


_FAST_UP, _FAST_DOWN = 0.001, 0.02  # seconds
_SLOW_UP, _SLOW_DOWN = 0.03, 0.1


@kind(
    ins=("x",),
    state=("fast", "slow"),
    ints=("wait",),
    tags=("stepped",),
    reference="onset detection by two envelope followers: Bello et al., 'A tutorial on onset detection in music "
    "signals' (IEEE TSAP 13, 2005), sec. III-A",
    sensitivity=Param(
        6.0, 0.1, 60.0, Unit.DECIBEL, doc="How far the level has to rise above its average of the last 30 ms."
    ),
    floor=Param(0.01, 0.0, 1e6, Unit.GAIN, doc="Level that an onset must also exceed."),
    gap=Param(0.05, 0.001, 10.0, Unit.SECONDS, doc="Least time between two pulses."),
)
def transient(x: Any, sensitivity: Any, floor: Any, gap: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A pulse of one frame at each onset."""
    fast, slow, wait = state.fast, state.slow, state.wait
    fast_up, fast_down = share_of(_FAST_UP, env.dt), share_of(_FAST_DOWN, env.dt)
    slow_up, slow_down = share_of(_SLOW_UP, env.dt), share_of(_SLOW_DOWN, env.dt)
    ratio = db_to_gain(fmin(fmax(sensitivity[0], 0.1), 60.0))
    for i in range(n):
        if sensitivity.moving:
            ratio = db_to_gain(fmin(fmax(sensitivity[i], 0.1), 60.0))
        u = np.abs(any_number(x[i]))
        fast, slow = follow(fast, u, fast_up, fast_down), follow(slow, u, slow_up, slow_down)
        fired = (fast > slow * ratio) & (fast > fmax(floor[i], 0.0)) & (wait <= 0)
        length = to_int(fmin(fmax(gap[i], 0.001), 10.0) * env.rate)
        wait = np.where(fired, length, fmax(wait - 1, 0))
        y[i] = np.where(fired, 1.0, 0.0 * to_float(wait))
    state.fast, state.slow, state.wait = fast, slow, wait
