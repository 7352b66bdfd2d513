"""Sparse noise."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import shift_right
from dsp.math.noise import hash32
from dsp.math.phase import phase_step

_CELL = 0x7FFFFFFF  # length of a cell, as a phase


@kind(
    seeded=True,
    ints=("angle", "cell"),
    reference="M. Karjalainen and H. Jarvelainen, 'Reverberation modeling using velvet noise' (AES 30th conference, 2007)",
    density=Param(
        2000.0,
        0.0,
        48000.0,
        Unit.HZ,
        curve=Curve.EXPONENTIAL,
        doc="Impulses per second; 1500 and more sound smooth.",
    ),
)
def velvet(density: Any, y: Any, state: Any, seed: Any, n: Any, env: Any) -> None:
    """White noise of single samples, 1 or -1: one at a random place in every 1 / density seconds. Smoother than ``white``."""
    angle, cell = state.angle, state.cell
    base = hash32(seed)
    step = phase_step(0.5 * np.abs(density[0]), env.dt)
    for i in range(n):
        if density.moving:
            step = phase_step(0.5 * np.abs(density[i]), env.dt)
        this, following = hash32(base + cell), hash32(base + cell + 1)  # sign and place of the impulse in its cell
        ahead = (this & _CELL) - angle
        angle = angle + step
        over = shift_right(angle, 31)
        angle = angle & _CELL
        here = (ahead >= 0) & (ahead < step)
        beyond = (over != 0) & ((following & _CELL) < angle)
        y[i] = np.where(here, np.where(this < 0, -1.0, 1.0), 0.0) + np.where(
            beyond, np.where(following < 0, -1.0, 1.0), 0.0
        )
        cell = cell + over
    state.angle, state.cell = angle, cell
