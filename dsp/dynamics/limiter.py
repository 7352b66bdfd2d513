"""The limiter of an orbit."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline
from dsp.math.exponential import exp

_UNDER = 1.0 - 2.5e-7  # slightly below the ceiling, so that rounding does not exceed it
_NOTHING = 1e-6  # a smaller reduction is inaudible and counts as none: then the output is the input, bit for bit


@inline
def _keep(seconds: Any, dt: Any) -> Any:
    """The share of a gain reduction that is left after a frame."""
    return exp(-dt / fmin(fmax(seconds, 1e-4), 1e3))


@inline
def _bend(x: Any) -> Any:
    """Straight up to full scale, then towards twice full scale: 2 s(x / 2) with s(u) = u up to 0.5, (|u| - 0.25) / u above."""
    size = fmax(np.abs(x), 1.0)
    return np.where(np.abs(x) > 1.0, 2.0 * (0.5 * size - 0.25) / (0.5 * x), x)


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    state=("reduction",),
    reference="Giannoulis, Massberg and Reiss, 'Digital dynamic range compressor design' (JAES 60, 2012)",
    ceiling=Param(1.0, 1e-3, 100.0, Unit.GAIN, doc="Highest absolute value of the output, on both sides."),
    release=Param(
        0.1, 1e-4, 100.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, doc="Time in which the gain reduction falls to 1/e."
    ),
    on=Param(
        1.0,
        0.0,
        2.0,
        curve=Curve.STEP,
        smoothing=0.0,
        doc="0 does nothing; 2 bends samples above full scale towards twice full scale, as SuperDirt's limitertype 2.",
        aliases=("limitertype",),
    ),
)
def limiter(
    left: Any,
    right: Any,
    ceiling: Any,
    release: Any,
    on: Any,
    left_out: Any,
    right_out: Any,
    state: Any,
    n: Any,
    env: Any,
) -> None:
    """Stereo limiter without delay: the gain drops in the sample that needs it. It changes no bit of sound below the ceiling."""
    reduction = state.reduction
    keep = _keep(release[0], env.dt)
    bent = any_lane(on[0] > 1.5)
    for i in range(n):
        if on.moving:
            bent = any_lane(on[i] > 1.5)
        if release.moving:
            keep = _keep(release[i], env.dt)
        peak = fmax(np.abs(left[i]), fmax(np.abs(right[i]), 0.0))
        top = fmin(fmax(ceiling[i], 1e-3), 100.0)
        limited = (on[i] > 0.5) & (on[i] < 1.5)
        needed = np.where((peak > top) & limited, _UNDER * top / peak, 1.0)
        reduction = reduction * keep
        reduction = np.where(reduction > _NOTHING, reduction, 0.0)
        over = needed < 1.0 - reduction
        gain = np.where(over, needed, 1.0 - reduction)
        reduction = np.where(over, 1.0 - needed, reduction)
        gain = np.where(limited, gain, 1.0)
        a, b = left[i] * gain, right[i] * gain
        if bent:
            a, b = np.where(on[i] > 1.5, _bend(a), a), np.where(on[i] > 1.5, _bend(b), b)
        left_out[i] = a
        right_out[i] = b
    state.reduction = reduction
