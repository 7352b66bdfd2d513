"""Granular synthesis: a cloud of short pieces of a sample."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, times, to_float, to_int
from dsp.math.interpolate import linear
from dsp.math.noise import hash32, uniform
from dsp.math.trig import sin_cycles

_GRAINS = 8
_WAIT = float(1 << 29)  # what a grain's share of time is counted in: integers, so that no rounding decides who is first
_RATE = 64.0  # file frames per frame


@inline
def _rhythm(density: Any, dt: Any) -> Any:
    """Of the wait for the next grain, what passes in a frame."""
    return to_int(fmin(fmax(density * dt, 0.0), 1.0) * _WAIT)


@inline
def _level(size: Any, density: Any) -> Any:
    """Keeps the power of overlapping grains that of one."""
    return 1.0 / np.sqrt(fmin(fmax(fmin(fmax(size, 0.001), 10.0) * fmin(fmax(density, 0.0), 1e6), 1.0), _GRAINS))


@inline
def _born(
    seed: Any, number: Any, position: Any, jitter: Any, size: Any, pitch: Any, spread: Any, sound: Any, dt: Any
) -> Any:
    """A grain as it begins: frame, part, frames per frame, 1 / its length in frames, place between left and right."""
    first = hash32(seed + number)
    place = fmin(fmax(position, 0.0), 1.0) + times(fmin(fmax(jitter, 0.0), 1.0), uniform(first + 1))
    place = (place - np.floor(place)) * to_float(sound.frames)
    whole = np.floor(place)
    step = fmin(fmax(pitch, -_RATE), _RATE) * sound.rate * dt
    shrink = dt / fmin(fmax(size, 0.001), 10.0)
    return to_int(fmin(whole, 2.0e9)), place - whole, step, shrink, fmin(fmax(spread, 0.0), 1.0) * uniform(first + 2)


@inline
def _grow(grain: Any, starts: Any, fresh: Any, sound: Any) -> Any:
    """A grain's next state, and what it adds left and right. ``rest`` is what is left of it, 1 to 0."""
    frame, part, step, shrink, side, rest = grain
    frame, part = np.where(starts, fresh[0], frame), np.where(starts, fresh[1], part)
    step, shrink = np.where(starts, fresh[2], step), np.where(starts, fresh[3], shrink)
    side, rest = np.where(starts, fresh[4], side), np.where(starts, 1.0, rest)
    l1, r1 = sound.left_right(frame)
    l2, r2 = sound.left_right(frame + 1)
    window = sin_cycles(0.5 * rest)
    inside = (frame >= 0) & (frame < sound.frames)
    window = np.where(inside, window * window, 0.0)
    left = times(window * fmin(1.0 - side, 1.0), linear(l1, l2, part))
    right = times(window * fmin(1.0 + side, 1.0), linear(r1, r2, part))
    part = part + step
    whole = np.floor(part)
    return (frame + to_int(whole), part - whole, step, shrink, side, fmax(rest - shrink, 0.0)), left, right


@kind(
    outs=("left", "right"),
    state=(
        *("part1", "step1", "shrink1", "side1", "rest1", "part2", "step2", "shrink2", "side2", "rest2"),
        *("part3", "step3", "shrink3", "side3", "rest3", "part4", "step4", "shrink4", "side4", "rest4"),
        *("part5", "step5", "shrink5", "side5", "rest5", "part6", "step6", "shrink6", "side6", "rest6"),
        *("part7", "step7", "shrink7", "side7", "rest7", "part8", "step8", "shrink8", "side8", "rest8"),
    ),
    ints=("frame1", "frame2", "frame3", "frame4", "frame5", "frame6", "frame7", "frame8", "wait", "number"),
    seeded=True,
    reads_buffers=True,
    reference="C. Roads, Microsound (2001), ch. 3; Hann windows, linear interpolation",
    buffer=Param(
        0.0, 0.0, 1e6, Unit.INDEX, smoothing=0.0, doc="Number of the sample; 0, or one that is not loaded, is silence."
    ),
    position=Param(0.0, 0.0, 1.0, doc="Where grains begin, as a share of the file; move it slowly to stretch time."),
    size=Param(0.1, 0.001, 10.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="Length of a grain."),
    density=Param(
        20.0,
        0.0,
        10000.0,
        Unit.HZ,
        curve=Curve.EXPONENTIAL,
        doc="Grains per second; of more than eight at a time the newest are left out. 0: one alone.",
    ),
    pitch=Param(1.0, -_RATE, _RATE, Unit.RATIO, smoothing=0.0, doc="Speed within a grain; below 0 it runs backwards."),
    jitter=Param(0.0, 0.0, 1.0, doc="How far from the position grains may begin at random, as a share of the file."),
    irregular=Param(0.0, 0.0, 1.0, doc="0: grains at even distances; 1: each wait is anything up to twice as long."),
    spread=Param(0.0, 0.0, 1.0, doc="How far from the middle grains may be at random."),
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
    """A cloud of up to eight overlapping grains of a sample, at a power that does not depend on how many there are."""
    s, dt, base = state, env.dt, hash32(seed)
    wait, number = s.wait, s.number
    g1 = (s.frame1, s.part1, s.step1, s.shrink1, s.side1, s.rest1)
    g2 = (s.frame2, s.part2, s.step2, s.shrink2, s.side2, s.rest2)
    g3 = (s.frame3, s.part3, s.step3, s.shrink3, s.side3, s.rest3)
    g4 = (s.frame4, s.part4, s.step4, s.shrink4, s.side4, s.rest4)
    g5 = (s.frame5, s.part5, s.step5, s.shrink5, s.side5, s.rest5)
    g6 = (s.frame6, s.part6, s.step6, s.shrink6, s.side6, s.rest6)
    g7 = (s.frame7, s.part7, s.step7, s.shrink7, s.side7, s.rest7)
    g8 = (s.frame8, s.part8, s.step8, s.shrink8, s.side8, s.rest8)
    sound = buffers.pick(to_int(fmin(fmax(buffer[0], 0.0), 1e6)))
    rhythm, level = _rhythm(density[0], dt), _level(size[0], density[0])
    fresh = _born(base, number, position[0], jitter[0], size[0], pitch[0], spread[0], sound, dt)
    for i in range(n):
        if buffer.moving:
            sound = buffers.pick(to_int(fmin(fmax(buffer[i], 0.0), 1e6)))
        if size.moving or density.moving:
            rhythm, level = _rhythm(density[i], dt), _level(size[i], density[i])
        due = wait <= 0
        place = number & (_GRAINS - 1)
        if any_lane(due):
            fresh = _born(base, number, position[i], jitter[i], size[i], pitch[i], spread[i], sound, dt)
            chance = times(fmin(fmax(irregular[i], 0.0), 1.0), uniform(hash32(base + number) + 3))
            wait = np.where(due, wait + to_int((1.0 + chance) * _WAIT), wait)
            number = np.where(due, number + 1, number)
        wait = fmax(wait - rhythm, -(1 << 29))
        g1, l1, r1 = _grow(g1, due & (place == 0) & (g1[5] <= 0.0), fresh, sound)
        g2, l2, r2 = _grow(g2, due & (place == 1) & (g2[5] <= 0.0), fresh, sound)
        g3, l3, r3 = _grow(g3, due & (place == 2) & (g3[5] <= 0.0), fresh, sound)
        g4, l4, r4 = _grow(g4, due & (place == 3) & (g4[5] <= 0.0), fresh, sound)
        g5, l5, r5 = _grow(g5, due & (place == 4) & (g5[5] <= 0.0), fresh, sound)
        g6, l6, r6 = _grow(g6, due & (place == 5) & (g6[5] <= 0.0), fresh, sound)
        g7, l7, r7 = _grow(g7, due & (place == 6) & (g7[5] <= 0.0), fresh, sound)
        g8, l8, r8 = _grow(g8, due & (place == 7) & (g8[5] <= 0.0), fresh, sound)
        left[i] = level * (((l1 + l2) + (l3 + l4)) + ((l5 + l6) + (l7 + l8)))
        right[i] = level * (((r1 + r2) + (r3 + r4)) + ((r5 + r6) + (r7 + r8)))
    s.frame1, s.part1, s.step1, s.shrink1, s.side1, s.rest1 = g1
    s.frame2, s.part2, s.step2, s.shrink2, s.side2, s.rest2 = g2
    s.frame3, s.part3, s.step3, s.shrink3, s.side3, s.rest3 = g3
    s.frame4, s.part4, s.step4, s.shrink4, s.side4, s.rest4 = g4
    s.frame5, s.part5, s.step5, s.shrink5, s.side5, s.rest5 = g5
    s.frame6, s.part6, s.step6, s.shrink6, s.side6, s.rest6 = g6
    s.frame7, s.part7, s.step7, s.shrink7, s.side7, s.rest7 = g7
    s.frame8, s.part8, s.step8, s.shrink8, s.side8, s.rest8 = g8
    s.wait, s.number = wait, number
