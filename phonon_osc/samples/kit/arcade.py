"""Arcade games, toys with bent circuits, broken converters: folders of sounds made by machines that were not meant for music.

The games' sound boards of around 1980 are square waves, counters that step through pitches, and shift registers for noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phonon_osc.samples.kit.boxes import blast, folder, swept, tick
from phonon_osc.samples.kit.nature import Blast, Grains, Saucer
from phonon_osc.samples.kit.shape import (
    RATE,
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
    sampled,
    scan,
    swell,
    tables,
    times,
    unit,
)
from phonon_osc.samples.kit.tones import WAVES, Analogue, Fm
from phonon_osc.samples.kit.treated import Driven

_TOP = 16_000.0  # Hz, of the highest harmonic


@dataclass(frozen=True, slots=True)
class Jingle:
    """Notes one after another, ``step`` s each, in one of the waves of ``tones``: semitones above ``root``, None for a rest.

    ``slur`` bends each note by so many octaves on its way; ``ring`` s is the decay of each.
    """

    root: float
    notes: tuple[float | None, ...]
    step: float
    wave: str = "square"
    slur: float = 0.0
    ring: float = 0.08
    peak: float = TONE
    note: float | None = None

    def render(self, seed: int) -> Signal:
        size = round(self.step * RATE)
        last = round(4.0 * self.ring * RATE)
        out = np.zeros(len(self.notes) * size + last)
        for number, step in enumerate(self.notes):
            if step is None:
                continue
            t = times((size + last) / RATE)
            hz = hertz(self.root + step) * 2.0 ** (self.slur * np.minimum(t / self.step, 1.0))
            harmonics = np.arange(1.0, max(1.0, min(_TOP / float(hz.max()), 200.0)) + 1.0)
            spectrum = np.array([-1j * WAVES[self.wave](harmonics)])
            wave = scan(cycles_of(hz), tables(spectrum), np.zeros(len(t)))
            held = np.minimum(t / 0.001, 1.0) * decay(np.maximum(t - 0.9 * self.step, 0.0), self.ring)
            out[number * size : number * size + len(t)] += wave * held
        return out


@dataclass(frozen=True, slots=True)
class Engine:
    """A motor, a saw, a siren: pulses from ``start`` to ``end`` a second, each a small blow at ``body`` Hz, ``grit`` of it noise."""

    start: float
    end: float
    body: float
    seconds: float
    grit: float = 0.3
    peak: float = TONE
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(self.seconds)
        u = t / self.seconds
        turn = cycles_of(self.start * (self.end / self.start) ** u * (1.0 + 0.03 * np.sin(2.0 * np.pi * 6.0 * t)))
        since = (turn % 1.0) / (self.start * (self.end / self.start) ** u)  # seconds since the last blow
        x = np.sin(2.0 * np.pi * self.body * since) * decay(since, 1.6 / self.body)
        x += self.grit * coloured(len(t), seed, (2.0 * self.body, 0.6, 1.0), (3_000.0, 0.6, 0.3)) * decay(since, 0.01)
        return unit(x) * swell(t, 0.02, 0.7 * self.seconds, 0.25 * self.seconds)


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken converter: ``pieces`` of tone, noise and silence in ``seconds``, some of them stuck and repeated.

    ``centre`` Hz is where the tones lie, ``rate`` Hz and ``bits`` are the converter's.
    """

    centre: float
    pieces: int
    seconds: float
    rate: float = 16_000.0
    bits: float = 5.0
    peak: float = TONE
    note: float | None = None

    def render(self, seed: int) -> Signal:
        chance = noise(4 * self.pieces, seed).reshape(self.pieces, 4)
        parts = []
        for number, (kind, pitch, length, times_over) in enumerate(chance):
            t = times(max(self.seconds / self.pieces * (1.0 + 0.8 * length), 0.004))
            if kind < -0.6 and number:
                piece = np.zeros(len(t))
            elif kind < 0.0:
                piece = noise(len(t), seed + number + 1) * decay(t, 0.3 * self.seconds)
            else:
                hz = self.centre * 2.0 ** (2.0 * pitch)
                piece = np.sign(np.sin(2.0 * np.pi * hz * t)) * (0.4 + 0.6 * abs(kind))
            stuck = 1 + int(3.0 * abs(times_over))
            parts += [piece[: max(len(piece) // stuck, 48)]] * stuck
        return sampled(np.concatenate(parts), self.rate, self.bits)


# --- makers, as in ``boxes``: a position in, a sound out --------------------------------------------------------------------
def laser(u: float) -> Sound:
    return Saucer(
        between_octaves(u, 400.0, 4_000.0),
        between_octaves(3 * u, 90.0, 1_600.0),
        between_octaves(5 * u, 2.0, 40.0),
        between(7 * u, 0.05, 0.9),
        between(11 * u, 0.25, 0.8),
        int(7 * (13 * u % 1.0)),
        echo=0.15,
    )


def explosion(u: float) -> Sound:
    return Driven(Blast(between_octaves(u, 400.0, 2_200.0), between(3 * u, 1.0, 3.0), between(5 * u, 0.12, 0.4)), 2.0)


def fanfare(u: float) -> Sound:
    """A short run of notes: an arpeggio, up or down."""
    chord = ((0, 4, 7, 12, 16), (0, 3, 7, 10, 12), (0, 5, 7, 12, 17), (0, 2, 4, 7, 9))[int(4 * (3 * u % 1.0))]
    run = chord if 5 * u % 1.0 < 0.6 else chord[::-1]
    count = 3 + int(3 * (7 * u % 1.0))
    return Jingle(
        60.0 + int(18 * u),
        tuple(float(run[k % 5] + 12 * (k // 5)) for k in range(count)),
        between(11 * u, 0.035, 0.1),
        ("square", "pulse", "triangle")[int(3 * (13 * u % 1.0))],
    )


def march(u: float) -> Sound:
    """One step of an invader."""
    return Jingle(between(u, 28.0, 46.0), (0.0,), between(3 * u, 0.04, 0.12), "square", between(5 * u, -0.6, 0.1), 0.03)


def bleep(u: float) -> Sound:
    return Jingle(
        between(u, 62.0, 98.0),
        (0.0,) * (1 + int(3 * (3 * u % 1.0))),
        between(5 * u, 0.03, 0.11),
        "pulse",
        between(7 * u, -0.5, 0.7),
        0.015,
    )


def sonar(u: float) -> Sound:
    return Fm(
        float(round(between(u, 70.0, 90.0))),
        ((1.0, 1.0, 0.4, 1.0), (1.01, 2.0, 0.2, 0.6)),
        0.1,
        0.5,
        0.03,
        between(3 * u, 0.12, 0.4),
    )


def motor(u: float) -> Sound:
    return Engine(
        between_octaves(u, 14.0, 90.0),
        between_octaves(3 * u, 14.0, 120.0),
        between_octaves(5 * u, 90.0, 700.0),
        between(7 * u, 0.3, 1.1),
        between(11 * u, 0.1, 0.7),
    )


def fault(u: float) -> Sound:
    return Fault(
        between_octaves(u, 160.0, 2_600.0),
        4 + int(14 * (3 * u % 1.0)),
        between(5 * u, 0.08, 0.5),
        between_octaves(7 * u, 7_000.0, 30_000.0),
        between(11 * u, 3.5, 7.0),
    )


def torn(u: float) -> Sound:
    """Noise and overdrive."""
    return Driven(
        Blast(
            between_octaves(u, 300.0, 5_000.0),
            between(3 * u, -0.8, 1.6),
            between(5 * u, 0.08, 0.35),
            (0.0, 13.0, 31.0, 57.0)[int(4 * (7 * u % 1.0))],
            2.0,
            rumble=0.2,
        ),
        between_octaves(11 * u, 2.0, 14.0),
        between(13 * u, 5_000.0, 14_000.0),
    )


def bent(u: float) -> Sound:
    """A keyboard whose clock has been tampered with."""
    return Analogue(
        float(round(between(u, 40.0, 76.0))),
        ("pulse", "square", "saw")[int(3 * (3 * u % 1.0))],
        (0.0,),
        floor=1_200.0,
        peak_hz=5_000.0,
        lfo=(between(5 * u, 0.5, 2.0), between(7 * u, 5.0, 24.0)),
        hold=between(11 * u, 0.1, 0.5),
        tau=0.08,
        glide=(between(13 * u, -24.0, 24.0), between(17 * u, 0.05, 0.3)),
        drive=1.5,
    )


def drops(u: float) -> Sound:
    """A handful of small things that fall."""
    return Grains(
        between_octaves(u, 1_200.0, 5_200.0),
        4 + int(20 * (3 * u % 1.0)),
        between(5 * u, 0.2, 0.9),
        between(7 * u, 0.004, 0.02),
        0.8,
    )


_CIRCUS = (
    Jingle(67.0, (0.0, -1.0, 0.0, -1.0, 0.0, 2.0, 4.0, 5.0, 7.0), 0.12, "triangle"),
    Jingle(60.0, (0.0, 7.0, 4.0, 7.0, 0.0, 7.0, 4.0, 7.0), 0.15, "pulse"),
    Jingle(72.0, (12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0), 0.07, "square"),
)

BANKS: dict[str, tuple[Sound, ...]] = {
    "armora": folder(7, 0.12, motor, laser, explosion, bleep),
    "bend": folder(4, 0.23, bent),
    "bleep": folder(13, 0.34, bleep, fanfare),
    "circus": _CIRCUS,
    "coins": (Jingle(83.0, (0.0, 5.0), 0.075, "square", 0.0, 0.14),),
    "cosmicg": folder(15, 0.45, march, laser, bleep, explosion, fanfare),
    "dist": folder(16, 0.56, torn),
    "glitch": folder(8, 0.67, fault),
    "glitch2": folder(8, 0.78, fault, tick, blast),
    "invaders": folder(18, 0.89, march, laser, bleep, explosion, fanfare),
    "monsterb": folder(6, 0.09, motor, fanfare, laser),
    "noise2": folder(8, 0.18, torn, blast),
    "seawolf": folder(3, 0.27, sonar, explosion, motor),
    "speedupdown": tuple(
        Engine(12.0, 150.0, 190.0 + 60.0 * k, 1.1 + 0.1 * k)
        if k % 2 == 0
        else Engine(150.0, 12.0, 170.0 + 60.0 * k, 1.1 + 0.1 * k)
        for k in range(9)
    ),
    "subroc3d": folder(11, 0.36, laser, explosion, sonar, motor, fanfare),
    "tacscan": folder(22, 0.47, laser, bleep, motor, explosion, fanfare),
    "toys": folder(13, 0.58, drops, bleep, bent, fanfare, swept),
}
