"""The two-pole state-variable filter by the trapezoidal rule, as filter kinds share it.

``g`` is tan(pi f / rate), ``k`` is 1/Q. Per sample, with u the input and z1, z2 the states of the two integrators:

    band = h (z1 + g (u - z2)),  low = z2 + g band,  high = h (u - (g + k) z1 - z2),  h = 1 / (1 + g (g + k))
    z1' = 2 band - z1,  z2' = 2 low - z2

Here the last line is multiplied out, so that from one sample to the next only two fused multiply-adds wait for each
other.

Source: V. Zavalishin, The Art of VA Filter Design, rev. 2.1.2, ch. 4.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import fmax, fmin, inline, times
from dsp.math.trig import warp


@inline
def coefficients(g: Any, k: Any) -> Any:
    """(h, p, q, r) for ``advance`` and the outputs."""
    h = 1.0 / (1.0 + g * (g + k))
    q = 2.0 * g * h
    return h, 2.0 * h - 1.0, q, g * q


@inline
def advance(u: Any, z1: Any, z2: Any, p: Any, q: Any, r: Any) -> Any:
    """The next (z1, z2)."""
    return p * z1 + (times(q, u) - q * z2), q * z1 + (times(r, u) + (1.0 - r) * z2)


@inline
def resonant_gains(cutoff: Any, rq: Any, env: Any) -> Any:
    """g and k of SuperDirt's resonant filters (filters/sc.py says how), for a cutoff of any value and an rq in 0.001..1."""
    f = fmin(fmax(np.abs(cutoff), 20.0), 0.49 * env.rate)
    g = warp(f, env.dt)
    return g, warp(f * rq, env.dt) * (1.0 + g * g) / g
