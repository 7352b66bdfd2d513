"""Drum breaks: whole bars at the tempo in the folder's name, and one break cut into its eighths.

A break is exactly as many frames long as its beats take, and its first hit is its first frame. So a cycle of the same tempo holds it
without a gap, and the slices that ``chop``, ``slice`` and ``splice`` cut begin on its hits.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from phonon_osc.samples.kit.drums import Cymbal, Kick, Snare
from phonon_osc.samples.kit.shape import DRUM, RATE, Seamless, Signal, Sound, coloured, noise, saturate, unit
from phonon_osc.samples.kit.treated import Roomy, Through

STEPS = 4  # sixteenths of a beat
BEATS = 4  # beats of a bar
_LEVELS = {"X": 1.0, "x": 0.7, "o": 0.28}  # accent, stroke, ghost note; any other letter is a rest


@dataclass(frozen=True, slots=True)
class Part:
    """One drum of a break: what it plays, a letter for each sixteenth, and how loud it is in the mix."""

    drum: Sound
    steps: str
    level: float = 1.0


@dataclass(frozen=True, slots=True)
class Break(Seamless):
    """``bars`` of four beats at ``bpm``. Parts shorter than that are repeated.

    ``drive`` saturates the whole, ``dust`` is the level of a record's noise under it.
    """

    bpm: float
    bars: int
    parts: tuple[Part, ...]
    drive: float = 1.2
    dust: float = 0.003
    peak: float = DRUM
    note: float | None = None

    @property
    def frames(self) -> int:
        """The length, to the nearest frame."""
        return round(self.bars * BEATS * 60.0 / self.bpm * RATE)

    def render(self, seed: int) -> Signal:
        size, steps = self.frames, self.bars * BEATS * STEPS
        out = np.zeros(size)
        for number, part in enumerate(self.parts):
            one, other = (unit(part.drum.render(seed + 10 * number + take)) for take in range(2))
            # No two strokes of a hand are alike: each is a mixture of two recordings, more or less loud.
            mixes, touch = noise(2 * steps, seed + 10 * number + 9).reshape(2, steps)
            for step in range(steps):
                level = part.level * _LEVELS.get(part.steps[step % len(part.steps)], 0.0)
                if level:
                    at = round(step * size / steps)
                    hit = (one + mixes[step] * other)[: size - at]
                    out[at : at + len(hit)] += level * (1.0 + 0.3 * touch[step]) * hit
        out += self.dust * coloured(size, seed + 99, (900.0, 0.4, 1.0), (6_000.0, 0.5, 0.6))
        return saturate(unit(out), self.drive)


@dataclass(frozen=True, slots=True)
class Slice(Seamless):
    """Part ``k`` of ``count`` equal parts of a break: what a sampler's user has cut out of it."""

    whole: Break
    k: int
    count: int
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        """The same recording for every slice, so the seed of the single slice is left unused."""
        frames = _recording(self.whole)
        first, end = (round(k * len(frames) / self.count) for k in (self.k, self.k + 1))
        return frames[first:end].copy()


@functools.lru_cache(maxsize=1)
def _recording(whole: Break) -> Signal:
    return whole.render(round(whole.bpm))


def _drums(low: float, crack: float, bright: float, room: float) -> tuple[Sound, Sound, Sound, Sound]:
    """A set played live in a small room: kick, snare, ride, crash."""
    kick = Roomy(Kick(low, (58.0, 0.020), 0.03, 0.075, (0.45, 2_600.0), 0.55, 1.5), 0.5 * room, 0.25)
    snare = Roomy(Snare(crack, 0.060, 0.85, 4_600.0, 0.070, 0.45, 1.5), room, 0.45)
    ride = Cymbal(0.100, 900.0, bright, 0.30, 0.6, 0.5, 0.5, 0.30, 3.0 * crack)
    return kick, snare, ride, Cymbal(0.200, 600.0, bright, 0.6, 0.3, 0.4, 0.5, 0.80)


def _sampled(rate: float, drums: tuple[Sound, ...]) -> tuple[Sound, ...]:
    """The same set with its kick and its snare through an early sampler."""
    return (*(Through(drum, rate, 9.0) for drum in drums[:2]), *drums[2:])


def _funk(bpm: float, drums: tuple[Sound, ...], kick: str, snare: str, ride: str) -> Break:
    """Two bars; ``kick``, ``snare`` and ``ride`` are one letter for each sixteenth of them."""
    return Break(bpm, 2, (Part(drums[0], kick), Part(drums[1], snare, 0.85), Part(drums[2], ride, 0.35)))


_EIGHTHS = "x.x.x.x."
_SYNCOPATED = "X.X.......XX...."  # the kick of the breaks that all others come from
_GHOSTED = "....X..o.o..X..o"

_SET_AMEN = _sampled(26_000.0, _drums(72.0, 236.0, 11_500.0, 0.075))
# Four bars at 136: two alike, one with its last backbeat late, one that begins late and ends with a crash.
AMEN = Break(
    136.0,
    4,
    (
        Part(_SET_AMEN[0], _SYNCOPATED * 2 + "X.X.......X....." + "..XX......X....."),
        Part(_SET_AMEN[1], _GHOSTED * 2 + "....X..o.o....X." + ".o..X..o.o....X.", 0.85),
        Part(_SET_AMEN[2], _EIGHTHS * 7 + "x.......", 0.35),
        Part(_SET_AMEN[3], "." * 58 + "X.....", 0.5),
    ),
    1.6,
    0.006,
)

BANKS: dict[str, tuple[Sound, ...]] = {
    "breaks125": (
        _funk(125.0, _drums(64.0, 212.0, 14_000.0, 0.060), "X..x..x...x..x..X..x..x...x.....", _GHOSTED * 2, _EIGHTHS),
        _funk(125.0, _drums(58.0, 188.0, 12_000.0, 0.110), "X.....x.x.X.....", "....X..o....X.o.", "xoxo"),
    ),
    "breaks152": (
        _funk(152.0, _sampled(28_000.0, _drums(66.0, 224.0, 12_500.0, 0.050)), _SYNCOPATED, _GHOSTED, _EIGHTHS),
    ),
    "breaks157": (
        _funk(
            157.0, _drums(61.0, 246.0, 13_500.0, 0.045), "X.x.......x..x..X.........x.x...", "....X..o.o..X...", "x.xo"
        ),
    ),
    "breaks165": (
        _funk(
            165.0,
            _sampled(30_000.0, _drums(69.0, 258.0, 13_000.0, 0.055)),
            "X.X.......XX....X.X.......X.....",
            "....X..o.o..X..o....X..o.o....X.",
            _EIGHTHS,
        ),
    ),
    "amencutup": tuple(Slice(AMEN, k, 32) for k in range(32)),
    "amen": (Slice(AMEN, 0, 1),),
}
