"""A tape echo: the speed of the tape is never quite steady, and the recording saturates."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, times, wrap_int
from dsp.math.delayline import read_cubic, sane
from dsp.math.hyperbolic import tanh
from dsp.math.phase import phase_step
from dsp.math.trig import sin_phase

_LONGEST = 1.2  # seconds, including the swings of the speed
_FULL = 64.0
_PER_TURN = 0.15915494  # 1 / 2 pi


@inline
def _swing(rate: Any, depth: Any) -> Any:
    """How far (in seconds) a delay must swing at ``rate`` so that the speed deviates by ``depth``."""
    return fmin(fmax(depth, 0.0), 0.1) * _PER_TURN / fmin(fmax(rate, 0.1), 20.0)


@inline
def _press(x: Any, saturation: Any) -> Any:
    """The saturation of the recording: small signals stay linear, and more ``saturation`` lowers the ceiling, 1 / k."""
    k = 0.01 + 3.99 * fmin(fmax(saturation, 0.0), 1.0)
    return tanh(k * x) / k


@kind(
    ins=("x",),
    state=("damped",),
    ints=("wow", "flutter"),
    memory=1.25,
    reference="V. Valimaki, S. Bilbao, J. Smith, J. Abel, J. Pakarinen and D. Berners, 'Virtual analog effects' "
    "(DAFX, 2nd ed., ch. 12): tape echo as a delay of varying length with saturation in its loop",
    time=Param(0.3, 0.001, 1.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.1, doc="Mean delay."),
    feedback=Param(0.4, 0.0, 1.2, doc="Share of the echo that is recorded again; above 1 it never ends, and the saturation limits it."),
    damp=Param(0.3, 0.0, 1.0, doc="Coefficient of a one-pole low-pass on the playback: 0 bright, near 1 dark."),
    saturation=Param(0.3, 0.0, 1.0, doc="Recording level: 0 is clean, 1 compresses above a quarter of full scale."),
    wow_rate=Param(0.5, 0.1, 20.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.05, doc="Frequency of the slow swing of the speed."),
    wow=Param(0.002, 0.0, 0.1, Unit.RATIO, smoothing=0.05, doc="Largest deviation of the speed in the slow swing: 0.01 is 1 %, 17 cents."),
    flutter_rate=Param(6.0, 0.1, 20.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.05, doc="Frequency of the fast swing of the speed."),
    flutter=Param(0.001, 0.0, 0.1, Unit.RATIO, smoothing=0.05, doc="Largest deviation of the speed in the fast swing."),
    mix=Param(0.5, 0.0, 1.0, doc="0: the input alone; 1: the echo alone."),
)  # fmt: skip
def tape_delay(
    x: Any, time: Any, feedback: Any, damp: Any, saturation: Any, wow_rate: Any, wow: Any, flutter_rate: Any,
    flutter: Any, mix: Any, y: Any, state: Any, memory: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Tape echo: wow and flutter, saturation, and less treble in every repeat."""
    damped, slow, fast = state.damped, state.wow, state.flutter
    for i in range(n):
        swing = times(_swing(wow_rate[i], wow[i]), sin_phase(slow)) + _swing(flutter_rate[i], flutter[i]) * sin_phase(
            fast
        )
        slow = wrap_int(slow + phase_step(fmin(fmax(wow_rate[i], 0.1), 20.0), env.dt))
        fast = wrap_int(fast + phase_step(fmin(fmax(flutter_rate[i], 0.1), 20.0), env.dt))
        frames = fmin(fmax((fmin(fmax(time[i], 0.001), 1.0) + swing) * env.rate, 2.0), _LONGEST * env.rate)
        echo = read_cubic(memory, i, frames, 0)
        damped = echo + fmin(fmax(damp[i], 0.0), 0.9999) * (damped - echo)
        u = x[i]
        recorded = _press(sane(u) + fmin(fmax(feedback[i], 0.0), 1.2) * damped, saturation[i])
        memory.write(i, fmin(fmax(recorded, -_FULL), _FULL))
        y[i] = u + fmin(fmax(mix[i], 0.0), 1.0) * (damped - u)
    state.damped, state.wow, state.flutter = damped, slow, fast
