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
        l = left[i] * fade[i]
        r = right[i] * fade[i]
        bus.note_peak(np.abs(l) + np.abs(r))
        good = (np.abs(l) < _LOUD) & (np.abs(r) < _LOUD)
        bus.add(i, np.where(good, l, 0.0), np.where(good, r, 0.0))
