"""Drums played by hand, and things struck: tabla, taiko, cans, bottles, bars, plates and bells.

Tabla: its loaded skin makes the modes a harmonic series (C. V. Raman, "The Indian musical drums", Proc. Indian Acad. Sci. A1,
1935), of which each stroke lets another part ring. Free bars 1 : 2.756 : 5.404 : 8.933, minor-third bells hum to double
octave 0.5 : 1 : 1.2 : 1.5 : 2 : 2.5 : 2.67 : 3 : 4 (N. Fletcher, T. Rossing, "The Physics of Musical Instruments", 1998).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phonon_osc.samples.kit.drums import Bars, Tom
from phonon_osc.samples.kit.shape import (
    CYMBAL,
    DRUM,
    Signal,
    Sound,
    coloured,
    decay,
    filtered,
    hertz,
    highpass,
    lowpass,
    mixed,
    modes,
    noise,
    saturate,
    strike,
    sweep,
    times,
    unit,
)

# Stroke: levels of the harmonics 1 to 6, seconds of the first, slap of the fingers, how the rest shortens
_STROKES: dict[str, tuple[tuple[float, ...], float, float, float]] = {
    "na": ((0.10, 0.75, 1.00, 0.45, 0.20, 0.10), 0.16, 0.45, 0.35),  # rim, the first mode damped by the ring finger
    "tin": ((0.25, 1.00, 0.40, 0.22, 0.10, 0.05), 0.22, 0.25, 0.45),
    "tun": ((1.00, 0.30, 0.16, 0.08, 0.05, 0.02), 0.34, 0.12, 0.60),  # middle, open
    "te": ((0.70, 0.60, 0.45, 0.40, 0.30, 0.20), 0.014, 1.00, 0.10),  # flat hand, dead
    "ti": ((0.35, 0.50, 0.70, 0.60, 0.45, 0.35), 0.009, 0.90, 0.10),
    "flick": ((0.15, 0.45, 0.90, 1.00, 0.70, 0.50), 0.060, 0.70, 0.25),
}


@dataclass(frozen=True, slots=True)
class Dayan:
    """The right-hand drum, tuned to ``pitch`` Hz, struck in one of six ways."""

    pitch: float
    stroke: str
    peak: float = 0.6
    note: float | None = None

    def render(self, seed: int) -> Signal:
        levels, tau, slap, fall = _STROKES[self.stroke]
        harmonic = np.arange(1, 7)
        # Each harmonic is two or three modes of the skin that the black spot brings together, but for a few Hz.
        chance = noise(12, seed)
        hz = np.concatenate([self.pitch * harmonic, self.pitch * harmonic * (1.0 + 0.004 * (1.2 + chance[:6]))])
        ring = tau / harmonic ** (1.0 - fall)
        x = modes(
            0.05 + 6.5 * tau, hz, np.concatenate([levels, 0.35 * np.array(levels)]), np.concatenate([ring, 0.6 * ring])
        )
        short = times(0.04)
        skin = coloured(len(short), seed + 1, (3.1 * self.pitch, 0.9, 1.0), (3_600.0, 0.7, 0.6)) * decay(short, 0.0035)
        return mixed(x * strike(times(len(x) / 48_000.0), 0.0004), slap * skin)


@dataclass(frozen=True, slots=True)
class Bayan:
    """The left-hand drum: ``pitch`` Hz, pressed up by ``bend`` (a share) in about ``glide`` s, ``tau`` s long."""

    pitch: float
    bend: float
    glide: float
    tau: float
    slap: float = 0.2
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(0.04 + 6.5 * self.tau)
        rise = (-self.bend * self.pitch, self.glide)
        x = np.zeros(len(t))
        for ratio, share, rest in ((1.0, 1.0, 1.0), (2.03, 0.30, 0.55), (2.97, 0.14, 0.40), (4.05, 0.07, 0.3)):
            end = ratio * self.pitch * (1.0 + self.bend)
            x += share * np.sin(sweep(t, end, (ratio * rise[0], rise[1]))) * decay(t, rest * self.tau)
        palm = coloured(len(t), seed, (520.0, 0.8, 1.0), (2_400.0, 0.8, 0.4)) * decay(t, 0.006)
        return saturate(x * strike(t, 0.0008) + self.slap * palm, 1.0)


@dataclass(frozen=True, slots=True)
class Descent:
    """Strokes on the left-hand drum one after another, each lower."""

    pitches: tuple[float, ...]
    gap: float
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        out: Signal = np.zeros(0)
        for number, pitch in enumerate(self.pitches):
            hit = Bayan(pitch, -0.12, 0.05, 0.11).render(seed + number)
            out = mixed(out, np.concatenate([np.zeros(round(number * self.gap * 48_000)), hit]))
        return out


@dataclass(frozen=True, slots=True)
class Shell:
    """Thin struck metal, a can or a sheet: ``count`` modes at random over ``low`` Hz, dull by ``damping``, buzzing by ``rattle``."""

    low: float
    count: int
    tau: float
    spread: float = 9.0
    damping: float = 0.6
    rattle: float = 0.3
    drive: float = 1.2
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        chance = noise(3 * self.count, seed)
        hz = self.low * self.spread ** (np.sort(np.abs(chance[: self.count])) - np.abs(chance[: self.count]).min())
        level = (0.3 + np.abs(chance[self.count : 2 * self.count])) * (hz / self.low) ** -0.25
        tau = self.tau * (hz / self.low) ** -self.damping * (0.6 + 0.4 * np.abs(chance[2 * self.count :]))
        seconds = 0.03 + 6.8 * self.tau
        t = times(seconds)
        x = modes(seconds, hz, level, tau, np.pi * chance[2 * self.count :])
        x = unit(x)
        buzz = filtered(
            noise(len(t), seed + 1) * np.abs(x), lambda f: highpass(f, 3.0 * self.low) * lowpass(f, 11_000.0)
        )
        knock = coloured(len(t), seed + 2, (2.5 * self.low, 0.6, 1.0), (6_000.0, 0.7, 0.6)) * decay(t, 0.0022)
        return saturate(x + self.rattle * 3.0 * buzz + 0.4 * knock, self.drive)


def bar(pitch: float, tau: float, stick: float = 0.25, note: float | None = None) -> Bars:
    """A free bar of metal: glockenspiel, tink."""
    hz = (pitch, 2.756 * pitch, 5.404 * pitch, 8.933 * pitch)
    return Bars(
        hz, (1.0, 0.45, 0.28, 0.12), (tau, 0.45 * tau, 0.25 * tau, 0.14 * tau), (stick, 6_000.0), 0.5, CYMBAL, note
    )


def bell(pitch: float, tau: float) -> Bars:
    """A minor-third bell whose strike note is ``pitch`` Hz."""
    ratios = (0.5, 1.0, 1.2, 1.5, 2.0, 2.5, 2.67, 3.01, 4.1, 5.4)
    levels = (0.45, 0.7, 0.8, 0.3, 1.0, 0.35, 0.3, 0.45, 0.3, 0.15)
    rings = (1.6, 1.1, 1.0, 0.6, 0.7, 0.4, 0.35, 0.35, 0.22, 0.14)
    hz = tuple(pitch * ratio for ratio in ratios)
    return Bars(hz, levels, tuple(tau * ring for ring in rings), (0.15, 4_000.0), 0.5, CYMBAL)


def bottle(pitch: float, tau: float) -> Bars:
    """Glass: the air's one mode below, the wall's few above."""
    hz = (0.36 * pitch, pitch, 1.87 * pitch, 2.71 * pitch, 4.9 * pitch)
    return Bars(
        hz, (0.5, 1.0, 0.5, 0.35, 0.2), (0.06, tau, 0.6 * tau, 0.5 * tau, 0.3 * tau), (0.35, 7_000.0), 0.6, CYMBAL
    )


_D_SHARP = hertz(63.0)
_HITS = ("na", "tin", "na", "tun", "na", "tin", "flick", "tun", "tin", "na")
_CANS = (
    620.0,
    880.0,
    430.0,
    1_150.0,
    760.0,
    540.0,
    980.0,
    350.0,
    1_320.0,
    690.0,
    470.0,
    820.0,
    1_060.0,
    590.0,
    400.0,
    1_220.0,
)


def _tabla2() -> tuple[Sound, ...]:
    """28 strokes on a pair tuned to A, then 18 from a street in Bahia: surdo, timbal, repique."""
    strokes = ("na", "te", "tin", "ti", "tun", "flick", "te")
    pitch = hertz(57.0)
    pair: list[Sound] = []
    for k in range(28):
        if k % 4 == 3:
            pair.append(
                Bayan(76.0 + 4.0 * (k % 7), (0.28, -0.10, 0.45)[k % 3], 0.05 + 0.02 * (k % 5), 0.09 + 0.03 * (k % 3))
            )
        else:
            pair.append(Dayan(pitch * (1.0 + 0.014 * (k % 11 - 5)) * (1.5 if k % 9 == 8 else 1.0), strokes[k % 7]))
    street = [
        Tom(
            58.0 * 1.19**k if k < 6 else 150.0 * 1.13 ** (k - 6),
            0.22 - 0.01 * k,
            0.16 - 0.007 * k,
            0.15 + 0.05 * (k % 4),
            1.6,
        )
        for k in range(18)
    ]
    return (*pair, *street)


BANKS: dict[str, tuple[Sound, ...]] = {
    "tabla": (
        Bayan(92.0, 0.32, 0.050, 0.070, 0.8),
        Bayan(104.0, 0.45, 0.030, 0.055, 0.9),
        Bayan(84.0, 0.60, 0.120, 0.150, 0.3),
        *(Dayan(_D_SHARP * k, stroke) for k, stroke in ((1.0, "te"), (0.92, "ti"), (1.12, "te"))),
        Dayan(_D_SHARP, "tun", note=63.0),
        Dayan(_D_SHARP, "flick"),
        Dayan(1.335 * _D_SHARP, "flick"),
        *(Dayan(_D_SHARP * (1.0 + 0.007 * k), stroke) for k, stroke in enumerate(_HITS)),
        *(Bayan(88.0 - 5.0 * k, 0.10 * k - 0.15, 0.07, 0.13 + 0.02 * k) for k in range(6)),
        Descent((98.0, 88.0, 79.0, 70.0, 62.0), 0.13),
    ),
    "tabla2": _tabla2(),
    "east": (
        Bars((1_080.0, 1_710.0, 2_960.0, 4_400.0), (1.0, 0.7, 0.4, 0.2), (0.020, 0.013, 0.008, 0.005), (0.5, 3_500.0)),
        Tom(335.0, 0.03, 0.022, 0.8, 2.0),  # ohkawa, muted: a hard dry crack
        Tom(318.0, 0.04, 0.075, 0.6, 1.8),
        Tom(282.0, 0.06, 0.110, 0.45, 1.4),  # shime
        Tom(306.0, 0.10, 0.140, 0.35, 1.4),
        Tom(272.0, 0.03, 0.030, 0.7, 1.6),
        Tom(71.0, 0.30, 0.280, 0.18, 1.6),  # taiko
        Tom(86.0, 0.22, 0.230, 0.30, 1.9),
        Tom(58.0, 0.45, 0.340, 0.12, 1.4),
    ),
    "can": tuple(
        Shell(low, 9 + k % 5, 0.030 + 0.011 * ((5 * k) % 7), 7.0 + k % 4, 0.5 + 0.05 * (k % 6), 0.15 + 0.08 * (k % 5))
        for k, low in enumerate(_CANS)
    ),
    "metal": (
        Shell(310.0, 22, 0.220, 14.0, 0.5, 0.05),
        bar(1_046.5, 0.34),
        Shell(170.0, 30, 0.320, 22.0, 0.45, 0.10),
        bell(392.0, 0.30),
        Shell(540.0, 12, 0.090, 10.0, 0.4, 0.50),
        bar(2_093.0, 0.22),
        Shell(95.0, 34, 0.300, 40.0, 0.5, 0.20),
        bell(659.3, 0.24),
        Shell(880.0, 16, 0.160, 8.0, 0.3, 0.0),
        Shell(230.0, 18, 0.140, 18.0, 0.6, 0.90, 2.5),
    ),
    "tink": tuple(
        bar(pitch, tau)
        for pitch, tau in ((3_136.0, 0.10), (3_951.0, 0.07), (2_637.0, 0.14), (4_699.0, 0.05), (3_520.0, 0.20))
    ),
    "bottle": tuple(
        bottle(hertz(84.0 + note), 0.07 + 0.012 * (k % 4))
        for k, note in enumerate((0, 16, 14, 12, 11, 2, 4, 5, 7, 9, 19, 21, 23))
    ),
    "tok": tuple(
        Bars((f, 2.6 * f, 4.1 * f), (1.0, 0.4, 0.2), (0.016, 0.008, 0.005), (0.3, 2_500.0))
        for f in (420.0, 560.0, 700.0, 910.0)
    ),
}
