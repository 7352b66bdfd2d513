"""Clouds of up to eight grains, for every lane: when grains begin, their windows, and their sum.

A grain is a tuple (at, part, step, shrink, side, rest): the frame that it reads (whole number and fraction), the change of that
position per frame, 1 / its length in frames, its place between left (-1) and right (1), and the share of it that remains, 1 to 0. The
kind decides what ``at`` means: it passes the function that reads.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import fmax, fmin, inline, times, to_int
from dsp.math.noise import hash32, uniform
from dsp.math.trig import sin_cycles

GRAINS = 8
STATE = tuple(f"{name}{k}" for k in range(1, GRAINS + 1) for name in ("part", "step", "shrink", "side", "rest"))
INTS = (*(f"at{k}" for k in range(1, GRAINS + 1)), "wait", "number")
_WAIT = float(1 << 29)  # unit of the waiting times: integers, so that rounding has no influence on the order of grains


@inline
def rhythm(density: Any, dt: Any) -> Any:
    """The part of the wait for the next grain that passes in a frame; density in grains per second."""
    return to_int(fmin(fmax(density * dt, 0.0), 1.0) * _WAIT)


@inline
def cloud_level(seconds: Any, density: Any) -> Any:
    """Gain that keeps the power of overlapping grains of this length equal to that of one grain."""
    return 1.0 / np.sqrt(fmin(fmax(seconds * fmin(fmax(density, 0.0), 1e6), 1.0), GRAINS))


@inline
def born_side(spread: Any, first: Any) -> Any:
    """Place of a new grain between left and right; ``first`` is its random number from the kind."""
    return fmin(fmax(spread, 0.0), 1.0) * uniform(first + 2)


@inline
def next_wait(wait: Any, due: Any, irregular: Any, grain_seed: Any) -> Any:
    """The wait after the grain that is due: regular, or random up to twice as long."""
    chance = times(fmin(fmax(irregular, 0.0), 1.0), uniform(hash32(grain_seed) + 3))
    return np.where(due, wait + to_int((1.0 + chance) * _WAIT), wait)


@inline
def pass_time(wait: Any, passed: Any) -> Any:
    """The remaining wait after this frame; ``passed`` comes from ``rhythm``."""
    return fmax(wait - passed, -(1 << 29))


@inline
def _grow(read: Any, source: Any, i: Any, grain: Any, starts: Any, fresh: Any) -> Any:
    """A grain's next state, and its left and right output."""
    at, part, step, shrink, side, rest = grain
    at, part = np.where(starts, fresh[0], at), np.where(starts, fresh[1], part)
    step, shrink = np.where(starts, fresh[2], step), np.where(starts, fresh[3], shrink)
    side, rest = np.where(starts, fresh[4], side), np.where(starts, 1.0, rest)
    window = sin_cycles(0.5 * rest)
    window, left, right = read(source, i, at, part, window * window)
    left = times(window * fmin(1.0 - side, 1.0), left)
    right = times(window * fmin(1.0 + side, 1.0), right)
    part = part + step
    whole = np.floor(part)
    return (at + to_int(whole), part - whole, step, shrink, side, fmax(rest - shrink, 0.0)), left, right


@inline
def grow_cloud(read: Any, source: Any, i: Any, grains: Any, due: Any, number: Any, fresh: Any) -> Any:
    """The next states of the eight grains, and their left and right sum.

    ``read(source, i, at, part, window)`` returns the window (0 for silence), left and right. When a grain is ``due``, grain
    ``number`` modulo 8 restarts as ``fresh`` (a grain without ``rest``), unless it still sounds.
    """
    g1, g2, g3, g4, g5, g6, g7, g8 = grains
    turn = number & (GRAINS - 1)
    g1, l1, r1 = _grow(read, source, i, g1, due & (turn == 0) & (g1[5] <= 0.0), fresh)
    g2, l2, r2 = _grow(read, source, i, g2, due & (turn == 1) & (g2[5] <= 0.0), fresh)
    g3, l3, r3 = _grow(read, source, i, g3, due & (turn == 2) & (g3[5] <= 0.0), fresh)
    g4, l4, r4 = _grow(read, source, i, g4, due & (turn == 3) & (g4[5] <= 0.0), fresh)
    g5, l5, r5 = _grow(read, source, i, g5, due & (turn == 4) & (g5[5] <= 0.0), fresh)
    g6, l6, r6 = _grow(read, source, i, g6, due & (turn == 5) & (g6[5] <= 0.0), fresh)
    g7, l7, r7 = _grow(read, source, i, g7, due & (turn == 6) & (g7[5] <= 0.0), fresh)
    g8, l8, r8 = _grow(read, source, i, g8, due & (turn == 7) & (g8[5] <= 0.0), fresh)
    left = ((l1 + l2) + (l3 + l4)) + ((l5 + l6) + (l7 + l8))
    right = ((r1 + r2) + (r3 + r4)) + ((r5 + r6) + (r7 + r8))
    return (g1, g2, g3, g4, g5, g6, g7, g8), left, right


@inline
def load_cloud(s: Any) -> Any:
    """Read the eight grains from a state that is declared with ``STATE`` and ``INTS``."""
    return (
        (s.at1, s.part1, s.step1, s.shrink1, s.side1, s.rest1),
        (s.at2, s.part2, s.step2, s.shrink2, s.side2, s.rest2),
        (s.at3, s.part3, s.step3, s.shrink3, s.side3, s.rest3),
        (s.at4, s.part4, s.step4, s.shrink4, s.side4, s.rest4),
        (s.at5, s.part5, s.step5, s.shrink5, s.side5, s.rest5),
        (s.at6, s.part6, s.step6, s.shrink6, s.side6, s.rest6),
        (s.at7, s.part7, s.step7, s.shrink7, s.side7, s.rest7),
        (s.at8, s.part8, s.step8, s.shrink8, s.side8, s.rest8),
    )


@inline
def save_cloud(s: Any, grains: Any) -> None:
    """Write the eight grains back to the state."""
    g1, g2, g3, g4, g5, g6, g7, g8 = grains
    s.at1, s.part1, s.step1, s.shrink1, s.side1, s.rest1 = g1
    s.at2, s.part2, s.step2, s.shrink2, s.side2, s.rest2 = g2
    s.at3, s.part3, s.step3, s.shrink3, s.side3, s.rest3 = g3
    s.at4, s.part4, s.step4, s.shrink4, s.side4, s.rest4 = g4
    s.at5, s.part5, s.step5, s.shrink5, s.side5, s.rest5 = g5
    s.at6, s.part6, s.step6, s.shrink6, s.side6, s.rest6 = g6
    s.at7, s.part7, s.step7, s.shrink7, s.side7, s.rest7 = g7
    s.at8, s.part8, s.step8, s.shrink8, s.side8, s.rest8 = g8
