"""Exponential approach: the one-pole that envelope followers and glides share."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import fmax, fmin, inline
from dsp.math.exponential import exp


@inline
def keep_of(seconds: Any, dt: Any) -> Any:
    """How much of a distance is left after a frame if 1/e of it is left after ``seconds``; next to nothing for no time."""
    return exp(-dt / fmin(fmax(seconds, 1e-6), 1e4))


@inline
def follow(level: Any, x: Any, keep_up: Any, keep_down: Any) -> Any:
    """``level`` one frame nearer to x, by one coefficient on the way up and by another on the way down."""
    return x + np.where(x > level, keep_up, keep_down) * (level - x)
