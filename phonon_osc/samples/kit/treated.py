"""What is done to a sound after it is made: old converters, rooms, overdrive, turning it round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phonon_osc.samples.kit.shape import (
    DRUM,
    Signal,
    Sound,
    filtered,
    highpass,
    lowpass,
    mixed,
    noise,
    sampled,
    saturate,
    times,
    unit,
)


@dataclass(frozen=True, slots=True)
class Through:
    """Another recipe as a sampling drum machine of ``rate`` Hz and ``bits`` plays it."""

    sound: Sound
    rate: float
    bits: float
    top: float = 0.42
    note: float | None = None

    @property
    def peak(self) -> float:
        return self.sound.peak

    def render(self, seed: int) -> Signal:
        return sampled(self.sound.render(seed), self.rate, self.bits, self.top)


@dataclass(frozen=True, slots=True)
class Roomy:
    """A sound in a room that rings ``tau`` s, ``wet`` of it; noise with a decaying envelope is all a small room is."""

    sound: Sound
    tau: float
    wet: float = 0.4
    gate: float = 0.0
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        dry = self.sound.render(seed)
        dry = unit(dry)
        t = times(5.0 * self.tau)
        tail = noise(len(t), seed + 77) * np.exp(-t / self.tau) * (1.0 - np.exp(-t / 0.004))
        size = 1 << (len(dry) + len(tail) - 1).bit_length()
        wet: Signal = np.fft.irfft(np.fft.rfft(dry, size) * np.fft.rfft(tail, size))[: len(dry) + len(tail)]
        wet = filtered(wet, lambda hz: highpass(hz, 180.0) * lowpass(hz, 6_500.0))
        out = mixed(dry, self.wet * unit(wet))
        if self.gate:
            out *= np.exp(-np.maximum(np.arange(len(out)) / 48_000.0 - self.gate, 0.0) / 0.006)
        return out


@dataclass(frozen=True, slots=True)
class Driven:
    """A sound overdriven and cut off above ``top`` Hz."""

    sound: Sound
    drive: float
    top: float = 12_000.0
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        x = self.sound.render(seed)
        return filtered(saturate(unit(x), self.drive), lambda hz: lowpass(hz, self.top))


@dataclass(frozen=True, slots=True)
class Reversed:
    """A sound backwards."""

    sound: Sound
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        x = self.sound.render(seed)
        x = x[: int(np.flatnonzero(np.abs(x) > 0.01 * np.abs(x).max())[-1])][::-1]
        return x * np.minimum(np.arange(len(x))[::-1] / 300.0, 1.0)


@dataclass(frozen=True, slots=True)
class Both:
    """Two sounds at once, the second ``after`` seconds later."""

    first: Sound
    second: Sound
    after: float = 0.0
    level: float = 0.8
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        first, second = self.first.render(seed), self.second.render(seed + 1)
        late = np.zeros(round(self.after * 48_000))
        return mixed(unit(first), np.concatenate([late, self.level * unit(second)]))


def crushed(rate: float, bits: float, *sounds: Sound) -> tuple[Sound, ...]:
    return tuple(Through(sound, rate, bits) for sound in sounds)
