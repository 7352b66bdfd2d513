"""The kit's melodic sound: ``arpy``, eleven plucks up a major scale from middle C (261.63 Hz, ``note "0"``)."""

from __future__ import annotations

import numpy as np

from phonon_osc.samples.kit_shape import Signal, coloured, decay, saturate, strike, sweep, times

NOTES = (60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77)  # MIDI


def hertz(note: float) -> float:
    return float(440.0 * 2.0 ** ((note - 69.0) / 12.0))


def pluck(note: int, seed: int) -> Signal:
    """Two frequency-modulated strings a few cents apart, bright when struck, plus a glassy partial and the plectrum.

    Higher notes ring shorter and brighten less, as strings do.
    """
    pitch = hertz(note)
    t = times(1.5)
    ring = 0.30 * (261.63 / pitch) ** 0.5
    bright = 0.8 * decay(t, 0.45 * ring) + 1.9 * (261.63 / pitch) ** 0.3 * decay(t, 0.055)
    x = _string(t, pitch, bright, 1.0) * (0.65 * decay(t, ring) + 0.35 * decay(t, 0.2 * ring))
    x += 0.3 * _string(t, 1.0028 * pitch, bright, 2.0) * decay(t, 0.6 * ring)
    x += 0.10 * np.sin(sweep(t, 5.0 * pitch, start_phase=0.7)) * decay(t, 0.11 * ring)
    short = times(0.02)
    x[: len(short)] += 0.18 * coloured(len(short), seed, (4.2 * pitch, 0.9, 1.0)) * decay(short, 0.003)
    return saturate(0.8 * x * strike(t, 0.0008), 0.9)


def _string(t: Signal, pitch: float, index: Signal, ratio: float) -> Signal:
    return np.sin(sweep(t, pitch, (0.006 * pitch, 0.012)) + index * np.sin(sweep(t, ratio * pitch, start_phase=0.5)))
