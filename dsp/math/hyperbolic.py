"""Hyperbolic tangent of rows: a rational fitted by minimax (Lawson's algorithm) for this project."""

from __future__ import annotations

from typing import Any

from dsp.lanes import fmax, fmin, inline


@inline
def tanh(x: Any) -> Any:
    """Hyperbolic tangent: odd; error below 2e-6, and below 1e-5 of it; exactly 1 from 7.5 up; not-a-number gives -1."""
    x = fmin(fmax(x, -7.5), 7.5)
    z = x * x
    p = 0.999992915277185 + z * (0.12235893572324676 + z * (0.0022187218992144376 + z * 3.662985168869461e-06))
    q = 1.0 + z * (0.45566887928484273 + z * (0.02079787899541409 + z * 0.0001361044084371214))
    return fmin(fmax(x * p / q, -1.0), 1.0)
