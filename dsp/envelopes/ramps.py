"""Single ramps from the lane's start, and a limit on how fast a signal may move."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, to_float
from dsp.math.exponential import exp2, log2
from dsp.math.interpolate import any_number
from dsp.math.segments import bend, bend_scale, clamp_curve, frames_of, per_frame


def _seconds(doc: str) -> Param:
    return Param(1.0, 0.0, 1000.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc=doc)


def _positive(default: float, doc: str) -> Param:
    return Param(default, 1e-6, 1e9, curve=Curve.EXPONENTIAL, smoothing=0.0, doc=doc)


@inline
def _size(x: Any) -> Any:
    return fmin(fmax(x, 1e-6), 1e9)


@kind(
    reference="exponential interpolation: start (end / start)^(t / seconds)",
    start=_positive(1.0, "Value at the lane's start, above 0."),
    end=_positive(2.0, "Value at the end and after it, above 0."),
    seconds=_seconds("Time from one to the other."),
)
def xline(start: Any, end: Any, seconds: Any, y: Any, n: Any, env: Any) -> None:
    """An exponential line from the lane's start: equal steps in octaves. It ends exactly on its end value."""
    moving = start.moving or end.moving or seconds.moving
    share = per_frame(frames_of(seconds[0], env.rate))
    first, last = _size(start[0]), _size(end[0])
    octaves = log2(last / first)
    for i in range(n):
        if moving:
            share = per_frame(frames_of(seconds[i], env.rate))
            first, last = _size(start[i]), _size(end[i])
            octaves = log2(last / first)
        u = to_float(env.age + i) * share
        y[i] = np.where(u < 1.0, first * exp2(octaves * u), last)


@kind(
    reference="one segment of SuperCollider's Env",
    start=Param(0.0, -1e9, 1e9, smoothing=0.0, doc="Value at the lane's start."),
    end=Param(1.0, -1e9, 1e9, smoothing=0.0, doc="Value at the end and after it."),
    seconds=_seconds("Time from one to the other."),
    curve=Param(
        -4.0, -50.0, 50.0, smoothing=0.0, doc="Bend: 0 is straight, negative is steep first, positive is slow first."
    ),
)
def curve(start: Any, end: Any, seconds: Any, curve: Any, y: Any, n: Any, env: Any) -> None:
    """A curved line from the lane's start. It ends exactly on its end value."""
    moving = seconds.moving or curve.moving
    share = per_frame(frames_of(seconds[0], env.rate))
    bent = clamp_curve(curve[0])
    scale = bend_scale(bent)
    for i in range(n):
        if moving:
            share = per_frame(frames_of(seconds[i], env.rate))
            bent = clamp_curve(curve[i])
            scale = bend_scale(bent)
        u = to_float(env.age + i) * share
        first, last = any_number(start[i]), any_number(end[i])
        y[i] = np.where(u < 1.0, first + (last - first) * bend(fmin(u, 1.0), bent, scale), last)


_SPEED = "Most that the output may {} in a second."


@kind(
    ins=("x",),
    state=("last",),
    ints=("started",),
    reference="slope limiter, as SuperCollider's Slew",
    up=Param(1.0, 0.0, 1e9, curve=Curve.EXPONENTIAL, smoothing=0.0, doc=_SPEED.format("rise")),
    down=Param(1.0, 0.0, 1e9, curve=Curve.EXPONENTIAL, smoothing=0.0, doc=_SPEED.format("fall")),
)
def slew(x: Any, up: Any, down: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Follows the input, in straight lines where the input moves too fast; the first frame of a lane is the input itself."""
    last, started = state.last, state.started
    for i in range(n):
        u = any_number(x[i])
        rise, fall = fmin(fmax(up[i], 0.0), 1e9) * env.dt, fmin(fmax(down[i], 0.0), 1e9) * env.dt
        last = np.where(started != 0, last + fmin(fmax(u - last, -fall), rise), u)
        started = started | 1
        y[i] = last
    state.last, state.started = last, started
