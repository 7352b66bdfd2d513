"""Measurements of sounds: pitch, levels of partials, levels between partials."""

from __future__ import annotations

import numpy as np


def amplitude(y: np.ndarray, freq: float, rate: float = 48000.0) -> float:
    """Amplitude of the partial at ``freq``: projection under a window whose side lobes are below -92 dB."""
    window = np.blackman(len(y)) if len(y) < 4096 else blackman_harris(len(y))
    turn = np.exp(-2j * np.pi * freq / rate * np.arange(len(y)))
    return float(2 * abs(np.sum(y * window * turn)) / window.sum())


def blackman_harris(n: int) -> np.ndarray:
    x = 2 * np.pi * np.arange(n) / n
    return np.asarray(0.35875 - 0.48829 * np.cos(x) + 0.14128 * np.cos(2 * x) - 0.01168 * np.cos(3 * x))


def pitch(y: np.ndarray, near: float, rate: float = 48000.0) -> float:
    """Frequency of the partial closest to ``near``, from the change of its phase between two overlapping windows."""
    n, step = len(y) * 3 // 4, len(y) // 4
    for hop in (
        max(int(rate / near / 8), 1),
        max(step // 16, 1),
        step,
    ):  # each estimate is exact enough for the next, longer hop
        window = blackman_harris(n) * np.exp(-2j * np.pi * near / rate * np.arange(n))
        first, second = np.sum(y[:n] * window), np.sum(y[hop : hop + n] * window)
        turn = np.angle(second / first * np.exp(-2j * np.pi * near / rate * hop))
        near += turn / (2 * np.pi * hop) * rate
    return near


def cents(measured: float, wanted: float) -> float:
    return float(1200 * np.log2(measured / wanted))


def decibel(ratio: float) -> float:
    return float(20 * np.log10(max(ratio, 1e-12)))


def between_partials(y: np.ndarray, fundamental: float, low: float, high: float, rate: float = 48000.0) -> float:
    """Highest amplitude from ``low`` to ``high`` Hz that is not near a multiple of the fundamental."""
    window = blackman_harris(len(y))
    spectrum = 2 * np.abs(np.fft.rfft(y * window)) / window.sum()
    freqs = np.fft.rfftfreq(len(y), 1 / rate)
    reach = 6 * rate / len(y)
    distance = np.abs(freqs - fundamental * np.round(freqs / fundamental))
    wanted = (freqs >= max(low, reach)) & (freqs <= high) & (distance > reach)
    return float(spectrum[wanted].max())


def band_level(y: np.ndarray, low: float, high: float, rate: float = 48000.0) -> float:
    """Power per Hz from ``low`` to ``high`` Hz, in dB."""
    spectrum = np.abs(np.fft.rfft(y)) ** 2
    freqs = np.fft.rfftfreq(len(y), 1 / rate)
    return float(10 * np.log10(spectrum[(freqs >= low) & (freqs < high)].mean()))
