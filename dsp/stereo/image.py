"""Kinds for the stereo image: width, direction, channels."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, times
from dsp.math.delayline import read_linear, sane
from dsp.math.trig import cos_cycles, sin_cycles, warp

_INS = ("left", "right")
_OUTS = ("left_out", "right_out")
_LONGEST = 0.04  # seconds


@kind(
    ins=_INS,
    outs=_OUTS,
    reference="A. D. Blumlein, patent GB394325 (1931): sum and difference",
    width=Param(1.0, 0.0, 4.0, doc="Level of the difference of the channels: 0 mono, 1 unchanged, 2 very wide."),
)
def width(left: Any, right: Any, width: Any, left_out: Any, right_out: Any, n: Any, env: Any) -> None:
    """Makes a stereo sound wider or narrower; its sum does not change."""
    for i in range(n):
        middle, side = 0.5 * (left[i] + right[i]), 0.5 * (left[i] - right[i])
        w = fmin(fmax(width[i], 0.0), 4.0)
        left_out[i] = middle + w * side
        right_out[i] = middle - w * side


@kind(
    ins=_INS,
    outs=("mid", "side"),
    reference="A. D. Blumlein, patent GB394325 (1931): sum and difference, each over the root of 2",
)
def mid_side(left: Any, right: Any, mid: Any, side: Any, n: Any, env: Any) -> None:
    """Converts left and right to middle and side with the same power; a second one converts them back."""
    for i in range(n):
        a, b = left[i], right[i]
        mid[i] = 0.70710678 * (a + b)
        side[i] = 0.70710678 * (a - b)


@kind(
    ins=_INS,
    outs=_OUTS,
    reference="rotation of the plane of left and right, at constant power",
    turn=Param(
        0.0,
        -1.0,
        1.0,
        doc="1 turns by 45 degrees to the right: left moves to the middle, the middle to the right.",
    ),
)
def rotate(left: Any, right: Any, turn: Any, left_out: Any, right_out: Any, n: Any, env: Any) -> None:
    """Turns the whole stereo image to one side; it stays stereo."""
    angle = fmin(fmax(turn[0], -1.0), 1.0) * 0.125
    c, s = cos_cycles(angle), sin_cycles(angle)
    for i in range(n):
        if turn.moving:
            angle = fmin(fmax(turn[i], -1.0), 1.0) * 0.125
            c, s = cos_cycles(angle), sin_cycles(angle)
        a, b = left[i], right[i]
        left_out[i] = times(c, a) - s * b
        right_out[i] = times(s, a) + c * b


def _share(default: float, what: str) -> Param:
    return Param(default, -4.0, 4.0, Unit.GAIN, doc=f"Share of the {what}.")


@kind(
    ins=_INS,
    outs=_OUTS,
    reference="two by two matrix",
    left_to_left=_share(1.0, "left input in the left output"),
    right_to_left=_share(0.0, "right input in the left output"),
    left_to_right=_share(0.0, "left input in the right output"),
    right_to_right=_share(1.0, "right input in the right output"),
)
def matrix(
    left: Any, right: Any, left_to_left: Any, right_to_left: Any, left_to_right: Any, right_to_right: Any,
    left_out: Any, right_out: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Any mix of two channels to two: swapped (0 1 1 0), mono (0.5 0.5 0.5 0.5), one side inverted (1 0 0 -1)."""
    for i in range(n):
        a, b = left[i], right[i]
        left_out[i] = times(_gain(left_to_left[i]), a) + _gain(right_to_left[i]) * b
        right_out[i] = times(_gain(left_to_right[i]), a) + _gain(right_to_right[i]) * b


@inline
def _gain(x: Any) -> Any:
    return fmin(fmax(x, -4.0), 4.0)


@kind(
    ins=_INS,
    outs=_OUTS,
    memory=0.08,
    reference="H. Haas, 'The influence of a single echo on the audibility of speech' (1951, JAES 20, 1972)",
    time=Param(
        0.015, -_LONGEST, _LONGEST, Unit.SECONDS, smoothing=0.05,
        doc="Delay of the right channel; negative delays the left one. The sound seems to come from the other side.",
    ),
)  # fmt: skip
def haas(left: Any, right: Any, time: Any, left_out: Any, right_out: Any, memory: Any, n: Any, env: Any) -> None:
    """Delays one channel slightly: the sound gets wider and seems to come from the earlier side."""
    stretch = int(_LONGEST * env.rate) + 3
    for i in range(n):
        memory.write(i, sane(left[i]), stretch)
        memory.write(i, sane(right[i]), 2 * stretch)
        late = fmin(fmax(time[i], -_LONGEST), _LONGEST) * env.rate
        left_out[i] = read_linear(memory, i, fmax(-late, 0.0), stretch)
        right_out[i] = read_linear(memory, i, fmax(late, 0.0), 2 * stretch)


@kind(
    ins=_INS,
    outs=_OUTS,
    state=("left_z", "right_z"),
    reference="B. Bauer, 'Stereophonic earphones and binaural loudspeakers' (JAES 9, 1961)",
    amount=Param(0.5, 0.0, 1.0, doc="Share of the low frequencies that the other ear hears: at 1 both ears hear the same."),
    cutoff=Param(700.0, 100.0, 4000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Frequency above which the head shadows the other ear."),
)  # fmt: skip
def crossfeed(
    left: Any, right: Any, amount: Any, cutoff: Any, left_out: Any, right_out: Any, state: Any, n: Any, env: Any
) -> None:
    """Lets each ear hear some bass of the other side, as loudspeakers do; a sound in the middle stays as it is."""
    left_z, right_z = state.left_z, state.right_z
    g = warp(fmin(fmax(cutoff[0], 100.0), 4000.0), env.dt)
    share = g / (1.0 + g)
    for i in range(n):
        if cutoff.moving:
            g = warp(fmin(fmax(cutoff[i], 100.0), 4000.0), env.dt)
            share = g / (1.0 + g)
        u, v = sane(left[i]), sane(right[i])
        a, b = share * (u - left_z), share * (v - right_z)
        low_left, low_right = left_z + a, right_z + b
        left_z, right_z = low_left + a, low_right + b
        across = 0.5 * fmin(fmax(amount[i], 0.0), 1.0) * (low_right - low_left)
        left_out[i] = u + across
        right_out[i] = v - across
    state.left_z, state.right_z = left_z, right_z
