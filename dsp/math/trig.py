"""Sine, cosine and tangent of rows, in cycles. Polynomials fitted by minimax (Lawson's algorithm) for this project."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import fmax, fmin, inline, to_float, wrap_int
from dsp.math.phase import CYCLE, QUARTER


@inline
def _sin_half(t: Any) -> Any:
    """sin(2 pi t) for -0.5 <= t <= 0.5; the factor t (1 - 4 t^2) makes its three zeros exact."""
    z = t * t
    p = 16.760974538669767 + z * (-9.530799450775211 + z * 3.0583259546055164)
    p = 6.283182595404607 + z * (-16.208670278919932 + z * p)
    return t * (1.0 - 4.0 * z) * p


@inline
def _nearest(x: Any) -> Any:
    """x minus the nearest whole number, -0.5..0.5; the clamp is for |x| > 2^22, where x + 0.5 rounds."""
    return fmin(fmax(x - np.floor(x + 0.5), -0.5), 0.5)


@inline
def sin_cycles(x: Any) -> Any:
    """sin(2 pi x), x in cycles. Absolute error below 4e-7 for |x| <= 1024; every x gives a value in -1..1."""
    return _sin_half(_nearest(x))


@inline
def cos_cycles(x: Any) -> Any:
    """cos(2 pi x), x in cycles. Absolute error below 5e-7 for |x| <= 1024."""
    return _sin_half(0.25 - np.abs(_nearest(x)))


@inline
def sin_phase(phase: Any) -> Any:
    """Sine of a 32-bit phase (2^32 is one cycle, read as signed). Absolute error below 4e-7."""
    return _sin_half(to_float(phase) * (1.0 / CYCLE))


@inline
def cos_phase(phase: Any) -> Any:
    """Cosine of a 32-bit phase. Absolute error below 4e-7."""
    return _sin_half(to_float(wrap_int(phase + QUARTER)) * (1.0 / CYCLE))


@inline
def tan_half(x: Any) -> Any:
    """tan(pi x) for 0 <= x < 0.5, x in cycles. Relative error below 5e-7."""
    z = x * x
    p = -0.5397581720344565 + z * (-0.203324543523627 + z * -0.12053644284363901)
    p = 3.1415925350068235 + z * (-2.2309226923301293 + z * p)
    return x * p / ((1.0 - 2.0 * x) * (1.0 + 2.0 * x))


@inline
def warp(cutoff: Any, dt: Any) -> Any:
    """Integrator gain tan(pi f dt) of a trapezoidal filter; f in Hz.

    f dt is clamped to 0..0.4999 (not-a-number gives 0). Relative error below 1e-5 up to f dt = 0.49, 1e-3 up to 0.4999:
    the float f dt is coarse so close to the pole at 0.5.
    """
    return tan_half(fmin(fmax(cutoff * dt, 0.0), 0.4999))


@inline
def atan(x: Any) -> Any:
    """Inverse tangent in radians. Relative error below 5e-7; infinities give +-pi/2."""
    a = np.abs(x)
    z = np.where(a > 1.0, 1.0 / fmax(a, 1.0), a)
    q = z * z
    p = 0.09914262461397855 + q * (-0.0594859537965996 + q * (0.02425208555619439 + q * -0.0046931854475710105))
    p = -0.3333199060881121 + q * (0.19969721972332122 + q * (-0.14019469987232053 + q * p))
    p = z * (0.9999999009669018 + q * p)
    p = np.where(a > 1.0, 1.5707963267948966 - p, p)
    return np.where(x < 0.0, -p, p)
