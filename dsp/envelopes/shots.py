"""Envelopes without a gate: their course is known when the lane starts and is computed from the lane's age."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, to_float
from dsp.math.interpolate import any_number, linear
from dsp.math.segments import bend, bend_scale, clamp_curve, frames_of, per_frame
from dsp.math.trig import sin_cycles

_CURVE_DOC = "Bend of the segments: 0 is straight, negative is steep first, positive is slow first."


def _time(default: float, doc: str) -> Param:
    return Param(default, 0.0, 1000.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc=doc)


def _bend(default: float) -> Param:
    return Param(default, -50.0, 50.0, smoothing=0.0, doc=_CURVE_DOC)


@inline
def _rise_and_fall(t: Any, rise: Any, hold: Any, fall: Any) -> Any:
    """The level of a trapezoid after t frames, 0..1: exactly 1 while it holds, exactly 0 after its end."""
    up = np.where(t < rise, t * per_frame(rise), 1.0)
    down = (rise + hold + fall - t) * per_frame(fall)
    return fmax(fmin(fmin(up, down), 1.0), 0.0)


@inline
def _bent_trapezoid(t: Any, rise: Any, hold: Any, fall: Any, curve: Any, scale: Any, curved: bool) -> Any:
    """The trapezoid with bent sides. The bend of the falling side is measured from the top."""
    down = fmax(1.0 - (rise + hold + fall - t) * per_frame(fall), 0.0)
    u = fmin(np.where(t < rise, t * per_frame(rise), down), 1.0)
    if curved:
        u = np.where(u < 1.0, bend(u, curve, scale), u)
    return np.where(t < rise, u, 1.0 - u)


@kind(
    reference="SuperCollider's Env.perc",
    attack=_time(0.01, "Time to rise to 1."),
    release=_time(1.0, "Time to fall to 0."),
    curve=_bend(-4.0),
)
def perc(attack: Any, release: Any, curve: Any, y: Any, n: Any, env: Any) -> None:
    """One rise and one fall from the lane's start; exactly 0 after attack + release."""
    moving = attack.moving or release.moving or curve.moving
    rise, fall = frames_of(attack[0], env.rate), frames_of(release[0], env.rate)
    bent = clamp_curve(curve[0])
    scale = bend_scale(bent)
    curved = moving or any_lane(bent != 0.0)
    for i in range(n):
        if moving:
            rise, fall = frames_of(attack[i], env.rate), frames_of(release[i], env.rate)
            bent = clamp_curve(curve[i])
            scale = bend_scale(bent)
        y[i] = _bent_trapezoid(to_float(env.age + i), rise, 0.0 * rise, fall, bent, scale, curved)


@kind(
    reference="SuperDirt's envelope module",
    attack=_time(0.0, "Time to rise to 1."),
    hold=_time(0.0, "Time at 1."),
    release=_time(0.0, "Time to fall to 0."),
    curve=_bend(0.0),
)
def ahr(attack: Any, hold: Any, release: Any, curve: Any, y: Any, n: Any, env: Any) -> None:
    """Attack, hold, release from the lane's start; exactly 1 while it holds, exactly 0 after its end."""
    moving = attack.moving or hold.moving or release.moving or curve.moving
    rise, top, fall = frames_of(attack[0], env.rate), frames_of(hold[0], env.rate), frames_of(release[0], env.rate)
    bent = clamp_curve(curve[0])
    scale = bend_scale(bent)
    curved = moving or any_lane(bent != 0.0)
    for i in range(n):
        if moving:
            rise, top, fall = (
                frames_of(attack[i], env.rate),
                frames_of(hold[i], env.rate),
                frames_of(release[i], env.rate),
            )
            bent = clamp_curve(curve[i])
            scale = bend_scale(bent)
        y[i] = _bent_trapezoid(to_float(env.age + i), rise, top, fall, bent, scale, curved)


@kind(
    ins=("x",),
    reference="SuperDirt's envelope module",
    attack=_time(0.0, "Time to rise to 1."),
    hold=_time(0.0, "Time at 1."),
    release=_time(0.0, "Time to fall to 0."),
    curve=_bend(0.0),
)
def ahr_gain(x: Any, attack: Any, hold: Any, release: Any, curve: Any, y: Any, n: Any, env: Any) -> None:
    """The input times an envelope of attack, hold and release from the lane's start (``ahr`` gives the envelope alone)."""
    moving = attack.moving or hold.moving or release.moving or curve.moving
    rise, top, fall = frames_of(attack[0], env.rate), frames_of(hold[0], env.rate), frames_of(release[0], env.rate)
    bent = clamp_curve(curve[0])
    scale = bend_scale(bent)
    curved = moving or any_lane(bent != 0.0)
    for i in range(n):
        if moving:
            rise, top, fall = (
                frames_of(attack[i], env.rate),
                frames_of(hold[i], env.rate),
                frames_of(release[i], env.rate),
            )
            bent = clamp_curve(curve[i])
            scale = bend_scale(bent)
        y[i] = x[i] * _bent_trapezoid(to_float(env.age + i), rise, top, fall, bent, scale, curved)


@kind(
    reference="SuperDirt's gate: raised-cosine segments",
    fade_in=_time(0.0, "Time from 0 to 1; 0 starts at full level in the first frame."),
    hold_time=_time(1.0, "Time at 1."),
    fade_out=_time(0.001, "Time from 1 to 0."),
    late=_time(0.0, "Time at 0 before the attack."),
)
def event_gate(fade_in: Any, hold_time: Any, fade_out: Any, late: Any, y: Any, n: Any, env: Any) -> None:
    """The gate of a dirt event, from the lane's start: exactly 1 between its fades, exactly 0 before and after."""
    moving = fade_in.moving or hold_time.moving or fade_out.moving or late.moving
    rise, top, fall = (
        frames_of(fade_in[0], env.rate),
        frames_of(hold_time[0], env.rate),
        frames_of(fade_out[0], env.rate),
    )
    ahead = frames_of(late[0], env.rate)
    for i in range(n):
        if moving:
            rise, top, fall = (
                frames_of(fade_in[i], env.rate),
                frames_of(hold_time[i], env.rate),
                frames_of(fade_out[i], env.rate),
            )
            ahead = frames_of(late[i], env.rate)
        time = to_float(env.age + i) - ahead
        u = np.where(time < 0.0, 0.0, _rise_and_fall(time, rise, top, fall))
        if any_lane((u > 0.0) & (u < 1.0)):
            half = sin_cycles(0.25 * u)  # raised cosine: sin^2 of a quarter turn
            u = np.where(u < 1.0, half * half, u)
        y[i] = u


@kind(
    reference="linear interpolation",
    start=Param(0.0, -1e9, 1e9, smoothing=0.0, doc="Value at the lane's start."),
    end=Param(1.0, -1e9, 1e9, smoothing=0.0, doc="Value at the end and after it."),
    seconds=_time(1.0, "Time from one to the other."),
)
def line(start: Any, end: Any, seconds: Any, y: Any, n: Any, env: Any) -> None:
    """A straight line from the lane's start. It ends exactly on its end value."""
    share = per_frame(frames_of(seconds[0], env.rate))
    for i in range(n):
        if seconds.moving:
            share = per_frame(frames_of(seconds[i], env.rate))
        u = to_float(env.age + i) * share
        last = any_number(end[i])
        y[i] = np.where(u < 1.0, linear(any_number(start[i]), last, u), last)


@kind(
    reference="SuperDirt's FreqScale",
    freq=Param(1.0, 0.0, 24000.0, Unit.HZ, doc="Frequency to scale; 1 gives the factor itself."),
    speed=Param(1.0, -1e4, 1e4, Unit.RATIO, smoothing=0.0, doc="Factor at the lane's start; the sign does not count."),
    accelerate=Param(0.0, -1e4, 1e4, Unit.RATIO, smoothing=0.0, doc="Relative change of the factor over `sustain`."),
    sustain=_time(1.0, "Time of the change."),
    amount=Param(1.0, 0.0, 1.0, doc="Share of the scaling that applies (SuperDirt's speedFreq)."),
)
def freq_scale(freq: Any, speed: Any, accelerate: Any, sustain: Any, amount: Any, y: Any, n: Any, env: Any) -> None:
    """A frequency times a factor that moves in a straight line from \\|speed\\| to \\|speed\\| (1 + accelerate)."""
    share = per_frame(frames_of(sustain[0], env.rate))
    for i in range(n):
        if sustain.moving:
            share = per_frame(frames_of(sustain[i], env.rate))
        u = fmin(to_float(env.age + i) * share, 1.0)
        factor = np.abs(any_number(speed[i])) * (1.0 + any_number(accelerate[i]) * u)
        y[i] = any_number(freq[i]) * (1.0 + any_number(amount[i]) * (factor - 1.0))
