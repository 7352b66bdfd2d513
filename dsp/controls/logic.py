"""Conditions as signals: 1 where they hold, else 0. A signal is true above 0.5, as a gate is."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, kind
from dsp.lanes import fmax

_PAIR = ("x", "other")
_TRUE = 0.5  # above it a signal counts as true


@kind(ins=_PAIR, reference="comparison")
def below(x: Any, other: Any, y: Any, n: Any, env: Any) -> None:
    """1 while the first signal is below the second, else 0."""
    for i in range(n):
        y[i] = np.where(x[i] < other[i], 1.0, 0.0)


@kind(
    ins=_PAIR,
    reference="comparison",
    tolerance=Param(0.0, 0.0, 1e9, doc="Largest difference at which they still count as equal."),
)
def equal(x: Any, other: Any, tolerance: Any, y: Any, n: Any, env: Any) -> None:
    """1 while two signals are equal, else 0."""
    for i in range(n):
        y[i] = np.where(np.abs(x[i] - other[i]) <= fmax(tolerance[i], 0.0), 1.0, 0.0)


@kind(ins=_PAIR, reference="logic")
def and_(x: Any, other: Any, y: Any, n: Any, env: Any) -> None:
    """1 while both signals are true (above 0.5), else 0."""
    for i in range(n):
        y[i] = np.where((x[i] > _TRUE) & (other[i] > _TRUE), 1.0, 0.0)


@kind(ins=_PAIR, reference="logic")
def or_(x: Any, other: Any, y: Any, n: Any, env: Any) -> None:
    """1 while at least one signal is true (above 0.5), else 0."""
    for i in range(n):
        y[i] = np.where((x[i] > _TRUE) | (other[i] > _TRUE), 1.0, 0.0)


@kind(ins=_PAIR, reference="logic")
def xor(x: Any, other: Any, y: Any, n: Any, env: Any) -> None:
    """1 while exactly one of two signals is true (above 0.5), else 0."""
    for i in range(n):
        y[i] = np.where((x[i] > _TRUE) ^ (other[i] > _TRUE), 1.0, 0.0)


@kind(ins=("x",), reference="logic")
def not_(x: Any, y: Any, n: Any, env: Any) -> None:
    """0 while the signal is true (above 0.5), else 1."""
    for i in range(n):
        y[i] = np.where(x[i] > _TRUE, 0.0, 1.0)
