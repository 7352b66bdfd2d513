"""One of several numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, kind
from dsp.math.interpolate import LARGEST, any_number


def _number(index: int) -> Param:
    return Param(0.0, -LARGEST, LARGEST, smoothing=0.0, doc=f"Output for index {index}.")


@kind(
    reference="selection by index",
    tags=("stepped",),
    index=Param(0.0, 0.0, 5.0, curve=Curve.STEP, smoothing=0.0, doc="Which number; rounded, and kept within 0..5."),
    v0=_number(0),
    v1=_number(1),
    v2=_number(2),
    v3=_number(3),
    v4=_number(4),
    v5=_number(5),
)
def choose(index: Any, v0: Any, v1: Any, v2: Any, v3: Any, v4: Any, v5: Any, y: Any, n: Any, env: Any) -> None:
    """One of six numbers, chosen by an index."""
    for i in range(n):
        k = index[i]
        upper = np.where(k < 3.5, v3[i], np.where(k < 4.5, v4[i], v5[i]))
        lower = np.where(k < 0.5, v0[i], np.where(k < 1.5, v1[i], v2[i]))
        y[i] = any_number(np.where(k < 2.5, lower, upper))
