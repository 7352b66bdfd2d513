"""Delays with several echoes per turn: many taps of one line, or two lines that feed each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin
from dsp.math.delayline import read_linear, sane

_FULL = 64.0  # limit of the samples in a line: with feedback they could grow without end
_FEEDBACK = Param(0.4, -1.0, 1.0, doc="Share of the echo that is delayed again; kept within -0.999..0.999.")
_MIX = Param(0.5, 0.0, 1.0, doc="0: the input alone; 1: the echoes alone.")


@kind(
    ins=("x",),
    memory=1.25,
    reference="J. O. Smith, Physical Audio Signal Processing: tapped delay line",
    time=Param(0.5, 0.002, 1.2, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.05, doc="Delay of the last tap."),
    taps=Param(4.0, 2.0, 8.0, curve=Curve.STEP, smoothing=0.0, doc="Number of taps, at equal distances."),
    fade=Param(0.7, 0.0, 1.0, Unit.GAIN, doc="Level of each tap relative to the one before; the first has level 1."),
    feedback=Param(0.3, -1.0, 1.0, doc="Share of the last tap that is delayed again; kept within -0.999..0.999."),
    mix=_MIX,
)  # fmt: skip
def multitap(
    x: Any, time: Any, taps: Any, fade: Any, feedback: Any, mix: Any, y: Any, memory: Any, n: Any, env: Any
) -> None:
    """Two to eight echoes in a row; feedback repeats the row."""
    for i in range(n):
        count = fmin(fmax(np.floor(taps[i] + 0.5), 2.0), 8.0)
        distance = fmin(fmax(time[i], 0.002), 1.2) * env.rate / count
        fall = fmin(fmax(fade[i], 0.0), 1.0)
        u = x[i]
        wet, last, level = 0.0 * fall, 0.0 * fall, 1.0 + 0.0 * fall
        for k in range(1, 9):
            if any_lane(count > k - 0.5):
                tap = read_linear(memory, i, fmax(distance * k, 1.0), 0)
                wet = wet + np.where(count > k - 0.5, level, 0.0) * tap
                last = np.where(count > k - 0.5, tap, last)
                level = level * fall
        memory.write(i, fmin(fmax(sane(u) + fmin(fmax(feedback[i], -0.999), 0.999) * last, -_FULL), _FULL))
        y[i] = u + fmin(fmax(mix[i], 0.0), 1.0) * (wet - u)


_SIDE = 0.6  # seconds, longest delay of one side


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    state=("left_damped", "right_damped"),
    memory=1.25,
    reference="two delay lines in a ring: J. O. Smith, Physical Audio Signal Processing, feedback delay networks",
    time=Param(0.25, 0.002, _SIDE, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.05, doc="Time from one echo to the next."),
    feedback=_FEEDBACK,
    damp=Param(0.0, 0.0, 1.0, doc="Coefficient of a one-pole low-pass on each side's echo: 0 bright, near 1 dark."),
    width=Param(1.0, 0.0, 1.0, doc="1: the echoes are fully left and fully right; 0: all are in the middle."),
    mix=_MIX,
)  # fmt: skip
def pingpong(
    left: Any, right: Any, time: Any, feedback: Any, damp: Any, width: Any, mix: Any, left_out: Any, right_out: Any,
    state: Any, memory: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Echoes that alternate between left and right, each ``feedback`` times the one before; both inputs feed them."""
    first, second = state.left_damped, state.right_damped
    stretch = int(_SIDE * env.rate) + 4  # parts of the memory, one per side
    for i in range(n):
        frames = fmin(fmax(fmin(fmax(time[i], 0.002), _SIDE) * env.rate, 1.0), _SIDE * env.rate)
        loss = fmin(fmax(damp[i], 0.0), 0.9999)
        a, b = read_linear(memory, i, frames, stretch), read_linear(memory, i, frames, 2 * stretch)
        first, second = a + loss * (first - a), b + loss * (second - b)
        feedback_share = fmin(fmax(feedback[i], -0.999), 0.999)
        u, v = left[i], right[i]
        memory.write(i, fmin(fmax(0.5 * sane(u + v) + feedback_share * second, -_FULL), _FULL), stretch)
        memory.write(i, fmin(fmax(feedback_share * first, -_FULL), _FULL), 2 * stretch)
        side = 0.5 * fmin(fmax(width[i], 0.0), 1.0) * (first - second)
        middle = 0.5 * (first + second)
        wet = fmin(fmax(mix[i], 0.0), 1.0)
        left_out[i] = u + wet * (middle + side - u)
        right_out[i] = v + wet * (middle - side - v)
    state.left_damped, state.right_damped = first, second
