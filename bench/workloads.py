"""The workloads for all engines: the parameters of each voice, and the level of the result.

The three numbers of a voice come from low-discrepancy sequences, so that engines in different languages play the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

RATE = 48000  # Hz
GOLDEN = (0.6180339887498949, 0.7548776662466927, 0.5698402909980532)
SETTLED = 0.5  # seconds after which levels are compared

ATTACK, DECAY, SUSTAIN, RELEASE = 0.01, 0.1, 0.7, 0.2  # the linear envelope of W2 to W5
FEEDBACK, DAMPING, MIX, ROOM, DAMP = 0.6, 0.3, 0.33, 0.7, 0.5  # W5: the delay's two, the reverb's three
NOTE = 0.05  # seconds, W6
NOTES_PER_SECOND = 2000  # W6
NOTE_SHAPE = ((0.005, 1.0), (0.010, 0.7), (0.020, 0.7), (0.015, 0.0))  # W6: seconds to a level, from 0

SAMPLE_FRAMES = 2 * RATE
SAMPLE_RMS = 0.1834  # of each channel: 200 voices of W4 are then at 0.0454
_SAMPLE_ROOTS = (110.0, 164.5)  # Hz, left and right; whole numbers of cycles in two seconds
_SAMPLE_TOP = 4000.0  # Hz: linear interpolation dulls the sample by a tenth of a decibel

Controls = dict[str, float]


def sequence(i: int) -> tuple[float, float, float]:
    """The three low-discrepancy numbers of voice ``i``, each from 0 to 1."""
    u, v, w = (((i + 1) * g) % 1.0 for g in GOLDEN)
    return u, v, w


def sines(i: int, n: int) -> Controls:
    """W1, voice ``i`` of ``n``: freq in Hz, pan from -1 to 1, amplitude."""
    u, v, _ = sequence(i)
    return {"freq": 55.0 * 2 ** (5 * u), "pan": 2 * v - 1, "amp": 0.5 / math.sqrt(n)}


def acid(i: int, n: int) -> Controls:
    """W2, voice ``i`` of ``n``: freq, cutoff and lfo in Hz, pan from -1 to 1, amplitude."""
    u, v, w = sequence(i)
    return {
        "freq": 55.0 * 2 ** (4 * u),
        "cutoff": 400.0 * 2 ** (2.5 * w),
        "lfo": 0.1 + 0.9 * v,
        "pan": 2 * v - 1,
        "amp": 0.5 / math.sqrt(n),
    }


def fm(i: int, n: int) -> Controls:
    """W3: frequency of the carrier and of its modulator, and the deviation (index times modulator), all in Hz."""
    u, v, w = sequence(i)
    freq = 55.0 * 2 ** (4 * u)
    modulator = freq * (1.0 + 0.5 * (i % 5))
    return {
        "freq": freq,
        "modulator": modulator,
        "deviation": modulator * (1.0 + 3.0 * w),
        "pan": 2 * v - 1,
        "amp": 0.5 / math.sqrt(n),
    }


def samples(i: int, n: int) -> Controls:
    """W4: speed of the looped sample, balance, amplitude."""
    u, v, _ = sequence(i)
    return {"rate": 2 ** (2 * u - 1), "pan": 2 * v - 1, "amp": 0.5 / math.sqrt(n)}


def orbits(i: int, n: int) -> Controls:
    """W5, the voice of orbit ``i`` of ``n``. See also ``delay_time``."""
    return {**acid(i, n), "amp": 0.3 / math.sqrt(n)}


def churn(i: int, n: int) -> Controls:
    """W6, note ``i``. A hundred notes sound at a time, whatever their number."""
    return acid(i, round(NOTES_PER_SECOND * NOTE))


@dataclass(frozen=True)
class Workload:
    """``count``: number of voices (W5: orbits, W6: notes). ``variants``: the usual one comes first."""

    parameters: Callable[[int, int], Controls]
    count: int
    variants: tuple[str, ...]


WORKLOADS = {
    "W1": Workload(sines, 400, ("ar",)),
    "W2": Workload(acid, 400, ("kr",)),
    "W3": Workload(fm, 400, ("fm",)),
    "W4": Workload(samples, 200, ("cubic", "linear")),
    "W5": Workload(orbits, 12, ("fx",)),
    "W6": Workload(churn, 10000, ("self",)),
}


def voices(workload: str, n: int) -> list[Controls]:
    """The controls of all ``n`` voices of a workload."""
    return [WORKLOADS[workload].parameters(i, n) for i in range(n)]


def delay_time(orbit: int) -> float:
    """W5: the delay time in seconds."""
    return 0.15 + 0.3465 * sequence(orbit)[2]


def onset_frame(workload: str, i: int) -> int:
    """The frame at which voice ``i`` starts. All voices start together, except the notes of W6."""
    return i * RATE // NOTES_PER_SECOND if workload == "W6" else 0


def length(workload: str, n: int, seconds: float) -> float:
    """Seconds of sound: ``seconds``, or the length of the ``n`` notes of W6."""
    return n / NOTES_PER_SECOND if workload == "W6" else seconds


def voice_blocks(workload: str, n: int, seconds: float) -> float:
    """Number of blocks of 64 frames that are computed for all voices together."""
    return n * (NOTE if workload == "W6" else seconds) * RATE / 64


def sample() -> np.ndarray:
    """The sample of W4, (frames, 2) float32: another sum of harmonics on each side, which loops without a click."""
    t = np.arange(SAMPLE_FRAMES) / RATE
    sides = []
    for root in _SAMPLE_ROOTS:
        sound = np.zeros(SAMPLE_FRAMES)
        for k in range(1, int(_SAMPLE_TOP / root) + 1):
            sound += np.sin(2 * math.pi * (k * root * t + GOLDEN[0] * k * k)) / k
        sides.append(sound * (SAMPLE_RMS / np.sqrt(np.mean(sound**2))))
    return np.stack(sides, axis=1).astype(np.float32)


def levels(sound: np.ndarray) -> tuple[float, float]:
    """RMS left and right of a (frames, 2) sound at ``RATE``.

    The first half second is left out (or the first half of a shorter sound). In it, all sines of W1 start at phase 0 and reach three
    times full scale, which our master guard turns down and scsynth writes as it is. After it, all decays are over.
    """
    begin = min(round(SETTLED * RATE), len(sound) // 2)
    left, right = np.sqrt(np.mean(sound[begin:].astype(np.float64) ** 2, axis=0))
    return float(left), float(right)
