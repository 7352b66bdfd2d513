"""The way of a voice out of its definition: into the sum of its orbit."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import fmax, fmin

_LOUD = 1e4  # louder samples are no music and are kept out
_BROKEN = 1e30  # a peak of this size ends the voice


@kind(
    ins=("left", "right"),
    outs=(),
    bus=True,
    reference="sum",
    fade=Param(1.0, 0.0, 1.0, Unit.GAIN, doc="Level of the voice: 1 until the engine fades it out."),
)
def out(left: Any, right: Any, fade: Any, bus: Any, n: Any, env: Any) -> None:
    """Add a voice to its orbit. Samples that are not finite are kept out, and the voice's peak reports them."""
    most = fmin(fmax(left[0], 0.0), 0.0)
    fine = most < _LOUD
    lanes = bus.heard()
    while lanes != 0:  # one orbit after the other; usually there is only one
        place, mine = bus.place(lanes), bus.members(lanes)
        lanes = bus.others(lanes)
        for i in range(n):
            a = left[i] * fade[i]
            b = right[i] * fade[i]
            level = np.abs(a) + np.abs(b)
            good = level < _LOUD  # false for not-a-number
            fine = fine & (good | ~mine)
            most = np.where(mine, fmax(level, most), most)
            good = good & mine
            bus.add(place, i, np.where(good, a, 0.0), np.where(good, b, 0.0))
    bus.note_peak(np.where(fine, most, _BROKEN))
