"""A feedback comb that is in tune."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, to_int
from dsp.math.delayline import sane
from dsp.math.loops import one_pole_delay, whole_and_tuning

_LOWEST = 20.0  # Hz


@inline
def _loop(freq: Any, damp: Any, env: Any) -> Any:
    """Frames of the delay line, coefficient of the tuning all-pass, coefficient of the low-pass."""
    f = fmin(fmax(freq * env.dt, _LOWEST * env.dt), 0.25)  # cycles per frame
    keep = fmin(fmax(damp, 0.0), 0.95)
    whole, tune = whole_and_tuning(1.0 / f - one_pole_delay(keep, f), f)
    return to_int(whole), tune, 1.0 - keep


@kind(
    ins=("x",),
    state=("low", "s"),
    memory=0.051,
    reference="J. O. Smith, Physical Audio Signal Processing, Feedback Comb Filters; damping: Moorer (1979); tuning: Jaffe "
    "and Smith (1983)",
    freq=Param(
        220.0,
        _LOWEST,
        12000.0,
        Unit.HZ,
        curve=Curve.EXPONENTIAL,
        doc="Lowest peak; the others are its multiples. At most a quarter of the sample rate.",
    ),
    feedback=Param(
        0.9,
        -1.0,
        1.0,
        doc="Share of the output that is fed back, kept within -0.999..0.999; below 0 the peaks are odd multiples of freq / 2.",
    ),
    damp=Param(
        0.0,
        0.0,
        0.95,
        doc="Coefficient of a one-pole low-pass in the feedback: 0 bright, 0.95 dark. In tune while it is below 1 / freq.",
    ),
)
def comb(x: Any, freq: Any, feedback: Any, damp: Any, y: Any, state: Any, memory: Any, n: Any, env: Any) -> None:
    """Rings at a frequency and its multiples; the gain of the peaks is 1 / (1 - feedback)."""
    low, s = state.low, state.s
    moving = freq.moving or damp.moving
    delay, tune, pass_ = _loop(freq[0], damp[0], env)
    for i in range(n):
        if moving:
            delay, tune, pass_ = _loop(freq[i], damp[i], env)
        low = low + pass_ * (memory.read(i, delay) - low)
        back = tune * low + s
        s = low - tune * back
        out = sane(sane(x[i]) + fmin(fmax(feedback[i], -0.999), 0.999) * back)
        memory.write(i, out)
        y[i] = out
    state.low, state.s = low, s
