"""Segments of envelopes: their lengths, and their bend as in SuperCollider's Env."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import fmax, fmin, inline
from dsp.math.exponential import exp

_FLAT = 0.03  # for smaller curvatures the exponential formula loses digits, and a parabola is as good (error 3e-5)


@inline
def frames_of(seconds: Any, rate: Any) -> Any:
    """Length in frames of a time in seconds; 0 for negative times, at most 10,000 seconds."""
    return fmin(fmax(seconds, 0.0), 1e4) * rate


@inline
def per_frame(frames: Any) -> Any:
    """Share of a segment that passes per frame; a segment without length is over at once."""
    return 1.0 / fmax(frames, 0.001)


@inline
def bend_scale(curve: Any) -> Any:
    """Factor of ``bend`` for a curvature: 1 / (1 - e^curve); compute it once."""
    return 1.0 / (1.0 - exp(np.where(np.abs(curve) < _FLAT, 1.0, curve)))


@inline
def clamp_curve(curve: Any) -> Any:
    """A curvature that ``bend`` can use: -50..50."""
    return fmin(fmax(curve, -50.0), 50.0)


@inline
def bend(u: Any, curve: Any, scale: Any) -> Any:
    """(1 - e^(curve u)) / (1 - e^curve) for u in 0..1: from 0 to 1, straight for curve 0, steep first if negative."""
    flat = u * (1.0 + 0.5 * curve * (u - 1.0))
    return np.where(np.abs(curve) < _FLAT, flat, (1.0 - exp(curve * u)) * scale)
