"""Delay lines: clean inputs, and reading between two frames."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import inline, to_int
from dsp.math.interpolate import cubic, linear


@inline
def sane(x: Any) -> Any:
    """The input, or 0 if it is not a number or too large: not-a-number in a loop would stay for ever."""
    return np.where(np.abs(x) < 1e4, x, 0.0)


@inline
def read_linear(memory: Any, i: Any, frames: Any, offset: Any) -> Any:
    """The value ``frames`` (0 or more) before row i, by linear interpolation."""
    whole = np.floor(frames)
    at = to_int(whole)
    return linear(memory.read(i, at, offset), memory.read(i, at + 1, offset), frames - whole)


@inline
def read_cubic(memory: Any, i: Any, frames: Any, offset: Any) -> Any:
    """The value ``frames`` before row i, by cubic interpolation; at least 1 frame, at least 2 if row i is not written yet."""
    whole = np.floor(frames)
    at = to_int(whole)
    before, first = memory.read(i, at - 1, offset), memory.read(i, at, offset)
    second, after = memory.read(i, at + 1, offset), memory.read(i, at + 2, offset)
    return cubic(before, first, second, after, frames - whole)
