"""Pitched sounds: strings, analogue voices, frequency modulation. Each says which MIDI note it plays.

Strings: partials n f sqrt(1 + B n^2) of levels sin(n pi p) / n for a string plucked at p, losses growing with frequency, two
polarisations a little apart (N. Fletcher, T. Rossing, "The Physics of Musical Instruments", 1998, ch. 2 and 9). Frequency
modulation: J. Chowning, "The synthesis of complex audio spectra by means of frequency modulation" (JAES 21, 1973).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from phonon_osc.samples.kit.shape import (
    RATE,
    TONE,
    Signal,
    coloured,
    cycles_of,
    decay,
    filtered,
    hertz,
    highpass,
    lowpass,
    mixed,
    modes,
    noise,
    saturate,
    scan,
    swell,
    tables,
    times,
    unit,
)

_ROWS = 28  # spectra of a filter's way, from its lowest to its highest corner
_TOP = 19_000.0  # Hz


@dataclass(frozen=True, slots=True)
class String:
    """A plucked string playing ``note``: ``tau`` s of its first partial, ``dull`` takes the upper ones away faster.

    ``pick`` is where along the string, ``soft`` Hz how sharp the plectrum; ``stiff`` is B, ``beat`` the cents between its two
    polarisations, ``body`` Hz and gain of the box, ``tick`` the level of the pluck's own noise.
    """

    note: float
    tau: float = 0.5
    dull: float = 0.25
    pick: float = 0.13
    soft: float = 4_000.0
    stiff: float = 5e-5
    beat: float = 1.2
    body: tuple[tuple[float, float, float], ...] = ()
    tick: float = 0.08
    drive: float = 0.0
    peak: float = TONE

    def render(self, seed: int) -> Signal:
        pitch = hertz(self.note)
        n = np.arange(1, min(int(0.4 * RATE / pitch), 90) + 1)
        # The first partial is the note: what stiffness adds is taken off the whole.
        hz = pitch * n * np.sqrt((1.0 + self.stiff * n * n) / (1.0 + self.stiff))
        level = np.sin(np.pi * n * self.pick) / n / np.sqrt(1.0 + (hz / self.soft) ** 4)
        for centre, q, gain in self.body:
            level = level * (1.0 + gain / np.sqrt(1.0 + (q * (hz / centre - centre / hz)) ** 2))
        tau = self.tau / (1.0 + self.dull * (hz / pitch - 1.0) + (hz / 9_000.0) ** 2)
        apart = 2.0 ** (self.beat / 1_200.0)
        both = np.concatenate([hz, hz * apart]) if self.beat else hz
        levels = np.concatenate([level, 0.4 * level]) if self.beat else level
        taus = np.concatenate([tau, 1.6 * tau]) if self.beat else tau
        x = modes(min(0.02 + 7.0 * float(taus.max()), 2.2), both, levels, taus)
        x = unit(x)
        short = times(0.02)
        x[: len(short)] += (
            self.tick * coloured(len(short), seed, (min(6.0 * pitch, 5_000.0), 0.7, 1.0)) * decay(short, 0.003)
        )
        return saturate(x, self.drive) if self.drive else x


# Waveforms as levels of harmonics 1, 2, ...; saws and squares as an analogue oscillator makes them
def saw(n: Signal) -> Signal:
    return 1.0 / n


def square(n: Signal) -> Signal:
    out: Signal = (n % 2 == 1) / n * 1.3
    return out


def triangle(n: Signal) -> Signal:
    out: Signal = (n % 2 == 1) / (n * n) * (1.0 - 2.0 * (n % 4 == 3)) * 1.6
    return out


def pulse(n: Signal) -> Signal:
    out: Signal = 1.4 * np.sin(np.pi * n * 0.22) / n
    return out


def sine(n: Signal) -> Signal:
    out: Signal = (n == 1) * 1.2
    return out


WAVES = {"saw": saw, "square": square, "triangle": triangle, "pulse": pulse, "sine": sine}


@dataclass(frozen=True, slots=True)
class Analogue:
    """Oscillators through a low-pass that an envelope moves, playing ``note``.

    ``detune``: cents of each oscillator; ``sub``: level of a square an octave below. The corner falls from ``peak_hz`` to
    ``floor`` Hz in ``fall`` s, with resonance ``q`` and 12 or 24 dB per octave; ``lfo`` moves it by so many octaves at so many Hz.
    ``attack``, ``hold``, ``tau``, ``release`` shape the level; ``glide`` is (semitones, s) of a fall to the pitch.
    """

    note: float
    wave: str = "saw"
    detune: tuple[float, ...] = (0.0,)
    sub: float = 0.0
    floor: float = 300.0
    peak_hz: float = 3_000.0
    fall: float = 0.12
    q: float = 1.5
    steep: bool = True
    lfo: tuple[float, float] = (0.0, 0.0)
    attack: float = 0.002
    hold: float = 0.10
    tau: float = 0.20
    release: float = 0.0
    glide: tuple[float, float] = (0.0, 0.03)
    drive: float = 0.0
    wide: bool = False
    peak: float = TONE

    def render(self, seed: int) -> Signal:
        t = times(self.attack + self.hold + (self.release if self.release else 6.5 * self.tau))
        semitones, slide = self.glide
        hz = hertz(self.note) * 2.0 ** (semitones / 12.0 * decay(t, slide))
        corner = self._corner(t)
        low, high = float(corner.min()), float(corner.max()) + 1e-6
        row = (corner - low) * ((_ROWS - 1) / (high - low))
        corners = 2.0 ** np.linspace(low, high, _ROWS)
        table = self._table(self.wave, corners, 1.0, float(hz.max()))
        middle = sum(self.detune) / len(self.detune)
        phases = noise(len(self.detune), seed) if len(self.detune) > 1 else np.zeros(1)
        sides = np.zeros((2 if self.wide else 1, len(t)))
        for number, (cents, phase) in enumerate(zip(self.detune, phases, strict=True)):
            voice = scan(cycles_of(hz * 2.0 ** ((cents - middle) / 1_200.0)) + phase, table, row)
            for side in range(len(sides)):
                sides[side] += voice * (1.0 - 0.6 * self.wide * (number % 2 == side))
        if self.sub:
            under = self._table("square", corners, 0.5, float(hz.max()))
            sides += self.sub * scan(cycles_of(0.5 * hz), under, row)
        sides *= self._level(t)
        if self.drive:
            sides = saturate(unit(sides), self.drive)
        return sides.T if self.wide else sides[0]

    def _corner(self, t: Signal) -> Signal:
        """Octaves (base 2 logarithm of Hz)."""
        octaves, rate = self.lfo
        corner: Signal = np.log2(self.floor) + np.log2(self.peak_hz / self.floor) * decay(t, self.fall)
        if octaves:
            corner -= octaves * (0.5 - 0.5 * np.cos(2.0 * np.pi * rate * t))
        return corner

    def _level(self, t: Signal) -> Signal:
        if self.release:
            return swell(t, self.attack, self.hold, self.release)
        out: Signal = decay(np.maximum(t - self.attack - self.hold, 0.0), self.tau) * np.minimum(t / self.attack, 1.0)
        return out

    def _table(self, wave: str, corners: Signal, octave: float, highest: float) -> Signal:
        """The wave at ``octave`` times the note through the low-pass at each corner; ``highest`` Hz is how far a glide takes it."""
        n = np.arange(1.0, max(1.0, min(_TOP / (octave * highest), 700.0)) + 1.0)
        hz = n * octave * hertz(self.note)
        source = -1j * WAVES[wave](n)
        rows = []
        for corner in corners:
            pass_ = lowpass(hz, float(corner), self.q)
            rows.append(source * pass_ * lowpass(hz, float(corner), 0.6) if self.steep else source * pass_)
        return tables(np.array(rows))


@dataclass(frozen=True, slots=True)
class Fm:
    """Carriers each with one modulator: (ratio of the carrier, ratio of the modulator, index, level), playing ``note``.

    The index falls from its value to a ``rest`` of it in ``fall`` s; ``tau`` s is the decay after ``hold`` s.
    """

    note: float
    pairs: tuple[tuple[float, float, float, float], ...]
    fall: float = 0.10
    rest: float = 0.2
    hold: float = 0.0
    tau: float = 0.30
    attack: float = 0.001
    tremolo: tuple[float, float] = (0.0, 0.0)  # Hz, depth
    peak: float = TONE

    def render(self, seed: int) -> Signal:
        pitch = hertz(self.note)
        t = times(self.attack + self.hold + 7.0 * self.tau)
        x = np.zeros(len(t))
        for number, (carrier, modulator, index, level) in enumerate(self.pairs):
            depth = index * (self.rest + (1.0 - self.rest) * decay(t, self.fall))
            depth = np.minimum(depth, _clean_index(int((0.5 * RATE / pitch - carrier) / modulator)))
            turn = 2.0 * np.pi * pitch * t
            wave = np.sin(carrier * turn + depth * np.sin(modulator * turn))
            ring = self.tau / (1.0 + 0.35 * number)
            x += level * wave * decay(np.maximum(t - self.hold, 0.0), ring)
        rate, depth_ = self.tremolo
        x *= swell(t, self.attack, 1e3, 1.0) * (1.0 - depth_ * (0.5 - 0.5 * np.cos(2.0 * np.pi * rate * t)))
        return x


def _clean_index(order: int) -> float:
    """The index up to which sidebands beyond ``order`` stay under -60 dB: J_k(x) is about (x / 2)^k / k! there."""
    k = order + 1
    return 2.0 * (1e-3 * math.factorial(min(k, 20))) ** (1.0 / k) if order >= 0 else 0.0


@dataclass(frozen=True, slots=True)
class Additive:
    """Harmonics at fixed levels with a shared attack and end: organs, reeds, whistles, playing ``note``.

    ``vibrato`` (Hz, cents) sets in after a third of a second; ``breath`` is noise around the note.
    """

    note: float
    harmonics: tuple[float, ...]
    attack: float = 0.02
    hold: float = 0.5
    release: float = 0.15
    vibrato: tuple[float, float] = (5.2, 0.0)
    breath: float = 0.0
    bloom: float = 0.0  # seconds in which the upper harmonics come in
    drive: float = 0.0
    peak: float = TONE

    def render(self, seed: int) -> Signal:
        pitch = hertz(self.note)
        t = times(self.attack + self.hold + self.release)
        rate, cents = self.vibrato
        sway = cents / 1_200.0 * np.minimum(t / 0.35, 1.0) ** 2 * np.sin(2.0 * np.pi * rate * t)
        levels = np.array(self.harmonics)
        levels = levels[: max(1, int(_TOP / pitch))]
        bright, dark = -1j * levels, -1j * levels / np.arange(1, len(levels) + 1) ** 1.2
        table = tables(np.stack([dark, bright]) if self.bloom else bright[None, :])
        row = 1.0 - decay(t, self.bloom) if self.bloom else np.zeros(len(t))
        x = scan(cycles_of(pitch * 2.0**sway), table, row) * swell(t, self.attack, self.hold, self.release)
        x = unit(x)
        if self.breath:
            air = coloured(len(t), seed, (pitch, 6.0, 1.0), (2.0 * pitch, 4.0, 0.5), (5_000.0, 0.6, 0.25))
            x += (
                self.breath
                * air
                * swell(t, 0.5 * self.attack, self.hold, self.release)
                * (0.35 + 0.65 * decay(t, 0.06))
            )
        return saturate(x, self.drive) if self.drive else x


@dataclass(frozen=True, slots=True)
class Chord:
    """The same recipe at several notes at once: stabs and hits."""

    notes: tuple[Analogue | Fm | Additive | String, ...]
    drive: float = 0.0
    top: float = 0.0
    peak: float = TONE

    @property
    def note(self) -> float:
        return self.notes[0].note

    def render(self, seed: int) -> Signal:
        x = mixed(*(note.render(seed + k) for k, note in enumerate(self.notes)))
        if self.drive:
            x = saturate(unit(x), self.drive)
        return filtered(x, lambda hz: lowpass(hz, self.top) * highpass(hz, 40.0)) if self.top else x


def glass(note: float, tau: float = 0.35) -> Fm:
    """A bright pluck between string and glass."""
    ring = tau * (261.63 / hertz(note)) ** 0.45
    return Fm(note, ((1.0, 1.0, 2.0, 1.0), (1.0, 3.0, 1.1, 0.45), (2.0, 5.0, 0.7, 0.18)), 0.06, 0.25, 0.0, ring)
