"""The kit's metal: hats, crashes and cowbells, out of clusters of square waves that have nothing in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phonon_osc.samples.kit_shape import (
    Signal,
    bandpass,
    decay,
    fast_size,
    frequencies,
    highpass,
    lowpass,
    noise,
    saturate,
    squares,
    stationary,
    strike,
    sweep,
    times,
)

# Oscillators of the TR-808's cymbal circuit as measured by Werner, Abel, Smith, "The TR-808 Cymbal" (ICMC 2014), Hz.
_CLUSTER = (205.3, 304.4, 369.6, 522.7, 540.0, 800.0)


@dataclass(frozen=True, slots=True)
class Hat:
    """``tune`` scales the cluster, ``air`` is the share of noise, ``centre`` Hz the band, ``floor`` Hz the cut below.

    ``tau`` s is the decay, ``tick`` the share of it that dies in 4 ms; from ``choke`` s on the pedal closes the hat.
    """

    tune: float
    air: float
    centre: float
    floor: float
    tau: float
    tick: float
    choke: float
    seconds: float


CLOSED_HATS = (
    Hat(1.00, 0.35, 8_400.0, 6_400.0, 0.026, 0.55, 0.10, 0.16),  # crisp
    Hat(1.31, 0.20, 10_200.0, 7_600.0, 0.014, 0.50, 0.06, 0.09),  # tight, high
    Hat(0.84, 0.55, 7_200.0, 5_200.0, 0.045, 0.45, 0.16, 0.26),  # loose
    Hat(1.12, 0.80, 9_300.0, 5_800.0, 0.032, 0.30, 0.12, 0.18),  # sandy
    Hat(1.52, 0.10, 7_800.0, 6_900.0, 0.020, 0.70, 0.09, 0.13),  # metallic tick
    Hat(0.93, 0.45, 11_500.0, 8_600.0, 0.060, 0.35, 0.20, 0.30),  # fine, half open
    Hat(0.70, 0.30, 6_300.0, 4_600.0, 0.030, 0.60, 0.11, 0.17),  # dark, heavy
)

OPEN_HATS = (
    Hat(1.00, 0.35, 8_400.0, 6_200.0, 0.190, 0.25, 0.48, 0.62),  # crisp
    Hat(1.27, 0.25, 9_900.0, 7_200.0, 0.140, 0.30, 0.36, 0.46),  # bright, shorter
    Hat(0.86, 0.55, 7_300.0, 5_000.0, 0.330, 0.20, 0.90, 1.10),  # long wash
    Hat(1.12, 0.80, 9_000.0, 5_800.0, 0.230, 0.25, 0.30, 0.36),  # sandy, snatched shut
)


def hat(recipe: Hat, seed: int) -> Signal:
    t = times(recipe.seconds)
    size = fast_size(len(t))
    hz = frequencies(size)
    metal = squares(size, seed, [recipe.tune * pitch for pitch in _CLUSTER])
    air = np.fft.rfft(noise(size, seed + 1)) * 1.2
    band = bandpass(hz, recipe.centre, 1.4) + 0.35 * bandpass(hz, 0.42 * recipe.centre, 2.5)
    mixed = stationary(((1.0 - recipe.air) * metal + recipe.air * air) * band, size)
    # The distortion of the circuit's amplifier: sums and differences turn six pitches into a dense shimmer.
    dense = stationary(np.fft.rfft(saturate(mixed + 0.25 * mixed * mixed, 2.2)) * _cut(hz, recipe.floor), len(t))
    level = (1.0 - recipe.tick) * decay(t, recipe.tau) + recipe.tick * decay(t, 0.004 + 0.1 * recipe.tau)
    level *= decay(np.maximum(t - recipe.choke, 0.0), 0.16 * (recipe.seconds - recipe.choke))
    return dense * level


@dataclass(frozen=True, slots=True)
class Crash:
    """``tune`` scales the cluster; ``bright`` tilts the splash; ``tau`` s is the decay of the long middle band."""

    tune: float
    bright: float
    tau: float
    seconds: float


CRASHES = (
    Crash(1.00, 1.00, 0.62, 2.40),  # full
    Crash(1.37, 1.25, 0.34, 1.60),  # splash
    Crash(0.74, 0.75, 0.78, 2.60),  # dark, wide
    Crash(1.16, 0.60, 0.50, 2.10),  # ride-like
)
_PLATE = 1.0 / np.array([1.0, 1.4983, 2.1213, 3.1446, 4.2361, 5.4772])  # spreads the cluster over five more plates


def crash(recipe: Crash, seed: int) -> NDArray[np.float32]:
    """Two sides of one plate: the same pitches, other noise; so it is wide, and safe in mono."""
    t = times(recipe.seconds)
    size = fast_size(len(t))
    hz = frequencies(size)
    metal = squares(size, seed, [recipe.tune * 800.0 * pitch / 540.0 * plate for pitch in _CLUSTER for plate in _PLATE])
    metal *= hz / 1_500.0  # squares to pulses: all harmonics alike, or the lowest would ring out as a chord
    body, splash = bandpass(hz, 2_900.0 * recipe.tune, 0.9), _cut(hz, 6_500.0)
    # The plate takes a moment to pass the blow on to its middle; the top is there at once and goes first.
    t = t.astype(np.float32)
    long = strike(t, 0.012) * (0.6 * decay(t, recipe.tau) + 0.4 * decay(t, 0.25 * recipe.tau))
    short = recipe.bright * (0.65 * decay(t, 0.10 * recipe.tau) + 0.35 * decay(t, 0.55 * recipe.tau))
    sides = np.empty((len(t), 2), dtype=np.float32)
    for side in (0, 1):
        spectrum = metal + np.fft.rfft(noise(size, seed + 1 + side)) * 3.0
        low, high = (stationary(spectrum * band, len(t)).astype(np.float32) for band in (body, splash))
        sides[:, side] = low * long + high * short
    return sides


@dataclass(frozen=True, slots=True)
class Cowbell:
    """``low``, ``high`` Hz: the two plates; ``tau`` s the ring after the knock; ``hollow`` Hz of the band."""

    low: float
    high: float
    tau: float
    hollow: float
    seconds: float


COWBELLS = (
    Cowbell(540.0, 800.0, 0.090, 2_640.0, 0.50),  # electric
    Cowbell(587.0, 845.0, 0.055, 2_100.0, 0.32),  # muted
    Cowbell(418.0, 661.0, 0.130, 1_800.0, 0.70),  # large
    Cowbell(742.0, 1_117.0, 0.070, 3_300.0, 0.40),  # small
)


def cowbell(recipe: Cowbell, seed: int) -> Signal:
    t = times(recipe.seconds)
    size = fast_size(len(t))
    hz = frequencies(size)
    ringing = squares(size, seed, (recipe.low, recipe.high), 14_000.0) * lowpass(hz, 9_000.0)
    plates = stationary(ringing * (bandpass(hz, recipe.hollow, 1.6) + 0.30 * highpass(hz, recipe.low)), len(t))
    knock = np.sin(sweep(t, 1.5 * recipe.hollow, start_phase=0.9)) * decay(t, 0.002)
    return saturate(plates * (0.55 * decay(t, 0.012) + 0.45 * decay(t, recipe.tau)) + 0.15 * knock, 1.4)


def _cut(hz: Signal, corner: float) -> Signal:
    """Fourth-order high-pass."""
    return highpass(hz, corner, 0.5412) * highpass(hz, corner, 1.3066)
