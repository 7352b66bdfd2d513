"""A limiter with look-ahead: it delays the sound, so the gain falls smoothly before the peak comes."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, to_float, to_int
from dsp.math.delayline import sane
from dsp.math.smoothing import share_of

_AHEAD = 0.005  # seconds
_STEPS = 1048576.0  # step of a gain reduction: sums of whole steps are exact, for however long they run


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    state=("reduction",),
    ints=("total",),
    memory=0.03,
    lines=True,
    reference="Giannoulis, Massberg and Reiss, 'Digital dynamic range compressor design' (JAES 60, 2012), sec. 3.3; "
    "gain reductions held by a running maximum and smoothed by a moving average of the same length",
    ceiling=Param(1.0, 1e-3, 100.0, Unit.GAIN, doc="Highest absolute value of the output, on both sides."),
    release=Param(0.05, 1e-4, 10.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, doc="Time in which a gain reduction falls to 1/e."),
)  # fmt: skip
def lookahead_limiter(
    left: Any, right: Any, ceiling: Any, release: Any, left_out: Any, right_out: Any, state: Any, memory: Any, n: Any,
    env: Any,
) -> None:  # fmt: skip
    """Stereo limiter with a look-ahead of 5 ms. It delays the sound by that minus one frame: 239 frames at 48 kHz.

    It changes no bit of sound below the ceiling. SuperDirt's limiter looks 10 ms ahead and delays by 20 ms.
    """
    reduction, total = state.reduction, state.total
    ahead = int(_AHEAD * env.rate + 0.5)
    share = share_of(release[0], env.dt)
    stretch = ahead + 2  # parts of the memory: left, right, and the maxima that are averaged
    per_total = 1.0 / (ahead * _STEPS)
    for i in range(n):
        if release.moving:
            share = share_of(release[i], env.dt)
        u, v = sane(left[i]), sane(right[i])
        memory.write_line(i, u, stretch)
        memory.write_line(i, v, 2 * stretch)
        top = fmin(fmax(ceiling[i], 1e-3), 100.0)
        peak = fmax(np.abs(u), np.abs(v))
        needed = np.where(peak > top, 1.0 - top / fmax(peak, 1e-3), 0.0)
        reduction = fmax(needed, reduction - share * reduction)
        reduction = np.where(reduction > 1e-6, reduction, 0.0)  # an inaudible reduction counts as none
        # The maximum over the look-ahead, from windows of 1, 2, 4, ... frames; two shorter windows make a longer one.
        most = np.where(reduction > 0.0, fmin(np.floor(reduction * _STEPS) + 2.0, _STEPS), 0.0)
        span, place = 1, 3 * stretch
        while 2 * span <= ahead:
            place += span + 2
            memory.write_line(i, most, place)
            most = fmax(most, memory.read_line(i, span, place))
            span *= 2
        place += ahead - span + 2
        memory.write_line(i, most, place)
        most = fmax(most, memory.read_line(i, ahead - span, place))
        memory.write_line(i, most, 3 * stretch)
        total = total + (to_int(most) - to_int(memory.read_line(i, ahead, 3 * stretch)))
        gain = 1.0 - to_float(total) * per_total
        left_out[i] = fmin(fmax(memory.read_line(i, ahead - 1, stretch) * gain, -top), top)
        right_out[i] = fmin(fmax(memory.read_line(i, ahead - 1, 2 * stretch) * gain, -top), top)
    state.reduction, state.total = reduction, total
