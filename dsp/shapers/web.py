"""Strudel's waveshapers. Each works on both sides, sample by sample."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, times, to_float
from dsp.math.exponential import exp, log
from dsp.math.hyperbolic import tanh
from dsp.math.interpolate import any_number
from dsp.math.trig import sin_cycles

_INS, _OUTS = ("left", "right"), ("left_out", "right_out")
_VOLUME = Param(1.0, 0.001, 1.0, Unit.GAIN, smoothing=0.005, doc="Level of the result.")
_HIGHEST_TERM = 62  # order of the last even term of the Chebyshev shape
(SCURVE, SOFT, HARD, CUBIC, DIODE, ASYM, FOLD, SINEFOLD, CHEBYSHEV) = range(9)


@inline
def _volume(volume: Any) -> Any:
    return fmin(fmax(volume, 0.001), 1.0)


@inline
def _scurve(x: Any, k: Any) -> Any:
    return (x + k * x) / (1.0 + k * np.abs(x))


@inline
def _soft(x: Any, k: Any) -> Any:
    return tanh(x + k * x)


@inline
def _cubic(x: Any, k: Any) -> Any:
    bend = log(1.0 + k)
    t = bend / (1.0 + bend)
    return _soft((x - t * (x * x * x) * 0.33333334) / (1.0 - t * 0.33333334), k)


@inline
def _diode(x: Any, k: Any, one_sided: Any) -> Any:
    """Two tanh curves around a bias; ``one_sided`` leaves the signal out of the second, which adds a constant offset."""
    bend = log(1.0 + k)
    bias = 0.07 * bend / (1.0 + bend)
    steep = 1.0 + 2.0 * k
    first = tanh(steep * (x + bias))
    second = tanh(steep * np.where(one_sided, bias, bias - x))
    rest = tanh(steep * bias)
    slope = fmax(np.where(one_sided, 1.0, 2.0) * steep * (1.0 - rest * rest), 1e-6)
    return _soft((first - second) / slope, k)


@inline
def _fold(x: Any, k: Any) -> Any:
    y = (1.0 + 0.5 * k) * x
    turn = (y + 1.0) * 0.25
    return 1.0 - np.abs(4.0 * (turn - np.floor(turn)) - 2.0)


@inline
def _chebyshev(x: Any, k: Any) -> Any:
    """The signal plus polynomials of Chebyshev, odd orders up to 61, then tanh."""
    bend = log(1.0 + k)
    before, now, total = 0.0 * x + 1.0, x, x  # T0 and T1
    for order in range(2, _HIGHEST_TERM + 1):
        # `now` is the polynomial of the order before
        total = total + np.where(order % 2 == 0, 1.0, 0.0) * fmin(13.0 * bend / order, 2.0) * now
        before, now = now, fmin(fmax(times(2.0 * x, now) - before, -1e6), 1e6)
    return tanh(total * (1.0 + 0.5 * bend))


@inline
def _shaped(x: Any, k: Any, kind_: Any, some_chebyshev: Any) -> Any:
    curve = np.where(kind_ < 0.5, _scurve(x, k), _soft(x, k))
    curve = np.where(kind_ > 1.5, fmin(fmax(x + k * x, -1.0), 1.0), curve)
    curve = np.where(kind_ > 2.5, _cubic(x, k), curve)
    curve = np.where(kind_ > 3.5, _diode(x, k, kind_ > 4.5), curve)
    folded = _fold(x, k)
    curve = np.where(kind_ > 5.5, np.where(kind_ > 6.5, sin_cycles(0.25 * folded), folded), curve)
    return np.where(kind_ > 7.5, _chebyshev(x, k), curve) if some_chebyshev else curve


@inline
def _steepness(amount: Any) -> Any:
    return exp(fmin(fmax(amount, 0.0), 20.0)) - 1.0


@kind(
    ins=_INS,
    outs=_OUTS,
    tags=("chaotic",),  # folds and polynomials of order 61 multiply rounding
    reference="Strudel's distort (docs/strudel.md, Effects); Chebyshev polynomials: their recurrence",
    amount=Param(0.0, 0.0, 20.0, smoothing=0.005, doc="e^amount - 1 is how steep the curve is."),
    volume=_VOLUME,
    curve=Param(
        0.0, 0.0, 8.0, curve=Curve.STEP, smoothing=0.0,
        doc="0 scurve, 1 soft, 2 hard, 3 cubic, 4 diode, 5 asym, 6 fold, 7 sinefold, 8 chebyshev.",
    ),
)  # fmt: skip
def song_distort(
    left: Any, right: Any, amount: Any, volume: Any, curve: Any, left_out: Any, right_out: Any, n: Any, env: Any
) -> None:
    """Distortion with one of nine curves."""
    k = _steepness(amount[0])
    chosen = np.floor(fmin(fmax(curve[0], 0.0), 8.0) + 0.5)
    some_chebyshev = any_lane(chosen > 7.5)
    plain = not curve.moving and not any_lane(chosen > 0.5)
    for i in range(n):
        if amount.moving:
            k = _steepness(amount[i])
        if curve.moving:
            chosen = np.floor(fmin(fmax(curve[i], 0.0), 8.0) + 0.5)
            some_chebyshev = any_lane(chosen > 7.5)
        level = _volume(volume[i])
        u, v = any_number(left[i]), any_number(right[i])
        if plain:
            left_out[i] = _scurve(u, k) * level
            right_out[i] = _scurve(v, k) * level
        else:
            left_out[i] = _shaped(u, k, chosen, some_chebyshev) * level
            right_out[i] = _shaped(v, k, chosen, some_chebyshev) * level


@kind(
    ins=_INS,
    outs=_OUTS,
    reference="Strudel's shape: y = (1 + k) x / (1 + k |x|), k = 2 s / (1 - s)",
    amount=Param(0.0, 0.0, 1.0, smoothing=0.005, doc="s: 0 changes nothing."),
    volume=_VOLUME,
)
def song_shape(
    left: Any, right: Any, amount: Any, volume: Any, left_out: Any, right_out: Any, n: Any, env: Any
) -> None:
    """Smooth distortion that keeps full scale at full scale, times a level."""
    for i in range(n):
        s = fmin(fmax(amount[i], 0.0), 0.9999999)
        k = 2.0 * s / (1.0 - s)
        level = _volume(volume[i])
        left_out[i] = _scurve(any_number(left[i]), k) * level
        right_out[i] = _scurve(any_number(right[i]), k) * level


@kind(
    ins=_INS,
    outs=_OUTS,
    state=("left_held", "right_held"),
    tags=("stepped",),
    reference="Strudel's coarse: every so many samples one is taken, counted anew in each 128 samples of the event",
    period=Param(
        1.0, 1.0, 128.0, Unit.FRAMES, smoothing=0.0, doc="Samples between two that are taken; need not be whole."
    ),
)
def song_coarse(
    left: Any, right: Any, period: Any, left_out: Any, right_out: Any, state: Any, n: Any, env: Any
) -> None:
    """Sample and hold: a lower sample rate, with all its aliases."""
    u, v = state.left_held, state.right_held
    age = env.age
    for i in range(n):
        every = fmin(fmax(period[i], 1.0), 128.0)
        place = to_float((age + i) & 127)
        taken = place - every * np.floor(place / every) < 1.0
        u, v = np.where(taken, left[i], u), np.where(taken, right[i], v)
        left_out[i] = u
        right_out[i] = v
    state.left_held, state.right_held = u, v


@kind(
    ins=_INS,
    outs=_OUTS,
    tags=("stepped",),
    reference="Strudel's crush: rounding to 2^(bits - 1) steps per unit",
    bits=Param(16.0, 1.0, 24.0, Unit.BITS, smoothing=0.0, doc="Resolution; need not be whole."),
)
def song_crush(left: Any, right: Any, bits: Any, left_out: Any, right_out: Any, n: Any, env: Any) -> None:
    """Rounds every sample to a coarse grid of levels."""
    for i in range(n):
        steps = exp((fmin(fmax(bits[i], 1.0), 24.0) - 1.0) * 0.6931471805599453)
        left_out[i] = np.floor(any_number(left[i]) * steps + 0.5) / steps
        right_out[i] = np.floor(any_number(right[i]) * steps + 0.5) / steps
