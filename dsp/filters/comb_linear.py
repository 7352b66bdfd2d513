"""A feedback comb as SuperCollider's CombL."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, to_int
from dsp.math.delayline import sane
from dsp.math.interpolate import linear
from dsp.math.loops import loop_gain

_LOWEST = 20.0  # Hz


@inline
def _turn(freq: Any, decay: Any, env: Any) -> Any:
    """Whole frames of a period, the remaining fraction of a frame, and the gain of one turn."""
    f = fmin(fmax(freq, _LOWEST), 0.25 * env.rate)
    frames = env.rate / f
    whole = to_int(frames)
    return whole, frames - whole, loop_gain(decay, f)


@kind(
    ins=("x",),
    memory=0.051,
    reference="J. O. Smith, Physical Audio Signal Processing, Feedback Comb Filters and Linear Interpolation",
    freq=Param(
        220.0,
        _LOWEST,
        12000.0,
        Unit.HZ,
        curve=Curve.EXPONENTIAL,
        doc="Lowest peak; at most a quarter of the sample rate.",
    ),
    decay=Param(1.0, 0.001, 1000.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, doc="Time to fall by 60 dB."),
)
def comb_linear(x: Any, freq: Any, decay: Any, y: Any, memory: Any, n: Any, env: Any) -> None:
    """A comb that repeats the input every period. Its interpolation loses some treble in every turn, so it sounds like a string."""
    moving = freq.moving or decay.moving
    whole, part, gain = _turn(freq[0], decay[0], env)
    for i in range(n):
        if moving:
            whole, part, gain = _turn(freq[i], decay[i], env)
        back = linear(memory.read(i, whole), memory.read(i, whole + 1), part)
        memory.write(i, sane(sane(x[i]) + gain * back))
        y[i] = back
