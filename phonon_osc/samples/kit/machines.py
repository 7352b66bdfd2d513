"""Drum machines beside the 808 and the 909: five that play samples, and two that came before them.

A sampling machine is the drums of ``drums`` through the rate and the bits of its converters; what it has beside that is the
taste of its makers. Names as in the collection of drum machine samples that Strudel's ``bank`` uses.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phonon_osc.samples.kit.drums import Bars, Clap, Cymbal, Kick, Shaker, Snare, Tom
from phonon_osc.samples.kit.shape import (
    CYMBAL,
    DRUM,
    Signal,
    Sound,
    bandpass,
    decay,
    filtered,
    highpass,
    lowpass,
    noise,
    saturate,
    strike,
    sweep,
    times,
    unit,
)
from phonon_osc.samples.kit.treated import Through


# --- before sampling -----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Ping:
    """A coil or a twin-T that is nudged and rings: ``pitch`` Hz, ``tau`` s, ``knock`` the level of the nudge."""

    pitch: float
    tau: float
    knock: float = 0.1
    second: float = 0.0
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(0.01 + 7.0 * self.tau)
        x = np.sin(sweep(t, self.pitch, (0.06 * self.pitch, 0.02))) * decay(t, self.tau) * strike(t, 0.0004)
        if self.second:
            x += 0.5 * np.sin(sweep(t, self.second)) * decay(t, 0.7 * self.tau)
        nudge = filtered(np.where(t < 0.0006, 1.0, 0.0), lambda hz: lowpass(hz, 2_500.0) * highpass(hz, 200.0))
        return x + self.knock * nudge


@dataclass(frozen=True, slots=True)
class Hiss:
    """Noise through a coil at ``centre`` Hz: the snares, cymbals and maracas of a preset box. ``body`` Hz rings along."""

    centre: float
    tau: float
    q: float = 1.2
    rise: float = 0.0008
    body: float = 0.0
    peak: float = CYMBAL
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(0.02 + 6.5 * self.tau + 2.0 * self.rise)
        x = filtered(
            noise(len(t), seed), lambda hz: bandpass(hz, self.centre, self.q) * highpass(hz, 0.5 * self.centre)
        )
        x *= (1.0 - decay(t, self.rise)) * decay(t, self.tau)
        if self.body:
            x = unit(x) + 0.7 * np.sin(sweep(t, self.body)) * decay(t, 0.6 * self.tau)
        return x


@dataclass(frozen=True, slots=True)
class Zap:
    """A synthetic drum: a voice swept from ``start`` to ``end`` Hz in about ``fall`` s, with noise and a wobble if wanted."""

    start: float
    end: float
    fall: float
    tau: float
    hiss: float = 0.0
    wobble: tuple[float, float] = (0.0, 0.0)  # Hz, share of the pitch
    drive: float = 1.5
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(0.02 + 6.5 * self.tau)
        rate, depth = self.wobble
        # Exponential in pitch, so that it is heard to fall evenly.
        pitch = (
            self.end * (self.start / self.end) ** decay(t, self.fall) * (1.0 + depth * np.sin(2.0 * np.pi * rate * t))
        )
        phase = 2.0 * np.pi * np.cumsum(pitch) / 48_000.0
        x = (np.sin(phase) + 0.12 * np.sin(2.0 * phase) * (pitch < 8_000.0)) * decay(t, self.tau)
        if self.hiss:
            x += (
                self.hiss
                * filtered(noise(len(t), seed), lambda hz: bandpass(hz, 4_000.0, 0.5))
                * decay(t, 0.5 * self.tau)
            )
        return saturate(0.9 * x, self.drive) * strike(t, 0.0005)


ACE: dict[str, tuple[Sound, ...]] = {  # Ace Tone Rhythm Ace, 1967: coils, twin-Ts, one diode's noise
    "bd": (Ping(66.0, 0.060), Ping(58.0, 0.095, 0.05), Ping(84.0, 0.045, 0.2)),
    "sd": (Hiss(3_600.0, 0.055, 0.8, body=236.0), Hiss(4_800.0, 0.032, 0.9, body=298.0), Hiss(2_900.0, 0.085, 0.7)),
    "hh": (Hiss(7_400.0, 0.022, 2.2),),
    "oh": (Hiss(6_600.0, 0.140, 1.8, 0.002),),
    "lt": (Ping(122.0, 0.085, 0.12),),
    "ht": (Ping(206.0, 0.060, 0.12),),
    "perc": (
        Ping(2_480.0, 0.011, 0.05),  # claves
        Ping(1_180.0, 0.004, 0.5),  # click
        Ping(395.0, 0.045),
        Ping(298.0, 0.060),
        Ping(812.0, 0.020, 0.05, 1_130.0),  # wood block
        Ping(640.0, 0.035, 0.02, 902.0),  # cowbell
    ),
}

SPACE: dict[str, tuple[Sound, ...]] = {  # Visco Space Drum, 1980: one swept oscillator a pad
    "bd": (
        Zap(260.0, 46.0, 0.028, 0.130),
        Zap(900.0, 52.0, 0.016, 0.090),
        Zap(160.0, 38.0, 0.060, 0.200),
        Zap(420.0, 60.0, 0.050, 0.110),
        Zap(1_800.0, 44.0, 0.022, 0.150),
        Zap(300.0, 70.0, 0.012, 0.055),
        Zap(120.0, 34.0, 0.110, 0.260),
        Zap(2_600.0, 58.0, 0.040, 0.130, 0.3),
        Zap(220.0, 50.0, 0.025, 0.100, 0.5),
        Zap(500.0, 40.0, 0.090, 0.180, drive=4.0),
        Zap(150.0, 55.0, 0.030, 0.160, wobble=(24.0, 0.2)),
    ),
    "sd": (
        Zap(420.0, 190.0, 0.020, 0.060, 1.6),
        Zap(900.0, 260.0, 0.035, 0.080, 1.2),
        Zap(300.0, 150.0, 0.015, 0.110, 2.4),
    ),
    "lt": (Zap(310.0, 78.0, 0.120, 0.180), Zap(180.0, 90.0, 0.060, 0.140)),
    "mt": (Zap(520.0, 122.0, 0.120, 0.160), Zap(380.0, 140.0, 0.200, 0.190, wobble=(9.0, 0.06))),
    "ht": (
        Zap(820.0, 190.0, 0.120, 0.150),
        Zap(1_300.0, 240.0, 0.070, 0.110),
        Zap(640.0, 300.0, 0.180, 0.160),
        Zap(2_400.0, 210.0, 0.100, 0.140),
        Zap(950.0, 160.0, 0.260, 0.240),
        Zap(700.0, 280.0, 0.050, 0.090, 0.4),
        Zap(1_700.0, 420.0, 0.150, 0.170, wobble=(13.0, 0.1)),
    ),
    "hh": (
        Hiss(9_000.0, 0.018, 0.8),
        Hiss(7_000.0, 0.030, 1.6),
        Hiss(11_000.0, 0.012, 1.0),
        Hiss(5_500.0, 0.024, 2.8),
        Hiss(8_000.0, 0.050, 1.2, 0.006),
        Hiss(9_500.0, 0.035, 0.7, 0.020),
    ),
    "oh": (Hiss(8_500.0, 0.160, 0.8), Hiss(6_500.0, 0.240, 1.5), Hiss(10_000.0, 0.110, 1.0)),
    "rim": (Zap(2_600.0, 900.0, 0.004, 0.012, 0.3),),
    "cb": (Bars((620.0, 931.0, 1_240.0), (1.0, 0.8, 0.3), (0.07, 0.06, 0.03), drive=2.5),),
    "perc": (Zap(1_500.0, 1_050.0, 0.006, 0.022), Zap(1_050.0, 720.0, 0.006, 0.026)),
    "misc": (Zap(3_800.0, 500.0, 0.160, 0.140, peak=CYMBAL), Zap(700.0, 2_900.0, 0.120, 0.120, peak=CYMBAL)),
}


# --- samples -------------------------------------------------------------------------------------------------------
def bongo(pitch: float, tau: float = 0.05, stick: float = 0.25) -> Tom:
    """Bongo, conga or timbale: a small tight skin that hardly bends."""
    return Tom(pitch, 0.05, tau, stick, 1.0)


def cowbell(low: float, ratio: float = 1.48, tau: float = 0.07) -> Bars:
    """Two plates and what they add (Rossing, ch. 12)."""
    hz = (low, ratio * low, 2.58 * low, 3.97 * low, 5.3 * low)
    return Bars(hz, (1.0, 0.85, 0.35, 0.25, 0.15), (tau, 0.9 * tau, 0.5 * tau, 0.3 * tau, 0.2 * tau), (0.25, 4_500.0))


def wood(pitch: float, tau: float = 0.012) -> Bars:
    """Claves or a wood block: a free bar (1, 2.76, 5.40), short."""
    return Bars(
        (pitch, 2.756 * pitch, 5.404 * pitch), (1.0, 0.35, 0.12), (tau, 0.45 * tau, 0.25 * tau), (0.3, 3.0 * pitch)
    )


def rim(pitch: float = 480.0, tau: float = 0.016) -> Bars:
    """Stick across the rim: the shell knocks, the stick's own modes ring above."""
    hz = (pitch, 1.9 * pitch, 3.52 * pitch, 5.8 * pitch, 8.9 * pitch)
    return Bars(hz, (0.8, 0.5, 1.0, 0.6, 0.4), (tau, 0.8 * tau, 0.7 * tau, 0.5 * tau, 0.4 * tau), (0.5, 4_000.0), 1.8)


def _707() -> dict[str, tuple[Sound, ...]]:
    """Dry, close, studio drums of 1985."""
    return {
        "bd": (
            Kick(63.0, (70.0, 0.014), 0.03, 0.052, (0.55, 3_400.0), 0.35, 2.0),
            Kick(54.0, (95.0, 0.018), 0.035, 0.070, (0.35, 2_200.0), 0.5, 2.6),
        ),
        "sd": (Snare(196.0, 0.055, 0.8, 4_300.0, 0.060, 0.45, 1.8), Snare(224.0, 0.034, 1.0, 5_600.0, 0.042, 0.5, 2.2)),
        "lt": (Tom(88.0, 0.30, 0.120, 0.3, 1.6),),
        "mt": (Tom(124.0, 0.28, 0.105, 0.3, 1.6),),
        "ht": (Tom(172.0, 0.26, 0.090, 0.3, 1.6),),
        "rim": (rim(505.0, 0.013),),
        "cp": (Clap((0.0, 0.0110, 0.0215, 0.0320), 1_250.0, 1.6, 0.055, 0.5),),
        "hh": (Cymbal(0.034, 3_200.0, 12_400.0, 0.5, 0.5, 0.6, 0.3),),
        "oh": (Cymbal(0.230, 2_800.0, 12_400.0, 0.4, 0.4, 0.5, 0.4, 0.52),),
        "cr": (Cymbal(0.260, 420.0, 12_400.0, 0.6, 0.3, 0.3, 0.5),),
        "cb": (cowbell(555.0, 1.47, 0.060),),
        "tb": (Shaker(0.004, 0.038, 5_000.0, (0.0,), 3_700.0),),
    }


def _505() -> dict[str, tuple[Sound, ...]]:
    """The 707's small sister: lighter skins, more stick than shell."""
    return {
        "bd": (Kick(78.0, (38.0, 0.010), 0.015, 0.040, (0.7, 2_600.0), 0.6, 1.3),),
        "sd": (Snare(252.0, 0.030, 1.15, 6_400.0, 0.048, 0.6, 1.3),),
        "lt": (Tom(104.0, 0.18, 0.085, 0.45, 1.0),),
        "mt": (Tom(148.0, 0.18, 0.075, 0.45, 1.0),),
        "ht": (Tom(206.0, 0.18, 0.065, 0.45, 1.0),),
        "rim": (rim(620.0, 0.009),),
        "cp": (Clap((0.0, 0.0085, 0.0165, 0.0250), 1_550.0, 1.8, 0.038, 0.4),),
        "hh": (Cymbal(0.020, 4_200.0, 12_400.0, 0.7, 0.5, 0.5, 0.2),),
        "oh": (Cymbal(0.150, 3_800.0, 12_400.0, 0.6, 0.4, 0.5, 0.3, 0.36),),
        "cr": (Cymbal(0.180, 700.0, 12_400.0, 0.8, 0.3, 0.4, 0.4),),
        "rd": (Cymbal(0.200, 800.0, 12_400.0, 0.1, 0.7, 0.4, 0.4, bell=760.0),),
        "cb": (cowbell(812.0, 1.42, 0.050), cowbell(596.0, 1.42, 0.060)),
        "perc": (bongo(330.0), bongo(236.0, 0.065), bongo(420.0, 0.045, 0.6)),
    }


def _cr1000() -> dict[str, tuple[Sound, ...]]:
    """The same samples' home version: rounder, damped, a living-room's worth of treble."""
    return {
        "bd": (Kick(58.0, (44.0, 0.016), 0.022, 0.060, (0.25, 1_500.0), 0.4, 1.1),),
        "sd": (Snare(178.0, 0.048, 0.7, 3_400.0, 0.080, 0.35, 1.2),),
        "lt": (Tom(94.0, 0.24, 0.110, 0.15, 1.0),),
        "mt": (Tom(134.0, 0.24, 0.100, 0.15, 1.0),),
        "ht": (Tom(188.0, 0.24, 0.085, 0.15, 1.0),),
        "rim": (rim(430.0, 0.015),),
        "cp": (Clap((0.0, 0.0100, 0.0205, 0.0330), 1_020.0, 1.7, 0.070, 0.35, 5_000.0),),
        "hh": (Cymbal(0.026, 2_600.0, 10_500.0, 0.35, 0.3, 0.4, 0.3),),
        "oh": (Cymbal(0.180, 2_300.0, 10_500.0, 0.3, 0.3, 0.4, 0.4, 0.44),),
        "cr": (Cymbal(0.220, 500.0, 10_500.0, 0.5, 0.2, 0.2, 0.5),),
        "rd": (Cymbal(0.240, 600.0, 10_500.0, 0.08, 0.5, 0.3, 0.5, bell=690.0),),
        "cb": (cowbell(520.0, 1.51, 0.075),),
        "perc": (bongo(262.0, 0.055), bongo(188.0, 0.080), bongo(345.0, 0.060, 0.5)),
    }


def _rz1() -> dict[str, tuple[Sound, ...]]:
    """Casio's sampler of 1986: hard, gated, full of grit."""
    return {
        "bd": (Kick(68.0, (120.0, 0.020), 0.045, 0.038, (0.5, 1_900.0), 0.7, 3.6),),
        "sd": (Snare(206.0, 0.060, 1.2, 3_900.0, 0.095, 0.2, 3.2),),
        "lt": (Tom(92.0, 0.45, 0.110, 0.35, 2.6),),
        "mt": (Tom(136.0, 0.45, 0.100, 0.35, 2.6),),
        "ht": (Tom(196.0, 0.45, 0.085, 0.35, 2.6),),
        "rim": (rim(560.0, 0.018),),
        "cp": (Clap((0.0, 0.0120, 0.0225, 0.0350), 1_080.0, 1.3, 0.085, 0.6),),
        "hh": (Cymbal(0.030, 2_200.0, 9_800.0, 0.8, 0.5, 0.3, 0.2),),
        "cr": (Cymbal(0.240, 400.0, 9_800.0, 0.9, 0.3, 0.2, 0.4),),
        "rd": (
            Cymbal(0.170, 2_000.0, 9_800.0, 0.7, 0.3, 0.3, 0.3, 0.42),
            Cymbal(0.260, 520.0, 9_800.0, 0.15, 0.6, 0.3, 0.4, bell=640.0),
        ),
        "cb": (cowbell(640.0, 1.46, 0.055),),
    }


def _linn() -> dict[str, tuple[Sound, ...]]:
    """Roger Linn's taste: round kick, a snare that cracks, hats that hiss."""
    return {
        "bd": (Kick(59.0, (58.0, 0.026), 0.028, 0.090, (0.22, 3_900.0), 0.55, 1.2),),
        "sd": (Snare(186.0, 0.085, 0.75, 5_200.0, 0.052, 0.7, 1.5),),
        "lt": (Tom(76.0, 0.55, 0.200, 0.12, 1.2),),
        "mt": (Tom(108.0, 0.55, 0.180, 0.12, 1.2),),
        "ht": (Tom(152.0, 0.55, 0.160, 0.12, 1.2),),
        "cp": (Clap((0.0, 0.0130, 0.0240, 0.0300), 1_380.0, 1.2, 0.048, 0.55, 9_000.0),),
        "hh": (Cymbal(0.042, 3_800.0, 14_500.0, 1.3, 0.2, 0.7, 0.2),),
        "oh": (Cymbal(0.260, 3_400.0, 14_500.0, 1.2, 0.2, 0.7, 0.2, 0.60),),
        "cr": (Cymbal(0.330, 360.0, 14_500.0, 0.5, 0.2, 0.5, 0.5),),
        "rd": (Cymbal(0.320, 480.0, 14_500.0, 0.08, 0.4, 0.5, 0.5, bell=585.0),),
        "cb": (cowbell(578.0, 1.44, 0.095),),
        "sh": (Shaker(0.030, 0.022, 5_200.0),),
        "tb": (Shaker(0.005, 0.050, 5_600.0, (0.0,), 4_300.0),),
    }


def _sampling(rate: float, bits: float, drums: dict[str, tuple[Sound, ...]]) -> dict[str, tuple[Sound, ...]]:
    return {name: tuple(Through(sound, rate, bits) for sound in sounds) for name, sounds in drums.items()}


MACHINES: dict[str, dict[str, tuple[Sound, ...]]] = {
    "RhythmAce": ACE,
    "ViscoSpaceDrum": SPACE,
    "RolandTR707": _sampling(25_000.0, 8.0, _707()),
    "RolandTR505": _sampling(25_000.0, 7.0, _505()),
    "RolandCompurhythm1000": _sampling(25_000.0, 8.0, _cr1000()),
    "CasioRZ1": _sampling(20_000.0, 6.0, _rz1()),
    "AkaiLinn": _sampling(35_000.0, 9.0, _linn()),
}
BANKS: dict[str, tuple[Sound, ...]] = {
    f"{machine}_{name}": sounds for machine, drums in MACHINES.items() for name, sounds in drums.items()
}
