"""The kit's drums: kicks, snares, claps, toms and rims, each a recipe of numbers and one function that cooks it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from phonon_osc.samples.kit_shape import Signal, coloured, decay, noise, saturate, strike, sweep, times


@dataclass(frozen=True, slots=True)
class Kick:
    """``end`` Hz is where the pitch settles; ``drop``, ``snap`` are (Hz, s) of the slow and the fast fall towards it.

    ``tau`` s is the decay after ``hold`` s at full level; ``drive`` saturates; ``click`` is the level of the beater.
    """

    end: float
    drop: tuple[float, float]
    snap: tuple[float, float]
    hold: float
    tau: float
    drive: float
    click: float
    seconds: float


KICKS = (
    Kick(51.0, (95.0, 0.032), (520.0, 0.0040), 0.045, 0.085, 1.6, 0.22, 0.50),  # round and punchy, fits all
    Kick(44.0, (38.0, 0.060), (260.0, 0.0060), 0.060, 0.300, 1.2, 0.08, 1.60),  # long and deep
    Kick(62.0, (120.0, 0.018), (900.0, 0.0025), 0.022, 0.042, 2.0, 0.34, 0.26),  # short and tight
    Kick(48.0, (150.0, 0.045), (700.0, 0.0050), 0.090, 0.090, 5.5, 0.30, 0.60),  # driven hard
    Kick(56.0, (60.0, 0.025), (180.0, 0.0080), 0.030, 0.110, 1.1, 0.03, 0.60),  # soft, felt beater
    Kick(40.0, (170.0, 0.070), (420.0, 0.0080), 0.050, 0.160, 2.6, 0.14, 0.95),  # swooping, rubber
    Kick(54.0, (210.0, 0.012), (1500.0, 0.0018), 0.035, 0.065, 3.0, 0.50, 0.40),  # clicky, cuts through
)


def kick(recipe: Kick, seed: int) -> Signal:
    t = times(recipe.seconds)
    level = decay(np.maximum(t - recipe.hold, 0.0), recipe.tau)
    phase = sweep(t, recipe.end, recipe.drop, recipe.snap, start_phase=0.05)
    body = saturate(np.sin(phase) * level, recipe.drive)
    # A second harmonic that dies with the sweep: what small speakers hear of a low drum.
    body += 0.12 * np.sin(2.0 * phase) * decay(t, 0.5 * recipe.tau) * level
    short = times(0.02)
    beater = coloured(len(short), seed, (3_400.0, 0.8, 1.0), (900.0, 0.9, 0.6)) * decay(short, 0.0022)
    body[: len(short)] += recipe.click * beater
    return body


@dataclass(frozen=True, slots=True)
class Snare:
    """``low``, ``high`` Hz: the two modes of the skin, ringing ``ring`` s; ``wires`` is their level of noise.

    ``bright`` Hz is the centre of the noise, ``tau`` s its decay, ``snap`` the share that dies five times faster.
    """

    low: float
    high: float
    ring: float
    wires: float
    bright: float
    tau: float
    snap: float
    drive: float
    seconds: float


SNARES = (
    Snare(184.0, 331.0, 0.050, 0.95, 4_800.0, 0.075, 0.55, 1.4, 0.50),  # crisp all-rounder
    Snare(172.0, 336.0, 0.075, 0.62, 6_400.0, 0.062, 0.30, 1.1, 0.45),  # tonal, electric
    Snare(238.0, 421.0, 0.026, 1.00, 5_600.0, 0.042, 0.60, 1.8, 0.28),  # tight and high
    Snare(158.0, 287.0, 0.085, 1.05, 3_300.0, 0.130, 0.50, 2.4, 0.85),  # fat, long wires
    Snare(205.0, 372.0, 0.030, 1.20, 7_600.0, 0.100, 0.15, 1.1, 0.60),  # brushed, mostly air
    Snare(213.0, 523.0, 0.080, 0.85, 4_200.0, 0.070, 0.55, 1.5, 0.55),  # ringing piccolo
    Snare(190.0, 345.0, 0.040, 1.30, 2_600.0, 0.055, 0.45, 4.5, 0.36),  # crushed and dirty
)


def snare(recipe: Snare, seed: int) -> Signal:
    t = times(recipe.seconds)
    low = np.sin(sweep(t, recipe.low, (0.45 * recipe.low, 0.009), start_phase=0.4)) * decay(t, recipe.ring)
    high = np.sin(sweep(t, recipe.high, (0.30 * recipe.high, 0.006), start_phase=1.1)) * decay(t, 0.6 * recipe.ring)
    bands = ((recipe.bright, 0.55, 1.0), (0.42 * recipe.bright, 0.9, 0.55), (11_000.0, 0.8, 0.30))
    rattle = (1.0 - recipe.snap) * decay(t, recipe.tau) + recipe.snap * decay(t, 0.2 * recipe.tau)
    wires = coloured(len(t), seed, *bands) * rattle
    stick = noise(len(t), seed + 1) * decay(t, 0.0009)
    return saturate(0.55 * low + 0.36 * high + recipe.wires * wires + 0.25 * stick, recipe.drive)


@dataclass(frozen=True, slots=True)
class Clap:
    """``hands`` s: onset of each hand; the last one carries the room, ``tau`` s long. ``centre`` Hz of the palms,
    ``top`` Hz where they end.
    """

    hands: tuple[float, ...]
    centre: float
    q: float
    top: float
    tau: float
    room: float
    seconds: float


CLAPS = (
    Clap((0.0, 0.0095, 0.0190, 0.0290), 1_150.0, 2.2, 4_800.0, 0.075, 0.55, 0.50),  # classic
    Clap((0.0, 0.0070, 0.0150, 0.0215), 1_500.0, 1.8, 6_500.0, 0.040, 0.45, 0.30),  # dry and close
    Clap((0.0, 0.0120, 0.0230, 0.0370), 950.0, 2.4, 3_600.0, 0.120, 0.60, 0.75),  # big room
    Clap((0.0, 0.0105, 0.0180, 0.0310), 1_900.0, 1.3, 8_000.0, 0.060, 0.50, 0.42),  # bright crowd
    Clap((0.0, 0.0160, 0.0290, 0.0450), 1_250.0, 3.4, 4_200.0, 0.055, 0.40, 0.42),  # loose, hollow
    Clap((0.0, 0.0050, 0.0105, 0.0165), 1_050.0, 1.4, 5_200.0, 0.030, 0.35, 0.24),  # one tight slap
)


def clap(recipe: Clap, seed: int) -> Signal:
    t = times(recipe.seconds)
    last = recipe.hands[-1]
    level = recipe.room * decay(np.maximum(t - last, 0.0), recipe.tau) * (t >= last)
    for hand, force in zip(recipe.hands, (0.85, 0.75, 0.9, 1.0), strict=True):
        since = np.maximum(t - hand, 0.0)
        level = np.maximum(level, force * decay(since, 0.0042) * (t >= hand))
    centre = recipe.centre
    bands = ((centre, recipe.q, 1.0), (2.3 * centre, 1.4, 0.30))
    return saturate(1.3 * coloured(len(t), seed, *bands, top=recipe.top) * level, 1.6)


@dataclass(frozen=True, slots=True)
class Tom:
    """``pitch`` Hz where it settles, ``bend`` the share it starts above, ``tau`` s its ring, ``skin`` its noise."""

    pitch: float
    bend: float
    tau: float
    skin: float
    seconds: float


def _toms(pitch: float) -> tuple[Tom, ...]:
    return (
        Tom(pitch, 0.55, 0.150, 0.16, 0.85),  # open
        Tom(1.12 * pitch, 0.35, 0.090, 0.26, 0.55),  # damped
        Tom(0.90 * pitch, 0.95, 0.240, 0.09, 1.30),  # electric, long bend
        Tom(1.25 * pitch, 0.25, 0.050, 0.40, 0.36),  # dry, mostly stick
    )


LOW_TOMS, MID_TOMS, HIGH_TOMS = _toms(82.0), _toms(124.0), _toms(182.0)
_MEMBRANE = ((1.594, 0.30, 0.45), (2.136, 0.16, 0.30), (2.653, 0.09, 0.22))  # ideal round skin: ratio, level, ring


def tom(recipe: Tom, seed: int) -> Signal:
    t = times(recipe.seconds)
    fall = 0.35 * recipe.tau
    x = np.sin(sweep(t, recipe.pitch, (recipe.bend * recipe.pitch, fall), start_phase=0.3)) * decay(t, recipe.tau)
    for ratio, level, ring in _MEMBRANE:
        phase = sweep(t, ratio * recipe.pitch, (ratio * recipe.bend * recipe.pitch, fall), start_phase=ratio)
        x += level * np.sin(phase) * decay(t, ring * recipe.tau)
    skin = coloured(len(t), seed, (9.0 * recipe.pitch, 0.7, 1.0), (4_500.0, 0.8, 0.5))
    x += recipe.skin * skin * (0.8 * decay(t, 0.006) + 0.2 * decay(t, 0.4 * recipe.tau))
    return saturate(x * strike(t, 0.0006), 1.3)


@dataclass(frozen=True, slots=True)
class Rim:
    """``wood`` Hz and its decay ``tau`` s, ``shell`` Hz below it, ``stick`` level of the noise."""

    wood: float
    shell: float
    tau: float
    stick: float
    drive: float
    seconds: float


RIMS = (
    Rim(1_667.0, 455.0, 0.0120, 0.30, 2.6, 0.11),  # electric rimshot
    Rim(1_050.0, 390.0, 0.0160, 0.45, 1.5, 0.12),  # cross stick
    Rim(2_250.0, 820.0, 0.0090, 0.25, 2.0, 0.08),  # clave-like
    Rim(1_340.0, 260.0, 0.0200, 0.70, 3.6, 0.18),  # loud, with the skin
)


def rim(recipe: Rim, seed: int) -> Signal:
    t = times(recipe.seconds)
    x = np.sin(sweep(t, recipe.wood, start_phase=0.8)) * decay(t, recipe.tau)
    x += 0.6 * np.sin(sweep(t, recipe.shell, (0.2 * recipe.shell, 0.004), start_phase=0.5)) * decay(t, 0.9 * recipe.tau)
    x += 0.25 * np.sin(sweep(t, 2.72 * recipe.wood, start_phase=0.2)) * decay(t, 0.35 * recipe.tau)
    x += recipe.stick * coloured(len(t), seed, (5_000.0, 0.6, 1.0)) * decay(t, 0.0035)
    return saturate(x * strike(t, 0.0001), recipe.drive)
