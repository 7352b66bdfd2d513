"""Keeping a signal in a range, moving it from one range to another, and grids."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math import exponential
from dsp.math.interpolate import LARGEST, any_number, linear

_NARROW = 1e-9  # ranges narrower than this count as empty


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
    """u minus a whole number of spans: the result is within 0..span."""
    return fmin(fmax(u - span * np.floor(u * per_span), 0.0), span)


@inline
def _ends(low: Any, high: Any) -> Any:
    """The lower end, the span (0 if the ends are in the wrong order), and 1 / span."""
    bottom = any_number(low)
    span = fmax(any_number(high) - bottom, 0.0)
    return bottom, span, np.where(span > _NARROW, 1.0 / fmax(span, _NARROW), 0.0)


@kind(ins=("x", "other"), reference="x - m floor(x / m)")
def modulo(x: Any, other: Any, y: Any, n: Any, env: Any) -> None:
    """The remainder of the first signal divided by the second, 0..other. A divisor nearer to 0 than 1e-9 counts as 1e-9."""
    for i in range(n):
        m = _nonzero(any_number(other[i]))
        u = any_number(x[i])
        rest = u - m * np.floor(u / m)
        y[i] = np.where(m > 0.0, fmin(fmax(rest, 0.0), m), fmax(fmin(rest, 0.0), m))


_LOW, _HIGH = (
    _number(-1.0, "Lower end of the range."),
    _number(1.0, "Upper end; if it is below the lower end, it counts as the lower end."),
)


@kind(ins=("x",), reference="min(max(x, low), high)", low=_LOW, high=_HIGH)
def clamp(x: Any, low: Any, high: Any, y: Any, n: Any, env: Any) -> None:
    """The signal, limited to a range."""
    for i in range(n):
        bottom = any_number(low[i])
        y[i] = fmin(fmax(x[i], bottom), fmax(any_number(high[i]), bottom))


@kind(ins=("x",), reference="low + (x - low) mod (high - low)", low=_LOW, high=_HIGH)
def wrap(x: Any, low: Any, high: Any, y: Any, n: Any, env: Any) -> None:
    """The signal wrapped into a range: it leaves at one end and comes in at the other."""
    bottom, span, per_span = _ends(low[0], high[0])
    moving = low.moving or high.moving
    for i in range(n):
        if moving:
            bottom, span, per_span = _ends(low[i], high[i])
        y[i] = bottom + _wrapped(any_number(x[i]) - bottom, span, per_span)


@kind(ins=("x",), reference="a triangle of the signal", low=_LOW, high=_HIGH)
def fold(x: Any, low: Any, high: Any, y: Any, n: Any, env: Any) -> None:
    """The signal folded into a range: it is reflected at both ends."""
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
    step=Param(1.0, 0.0, LARGEST, doc="Distance between grid lines; 0 switches the grid off."),
    offset=_number(0.0, "Position of one of the grid lines."),
)
def quantize(x: Any, step: Any, offset: Any, y: Any, n: Any, env: Any) -> None:
    """The signal moved to the nearest line of an even grid."""
    for i in range(n):
        grid, start = any_number(step[i]), any_number(offset[i])
        u = any_number(x[i])
        line = np.floor((u - start) / fmax(grid, _NARROW) + 0.5)
        y[i] = np.where(grid > _NARROW, line * grid + start, u)


_IN_LOW, _IN_HIGH = (
    _number(0.0, "Input value that gives `out_low`."),
    _number(1.0, "Input value that gives `out_high`."),
)


@inline
def _share(x: Any, low: Any, high: Any) -> Any:
    """Position of x between two ends, 0..1."""
    a = any_number(low)
    return fmin(fmax((x - a) / _nonzero(any_number(high) - a), 0.0), 1.0)


@kind(
    ins=("x",),
    reference="linear interpolation; SuperCollider's linlin",
    in_low=_IN_LOW,
    in_high=_IN_HIGH,
    out_low=_number(0.0, "Output for `in_low`."),
    out_high=_number(1.0, "Output for `in_high`."),
)
def lin_to_lin(x: Any, in_low: Any, in_high: Any, out_low: Any, out_high: Any, y: Any, n: Any, env: Any) -> None:
    """Maps one range to another along a straight line; a signal outside the range counts as the nearer end."""
    for i in range(n):
        u = _share(x[i], in_low[i], in_high[i])
        y[i] = linear(any_number(out_low[i]), any_number(out_high[i]), u)


@inline
def _octaves(low: Any, high: Any) -> Any:
    """Of two numbers above 0: the logarithm of the first, and the distance from it to the logarithm of the second."""
    a = exponential.log2(fmin(fmax(low, 1e-6), LARGEST))
    return a, exponential.log2(fmin(fmax(high, 1e-6), LARGEST)) - a


@kind(
    ins=("x",),
    reference="exponential interpolation; SuperCollider's linexp",
    in_low=_IN_LOW,
    in_high=_IN_HIGH,
    out_low=_positive(20.0, "Output for `in_low`; above 0."),
    out_high=_positive(20000.0, "Output for `in_high`; above 0."),
)
def lin_to_exp(x: Any, in_low: Any, in_high: Any, out_low: Any, out_high: Any, y: Any, n: Any, env: Any) -> None:
    """Maps a range so that equal steps become equal ratios (frequencies); a signal outside counts as the nearer end."""
    first, way = _octaves(out_low[0], out_high[0])
    moving = out_low.moving or out_high.moving
    for i in range(n):
        if moving:
            first, way = _octaves(out_low[i], out_high[i])
        y[i] = exponential.exp2(first + way * _share(x[i], in_low[i], in_high[i]))
