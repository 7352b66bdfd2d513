"""Folders of single drum hits whose originals have nothing but their names in common: the rest of Dirt-Samples' drums.

A folder is a handful of recipes whose numbers are spread over the range that its name promises: kicks that are clean, popped, hard or
torn by overdrive; whole sets by turns; hand drums, claps, hats. Orders are arbitrary, counts are Dirt's.
"""

from __future__ import annotations

from collections.abc import Callable

from phonon_osc.samples.kit.drums import Bars, Clap, Cymbal, Kick, Shaker, Snare, Tom
from phonon_osc.samples.kit.hands import Bayan, Shell
from phonon_osc.samples.kit.machines import Hiss, Ping, Zap, bongo, cowbell, rim
from phonon_osc.samples.kit.nature import Blast
from phonon_osc.samples.kit.shape import Sound, between, between_octaves
from phonon_osc.samples.kit.treated import Both, Driven, Reversed, Roomy, Through

Maker = Callable[[float], Sound]


# --- one drum, its numbers spread: each takes a position, and neighbours are far from each other ---------------------------
def kick(u: float) -> Sound:
    """A clean kick."""
    return Kick(
        between(u, 46.0, 72.0),
        (between(3 * u, 30.0, 120.0), between(5 * u, 0.012, 0.032)),
        between(7 * u, 0.015, 0.05),
        between(11 * u, 0.045, 0.11),
        (between(13 * u, 0.15, 0.6), between_octaves(17 * u, 1_500.0, 4_500.0)),
        between(19 * u, 0.1, 0.7),
        between(23 * u, 1.1, 2.6),
    )


def pop(u: float) -> Sound:
    """A short kick that is mostly its beater."""
    return Kick(
        between(u, 60.0, 88.0),
        (between(3 * u, 120.0, 240.0), between(5 * u, 0.008, 0.014)),
        0.012,
        between(7 * u, 0.03, 0.055),
        (0.7, between_octaves(11 * u, 2_000.0, 6_000.0)),
        between(13 * u, 0.2, 0.8),
        between(17 * u, 1.4, 3.0),
    )


def hard(u: float, drive: float = 3.0) -> Sound:
    """A kick of hardcore: long, swept, overdriven."""
    body = Kick(
        between(u, 44.0, 62.0),
        (between(3 * u, 120.0, 220.0), between(5 * u, 0.025, 0.05)),
        between(7 * u, 0.05, 0.12),
        between(11 * u, 0.08, 0.16),
        (between(13 * u, 0.3, 0.7), 3_200.0),
        0.0,
        5.0,
    )
    return Driven(body, drive * between_octaves(17 * u, 0.6, 2.0), between(19 * u, 4_500.0, 9_000.0))


def louder(u: float) -> Sound:
    return hard(u, 9.0)


def loudest(u: float) -> Sound:
    return hard(u, 26.0)


def snare(u: float) -> Sound:
    return Snare(
        between(u, 165.0, 250.0),
        between(3 * u, 0.025, 0.09),
        between(5 * u, 0.6, 1.3),
        between_octaves(7 * u, 3_200.0, 7_500.0),
        between(11 * u, 0.04, 0.12),
        between(13 * u, 0.15, 0.65),
        between(17 * u, 1.1, 2.8),
    )


def roomy_snare(u: float) -> Sound:
    return Roomy(snare(u), between(29 * u, 0.06, 0.16), 0.6, between(31 * u, 0.12, 0.3))


def hat(u: float) -> Sound:
    return Cymbal(
        between_octaves(u, 0.014, 0.06),
        between(3 * u, 2_000.0, 4_600.0),
        between(5 * u, 11_000.0, 16_000.0),
        between(7 * u, 0.3, 0.9),
        between(11 * u, 0.2, 0.8),
        between(13 * u, 0.3, 0.7),
        0.3,
    )


def open_hat(u: float) -> Sound:
    tau = between(u, 0.14, 0.28)
    return Cymbal(tau, between(3 * u, 1_800.0, 3_600.0), 14_500.0, between(5 * u, 0.3, 0.9), 0.3, 0.5, 0.4, 2.1 * tau)


def crash(u: float) -> Sound:
    return Cymbal(
        between(u, 0.18, 0.3), between(3 * u, 360.0, 760.0), between(5 * u, 10_000.0, 14_500.0), 0.6, 0.3, 0.35
    )


def tom(u: float) -> Sound:
    return Tom(
        between_octaves(u, 74.0, 210.0), between(3 * u, 0.15, 0.5), between(5 * u, 0.08, 0.2), between(7 * u, 0.1, 0.4)
    )


def clap(u: float) -> Sound:
    gap = between(u, 0.006, 0.014)
    hands = tuple(gap * k * between(3 * u + 0.1 * k, 0.85, 1.1) for k in range(3 + int(2.9 * (5 * u % 1.0))))
    return Clap(hands, between(7 * u, 950.0, 1_700.0), between(11 * u, 1.2, 2.6), between(13 * u, 0.03, 0.11), 0.45)


def stick(u: float) -> Sound:
    return rim(between_octaves(u, 380.0, 820.0), between(3 * u, 0.007, 0.02))


def shake(u: float) -> Sound:
    return Shaker(between(u, 0.004, 0.04), between(3 * u, 0.014, 0.06), between(5 * u, 3_600.0, 6_500.0))


def skin(u: float) -> Sound:
    """A hand on a drum."""
    return bongo(between_octaves(u, 140.0, 520.0), between(3 * u, 0.025, 0.14), between(5 * u, 0.15, 0.8))


def bell(u: float) -> Sound:
    return cowbell(between_octaves(u, 500.0, 1_100.0), between(3 * u, 1.38, 1.56), between(5 * u, 0.04, 0.1))


def sheet(u: float) -> Sound:
    return Shell(
        between_octaves(u, 180.0, 1_400.0),
        8 + int(9 * (3 * u % 1.0)),
        between(5 * u, 0.02, 0.14),
        between(7 * u, 6.0, 16.0),
    )


def tick(u: float) -> Sound:
    """A click: wood, bone or plastic."""
    hz = between_octaves(u, 700.0, 5_200.0)
    tau = between(3 * u, 0.004, 0.012)
    return Bars(
        (hz, 2.3 * hz, 4.7 * hz), (1.0, 0.6, 0.3), (tau, 0.6 * tau, 0.4 * tau), (between(5 * u, 0.3, 0.9), 5_000.0)
    )


def blast(u: float) -> Sound:
    return Blast(
        between_octaves(u, 500.0, 3_600.0),
        between(3 * u, 0.2, 2.2),
        between(5 * u, 0.03, 0.16),
        0.0,
        between(7 * u, 1.2, 4.0),
    )


def swept(u: float) -> Sound:
    return Zap(
        between_octaves(u, 160.0, 3_200.0),
        between_octaves(3 * u, 44.0, 420.0),
        between(5 * u, 0.012, 0.08),
        between(7 * u, 0.03, 0.16),
        (0.0, 0.0, 0.4)[int(3 * (11 * u % 1.0))],
        drive=between(13 * u, 1.2, 3.5),
    )


def preset(u: float) -> Sound:
    """A preset box of the sixties: coils and one diode's noise."""
    if int(8 * u) % 2:
        return Hiss(between_octaves(u, 2_600.0, 8_000.0), between(3 * u, 0.02, 0.14), between(5 * u, 0.7, 2.2))
    return Ping(between_octaves(3 * u, 56.0, 2_400.0), between(5 * u, 0.012, 0.09), between(7 * u, 0.05, 0.4))


def pressed(u: float) -> Sound:
    return Bayan(
        between(u, 70.0, 110.0), between(3 * u, -0.2, 0.55), between(5 * u, 0.03, 0.14), between(7 * u, 0.07, 0.18), 0.4
    )


def backwards(u: float) -> Sound:
    return Reversed(roomy_snare(u))


def hit(u: float) -> Sound:
    """Everything at once."""
    return Roomy(Both(kick(u), Both(snare(3 * u % 1.0), crash(5 * u % 1.0), level=0.6)), between(7 * u, 0.08, 0.2), 0.4)


SET: tuple[Maker, ...] = (kick, snare, hat, tom, clap, open_hat, stick, shake)
ELECTRIC: tuple[Maker, ...] = (pop, swept, hat, roomy_snare, preset, clap, tick, blast)


# --- a folder of them ---------------------------------------------------------------------------------------------------
def folder(count: int, seed: float, *makers: Maker, rate: float = 0.0, bits: float = 8.0) -> tuple[Sound, ...]:
    """``count`` sounds, the makers by turns; ``seed`` moves all numbers. With ``rate`` Hz they go through a converter of ``bits``."""
    golden = 0.6180339887
    sounds = tuple(makers[k % len(makers)]((seed + golden * (k + 1)) % 1.0) for k in range(count))
    return tuple(Through(sound, rate, bits, note=sound.note) for sound in sounds) if rate else sounds


BANKS: dict[str, tuple[Sound, ...]] = {
    # kicks
    "bassdm": folder(24, 0.11, kick, pop),
    "clubkick": folder(5, 0.32, kick),
    "popkick": folder(10, 0.27, pop),
    "hardkick": folder(6, 0.41, hard),
    "kicklinn": folder(1, 0.63, kick, rate=35_000.0, bits=9.0),
    "gab": folder(10, 0.19, louder, hard),
    "gabbaloud": folder(4, 0.57, louder),
    "gabbalouder": folder(4, 0.83, loudest),
    "ulgab": folder(5, 0.71, loudest, louder),
    "hardcore": folder(12, 0.05, louder, roomy_snare, loudest, clap, hat, hit),
    "stomp": folder(10, 0.37, lambda u: Roomy(kick(u), between(3 * u, 0.05, 0.14), 0.5), clap),
    "sundance": folder(6, 0.48, tom, pressed),
    # claps, hats, sticks, clicks
    "realclaps": folder(4, 0.15, clap),
    "hh27": folder(13, 0.52, hat, open_hat),
    "linnhats": folder(6, 0.68, hat, open_hat, rate=35_000.0, bits=9.0),
    "click": folder(4, 0.22, tick),
    "clak": folder(2, 0.81, tick),
    "chin": folder(4, 0.77, sheet, tick),
    "tablex": folder(3, 0.36, pressed, skin),
    "hand": folder(17, 0.61, skin, clap, pressed),
    "peri": folder(15, 0.13, tick, skin, pop, sheet, bell),
    "print": folder(11, 0.44, tick, preset, blast, rate=13_000.0, bits=6.0),
    "hit": folder(6, 0.55, hit),
    # whole sets
    "ab": folder(12, 0.08, *SET),
    "db": folder(13, 0.24, *SET, rate=26_000.0),
    "dr": folder(42, 0.31, *SET, crash, bell),
    "dr2": folder(6, 0.46, *SET),
    "dr55": folder(4, 0.59, preset),
    "dr_few": folder(8, 0.66, *SET),
    "e": folder(8, 0.73, *ELECTRIC),
    "em2": folder(6, 0.85, *ELECTRIC),
    "foo": folder(27, 0.91, *SET, sheet, rate=20_000.0, bits=7.0),
    "if": folder(5, 0.97, *ELECTRIC),
    "ifdrums": folder(3, 0.03, kick, snare, hat, rate=22_000.0),
    "incoming": folder(8, 0.17, swept, hit, blast, roomy_snare),
    "jungle": folder(13, 0.29, kick, roomy_snare, hat, snare, tom, crash, rate=26_000.0),
    "made": folder(7, 0.39, *ELECTRIC),
    "made2": folder(1, 0.49, snare),
    "msg": folder(9, 0.53, *ELECTRIC, rate=18_000.0, bits=7.0),
    "sequential": folder(8, 0.64, *SET, rate=24_000.0),
    "sf": folder(18, 0.74, *SET, bell, sheet),
    "short": folder(5, 0.88, tick, pop),
    "tech": folder(13, 0.93, *ELECTRIC, hard),
    "v": folder(6, 0.01, skin, tom, shake),
    # sets with something odd in them
    "battles": folder(2, 0.21, hit),
    "bin": folder(2, 0.34, sheet),
    "d": folder(4, 0.43, kick, snare, hat, clap, rate=16_000.0, bits=6.0),
    "dork2": folder(4, 0.54, swept, preset, rate=14_000.0, bits=6.0),
    "dorkbot": folder(2, 0.65, swept, blast),
    "f": folder(1, 0.75, snare),
    "feelfx": folder(8, 0.86, blast, backwards, swept, sheet),
    "fest": folder(1, 0.95, hit),
    "led": folder(1, 0.06, pop),
    "mash": folder(2, 0.16, hit, backwards),
    "mash2": folder(4, 0.26, hit, backwards, hard),
    "proc": folder(2, 0.35, swept, blast, rate=12_000.0, bits=6.0),
    "sheffield": folder(1, 0.45, hit),
}
