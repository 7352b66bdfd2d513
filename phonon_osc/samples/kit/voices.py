"""Mouths: vowels and consonants as formants over a buzz and a hiss. Numbers and letters that nearly speak, a crow, a choir.

Formants of an adult after G. Peterson, H. Barney, "Control methods used in a study of the vowels" (JASA 24, 1952); the source
falls by 12 dB per octave, consonants are bands of noise (D. Klatt, "Software for a cascade/parallel formant synthesizer", JASA
67, 1980, reduced to one cascade).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from phonon_osc.samples.kit.shape import (
    RATE,
    TONE,
    Signal,
    Sound,
    Spectrum,
    bandpass,
    cycles_of,
    decay,
    filtered,
    hertz,
    highpass,
    lowpass,
    noise,
    saturate,
    scan,
    swell,
    tables,
    times,
    unit,
)

_BANDS = (70.0, 90.0, 140.0, 220.0)  # Hz wide
# Vowels and what else is voiced: four formants in Hz, level of the voice
_VOICED: dict[str, tuple[float, float, float, float, float]] = {
    "i": (290.0, 2_250.0, 3_000.0, 3_600.0, 0.8),
    "I": (400.0, 1_950.0, 2_550.0, 3_500.0, 0.9),
    "e": (480.0, 2_100.0, 2_700.0, 3_500.0, 0.9),
    "E": (550.0, 1_770.0, 2_490.0, 3_500.0, 1.0),
    "a": (760.0, 1_200.0, 2_500.0, 3_500.0, 1.0),
    "V": (640.0, 1_190.0, 2_390.0, 3_400.0, 1.0),
    "O": (560.0, 880.0, 2_450.0, 3_400.0, 1.0),
    "o": (450.0, 800.0, 2_500.0, 3_400.0, 0.95),
    "u": (320.0, 870.0, 2_250.0, 3_300.0, 0.85),
    "@": (500.0, 1_400.0, 2_400.0, 3_400.0, 0.8),
    "r": (420.0, 1_250.0, 1_650.0, 3_300.0, 0.6),
    "l": (360.0, 1_050.0, 2_700.0, 3_400.0, 0.55),
    "w": (300.0, 640.0, 2_200.0, 3_300.0, 0.5),
    "j": (270.0, 2_200.0, 3_000.0, 3_600.0, 0.5),
    "n": (260.0, 1_500.0, 2_500.0, 3_300.0, 0.35),
    "m": (250.0, 1_050.0, 2_200.0, 3_300.0, 0.35),
    "v": (280.0, 1_150.0, 2_400.0, 3_300.0, 0.25),
    "z": (280.0, 1_600.0, 2_600.0, 3_400.0, 0.20),
    "d": (280.0, 1_700.0, 2_600.0, 3_400.0, 0.12),
    "b": (230.0, 800.0, 2_200.0, 3_300.0, 0.12),
    "g": (250.0, 1_900.0, 2_300.0, 3_300.0, 0.12),
    "_": (500.0, 1_500.0, 2_500.0, 3_500.0, 0.0),
}
# Hisses: centre Hz, Q, level, seconds of the burst (0: as long as the phone)
_NOISES: dict[str, tuple[float, float, float, float]] = {
    "s": (6_400.0, 2.2, 0.30, 0.0),
    "S": (3_100.0, 1.8, 0.38, 0.0),
    "f": (7_500.0, 0.6, 0.22, 0.0),
    "T": (6_800.0, 0.7, 0.16, 0.0),
    "h": (1_500.0, 0.6, 0.22, 0.0),
    "t": (4_300.0, 1.2, 0.80, 0.014),
    "k": (2_000.0, 2.0, 0.80, 0.018),
    "p": (1_000.0, 0.8, 0.60, 0.010),
    "v": (6_500.0, 0.7, 0.10, 0.0),
    "z": (6_200.0, 2.2, 0.18, 0.0),
    "d": (3_600.0, 1.2, 0.40, 0.008),
    "b": (900.0, 0.8, 0.40, 0.007),
    "g": (1_900.0, 1.8, 0.40, 0.010),
}
_FRAME = 0.005  # seconds between two spectra


def _envelope(hz: Signal, formants: tuple[float, ...]) -> Spectrum:
    """The tract as resonances in a row, which gives each formant the level that its neighbours allow."""
    out = lowpass(hz, 4_500.0, 11.0)
    for centre, width in zip(formants[:4], _BANDS, strict=True):
        out = out * lowpass(hz, centre, centre / width)
    return out * np.sqrt(1.0 + (hz / 2_500.0) ** 4)  # the resonances above, which are left out, would hold the top up


@dataclass(frozen=True, slots=True)
class Utterance:
    """``phones`` spoken one after another, each a symbol and its seconds, on a pitch that falls from ``note`` by ``fall`` semitones.

    ``size`` of the mouth scales the formants; ``blend`` s is how long one phone takes to turn into the next.
    """

    phones: tuple[tuple[str, float], ...]
    pitch: float = 47.0
    fall: float = 4.0
    size: float = 1.0
    blend: float = 0.035
    peak: float = TONE
    note: float | None = None

    def render(self, seed: int) -> Signal:
        seconds = sum(length for _, length in self.phones) + 0.06
        t = times(seconds)
        hz = hertz(self.pitch) * 2.0 ** (self.fall / 12.0 * (0.35 - t / seconds))
        hz = hz * (1.0 + 0.012 * np.sin(2.0 * np.pi * 5.3 * t) * np.minimum(t / 0.3, 1.0))
        return unit(self._voice(t, hz)) + self._hiss(t, seed)

    def _voice(self, t: Signal, hz: Signal) -> Signal:
        """Harmonics under the formants of each frame, and the frames read one after another."""
        at = np.arange(0.0, t[-1] + _FRAME, _FRAME)
        track = self._track(at)
        local = np.interp(at, t, hz)
        count = int(min(5_200.0 * self.size, 0.4 * RATE) / float(hz.min()))
        n = np.arange(1.0, count + 1.0)
        rows = []
        for pitch, formants in zip(local, track, strict=True):
            tilt = 1.0 / n * (n * pitch < 0.45 * RATE)
            rows.append(tilt * formants[4] * _envelope(n * pitch / self.size, tuple(formants)))
        return scan(cycles_of(hz), tables(np.array(rows)), t / _FRAME)

    def _track(self, at: Signal) -> Signal:
        """Formants and level for each frame: held, then gliding to the next phone's."""
        ends = np.cumsum([length for _, length in self.phones])
        targets = np.array([_VOICED.get(symbol, _VOICED["_"]) for symbol, _ in self.phones])
        targets = np.vstack([targets, [*targets[-1][:4], 0.0]])
        track = np.repeat(targets[:1], len(at), axis=0)
        for k, end in enumerate(ends):
            mix = np.clip((at - end) / self.blend + 0.5, 0.0, 1.0)[:, None]
            track = track * (1.0 - mix) + targets[k + 1] * mix
        track[:, 4] *= np.clip(at / 0.02, 0.0, 1.0)
        return track

    def _hiss(self, t: Signal, seed: int) -> Signal:
        out = np.zeros(len(t))
        start = 0.0
        for number, (symbol, length) in enumerate(self.phones):
            if symbol in _NOISES:
                centre, q, level, burst = _NOISES[symbol]
                since = t - start
                shape = (
                    np.exp(-np.maximum(since, 0.0) / burst) * (since >= 0.0)
                    if burst
                    else swell(np.maximum(since, 0.0), 0.02, max(length - 0.03, 0.01), 0.03) * (since >= 0.0)
                )
                band = functools.partial(bandpass, centre=centre * self.size, q=q)
                out += 1.6 * level * filtered(noise(len(t), seed + number) * shape, band)
            start += length
        return out


def say(text: str, pitch: float = 47.0, fall: float = 4.0, size: float = 1.0) -> Utterance:
    """Phones with lengths in hundredths of a second: "w5 V12 n10"."""
    phones = tuple((part[0], int(part[1:]) / 100.0) for part in text.split())
    return Utterance(phones, pitch, fall, size)


_NUMBERS = (
    "z9 I7 r6 o20",
    "w7 V15 n12",
    "t5 u24",
    "T8 r5 i22",
    "f10 O22 r6",
    "f9 a14 I9 v8",
    "s11 I9 k5 s12",
    "s10 E10 v5 @5 n10",
    "e13 I8 t8",
)
_LETTERS = (
    "e12 I12",
    "b4 i22",
    "s10 i20",
    "d4 i22",
    "i26",
    "E14 f14",
    "d4 S7 i20",
    "e13 I7 t3 S9",
    "a15 I12",
    "d3 S6 e11 I10",
    "k5 e12 I10",
    "E13 l16",
    "E12 m16",
    "E12 n16",
    "o16 u12",
    "p5 i22",
    "k5 j5 u20",
    "a20 r10",
    "E12 s16",
    "t5 i22",
    "j6 u22",
    "v8 i20",
    "d3 V7 b3 @4 l4 j4 u15",
    "E11 k4 s14",
    "w6 a13 I10",
    "z9 E14 d5",
)


@dataclass(frozen=True, slots=True)
class Choir:
    """Singers ``apart`` cents from each other on one vowel, or drifting through several, playing ``note``."""

    note: float
    vowels: tuple[str, ...]
    singers: int = 5
    seconds: float = 1.2
    attack: float = 0.12
    release: float = 0.35
    peak: float = TONE

    def render(self, seed: int) -> Signal:
        total = self.attack + self.seconds + self.release
        t = times(total)
        n = np.arange(1.0, int(5_500.0 / hertz(self.note)) + 1.0)
        table = tables(np.array([_envelope(n * hertz(self.note), _VOICED[vowel][:4]) / n for vowel in self.vowels]))
        row = t / total * (len(self.vowels) - 1)
        chance = noise(4 * self.singers, seed)
        sides = np.zeros((len(t), 2))
        for k in range(self.singers):
            apart, slow, phase, place = chance[4 * k : 4 * k + 4]
            sway = 14.0 * np.sin(2.0 * np.pi * (5.1 + 0.7 * slow) * t + 3.0 * phase) * np.minimum(t / 0.4, 1.0)
            voice = scan(cycles_of(hertz(self.note) * 2.0 ** ((9.0 * apart + sway) / 1_200.0)) + phase, table, row)
            sides[:, 0] += voice * (0.7 + 0.3 * place)
            sides[:, 1] += voice * (0.7 - 0.3 * place)
        sides *= swell(t, self.attack, self.seconds, self.release)[:, None]
        return sides


@dataclass(frozen=True, slots=True)
class Crow:
    """A rough call: ``pitch`` Hz arching up and down for ``seconds``, ``rasp`` of noise in it, once or in a row."""

    pitch: float
    seconds: float
    calls: int = 1
    rasp: float = 0.5
    peak: float = TONE
    note: float | None = None

    def render(self, seed: int) -> Signal:
        out = np.zeros(0)
        for call in range(self.calls):
            t = times(self.seconds)
            u = t / self.seconds
            hz = self.pitch * (0.82 + 0.30 * np.sin(np.pi * u**0.8)) * (1.0 - 0.05 * call)
            chance = np.interp(t, np.linspace(0.0, self.seconds, 200), noise(200, seed + call))
            cycles = cycles_of(hz * (1.0 + 0.05 * chance))
            n = np.arange(1.0, int(7_000.0 / self.pitch) + 1.0)
            f = n * self.pitch
            shape = 1.0 * bandpass(f, 1_250.0, 3.0) + 0.8 * bandpass(f, 2_100.0, 3.5) + 0.35 * bandpass(f, 4_600.0, 3.0)
            voice = scan(cycles, tables((shape / np.sqrt(n))[None, :]), np.zeros(len(t)))
            voice *= 0.55 + 0.45 * np.sin(np.pi * cycles) * (
                1.0 + 0.6 * chance
            )  # every other pulse fails: that is the rasp
            air = filtered(noise(len(t), seed + 9 + call), lambda hz_: bandpass(hz_, 1_700.0, 0.9)) * np.abs(
                np.sin(np.pi * cycles)
            )
            voice = unit(voice) + self.rasp * unit(air)
            voice = saturate(voice * np.sin(np.pi * np.minimum(u * 1.02, 1.0)) ** 0.45, 1.6)
            gap = np.zeros(round(0.09 * RATE)) if call else np.zeros(0)
            out = np.concatenate([out, gap, voice])
        return filtered(out, lambda hz_: highpass(hz_, 350.0) * lowpass(hz_, 9_000.0))


@dataclass(frozen=True, slots=True)
class Mouth:
    """Clicks, pops and puffs: a burst at ``centre`` Hz sliding by ``slide`` octaves, ``tau`` s long, ``air`` of it noise."""

    centre: float
    slide: float
    tau: float
    air: float
    peak: float = TONE
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(0.01 + 6.5 * self.tau)
        hz = self.centre * 2.0 ** (self.slide * (1.0 - decay(t, 0.5 * self.tau)))
        pop = np.sin(2.0 * np.pi * cycles_of(hz)) * decay(t, self.tau)
        puff = filtered(noise(len(t), seed), lambda f: bandpass(f, 1.8 * self.centre, 1.2)) * decay(t, 0.7 * self.tau)
        out: Signal = (1.0 - self.air) * pop + self.air * unit(puff)
        return out


_MOUTHS = (
    (420.0, 1.2, 0.020, 0.2),
    (900.0, 0.9, 0.012, 0.3),
    (260.0, 1.8, 0.035, 0.1),
    (1_800.0, -0.5, 0.010, 0.5),
    (3_200.0, 0.0, 0.030, 0.9),
    (700.0, -1.0, 0.025, 0.3),
    (150.0, 0.6, 0.050, 0.3),
    (5_200.0, 0.0, 0.060, 1.0),
    (1_200.0, 1.4, 0.016, 0.1),
    (340.0, -0.7, 0.045, 0.4),
    (2_400.0, 0.3, 0.008, 0.6),
    (560.0, 2.2, 0.018, 0.1),
    (6_800.0, 0.0, 0.020, 1.0),
    (1_000.0, 0.0, 0.070, 0.85),
    (210.0, 2.8, 0.040, 0.0),
)

BANKS: dict[str, tuple[Sound, ...]] = {
    "numbers": tuple(say(text) for text in _NUMBERS),
    "alphabet": tuple(say(text, 52.0, 5.0, 1.12) for text in _LETTERS),
    "mouth": tuple(Mouth(*numbers) for numbers in _MOUTHS),
    "crow": (Crow(520.0, 0.30), Crow(450.0, 0.42, 1, 0.8), Crow(600.0, 0.20, 2, 0.4), Crow(380.0, 0.50, 1, 0.6)),
    "bev": (
        Choir(57.0, ("o", "a", "e", "O", "u", "a", "i", "o"), 4, 3.2, 0.3, 0.6),
        Choir(62.0, ("u", "O", "a", "E", "a", "o", "m", "u"), 4, 3.2, 0.3, 0.6),
    ),
}
