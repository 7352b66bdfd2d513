"""Kinds that the engine uses by itself: ramps of controls, and the choice between two signals."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, kind

_ANY = 1e9


@kind(
    reference="linear interpolation between two values",
    tags=("engine",),
    start=Param(0.0, -_ANY, _ANY, doc="Value at position 0."),
    target=Param(0.0, -_ANY, _ANY, doc="Value from the end of the ramp on."),
    position=Param(0.0, 0.0, 1e9, doc="Frames since the ramp began."),
    speed=Param(1.0, 0.0, 1.0, doc="1 / frames of the ramp."),
)
def ramp(start: Any, target: Any, position: Any, speed: Any, y: Any, n: Any, env: Any) -> None:
    """A straight line from one value to another; it ends exactly on the second."""
    a, b, p, s = start[0], target[0], position[0], speed[0]
    span = b - a
    for i in range(n):
        u = (p + i) * s
        y[i] = np.where(u >= 1.0, b, a + span * u)


@kind(
    ins=("x", "other"),
    reference="selection by condition",
    tags=("engine",),
    use=Param(0.0, 0.0, 1.0, doc="1 chooses the second input, 0 the first."),
)
def select(x: Any, other: Any, use: Any, y: Any, n: Any, env: Any) -> None:
    """One of two signals, per voice."""
    for i in range(n):
        y[i] = np.where(use[i] > 0.5, other[i], x[i])
