"""A pitch tracker that does the same small amount of work in every frame."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, to_float, wrap_int
from dsp.math.cells import get_cell, put_cell
from dsp.math.delayline import sane
from dsp.math.smoothing import share_of
from dsp.math.statevariable import advance, coefficients
from dsp.math.trig import warp

_SLOWER = 11000.0  # Hz; the signal is reduced to a rate between this and twice this
_LOWEST = 40.0  # Hz
_EVERY = 64  # reduced samples between two searches for peaks
_NEAR = 0.9  # McLeod's k: the first peak above this share of the highest one gives the period
_SILENT = 1e-9  # energy


@inline
def _nsdf(memory: Any, env: Any, lag: Any, at: Any, size: Any, energy: Any) -> Any:
    """The normalised square difference function: 1 where the signal repeats itself after ``lag``."""
    then = at - lag
    past = get_cell(memory, env, size + (then if then >= 0 else then + size))
    return 2.0 * get_cell(memory, env, 2 * size + lag) / (energy + past + 1e-30)


@inline
def _top(before: Any, here: Any, after: Any) -> Any:
    """Height and offset from the middle of the peak of a parabola through three points; the middle one is highest."""
    slope = 0.5 * (before - after)
    place = slope / fmin(before - 2.0 * here + after, -1e-9)
    return here - 0.5 * slope * place, place


@kind(
    ins=("x",),
    outs=("freq", "clarity"),
    state=("z1", "z2", "z3", "z4", "before", "level", "energy", "hz", "clear"),
    ints=("skip", "at", "count", "turn"),
    memory=0.08,
    lines=True,
    per_lane=True,
    tags=("stepped",),
    reference="P. McLeod and G. Wyvill, 'A smarter way to find pitch' (ICMC 2005); the sums are updated over an "
    "exponential window, not computed again for each frame",
    low=Param(
        50.0, _LOWEST, 2000.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="Lowest pitch that it detects."
    ),
    high=Param(
        1200.0, _LOWEST, 3000.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="Highest pitch that it detects."
    ),
    window=Param(
        0.03,
        0.005,
        1.0,
        Unit.SECONDS,
        curve=Curve.EXPONENTIAL,
        smoothing=0.0,
        doc="Time constant: sound of this age has a weight of 1/e. At least two periods.",
    ),
    trust=Param(
        0.7, 0.0, 1.0, smoothing=0.0, doc="Least clarity for a new pitch; with less, the output keeps the last pitch."
    ),
)
def pitch(
    x: Any, low: Any, high: Any, window: Any, trust: Any, freq: Any, clarity: Any,
    state: Any, memory: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """The pitch of a sound with one voice (0 until one is found), and its clarity: how periodic it is, 0..1."""
    z1, z2, z3, z4 = state.z1, state.z2, state.z3, state.z4
    before, level, energy, hz, clear = state.before, state.level, state.energy, state.hz, state.clear
    skip, at, count, turn = state.skip, state.at, state.count, state.turn
    step = max(int(env.rate / _SLOWER), 1)
    slow = env.rate / step
    longest = int(slow / _LOWEST) + 1
    # length of the rings of samples and energies; the sums of products, one per lag, lie behind them
    size = longest + 1
    g = warp(0.25 * slow, env.dt)
    _, p, q, r = coefficients(g, 1.8477591)  # two halves of a Butterworth filter of the fourth order
    _, p2, q2, r2 = coefficients(g, 0.76536686)
    keep = 1.0 - share_of(window[0], 1.0 / slow)
    for i in range(n):
        a, b = advance(sane(x[i]), z1, z2, p, q, r)
        c, d = advance(0.5 * (b + z2), z3, z4, p2, q2, r2)
        low_passed = 0.5 * (d + z4)
        # the state that goes from row to row must not be larger than this
        z1, z2, z3, z4 = (to_float(a), to_float(b), to_float(c), to_float(d))
        skip = wrap_int(skip + 1)
        if skip >= step:
            skip = wrap_int(0 * skip)
            if window.moving:
                keep = 1.0 - share_of(window[i], 1.0 / slow)
            level = to_float(low_passed - before + 0.995 * level)
            before = to_float(low_passed)
            at = wrap_int(at + 1 if at + 1 < size else 0 * at)
            energy = to_float(keep * energy + level * level)
            put_cell(memory, env, at, level)
            put_cell(memory, env, size + at, energy)
            for lag in range(1, longest + 1):
                if lag > count:  # the signal has not run for that long yet
                    break
                then = at - lag
                product = level * get_cell(memory, env, then if then >= 0 else then + size)
                if lag < count:
                    product = product + keep * get_cell(memory, env, 2 * size + lag)
                put_cell(memory, env, 2 * size + lag, product)
            count = wrap_int(count + 1 if count < size else count)
            turn = wrap_int(turn + 1)
            if turn >= _EVERY:
                turn = wrap_int(0 * turn)
                shortest = slow / fmin(fmax(high[i], _LOWEST), 3000.0)
                furthest = slow / fmin(fmax(low[i], _LOWEST), 2000.0) + 1.0
                highest, negative = 0.0 * energy, False
                one, two = 1.0 + 0.0 * energy, 1.0 + 0.0 * energy
                for lag in range(1, longest + 1):
                    if lag >= count or lag > furthest:
                        break
                    now = _nsdf(memory, env, lag, at, size, energy)
                    negative = negative or now < 0.0
                    if negative and two <= one and one > now and lag > shortest:
                        height, _ = _top(two, one, now)
                        highest = fmax(height, highest)
                    two, one = one, now
                negative = False
                clear = to_float(highest)
                if energy > _SILENT and highest > 0.0 and highest >= trust[i]:
                    one, two = 1.0 + 0.0 * energy, 1.0 + 0.0 * energy
                    for lag in range(1, longest + 1):
                        if lag >= count or lag > furthest:
                            break
                        now = _nsdf(memory, env, lag, at, size, energy)
                        negative = negative or now < 0.0
                        if negative and two <= one and one > now and lag > shortest:
                            height, place = _top(two, one, now)
                            if height >= _NEAR * highest:
                                hz = to_float(slow / (lag - 1.0 + place))
                                break
                        two, one = one, now
        freq[i] = hz
        clarity[i] = fmin(fmax(clear, 0.0), 1.0)
    state.z1, state.z2, state.z3, state.z4 = z1, z2, z3, z4
    state.before, state.level, state.energy, state.hz, state.clear = before, level, energy, hz, clear
    state.skip, state.at, state.count, state.turn = skip, at, count, turn
