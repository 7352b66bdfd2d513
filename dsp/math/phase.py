"""Phases of oscillators as 32-bit integers: 2^32 is one cycle, so they wrap by themselves and never drift."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import fmax, fmin, inline, to_float, to_int

CYCLE = 4294967296.0
QUARTER = 1 << 30
HALF = -(1 << 31)  # half a cycle, as a signed number


@inline
def phase_step(freq: Any, dt: Any) -> Any:
    """The step of a phase per frame; freq in Hz, positive or negative, clamped to 0.499 of the rate."""
    return to_int(fmin(fmax(freq * dt, -0.499), 0.499) * CYCLE)


@inline
def to_phase(cycles: Any) -> Any:
    """Any number of cycles as a phase (whole cycles are dropped); resolution 2^-24 cycles or better."""
    return to_int(fmin(fmax(cycles - np.floor(cycles + 0.5), -0.5), 0.49999997) * CYCLE)


@inline
def from_phase(phase: Any) -> Any:
    """A phase as cycles, -0.5..0.5."""
    return to_float(phase) * (1.0 / CYCLE)


@inline
def from_phase_up(phase: Any) -> Any:
    """A phase as cycles, 0..1."""
    t = from_phase(phase)
    return np.where(t < 0.0, t + 1.0, t)
