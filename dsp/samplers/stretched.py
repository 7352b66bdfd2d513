"""A player that changes how long a sample lasts, and not its pitch."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, times, to_float, to_int
from dsp.math.exponential import exp
from dsp.samplers.sampler import (
    BEGIN,
    BUFFER,
    END,
    FASTEST,
    FINISH,
    START,
    SUSTAIN,
    advance,
    bounds,
    pick,
    place_of,
    read_cubic,
    speed_line,
)

_WINDOW = 0.05  # seconds of the file that a window lasts for each unit of `stretch`
_NARROW = 50.0  # of the bell that fades one window into the next


@inline
def _grain(stretch: Any, size: Any, file_rate: Any) -> Any:
    """Length of a window in file frames, and how far the next one begins after it."""
    factor = fmin(fmax(stretch, 0.001), 1000.0)
    length = fmin(fmax(factor, 0.1), 2.0) * _WINDOW * file_rate * fmin(fmax(size, 0.01), 100.0)
    length = fmin(fmax(length, 8.0), 1e7)
    return length, fmin(length / factor, 1e8)


@inline
def _tap(sound: Any, frame: Any, part: Any, phase: Any, length: Any, ahead: Any) -> Any:
    """Weight, left and right of a window that began at a place of the file, at a phase of 0..1."""
    off = phase - 0.5
    place = part + ahead * (phase * length)
    whole = np.floor(place)
    left, right = read_cubic(sound, frame + to_int(whole), place - whole)
    return exp(-_NARROW * off * off), left, right


@kind(
    outs=("left", "right"),
    state=("phase", "part", "other_part"),
    ints=("frame", "other_frame", "started"),
    reads_buffers=True,
    reference="SuperDirt's timescale (docs/dirt.md, Samples); interpolation: cubic Hermite, 4 points",
    buffer=BUFFER,
    begin=BEGIN,
    end=END,
    rate_start=START,
    rate_end=FINISH,
    sustain=SUSTAIN,
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
    sound = pick(buffers, buffer[0])
    edges = bounds(begin[0], end[0], sound.frames)
    a, change, pace = speed_line(rate_start[0], rate_end[0], sustain[0], sound.rate, dt)
    length, apart = _grain(stretch[0], size[0], sound.rate)
    first, first_part = place_of(begin[0], sound.frames)
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
                sound = pick(buffers, buffer[i])
                edges = bounds(begin[i], end[i], sound.frames)
            a, change, pace = speed_line(rate_start[i], rate_end[i], sustain[i], sound.rate, dt)
            length, apart = _grain(stretch[i], size[i], sound.rate)
        step = a + change * fmin(to_float(age + i) * pace, 1.0)
        ahead = np.where(step < 0.0, -1.0, 1.0)
        second = np.where(phase < 0.5, phase + 0.5, phase - 0.5)
        w, l0, r0 = _tap(sound, frame, part, phase, length, ahead)
        v, l1, r1 = _tap(sound, other, other_part, second, length, ahead)
        both = 1.0 / (w + v)
        left[i] = (times(w, l0) + v * l1) * both
        right[i] = (times(w, r0) + v * r1) * both
        moved = phase + fmin(fmin(np.abs(step), FASTEST) / length, 0.49)
        halfway, done = (phase < 0.5) & (moved >= 0.5), moved >= 1.0
        phase = np.where(done, moved - 1.0, moved)
        next_frame, next_part = advance(frame, part, ahead * apart, edges)
        frame, part = np.where(done, next_frame, frame), np.where(done, next_part, part)
        next_frame, next_part = advance(other, other_part, ahead * apart, edges)
        other, other_part = np.where(halfway, next_frame, other), np.where(halfway, next_part, other_part)
    state.phase, state.started = phase, 1
    state.frame, state.part = frame, part
    state.other_frame, state.other_part = other, other_part
