"""Shapers that bound a signal."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin
from dsp.math.hyperbolic import tanh as tanh_row


@kind(
    ins=("x",),
    reference="y = tanh(drive x)",
    drive=Param(1.0, 0.0, 1000.0, Unit.GAIN, doc="Gain before the curve.", curve=Curve.EXPONENTIAL),
)
def tanh_(x: Any, drive: Any, y: Any, n: Any, env: Any) -> None:
    """Soft saturation by the hyperbolic tangent; the output stays within -1..1."""
    for i in range(n):
        y[i] = tanh_row(fmin(fmax(drive[i], 0.0), 1e6) * x[i])


@kind(
    ins=("x",),
    reference="y = min(max(x, -level), level)",
    level=Param(1.0, 0.0, 1000.0, Unit.GAIN, doc="Highest absolute value of the output."),
)
def clip(x: Any, level: Any, y: Any, n: Any, env: Any) -> None:
    """Hard clipping; not-a-number comes out as the level."""
    for i in range(n):
        top = fmin(fmax(level[i], 0.0), 1e6)
        y[i] = fmin(fmax(x[i], -top), top)
