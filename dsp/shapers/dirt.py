"""SuperDirt's waveshapers: shape, crush and coarse."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.exponential import exp2


@inline
def _steepness(amount: Any) -> Any:
    s = fmin(fmax(amount, 0.0), 0.9999999)
    return 2.0 * s / (1.0 - s)


@kind(
    ins=("x",),
    reference="SuperDirt shape (docs/dirt.md, Effects): y = (1 + k) x / (1 + k |x|), k = 2 s / (1 - s)",
    amount=Param(0.0, 0.0, 1.0, doc="s: 0 changes nothing, 1 leaves only the sign of the input.", aliases=("shape",)),
)
def shape(x: Any, amount: Any, y: Any, n: Any, env: Any) -> None:
    """Smooth distortion that keeps full scale at full scale."""
    k = _steepness(amount[0])
    for i in range(n):
        if amount.moving:
            k = _steepness(amount[i])
        u = x[i]
        y[i] = (u + k * u) / (1.0 + k * np.abs(u))


@kind(
    ins=("x",),
    tags=("stepped",),
    reference="SuperDirt crush (docs/dirt.md, Effects): rounding to multiples of 0.5^(bits - 1)",
    bits=Param(16.0, 0.0, 24.0, Unit.BITS, doc="Resolution of full scale; need not be whole.", aliases=("crush",)),
)
def crush(x: Any, bits: Any, y: Any, n: Any, env: Any) -> None:
    """Rounds every sample to a coarse grid of levels."""
    steps = exp2(fmin(fmax(bits[0], 0.0), 24.0) - 1.0)
    for i in range(n):
        if bits.moving:
            steps = exp2(fmin(fmax(bits[i], 0.0), 24.0) - 1.0)
        y[i] = np.floor(x[i] * steps + 0.5) / steps


@kind(
    ins=("x",),
    state=("held", "left"),
    tags=("stepped",),
    reference="SuperDirt coarse (docs/dirt.md, Effects): a sample is held until the next multiple of the period",
    period=Param(
        1.0,
        1.0,
        1000.0,
        Unit.FRAMES,
        doc="Frames between two samples that are taken; need not be whole.",
        curve=Curve.EXPONENTIAL,
        aliases=("coarse",),
    ),
)
def coarse(x: Any, period: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Sample and hold: a lower sample rate, with all its aliases."""
    held, left = state.held, state.left
    for i in range(n):
        take = left <= 0.0
        held = np.where(take, x[i], held)
        left = np.where(take, left + fmin(fmax(period[i], 1.0), 1e6), left) - 1.0
        y[i] = held
    state.held = held
    state.left = left
