"""Where a voice leaves its definition: the sum of its orbit."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind

_LOUD = 1e4  # nothing that is still music; not-a-number fails the comparison too


@kind(
    ins=("left", "right"),
    outs=(),
    bus=True,
    reference="sum",
    fade=Param(1.0, 0.0, 1.0, Unit.GAIN, doc="The voice's own level: 1 until it is faded out."),
)
def out(left: Any, right: Any, fade: Any, bus: Any, n: Any, env: Any) -> None:
    """Add a voice to its orbit. Samples that are not finite are kept out and reported by the voice's peak."""
    for i in range(n):
        a = left[i] * fade[i]
        b = right[i] * fade[i]
        bus.note_peak(np.abs(a) + np.abs(b))
        good = (np.abs(a) < _LOUD) & (np.abs(b) < _LOUD)
        bus.add(i, np.where(good, a, 0.0), np.where(good, b, 0.0))
