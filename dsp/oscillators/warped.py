"""A phase that runs unevenly through its period: what a wavetable is read with."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, to_int
from dsp.math.exponential import power
from dsp.math.phase import from_phase_up, phase_step
from dsp.math.trig import sin_cycles

MODES = (
    "none asym mirror bendp bendm bendmp sync quant fold pwm orbit spin chaos primes binary brownian reciprocal wormhole logistic "
    "sigmoid fractal flip"
).split()  # fmt: skip


@inline
def _bent(p: Any, at: Any) -> Any:
    """Half of the period before ``at``, half after it."""
    return np.where(p < at, 0.5 * p / at, 0.5 + 0.5 * (p - at) / (1.0 - at))


@inline
def _fraction(x: Any) -> Any:
    return x - np.floor(x)


@inline
def _warped(p: Any, a: Any, mode: Any) -> Any:
    """The place in the period for the even phase ``p``; ``a`` is the amount. A mode that is not listed changes nothing."""
    out = p
    uneven = fmin(0.01 + 0.99 * a, 0.99)
    if any_lane((mode == 1) | (mode == 2)):
        bent = _bent(p, uneven)
        out = np.where(mode == 1, bent, np.where(mode == 2, 1.0 - np.abs(2.0 * bent - 1.0), out))
    if any_lane((mode >= 3) & (mode <= 5)):
        more = 1.0 + 3.0 * a
        up, down = power(fmax(p, 1e-9), more), power(fmax(p, 1e-9), 1.0 / more)
        both = np.where(p < 0.5, up, down)
        out = np.where(mode == 3, up, np.where(mode == 4, down, np.where(mode == 5, both, out)))
    if any_lane(mode == 6):
        out = np.where(mode == 6, _fraction(p * power(16.0 + 0.0 * a, a * a)), out)
    if any_lane(mode == 7):
        steps = np.floor(power(2.0 + 0.0 * a, 12.0 - 10.0 * a) + 0.5)
        out = np.where(mode == 7, np.floor(p * steps) / steps, out)
    if any_lane(mode == 8):
        times_over = 1.0 + fmax(np.floor(7.0 * a + 0.5), 1.0)
        out = np.where(mode == 8, 2.0 * np.abs(_fraction(times_over * p) - 0.5), out)
    if any_lane(mode == 9):
        out = np.where(mode == 9, _bent(p, fmin(fmax(0.5 + 0.49 * (2.0 * a - 1.0), 0.01), 0.99)), out)
    if any_lane(mode == 10):
        out = np.where(mode == 10, _fraction(p + 0.5 * a * sin_cycles(3.0 * p)), out)
    if any_lane(mode == 16):
        more = 2.0 + 4.0 * a
        out = np.where(mode == 16, p * more / (p + (1.0 - p) * more), out)
    if any_lane(mode == 20):
        out = np.where(mode == 20, _fraction(p + 0.5 * a * sin_cycles(p)), out)
    return fmin(fmax(out, 0.0), 0.9999999)


@kind(
    ints=("angle",),
    reference="Strudel's warp modes (docs/strudel.md, Wavetables)",
    freq=Param(220.0, 0.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Periods per second."),
    amount=Param(0.0, 0.0, 1.0, smoothing=0.0, doc="How far the phase is warped."),
    mode=Param(
        0.0, 0.0, 21.0, curve=Curve.STEP, smoothing=0.0,
        doc="0: even; 1 asym, 2 mirror, 3 bendp, 4 bendm, 5 bendmp, 6 sync, 7 quant, 8 fold, 9 pwm, 10 orbit, 16 reciprocal, 20 fractal.",
    ),
)  # fmt: skip
def warped_phase(freq: Any, amount: Any, mode: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A phase of 0 to 1 that moves through each period unevenly."""
    angle = state.angle
    step = phase_step(freq[0], env.dt)
    for i in range(n):
        if freq.moving:
            step = phase_step(freq[i], env.dt)
        y[i] = _warped(from_phase_up(angle), fmin(fmax(amount[i], 0.0), 1.0), to_int(fmin(fmax(mode[i], 0.0), 21.0)))
        angle = angle + step
    state.angle = angle
