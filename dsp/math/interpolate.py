"""Values between samples, and clean values for parameters."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import inline

LARGEST = 1e9  # largest value of a parameter that may be any number


@inline
def any_number(x: Any) -> Any:
    """x, or 0 if it is beyond +-1e9 or not a number: for parameters without a range."""
    return np.where(np.abs(x) <= LARGEST, x, 0.0)


@inline
def linear(a: Any, b: Any, t: Any) -> Any:
    """The straight line from a (t = 0, exact) to b (t = 1)."""
    return a + (b - a) * t


@inline
def cubic(p0: Any, p1: Any, p2: Any, p3: Any, t: Any) -> Any:
    """Hermite (Catmull-Rom) curve from p1 (t = 0, exact) to p2 (t = 1), slopes from the neighbours.

    Source: Niemitalo, "Polynomial Interpolators for High-Quality Resampling" (2001), 4-point 3rd-order Hermite, x-form.
    """
    c1 = 0.5 * (p2 - p0)
    c2 = p0 - 2.5 * p1 + 2.0 * p2 - 0.5 * p3
    c3 = 0.5 * (p3 - p0) + 1.5 * (p1 - p2)
    return ((c3 * t + c2) * t + c1) * t + p1
