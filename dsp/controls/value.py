"""A parameter as a signal."""

from __future__ import annotations

from typing import Any

from dsp.kind import Param, kind
from dsp.math.interpolate import any_number


@kind(reference="identity", value=Param(0.0, -1e9, 1e9, doc="Value of the output."))
def value_(value: Any, y: Any, n: Any, env: Any) -> None:
    """The parameter as a signal: a constant, a control, or what is patched into the control."""
    for i in range(n):
        y[i] = any_number(value[i])
