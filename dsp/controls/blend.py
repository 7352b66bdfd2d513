"""A number from a short table, with interpolation."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, kind
from dsp.lanes import fmax, fmin, times
from dsp.math.interpolate import LARGEST, any_number
from dsp.math.trig import cos_cycles, sin_cycles


def _number(index: int) -> Param:
    return Param(0.0, -LARGEST, LARGEST, smoothing=0.0, doc=f"Output for index {index}.")


@kind(
    reference="equal-power cross-fade between neighbours, as SuperCollider's SelectX",
    index=Param(0.0, 0.0, 9.0, smoothing=0.0, doc="Position in the table, kept within 0..9."),
    v0=_number(0),
    v1=_number(1),
    v2=_number(2),
    v3=_number(3),
    v4=_number(4),
    v5=_number(5),
    v6=_number(6),
    v7=_number(7),
    v8=_number(8),
    v9=_number(9),
)
def blend(
    index: Any, v0: Any, v1: Any, v2: Any, v3: Any, v4: Any, v5: Any, v6: Any, v7: Any, v8: Any, v9: Any,
    y: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """One of ten numbers, chosen by an index; between two numbers it mixes both at equal power (half way: 0.71 of each)."""
    for i in range(n):
        k = fmin(fmax(index[i], 0.0), 9.0)
        left = np.where(
            k < 5.0,
            np.where(
                k < 2.0, np.where(k < 1.0, v0[i], v1[i]), np.where(k < 3.0, v2[i], np.where(k < 4.0, v3[i], v4[i]))
            ),
            np.where(k < 7.0, np.where(k < 6.0, v5[i], v6[i]), np.where(k < 8.0, v7[i], v8[i])),
        )
        right = np.where(
            k < 5.0,
            np.where(
                k < 2.0, np.where(k < 1.0, v1[i], v2[i]), np.where(k < 3.0, v3[i], np.where(k < 4.0, v4[i], v5[i]))
            ),
            np.where(k < 7.0, np.where(k < 6.0, v6[i], v7[i]), np.where(k < 8.0, v8[i], v9[i])),
        )
        quarter = 0.25 * (k - fmin(np.floor(k), 8.0))
        y[i] = times(any_number(left), cos_cycles(quarter)) + any_number(right) * sin_cycles(quarter)
