"""A delay of some milliseconds, for combs, choruses and stereo width."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, to_int
from dsp.math.delayline import sane
from dsp.math.interpolate import linear

_LONGEST = 0.08  # seconds


@inline
def _place(time: Any, rate: Any) -> Any:
    """Whole frames of the delay, and the remaining fraction of a frame."""
    frames = fmin(fmax(time * rate, 0.0), _LONGEST * rate)
    whole = np.floor(frames)
    return to_int(whole), frames - whole


@kind(
    ins=("x",),
    memory=_LONGEST,
    reference="J. O. Smith, Physical Audio Signal Processing: delay line read by linear interpolation",
    time=Param(
        0.001, 0.0, _LONGEST, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.02, doc="Delay; 0 changes nothing."
    ),
)
def short_delay(x: Any, time: Any, y: Any, memory: Any, n: Any, env: Any) -> None:
    """The input a short time ago; the delay may glide."""
    whole, part = _place(time[0], env.rate)
    for i in range(n):
        if time.moving:
            whole, part = _place(time[i], env.rate)
        u = x[i]
        memory.write(i, sane(u))
        y[i] = linear(memory.read(i, whole), memory.read(i, whole + 1), part)
