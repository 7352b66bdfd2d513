"""Where a voice leaves its definition: the sum of its orbit."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import fmax, fmin

_LOUD = 1e4  # nothing that is still music
_BROKEN = 1e30  # a peak that ends the voice


@kind(
    ins=("left", "right"),
    outs=(),
    bus=True,
    reference="sum",
    fade=Param(1.0, 0.0, 1.0, Unit.GAIN, doc="The voice's own level: 1 until it is faded out."),
)
def out(left: Any, right: Any, fade: Any, bus: Any, n: Any, env: Any) -> None:
    """Add a voice to its orbit. Samples that are not finite are kept out, and the voice's peak tells of them."""
    heard, where = bus.heard(), bus.shared()
    most = fmin(fmax(left[0], 0.0), 0.0)
    fine = most < _LOUD
    for i in range(n):
        a = left[i] * fade[i]
        b = right[i] * fade[i]
        level = np.abs(a) + np.abs(b)
        good = level < _LOUD  # false for not-a-number
        fine = fine & good
        most = fmax(level, most)
        good = good & heard
        a, b = np.where(good, a, 0.0), np.where(good, b, 0.0)
        if where != 0:
            bus.add_shared(where, i, a, b)
        else:
            bus.add(i, a, b)
    bus.note_peak(np.where(fine, most, _BROKEN))
