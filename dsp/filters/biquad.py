"""The second-order filters of Robert Bristow-Johnson's cookbook, and a resonator of constant gain."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.hyperbolic import tanh
from dsp.math.interpolate import any_number
from dsp.math.statevariable import advance, coefficients, run_filter
from dsp.math.trig import sin_cycles, warp

_REFERENCE = "R. Bristow-Johnson, Audio EQ Cookbook; transposed direct form 2"
_FREQ = Param(
    1000.0,
    20.0,
    22000.0,
    Unit.HZ,
    curve=Curve.EXPONENTIAL,
    doc="Corner or centre frequency; at most 0.49 of the sample rate.",
    aliases=("cutoff",),
)
_Q = Param(0.70710678, 0.1, 100.0, Unit.RATIO, curve=Curve.EXPONENTIAL, doc="Gain at the corner.")
_WIDTH = Param(1.0, 0.1, 100.0, Unit.RATIO, curve=Curve.EXPONENTIAL, doc="Centre frequency divided by bandwidth.")

# In a direct form the corner is a small difference of two numbers near 2: at 20 Hz and 48 kHz, float32 moves it by up to one
# per cent, and the noise is higher than in the state-variable filters. Fast changes may make the output burst; `any_number`
# limits it.


@inline
def _design(freq: Any, q: Any, env: Any) -> Any:
    """For w = 2 pi f / rate: 1 - cos w, alpha = sin w / (2 q), the normalised a1 and a2, and 1 / a0."""
    f = fmin(fmax(freq, 1.0), 0.49 * env.rate) * env.dt
    s = sin_cycles(0.5 * f)
    bend = 2.0 * s * s
    alpha = 0.5 * sin_cycles(f) / fmin(fmax(q, 0.05), 1000.0)
    scale = 1.0 / (1.0 + alpha)
    return bend, alpha, 2.0 * (bend - 1.0) * scale, (1.0 - alpha) * scale, scale


@inline
def _run(section: Any, x: Any, freq: Any, q: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """The body of the four biquads. ``section`` takes a row, the states and the design; it returns the output and the next states."""
    z1, z2 = state.z1, state.z2
    moving = freq.moving or q.moving
    design = _design(freq[0], q[0], env)
    for i in range(n):
        if moving:
            design = _design(freq[i], q[i], env)
            z1, z2 = any_number(z1), any_number(z2)
        y[i], z1, z2 = section(any_number(x[i]), z1, z2, design)
    state.z1 = z1
    state.z2 = z2


@inline
def _low(u: Any, z1: Any, z2: Any, design: Any) -> Any:
    bend, _, a1, a2, scale = design
    v = 0.5 * bend * scale * u
    out = v + z1
    return out, z2 + 2.0 * v - a1 * out, v - a2 * out


@inline
def _high(u: Any, z1: Any, z2: Any, design: Any) -> Any:
    bend, _, a1, a2, scale = design
    v = (1.0 - 0.5 * bend) * scale * u
    out = v + z1
    return out, z2 - 2.0 * v - a1 * out, v - a2 * out


@inline
def _band(u: Any, z1: Any, z2: Any, design: Any) -> Any:
    _, alpha, a1, a2, scale = design
    v = alpha * scale * u
    out = v + z1
    return out, z2 - a1 * out, -v - a2 * out


@inline
def _notch(u: Any, z1: Any, z2: Any, design: Any) -> Any:
    _, _, a1, a2, scale = design
    v = scale * u
    out = v + z1
    return out, a1 * (u - out) + z2, v - a2 * out


@kind(ins=("x",), state=("z1", "z2"), reference=_REFERENCE, freq=_FREQ, q=_Q)
def biquad_low(x: Any, freq: Any, q: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A low-pass of 12 dB per octave as a plain biquad, for controls that move slowly; gain Q at the corner."""
    _run(_low, x, freq, q, y, state, n, env)


@kind(ins=("x",), state=("z1", "z2"), reference=_REFERENCE, freq=_FREQ, q=_Q)
def biquad_high(x: Any, freq: Any, q: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A high-pass of 12 dB per octave as a plain biquad, for controls that move slowly; gain Q at the corner."""
    _run(_high, x, freq, q, y, state, n, env)


@kind(ins=("x",), state=("z1", "z2"), reference=_REFERENCE + "; constant 0 dB peak gain", freq=_FREQ, q=_WIDTH)
def biquad_band(x: Any, freq: Any, q: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A band-pass as a plain biquad, for controls that move slowly; gain 1 at its centre."""
    _run(_band, x, freq, q, y, state, n, env)


@kind(ins=("x",), state=("z1", "z2"), reference=_REFERENCE, freq=_FREQ, q=_WIDTH)
def biquad_notch(x: Any, freq: Any, q: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A notch as a plain biquad, for controls that move slowly: it removes one frequency; gain 1 far from it."""
    _run(_notch, x, freq, q, y, state, n, env)


@inline
def _resonator(params: Any, i: Any, env: Any) -> Any:
    """Half of k, and the coefficients of ``advance``, for poles of radius exp(-pi f / (q rate))."""
    freq, q = params
    f = fmin(fmax(freq[i], 1.0), 0.49 * env.rate)
    g = warp(f, env.dt)
    k = tanh(3.141592653589793 * f * env.dt / fmin(fmax(q[i], 0.1), 1000.0)) * (1.0 + g * g) / g
    _, c1, c2, c3 = coefficients(g, k)
    return 0.5 * k, c1, c2, c3


@inline
def _ring(u: Any, z1: Any, z2: Any, design: Any) -> Any:
    part, c1, c2, c3 = design
    a, b = advance(any_number(u), z1, z2, c1, c2, c3)
    return part * (a + z1), a, b


@kind(
    ins=("x",),
    state=("z1", "z2"),
    reference="K. Steiglitz, 'A note on constant-gain digital resonators' (CMJ 18, 1994); SuperCollider's Resonz",
    freq=_FREQ,
    q=Param(
        10.0,
        0.5,
        1000.0,
        Unit.RATIO,
        curve=Curve.EXPONENTIAL,
        doc="Centre frequency divided by bandwidth; also how many cycles it rings.",
    ),
)
def resonz(x: Any, freq: Any, q: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A resonator with gain 1 at its centre and 0 at 0 Hz and half the rate; it rings down by e^-pi in q cycles."""
    run_filter(_resonator, _ring, freq.moving or q.moving, x, (freq, q), y, state, n, env)
