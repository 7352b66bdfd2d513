"""A TR-909: three voices of sines bent out of triangles, noise, and cymbals sampled to six bits.

It is also what the plain names sound like, because Dirt's own `bd sn lt mt ht cp rm hc ho cr cc oc co` are 909s, one file per
position of the knobs. Knobs run from 0 to 1; circuits after Roland's service notes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phonon_osc.samples.kit.drums import Cymbal
from phonon_osc.samples.kit.shape import (
    DRUM,
    Signal,
    Sound,
    coloured,
    decay,
    filtered,
    highpass,
    lowpass,
    mixed,
    noise,
    saturate,
    sweep,
    times,
)
from phonon_osc.samples.kit.treated import Through

_0, _3, _7, _A = 0.0, 0.3, 0.7, 1.0


def _bent(phase: Signal) -> Signal:
    """A triangle through diodes: a sine with a little third harmonic left."""
    out: Signal = np.sin(phase) - 0.045 * np.sin(3.0 * phase) + 0.012 * np.sin(5.0 * phase)
    return out


@dataclass(frozen=True, slots=True)
class Bass:
    """``tune`` lengthens the fall of the pitch, ``attack`` is the click, ``ring`` the decay."""

    tune: float
    attack: float
    ring: float
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        tau = 0.048 + 0.12 * self.ring
        t = times(0.06 + 6.5 * tau)
        fall = 0.014 + 0.034 * self.tune
        phase = sweep(t, 49.0 + 5.0 * self.tune, (52.0 + 46.0 * self.tune, fall), (310.0, 0.0042))
        hold = np.maximum(t - 0.028, 0.0)
        body = _bent(phase + 0.35) * decay(hold, tau)
        short = times(0.04)
        pulse = np.where(short < 0.0009, 1.0, 0.0) + 0.5 * noise(len(short), seed) * decay(short, 0.005)
        click = filtered(pulse, lambda hz: lowpass(hz, 3_200.0) * highpass(hz, 140.0))
        return saturate(mixed(body, (0.10 + 1.3 * self.attack) * click), 1.5)


@dataclass(frozen=True, slots=True)
class Snare:
    """``tune`` of the two oscillators, ``tone`` the length of the low-passed noise, ``snappy`` the level of the high one."""

    tune: float
    tone: float
    snappy: float
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(0.08 + 6.5 * (0.055 + 0.055 * self.tone))
        pitch = 160.0 + 75.0 * self.tune
        low = _bent(sweep(t, pitch, (0.75 * pitch, 0.011), start_phase=0.3)) * decay(t, 0.040)
        high = _bent(sweep(t, 1.71 * pitch, (0.6 * pitch, 0.008), start_phase=0.8)) * decay(t, 0.024)
        raw = noise(len(t), seed)
        under = filtered(raw, lambda hz: lowpass(hz, 3_600.0 + 4_000.0 * self.tone) * highpass(hz, 450.0))
        over = filtered(raw, lambda hz: highpass(hz, 2_600.0, 0.8) * lowpass(hz, 12_000.0))
        # Oscillators and noise leave by one mixer: with the wires up, the skin is softer.
        level = (0.45 + 0.35 * self.tone) * decay(t, 0.036 + 0.045 * self.tone)
        rattle = (0.15 + 1.15 * self.snappy) * (0.5 * decay(t, 0.020) + 0.5 * decay(t, 0.055 + 0.055 * self.tone))
        return saturate(0.75 * low + 0.42 * high + under * level + over * rattle, 1.5)


@dataclass(frozen=True, slots=True)
class Tom:
    """Three oscillators over ``pitch`` Hz, all bent by one envelope; ``ring`` the decay."""

    pitch: float
    ring: float
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        tau = (0.060 + 0.17 * self.ring) * (110.0 / self.pitch) ** 0.35
        t = times(0.05 + 6.5 * tau)
        x = np.zeros(len(t))
        for ratio, share, rest in ((1.0, 1.0, 1.0), (1.5, 0.42, 0.45), (1.93, 0.26, 0.3)):
            bend = (0.32 * ratio * self.pitch, 0.06 + 0.03 * self.ring)
            x += (
                share
                * _bent(sweep(t, ratio * self.pitch, bend, (0.9 * ratio * self.pitch, 0.004)))
                * decay(t, rest * tau)
            )
        skin = coloured(len(t), seed, (12.0 * self.pitch, 0.6, 1.0), top=5_000.0)
        return saturate(x + 0.28 * skin * (0.8 * decay(t, 0.006) + 0.2 * decay(t, 0.05)), 1.3)


@dataclass(frozen=True, slots=True)
class Clap:
    """Four bursts of noise around 1.1 kHz and a reverb of the same, ``room`` loud and ``tail`` s long."""

    room: float
    tail: float
    centre: float = 1_120.0
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(0.04 + 6.0 * self.tail)
        hands = coloured(len(t), seed, (self.centre, 1.5, 1.0), (2.5 * self.centre, 1.0, 0.35), top=8_500.0)
        gap = 0.0115
        teeth = np.where(t < 3.0 * gap, np.exp(-(t % gap) / 0.0038), np.exp(-np.maximum(t - 3.0 * gap, 0.0) / 0.013))
        wide = coloured(len(t), seed + 1, (0.9 * self.centre, 0.8, 1.0), top=6_000.0)
        room = self.room * decay(np.maximum(t - 3.0 * gap, 0.0), self.tail) * np.minimum(t / 0.02, 1.0)
        return saturate(hands * teeth + wide * room, 1.6)


@dataclass(frozen=True, slots=True)
class Rim:
    """Three networks and a diode: hard, hollow, gone in 30 ms."""

    tune: float = 1.0
    tau: float = 0.0062
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(8.0 * self.tau)
        x = mixed(
            *(
                share * np.sin(sweep(t, self.tune * pitch)) * decay(t, ring * self.tau)
                for pitch, share, ring in (
                    (218.0, 0.35, 1.0),
                    (492.0, 0.8, 1.0),
                    (995.0, 1.0, 0.9),
                    (1_750.0, 0.7, 0.6),
                )
            )
        )
        return filtered(saturate(x, 3.5), lambda hz: highpass(hz, 420.0) * lowpass(hz, 11_000.0))


def hat(tau: float, choke: float = 0.0, low: float = 2_600.0) -> Sound:
    return Through(
        Cymbal(tau, low, 15_500.0, wash=0.55, stick=0.35, slope=0.7, damping=0.45, choke=choke), 32_000.0, 6.0, 0.46
    )


def crash(tau: float, low: float = 380.0) -> Sound:
    cymbal = Cymbal(tau, low, 14_000.0, wash=0.6, stick=0.15, slope=0.35, damping=0.6, rise=0.004)
    return Through(cymbal, 30_000.0, 6.5, 0.46)


def ride(tau: float, bell: float = 620.0) -> Sound:
    cymbal = Cymbal(tau, 520.0, 14_000.0, wash=0.10, stick=0.5, slope=0.5, damping=0.5, bell=bell)
    return Through(cymbal, 30_000.0, 6.5, 0.46)


_BASS = (
    [(_0, _7), (_0, _0), (_0, _3), (_0, _A), (_A, _0), (_A, _A)],
    [(_0, _0), (_0, _3), (_0, _7), (_0, _A), (_A, _0), (_A, _A)],
)
_SNARE = [(_0, s) for s in (_0, _3, _7, _A)] + [(tone, s) for tone in (_3, _7, _A) for s in (_3, _7, _A)]
_SIX = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def _toms(low: float, high: float) -> tuple[Sound, ...]:
    return tuple(Tom(low * (high / low) ** tune, ring) for tune in (_0, _3, _7, _A) for ring in (_0, _3, _7, _A))


_CLAPS = Clap(0.28, 0.045), Clap(0.45, 0.11)
_RIMS = Rim(), Rim(1.06, 0.0085)

BANKS: dict[str, tuple[Sound, ...]] = {
    "bd": tuple(Bass(tune, attack, ring) for tune in (_0, _3, _7, _A) for attack, ring in _BASS[tune > 0.0]),
    "sn": tuple(Snare(tune, tone, snappy) for tune in (_0, _3, _7, _A) for tone, snappy in _SNARE),
    "lt": _toms(72.0, 106.0),
    "mt": _toms(108.0, 150.0),
    "ht": _toms(150.0, 205.0),
    "cp": _CLAPS,
    "rm": _RIMS,
    "hc": tuple(hat(0.022 + 0.05 * k) for k in _SIX),
    "ho": tuple(hat(0.12 + 0.20 * k, choke=0.22 + 0.75 * k) for k in _SIX),
    "oc": tuple(hat(0.20, choke=c) for c in (0.30, 0.20, 0.13, 0.08)),
    "co": tuple(hat(0.05 + 0.06 * k, choke=0.10 + 0.05 * k, low=2_000.0) for k in (0.0, 1.0, 2.0, 3.0)),
    "cc": tuple(crash(0.10 + 0.24 * k) for k in _SIX),
    "cr": tuple(ride(0.10 + 0.34 * k) for k in _SIX),
    "909": (Bass(_0, _0, _7),),
    "RolandTR909_bd": (Bass(0.4, 0.7, 0.45), Bass(0.8, 0.3, 0.7), Bass(0.1, 1.0, 0.25), Bass(0.6, 1.0, 1.0)),
    "RolandTR909_sd": tuple(
        Snare(tune, tone, snappy)
        for tune, tone, snappy in (
            (0.4, 0.5, 0.6),
            *(
                (a, b, c)
                for a in (0.1, 0.5, 0.9)
                for b, c in ((0.1, 0.3), (0.2, 0.9), (0.6, 0.2), (0.7, 0.8), (1.0, 0.5))
            ),
        )
    ),
    "RolandTR909_cp": (Clap(0.4, 0.085), *_CLAPS, Clap(0.5, 0.06, 1_350.0), Clap(0.35, 0.15, 950.0)),
    "RolandTR909_hh": tuple(
        hat(tau, low=low) for tau, low in ((0.030, 2_600.0), (0.018, 3_000.0), (0.050, 2_600.0), (0.075, 2_200.0))
    ),
    "RolandTR909_oh": tuple(
        hat(tau, choke) for tau, choke in ((0.22, 0.55), (0.12, 0.30), (0.16, 0.42), (0.28, 0.75), (0.35, 1.0))
    ),
    "RolandTR909_cr": tuple(crash(tau, low) for tau, low in ((0.30, 380.0), (0.16, 520.0), (0.22, 640.0))),
    "RolandTR909_rd": tuple(ride(tau, bell) for tau, bell in ((0.30, 620.0), (0.18, 700.0), (0.24, 790.0))),
    "RolandTR909_rim": (*_RIMS, Rim(0.94, 0.007)),
    "RolandTR909_lt": tuple(Tom(pitch, ring) for pitch, ring in ((86.0, 0.6), (74.0, 0.9), (88.0, 0.1), (102.0, 0.4))),
    "RolandTR909_mt": tuple(
        Tom(pitch, ring) for pitch, ring in ((126.0, 0.6), (110.0, 0.9), (128.0, 0.1), (148.0, 0.4))
    ),
    "RolandTR909_ht": tuple(
        Tom(pitch, ring) for pitch, ring in ((174.0, 0.6), (152.0, 0.9), (176.0, 0.1), (202.0, 0.4))
    ),
}
