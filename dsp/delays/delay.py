"""Delay lines."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, to_float, to_int
from dsp.math.delayline import sane
from dsp.math.interpolate import linear

_LONGEST = 1.0  # seconds
_FULL = 64.0  # limit of the samples in the line: with feedback 1 they could grow without end


@inline
def _place(time: Any, env: Any) -> Any:
    """Whole frames of a delay, and the remaining fraction of a frame."""
    frames = fmin(fmax(time * env.rate, 1.0), _LONGEST * env.rate)
    whole = np.floor(frames)
    return to_int(whole), frames - whole


@kind(
    ins=("x",),
    state=("damped",),
    memory=_LONGEST,
    reference="J. O. Smith, Physical Audio Signal Processing: feedback comb, one-pole in its loop",
    time=Param(
        0.25, 0.0, _LONGEST, Unit.SECONDS, doc="Delay; at least one frame.", curve=Curve.EXPONENTIAL, smoothing=0.05
    ),
    feedback=Param(0.0, -1.0, 1.0, doc="Share of the delayed sound that is delayed again; kept within -0.999..0.999."),
    damp=Param(0.0, 0.0, 1.0, doc="Coefficient of a one-pole low-pass on the delayed sound: 0 bright, near 1 dark."),
    mix=Param(0.5, 0.0, 1.0, doc="0: the input alone; 1: the delayed sound alone."),
)
def delay(
    x: Any, time: Any, feedback: Any, damp: Any, mix: Any, y: Any, state: Any, memory: Any, n: Any, env: Any
) -> None:
    """A delay with damped feedback; its time may glide."""
    damped = state.damped
    whole, part = _place(time[0], env)
    for i in range(n):
        if time.moving:
            whole, part = _place(time[i], env)
        echo = linear(memory.read(i, whole), memory.read(i, whole + 1), part)
        damped = echo + fmin(fmax(damp[i], 0.0), 0.9999) * (damped - echo)
        u = x[i]
        memory.write(i, fmin(fmax(sane(u) + fmin(fmax(feedback[i], -0.999), 0.999) * damped, -_FULL), _FULL))
        y[i] = u + fmin(fmax(mix[i], 0.0), 1.0) * (damped - u)
    state.damped = damped


_MOST = 4.0  # seconds
_FADE = 2000  # frames


@inline
def _frames(time: Any, lock: Any, cps: Any, rate: Any) -> Any:
    """Whole frames of the delay; 0 s is the oldest cell of the line."""
    cycle = np.where(lock > 0.5, 1.0 / fmin(fmax(cps, 0.001), 1e6), 1.0)
    frames = np.floor(fmin(fmax(time, 0.0), 1e6) * cycle * rate + 0.5)
    return to_int(np.where(frames < 1.0, _MOST * rate, fmin(frames, _MOST * rate)))


@kind(
    ins=("x",),
    ints=("delay", "former", "fade"),
    memory=_MOST,
    reference="SuperDirt's orbit delay (docs/dirt.md, Orbits), one channel",
    time=Param(0.0, 0.0, 1e6, Unit.SECONDS, doc="Delay, at most 4 s; 0 gives 4 s.", smoothing=0.0),
    feedback=Param(0.0, 0.0, 1.0, doc="Share of the echo that is delayed again; kept within 0..1."),
    level=Param(
        0.0, 0.0, 1000.0, Unit.GAIN, doc="Level of the output, which is the input plus its echoes.", smoothing=0.01
    ),
    send=Param(1.0, 0.0, 1000.0, Unit.GAIN, doc="Level of the input.", smoothing=0.015),
    lock=Param(0.0, 0.0, 1.0, Unit.BOOL, doc="1: `time` is in cycles instead of seconds.", smoothing=0.0),
    cps=Param(1.0, 0.001, 1e6, Unit.HZ, doc="Cycles per second, for `lock`.", smoothing=0.0),
)
def echo(
    x: Any,
    time: Any,
    feedback: Any,
    level: Any,
    send: Any,
    lock: Any,
    cps: Any,
    y: Any,
    state: Any,
    memory: Any,
    n: Any,
    env: Any,
) -> None:
    """SuperDirt's delay, input and echo together. A change of the time cross-fades over 2000 frames; the next one waits for it."""
    delay, former, fade = state.delay, state.former, state.fade
    moving = time.moving or lock.moving or cps.moving
    want = _frames(time[0], lock[0], cps[0], env.rate)
    delay = np.where(delay == 0, want, delay)
    former = np.where(former == 0, delay, former)
    for i in range(n):
        if moving:
            want = _frames(time[i], lock[i], cps[i], env.rate)
        turn = (fade == 0) & (want != delay)
        former = np.where(turn, delay, former)
        delay = np.where(turn, want, delay)
        fade = np.where(turn, _FADE, np.where(fade > 0, fade - 1, fade))
        read = memory.read(i, delay)
        if any_lane(fade > 0):
            read = read + to_float(fade) * (1.0 / _FADE) * (memory.read(i, former) - read)
        u = sane(x[i] * fmin(fmax(send[i], 0.0), 1e6))
        memory.write(i, fmin(fmax(u + fmin(fmax(feedback[i], 0.0), 1.0) * read, -_FULL), _FULL))
        y[i] = (u + read) * fmin(fmax(level[i], 0.0), 1e6)
    state.delay = delay
    state.former = former
    state.fade = fade
