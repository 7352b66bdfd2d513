"""SuperDirt's orbit reverb: all-passes diffuse the input, then two damped loops repeat it."""

from __future__ import annotations

from typing import Any

from dsp.kind import Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.delayline import sane
from dsp.math.exponential import exp2

# SuperDirt chooses these times at random when an orbit starts, within the given ranges; here they are fixed, so that a
# piece always sounds the same. In seconds; no two have a short common period.
_LEFT_DIFFUSERS = (0.0079, 0.0117, 0.0153, 0.0191)  # 5 to 20 ms
_RIGHT_DIFFUSERS = (0.0083, 0.0109, 0.0161, 0.0187)
_LEFT_LOOP = (0.0371, 0.1913, 0.0679)  # all-pass 10 to 50 ms, delay 190 +- 3 ms, all-pass 30 to 90 ms
_RIGHT_LOOP = (0.0293, 0.2587, 0.0859)  # delay 260 +- 3 ms
_LEFT_EXTRA, _RIGHT_EXTRA = 0.021, 0.033  # added to the loop's gain, 0 to 0.05
_MOST = 0.995  # largest loop gain; above 1 (possible in SuperDirt at size 1) the sound would grow without end
_FULL = 64.0


def _gains(diffusers: tuple[float, ...], loop: tuple[float, float, float]) -> tuple[float, ...]:
    """Feedback of a channel's six all-passes: 60 dB down in 1 s (diffusers) or 2 s (in the loop)."""
    times = (*diffusers, 0.5 * loop[0], 0.5 * loop[2])
    return tuple(0.001**t for t in times)


_LEFT_GAINS, _RIGHT_GAINS = _gains(_LEFT_DIFFUSERS, _LEFT_LOOP), _gains(_RIGHT_DIFFUSERS, _RIGHT_LOOP)


@inline
def _line(seconds: Any, rate: Any) -> Any:
    return int(seconds * rate + 0.45)  # at no usual rate is this sum close to a whole number


@inline
def _frames(diffusers: Any, loop: Any, rate: Any) -> Any:
    """Lengths in frames of a channel's seven lines."""
    a, b, c, d = diffusers
    e, f, g = loop
    first = _line(a, rate), _line(b, rate), _line(c, rate), _line(d, rate)
    return (*first, _line(e, rate), _line(f, rate), _line(g, rate))


@inline
def _allpass(memory: Any, i: Any, x: Any, place: Any, frames: Any, k: Any) -> Any:
    old = memory.read_line(i, frames, place)
    new = fmin(fmax(x + k * old, -_FULL), _FULL)
    memory.write_line(i, new, place)
    return old - k * new


@inline
def _side(memory: Any, i: Any, x: Any, fed: Any, damped: Any, place: Any, frames: Any, gains: Any) -> Any:
    """One channel: (loop before its offset is removed, state of the one-pole). ``place``: first cell of the channel in the memory."""
    place += frames[0] + 2
    x = _allpass(memory, i, x, place, frames[0], gains[0])
    place += frames[1] + 2
    x = _allpass(memory, i, x, place, frames[1], gains[1])
    place += frames[2] + 2
    x = _allpass(memory, i, x, place, frames[2], gains[2])
    place += frames[3] + 2
    x = _allpass(memory, i, x, place, frames[3], gains[3])
    damped = 0.5 * damped + 0.5 * fed
    place += frames[4] + 2
    u = _allpass(memory, i, damped, place, frames[4], gains[4])
    place += frames[5] + 2
    late = memory.read_line(i, frames[5], place)
    memory.write_line(i, u, place)
    place += frames[6] + 2
    return x + _allpass(memory, i, late, place, frames[6], gains[5]), damped


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    state=("left_z", "left_before", "left_damped", "right_z", "right_before", "right_damped"),
    memory=0.8,
    lines=True,
    reference="SuperDirt's reverb (docs/dirt.md, Orbits)",
    room=Param(0.0, 0.0, 1000.0, Unit.GAIN, doc="Input level: gain of the sum of both inputs.", smoothing=0.015),
    size=Param(
        0.1,
        0.0,
        1.0,
        doc="Length: the loop's gain is 0.01 * 98^size plus 0.021 (left) or 0.033 (right), at most 0.995.",
        smoothing=0.01,
    ),
    dry=Param(
        0.0, 0.0, 1.0, doc="Turns the reverb down: its level is 1 - dry. The direct sound is not part of this kind."
    ),
)
def room(
    left: Any,
    right: Any,
    room: Any,
    size: Any,
    dry: Any,
    left_out: Any,
    right_out: Any,
    state: Any,
    memory: Any,
    n: Any,
    env: Any,
) -> None:
    """SuperDirt's stereo reverb; the outputs hold only the effect."""
    lz, lb, ld = state.left_z, state.left_before, state.left_damped
    rz, rb, rd = state.right_z, state.right_before, state.right_damped
    left_frames = _frames(_LEFT_DIFFUSERS, _LEFT_LOOP, env.rate)
    right_frames = _frames(_RIGHT_DIFFUSERS, _RIGHT_LOOP, env.rate)
    half = int(0.36 * env.rate + 0.5)  # cells of the left channel in the memory
    for i in range(n):
        x = sane((left[i] + right[i]) * fmin(fmax(room[i], 0.0), 1e6))
        gain = 0.01 * exp2(6.614709844115208 * fmin(fmax(size[i], 0.0), 1.0))  # 98^size
        fed = fmin(gain + _LEFT_EXTRA, _MOST) * lz
        ls, ld = _side(memory, i, x, fed, ld, 0, left_frames, _LEFT_GAINS)
        fed = fmin(gain + _RIGHT_EXTRA, _MOST) * rz
        rs, rd = _side(memory, i, x, fed, rd, half, right_frames, _RIGHT_GAINS)
        lz, rz = (ls - lb) + 0.995 * lz, (rs - rb) + 0.995 * rz
        lb, rb = ls, rs
        level = 1.0 - fmin(fmax(dry[i], 0.0), 1.0)
        left_out[i] = level * lz
        right_out[i] = level * rz
    state.left_z = lz
    state.left_before = lb
    state.left_damped = ld
    state.right_z = rz
    state.right_before = rb
    state.right_damped = rd
