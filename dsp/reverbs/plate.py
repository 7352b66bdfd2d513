"""Dattorro's plate: four diffusers feed a figure of eight of all-passes and delays, which has fourteen taps."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, wrap_int
from dsp.math.delayline import read_cubic, read_linear, sane
from dsp.math.exponential import exp2
from dsp.math.phase import phase_step
from dsp.math.trig import cos_phase, sin_phase

_TUNED_AT = 29761.0  # Hz; the lengths below are for this rate
_LONGEST = 0.5  # seconds of pre-delay
_SWING = 8.0  # frames (at _TUNED_AT) by which the modulated all-passes may swing both ways
_FULL = 64.0
_TURN = 21589.0 / _TUNED_AT  # seconds in which the sound goes once round the whole figure
_TEN = 3.321928  # log2 of 10


@inline
def _line(frames: Any, ratio: Any) -> Any:
    return int(frames * ratio + 0.5)


@inline
def _allpass(memory: Any, i: Any, x: Any, old: Any, place: Any, k: Any) -> Any:
    """An all-pass: ``old`` was read from its line, and ``place`` is where the line is written."""
    new = fmin(fmax(x + k * old, -_FULL), _FULL)
    memory.write_line(i, new, place)
    return old - k * new


@inline
def _half(memory: Any, i: Any, x: Any, place: Any, frames: Any, swing: Any, state: Any, gains: Any) -> Any:
    """Half of the figure: (input of the other half, state of its damping). ``place``: the places of its four lines."""
    first, second, third, last = place
    _, long, short, end = frames
    turn, spread, narrow, damp = gains
    x = _allpass(memory, i, x, read_cubic(memory, i, swing, first), first, -spread)
    late = memory.read_line(i, long, second)
    memory.write_line(i, x, second)
    state = late + damp * (state - late)
    u = _allpass(memory, i, turn * state, memory.read_line(i, short, third), third, narrow)
    out = memory.read_line(i, end, last)
    memory.write_line(i, u, last)
    return turn * out, state


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    state=("low", "left_damped", "right_damped", "left_fed", "right_fed"),
    ints=("phase",),
    memory=1.3,
    lines=True,
    reference="J. Dattorro, 'Effect design, part 1: reverberator and other filters' (JAES 45, 1997)",
    predelay=Param(0.0, 0.0, _LONGEST, Unit.SECONDS, smoothing=0.05, doc="Delay before the reverb begins."),
    decay=Param(2.0, 0.1, 100.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, doc="Time in which low frequencies fall by 60 dB."),
    damp=Param(0.2, 0.0, 1.0, doc="How much faster high frequencies decay: coefficient of a one-pole low-pass in each half."),
    bandwidth=Param(0.8, 0.0, 1.0, doc="Treble of the input: coefficient of a one-pole low-pass, 1 lets all through."),
    diffusion=Param(0.7, 0.0, 1.0, doc="How quickly single echoes merge; 1 is the plate as published."),
    depth=Param(0.3, 0.0, 1.0, doc="Swing of two of its all-passes, which makes it sound less metallic: 1 is 0.25 ms."),
    rate=Param(0.8, 0.0, 10.0, Unit.HZ, doc="Frequency of the swing."),
    mix=Param(0.33, 0.0, 1.0, doc="0: the input alone; 1: the reverb alone."),
)  # fmt: skip
def plate(
    left: Any, right: Any, predelay: Any, decay: Any, damp: Any, bandwidth: Any, diffusion: Any, depth: Any, rate: Any,
    mix: Any, left_out: Any, right_out: Any, state: Any, memory: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """A smooth, dense stereo reverb like the plates of old studios; the inputs are summed."""
    low, left_damped, right_damped = state.low, state.left_damped, state.right_damped
    left_fed, right_fed, phase = state.left_fed, state.right_fed, state.phase
    q = env.rate / _TUNED_AT
    d1, d2, d3, d4 = _line(142, q), _line(107, q), _line(379, q), _line(277, q)
    one = _line(672, q), _line(4453, q), _line(1800, q), _line(3720, q)
    two = _line(908, q), _line(4217, q), _line(2656, q), _line(3163, q)
    swing = int(_SWING * q) + 4
    # where each line is written in the memory: behind the longest reach of the line before
    p0 = int(_LONGEST * env.rate) + 4
    p1 = p0 + d1 + 2
    p2 = p1 + d2 + 2
    p3 = p2 + d3 + 2
    p4 = p3 + d4 + 2
    a1 = p4 + one[0] + swing
    a2 = a1 + one[1] + 2
    a3 = a2 + one[2] + 2
    a4 = a3 + one[3] + 2
    b1 = a4 + two[0] + swing
    b2 = b1 + two[1] + 2
    b3 = b2 + two[2] + 2
    b4 = b3 + two[3] + 2
    for i in range(n):
        u, v = left[i], right[i]
        memory.write_line(i, sane(0.5 * (u + v)), p0)
        x = read_linear(memory, i, fmin(fmax(predelay[i], 0.0), _LONGEST) * env.rate, p0)
        low = low + fmin(fmax(bandwidth[i], 0.001), 1.0) * (x - low)
        spread = fmin(fmax(diffusion[i], 0.0), 1.0)
        x = _allpass(memory, i, low, memory.read_line(i, d1, p1), p1, 0.75 * spread)
        x = _allpass(memory, i, x, memory.read_line(i, d2, p2), p2, 0.75 * spread)
        x = _allpass(memory, i, x, memory.read_line(i, d3, p3), p3, 0.625 * spread)
        x = _allpass(memory, i, x, memory.read_line(i, d4, p4), p4, 0.625 * spread)
        turn = exp2(
            -0.75 * _TEN * _TURN / fmin(fmax(decay[i], 0.1), 100.0)
        )  # four times on the way round: 60 dB per decay
        narrow = fmin(fmax(turn + 0.15, 0.25), 0.5) * spread
        gains = turn, 0.7 * spread, narrow, fmin(fmax(damp[i], 0.0), 0.9999)
        far = fmin(fmax(depth[i], 0.0), 1.0) * (_SWING * q)
        left_next, left_damped = _half(
            memory, i, x + right_fed, (a1, a2, a3, a4), one, one[0] + far * sin_phase(phase), left_damped, gains
        )
        right_next, right_damped = _half(
            memory, i, x + left_fed, (b1, b2, b3, b4), two, two[0] + far * cos_phase(phase), right_damped, gains
        )
        left_fed, right_fed = left_next, right_next
        phase = wrap_int(phase + phase_step(fmin(fmax(rate[i], 0.0), 10.0), env.dt))
        y = memory.read_line(i, _line(266, q), b2) + memory.read_line(i, _line(2974, q), b2)
        y = y - memory.read_line(i, _line(1913, q), b3) + memory.read_line(i, _line(1996, q), b4)
        y = y - memory.read_line(i, _line(1990, q), a2) - memory.read_line(i, _line(187, q), a3)
        y = y - memory.read_line(i, _line(1066, q), a4)
        z = memory.read_line(i, _line(353, q), a2) + memory.read_line(i, _line(3627, q), a2)
        z = z - memory.read_line(i, _line(1228, q), a3) + memory.read_line(i, _line(2673, q), a4)
        z = z - memory.read_line(i, _line(2111, q), b2) - memory.read_line(i, _line(335, q), b3)
        z = z - memory.read_line(i, _line(121, q), b4)
        wet = fmin(fmax(mix[i], 0.0), 1.0)
        left_out[i] = u + wet * (0.6 * y - u)
        right_out[i] = v + wet * (0.6 * z - v)
    state.low, state.left_damped, state.right_damped = low, left_damped, right_damped
    state.left_fed, state.right_fed, state.phase = left_fed, right_fed, phase
