"""Granular synthesis of what comes in: a cloud of short pieces of the last second."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, times, to_int
from dsp.math.delayline import sane
from dsp.math.interpolate import linear
from dsp.math.noise import hash32, uniform
from dsp.math.trig import sin_cycles

_GRAINS = 8
_WAIT = float(1 << 29)  # what a grain's share of time is counted in: integers, so that no rounding decides who is first
_SIZE, _REACH = 0.25, 0.5  # seconds
_SLOWEST, _FASTEST = -2.0, 4.0
_SECONDS = 1.3  # the longest reach, and what the fastest or slowest grain needs on top of it


@inline
def _rhythm(density: Any, dt: Any) -> Any:
    """Of the wait for the next grain, what passes in a frame."""
    return to_int(fmin(fmax(density * dt, 0.0), 1.0) * _WAIT)


@inline
def _level(size: Any, density: Any) -> Any:
    """Keeps the power of overlapping grains that of one."""
    return 1.0 / np.sqrt(fmin(fmax(fmin(fmax(size, 0.002), _SIZE) * fmin(fmax(density, 0.0), 1e6), 1.0), _GRAINS))


@inline
def _born(seed: Any, number: Any, size: Any, pitch: Any, reach: Any, spread: Any, rate: Any) -> Any:
    """A grain as it begins: how many frames ago it reads, and a part of one; how that grows; 1 / its length in frames; its place."""
    first = hash32(seed + number)
    frames = fmin(fmax(size, 0.002), _SIZE) * rate
    drift = 1.0 - fmin(fmax(pitch, _SLOWEST), _FASTEST)
    back = times(fmin(fmax(reach, 0.0), _REACH) * rate, 0.5 + 0.5 * uniform(first + 1))
    ago = back + fmax(-drift * frames, 0.0)
    whole = np.floor(ago)
    return to_int(whole), ago - whole, drift, 1.0 / frames, fmin(fmax(spread, 0.0), 1.0) * uniform(first + 2)


@inline
def _grow(grain: Any, starts: Any, fresh: Any, memory: Any, i: Any) -> Any:
    """A grain's next state, and what it adds left and right. ``rest`` is what is left of it, 1 to 0."""
    ago, part, drift, shrink, side, rest = grain
    ago, part = np.where(starts, fresh[0], ago), np.where(starts, fresh[1], part)
    drift, shrink = np.where(starts, fresh[2], drift), np.where(starts, fresh[3], shrink)
    side, rest = np.where(starts, fresh[4], side), np.where(starts, 1.0, rest)
    heard = linear(memory.read(i, fmax(ago, 0), 0), memory.read(i, fmax(ago + 1, 0), 0), part)
    window = sin_cycles(0.5 * rest)
    window = window * window
    left = times(window * fmin(1.0 - side, 1.0), heard)
    right = times(window * fmin(1.0 + side, 1.0), heard)
    part = part + drift
    whole = np.floor(part)
    return (ago + to_int(whole), part - whole, drift, shrink, side, fmax(rest - shrink, 0.0)), left, right


@kind(
    ins=("x",),
    outs=("left", "right"),
    state=(
        *("part1", "drift1", "shrink1", "side1", "rest1", "part2", "drift2", "shrink2", "side2", "rest2"),
        *("part3", "drift3", "shrink3", "side3", "rest3", "part4", "drift4", "shrink4", "side4", "rest4"),
        *("part5", "drift5", "shrink5", "side5", "rest5", "part6", "drift6", "shrink6", "side6", "rest6"),
        *("part7", "drift7", "shrink7", "side7", "rest7", "part8", "drift8", "shrink8", "side8", "rest8"),
    ),
    ints=(*(f"ago{k}" for k in range(1, 9)), "wait", "number"),
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
        doc="Grains per second; of more than eight at a time the newest are left out. 0: one alone.",
    ),
    pitch=Param(
        1.0, _SLOWEST, _FASTEST, Unit.RATIO, smoothing=0.0, doc="Speed within a grain; below 0 it runs backwards."
    ),
    reach=Param(0.1, 0.0, _REACH, Unit.SECONDS, doc="How long ago grains may begin at random."),
    irregular=Param(0.5, 0.0, 1.0, doc="0: grains at even distances; 1: each wait is anything up to twice as long."),
    spread=Param(0.5, 0.0, 1.0, doc="How far from the middle grains may be at random."),
)
def granular(
    x: Any, size: Any, density: Any, pitch: Any, reach: Any, irregular: Any, spread: Any, left: Any, right: Any, state: Any,
    memory: Any, seed: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """A cloud of up to eight overlapping grains of its input, at a power that does not depend on how many there are."""
    s, dt, rate, base = state, env.dt, env.rate, hash32(seed)
    wait, number = s.wait, s.number
    g1 = (s.ago1, s.part1, s.drift1, s.shrink1, s.side1, s.rest1)
    g2 = (s.ago2, s.part2, s.drift2, s.shrink2, s.side2, s.rest2)
    g3 = (s.ago3, s.part3, s.drift3, s.shrink3, s.side3, s.rest3)
    g4 = (s.ago4, s.part4, s.drift4, s.shrink4, s.side4, s.rest4)
    g5 = (s.ago5, s.part5, s.drift5, s.shrink5, s.side5, s.rest5)
    g6 = (s.ago6, s.part6, s.drift6, s.shrink6, s.side6, s.rest6)
    g7 = (s.ago7, s.part7, s.drift7, s.shrink7, s.side7, s.rest7)
    g8 = (s.ago8, s.part8, s.drift8, s.shrink8, s.side8, s.rest8)
    rhythm, level = _rhythm(density[0], dt), _level(size[0], density[0])
    fresh = _born(base, number, size[0], pitch[0], reach[0], spread[0], rate)
    for i in range(n):
        memory.write(i, sane(x[i]), 0)
        if size.moving or density.moving:
            rhythm, level = _rhythm(density[i], dt), _level(size[i], density[i])
        due = wait <= 0
        place = number & (_GRAINS - 1)
        if any_lane(due):
            fresh = _born(base, number, size[i], pitch[i], reach[i], spread[i], rate)
            chance = times(fmin(fmax(irregular[i], 0.0), 1.0), uniform(hash32(base + number) + 3))
            wait = np.where(due, wait + to_int((1.0 + chance) * _WAIT), wait)
            number = np.where(due, number + 1, number)
        wait = fmax(wait - rhythm, -(1 << 29))
        g1, l1, r1 = _grow(g1, due & (place == 0) & (g1[5] <= 0.0), fresh, memory, i)
        g2, l2, r2 = _grow(g2, due & (place == 1) & (g2[5] <= 0.0), fresh, memory, i)
        g3, l3, r3 = _grow(g3, due & (place == 2) & (g3[5] <= 0.0), fresh, memory, i)
        g4, l4, r4 = _grow(g4, due & (place == 3) & (g4[5] <= 0.0), fresh, memory, i)
        g5, l5, r5 = _grow(g5, due & (place == 4) & (g5[5] <= 0.0), fresh, memory, i)
        g6, l6, r6 = _grow(g6, due & (place == 5) & (g6[5] <= 0.0), fresh, memory, i)
        g7, l7, r7 = _grow(g7, due & (place == 6) & (g7[5] <= 0.0), fresh, memory, i)
        g8, l8, r8 = _grow(g8, due & (place == 7) & (g8[5] <= 0.0), fresh, memory, i)
        left[i] = level * (((l1 + l2) + (l3 + l4)) + ((l5 + l6) + (l7 + l8)))
        right[i] = level * (((r1 + r2) + (r3 + r4)) + ((r5 + r6) + (r7 + r8)))
    s.ago1, s.part1, s.drift1, s.shrink1, s.side1, s.rest1 = g1
    s.ago2, s.part2, s.drift2, s.shrink2, s.side2, s.rest2 = g2
    s.ago3, s.part3, s.drift3, s.shrink3, s.side3, s.rest3 = g3
    s.ago4, s.part4, s.drift4, s.shrink4, s.side4, s.rest4 = g4
    s.ago5, s.part5, s.drift5, s.shrink5, s.side5, s.rest5 = g5
    s.ago6, s.part6, s.drift6, s.shrink6, s.side6, s.rest6 = g6
    s.ago7, s.part7, s.drift7, s.shrink7, s.side7, s.rest7 = g7
    s.ago8, s.part8, s.drift8, s.shrink8, s.side8, s.rest8 = g8
    s.wait, s.number = wait, number
