"""Functions of one signal."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import kind
from dsp.lanes import fmax, fmin
from dsp.math import exponential, trig
from dsp.math.interpolate import any_number

_RADIAN = 0.15915494309189535  # in cycles
_DECIBELS = 6.020599913279624  # per doubling of an amplitude


@kind(ins=("x",), reference="y = |x|")
def abs_(x: Any, y: Any, n: Any, env: Any) -> None:
    """The magnitude of the signal."""
    for i in range(n):
        y[i] = np.abs(x[i])


@kind(ins=("x",), reference="y = x / |x|")
def sign(x: Any, y: Any, n: Any, env: Any) -> None:
    """1 above 0, -1 below 0, 0 at 0."""
    for i in range(n):
        y[i] = np.where(x[i] > 0.0, 1.0, np.where(x[i] < 0.0, -1.0, 0.0))


@kind(ins=("x",), reference="y = x / sqrt |x|, as SuperCollider's sqrt of signals")
def sqrt(x: Any, y: Any, n: Any, env: Any) -> None:
    """The square root of the magnitude, with the sign of the signal."""
    for i in range(n):
        root = np.sqrt(np.abs(x[i]))
        y[i] = np.where(x[i] < 0.0, -root, root)


@kind(ins=("x",), reference="y = 2^x; polynomial of dsp.math.exponential")
def exp2(x: Any, y: Any, n: Any, env: Any) -> None:
    """Two to the power of the signal: turns octaves into a frequency ratio. The signal is kept within -126..127."""
    for i in range(n):
        y[i] = exponential.exp2(x[i])


@kind(ins=("x",), reference="y = log2 x; polynomial of dsp.math.exponential")
def log2(x: Any, y: Any, n: Any, env: Any) -> None:
    """The binary logarithm: turns a frequency ratio into octaves. 0 and less give -126."""
    for i in range(n):
        y[i] = exponential.log2(x[i])


@kind(ins=("x",), reference="y = sin x; polynomial of dsp.math.trig")
def sin(x: Any, y: Any, n: Any, env: Any) -> None:
    """The sine of the signal, in radians: a signal beyond 1.57 folds back, several times if it is large."""
    for i in range(n):
        y[i] = trig.sin_cycles(x[i] * _RADIAN)


@kind(ins=("x",), reference="y = cos x; polynomial of dsp.math.trig")
def cos(x: Any, y: Any, n: Any, env: Any) -> None:
    """The cosine of the signal, in radians. It is symmetric about 0, so it doubles frequencies."""
    for i in range(n):
        y[i] = trig.cos_cycles(x[i] * _RADIAN)


@kind(ins=("x",), reference="y = 1 / x")
def reciprocal(x: Any, y: Any, n: Any, env: Any) -> None:
    """1 divided by the signal; a signal nearer to 0 than 1e-9 counts as 1e-9 with its sign."""
    for i in range(n):
        size = 1.0 / fmax(np.abs(x[i]), 1e-9)
        y[i] = np.where(x[i] < 0.0, -size, size)


@kind(ins=("x",), reference="the largest whole number that is not above x")
def floor(x: Any, y: Any, n: Any, env: Any) -> None:
    """The signal rounded down."""
    for i in range(n):
        y[i] = np.floor(x[i])


@kind(ins=("x",), reference="the smallest whole number that is not below x")
def ceil(x: Any, y: Any, n: Any, env: Any) -> None:
    """The signal rounded up."""
    for i in range(n):
        y[i] = -np.floor(-x[i])


@kind(ins=("x",), reference="floor(x + 1/2)")
def round_(x: Any, y: Any, n: Any, env: Any) -> None:
    """The nearest whole number; halves go up."""
    for i in range(n):
        y[i] = np.floor(x[i] + 0.5)


@kind(ins=("x",), reference="equal temperament, A4 = 440 Hz = note 69")
def hz_to_note(x: Any, y: Any, n: Any, env: Any) -> None:
    """The MIDI note number of a frequency, not rounded; lower frequencies count as 0.001 Hz."""
    for i in range(n):
        y[i] = 12.0 * exponential.log2(fmax(x[i], 0.001) * (1.0 / 440.0)) + 69.0


@kind(ins=("x",), reference="20 dB is a factor of 10")
def db_to_gain(x: Any, y: Any, n: Any, env: Any) -> None:
    """The amplitude factor of a level in dB; the level is kept within -400..160."""
    for i in range(n):
        y[i] = exponential.db_to_gain(fmin(fmax(x[i], -400.0), 160.0))


@kind(ins=("x",), reference="a factor of 10 is 20 dB")
def gain_to_db(x: Any, y: Any, n: Any, env: Any) -> None:
    """The level of an amplitude in dB, at least -200 dB; the sign does not matter."""
    for i in range(n):
        y[i] = exponential.log2(fmax(np.abs(any_number(x[i])), 1e-10)) * _DECIBELS
