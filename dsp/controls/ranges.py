"""Keeping a signal in a range, moving it from one range to another, and grids."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math import exponential
from dsp.math.interpolate import LARGEST, any_number, linear

_NARROW = 1e-9  # a range that is none


def _number(default: float, doc: str) -> Param:
    return Param(default, -LARGEST, LARGEST, doc=doc)


def _positive(default: float, doc: str) -> Param:
    return Param(default, 1e-6, LARGEST, doc=doc, curve=Curve.EXPONENTIAL)


@inline
def _nonzero(x: Any) -> Any:
    """x, but at least 1e-9 away from 0."""
    size = fmax(np.abs(x), _NARROW)
    return np.where(x < 0.0, -size, size)


@inline
def _wrapped(u: Any, span: Any, per_span: Any) -> Any:
    """u less a whole number of spans, 0..span."""
    return fmin(fmax(u - span * np.floor(u * per_span), 0.0), span)


@inline
def _ends(low: Any, high: Any) -> Any:
    """The lower end, the span (0 where the ends are the wrong way round), and 1 / span."""
    bottom = any_number(low)
    span = fmax(any_number(high) - bottom, 0.0)
    return bottom, span, np.where(span > _NARROW, 1.0 / fmax(span, _NARROW), 0.0)


@kind(ins=("x", "other"), reference="x - m floor(x / m)")
def modulo(x: Any, other: Any, y: Any, n: Any, env: Any) -> None:
    """What is left of the first signal when the second goes into it: 0..other. Divisors nearer to 0 than 1e-9 count as 1e-9."""
    for i in range(n):
        m = _nonzero(any_number(other[i]))
        u = any_number(x[i])
        rest = u - m * np.floor(u / m)
        y[i] = np.where(m > 0.0, fmin(fmax(rest, 0.0), m), fmax(fmin(rest, 0.0), m))


_LOW, _HIGH = (
    _number(-1.0, "Lower end of the range."),
    _number(1.0, "Upper end; below the lower one the range is that."),
)


@kind(ins=("x",), reference="min(max(x, low), high)", low=_LOW, high=_HIGH)
def clamp(x: Any, low: Any, high: Any, y: Any, n: Any, env: Any) -> None:
    """The signal, but not beyond either end of a range."""
    for i in range(n):
        bottom = any_number(low[i])
        y[i] = fmin(fmax(x[i], bottom), fmax(any_number(high[i]), bottom))


@kind(ins=("x",), reference="low + (x - low) mod (high - low)", low=_LOW, high=_HIGH)
def wrap(x: Any, low: Any, high: Any, y: Any, n: Any, env: Any) -> None:
    """The signal in a range, entering again at the other end where it leaves."""
    bottom, span, per_span = _ends(low[0], high[0])
    moving = low.moving or high.moving
    for i in range(n):
        if moving:
            bottom, span, per_span = _ends(low[i], high[i])
        y[i] = bottom + _wrapped(any_number(x[i]) - bottom, span, per_span)


@kind(ins=("x",), reference="a triangle of the signal", low=_LOW, high=_HIGH)
def fold(x: Any, low: Any, high: Any, y: Any, n: Any, env: Any) -> None:
    """The signal in a range, turned back at either end."""
    bottom, span, per_span = _ends(low[0], high[0])
    moving = low.moving or high.moving
    for i in range(n):
        if moving:
            bottom, span, per_span = _ends(low[i], high[i])
        there_and_back = _wrapped(any_number(x[i]) - bottom, 2.0 * span, 0.5 * per_span)
        y[i] = bottom + (span - np.abs(there_and_back - span))


@kind(
    ins=("x",),
    tags=("stepped",),
    reference="step floor((x - offset) / step + 1/2) + offset",
    step=Param(1.0, 0.0, LARGEST, doc="Distance of the grid's lines; 0: no grid."),
    offset=_number(0.0, "Where one of the lines is."),
)
def quantize(x: Any, step: Any, offset: Any, y: Any, n: Any, env: Any) -> None:
    """The nearest line of an even grid."""
    for i in range(n):
        grid, start = any_number(step[i]), any_number(offset[i])
        u = any_number(x[i])
        line = np.floor((u - start) / fmax(grid, _NARROW) + 0.5)
        y[i] = np.where(grid > _NARROW, line * grid + start, u)


_IN_LOW, _IN_HIGH = _number(0.0, "What becomes `out_low`."), _number(1.0, "What becomes `out_high`.")


@inline
def _share(x: Any, low: Any, high: Any) -> Any:
    """Where x is between two ends, 0..1."""
    a = any_number(low)
    return fmin(fmax((x - a) / _nonzero(any_number(high) - a), 0.0), 1.0)


@kind(
    ins=("x",),
    reference="linear interpolation; SuperCollider's linlin",
    in_low=_IN_LOW,
    in_high=_IN_HIGH,
    out_low=_number(0.0, "What `in_low` becomes."),
    out_high=_number(1.0, "What `in_high` becomes."),
)
def lin_to_lin(x: Any, in_low: Any, in_high: Any, out_low: Any, out_high: Any, y: Any, n: Any, env: Any) -> None:
    """A range moved and stretched to another; beyond its ends the signal counts as at its ends."""
    for i in range(n):
        u = _share(x[i], in_low[i], in_high[i])
        y[i] = linear(any_number(out_low[i]), any_number(out_high[i]), u)


@inline
def _octaves(low: Any, high: Any) -> Any:
    """Logarithms of two numbers above 0: the first, and how far the second is from it."""
    a = exponential.log2(fmin(fmax(low, 1e-6), LARGEST))
    return a, exponential.log2(fmin(fmax(high, 1e-6), LARGEST)) - a


@kind(
    ins=("x",),
    reference="exponential interpolation; SuperCollider's linexp",
    in_low=_IN_LOW,
    in_high=_IN_HIGH,
    out_low=_positive(20.0, "What `in_low` becomes; above 0."),
    out_high=_positive(20000.0, "What `in_high` becomes; above 0."),
)
def lin_to_exp(x: Any, in_low: Any, in_high: Any, out_low: Any, out_high: Any, y: Any, n: Any, env: Any) -> None:
    """A range to one in which equal steps are equal ratios, as of frequencies; beyond its ends as at its ends."""
    first, way = _octaves(out_low[0], out_high[0])
    moving = out_low.moving or out_high.moving
    for i in range(n):
        if moving:
            first, way = _octaves(out_low[i], out_high[i])
        y[i] = exponential.exp2(first + way * _share(x[i], in_low[i], in_high[i]))
