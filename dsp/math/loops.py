"""Loops of a delay line and a filter, as in strings and combs: their losses and their tuning.

Source: Jaffe and Smith, "Extensions of the Karplus-Strong plucked-string algorithm" (CMJ 7, 1983).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import fmax, fmin, inline
from dsp.math.exponential import exp
from dsp.math.trig import atan, cos_cycles, sin_cycles

_TAU = 6.283185307179586
_LN_1000 = 6.907755
_BRIGHT = 2000.0  # Hz; `brightness` is measured here


@inline
def loop_gain(seconds: Any, freq: Any) -> Any:
    """Gain per turn of a loop with ``freq`` turns per second that falls by 60 dB in a time (0.001..1000 s)."""
    return exp(-_LN_1000 / (fmin(fmax(seconds, 0.001), 1000.0) * freq))


@inline
def loop_damping(brightness: Any, freq: Any, dt: Any) -> Any:
    """Coefficient p of a one-pole low-pass, y += p (x - y), that lowers 2 kHz by 60 dB in ``brightness`` seconds."""
    dull = _LN_1000 / (fmin(fmax(brightness, 0.01), 1000.0) * freq)  # nepers per turn at _BRIGHT
    bend = 1.0 - cos_cycles(fmin(_BRIGHT * dt, 0.25))
    q = (exp(2.0 * dull) - 1.0) / (2.0 * bend)
    return 2.0 / (1.0 + np.sqrt(1.0 + 4.0 * q))


@inline
def one_pole_delay(keep: Any, f: Any) -> Any:
    """Phase delay in frames of a one-pole low-pass; ``keep`` is its share of the last output, f is in cycles per frame."""
    return atan(keep * sin_cycles(f) / (1.0 - keep * cos_cycles(f))) / (_TAU * f)


@inline
def whole_and_tuning(frames: Any, f: Any) -> Any:
    """A delay as whole frames (a float, at least 1) and the coefficient of a first-order all-pass for the remaining fraction.

    The delay of the all-pass, y = c x + s with s = x - c y, is exact at ``f`` cycles per frame.
    """
    whole = fmax(np.floor(frames - 0.5), 1.0)
    part = fmin(fmax(frames - whole, 0.1), 1.6)
    return whole, sin_cycles(0.5 * f * (1.0 - part)) / sin_cycles(0.5 * f * (1.0 + part))
