"""The limiter of an orbit."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.exponential import exp

_UNDER = 1.0 - 2.5e-7  # a hair under the ceiling, so that rounding does not reach over it
_NOTHING = 1e-6  # a reduction that nobody hears is none: from there on the output is the input, bit for bit


@inline
def _keep(seconds: Any, dt: Any) -> Any:
    """How much of a gain reduction is left after a frame."""
    return exp(-dt / fmin(fmax(seconds, 1e-4), 1e3))


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    state=("reduction",),
    reference="Giannoulis, Massberg and Reiss, 'Digital dynamic range compressor design' (JAES 60, 2012)",
    ceiling=Param(1.0, 1e-3, 100.0, Unit.GAIN, doc="No sample of either side leaves it."),
    release=Param(
        0.1, 1e-4, 100.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, doc="Time in which the gain reduction falls to 1/e."
    ),
    on=Param(1.0, 0.0, 1.0, Unit.BOOL, curve=Curve.STEP, smoothing=0.0, doc="0 lets everything through."),
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
    """Stereo limiter without delay: the gain drops in the sample that needs it; below the ceiling no bit changes."""
    reduction = state.reduction
    keep = _keep(release[0], env.dt)
    for i in range(n):
        if release.moving:
            keep = _keep(release[i], env.dt)
        peak = fmax(np.abs(left[i]), fmax(np.abs(right[i]), 0.0))
        top = fmin(fmax(ceiling[i], 1e-3), 100.0)
        needed = np.where((peak > top) & (on[i] > 0.5), _UNDER * top / peak, 1.0)
        reduction = reduction * keep
        reduction = np.where(reduction > _NOTHING, reduction, 0.0)
        over = needed < 1.0 - reduction
        gain = np.where(over, needed, 1.0 - reduction)
        reduction = np.where(over, 1.0 - needed, reduction)
        gain = np.where(on[i] > 0.5, gain, 1.0)
        left_out[i] = left[i] * gain
        right_out[i] = right[i] * gain
    state.reduction = reduction
