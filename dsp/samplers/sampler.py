"""Players of loaded samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, times, to_float, to_int
from dsp.math.exponential import exp
from dsp.math.interpolate import cubic, linear

_REFERENCE = "SuperDirt's sample player (docs/dirt.md, Samples)"
_FASTEST = 8192.0  # file frames per frame
_LONGEST_STEP = 1e8  # file frames: a sum with the longest file's frames stays a 32-bit integer
_BUFFER = Param(
    0.0,
    0.0,
    1e6,
    Unit.INDEX,
    doc="Number of the sample; 0 or a sample that is not loaded gives silence.",
    smoothing=0.0,
)
_BEGIN = Param(
    0.0,
    0.0,
    1.0,
    doc="One end of the range that is repeated, as a share of the file; playing starts here.",
    smoothing=0.0,
)
_END = Param(1.0, 0.0, 1.0, doc="The other end of the range, as a share of the file.", smoothing=0.0)
_START = Param(
    1.0,
    -1000.0,
    1000.0,
    Unit.RATIO,
    doc="Speed at the start: 1 is the file's own pitch, negative plays backwards.",
    aliases=("rate",),
)
_FINISH = Param(1.0, -1000.0, 1000.0, Unit.RATIO, doc="Speed after `sustain`; it moves there in a straight line.")
_SUSTAIN = Param(1.0, 0.0, 3600.0, Unit.SECONDS, doc="Time in which the speed moves from its first to its last value.")

_STRETCH_WINDOW = 0.05  # seconds of the file that a window lasts for each unit of `stretch`
_BELL = 50.0  # of the bell that fades one window into the next

# A position is a whole frame and a fraction: a single float is too coarse for the frames of a minute, and would be out of tune.


@inline
def _pick(buffers: Any, number: Any) -> Any:
    return buffers.pick(to_int(fmin(fmax(number, 0.0), 1e6)))


@inline
def _place_of(x: Any, frames: Any) -> Any:
    """Frame and fraction of a share of a file."""
    place = fmin(fmax(x, 0.0), 1.0) * to_float(frames)
    whole = np.floor(place)
    return to_int(fmin(whole, 2.0e9)), place - whole


@inline
def _bounds(begin: Any, end: Any, frames: Any) -> Any:
    """Lower and upper end of the range, each a frame and a fraction; they are at least one frame apart."""
    b, b_part = _place_of(begin, frames)
    e, e_part = _place_of(end, frames)
    ahead = (b < e) | ((b == e) & (b_part <= e_part))
    lo, lo_part = np.where(ahead, b, e), np.where(ahead, b_part, e_part)
    hi, hi_part = np.where(ahead, e, b), np.where(ahead, e_part, b_part)
    return lo, lo_part, np.where(hi > lo, hi, lo + 1), hi_part


@inline
def _speed_line(start: Any, finish: Any, sustain: Any, file_rate: Any, dt: Any) -> Any:
    """File frames per frame at the start, the change of that speed, and the share of the change per frame."""
    scale = file_rate * dt
    a = fmin(fmax(start, -_FASTEST), _FASTEST) * scale
    b = fmin(fmax(finish, -_FASTEST), _FASTEST) * scale
    return a, b - a, dt / fmin(fmax(sustain, 0.0001), 1e6)


@inline
def _advance(frame: Any, part: Any, step: Any, window: Any) -> Any:
    """The next position. Past one end of the range it continues at the other end."""
    lo, lo_part, hi, hi_part = window
    part = part + fmin(fmax(step, -_LONGEST_STEP), _LONGEST_STEP)
    whole = np.floor(part)
    frame, part = frame + to_int(whole), part - whole
    if any_lane((frame >= hi) | (frame <= lo)):  # this is rare, and computing it always would delay the next row
        above = (frame > hi) | ((frame == hi) & (part >= hi_part))
        below = (frame < lo) | ((frame == lo) & (part < lo_part))
        length, length_part = hi - lo, hi_part - lo_part
        frame = np.where(above, frame - length, np.where(below, frame + length, frame))
        part = np.where(above, part - length_part, np.where(below, part + length_part, part))
        whole = np.floor(part)
        frame, part = frame + to_int(whole), part - whole
        frame = np.where((frame < lo - 1) | (frame > hi), lo, frame)  # a step longer than the range
    return frame, part


@inline
def _read_cubic(sound: Any, frame: Any, part: Any) -> Any:
    """Left and right at a position."""
    if any_lane((frame < 1) | (frame > sound.frames - 3)):  # a neighbour lies beyond the file
        l0, r0 = sound.left_right(frame - 1)
        l1, r1 = sound.left_right(frame)
        l2, r2 = sound.left_right(frame + 1)
        l3, r3 = sound.left_right(frame + 2)
    else:
        l0, r0, l1, r1, l2, r2, l3, r3 = sound.four(frame - 1)
    return cubic(l0, l1, l2, l3, part), cubic(r0, r1, r2, r3, part)


@inline
def _read_linear(sound: Any, frame: Any, part: Any) -> Any:
    """Left and right at a position, from two frames."""
    if any_lane((frame < 0) | (frame > sound.frames - 2)):
        l1, r1 = sound.left_right(frame)
        l2, r2 = sound.left_right(frame + 1)
    else:
        l1, r1, l2, r2 = sound.two(frame)
    return linear(l1, l2, part), linear(r1, r2, part)


@inline
def _play(
    read: Any, buffer: Any, begin: Any, end: Any, rate_start: Any, rate_end: Any, sustain: Any, left: Any, right: Any,
    state: Any, buffers: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """The body of both players; ``read`` is the function that interpolates."""
    dt, age = env.dt, env.age
    wandering = buffer.moving or begin.moving or end.moving
    moving = wandering or rate_start.moving or rate_end.moving or sustain.moving
    sound = _pick(buffers, buffer[0])
    window = _bounds(begin[0], end[0], sound.frames)
    a, change, pace = _speed_line(rate_start[0], rate_end[0], sustain[0], sound.rate, dt)
    first, first_part = _place_of(begin[0], sound.frames)
    fresh = state.started == 0
    frame, part = np.where(fresh, first, state.frame), np.where(fresh, first_part, state.part)
    for i in range(n):
        if moving:
            if wandering:
                sound = _pick(buffers, buffer[i])
                window = _bounds(begin[i], end[i], sound.frames)
            a, change, pace = _speed_line(rate_start[i], rate_end[i], sustain[i], sound.rate, dt)
        left[i], right[i] = read(sound, frame, part)
        frame, part = _advance(frame, part, a + change * fmin(to_float(age + i) * pace, 1.0), window)
    state.frame = frame
    state.part = part
    state.started = 1


@kind(
    outs=("left", "right"),
    state=("part",),
    ints=("frame", "started"),
    reads_buffers=True,
    reference=_REFERENCE + "; interpolation: cubic Hermite, 4 points",
    buffer=_BUFFER,
    begin=_BEGIN,
    end=_END,
    rate_start=_START,
    rate_end=_FINISH,
    sustain=_SUSTAIN,
)
def sampler(
    buffer: Any, begin: Any, end: Any, rate_start: Any, rate_end: Any, sustain: Any, left: Any, right: Any, state: Any,
    buffers: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Repeats a range of a sample, at a speed that may change; cubic interpolation."""
    _play(_read_cubic, buffer, begin, end, rate_start, rate_end, sustain, left, right, state, buffers, n, env)


@kind(
    outs=("left", "right"),
    state=("part",),
    ints=("frame", "started"),
    reads_buffers=True,
    reference=_REFERENCE + "; interpolation: linear",
    buffer=_BUFFER,
    begin=_BEGIN,
    end=_END,
    rate_start=_START,
    rate_end=_FINISH,
    sustain=_SUSTAIN,
)
def sampler_linear(
    buffer: Any, begin: Any, end: Any, rate_start: Any, rate_end: Any, sustain: Any, left: Any, right: Any, state: Any,
    buffers: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Repeats a range of a sample, at a speed that may change; linear interpolation is cheaper and duller."""
    _play(_read_linear, buffer, begin, end, rate_start, rate_end, sustain, left, right, state, buffers, n, env)


@inline
def _grain(stretch: Any, size: Any, file_rate: Any) -> Any:
    """Length of a window in file frames, and how far the next one begins after it."""
    factor = fmin(fmax(stretch, 0.001), 1000.0)
    length = fmin(fmax(factor, 0.1), 2.0) * _STRETCH_WINDOW * file_rate * fmin(fmax(size, 0.01), 100.0)
    length = fmin(fmax(length, 8.0), 1e7)
    return length, fmin(length / factor, 1e8)


@inline
def _tap(sound: Any, frame: Any, part: Any, phase: Any, length: Any, ahead: Any) -> Any:
    """Weight, left and right of a window that began at a place of the file, at a phase of 0..1."""
    off = phase - 0.5
    place = part + ahead * (phase * length)
    whole = np.floor(place)
    left, right = _read_cubic(sound, frame + to_int(whole), place - whole)
    return exp(-_BELL * off * off), left, right


@kind(
    outs=("left", "right"),
    state=("phase", "part", "other_part"),
    ints=("frame", "other_frame", "started"),
    reads_buffers=True,
    reference="SuperDirt's timescale (docs/dirt.md, Samples); interpolation: cubic Hermite, 4 points",
    buffer=_BUFFER,
    begin=_BEGIN,
    end=_END,
    rate_start=_START,
    rate_end=_FINISH,
    sustain=_SUSTAIN,
    stretch=Param(1.0, 0.001, 1000.0, Unit.RATIO, smoothing=0.0, doc="How many times as long the sample lasts."),
    size=Param(
        1.0, 0.01, 100.0, Unit.RATIO, smoothing=0.0, aliases=("timescalewin",),
        doc="Factor of the windows' length. At 1 they last `stretch` (0.1 to 2) times 50 ms.",
    ),
)  # fmt: skip
def sampler_stretched(
    buffer: Any, begin: Any, end: Any, rate_start: Any, rate_end: Any, sustain: Any, stretch: Any, size: Any,
    left: Any, right: Any, state: Any, buffers: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Repeats a range of a sample and stretches its time by two overlapping windows; the pitch follows the speed alone."""
    dt, age = env.dt, env.age
    wandering = buffer.moving or begin.moving or end.moving
    moving = wandering or rate_start.moving or rate_end.moving or sustain.moving or stretch.moving or size.moving
    sound = _pick(buffers, buffer[0])
    edges = _bounds(begin[0], end[0], sound.frames)
    a, change, pace = _speed_line(rate_start[0], rate_end[0], sustain[0], sound.rate, dt)
    length, apart = _grain(stretch[0], size[0], sound.rate)
    first, first_part = _place_of(begin[0], sound.frames)
    fresh = state.started == 0
    frame, part = np.where(fresh, first, state.frame), np.where(fresh, first_part, state.part)
    # The other window is half a window further, so its start lies half a distance before this one's.
    back = first_part - np.where(a < 0.0, -0.5, 0.5) * apart
    whole = np.floor(back)
    other, other_part = (
        np.where(fresh, first + to_int(whole), state.other_frame),
        np.where(fresh, back - whole, state.other_part),
    )
    phase = np.where(fresh, 0.0, state.phase)
    for i in range(n):
        if moving:
            if wandering:
                sound = _pick(buffers, buffer[i])
                edges = _bounds(begin[i], end[i], sound.frames)
            a, change, pace = _speed_line(rate_start[i], rate_end[i], sustain[i], sound.rate, dt)
            length, apart = _grain(stretch[i], size[i], sound.rate)
        step = a + change * fmin(to_float(age + i) * pace, 1.0)
        ahead = np.where(step < 0.0, -1.0, 1.0)
        second = np.where(phase < 0.5, phase + 0.5, phase - 0.5)
        w, l0, r0 = _tap(sound, frame, part, phase, length, ahead)
        v, l1, r1 = _tap(sound, other, other_part, second, length, ahead)
        both = 1.0 / (w + v)
        left[i] = (times(w, l0) + v * l1) * both
        right[i] = (times(w, r0) + v * r1) * both
        moved = phase + fmin(fmin(np.abs(step), _FASTEST) / length, 0.49)
        halfway, done = (phase < 0.5) & (moved >= 0.5), moved >= 1.0
        phase = np.where(done, moved - 1.0, moved)
        next_frame, next_part = _advance(frame, part, ahead * apart, edges)
        frame, part = np.where(done, next_frame, frame), np.where(done, next_part, part)
        next_frame, next_part = _advance(other, other_part, ahead * apart, edges)
        other, other_part = np.where(halfway, next_frame, other), np.where(halfway, next_part, other_part)
    state.phase, state.started = phase, 1
    state.frame, state.part = frame, part
    state.other_frame, state.other_part = other, other_part


_LOOP = Param(0.0, 0.0, 1.0, Unit.BOOL, smoothing=0.0, doc="1: the part between loop_begin and loop_end is repeated.")


def _place(default: float, doc: str) -> Param:
    return Param(default, 0.0, 1.0, smoothing=0.0, doc=doc)


@kind(
    outs=("left", "right"),
    state=("part",),
    ints=("frame", "started"),
    reads_buffers=True,
    reference="Web Audio API 1.0, AudioBufferSourceNode; linear interpolation",
    buffer=_BUFFER,
    rate=Param(
        1.0,
        -1000.0,
        1000.0,
        Unit.RATIO,
        smoothing=0.0,
        doc="Speed: 1 is the file's own pitch, negative plays backwards.",
    ),
    begin=_place(0.0, "Where playing starts, as a share of the file."),
    loop=_LOOP,
    loop_begin=_place(0.0, "Where the repeated part begins, as a share of the file."),
    loop_end=_place(1.0, "Where it ends."),
    wait=Param(0.0, 0.0, 3600.0, Unit.SECONDS, smoothing=0.0, doc="Time before the file starts."),
)
def song_sampler(
    buffer: Any, rate: Any, begin: Any, loop: Any, loop_begin: Any, loop_end: Any, wait: Any, left: Any, right: Any,
    state: Any, buffers: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Plays a sample to its end, or repeats a part of it."""
    wandering = buffer.moving or loop_begin.moving or loop_end.moving
    sound = _pick(buffers, buffer[0])
    window = _bounds(loop_begin[0], loop_end[0], sound.frames)
    first, first_part = _place_of(begin[0], sound.frames)
    backwards = rate[0] < 0.0
    fresh = state.started == 0
    start = np.where(backwards, fmin(first, sound.frames - 1), first)  # reversed, the file begins with its last frame
    frame, part = np.where(fresh, start, state.frame), np.where(fresh, np.where(backwards, 0.0, first_part), state.part)
    for i in range(n):
        if wandering:
            sound = _pick(buffers, buffer[i])
            window = _bounds(loop_begin[i], loop_end[i], sound.frames)
        looped = loop[i] > 0.5
        scale = sound.rate * env.dt
        quiet = fmin(fmax(wait[i], 0.0), 3600.0) * env.rate
        playing = to_float(env.age + i) >= quiet
        inside = playing & (frame >= 0) & (frame < sound.frames)
        a, b = _read_linear(sound, frame, part)
        left[i] = np.where(inside, a, 0.0)
        right[i] = np.where(inside, b, 0.0)
        step = fmin(fmax(rate[i], -_FASTEST), _FASTEST) * scale
        around, around_part = _advance(frame, part, step, window)
        moved = part + fmin(fmax(step, -_FASTEST), _FASTEST)
        whole = np.floor(moved)
        on, on_part = frame + to_int(whole), moved - whole
        stop = (on < -2) | (on > sound.frames + 1)  # beyond the file: stay there
        on = np.where(stop, fmin(fmax(on, -2), sound.frames + 1), on)
        lo, _, hi, _ = window
        frame = np.where(playing, np.where(looped & ((on >= hi) | (on < lo) & (step < 0.0)), around, on), frame)
        part = np.where(playing, np.where(looped & ((on >= hi) | (on < lo) & (step < 0.0)), around_part, on_part), part)
    state.frame = frame
    state.part = part
    state.started = 1
