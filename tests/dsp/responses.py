"""Frequency responses of kinds, measured with an impulse, and analogue responses to compare them with."""

from __future__ import annotations

import numpy as np

from dsp.lanes import LANES
from harness import render

RATE = 48000.0
FRAMES = 16384
CUTOFFS = np.geomspace(200.0, 15000.0, LANES)
BINS = np.unique(np.geomspace(10, FRAMES * 0.48, 400).astype(int))
HERTZ = BINS * RATE / FRAMES


def impulse(frames: int = FRAMES, height: float = 1.0) -> np.ndarray:
    x = np.zeros((frames, LANES), np.float32)
    x[0] = height
    return x


def responses(kind: str, height: float = 1.0, **params: object) -> dict[str, np.ndarray]:
    """Complex response of every lane at ``HERTZ`` for each output: (frequencies, LANES)."""
    outs = render(kind, FRAMES, inputs={"x": impulse(height=height)}, params=params)
    return {name: np.fft.rfft(h.astype(np.float64), axis=0)[BINS] / height for name, h in outs.items()}


def response(kind: str, height: float = 1.0, **params: object) -> np.ndarray:
    """The response of a kind with a single output."""
    (h,) = responses(kind, height, **params).values()
    return h


def warped(cutoff: np.ndarray) -> np.ndarray:
    """s / (cutoff in radians) under the bilinear transform, prewarped: (frequencies, LANES)."""
    return 1j * np.tan(np.pi * HERTZ / RATE)[:, None] / np.tan(np.pi * np.minimum(cutoff / RATE, 0.49))[None]


def levels(h: np.ndarray) -> np.ndarray:
    return np.asarray(20 * np.log10(np.abs(h) + 1e-9))


def assert_levels(got: np.ndarray, want: np.ndarray, tolerance: float = 0.1, floor: float = -70.0) -> None:
    """Levels in dB agree where they are above the floor; where the expected level is below the floor, the level is too."""
    a, b = levels(got), levels(want)
    heard = b > floor
    assert np.abs(a - b)[heard].max() < tolerance
    assert (a[~heard] < floor + 1.0).all()
