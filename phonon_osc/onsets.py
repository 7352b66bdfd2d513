"""Finds onsets in a recording: jumps of the energy from one 10 ms window to the next."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WINDOW = 0.01  # seconds
RISE = 2.0  # energy of an onset, relative to the mean of the windows just before it
BEFORE = 3  # number of these windows
FLOOR_DB = -50.0  # windows further below the loudest one do not count
REST = 5  # windows after an onset in which no other onset counts


def onsets(audio: NDArray[np.float32], rate: float) -> list[float]:
    """Times of the onsets in a (frames, channels) recording, in seconds.

    A window is an onset if it has ``RISE`` times the mean energy of the ``BEFORE`` windows before it, is not more than 50 dB
    below the loudest one, and 50 ms have passed since the last onset.
    """
    size = round(WINDOW * rate)
    count = len(audio) // size
    if not count:
        return []
    energy = np.square(audio[: count * size], dtype=np.float64).sum(axis=1).reshape(count, size).mean(axis=1)
    floor = energy.max() * 10.0 ** (FLOOR_DB / 10.0)
    found: list[int] = []
    for window, now in enumerate(energy):
        before = energy[max(0, window - BEFORE) : window]
        quiet = float(before.mean()) if len(before) else 0.0
        rested = not found or window - found[-1] >= REST
        if now > floor and now > RISE * quiet and rested and energy.max() > 0.0:
            found.append(window)
    return [window * WINDOW for window in found]
