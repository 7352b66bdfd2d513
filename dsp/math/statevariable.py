"""The two-pole state-variable filter (trapezoidal rule) that filter kinds share.

``g`` is tan(pi f / rate), ``k`` is 1/Q. Per sample, with u the input and z1, z2 the states of the two integrators:

    band = h (z1 + g (u - z2)),  low = z2 + g band,  high = h (u - (g + k) z1 - z2),  h = 1 / (1 + g (g + k))
    z1' = 2 band - z1,  z2' = 2 low - z2

Here the last line is multiplied out, so that only two dependent fused multiply-adds lie between one sample and
the next.

Source: V. Zavalishin, The Art of VA Filter Design, rev. 2.1.2, ch. 4.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import fmax, fmin, inline, times
from dsp.math.trig import warp


@inline
def coefficients(g: Any, k: Any) -> Any:
    """The coefficients (h, p, q, r) for ``advance`` and the outputs."""
    h = 1.0 / (1.0 + g * (g + k))
    q = 2.0 * g * h
    return h, 2.0 * h - 1.0, q, g * q


@inline
def advance(u: Any, z1: Any, z2: Any, p: Any, q: Any, r: Any) -> Any:
    """The next (z1, z2)."""
    return p * z1 + (times(q, u) - q * z2), q * z1 + (times(r, u) + (1.0 - r) * z2)


@inline
def resonant_gains(cutoff: Any, rq: Any, env: Any) -> Any:
    """g and k of SuperDirt's resonant filters (filters/sc.py derives them), for a cutoff of any value and an rq in 0.001..1."""
    f = fmin(fmax(np.abs(cutoff), 20.0), 0.49 * env.rate)
    g = warp(f, env.dt)
    return g, warp(f * rq, env.dt) * (1.0 + g * g) / g


# A section takes one row of input, the two states and its design. It returns its output and the next two states. The last three numbers
# of each design are the arguments of ``advance``.
@inline
def low_pass(u: Any, z1: Any, z2: Any, design: Any) -> Any:
    """A low-pass of gain 1; design (p, q, r)."""
    p, q, r = design
    a, b = advance(u, z1, z2, p, q, r)
    return 0.5 * (b + z2), a, b


@inline
def high_pass(u: Any, z1: Any, z2: Any, design: Any) -> Any:
    """A high-pass of gain 1; design (h, g + k, p, q, r)."""
    h, m, p, q, r = design
    y = h * (u - m * z1 - z2)
    z1, z2 = advance(u, z1, z2, p, q, r)
    return y, z1, z2


@inline
def band_pass(u: Any, z1: Any, z2: Any, design: Any) -> Any:
    """A band-pass; design (its gain at the centre times k h, g, p, q, r)."""
    level, g, p, q, r = design
    y = level * (z1 + g * (u - z2))
    z1, z2 = advance(u, z1, z2, p, q, r)
    return y, z1, z2


@inline
def add_band(u: Any, z1: Any, z2: Any, design: Any) -> Any:
    """The input plus a share of its band-pass; design (half of that share times k, p, q, r)."""
    part, p, q, r = design
    a, b = advance(u, z1, z2, p, q, r)
    return u + part * (a + z1), a, b


@inline
def low_design(g: Any, k: Any) -> Any:
    """For ``low_pass``."""
    _, p, q, r = coefficients(g, k)
    return p, q, r


@inline
def high_design(g: Any, k: Any) -> Any:
    """For ``high_pass``."""
    h, p, q, r = coefficients(g, k)
    return h, g + k, p, q, r


@inline
def band_design(g: Any, k: Any, gain: Any) -> Any:
    """The design for ``band_pass``, with ``gain`` at the centre."""
    h, p, q, r = coefficients(g, k)
    return gain * k * h, g, p, q, r


@inline
def run_filter(
    design: Any, section: Any, moving: Any, x: Any, params: Any, y: Any, state: Any, n: Any, env: Any
) -> None:
    """The body of a kind that consists of one section with the states ``z1`` and ``z2``.

    ``design(params, i, env)`` returns the section's design in row i. It is called once, or in every row if a parameter is
    ``moving``.
    """
    z1, z2 = state.z1, state.z2
    now = design(params, 0, env)
    for i in range(n):
        if moving:
            now = design(params, i, env)
        y[i], z1, z2 = section(x[i], z1, z2, now)
    state.z1 = z1
    state.z2 = z2
