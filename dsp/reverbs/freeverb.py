"""Freeverb: per channel, eight parallel damped combs feed four all-passes in series."""

from __future__ import annotations

from typing import Any

from dsp.kind import Param, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.delayline import sane

_TUNED_AT = 44100.0  # Hz; the lengths below are for this rate
_SPREAD = 23  # frames by which the right channel's lines are longer
_FULL = 64.0


@inline
def _line(frames: Any, ratio: Any) -> Any:
    return int(frames * ratio + 0.5)


@inline
def _frames(more: Any, rate: Any) -> Any:
    """Lengths in frames of a channel's lines: eight combs, four all-passes."""
    r = rate / _TUNED_AT
    a, b, c = _line(1116 + more, r), _line(1188 + more, r), _line(1277 + more, r)
    d, e, f = _line(1356 + more, r), _line(1422 + more, r), _line(1491 + more, r)
    g, h, p = _line(1557 + more, r), _line(1617 + more, r), _line(556 + more, r)
    return a, b, c, d, e, f, g, h, p, _line(441 + more, r), _line(341 + more, r), _line(225 + more, r)


@inline
def _comb(memory: Any, i: Any, x: Any, place: Any, frames: Any, store: Any, feedback: Any, damp: Any) -> Any:
    """(output, state of the damping)."""
    out = memory.read_line(i, frames, place)
    store = out + damp * (store - out)
    memory.write_line(i, fmin(fmax(x + feedback * store, -_FULL), _FULL), place)
    return out, store


@inline
def _allpass(memory: Any, i: Any, x: Any, place: Any, frames: Any) -> Any:
    """Freeverb's own all-pass, which only approximates one."""
    old = memory.read_line(i, frames, place)
    memory.write_line(i, fmin(fmax(x + 0.5 * old, -_FULL), _FULL), place)
    return old - x


@inline
def _side(memory: Any, i: Any, x: Any, place: Any, frames: Any, stores: Any, feedback: Any, damp: Any) -> Any:
    """(output, the eight states of the damping) of one channel. ``place``: first cell of the channel in the memory."""
    s1, s2, s3, s4, s5, s6, s7, s8 = stores
    place += frames[0] + 2
    y1, s1 = _comb(memory, i, x, place, frames[0], s1, feedback, damp)
    place += frames[1] + 2
    y2, s2 = _comb(memory, i, x, place, frames[1], s2, feedback, damp)
    place += frames[2] + 2
    y3, s3 = _comb(memory, i, x, place, frames[2], s3, feedback, damp)
    place += frames[3] + 2
    y4, s4 = _comb(memory, i, x, place, frames[3], s4, feedback, damp)
    place += frames[4] + 2
    y5, s5 = _comb(memory, i, x, place, frames[4], s5, feedback, damp)
    place += frames[5] + 2
    y6, s6 = _comb(memory, i, x, place, frames[5], s6, feedback, damp)
    place += frames[6] + 2
    y7, s7 = _comb(memory, i, x, place, frames[6], s7, feedback, damp)
    place += frames[7] + 2
    y8, s8 = _comb(memory, i, x, place, frames[7], s8, feedback, damp)
    y = ((y1 + y2) + (y3 + y4)) + ((y5 + y6) + (y7 + y8))
    place += frames[8] + 2
    y = _allpass(memory, i, y, place, frames[8])
    place += frames[9] + 2
    y = _allpass(memory, i, y, place, frames[9])
    place += frames[10] + 2
    y = _allpass(memory, i, y, place, frames[10])
    place += frames[11] + 2
    return _allpass(memory, i, y, place, frames[11]), (s1, s2, s3, s4, s5, s6, s7, s8)


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    state=tuple(f"{side}{k}" for side in ("l", "r") for k in range(1, 9)),
    memory=0.6,
    lines=True,
    reference="Jezar at Dreampoint, Freeverb (2000, public domain); J. O. Smith, Physical Audio Signal Processing",
    mix=Param(0.33, 0.0, 1.0, doc="0: the input alone; 1: the reverb alone."),
    room=Param(0.5, 0.0, 1.0, doc="Length: the combs feed back 0.7 + 0.28 room."),
    damp=Param(
        0.5, 0.0, 1.0, doc="How much faster high frequencies decay: the combs' one-poles have the coefficient 0.4 damp."
    ),
)
def freeverb(
    left: Any,
    right: Any,
    mix: Any,
    room: Any,
    damp: Any,
    left_out: Any,
    right_out: Any,
    state: Any,
    memory: Any,
    n: Any,
    env: Any,
) -> None:
    """The Schroeder reverb known as Freeverb, at the levels of its Faust and SuperCollider versions."""
    a = (state.l1, state.l2, state.l3, state.l4, state.l5, state.l6, state.l7, state.l8)
    b = (state.r1, state.r2, state.r3, state.r4, state.r5, state.r6, state.r7, state.r8)
    left_frames, right_frames = _frames(0, env.rate), _frames(_SPREAD, env.rate)
    half = int(0.29 * env.rate + 0.5)  # cells of the left channel in the memory
    for i in range(n):
        feedback = 0.7 + 0.28 * fmin(fmax(room[i], 0.0), 1.0)
        loss = 0.4 * fmin(fmax(damp[i], 0.0), 1.0)
        wet = fmin(fmax(mix[i], 0.0), 1.0)
        u, v = left[i], right[i]
        x = 0.015 * sane(u + v)
        y, a = _side(memory, i, x, 0, left_frames, a, feedback, loss)
        z, b = _side(memory, i, x, half, right_frames, b, feedback, loss)
        left_out[i] = u + wet * (y - u)
        right_out[i] = v + wet * (z - v)
    state.l1, state.l2, state.l3, state.l4, state.l5, state.l6, state.l7, state.l8 = a
    state.r1, state.r2, state.r3, state.r4, state.r5, state.r6, state.r7, state.r8 = b
