"""Granular synthesis: a cloud of short pieces of a sample."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, times, to_float, to_int
from dsp.math import clouds
from dsp.math.clouds import born_side, cloud_level, grow_cloud, load_cloud, next_wait, pass_time, rhythm, save_cloud
from dsp.math.interpolate import linear
from dsp.math.noise import hash32, uniform

_RATE = 64.0  # file frames per frame


@inline
def _length(size: Any) -> Any:
    return fmin(fmax(size, 0.001), 10.0)


@inline
def _born(grain_seed: Any, position: Any, jitter: Any, size: Any, pitch: Any, spread: Any, sound: Any, dt: Any) -> Any:
    """A grain at its start, without ``rest``. Its place is a frame of the file: whole, and fraction."""
    first = hash32(grain_seed)
    place = fmin(fmax(position, 0.0), 1.0) + times(fmin(fmax(jitter, 0.0), 1.0), uniform(first + 1))
    place = (place - np.floor(place)) * to_float(sound.frames)
    whole = np.floor(place)
    step = fmin(fmax(pitch, -_RATE), _RATE) * sound.rate * dt
    return to_int(fmin(whole, 2.0e9)), place - whole, step, dt / _length(size), born_side(spread, first)


@inline
def _read(sound: Any, i: Any, frame: Any, part: Any, window: Any) -> Any:
    """Window, left and right of a grain; outside the file there is silence."""
    l1, r1 = sound.left_right(frame)
    l2, r2 = sound.left_right(frame + 1)
    inside = (frame >= 0) & (frame < sound.frames)
    return np.where(inside, window, 0.0), linear(l1, l2, part), linear(r1, r2, part)


@kind(
    outs=("left", "right"),
    state=clouds.STATE,
    ints=clouds.INTS,
    seeded=True,
    reads_buffers=True,
    reference="C. Roads, Microsound (2001), ch. 3; Hann windows, linear interpolation",
    buffer=Param(
        0.0,
        0.0,
        1e6,
        Unit.INDEX,
        smoothing=0.0,
        doc="Number of the sample; 0 or a sample that is not loaded gives silence.",
    ),
    position=Param(0.0, 0.0, 1.0, doc="Where grains begin, as a share of the file; move it slowly to stretch time."),
    size=Param(0.1, 0.001, 10.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="Length of a grain."),
    density=Param(
        20.0,
        0.0,
        10000.0,
        Unit.HZ,
        curve=Curve.EXPONENTIAL,
        doc="Grains per second; at most eight sound at a time, further ones are left out. 0: a single grain.",
    ),
    pitch=Param(
        1.0, -_RATE, _RATE, Unit.RATIO, smoothing=0.0, doc="Playing speed of each grain; negative plays it backwards."
    ),
    jitter=Param(
        0.0, 0.0, 1.0, doc="Greatest random distance of a grain's start from `position`, as a share of the file."
    ),
    irregular=Param(
        0.0, 0.0, 1.0, doc="0: grains come at even distances; 1: each distance is random, 0 to 2 times the even one."
    ),
    spread=Param(0.0, 0.0, 1.0, doc="Greatest random distance of a grain from the middle of the stereo image."),
)
def grains(
    buffer: Any,
    position: Any,
    size: Any,
    density: Any,
    pitch: Any,
    jitter: Any,
    irregular: Any,
    spread: Any,
    left: Any,
    right: Any,
    state: Any,
    seed: Any,
    buffers: Any,
    n: Any,
    env: Any,
) -> None:
    """A cloud of up to eight overlapping grains of a sample; its power does not depend on their number."""
    dt, base = env.dt, hash32(seed)
    wait, number, cloud = state.wait, state.number, load_cloud(state)
    sound = buffers.pick(to_int(fmin(fmax(buffer[0], 0.0), 1e6)))
    passed, level = rhythm(density[0], dt), cloud_level(_length(size[0]), density[0])
    fresh = _born(base + number, position[0], jitter[0], size[0], pitch[0], spread[0], sound, dt)
    for i in range(n):
        if buffer.moving:
            sound = buffers.pick(to_int(fmin(fmax(buffer[i], 0.0), 1e6)))
        if size.moving or density.moving:
            passed, level = rhythm(density[i], dt), cloud_level(_length(size[i]), density[i])
        due, turn = wait <= 0, number
        if any_lane(due):
            fresh = _born(base + number, position[i], jitter[i], size[i], pitch[i], spread[i], sound, dt)
            wait = next_wait(wait, due, irregular[i], base + number)
            number = np.where(due, number + 1, number)
        wait = pass_time(wait, passed)
        cloud, a, b = grow_cloud(_read, sound, i, cloud, due, turn, fresh)
        left[i] = level * a
        right[i] = level * b
    save_cloud(state, cloud)
    state.wait, state.number = wait, number
