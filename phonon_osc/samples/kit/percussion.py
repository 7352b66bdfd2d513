"""What an orchestra's percussionists strike, shake and blow, and the strokes of a mridangam.

Each name is a function of a number from 0 to 1, by which its variants differ: how hard, how large, how high.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from phonon_osc.samples.kit.breaks import BANKS as BREAKS
from phonon_osc.samples.kit.default_set import PERCUSSION
from phonon_osc.samples.kit.drums import Bars, Clap, Cymbal, Kick, Shaker, Snare, Tom
from phonon_osc.samples.kit.hands import Bayan, Dayan, Shell, bar, bell
from phonon_osc.samples.kit.machines import Zap, bongo, cowbell, rim, wood
from phonon_osc.samples.kit.names import counts
from phonon_osc.samples.kit.nature import Wind
from phonon_osc.samples.kit.shape import DRUM, RATE, Signal, Sound, between_octaves
from phonon_osc.samples.kit.tones import Additive

_GOLDEN = 0.618034  # spreads the variants of a name evenly, however many there are
Make = Callable[[float], Sound]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A sound ``times`` times, ``gap`` s apart: rolls, rattles, shakes. ``growth`` is the factor of the level from one to the next."""

    sound: Sound
    times: int
    gap: float
    growth: float = 1.0
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        hits = [self.sound.render(seed + k) for k in range(min(self.times, 4))]
        step = round(self.gap * RATE)
        out = np.zeros(step * (self.times - 1) + max(map(len, hits)))
        for k in range(self.times):
            hit = hits[k % len(hits)]
            out[k * step : k * step + len(hit)] += self.growth**k * hit
        return out


def _skin(low: float, high: float, tau: float, stick: float = 0.25) -> Make:
    return lambda u: Tom(between_octaves(u, low, high), 0.12, tau * (0.7 + 0.6 * u), stick, 1.0)


def _snare(pitch: float, wires: float, tau: float) -> Make:
    return lambda u: Snare(pitch * (0.94 + 0.12 * u), 0.07, wires, 4_400.0 + 1_600.0 * u, tau * (0.7 + 0.6 * u))


def _cymbal(tau: float, low: float, wash: float = 0.4) -> Make:
    return lambda u: Cymbal(tau * (0.6 + 0.8 * u), low * (0.85 + 0.3 * u), 15_500.0, wash, 0.2 + 0.5 * u)


def _shaken(rise: float, tau: float, jingle: float = 0.0) -> Make:
    return lambda u: Shaker(rise, tau * (0.7 + 0.6 * u), 4_200.0 + 1_800.0 * u, (0.0,), jingle * (0.9 + 0.2 * u))


def _whistle(note: float, breath: float, hold: float = 0.5) -> Make:
    return lambda u: Additive(note + 7.0 * u, (1.0, 0.15, 0.08), 0.03, hold, 0.1, (28.0, 40.0), breath)


def _triangle(u: float) -> Sound:
    pitch = 1_100.0 + 900.0 * u
    ratios = (1.0, 1.73, 2.42, 3.18, 4.05, 5.31, 6.78)
    return Bars(
        tuple(pitch * r for r in ratios), (0.4, 0.7, 1.0, 0.8, 0.6, 0.4, 0.3), tuple((0.2 + 0.8 * u) / r for r in ratios), (0.2, 8_000.0)
    )  # fmt: skip


_MAKERS: dict[str, Make] = {
    "ballwhistle": _whistle(96.0, 0.5),
    "bassdrum1": lambda u: Kick(52.0 + 8.0 * u, (18.0, 0.05), 0.03, 0.25 + 0.2 * u, (0.1, 900.0), 0.8, 0.9),
    "bassdrum2": lambda u: Kick(44.0 + 8.0 * u, (14.0, 0.06), 0.04, 0.35 + 0.3 * u, (0.08, 700.0), 0.9, 0.8),
    "bongo": lambda u: bongo(between_octaves(u, 210.0, 430.0), 0.05 + 0.05 * u, 0.3),
    "conga": lambda u: bongo(between_octaves(u, 150.0, 270.0), 0.09 + 0.06 * u, 0.3),
    "darbuka": lambda u: bongo(between_octaves(u, 120.0, 420.0), 0.05 + 0.07 * (1.0 - u), 0.5),
    "framedrum": _skin(80.0, 130.0, 0.30, 0.15),
    "snare_modern": _snare(195.0, 1.0, 0.10),
    "snare_hi": _snare(245.0, 1.0, 0.07),
    "snare_low": _snare(160.0, 1.0, 0.13),
    "snare_rim": lambda u: rim(420.0 + 260.0 * u, 0.014),
    "timpani": _skin(75.0, 150.0, 0.60, 0.08),
    "timpani_roll": lambda u: Repeated(Tom(between_octaves(u, 75.0, 150.0), 0.05, 0.4, 0.06, 1.0), 24, 0.062, 1.03),
    "timpani2": _skin(65.0, 175.0, 0.55, 0.08),
    "tom_mallet": _skin(90.0, 160.0, 0.26, 0.08),
    "tom_stick": _skin(90.0, 160.0, 0.22, 0.35),
    "tom_rim": lambda u: Bars((310.0 + 80.0 * u, 760.0, 1_480.0), (1.0, 0.6, 0.4), (0.05, 0.03, 0.02), (0.5, 3_000.0)),
    "tom2_mallet": _skin(70.0, 120.0, 0.32, 0.08),
    "tom2_stick": _skin(70.0, 120.0, 0.28, 0.35),
    "tom2_rim": lambda u: Bars((250.0 + 70.0 * u, 640.0, 1_310.0), (1.0, 0.6, 0.4), (0.06, 0.03, 0.02), (0.5, 3_000.0)),
    "trainwhistle": lambda u: Additive(
        62.0 + 3.0 * u, (1.0, 0.3, 0.9, 0.25, 0.7, 0.2), 0.08, 0.9 + 0.4 * u, 0.2, breath=0.35
    ),
    "siren": lambda u: Zap(420.0, 900.0 + 400.0 * u, 0.5, 0.5, wobble=(3.0, 0.12)),
    "didgeridoo": lambda u: Additive(
        36.0 + 4.0 * u, (1.0, 0.6, 0.8, 0.3, 0.5, 0.2, 0.3), 0.09, 1.2, 0.3, (4.0, 8.0), 0.3, 0.2, 1.5
    ),
    "agogo": lambda u: cowbell(760.0 + 520.0 * u, 1.51, 0.12),
    "anvil": lambda u: Shell(1_500.0 + 900.0 * u, 9, 0.30, 6.0, 0.4, 0.05),
    "brakedrum": lambda u: Shell(700.0 + 500.0 * u, 10, 0.22, 7.0, 0.45, 0.1),
    "cabasa": _shaken(0.012, 0.035),
    "cajon": lambda u: Snare(95.0 + 90.0 * u, 0.07, 0.25 + 0.5 * u, 3_200.0, 0.05, 0.5, 1.2),
    "clash": _cymbal(0.55, 520.0, 0.8),
    "clash2": _cymbal(0.70, 430.0, 0.9),
    "clave": lambda u: wood(2_200.0 + 500.0 * u, 0.022),
    "cowbell": lambda u: cowbell(520.0 + 220.0 * u, 1.48, 0.09),
    "fingercymbal": lambda u: bar(2_900.0, 0.45, 0.1),
    "flexatone": lambda u: Zap(900.0 + 500.0 * u, 1_500.0, 0.35, 0.30, wobble=(17.0, 0.05)),
    "gong": lambda u: Cymbal(0.9, 70.0 + 20.0 * u, 6_000.0, 0.1, 0.05, -0.2, 0.5, rise=0.12),
    "gong2": lambda u: Cymbal(0.9, 95.0 + 30.0 * u, 7_000.0, 0.1, 0.05, -0.1, 0.5, rise=0.06),
    "guiro": lambda u: Repeated(wood(1_700.0 + 700.0 * u, 0.004), 18, 0.011 + 0.008 * u),
    "handbells": lambda u: bell(620.0 + 420.0 * u, 0.5),
    "hihat": lambda u: Cymbal(0.03 + 0.25 * u, 2_800.0, 16_000.0, 0.5, 0.4, choke=0.05 + 0.4 * u),
    "marktrees": lambda u: Repeated(bar(2_300.0 + 1_500.0 * u, 0.20, 0.1), 20, 0.045),
    "oceandrum": lambda u: Wind(900.0 + 300.0 * u, 2.2, 0.6, 0.8),
    "ratchet": lambda u: Repeated(wood(1_100.0 + 500.0 * u, 0.005), 22, 0.030),
    "shaker_large": _shaken(0.030, 0.050),
    "shaker_small": _shaken(0.016, 0.025),
    "slapstick": lambda u: Clap((0.0, 0.0012), 1_500.0 + 700.0 * u, 1.2, 0.03, 0.5, 10_000.0),
    "sleighbells": lambda u: Repeated(Shaker(0.004, 0.05, 6_000.0, (0.0,), 5_200.0 + 900.0 * u), 5, 0.12, 0.8),
    "slitdrum": lambda u: Bars((170.0 + 160.0 * u, 520.0, 980.0), (1.0, 0.35, 0.2), (0.10, 0.04, 0.02), (0.3, 1_200.0)),
    "sus_cymbal": _cymbal(0.60, 480.0, 0.3),
    "sus_cymbal2": lambda u: Cymbal(0.6, 500.0, 15_000.0, 0.4, 0.0, rise=0.3 + 0.9 * u),
    "tambourine": _shaken(0.004, 0.060, 4_600.0),
    "tambourine2": _shaken(0.008, 0.110, 5_200.0),
    "triangles": _triangle,
    "vibraslap": lambda u: Repeated(wood(1_900.0 + 400.0 * u, 0.006), 30, 0.026, 0.9),
    "woodblock": lambda u: wood(620.0 + 900.0 * u, 0.020),
    "brk": lambda u: BREAKS["breaks125"][0],
    "mridangam_gumki": lambda u: Bayan(92.0 + 14.0 * u, 0.35 + 0.3 * u, 0.12, 0.22),
    "mridangam_ka": lambda u: Dayan(262.0 + 20.0 * u, "te"),
    "mridangam_nam": lambda u: Dayan(330.0 + 8.0 * u, "na"),
    "mridangam_ta": lambda u: Dayan(330.0 + 8.0 * u, "ti"),
    "mridangam_ki": lambda u: Dayan(280.0 + 20.0 * u, "ti"),
    "mridangam_dhin": lambda u: Dayan(330.0 + 8.0 * u, "tin"),
    "mridangam_na": lambda u: Dayan(332.0 + 8.0 * u, "na"),
    "mridangam_chaapu": lambda u: Dayan(352.0 + 10.0 * u, "flick"),
    "mridangam_dhum": lambda u: Bayan(84.0 + 10.0 * u, 0.05, 0.05, 0.30),
    "mridangam_ardha": lambda u: Dayan(345.0 + 20.0 * u, "flick"),
    "mridangam_thom": lambda u: Bayan(78.0 + 10.0 * u, 0.0, 0.05, 0.26, 0.4),
    "mridangam_dhi": lambda u: Dayan(330.0 + 8.0 * u, "tun"),
    "mridangam_tha": lambda u: Bayan(96.0 + 12.0 * u, 0.0, 0.02, 0.05, 0.9),
}

BANKS: dict[str, tuple[Sound, ...]] = {
    name: tuple(_MAKERS[name]((n * _GOLDEN + 0.13) % 1.0) for n in range(count))
    for name, count in counts(PERCUSSION).items()
}
