"""Wavetables: frames of one period each, between which ``wt`` moves. Each table is a way from one spectrum to another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phonon_osc.samples.kit.default_set import WAVETABLES
from phonon_osc.samples.kit.names import counts
from phonon_osc.samples.kit.shape import Exact, Signal, Sound, noise

PERIOD = 2048  # points of a frame
_FRAMES = 16
_HARMONICS = 128


@dataclass(frozen=True, slots=True)
class Wavetable(Exact):
    """``steps`` holds the wave in so many levels (0: smooth), ``grit`` mixes harmonics at random in, ``fold`` folds it over."""

    steps: int
    grit: float
    fold: float
    peak: float = 1.0
    note: float | None = None

    def render(self, seed: int) -> Signal:
        n = np.arange(1, _HARMONICS + 1)
        chance = noise(2 * _HARMONICS, seed).reshape(2, _HARMONICS)
        turn = 2.0 * np.pi * np.outer(n, np.arange(PERIOD) / PERIOD)
        rows = []
        for frame in range(_FRAMES):
            place = frame / (_FRAMES - 1)
            levels = n ** -(2.0 - 1.2 * place) * (1.0 + self.grit * place * chance[0] * 3.0)
            wave = levels @ np.sin(turn + self.grit * np.pi * chance[1][:, None])
            wave /= np.abs(wave).max()
            if self.fold:
                wave = np.sin((1.0 + 4.0 * self.fold * place) * wave * np.pi / 2.0)
            if self.steps:
                wave = np.round(wave * self.steps) / self.steps
            wave -= wave.mean()
            rows.append(wave / np.abs(wave).max())
        return np.concatenate(rows)


_STYLES = (
    Wavetable(0, 0.0, 0.0),
    Wavetable(3, 0.1, 0.2),
    Wavetable(0, 0.4, 0.0),
    Wavetable(2, 0.3, 0.6),
    Wavetable(0, 0.1, 1.0),
    Wavetable(6, 0.6, 0.3),
    Wavetable(1, 0.2, 0.8),
)
BANKS: dict[str, tuple[Sound, ...]] = {
    name: tuple(_STYLES[(row + n) % len(_STYLES)] for n in range(count))
    for row, (name, count) in enumerate(counts(WAVETABLES).items())
}
