"""Envelopes that a trigger or a gate starts, any number of times."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, to_float
from dsp.math.segments import bend, bend_scale, clamp_curve, frames_of, per_frame

_FOREVER = 1 << 30  # the count of frames stops here
_REFERENCE = "segments in closed form, from the number of frames since the trigger; curvature as SuperCollider's Env"


def _time(default: float, doc: str) -> Param:
    return Param(default, 0.0, 1000.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc=doc)


def _switch(default: float, doc: str) -> Param:
    return Param(default, 0.0, 1.0, Unit.BOOL, curve=Curve.STEP, smoothing=0.0, doc=doc)


_TRIGGER = "Starts when this rises above 0.5; if it is on at the lane's start, in the first frame."
_BEND = Param(0.0, -50.0, 50.0, smoothing=0.0, doc="Bend of the segments: 0 is straight, negative is steep first.")


@inline
def _way(u: Any, curve: Any, scale: Any, curved: bool) -> Any:
    """The share of a segment's change that has happened at u, the share of its time that has passed."""
    u = fmin(fmax(u, 0.0), 1.0)
    return bend(u, curve, scale) if curved else u


@kind(
    state=("level", "begin"),
    ints=("was_on", "running", "elapsed"),
    reference=_REFERENCE,
    trigger=_switch(1.0, _TRIGGER),
    attack=_time(0.01, "Time to rise to 1 from the current level."),
    decay=_time(0.3, "Time to fall from 1 to 0."),
    curve=_BEND,
    loop=_switch(0.0, "1: starts again at its end, every attack + decay (rounded up to frames)."),
)
def ad(trigger: Any, attack: Any, decay: Any, curve: Any, loop: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Attack and decay, 0..1; every trigger makes it rise again from the current level."""
    level, begin, was_on = state.level, state.begin, state.was_on
    running, elapsed = state.running, state.elapsed
    moving = attack.moving or decay.moving or curve.moving
    rise, fall = frames_of(attack[0], env.rate), frames_of(decay[0], env.rate)
    per_rise, per_fall = per_frame(rise), per_frame(fall)
    bent = clamp_curve(curve[0])
    scale = bend_scale(bent)
    curved = moving or any_lane(bent != 0.0)
    on = trigger[0] > 0.5
    due = (on & (was_on == 0)) | ((running != 0) & ((loop[0] > 0.5) | (to_float(elapsed) < rise + fall)))
    if not (moving or trigger.moving or loop.moving or any_lane(due)):
        for i in range(n):
            y[i] = 0.0 * level
        state.level, state.was_on, state.elapsed = 0.0 * level, np.where(on, 1, 0), fmin(elapsed + n, _FOREVER)
        return
    for i in range(n):
        if moving:
            rise, fall = frames_of(attack[i], env.rate), frames_of(decay[i], env.rate)
            per_rise, per_fall = per_frame(rise), per_frame(fall)
            bent = clamp_curve(curve[i])
            scale = bend_scale(bent)
        on = trigger[i] > 0.5
        fired = on & (was_on == 0)
        was_on = np.where(on, 1, 0)
        restarts = (loop[i] > 0.5) & (to_float(elapsed) >= rise + fall)
        begin = np.where(fired, level, np.where(restarts, 0.0, begin))
        elapsed = np.where(fired | restarts, 0, elapsed)
        running = np.where(fired, 1, running)
        t = to_float(elapsed)
        rising = t < rise
        way = _way(np.where(rising, t * per_rise, 1.0 - (rise + fall - t) * per_fall), bent, scale, curved)
        level = np.where(rising, begin + (1.0 - begin) * way, 1.0 - way)
        level = np.where((running != 0) & (t < rise + fall), level, 0.0)
        elapsed = fmin(elapsed + 1, _FOREVER)
        y[i] = level
    state.level, state.begin, state.was_on = level, begin, was_on
    state.running, state.elapsed = running, elapsed


@kind(
    state=("level", "begin"),
    ints=("was_on", "running", "elapsed"),
    reference=_REFERENCE,
    trigger=_switch(1.0, _TRIGGER + " Ignored until the hold is over."),
    attack=_time(0.01, "Time to rise to 1 from the current level."),
    hold=_time(0.0, "Time at 1."),
    release=_time(0.3, "Time to fall from 1 to 0."),
    curve=_BEND,
)
def ar(trigger: Any, attack: Any, hold: Any, release: Any, curve: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Attack, hold and release, 0..1, however long the trigger stays on; a trigger during attack or hold does nothing."""
    level, begin, was_on = state.level, state.begin, state.was_on
    running, elapsed = state.running, state.elapsed
    moving = attack.moving or hold.moving or release.moving or curve.moving
    rise, top, fall = frames_of(attack[0], env.rate), frames_of(hold[0], env.rate), frames_of(release[0], env.rate)
    per_rise, per_fall = per_frame(rise), per_frame(fall)
    bent = clamp_curve(curve[0])
    scale = bend_scale(bent)
    curved = moving or any_lane(bent != 0.0)
    on = trigger[0] > 0.5
    due = (on & (was_on == 0)) | ((running != 0) & (to_float(elapsed) < rise + top + fall))
    if not (moving or trigger.moving or any_lane(due)):
        for i in range(n):
            y[i] = 0.0 * level
        state.level, state.was_on, state.elapsed = 0.0 * level, np.where(on, 1, 0), fmin(elapsed + n, _FOREVER)
        return
    for i in range(n):
        if moving:
            rise, top = frames_of(attack[i], env.rate), frames_of(hold[i], env.rate)
            fall = frames_of(release[i], env.rate)
            per_rise, per_fall = per_frame(rise), per_frame(fall)
            bent = clamp_curve(curve[i])
            scale = bend_scale(bent)
        on = trigger[i] > 0.5
        busy = (running != 0) & (to_float(elapsed) < rise + top)
        fired = on & (was_on == 0) & ~busy
        was_on = np.where(on, 1, 0)
        begin = np.where(fired, level, begin)
        elapsed = np.where(fired, 0, elapsed)
        running = np.where(fired, 1, running)
        t = to_float(elapsed)
        rising = t < rise
        end = rise + top + fall
        way = _way(np.where(rising, t * per_rise, 1.0 - (end - t) * per_fall), bent, scale, curved)
        level = np.where(rising, begin + (1.0 - begin) * way, 1.0 - way)
        level = np.where((running != 0) & (t < end), level, 0.0)
        elapsed = fmin(elapsed + 1, _FOREVER)
        y[i] = level
    state.level, state.begin, state.was_on = level, begin, was_on
    state.running, state.elapsed = running, elapsed


@kind(
    state=("level", "begin"),
    ints=("was_on", "elapsed"),
    reference=_REFERENCE,
    gate=_switch(1.0, "While it is on (above 0.5): attack, then 1; when it falls: release."),
    attack=_time(0.01, "Time to rise to 1 from the level at which the gate turns on."),
    release=_time(0.2, "Time to fall to 0 from the level at which the gate falls."),
    curve=_BEND,
)
def asr(gate: Any, attack: Any, release: Any, curve: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Attack, sustain at 1 and release; a gate that is on at the lane's start begins the attack in the first frame."""
    level, begin, was_on, elapsed = state.level, state.begin, state.was_on, state.elapsed
    moving = attack.moving or release.moving or curve.moving
    rise, fall = frames_of(attack[0], env.rate), frames_of(release[0], env.rate)
    per_rise, per_fall = per_frame(rise), per_frame(fall)
    bent = clamp_curve(curve[0])
    scale = bend_scale(bent)
    curved = moving or any_lane(bent != 0.0)
    on = gate[0] > 0.5
    due = (on ^ (was_on != 0)) | (to_float(elapsed) < np.where(on, rise, fall))
    if not (moving or gate.moving or any_lane(due)):
        level = np.where(on, 1.0, 0.0 * level)
        for i in range(n):
            y[i] = level
        state.level, state.elapsed = level, fmin(elapsed + n, _FOREVER)
        return
    for i in range(n):
        if moving:
            rise, fall = frames_of(attack[i], env.rate), frames_of(release[i], env.rate)
            per_rise, per_fall = per_frame(rise), per_frame(fall)
            bent = clamp_curve(curve[i])
            scale = bend_scale(bent)
        on = gate[i] > 0.5
        turned = on ^ (was_on != 0)
        begin = np.where(turned, level, begin)
        elapsed = np.where(turned, 0, elapsed)
        was_on = np.where(on, 1, 0)
        t = to_float(elapsed)
        target = np.where(on, 1.0, 0.0 * level)
        way = _way(t * np.where(on, per_rise, per_fall), bent, scale, curved)
        level = np.where(t >= np.where(on, rise, fall), target, begin + (target - begin) * way)
        elapsed = fmin(elapsed + 1, _FOREVER)
        y[i] = level
    state.level, state.begin, state.was_on, state.elapsed = level, begin, was_on, elapsed
