"""The envelope of SuperDirt's synths: breakpoints at fractions of the event."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, to_float
from dsp.math.interpolate import any_number
from dsp.math.segments import bend, bend_scale, clamp_curve


def _level(default: float, where: str) -> Param:
    return Param(default, -1e9, 1e9, smoothing=0.0, doc=f"Level {where}.")


def _at(default: float, number: int) -> Param:
    doc = (
        f"When it reaches level {number}, as a part of `sustain`; a point earlier than the one before it makes a jump."
    )
    return Param(default, 0.0, 16.0, Unit.RATIO, smoothing=0.0, doc=doc)


@inline
def _part(at: Any) -> Any:
    return fmin(fmax(at, 0.0), 16.0)


@inline
def _per(length: Any) -> Any:
    return 1.0 / fmax(length, 1e-7)


@kind(
    reference="breakpoint envelope in closed form; curvature as SuperCollider's Env",
    sustain=Param(
        1.0,
        0.0,
        1000.0,
        Unit.SECONDS,
        curve=Curve.EXPONENTIAL,
        smoothing=0.0,
        doc="Time of the whole envelope; the breakpoints are fractions of it.",
    ),
    l0=_level(0.0, "at the lane's start"),
    l1=_level(1.0, "at t1"),
    l2=_level(1.0, "at t2"),
    l3=_level(1.0, "at t3"),
    l4=_level(0.0, "at t4 and after it"),
    t1=_at(0.01, 1),
    t2=_at(0.5, 2),
    t3=_at(0.99, 3),
    t4=_at(1.0, 4),
    curve=Param(0.0, -50.0, 50.0, smoothing=0.0, doc="Bend of all segments: 0 is straight, negative is steep first."),
)
def breakpoints(
    sustain: Any, l0: Any, l1: Any, l2: Any, l3: Any, l4: Any, t1: Any, t2: Any, t3: Any, t4: Any, curve: Any,
    y: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Four segments between five levels, from the lane's start. The breakpoints are fractions of a time."""
    moving = sustain.moving or t1.moving or t2.moving or t3.moving or t4.moving or curve.moving
    per_frame = _per(fmin(fmax(sustain[0], 0.0), 1e4) * env.rate)
    a, b, c, d = _part(t1[0]), _part(t2[0]), _part(t3[0]), _part(t4[0])
    per_a, per_b, per_c, per_d = _per(a), _per(b - a), _per(c - b), _per(d - c)
    bent = clamp_curve(curve[0])
    scale = bend_scale(bent)
    curved = moving or any_lane(bent != 0.0)
    for i in range(n):
        if moving:
            per_frame = _per(fmin(fmax(sustain[i], 0.0), 1e4) * env.rate)
            a, b, c, d = _part(t1[i]), _part(t2[i]), _part(t3[i]), _part(t4[i])
            per_a, per_b, per_c, per_d = _per(a), _per(b - a), _per(c - b), _per(d - c)
            bent = clamp_curve(curve[i])
            scale = bend_scale(bent)
        t = to_float(env.age + i) * per_frame
        first, second, third = t < a, t < b, t < c
        u = np.where(third, (t - b) * per_c, (t - c) * per_d)
        source, target = np.where(third, l2[i], l3[i]), np.where(third, l3[i], l4[i])
        u = np.where(second, (t - a) * per_b, u)
        source, target = np.where(second, l1[i], source), np.where(second, l2[i], target)
        u = np.where(first, t * per_a, u)
        source, target = np.where(first, l0[i], source), np.where(first, l1[i], target)
        source, target = any_number(source), any_number(target)
        u = fmin(u, 1.0)
        way = bend(u, bent, scale) if curved else u
        y[i] = np.where(u >= 1.0, target, source + (target - source) * way)
