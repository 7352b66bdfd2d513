"""Waveshapers with reduced aliases: each output is the mean of the curve between the last input and this one.

First-order antiderivative anti-aliasing: J. Parker, V. Zavalishin and E. Le Bivic, "Reducing the aliasing of nonlinear waveshaping
using continuous-time convolution" (DAFx 2016). The mean is (F(b) - F(a)) / (b - a) for an integral F of the curve. This loses
all digits where a and b are close; so the curves here are made of lines and one polynomial, whose means are written in
terms that do not cancel. All these kinds delay by half a frame.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, times
from dsp.math.delayline import sane
from dsp.math.trig import warp

_REFERENCE = "Parker, Zavalishin and Le Bivic, 'Reducing the aliasing of nonlinear waveshaping' (DAFx 2016): "
_DRIVE = Param(2.0, 0.0, 1000.0, Unit.GAIN, curve=Curve.EXPONENTIAL, doc="Gain before the curve.")
_MIX = Param(1.0, 0.0, 1.0, doc="0: the input alone; 1: the shaped sound alone.")
_CLOSE = 1e-3  # for inputs closer together than this, the mean is the curve at their middle


@inline
def _driven(x: Any, drive: Any) -> Any:
    return sane(x) * fmin(fmax(drive, 0.0), 1000.0)


@inline
def _blend(x: Any, wet: Any, mix: Any) -> Any:
    return x + fmin(fmax(mix, 0.0), 1.0) * (wet - x)


@inline
def _soft_mean(a: Any, b: Any) -> Any:
    """Mean over a..b of 1.5 x - 0.5 x^3 within -1..1, of its sign beyond."""
    inner_a, inner_b = fmin(fmax(a, -1.0), 1.0), fmin(fmax(b, -1.0), 1.0)
    both = inner_a + inner_b
    inside = both * (0.75 - 0.125 * (times(inner_a, inner_a) + inner_b * inner_b))
    area = times(inner_b - inner_a, inside) + (fmax(b, 1.0) - fmax(a, 1.0)) - (fmin(b, -1.0) - fmin(a, -1.0))
    span = b - a
    return np.where(span == 0.0, inside, area / np.where(span == 0.0, 1.0, span))


@kind(
    ins=("x",),
    state=("before", "low"),
    reference=_REFERENCE + "soft clipping 1.5 x - 0.5 x^3",
    drive=Param(4.0, 0.0, 1000.0, Unit.GAIN, curve=Curve.EXPONENTIAL, doc="Gain before the curve; at 1 it reaches full scale."),
    bias=Param(0.0, -1.0, 1.0, doc="Added after the gain, for even harmonics. Silence stays silent."),
    tone=Param(12000.0, 20.0, 22000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Corner of the low-pass of 6 dB per octave after the curve."),
    mix=_MIX,
)  # fmt: skip
def distort(x: Any, drive: Any, bias: Any, tone: Any, mix: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Distortion: soft clipping with few aliases and a tone control."""
    before, low = state.before, state.low
    g = warp(fmin(fmax(tone[0], 20.0), 0.49 * env.rate), env.dt)
    share = g / (1.0 + g)
    for i in range(n):
        if tone.moving:
            g = warp(fmin(fmax(tone[i], 20.0), 0.49 * env.rate), env.dt)
            share = g / (1.0 + g)
        u = sane(x[i])
        offset = fmin(fmax(bias[i], -1.0), 1.0)
        driven = _driven(u, drive[i])
        rest = offset * (1.5 - 0.5 * offset * offset)
        bent = _soft_mean(before + offset, driven + offset) - rest
        before = driven
        step = share * (bent - low)
        smooth = low + step
        low = smooth + step
        y[i] = _blend(u, smooth, mix[i])
    state.before, state.low = before, low


@inline
def _fold(x: Any) -> Any:
    """(a triangle of period 4 that is x within -1..1, its integral)."""
    t = x - 4.0 * np.floor(0.25 * (x + 1.0))
    far = 2.0 - t
    return np.where(t <= 1.0, t, far), np.where(t <= 1.0, 0.5 * t * t, 1.0 - 0.5 * far * far)


@inline
def _wrap(x: Any) -> Any:
    """(a saw of period 2 that is x within -1..1, its integral)."""
    t = x - 2.0 * np.floor(0.5 * (x + 1.0))
    return t, 0.5 * t * t


@inline
def _mean(a: Any, b: Any, area: Any, middle: Any) -> Any:
    """The mean from a to b: the area divided by the distance, or the value in the middle if they are close."""
    span = b - a
    close = np.abs(span) < _CLOSE
    return fmin(fmax(np.where(close, middle, area / np.where(close, 1.0, span)), -1.0), 1.0)


@kind(
    ins=("x",),
    state=("before",),
    reference=_REFERENCE + "repeated folding at -1 and 1",
    drive=_DRIVE,
    offset=Param(0.0, -4.0, 4.0, doc="Added after the gain: moves the folds. Silence stays silent."),
    mix=_MIX,
)
def wavefolder(x: Any, drive: Any, offset: Any, mix: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Folds the sound beyond full scale back, as many times as needed: louder sounds get more harmonics."""
    before = state.before
    for i in range(n):
        u = sane(x[i])
        driven = _driven(u, drive[i])
        more = fmin(fmax(offset[i], -4.0), 4.0)
        a, b = before + more, driven + more
        _, area_a = _fold(a)
        _, area_b = _fold(b)
        middle, _ = _fold(0.5 * (a + b))
        rest, _ = _fold(more)
        y[i] = _blend(u, _mean(a, b, area_b - area_a, middle) - rest, mix[i])
        before = driven
    state.before = before


@kind(
    ins=("x",),
    state=("before",),
    reference=_REFERENCE + "wrapping around at -1 and 1",
    drive=_DRIVE,
    mix=_MIX,
)
def wrap_shaper(x: Any, drive: Any, mix: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Wraps the sound at full scale: it leaves on one side and enters on the other. Harsher than folding."""
    before = state.before
    for i in range(n):
        u = sane(x[i])
        driven = _driven(u, drive[i])
        _, area_a = _wrap(before)
        _, area_b = _wrap(driven)
        middle, _ = _wrap(0.5 * (before + driven))
        y[i] = _blend(u, _mean(before, driven, area_b - area_a, middle), mix[i])
        before = driven
    state.before = before


@kind(
    ins=("x",),
    state=("before",),
    reference=_REFERENCE + "x above 0, a share of -x below it",
    amount=Param(1.0, 0.0, 1.0, doc="0: half-wave, the part below 0 is removed; 1: full-wave, it is inverted."),
)
def rectify(x: Any, amount: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Rectification, from half-wave to full-wave: adds the octave above, and an offset."""
    before = state.before
    for i in range(n):
        u = sane(x[i])
        m = fmin(fmax(amount[i], 0.0), 1.0)
        high, former_high = fmax(u, 0.0), fmax(before, 0.0)
        depth, former_depth = fmax(-u, 0.0), fmax(-before, 0.0)
        area = times(high - former_high, high + former_high) - m * ((depth - former_depth) * (depth + former_depth))
        span = u - before
        y[i] = np.where(span == 0.0, high + m * depth, 0.5 * area / np.where(span == 0.0, 1.0, span))
        before = u
    state.before = before
