"""Powers and logarithms of rows. Polynomials fitted by minimax (Lawson's algorithm) for this project."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import bits_float, float_bits, fmax, fmin, inline, shift_right, to_float, to_int

_ONE = 0x3F800000  # bits of 1.0
_ROOT_HALF = 0x3F3504F3  # bits of sqrt(0.5)
_TINY, _HUGE = 1.1754944e-38, 3.4028234e38  # smallest normal and largest float


@inline
def _scale(n: Any) -> Any:
    """2^n for whole n in -126..127."""
    return bits_float((to_int(n) + 127) << 23)


@inline
def exp2(x: Any) -> Any:
    """2^x. Relative error below 2e-7; x is clamped to -126..127.49, so it is finite; not-a-number gives 2^-126."""
    x = fmin(fmax(x, -126.0), 127.49)
    n = np.floor(x + 0.5)
    u = x - n
    p = 0.05550733756842399 + u * (0.009671513244536703 + u * 0.001326472422960051)
    p = 1.0 + u * (0.6931469775880092 + u * (0.24022242074640193 + u * p))
    return p * _scale(n)


@inline
def exp(x: Any) -> Any:
    """e^x. Relative error below 3e-7; x is clamped to -87.3..88.3, not-a-number gives e^-87.3."""
    x = fmin(fmax(x, -87.3), 88.3)
    n = np.floor(x * 1.4426950408889634 + 0.5)
    u = x - n * 0.693359375 - n * -2.12194440e-4  # ln 2 in two parts; the first has few bits, so n times it is exact
    p = 0.1666711445437974 + u * (0.041890117862634385 + u * 0.008312527306215546)
    return (1.0 + u * (1.0 + u * (0.4999923175105209 + u * p))) * _scale(n)


@inline
def log2(x: Any) -> Any:
    """Binary logarithm. Error below 1.5e-7 (1 + |log2 x|); x is clamped to 1.2e-38..3.4e38, not-a-number gives -126."""
    bits = float_bits(fmin(fmax(x, _TINY), _HUGE)) + (_ONE - _ROOT_HALF)
    v = bits_float((bits & 0x7FFFFF) + _ROOT_HALF) - 1.0  # mantissa in sqrt(1/2)..sqrt(2), minus 1
    p = -0.23894486419271946 + v * (0.21571576978644755 + v * (-0.20726952425278872 + v * 0.12583628813707226))
    p = -0.7213473468311494 + v * (0.4809106432019675 + v * (-0.36070368058098845 + v * (0.2879162367645889 + v * p)))
    return to_float(shift_right(bits, 23) - 127) + v * (1.4426950036514665 + v * p)


@inline
def log(x: Any) -> Any:
    """Natural logarithm. Error below 1.5e-7 (1 + |ln x|); the domain of log2."""
    return log2(x) * 0.6931471805599453


@inline
def power(a: Any, b: Any) -> Any:
    """a^b for a > 0 (smaller a counts as 1.2e-38). Relative error below 3e-7 (1 + |b|) (1 + |log2 a|)."""
    return exp2(log2(a) * b)


@inline
def db_to_gain(db: Any) -> Any:
    """Amplitude factor of a level in dB (20 dB is 10). Relative error below 2e-6 for |db| <= 120."""
    return exp2(db * 0.16609640474436813)


@inline
def midi_to_hz(note: Any) -> Any:
    """Frequency of a MIDI note number (69 is 440 Hz, 12 per octave). Error below 0.002 cents for 0..127."""
    return 440.0 * exp2((note - 69.0) * (1.0 / 12.0))
