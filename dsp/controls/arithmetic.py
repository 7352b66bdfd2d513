"""Sums, products and other arithmetic for definitions."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, kind
from dsp.lanes import fmax, fmin
from dsp.math.exponential import exp2, midi_to_hz
from dsp.math.exponential import power as power_row
from dsp.math.interpolate import LARGEST, any_number, linear
from dsp.math.trig import sin_cycles

_PAIR = ("x", "other")


def _number(default: float, doc: str) -> Param:
    return Param(default, -LARGEST, LARGEST, doc=doc)


@kind(ins=_PAIR, reference="arithmetic")
def multiply(x: Any, other: Any, y: Any, n: Any, env: Any) -> None:
    """The product of two signals."""
    for i in range(n):
        y[i] = x[i] * other[i]


@kind(ins=_PAIR, reference="arithmetic")
def add(x: Any, other: Any, y: Any, n: Any, env: Any) -> None:
    """The sum of two signals."""
    for i in range(n):
        y[i] = x[i] + other[i]


@kind(ins=_PAIR, reference="arithmetic")
def subtract(x: Any, other: Any, y: Any, n: Any, env: Any) -> None:
    """The first signal minus the second."""
    for i in range(n):
        y[i] = x[i] - other[i]


@kind(ins=_PAIR, reference="arithmetic")
def divide(x: Any, other: Any, y: Any, n: Any, env: Any) -> None:
    """The first signal divided by the second; a divisor nearer to 0 than 1e-9 counts as 1e-9 with its sign."""
    for i in range(n):
        size = fmax(np.abs(other[i]), 1e-9)
        y[i] = x[i] / np.where(other[i] < 0.0, -size, size)


@kind(ins=_PAIR, reference="arithmetic")
def minimum(x: Any, other: Any, y: Any, n: Any, env: Any) -> None:
    """The smaller of two signals."""
    for i in range(n):
        y[i] = fmin(x[i], other[i])


@kind(ins=_PAIR, reference="arithmetic")
def maximum(x: Any, other: Any, y: Any, n: Any, env: Any) -> None:
    """The larger of two signals."""
    for i in range(n):
        y[i] = fmax(x[i], other[i])


@kind(ins=_PAIR, reference="arithmetic")
def above(x: Any, other: Any, y: Any, n: Any, env: Any) -> None:
    """1 while the first signal is above the second, else 0."""
    for i in range(n):
        y[i] = np.where(x[i] > other[i], 1.0, 0.0 * x[i])


@kind(ins=("x", "factor", "addend"), reference="arithmetic")
def multiply_add(x: Any, factor: Any, addend: Any, y: Any, n: Any, env: Any) -> None:
    """The product of two signals plus a third."""
    for i in range(n):
        y[i] = x[i] * factor[i] + addend[i]


@kind(
    ins=("x",), reference="arithmetic", mul=_number(1.0, "Factor."), add=_number(0.0, "Added after the multiplication.")
)
def scale(x: Any, mul: Any, add: Any, y: Any, n: Any, env: Any) -> None:
    """The signal times ``mul`` plus ``add``."""
    for i in range(n):
        y[i] = x[i] * any_number(mul[i]) + any_number(add[i])


@kind(ins=("x",), reference="arithmetic", octaves=_number(0.0, "Octaves to move up; negative moves down."))
def transpose(x: Any, octaves: Any, y: Any, n: Any, env: Any) -> None:
    """A frequency moved by octaves: x 2^octaves."""
    factor = exp2(octaves[0])
    for i in range(n):
        if octaves.moving:
            factor = exp2(octaves[i])
        y[i] = x[i] * factor


@kind(
    ins=("x",),
    reference="arithmetic",
    exponent=Param(1.0, -16.0, 16.0, doc="Exponent: 2 gives the square, -1 gives 1 / x."),
)
def power(x: Any, exponent: Any, y: Any, n: Any, env: Any) -> None:
    """The signal raised to a power; a signal of 0 or less gives 0."""
    for i in range(n):
        u = fmin(x[i], LARGEST)
        e = fmin(fmax(exponent[i], -16.0), 16.0)
        y[i] = np.where(u > 1e-9, power_row(u, e), 0.0)


@kind(ins=("x",), reference="equal temperament, A4 = 440 Hz = note 69")
def note_to_hz(x: Any, y: Any, n: Any, env: Any) -> None:
    """The frequency of a MIDI note number."""
    for i in range(n):
        y[i] = midi_to_hz(x[i])


@kind(
    ins=_PAIR,
    reference="equal-power panning law",
    position=Param(0.0, -1.0, 1.0, doc="-1 the first signal alone, 1 the second alone, 0 both at -3 dB."),
)
def crossfade(x: Any, other: Any, position: Any, y: Any, n: Any, env: Any) -> None:
    """Equal-power cross-fade of two signals."""
    u = fmin(fmax(position[0], -1.0), 1.0) * 0.125 + 0.125
    first, second = sin_cycles(0.25 - u), sin_cycles(u)
    for i in range(n):
        if position.moving:
            u = fmin(fmax(position[i], -1.0), 1.0) * 0.125 + 0.125
            first, second = sin_cycles(0.25 - u), sin_cycles(u)
        y[i] = x[i] * first + other[i] * second


@kind(ins=_PAIR, reference="linear interpolation", amount=Param(0.5, 0.0, 1.0, doc="0 the first signal, 1 the second."))
def mix(x: Any, other: Any, amount: Any, y: Any, n: Any, env: Any) -> None:
    """Linear cross-fade of two signals."""
    for i in range(n):
        y[i] = linear(x[i], other[i], fmin(fmax(amount[i], 0.0), 1.0))
