"""What the kit's sounds are made of: noise, envelopes, sweeps, filters and the last touch. Pure functions on arrays.

Filters multiply spectra by the magnitude of a second-order analogue prototype. Their phase does not matter and their
circularity does no harm, because they only ever shape stationary noise and partials; envelopes come afterwards.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE = 48_000.0  # Hz
PEAK = 0.9

Signal = NDArray[np.floating[Any]]
Spectrum = NDArray[np.complex128]

_LONGEST = 1 << 16  # frames of stationary sound made at once; longer ones repeat it, 1.4 s later and under a decay


def seed_of(name: str, n: int) -> int:
    """The same on every machine and in every process, unlike ``hash``."""
    return zlib.crc32(f"{name}:{n}".encode())


def times(seconds: float) -> Signal:
    return np.arange(round(seconds * RATE)) / RATE


def decay(t: Signal, tau: float) -> Signal:
    """Falls to 1/e in ``tau`` seconds."""
    out: Signal = np.exp(t * (-1.0 / tau))
    return out


def noise(size: int, seed: int) -> Signal:
    """White, uniform in [-1, 1). From raw bits: numpy promises those for ever, distributions it does not."""
    raw = np.atleast_1d(np.random.PCG64(seed).random_raw((size + 1) // 2))
    return raw.view(np.int32)[:size] * 2.0**-31


def sweep(t: Signal, end: float, *drops: tuple[float, float], start_phase: float = 0.0) -> Signal:
    """Phase in radians of a pitch that falls to ``end`` Hz; each drop adds ``height`` Hz fading in ``tau`` seconds."""
    cycles = end * t
    for height, tau in drops:
        cycles += height * tau * (1.0 - decay(t, tau))
    return 2.0 * np.pi * cycles + start_phase


def saturate(x: Signal, drive: float) -> Signal:
    """tanh that keeps full scale at full scale; ``drive`` 0 would be a wire."""
    out: Signal = np.tanh(drive * x) / np.tanh(drive)
    return out


def strike(t: Signal, rise: float) -> Signal:
    """The onset of a struck thing: there at once, full within a few ``rise`` seconds. Keeps tones from clicking."""
    return 1.0 - 0.9 * decay(t, rise)


def fast_size(size: int) -> int:
    """An even length of at least ``size`` frames that the FFT likes, 2^k or 3 * 2^k, or the longest there is."""
    power = 1 << max(2, size - 1).bit_length()
    return min(power * 3 // 4 if power * 3 // 4 >= size else power, _LONGEST)


def frequencies(size: int) -> Signal:
    """Hz of each bin of a real FFT over ``size`` frames."""
    return np.fft.rfftfreq(size, 1.0 / RATE)


def lowpass(hz: Signal, cutoff: float, q: float = 0.7071) -> Signal:
    w = hz / cutoff
    w *= w
    return 1.0 / np.sqrt((1.0 - w) ** 2 + w / (q * q))


def highpass(hz: Signal, cutoff: float, q: float = 0.7071) -> Signal:
    return (hz / cutoff) ** 2 * lowpass(hz, cutoff, q)


def bandpass(hz: Signal, centre: float, q: float) -> Signal:
    """Unity gain at the centre."""
    return hz / (centre * q) * lowpass(hz, centre, q)


def stationary(spectrum: Spectrum, size: int) -> Signal:
    """The sound of a spectrum, ``size`` frames of it, peak 1."""
    out = np.fft.irfft(spectrum)
    out /= max(out.max(), -out.min())
    return out[:size] if size <= len(out) else np.resize(out, size)


def coloured(size: int, seed: int, *bands: tuple[float, float, float], top: float = 20_000.0) -> Signal:
    """Stationary noise through parallel band-passes (centre Hz, q, gain) and a low-pass at ``top`` Hz, peak 1."""
    length = fast_size(size)
    hz = frequencies(length)
    response = sum((gain * bandpass(hz, centre, q) for centre, q, gain in bands), np.zeros(len(hz)))
    return stationary(np.fft.rfft(noise(length, seed)) * response * lowpass(hz, top), size)


def squares(size: int, seed: int, pitches: Sequence[float], top: float = 20_000.0) -> Spectrum:
    """Spectrum of ``size`` frames of square waves at ``pitches`` Hz, free of aliases: no harmonic above ``top``.

    Every partial sits on the nearest bin (under 1 Hz off), which makes the whole cluster one inverse FFT.
    """
    spectrum = np.zeros(size // 2 + 1, complex)
    phases = np.pi * noise(len(pitches), seed)
    for pitch, phase in zip(pitches, phases, strict=True):
        harmonic = np.arange(1, int(top / pitch) + 1, 2)
        bins = np.round(harmonic * pitch * size / RATE).astype(np.intp)
        spectrum[bins] += np.exp(1j * phase * harmonic) / harmonic
    spectrum *= size / 2
    return spectrum


def finish(x: Signal) -> NDArray[np.float32]:
    """Last touch on a mono (n,) or stereo (n, 2) sound: no offset, peak 0.9, the last eighth fades to exact zero.

    The offset is taken out with a pulse that decays as the sound does, so that the silent end stays silent.
    """
    wide = np.array(x[:, None] if x.ndim == 1 else x, dtype=np.float32)
    tail = len(wide) // 8
    fade = (0.5 + 0.5 * np.cos(np.pi * np.arange(1, tail + 1) / tail)).astype(np.float32)
    wide[-tail:] *= fade[:, None]
    pulse = np.exp(np.arange(len(wide), dtype=np.float32) * np.float32(-8.0 / len(wide)))
    pulse[-tail:] *= fade
    offset = wide.sum(axis=0, dtype=np.float64) / pulse.sum(dtype=np.float64)
    wide -= pulse[:, None] * offset.astype(np.float32)
    wide *= np.float32(PEAK / max(wide.max(), -wide.min()))
    return np.ascontiguousarray(np.broadcast_to(wide, (len(wide), 2)))
