"""Pulses whose width follows their own output: feedback within a kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import BLOCK, fmax, fmin, inline
from dsp.math.edges import crowded_edges, edge_span, wrap_residuals
from dsp.math.phase import HALF, from_phase, phase_step, to_phase
from dsp.math.statevariable import advance, coefficients
from dsp.math.trig import warp

_BELOW = 1.0 / 6.1  # the filter's corner divided by the pitch
_RQ = 0.6666667
_LEAK, _NO_DC = 0.999, 0.995  # per frame: of the oscillator's own integrator, and of the DC blocker behind it


@inline
def _filter(freq: Any, env: Any) -> Any:
    f = fmin(fmax(freq * _BELOW, 1.0), 0.3 * env.rate)
    g = warp(f, env.dt)
    _, p, q, r = coefficients(g, warp(f * _RQ, env.dt) * (1.0 + g * g) / g)
    return p, q, r


@inline
def _pulse(angle: Any, high: Any, per_cycle: Any, crowded: bool) -> Any:
    """A pulse of height 1 without DC."""
    up = from_phase(angle + HALF)
    down = from_phase(angle + HALF - high)
    return down - up + wrap_residuals(down, up, per_cycle, crowded)


@kind(
    state=("leak", "last", "smooth", "z1", "z2", "width", "next"),
    ints=("angle1", "angle2"),
    tags=("chaotic",),  # near 0 Hz an edge multiplies rounding by the length of a cycle
    reference="SuperDirt's supertron, whose feedback comes a block of 64 frames late, and whose width "
    "changes once a block; the filter and its rq of 1 / 1.5 were measured on a recording",
    freq=Param(
        220.0, 0.0, 20000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Frequency in the middle of the two pitches."
    ),
    voice=Param(0.0, 0.0, 1.5, doc="How much narrower the pulses get: 1.5 narrows them to nothing."),
    detune=Param(0.0, -1000.0, 1000.0, Unit.HZ, doc="Distance of both pitches from freq, in addition to 1 Hz."),
)
def fed_pulses(freq: Any, voice: Any, detune: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Two pulses slightly apart in pitch; their width follows their low-passed sum. The corner lies 2.6 octaves below freq."""
    leak, last, smooth, z1, z2 = state.leak, state.last, state.smooth, state.z1, state.z2
    angle1, angle2, width, following = state.angle1, state.angle2, state.width, state.next
    for i in range(n):
        if i == 0 or freq.moving or detune.moving:
            apart = detune[i] + 1.0
            step1, step2 = phase_step(freq[i] + apart, env.dt), phase_step(freq[i] - apart, env.dt)
            span1, span2 = edge_span(freq[i] + apart, env.dt), edge_span(freq[i] - apart, env.dt)
            per_cycle1, per_cycle2 = 1.0 / span1, 1.0 / span2
            p, q, r = _filter(freq[i], env)
        on_grid = ((env.age + i) & (BLOCK - 1)) == 0
        a, b = advance(smooth, z1, z2, p, q, r)
        low = fmin(fmax(0.5 * (b + z2), -1.0), 1.0)
        z1, z2 = a, b
        width = np.where(on_grid, np.where(env.age + i == 0, 0.5, following), width)
        following = np.where(on_grid, 0.5 * (low + 1.0), following)
        part = width * (1.0 - fmin(fmax(voice[i], 0.0), 1.5) * 0.6666667)
        high = to_phase(part)
        both = _pulse(angle1, high, per_cycle1, crowded_edges(part, span1))
        both = both + _pulse(angle2, high, per_cycle2, crowded_edges(part, span2)) + 2.0 * (part - 1.0)
        new = _LEAK * leak + (both - np.where(env.age + i == 0, both, last))
        smooth = _NO_DC * smooth + (new - leak)
        leak, last = new, both
        y[i] = smooth
        angle1, angle2 = angle1 + step1, angle2 + step2
    state.leak, state.last, state.smooth, state.z1, state.z2 = leak, last, smooth, z1, z2
    state.angle1, state.angle2, state.width, state.next = angle1, angle2, width, following
