"""State-variable filters: two poles with an exact Q, cheap while parameters stand still, safe to modulate at any rate."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.statevariable import band_design, band_pass, high_design, high_pass, low_design, low_pass, run_filter
from dsp.math.trig import warp

_REFERENCE = "V. Zavalishin, The Art of VA Filter Design, rev. 2.1.2, ch. 4: trapezoidal state-variable filter"
_CUTOFF = Param(
    1000.0,
    10.0,
    22000.0,
    Unit.HZ,
    doc="Frequency of the two poles; at most 0.49 of the sample rate.",
    curve=Curve.EXPONENTIAL,
    aliases=("freq",),
)
_RESONANCE = Param(
    0.292893,
    0.0,
    1.0,
    doc="Q = 1 / (2 - 2 resonance): 0 is Q 0.5, 0.292893 is Q 0.7071 (flat), 0.875 is Q 4, 0.995 and above is Q 100.",
)


@inline
def _gains(params: Any, i: Any, env: Any) -> Any:
    """g and k in row i, for parameters of any value."""
    cutoff, resonance = params
    g = warp(fmin(fmax(cutoff[i], 1.0), 0.49 * env.rate), env.dt)
    return g, 2.0 - 2.0 * fmin(fmax(resonance[i], 0.0), 0.995)


@inline
def _low(params: Any, i: Any, env: Any) -> Any:
    g, k = _gains(params, i, env)
    return low_design(g, k)


@inline
def _high(params: Any, i: Any, env: Any) -> Any:
    g, k = _gains(params, i, env)
    return high_design(g, k)


@inline
def _band(params: Any, i: Any, env: Any) -> Any:
    g, k = _gains(params, i, env)
    return band_design(g, k, 1.0)


@kind(ins=("x",), state=("z1", "z2"), reference=_REFERENCE, cutoff=_CUTOFF, resonance=_RESONANCE)
def lowpass(x: Any, cutoff: Any, resonance: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A resonant low-pass of 12 dB per octave; gain 1 at 0 Hz, Q at the cutoff."""
    run_filter(_low, low_pass, cutoff.moving or resonance.moving, x, (cutoff, resonance), y, state, n, env)


@kind(ins=("x",), state=("z1", "z2"), reference=_REFERENCE, cutoff=_CUTOFF, resonance=_RESONANCE)
def highpass(x: Any, cutoff: Any, resonance: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A resonant high-pass of 12 dB per octave; gain 1 at high frequencies, Q at the cutoff."""
    run_filter(_high, high_pass, cutoff.moving or resonance.moving, x, (cutoff, resonance), y, state, n, env)


@kind(ins=("x",), state=("z1", "z2"), reference=_REFERENCE, cutoff=_CUTOFF, resonance=_RESONANCE)
def bandpass(x: Any, cutoff: Any, resonance: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A band-pass of 6 dB per octave to either side; gain 1 at its centre for every resonance."""
    run_filter(_band, band_pass, cutoff.moving or resonance.moving, x, (cutoff, resonance), y, state, n, env)
