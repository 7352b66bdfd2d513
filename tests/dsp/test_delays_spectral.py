"""The spectral delay, compared with its sixteen filters and delays, each computed separately."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from dsp.lanes import LANES
from harness import render

RATE = 48000.0
FRAMES = 14400


def bpf(x: np.ndarray, freq: float, rq: float) -> np.ndarray:
    """scsynth's band-pass."""
    w = 2 * np.pi * freq / RATE
    c, d = 1 / np.tan(rq * w / 2), 2 * np.cos(w)
    a0 = 1 / (1 + c)
    return np.asarray(lfilter([a0, 0, -a0], [1, -c * d * a0, -(1 - c) * a0], x))


def by_hand(x: np.ndarray, mask: int, time: float) -> np.ndarray:
    """Bands are numbered 1 to 16; a delay is at least one frame."""
    y = 0.2 * x
    for number in range(1, 17):
        late = max(round((number & mask) / 16 * 0.2 * time * RATE), 1)
        band = bpf(x, 40 * (17000 / 40) ** ((number - 1) / 15), 0.005)
        y[late:] += 4 * band[: len(x) - late]
    return y


def test_spectral_delay_is_sixteen_band_passes_each_late_by_its_number() -> None:
    x = np.random.default_rng(6).uniform(-0.5, 0.5, FRAMES)
    cases = [(0, 1.0), (20, 0.6), (31, 1.0), (13, 0.37), (16, 0.0), (32 + 4, 0.8)]
    masks, times = (np.resize([case[k] for case in cases], LANES) for k in (0, 1))
    x_rows = np.tile(np.float32(x)[:, None], (1, LANES))
    y = render("spectral_delay", FRAMES, inputs={"x": x_rows}, params={"mask": masks, "time": times})["y"]
    for lane, (mask, time) in enumerate(cases):
        want = by_hand(x, mask, time)
        assert y[:, lane] == pytest.approx(want, abs=2e-3 * np.abs(want).max()), f"mask {mask}, time {time}"
