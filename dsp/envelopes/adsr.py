"""The gated envelope."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, to_float
from dsp.math.segments import bend, bend_scale, clamp_curve, frames_of, per_frame

_FOREVER = 1 << 30  # the count of frames stops here


def _time(default: float, doc: str) -> Param:
    return Param(default, 0.0, 1000.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc=doc)


@kind(
    state=("level", "begin"),
    ints=("was_on", "elapsed"),
    reference="segments in closed form, from the number of frames since the gate moved; curvature as SuperCollider's Env",
    gate=Param(
        1.0,
        0.0,
        1.0,
        Unit.BOOL,
        curve=Curve.STEP,
        smoothing=0.0,
        doc="While it is on (above 0.5): attack, decay, sustain; when it falls: release.",
    ),
    attack=_time(0.01, "Time to rise to 1 from the level at which the gate turns on."),
    decay=_time(0.1, "Time to fall from 1 to the sustain level."),
    sustain=Param(0.7, 0.0, 1.0, Unit.GAIN, doc="Level while the gate stays on."),
    release=_time(0.2, "Time to fall to 0 from the level at which the gate falls."),
    curve=Param(0.0, -50.0, 50.0, smoothing=0.0, doc="Bend of the segments: 0 is straight, negative is steep first."),
)
def adsr(
    gate: Any, attack: Any, decay: Any, sustain: Any, release: Any, curve: Any, y: Any, state: Any, n: Any, env: Any
) -> None:
    """Attack, decay, sustain and release, 0..1; a gate that is on at the lane's start begins the attack in the first frame."""
    level, begin, was_on, elapsed = state.level, state.begin, state.was_on, state.elapsed
    moving = attack.moving or decay.moving or release.moving or curve.moving
    rise, fall, tail = frames_of(attack[0], env.rate), frames_of(decay[0], env.rate), frames_of(release[0], env.rate)
    per_rise, per_fall, per_tail = per_frame(rise), per_frame(fall), per_frame(tail)
    bent = clamp_curve(curve[0])
    scale = bend_scale(bent)
    curved = moving or any_lane(bent != 0.0)
    on = gate[0] > 0.5
    t = to_float(elapsed)
    # waiting for a change of the gate, or in a segment
    waiting = (on ^ (was_on != 0)) | (t < np.where(on, rise + fall, tail))
    if not (moving or gate.moving or sustain.moving or any_lane(waiting)):
        level = np.where(on, fmin(fmax(sustain[0], 0.0), 1.0), 0.0)
        for i in range(n):
            y[i] = level
        state.level, state.elapsed = level, fmin(elapsed + n, _FOREVER)
        return
    for i in range(n):
        if moving:
            rise, fall = frames_of(attack[i], env.rate), frames_of(decay[i], env.rate)
            tail = frames_of(release[i], env.rate)
            per_rise, per_fall, per_tail = per_frame(rise), per_frame(fall), per_frame(tail)
            bent = clamp_curve(curve[i])
            scale = bend_scale(bent)
        on = gate[i] > 0.5
        turned = on ^ (was_on != 0)
        begin = np.where(turned, level, begin)
        elapsed = np.where(turned, 0, elapsed)
        was_on = np.where(on, 1, 0)
        t = to_float(elapsed)
        rising = on & (t < rise)
        falling = on & (t >= rise)
        # share of the segment that remains, 0 at its end
        left = np.where(falling, (rise + fall - t) * per_fall, (tail - t) * per_tail)
        u = np.where(rising, t * per_rise, 1.0 - left)
        source = np.where(falling, 1.0, begin)
        target = np.where(rising, 1.0, np.where(falling, fmin(fmax(sustain[i], 0.0), 1.0), 0.0))
        u = fmin(fmax(u, 0.0), 1.0)
        way = bend(u, bent, scale) if curved else u
        level = np.where(u >= 1.0, target, source + (target - source) * way)
        elapsed = fmin(elapsed + 1, _FOREVER)
        y[i] = level
    state.level, state.begin, state.was_on, state.elapsed = level, begin, was_on, elapsed
