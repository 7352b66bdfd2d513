"""The Moog ladder, with the saturation of its transistors."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, times
from dsp.math.hyperbolic import tanh_over
from dsp.math.interpolate import any_number
from dsp.math.trig import warp

_FEEDBACK = 4.4444444  # at full resonance; the ladder oscillates by itself from 4 on
_LOUDEST = 7.5  # tanh of anything larger is 1


@inline
def _clip(x: Any) -> Any:
    return fmin(fmax(x, -_LOUDEST), _LOUDEST)


@inline
def _gain(cutoff: Any, env: Any) -> Any:
    return warp(fmin(fmax(cutoff, 1.0), 0.45 * env.rate), env.dt)


@kind(
    ins=("x",),
    state=("before", "s1", "s2", "s3", "s4"),
    reference="A. Huovilainen, 'Non-linear digital implementation of the Moog ladder filter' (DAFx 2004): a tanh per stage; "
    "loop without delay solved with the slopes of the last sample: T. Voipio, 'Cheap non-linear zero-delay filters' (2012)",
    cutoff=Param(
        1000.0,
        10.0,
        22000.0,
        Unit.HZ,
        curve=Curve.EXPONENTIAL,
        doc="Frequency of the four poles; at most 0.45 of the sample rate.",
        aliases=("freq",),
    ),
    resonance=Param(0.0, 0.0, 1.0, doc="At 0.9 and above it oscillates by itself, near the cutoff."),
    drive=Param(
        1.0, 0.01, 100.0, Unit.GAIN, curve=Curve.EXPONENTIAL, doc="Gain of the input; a higher gain saturates more."
    ),
)
def ladder(x: Any, cutoff: Any, resonance: Any, drive: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A saturating four-pole low-pass of 24 dB per octave, as in a Moog; resonance lowers the level below the cutoff."""
    before, s1, s2, s3, s4 = state.before, state.s1, state.s2, state.s3, state.s4
    g = _gain(cutoff[0], env)
    k = _FEEDBACK * fmin(fmax(resonance[0], 0.0), 1.0)
    for i in range(n):
        if cutoff.moving:
            g = _gain(cutoff[i], env)
        if resonance.moving:
            k = _FEEDBACK * fmin(fmax(resonance[i], 0.0), 1.0)
        u = _clip(any_number(x[i]) * fmin(fmax(drive[i], 0.01), 100.0))
        # tanh(v) = t v, where t comes from the last sample's voltages (for the input: half way to this sample)
        t0 = tanh_over(times(0.5, u + before) - k * s4)
        t1, t2, t3, t4 = tanh_over(s1), tanh_over(s2), tanh_over(s3), tanh_over(s4)
        before = u
        d1, d2, d3, d4 = 1.0 / (1.0 + g * t1), 1.0 / (1.0 + g * t2), 1.0 / (1.0 + g * t3), 1.0 / (1.0 + g * t4)
        f3 = g * t3 * d4
        f2 = g * t2 * d3 * f3
        f1 = g * t1 * d2 * f2
        f0 = g * t0 * d1 * f1
        v4 = (times(d4, s4) + f3 * d3 * s3 + f2 * d2 * s2 + f1 * d1 * s1 + f0 * u) / (1.0 + k * f0)
        i0 = t0 * (u - k * v4)
        i1 = t1 * d1 * (s1 + g * i0)
        i2 = t2 * d2 * (s2 + g * i1)
        i3 = t3 * d3 * (s3 + g * i2)
        s1 = _clip(s1 + 2.0 * g * (i0 - i1))
        s2 = _clip(s2 + 2.0 * g * (i1 - i2))
        s3 = _clip(s3 + 2.0 * g * (i2 - i3))
        s4 = _clip(s4 + 2.0 * g * (i3 - t4 * v4))
        y[i] = v4
    state.before, state.s1, state.s2, state.s3, state.s4 = before, s1, s2, s3, s4
