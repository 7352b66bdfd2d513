"""A drum head: any sound can excite it, and it rings."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, kind
from dsp.lanes import fmax, fmin, inline, times
from dsp.math.exponential import exp2
from dsp.math.trig import cos_cycles, sin_cycles

_PER_CYCLE = 0.15915494309189535  # cycles per radian
_LOUD = 1e4  # a mode beyond this has become unstable


@inline
def _mode(tension: Any, loss: Any, wave: float, losses: float) -> Any:
    """The real and imaginary part of a mode's pole: sin(w / 2) = wave tension, and the loss per frame."""
    s = fmin(wave * tension, 0.98)
    square = s * s  # below: the arcsine's series, which is 2 % flat at the top
    cycles = s * (1.0 + square * (0.16666667 + square * (0.075 + square * (0.04464286 + square * 0.03038194))))
    radius = exp2(-1.442695 * fmin(losses * tension * tension + loss, 10.0))
    angle = 2.0 * _PER_CYCLE * cycles
    return radius * cos_cycles(angle), radius * sin_cycles(angle)


@inline
def _turned(re: Any, im: Any, c: Any, s: Any, x: Any) -> Any:
    """A mode one frame later, with its excitation. An unstable mode becomes silent."""
    real = times(re, c) - im * s + x
    imaginary = times(re, s) + im * c
    sane = (np.abs(real) < _LOUD) & (np.abs(imaginary) < _LOUD)  # false for not-a-number
    return np.where(sane, real, 0.0), np.where(sane, imaginary, 0.0)


@kind(
    ins=("x",),
    state=("a", "b", "c", "d", "e", "f", "g", "h"),
    reference="S. Van Duyne and J. Smith, 'Physical modeling with the 2-D digital waveguide mesh' (ICMC 1993); the modes of a "
    "hexagon of triangles were measured in impulse responses of SuperCollider's MembraneHexagon",
    tension=Param(
        0.05,
        0.0001,
        0.5,
        curve=Curve.EXPONENTIAL,
        doc="Tension of the membrane: the lowest of its four modes is at 0.18 times this, times the sample rate.",
    ),
    loss=Param(
        0.0001, 1e-6, 1.0, curve=Curve.EXPONENTIAL, doc="Share of its motion that the membrane loses per frame."
    ),
)
def hexagon(x: Any, tension: Any, loss: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A hexagonal membrane; the input strikes its middle, and it is heard there."""
    a, b, c, d, e, f, g, h = state.a, state.b, state.c, state.d, state.e, state.f, state.g, state.h
    moving = tension.moving or loss.moving
    t, lost = fmin(fmax(tension[0], 1e-5), 0.5), fmin(fmax(loss[0], 1e-6), 1.0)
    c1, s1 = _mode(t, lost, 0.56697, 0.0445)
    c2, s2 = _mode(t, lost, 1.33333, 0.0523)
    c3, s3 = _mode(t, lost, 1.73182, 0.0777)
    c4, s4 = _mode(t, lost, 1.90848, 0.0231)
    for i in range(n):
        if moving:
            t, lost = fmin(fmax(tension[i], 1e-5), 0.5), fmin(fmax(loss[i], 1e-6), 1.0)
            c1, s1 = _mode(t, lost, 0.56697, 0.0445)
            c2, s2 = _mode(t, lost, 1.33333, 0.0523)
            c3, s3 = _mode(t, lost, 1.73182, 0.0777)
            c4, s4 = _mode(t, lost, 1.90848, 0.0231)
        hit = fmin(fmax(x[i], -_LOUD), _LOUD)
        a, b = _turned(a, b, c1, s1, hit)
        c, d = _turned(c, d, c2, s2, hit)
        e, f = _turned(e, f, c3, s3, hit)
        g, h = _turned(g, h, c4, s4, hit)
        sound = times(a, 0.3274) + 0.3136 * c
        sound = sound - 0.0831 * e
        y[i] = sound - 0.1135 * g
    state.a, state.b, state.c, state.d, state.e, state.f, state.g, state.h = a, b, c, d, e, f, g, h
