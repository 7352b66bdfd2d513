"""Outdoors and outer space: wind, insects, birds, pebbles, sparks, and what old films take for the sound of a planet."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from phonon_osc.samples.kit.shape import (
    CYMBAL,
    PAD,
    RATE,
    TONE,
    Signal,
    Sound,
    bandpass,
    coloured,
    cycles_of,
    decay,
    fast_size,
    filtered,
    frequencies,
    highpass,
    lowpass,
    mixed,
    modes,
    noise,
    saturate,
    swell,
    times,
    unit,
)


def wander(t: Signal, seed: int, rate: float) -> Signal:
    """A smooth walk in about [-1, 1] that turns ``rate`` times a second."""
    points = int(t[-1] * rate) + 4
    chance = noise(points, seed)
    at = t * rate
    left = at.astype(np.intp)
    u = at - left
    u = u * u * (3.0 - 2.0 * u)
    out: Signal = chance[left] * (1.0 - u) + chance[left + 1] * u
    return out


def gust(t: Signal, seed: int, octave: Signal, low: float, q: float, steps: int = 9) -> Signal:
    """Noise through a band that moves: ``octave`` (0 to 4) above ``low`` Hz. Neighbouring bands are faded into each other."""
    size = fast_size(len(t), longest=1 << 20)
    hz = frequencies(size)
    spectrum = np.fft.rfft(noise(size, seed))
    at = np.clip(octave, 0.0, 3.999) * ((steps - 1) / 4.0)
    out = np.zeros(len(t))
    for step in range(steps):
        weight = np.maximum(1.0 - np.abs(at - step), 0.0)
        if weight.any():
            centre = low * 2.0 ** (4.0 * step / (steps - 1))
            out += np.fft.irfft(spectrum * bandpass(hz, centre, q))[: len(t)] * np.sqrt(weight * q / centre)
    return out


@dataclass(frozen=True, slots=True)
class Wind:
    """Gusts around ``low`` Hz and up to four octaves above, turning ``rate`` times a second; ``whistle`` narrows a second band."""

    low: float
    seconds: float
    rate: float = 1.2
    q: float = 1.6
    whistle: float = 0.0
    peak: float = PAD
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(self.seconds)
        breath = 0.5 + 0.5 * wander(t, seed, self.rate)
        octave = 0.6 + 1.9 * breath + 0.35 * wander(t, seed + 1, 4.0 * self.rate)
        level = (0.25 + 0.75 * breath) * swell(t, 0.18 * self.seconds, 0.4 * self.seconds, 0.42 * self.seconds)
        sides = []
        for side in (0, 1):
            x = gust(t, seed + 10 + side, octave, self.low, self.q)
            if self.whistle:
                x += self.whistle * gust(t, seed + 20 + side, octave + 1.2, self.low, 14.0)
            sides.append(x * level)
        return np.stack(sides, axis=1)


@dataclass(frozen=True, slots=True)
class Insect:
    """A carrier band at ``carrier`` Hz, as narrow as ``q``, gated ``rate`` times a second into ``chirps`` of so many pulses."""

    carrier: float
    q: float
    rate: float
    pulses: int
    gap: float
    seconds: float
    peak: float = TONE
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(self.seconds)
        period = (self.pulses + self.gap) / self.rate
        inside = (t % period) * self.rate
        gate = np.where(inside < self.pulses, np.maximum(np.sin(np.pi * (inside % 1.0)), 0.0) ** 1.5, 0.0)
        raw = filtered(
            noise(len(t), seed) * gate,
            lambda hz: bandpass(hz, self.carrier, self.q) * bandpass(hz, self.carrier, 0.5 * self.q),
        )
        harmonic = filtered(noise(len(t), seed + 1) * gate, lambda hz: bandpass(hz, 2.03 * self.carrier, self.q))
        x = unit(raw) + 0.15 * unit(harmonic)
        out: Signal = x * swell(t, 0.04, self.seconds - 0.16, 0.12) * (0.75 + 0.25 * wander(t, seed + 2, 3.0))
        return out


@dataclass(frozen=True, slots=True)
class Bird:
    """Syllables, each a whistle from one pitch to another: (Hz at first, Hz at last, seconds, pause, trill Hz)."""

    song: tuple[tuple[float, float, float, float, float], ...]
    peak: float = TONE
    note: float | None = None

    def render(self, seed: int) -> Signal:
        parts = []
        for number, (first, last, seconds, pause, trill) in enumerate(self.song):
            t = times(seconds)
            u = t / seconds
            hz = first * (last / first) ** u
            if trill:
                hz = hz * (1.0 + 0.09 * np.sin(2.0 * np.pi * trill * t))
            hz = hz * (1.0 + 0.004 * wander(t, seed + number, 60.0))
            whistle = np.sin(2.0 * np.pi * cycles_of(hz)) + 0.10 * np.sin(4.0 * np.pi * cycles_of(hz))
            parts += [whistle * np.sin(np.pi * u) ** 0.7, np.zeros(round(pause * RATE))]
        return np.concatenate(parts)


@dataclass(frozen=True, slots=True)
class Grains:
    """Pebbles, sparks, a lighter: ``count`` small hits at random in ``seconds``, ringing around ``centre`` Hz for ``tau`` s each."""

    centre: float
    count: int
    seconds: float
    tau: float = 0.004
    spread: float = 0.5
    flame: float = 0.0
    peak: float = CYMBAL
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(self.seconds + 8.0 * self.tau)
        chance = noise(3 * self.count, seed)
        x = np.zeros(len(t))
        size = round(8.0 * self.tau * RATE)
        for at, pitch, level in chance.reshape(self.count, 3):
            start = int((0.5 + 0.5 * at) ** 1.3 * self.seconds * RATE)
            hz = self.centre * 2.0 ** (self.spread * pitch)
            hit = modes(
                size / RATE, (hz, 2.41 * hz, 4.63 * hz), (1.0, 0.6, 0.3), (self.tau, 0.6 * self.tau, 0.4 * self.tau)
            )
            x[start : start + size] += (0.15 + 0.85 * abs(level)) * hit[: len(x) - start]
        scrape = filtered(
            noise(len(t), seed + 1), lambda hz: bandpass(hz, 1.3 * self.centre, 0.7) * highpass(hz, 600.0)
        )
        x = unit(x) + 0.12 * unit(scrape) * swell(t, 0.1 * self.seconds, 0.5 * self.seconds, 0.4 * self.seconds)
        if self.flame:
            roar = coloured(len(t), seed + 2, (320.0, 0.6, 1.0), (1_400.0, 0.5, 0.4))
            x += self.flame * roar * swell(np.maximum(t - 0.03, 0.0), 0.05, 0.3 * self.seconds, 0.6 * self.seconds)
        return x


@dataclass(frozen=True, slots=True)
class Saucer:
    """Two oscillators that bend each other, swept from ``start`` to ``end`` Hz, with an echo: everything extraterrestrial.

    ``cross`` is how far (in octaves) the second, at ``rate`` Hz, pulls the first; ``stairs`` quantises its path.
    """

    start: float
    end: float
    rate: float
    cross: float
    seconds: float
    stairs: int = 0
    hiss: float = 0.0
    echo: float = 0.35
    peak: float = PAD
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(self.seconds)
        u = t / self.seconds
        pull = np.sin(2.0 * np.pi * self.rate * t * (1.0 + 0.3 * u))
        if self.stairs:
            pull = np.round(pull * self.stairs + wander(t, seed, 2.0)) / self.stairs
        hz = np.clip(self.start * (self.end / self.start) ** u * 2.0 ** (self.cross * pull), 20.0, 9_000.0)
        x = np.sin(2.0 * np.pi * cycles_of(hz)) + 0.4 * np.sin(2.0 * np.pi * cycles_of(1.503 * hz))
        x *= swell(t, 0.01, 0.45 * self.seconds, 0.54 * self.seconds)
        if self.hiss:
            x += (
                self.hiss
                * 3.0
                * coloured(len(t), seed, (1.5 * self.start, 2.0, 1.0))
                * swell(t, 0.3 * self.seconds, 0.1, 0.5 * self.seconds)
            )
        sides = []
        for side in (0, 1):
            wet = x
            for repeat in (1, 2):
                late = np.zeros(round((0.113 + 0.017 * side) * repeat * RATE))
                wet = mixed(
                    wet,
                    self.echo**repeat
                    * np.concatenate([late, filtered(x, functools.partial(lowpass, cutoff=5_000.0 / repeat))]),
                )
            sides.append(wet)
        size = max(map(len, sides))
        return np.stack([np.pad(side, (0, size - len(side))) for side in sides], axis=1)


@dataclass(frozen=True, slots=True)
class Blast:
    """Noise and rumble: explosions, steam, machines. ``centre`` Hz falls by ``drop`` octaves; ``beat`` Hz chops it, ``ring`` Hz
    adds struck metal, ``rumble`` the thud below."""

    centre: float
    drop: float
    tau: float
    beat: float = 0.0
    drive: float = 1.5
    rise: float = 0.001
    ring: float = 0.0
    rumble: float = 0.7
    peak: float = CYMBAL
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(0.02 + self.rise + 6.0 * self.tau)
        octave = 3.2 - self.drop * (1.0 - decay(t, 0.7 * self.tau))
        x = gust(t, seed, octave, self.centre * 2.0**-3.2, 0.9)
        x = unit(x)
        x += self.rumble * np.sin(2.0 * np.pi * cycles_of(45.0 + 60.0 * decay(t, 0.05))) * decay(t, 0.5 * self.tau)
        if self.ring:
            x += 0.6 * modes(
                len(t) / RATE,
                [self.ring * r for r in (1.0, 1.59, 2.33, 3.41)],
                (1.0, 0.7, 0.5, 0.3),
                [self.tau / r for r in (1.0, 1.4, 2.0, 3.0)],
            )
        if self.beat:
            x *= 0.25 + 0.75 * (np.sin(2.0 * np.pi * self.beat * t) > -0.2)
        x *= (1.0 - decay(t, self.rise)) * decay(np.maximum(t - self.rise, 0.0), self.tau)
        return saturate(x, self.drive)


def _birds() -> tuple[Sound, ...]:
    songs = []
    for k in range(19):
        chance = noise(40, 700 + k)
        base = 2_200.0 * 2.0 ** (0.9 * chance[0] + 0.3)
        song = tuple(
            (
                base * 2.0 ** (0.5 * chance[5 * i + 1]),
                base * 2.0 ** (0.5 * chance[5 * i + 2]),
                0.04 + 0.10 * abs(chance[5 * i + 3]),
                0.02 + 0.07 * abs(chance[5 * i + 4]),
                (0.0, 0.0, 38.0, 24.0)[(k + i) % 4],
            )
            for i in range(1 + k % 5)
        )
        songs.append(Bird(song))
    return tuple(songs)


BANKS: dict[str, tuple[Sound, ...]] = {
    "wind": (
        Wind(180.0, 2.4),
        Wind(420.0, 1.6, 2.0, 3.0),
        Wind(120.0, 2.8, 0.8),
        Wind(260.0, 2.0, 1.5, 1.2, 0.5),
        Wind(90.0, 2.6, 0.6, 1.0),
        Wind(340.0, 1.4, 2.6, 5.0, 0.4),
        Wind(220.0, 2.2, 1.0, 2.2, 0.9),
        Wind(150.0, 1.8, 3.0, 1.4),
        Wind(520.0, 1.2, 1.8, 6.0, 1.2),
        Wind(200.0, 3.0, 0.5, 1.6, 0.25),
    ),
    "insect": (
        Insect(9_800.0, 9.0, 92.0, 60, 0.0, 1.3),  # conehead: one steady buzz
        Insect(8_300.0, 12.0, 31.0, 5, 4.0, 1.5),  # shieldback: chirps of a few pulses
        Insect(11_200.0, 5.0, 14.0, 3, 2.0, 1.4),  # meadow katydid: ticks and hisses
    ),
    "birds3": _birds(),
    "pebbles": (Grains(1_900.0, 90, 3.2, 0.006, 0.8),),
    "lighter": tuple(
        Grains(
            3_200.0 + 150.0 * (k % 9),
            3 + k % 7,
            0.03 + 0.012 * (k % 5),
            0.0025 + 0.0004 * (k % 4),
            0.6,
            (0.0, 0.25, 0.0, 0.5)[k % 4],
        )
        for k in range(33)
    ),
    "space": tuple(
        Saucer(start, end, rate, cross, 0.7 * seconds, *more)
        for start, end, rate, cross, seconds, *more in (
            (220.0, 880.0, 6.0, 0.4, 0.9),
            (1_400.0, 180.0, 11.0, 0.3, 0.7),
            (90.0, 90.0, 0.9, 1.4, 1.4),
            (640.0, 660.0, 17.0, 0.8, 0.6),
            (300.0, 2_400.0, 3.0, 0.2, 1.0, 0, 0.4),
            (880.0, 440.0, 4.0, 1.0, 0.9, 4),
            (2_600.0, 120.0, 1.0, 0.1, 1.1),
            (150.0, 600.0, 24.0, 0.5, 0.7),
            (520.0, 520.0, 7.0, 1.6, 1.1, 6),
            (1_100.0, 1_200.0, 5.5, 0.15, 0.8),
            (70.0, 140.0, 2.2, 0.9, 1.4, 0, 0.8),
            (3_200.0, 3_900.0, 13.0, 0.25, 0.5),
            (400.0, 100.0, 31.0, 0.7, 0.9),
            (240.0, 1_900.0, 9.0, 0.6, 0.6, 3),
            (1_700.0, 850.0, 2.0, 0.5, 1.0),
            (330.0, 330.0, 0.6, 0.3, 1.5),
            (5_000.0, 300.0, 40.0, 0.2, 0.5),
            (110.0, 55.0, 3.3, 1.1, 1.3, 5),
        )
    ),
    "industrial": tuple(
        Blast(
            700.0 * 2.0 ** (0.55 * (k % 7) - 1.2),
            0.4 + 0.4 * (k % 5),
            0.04 + 0.024 * ((3 * k) % 8),
            (0.0, 0.0, 17.0, 29.0, 0.0, 43.0)[k % 6],
            1.5 + 1.5 * (k % 3),
            0.001 if k % 8 else 0.12,
            (0.0, 310.0, 0.0, 190.0, 520.0)[k % 5],
        )
        for k in range(32)
    ),
    "noise": (Blast(3_000.0, 0.0, 0.35, drive=0.8, rumble=0.0),),
    "fx": (
        Saucer(200.0, 3_000.0, 8.0, 0.1, 1.0),
        Saucer(3_000.0, 150.0, 8.0, 0.1, 1.0),
        Blast(900.0, 2.6, 0.28),
        Blast(5_000.0, -0.6, 0.16, rise=0.50, rumble=0.0),
        Grains(2_600.0, 40, 0.8, 0.010, 1.2),
        Saucer(880.0, 880.0, 12.0, 0.08, 0.8, 0, 0.0, 0.6),
    ),
}
