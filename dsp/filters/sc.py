"""The filters of SuperDirt's event chain: the same transfer functions and parameter mappings, in a structure with less noise.

The unit generators behind ``cutoff``, ``hcutoff`` and ``bandf`` are defined as direct forms, for w = 2 pi f / rate:

    y0 = a0 x + b1 y1 + b2 y2, D = tan(w rq / 2), C = (1 - D) / (1 + D), b1 = (1 + C) cos w, b2 = -C
    low-pass a0 = (1 + C - b1) / 4, high-pass a0 = (1 + C + b1) / 4, band-pass a0 = D / (1 + D) on y0 - y2

With g = tan(w / 2) and k = D (1 + g^2) / g, these equal the low-pass, high-pass and
band-pass of the trapezoidal state-variable filter (insert cos w = (1 - g^2) / (1 + g^2)). In float32 the direct form is
noisy at low cutoffs and bursts when its coefficients jump at high Q; this structure does neither.
"""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.exponential import exp2
from dsp.math.statevariable import (
    band_design,
    band_pass,
    high_design,
    high_pass,
    low_design,
    low_pass,
    resonant_gains,
    run_filter,
)

_REFERENCE = "SuperDirt's filters (docs/dirt.md, Effects); structure: Zavalishin, The Art of VA Filter Design, ch. 4"
_CUTOFF = Param(
    1000.0,
    20.0,
    24000.0,
    Unit.HZ,
    doc="Corner frequency; its sign is ignored. Kept within 20 Hz and 0.49 of the sample rate.",
    curve=Curve.EXPONENTIAL,
    aliases=("freq",),
)
_RESONANCE = Param(0.0, 0.0, 1.0, doc="Q = 1000^resonance.")


@inline
def _gains(params: Any, i: Any, env: Any) -> Any:
    """g and k in row i; rq = 0.001^resonance."""
    cutoff, resonance = params
    return resonant_gains(cutoff[i], exp2(fmin(fmax(resonance[i], 0.0), 1.0) * -9.965784284662087), env)


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
    cutoff, q = params
    gain = fmin(fmax(q[i], 1.0), 1000.0)
    g, k = resonant_gains(cutoff[i], 1.0 / gain, env)
    return band_design(g, k, gain)


@kind(ins=("x",), state=("z1", "z2"), reference=_REFERENCE, cutoff=_CUTOFF, resonance=_RESONANCE)
def rlpf(x: Any, cutoff: Any, resonance: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """SuperDirt's resonant low-pass."""
    run_filter(_low, low_pass, cutoff.moving or resonance.moving, x, (cutoff, resonance), y, state, n, env)


@kind(ins=("x",), state=("z1", "z2"), reference=_REFERENCE, cutoff=_CUTOFF, resonance=_RESONANCE)
def rhpf(x: Any, cutoff: Any, resonance: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """SuperDirt's resonant high-pass."""
    run_filter(_high, high_pass, cutoff.moving or resonance.moving, x, (cutoff, resonance), y, state, n, env)


@kind(
    ins=("x",),
    state=("z1", "z2"),
    reference=_REFERENCE,
    cutoff=_CUTOFF,
    q=Param(
        1.0,
        1.0,
        1000.0,
        Unit.RATIO,
        doc="Centre frequency divided by bandwidth; also the gain at the centre.",
        curve=Curve.EXPONENTIAL,
    ),
)
def bpf(x: Any, cutoff: Any, q: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """SuperDirt's band-pass; its gain at the centre is its q."""
    run_filter(_band, band_pass, cutoff.moving or q.moving, x, (cutoff, q), y, state, n, env)
