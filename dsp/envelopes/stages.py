"""An envelope of up to eight segments, each with its own length and bend."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, to_float
from dsp.math.interpolate import any_number
from dsp.math.segments import bend, bend_scale, clamp_curve, frames_of, per_frame

_FOREVER = 1 << 30  # the count of frames stops here
_NEVER = 1e30


def _level(number: int) -> Param:
    where = "before the trigger, and at the start" if number == 0 else f"at the end of segment {number}"
    return Param(1.0 if number == 1 else 0.0, -1e9, 1e9, smoothing=0.0, doc=f"Level {where}.")


def _time(number: int) -> Param:
    default = 0.01 if number == 1 else 0.3
    doc = f"Length of segment {number}; 0 makes a jump."
    return Param(default, 0.0, 1000.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc=doc)


def _bend(number: int) -> Param:
    return Param(
        0.0, -50.0, 50.0, smoothing=0.0, doc=f"Bend of segment {number}: 0 is straight, negative is steep first."
    )


def _switch(default: float, doc: str) -> Param:
    return Param(default, 0.0, 1.0, Unit.BOOL, curve=Curve.STEP, smoothing=0.0, doc=doc)


@inline
def _end(before: Any, seconds: Any, number: Any, count: Any, rate: Any) -> Any:
    """Frame at which a segment ends; segments beyond ``count`` take no time."""
    return before + np.where(count > number - 0.5, frames_of(seconds, rate), 0.0)


@inline
def _choose(inside: Any, here: Any, there: Any) -> Any:
    """One of two segments, each (from, to, first frame, end, bend)."""
    a, b, first, last, curve = here
    c, d, other_first, other_last, other_curve = there
    return (
        np.where(inside, a, c),
        np.where(inside, b, d),
        np.where(inside, first, other_first),
        np.where(inside, last, other_last),
        np.where(inside, curve, other_curve),
    )


@kind(
    ints=("was_on", "running", "elapsed"),
    reference="breakpoint envelope in closed form; curvature as SuperCollider's Env",
    trigger=_switch(1.0, "Starts at l0 when this rises above 0.5; if it is on at the lane's start, in the first frame."),
    loop=_switch(0.0, "1: starts again at l0 when the last segment ends."),
    count=Param(2.0, 1.0, 8.0, curve=Curve.STEP, smoothing=0.0, doc="Number of segments."),
    l0=_level(0), l1=_level(1), l2=_level(2), l3=_level(3), l4=_level(4), l5=_level(5), l6=_level(6), l7=_level(7),
    l8=_level(8),
    t1=_time(1), t2=_time(2), t3=_time(3), t4=_time(4), t5=_time(5), t6=_time(6), t7=_time(7), t8=_time(8),
    c1=_bend(1), c2=_bend(2), c3=_bend(3), c4=_bend(4), c5=_bend(5), c6=_bend(6), c7=_bend(7), c8=_bend(8),
)  # fmt: skip
def segments(
    trigger: Any, loop: Any, count: Any,
    l0: Any, l1: Any, l2: Any, l3: Any, l4: Any, l5: Any, l6: Any, l7: Any, l8: Any,
    t1: Any, t2: Any, t3: Any, t4: Any, t5: Any, t6: Any, t7: Any, t8: Any,
    c1: Any, c2: Any, c3: Any, c4: Any, c5: Any, c6: Any, c7: Any, c8: Any,
    y: Any, state: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Up to eight segments between any levels. A trigger starts them; they run once, then hold the last level, or they repeat."""
    was_on, running, elapsed = state.was_on, state.running, state.elapsed
    moving = (
        (count.moving or t1.moving or t2.moving or t3.moving or t4.moving or t5.moving or t6.moving or t7.moving)
        or (t8.moving or l0.moving or l1.moving or l2.moving or l3.moving or l4.moving or l5.moving or l6.moving)
        or (l7.moving or l8.moving or c1.moving or c2.moving or c3.moving or c4.moving or c5.moving or c6.moving)
        or (c7.moving or c8.moving)
    )
    zero = 0.0 * to_float(elapsed)
    # the current segment of each lane (from, to, frames, bend), looked up only when a lane leaves its segment
    a, b, first, last, bent, per, scale = zero, zero, zero, zero, zero, zero, zero
    total = zero - 1.0
    for i in range(n):
        on = trigger[i] > 0.5
        fired = on & (was_on == 0)
        was_on = np.where(on, 1, 0)
        running = np.where(fired, 1, running)
        if i == 0 or moving:  # the ends of the segments do not depend on where a lane is
            k = fmin(fmax(np.floor(count[i] + 0.5), 1.0), 8.0)
            e1 = _end(zero, t1[i], 1.0, k, env.rate)
            e2 = _end(e1, t2[i], 2.0, k, env.rate)
            e3 = _end(e2, t3[i], 3.0, k, env.rate)
            e4 = _end(e3, t4[i], 4.0, k, env.rate)
            e5 = _end(e4, t5[i], 5.0, k, env.rate)
            e6 = _end(e5, t6[i], 6.0, k, env.rate)
            e7 = _end(e6, t7[i], 7.0, k, env.rate)
            total = _end(e7, t8[i], 8.0, k, env.rate)
        over = (loop[i] > 0.5) & (to_float(elapsed) >= total)
        elapsed = np.where(fired | over, 0, elapsed)
        t = np.where(running != 0, to_float(elapsed), -1.0)
        if i == 0 or moving or any_lane((t < first) | (t >= last)):
            upper = np.where(k < 5.5, l5[i], np.where(k < 6.5, l6[i], np.where(k < 7.5, l7[i], l8[i])))
            lower = np.where(k < 1.5, l1[i], np.where(k < 2.5, l2[i], np.where(k < 3.5, l3[i], l4[i])))
            rest = np.where(k < 4.5, lower, upper)
            now = (rest, rest, total, zero + _NEVER, zero)
            now = _choose(t < total, (l7[i], l8[i], e7, total, c8[i]), now)
            now = _choose(t < e7, (l6[i], l7[i], e6, e7, c7[i]), now)
            now = _choose(t < e6, (l5[i], l6[i], e5, e6, c6[i]), now)
            now = _choose(t < e5, (l4[i], l5[i], e4, e5, c5[i]), now)
            now = _choose(t < e4, (l3[i], l4[i], e3, e4, c4[i]), now)
            now = _choose(t < e3, (l2[i], l3[i], e2, e3, c3[i]), now)
            now = _choose(t < e2, (l1[i], l2[i], e1, e2, c2[i]), now)
            now = _choose(t < e1, (l0[i], l1[i], zero, e1, c1[i]), now)
            a, b, first, last, bent = _choose(t < 0.0, (l0[i], l0[i], zero - _NEVER, zero, zero), now)
            a, b, bent = any_number(a), any_number(b), clamp_curve(bent)
            per, scale = per_frame(last - first), bend_scale(bent)
        u = fmin(fmax((t - first) * per, 0.0), 1.0)
        y[i] = a + (b - a) * bend(u, bent, scale)
        elapsed = fmin(elapsed + 1, _FOREVER)
    state.was_on, state.running, state.elapsed = was_on, running, elapsed
