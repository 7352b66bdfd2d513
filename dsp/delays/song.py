"""Strudel's delay: one line for each side, with feedback."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import fmax, fmin, to_int
from dsp.math.delayline import sane
from dsp.math.interpolate import linear

_LONGEST = 1.0  # seconds, as long as the browser's
_FULL = 64.0


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    memory=2.0 * _LONGEST + 0.1,
    lines=True,
    reference="Strudel's delay (docs/strudel.md, Orbit); the browser's delay interpolates in a straight line",
    send=Param(0.0, 0.0, 100.0, Unit.GAIN, smoothing=0.01, doc="Level of what goes in."),
    time=Param(0.25, 0.0, 1e6, Unit.SECONDS, smoothing=0.0, doc="Time between echoes, at most 1 s."),
    feedback=Param(0.5, 0.0, 0.98, smoothing=0.01, doc="Share of an echo that is echoed again."),
    dry=Param(1.0, 0.0, 100.0, Unit.GAIN, smoothing=0.01, doc="Level of the direct sound in the output."),
)
def song_echo(
    left: Any, right: Any, send: Any, time: Any, feedback: Any, dry: Any, left_out: Any, right_out: Any, memory: Any,
    n: Any, env: Any,
) -> None:  # fmt: skip
    """Echoes of both sides, and the direct sound."""
    stretch = int(_LONGEST * env.rate) + 8  # where the right side's part of the memory begins
    for i in range(n):
        frames = fmin(fmax(time[i], 0.0), _LONGEST) * env.rate
        frames = fmax(frames, 1.0)
        whole = np.floor(frames)
        at, part = to_int(whole), frames - whole
        a = linear(memory.read(i, at), memory.read(i, at + 1), part)
        b = linear(memory.read(i, at, stretch), memory.read(i, at + 1, stretch), part)
        u, v = sane(left[i]), sane(right[i])
        level, back = fmin(fmax(send[i], 0.0), 100.0), fmin(fmax(feedback[i], 0.0), 0.98)
        memory.write(i, fmin(fmax(u * level + back * a, -_FULL), _FULL))
        memory.write(i, fmin(fmax(v * level + back * b, -_FULL), _FULL), stretch)
        direct = fmin(fmax(dry[i], 0.0), 100.0)
        left_out[i] = u * direct + a
        right_out[i] = v * direct + b
