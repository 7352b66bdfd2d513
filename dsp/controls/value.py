"""A parameter as a signal."""

from __future__ import annotations

from typing import Any

from dsp.kind import Param, kind
from dsp.math.interpolate import any_number


@kind(reference="identity", value=Param(0.0, -1e9, 1e9, doc="What comes out."))
def value_(value: Any, y: Any, n: Any, env: Any) -> None:
    """The parameter's value, row by row: a constant, a control, or whatever is patched into it."""
    for i in range(n):
        y[i] = any_number(value[i])
