"""Throats and places: words that are nearly spoken, sheep, laughter, breath, birds, water, glass, fire.

Words are spelt in the phones of ``voices``. A talking toy is the same mouth through the converter of a toy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phonon_osc.samples.kit.arcade import Engine
from phonon_osc.samples.kit.boxes import folder
from phonon_osc.samples.kit.hands import bottle
from phonon_osc.samples.kit.nature import Bird, Blast, Grains, Insect, Wind, wander
from phonon_osc.samples.kit.shape import (
    TONE,
    Signal,
    Sound,
    between,
    between_octaves,
    coloured,
    cycles_of,
    decay,
    hertz,
    noise,
    swell,
    times,
    unit,
)
from phonon_osc.samples.kit.treated import Driven, Roomy, Through
from phonon_osc.samples.kit.voices import Choir, Crow, Utterance, say


@dataclass(frozen=True, slots=True)
class Bleat:
    """A sheep or a goat: a vowel on ``pitch`` Hz whose pitch and level tremble ``rate`` times a second."""

    pitch: float
    seconds: float
    rate: float
    nasal: float = 0.5
    peak: float = TONE
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(self.seconds)
        u = t / self.seconds
        shake = np.sin(2.0 * np.pi * self.rate * t + 2.0 * wander(t, seed, 3.0))
        hz = self.pitch * (1.0 + 0.12 * np.sin(np.pi * u)) * (1.0 + 0.05 * shake)
        turn = cycles_of(hz)
        x = np.zeros(len(t))
        for harmonic in range(1, int(6_000.0 / self.pitch)):
            f = harmonic * self.pitch
            level = np.exp(-(((f - 750.0) / 420.0) ** 2)) + 0.6 * np.exp(-(((f - 1_700.0) / 500.0) ** 2))
            level += self.nasal * np.exp(-(((f - 2_900.0) / 700.0) ** 2)) + 0.03
            x += level * np.sin(2.0 * np.pi * harmonic * turn)
        x = unit(x) + 0.06 * coloured(len(t), seed + 1, (2_000.0, 0.8, 1.0))
        return x * (0.6 + 0.4 * shake) * swell(t, 0.05, 0.55 * self.seconds, 0.35 * self.seconds)


@dataclass(frozen=True, slots=True)
class Breath:
    """Air through a mouth, in and out: ``centre`` Hz, ``seconds``."""

    centre: float
    seconds: float
    peak: float = TONE
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(self.seconds)
        air = coloured(len(t), seed, (self.centre, 0.9, 1.0), (2.6 * self.centre, 0.8, 0.6))
        half = 0.5 * self.seconds
        there, back = (
            swell(t, 0.3 * half, 0.2 * half, 0.5 * half),
            swell(np.maximum(t - half, 0.0), 0.2 * half, 0.1 * half, 0.7 * half),
        )
        return air * (there + 0.7 * back * (t >= half))


@dataclass(frozen=True, slots=True)
class Bubbles:
    """Bubbles that rise: ``count`` in ``seconds``, each a ring from about ``hz`` upwards as it nears the surface."""

    hz: float
    count: int
    seconds: float
    peak: float = TONE
    note: float | None = None

    def render(self, seed: int) -> Signal:
        chance = noise(3 * self.count, seed).reshape(self.count, 3)
        out = np.zeros(len(times(self.seconds + 0.25)))
        for number, (at, pitch, level) in enumerate(chance):
            t = times(0.2)
            rise = 2.0 ** (0.9 * pitch) * (1.0 + 2.2 * t / 0.2)
            ring = np.sin(2.0 * np.pi * cycles_of(self.hz * rise)) * decay(t, 0.035) * np.minimum(t / 0.003, 1.0)
            start = 0 if number == 0 else int((0.5 + 0.5 * at) * self.seconds * 48_000)
            out[start : start + len(ring)] += (0.3 + 0.7 * abs(level)) * ring
        return out


_CONSONANTS = ("b", "d", "g", "m", "n", "l", "r", "w", "j", "s", "S", "f", "h")
_VOWELS = ("a", "i", "u")
_WORDS = (
    "s9 p4 i14 t5 S7",
    "h6 E8 l6 o18",
    "j6 E12 s10",
    "n9 o20",
    "w6 V12 n9",
    "r6 e13 d5 i12",
    "g5 u8 d5 b4 a12 I9",
    "t5 r5 a15 I8",
    "s8 p4 E12 l9",
    "k5 @8 r5 E12 k5 t5",
    "a14 u9 t5",
    "l6 I7 s6 n6 @8",
)
_MUTTERED = (
    "m9 V9 n8",
    "V8 h5 V12",
    "w6 E9 l9",
    "O11 l5 a10 I7 t5",
    "S8 o14",
    "b4 a10 k5",
    "n8 I7 n8 e9",
    "f8 a13",
    "e15 I9",
    "m8 o15",
)


def _words(texts: tuple[str, ...], count: int, pitch: float, fall: float, size: float) -> tuple[Utterance, ...]:
    return tuple(say(texts[k % len(texts)], pitch + 1.3 * (k % 5), fall, size + 0.03 * (k % 4)) for k in range(count))


def yeah(u: float) -> Sound:
    """A shout: j, E and a, longer or shorter, from a mouth of one size or another."""
    phones = f"j{4 + int(5 * (3 * u % 1.0))} E{8 + int(9 * (5 * u % 1.0))} a{8 + int(18 * (7 * u % 1.0))}"
    return Driven(
        say(phones, between(u, 46.0, 64.0), between(11 * u, 2.0, 9.0), between(13 * u, 0.95, 1.25)), 1.6, 9_000.0, TONE
    )


def laugh(u: float) -> Sound:
    return say(
        " ".join(["h5 a9"] * (2 + int(4 * (3 * u % 1.0)))),
        between(u, 48.0, 62.0),
        between(5 * u, 4.0, 10.0),
        between(7 * u, 1.0, 1.2),
    )


def song(u: float) -> Sound:
    """One bird."""
    first = between_octaves(u, 1_900.0, 5_600.0)
    syllable = (
        first,
        first * between_octaves(3 * u, 0.6, 1.7),
        between(5 * u, 0.05, 0.2),
        between(7 * u, 0.03, 0.12),
        (0.0, 32.0)[int(2 * (11 * u % 1.0))],
    )
    return Bird((syllable,) * (1 + int(5 * (13 * u % 1.0))))


def car(u: float) -> Sound:
    """A motor that starts, runs or goes by; a door, a horn."""
    kind = int(3 * (u % 1.0))
    if kind == 0:
        return Roomy(Blast(between_octaves(3 * u, 300.0, 900.0), 1.4, 0.07, rumble=1.0), 0.08, 0.3)
    if kind == 1:
        return Choir(between(3 * u, 62.0, 70.0), ("a", "a"), 2, 0.4, 0.02, 0.1)
    return Engine(
        between(3 * u, 18.0, 40.0),
        between(5 * u, 20.0, 90.0),
        between_octaves(7 * u, 90.0, 240.0),
        between(11 * u, 0.7, 1.4),
        0.4,
    )


def outside(u: float) -> Sound:
    """A street, a field, a wood."""
    kind = int(4 * (u % 1.0))
    if kind == 0:
        return Wind(between_octaves(3 * u, 110.0, 400.0), between(5 * u, 1.6, 2.6))
    if kind == 1:
        return Insect(between_octaves(3 * u, 5_000.0, 9_500.0), 10.0, between(5 * u, 20.0, 60.0), 4, 3.0, 1.5)
    return song(3 * u) if kind == 2 else car(0.7 + 0.3 * (3 * u % 1.0))


def _smash(pitch: float, count: int) -> Sound:
    return Roomy(Grains(pitch, count, 0.4, 0.03, 1.2), 0.1, 0.2, peak=0.5)


BANKS: dict[str, tuple[Sound, ...]] = {
    "auto": folder(11, 0.33, car),
    "baa": tuple(Bleat(190.0 + 34.0 * k, 0.5 + 0.09 * ((3 * k) % 7), 7.0 + 0.6 * k) for k in range(7)),
    "baa2": tuple(Bleat(300.0 + 41.0 * k, 0.35 + 0.08 * ((2 * k) % 7), 9.0 + 0.7 * k, 0.9) for k in range(7)),
    "birds": folder(10, 0.51, song),
    "breath": (Breath(1_100.0, 1.6),),
    "bubble": tuple(Bubbles(260.0 * 1.28**k, 1 + 3 * k, 0.15 + 0.12 * k) for k in range(8)),
    "diphone": tuple(say(f"{_CONSONANTS[k % 13]}7 {_VOWELS[k // 13]}18", 50.0 + k % 3, 3.0) for k in range(38)),
    "erk": (Crow(300.0, 0.22, 1, 0.7),),
    "fire": (Roomy(Grains(1_700.0, 70, 1.8, 0.005, 1.0, 0.6), 0.06, 0.2, peak=0.5),),
    "glasstap": (bottle(hertz(88.0), 0.10), bottle(hertz(93.0), 0.07), bottle(hertz(84.0), 0.14)),
    "haw": folder(6, 0.11, laugh),
    "hmm": (say("h5 m38", 46.0, 6.0),),
    "miniyeah": tuple(Through(yeah(0.2 + 0.21 * k), 16_000.0, 7.0) for k in range(4)),
    "mp3": tuple(
        Through(Utterance((("a", 0.5), ("o", 0.4), ("E", 0.5)), 52.0 + 3.0 * k, 1.0), 11_000.0 + 1_500.0 * k, 5.0)
        for k in range(4)
    ),
    "outdoor": folder(8, 0.71, outside),
    "speakspell": tuple(Through(word, 8_000.0, 6.0) for word in _words(_WORDS, 12, 46.0, 2.0, 1.05)),
    "speech": _words(_WORDS, 7, 47.0, 5.0, 1.0),
    "speechless": _words(_MUTTERED, 10, 45.0, 7.0, 0.97),
    "yeah": folder(31, 0.41, yeah),
}
