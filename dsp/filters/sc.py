"""The filters of SuperDirt's event chain: same transfer functions and parameter mappings, in a quieter structure.

The unit generators behind ``cutoff``, ``hcutoff`` and ``bandf`` are defined as direct forms, for w = 2 pi f / rate:

    y0 = a0 x + b1 y1 + b2 y2, D = tan(w rq / 2), C = (1 - D) / (1 + D), b1 = (1 + C) cos w, b2 = -C
    low-pass a0 = (1 + C - b1) / 4, high-pass a0 = (1 + C + b1) / 4, band-pass a0 = D / (1 + D) on y0 - y2

With g = tan(w / 2) and k = D (1 + g^2) / g these are, coefficient for coefficient, the low-pass, high-pass and
band-pass of the trapezoidal state-variable filter (put cos w = (1 - g^2) / (1 + g^2) in). In float32 the direct form is
noisy at low cutoffs and bursts when its coefficients jump at high Q; this one is neither.
"""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.exponential import exp2
from dsp.math.statevariable import advance, coefficients, resonant_gains

_REFERENCE = "SuperDirt's filters (docs/dirt.md, Effects); structure: Zavalishin, The Art of VA Filter Design, ch. 4"
_CUTOFF = Param(
    1000.0,
    20.0,
    24000.0,
    Unit.HZ,
    doc="Corner frequency, its sign does not count; kept within 20 Hz and 0.49 of the sample rate.",
    curve=Curve.EXPONENTIAL,
    aliases=("freq",),
)
_RESONANCE = Param(0.0, 0.0, 1.0, doc="Q = 1000^resonance.")


@inline
def _resonant(resonance: Any) -> Any:
    """rq = 0.001^resonance."""
    return exp2(fmin(fmax(resonance, 0.0), 1.0) * -9.965784284662087)


@kind(ins=("x",), state=("z1", "z2"), reference=_REFERENCE, cutoff=_CUTOFF, resonance=_RESONANCE)
def rlpf(x: Any, cutoff: Any, resonance: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """SuperDirt's resonant low-pass."""
    z1, z2 = state.z1, state.z2
    moving = cutoff.moving or resonance.moving
    g, k = resonant_gains(cutoff[0], _resonant(resonance[0]), env)
    _, p, q, r = coefficients(g, k)
    for i in range(n):
        if moving:
            g, k = resonant_gains(cutoff[i], _resonant(resonance[i]), env)
            _, p, q, r = coefficients(g, k)
        a, b = advance(x[i], z1, z2, p, q, r)
        y[i] = 0.5 * (b + z2)
        z1, z2 = a, b
    state.z1 = z1
    state.z2 = z2


@kind(ins=("x",), state=("z1", "z2"), reference=_REFERENCE, cutoff=_CUTOFF, resonance=_RESONANCE)
def rhpf(x: Any, cutoff: Any, resonance: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """SuperDirt's resonant high-pass."""
    z1, z2 = state.z1, state.z2
    moving = cutoff.moving or resonance.moving
    g, k = resonant_gains(cutoff[0], _resonant(resonance[0]), env)
    h, p, q, r = coefficients(g, k)
    for i in range(n):
        if moving:
            g, k = resonant_gains(cutoff[i], _resonant(resonance[i]), env)
            h, p, q, r = coefficients(g, k)
        u = x[i]
        y[i] = h * (u - (g + k) * z1 - z2)
        z1, z2 = advance(u, z1, z2, p, q, r)
    state.z1 = z1
    state.z2 = z2


@kind(
    ins=("x",),
    state=("z1", "z2"),
    reference=_REFERENCE,
    cutoff=_CUTOFF,
    q=Param(
        1.0, 1.0, 1000.0, Unit.RATIO, doc="Centre over bandwidth, and the gain at the centre.", curve=Curve.EXPONENTIAL
    ),
)
def bpf(x: Any, cutoff: Any, q: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """SuperDirt's band-pass, whose gain at the centre is its q."""
    z1, z2 = state.z1, state.z2
    moving = cutoff.moving or q.moving
    gain = fmin(fmax(q[0], 1.0), 1000.0)
    g, k = resonant_gains(cutoff[0], 1.0 / gain, env)
    h, c1, c2, c3 = coefficients(g, k)
    for i in range(n):
        if moving:
            gain = fmin(fmax(q[i], 1.0), 1000.0)
            g, k = resonant_gains(cutoff[i], 1.0 / gain, env)
            h, c1, c2, c3 = coefficients(g, k)
        u = x[i]
        y[i] = gain * k * h * (z1 + g * (u - z2))
        z1, z2 = advance(u, z1, z2, c1, c2, c3)
    state.z1 = z1
    state.z2 = z2
