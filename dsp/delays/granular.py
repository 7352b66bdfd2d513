"""Granular synthesis of the input: a cloud of short pieces of the last second."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, times, to_int
from dsp.math import clouds
from dsp.math.clouds import born_side, cloud_level, grow_cloud, load_cloud, next_wait, pass_time, rhythm, save_cloud
from dsp.math.delayline import sane
from dsp.math.interpolate import linear
from dsp.math.noise import hash32, uniform

_SIZE, _REACH = 0.25, 0.5  # seconds
_SLOWEST, _FASTEST = -2.0, 4.0
_SECONDS = 1.3  # the longest scatter, and what the fastest or slowest grain needs on top of it


@inline
def _length(size: Any) -> Any:
    return fmin(fmax(size, 0.002), _SIZE)


@inline
def _born(grain_seed: Any, size: Any, pitch: Any, reach: Any, spread: Any, rate: Any) -> Any:
    """A grain at its start, without ``rest``. Its place is the age in frames of the sound it reads: whole, and fraction."""
    first = hash32(grain_seed)
    frames = _length(size) * rate
    drift = 1.0 - fmin(fmax(pitch, _SLOWEST), _FASTEST)
    back = times(fmin(fmax(reach, 0.0), _REACH) * rate, 0.5 + 0.5 * uniform(first + 1))
    ago = back + fmax(-drift * frames, 0.0)
    whole = np.floor(ago)
    return to_int(whole), ago - whole, drift, 1.0 / frames, born_side(spread, first)


@inline
def _read(memory: Any, i: Any, ago: Any, part: Any, window: Any) -> Any:
    """Window, left and right of a grain in row i."""
    heard = linear(memory.read(i, fmax(ago, 0), 0), memory.read(i, fmax(ago + 1, 0), 0), part)
    return window, heard, heard


@kind(
    ins=("x",),
    outs=("left", "right"),
    state=clouds.STATE,
    ints=clouds.INTS,
    seeded=True,
    memory=_SECONDS,
    reference="C. Roads, Microsound (2001), ch. 3; Hann windows, linear interpolation",
    size=Param(0.08, 0.002, _SIZE, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="Length of a grain."),
    density=Param(
        40.0,
        0.0,
        10000.0,
        Unit.HZ,
        curve=Curve.EXPONENTIAL,
        doc="Grains per second; at most eight sound at a time, further ones are left out. 0: a single grain.",
    ),
    pitch=Param(
        1.0,
        _SLOWEST,
        _FASTEST,
        Unit.RATIO,
        smoothing=0.0,
        doc="Playing speed of each grain; negative plays it backwards.",
    ),
    reach=Param(0.1, 0.0, _REACH, Unit.SECONDS, doc="Greatest random distance into the past at which a grain begins."),
    irregular=Param(
        0.5, 0.0, 1.0, doc="0: grains come at even distances; 1: each distance is random, 0 to 2 times the even one."
    ),
    spread=Param(0.5, 0.0, 1.0, doc="Greatest random distance of a grain from the middle of the stereo image."),
)
def granular(
    x: Any, size: Any, density: Any, pitch: Any, reach: Any, irregular: Any, spread: Any, left: Any, right: Any, state: Any,
    memory: Any, seed: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """A cloud of up to eight overlapping grains of its input; its power does not depend on their number."""
    dt, rate, base = env.dt, env.rate, hash32(seed)
    wait, number, cloud = state.wait, state.number, load_cloud(state)
    passed, level = rhythm(density[0], dt), cloud_level(_length(size[0]), density[0])
    fresh = _born(base + number, size[0], pitch[0], reach[0], spread[0], rate)
    for i in range(n):
        memory.write(i, sane(x[i]), 0)
        if size.moving or density.moving:
            passed, level = rhythm(density[i], dt), cloud_level(_length(size[i]), density[i])
        due, turn = wait <= 0, number
        if any_lane(due):
            fresh = _born(base + number, size[i], pitch[i], reach[i], spread[i], rate)
            wait = next_wait(wait, due, irregular[i], base + number)
            number = np.where(due, number + 1, number)
        wait = pass_time(wait, passed)
        cloud, a, b = grow_cloud(_read, memory, i, cloud, due, turn, fresh)
        left[i] = level * a
        right[i] = level * b
    save_cloud(state, cloud)
    state.wait, state.number = wait, number
