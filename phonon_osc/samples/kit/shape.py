"""What the kit's sounds are made of: noise, envelopes, oscillators, resonances, filters and the last touch.

Pure functions on arrays at 48 kHz. Filters multiply spectra by the complex response of a second-order analogue prototype,
so that they are causal: nothing sounds before it is struck.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

RATE = 48_000.0  # Hz
SILENCE = 1e-3  # of the peak: what is below (-60 dB) to the end is cut off
FULL = 32_768.0
DRUM, CYMBAL, TONE, PAD = 0.71, 0.5, 0.45, 0.35  # peaks: -3 dBFS for drums, less for what sounds longer

Signal = NDArray[np.float64]
Spectrum = NDArray[np.complex128]
Response = Callable[[Signal], Spectrum]  # of frequencies in Hz

_LONGEST = 1 << 16  # frames of stationary sound made at once; longer ones repeat it, 1.4 s later and under a decay
_FINE = 256  # frames that one step of ``modes`` spans
_CYCLE = 2_048  # frames of a wavetable's period
_SEAM = 480  # frames at the end of a seamless sound that are faded
_ONSET = 7  # frames from zero to the full sound: too few to hear, enough not to click


class Sound(Protocol):
    """A recipe: ``render`` cooks it, ``peak`` is how loud it is then, ``note`` the MIDI note it sounds, None for drums."""

    @property
    def peak(self) -> float: ...
    @property
    def note(self) -> float | None: ...
    def render(self, seed: int) -> Signal:
        """Mono (n,) or stereo (n, 2), the same bits for the same seed."""
        ...


class Seamless:
    """A recipe whose length matters to the frame, as that of a loop or of its slices: `finish` cuts nothing off its end."""

    __slots__ = ()


class Exact:
    """A recipe every frame of which matters, as that of a wavetable: it is not faded, cut or freed of its offset."""

    __slots__ = ()


# --- chance --------------------------------------------------------------------------------------------------------
def seed_of(name: str, n: int) -> int:
    """The same on every machine and in every process, unlike ``hash``."""
    return zlib.crc32(f"{name}:{n}".encode())


def noise(size: int, seed: int) -> Signal:
    """White, uniform in [-1, 1). From raw bits: numpy promises those for ever, distributions it does not."""
    raw = np.atleast_1d(np.random.PCG64(seed).random_raw((size + 1) // 2))
    return raw.view(np.int32)[:size].astype(np.float64) * 2.0**-31


def between(u: float, low: float, high: float) -> float:
    """Where ``u`` (any number, of which the fraction counts) lies between two bounds: spreads a family's numbers."""
    return low + (high - low) * (u % 1.0)


def between_octaves(u: float, low: float, high: float) -> float:
    """The same in equal ratios, as pitches and corner frequencies are heard."""
    return float(low * (high / low) ** (u % 1.0))


# --- time ----------------------------------------------------------------------------------------------------------
def times(seconds: float) -> Signal:
    return np.arange(round(seconds * RATE)) / RATE


def decay(t: Signal, tau: float) -> Signal:
    """Falls to 1/e in ``tau`` seconds."""
    out: Signal = np.exp(t * (-1.0 / tau))
    return out


def strike(t: Signal, rise: float) -> Signal:
    """The onset of a struck thing: there at once, full within a few ``rise`` seconds. Keeps tones from clicking."""
    return 1.0 - 0.9 * decay(t, rise)


def swell(t: Signal, attack: float, hold: float, release: float) -> Signal:
    """Up along a raised cosine, ``hold`` seconds at 1, and down to 0 along another."""
    up = 0.5 - 0.5 * np.cos(np.pi * np.clip(t / max(attack, 1e-4), 0.0, 1.0))
    down = 0.5 + 0.5 * np.cos(np.pi * np.clip((t - attack - hold) / release, 0.0, 1.0))
    out: Signal = up * down
    return out


def sweep(t: Signal, end: float, *drops: tuple[float, float], start_phase: float = 0.0) -> Signal:
    """Phase in radians of a pitch that falls to ``end`` Hz; each drop adds ``height`` Hz fading in ``tau`` seconds."""
    cycles = end * t
    for height, tau in drops:
        cycles += height * tau * (1.0 - decay(t, tau))
    return 2.0 * np.pi * cycles + start_phase


def cycles_of(hz: Signal) -> Signal:
    """Phase in cycles, from 0, of a pitch given frame by frame."""
    out: Signal = np.cumsum(hz) * (1.0 / RATE)
    out -= out[0]
    return out


def hertz(note: float) -> float:
    return float(440.0 * 2.0 ** ((note - 69.0) / 12.0))


# --- oscillators ---------------------------------------------------------------------------------------------------
def modes(
    seconds: float,
    hz: Sequence[float] | Signal,
    level: Sequence[float] | Signal,
    tau: Sequence[float] | Signal,
    phase: Sequence[float] | Signal | float = 0.0,
) -> Signal:
    """Sum of damped sines, those of a struck or plucked thing: Hz, level, seconds to 1/e, radians, one of each a mode.

    A damped sine is a power series, so a few hundred steps times a step's 256 frames give all of it, as one product of
    two small matrices.
    """
    size = round(seconds * RATE)
    pitch, fall = np.asarray(hz, float), np.asarray(tau, float)
    keep = pitch < 0.46 * RATE
    power = (-1.0 / fall + 2j * np.pi * pitch)[keep] / RATE
    first = (np.asarray(level, float) * np.exp(1j * np.broadcast_to(np.asarray(phase, float), pitch.shape)))[keep]
    steps = np.exp(np.arange(-(-size // _FINE))[:, None] * (_FINE * power)) * first
    frames = np.exp(power[:, None] * np.arange(_FINE))
    out: Signal = (steps.real @ frames.imag + steps.imag @ frames.real).ravel()[:size]
    return out


def tables(harmonics: Spectrum) -> Signal:
    """One period of 2,048 frames per row of (rows, harmonics 1 to k): band-limited by what the rows hold."""
    spectrum = np.zeros((len(harmonics), _CYCLE // 2 + 1), complex)
    count = min(harmonics.shape[1], _CYCLE // 2 - 1)
    spectrum[:, 1 : count + 1] = harmonics[:, :count]
    period: Signal = np.fft.irfft(spectrum, axis=1) * (_CYCLE / 2)
    return np.concatenate([period, period[:, :1]], axis=1)


def scan(cycles: Signal, table: Signal, row: Signal) -> Signal:
    """Read ``table`` at a phase in cycles, and between its rows: ``row`` 0.5 is half of each of the first two."""
    at = (cycles % 1.0) * _CYCLE
    column = at.astype(np.intp)
    at -= column
    row = np.clip(row, 0.0, len(table) - 1.000001)
    upper = row.astype(np.intp)
    mix = row - upper
    flat, index = table.ravel(), upper * (_CYCLE + 1) + column
    first = flat[index] * (1.0 - at) + flat[index + 1] * at
    index += _CYCLE + 1
    if len(table) > 1:
        first += mix * (flat[index] * (1.0 - at) + flat[index + 1] * at - first)
    out: Signal = first
    return out


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


# --- filters -------------------------------------------------------------------------------------------------------
def lowpass(hz: Signal, cutoff: float, q: float = 0.7071) -> Spectrum:
    w = hz / cutoff
    out: Spectrum = np.reciprocal(1.0 - w * w + 1j * w / q)
    return out


def highpass(hz: Signal, cutoff: float, q: float = 0.7071) -> Spectrum:
    return -((hz / cutoff) ** 2) * lowpass(hz, cutoff, q)


def bandpass(hz: Signal, centre: float, q: float) -> Spectrum:
    """Unity gain at the centre."""
    return 1j * (hz / (centre * q)) * lowpass(hz, centre, q)


def bell(hz: Signal, centre: float, q: float, gain: float) -> Spectrum:
    """``gain`` at the centre, 1 far from it."""
    return 1.0 + (gain - 1.0) * bandpass(hz, centre, q)


def filtered(x: Signal, response: Response) -> Signal:
    """``x`` through a causal filter; what rings on after its end is lost."""
    size = fast_size(len(x) + 4_096, longest=1 << 20)
    out: Signal = np.fft.irfft(np.fft.rfft(x, size) * response(frequencies(size)))[: len(x)]
    return out


def fast_size(size: int, longest: int = _LONGEST) -> int:
    """An even length of at least ``size`` frames that the FFT likes, 2^k or 3 * 2^k, or the longest there is."""
    power = 1 << max(2, size - 1).bit_length()
    return min(power * 3 // 4 if power * 3 // 4 >= size else power, longest)


def frequencies(size: int) -> Signal:
    """Hz of each bin of a real FFT over ``size`` frames."""
    return np.arange(size // 2 + 1, dtype=np.float64) * (RATE / size)


def stationary(spectrum: Spectrum, size: int) -> Signal:
    """The sound of a spectrum, ``size`` frames of it, peak 1."""
    out = unit(np.fft.irfft(spectrum))
    return out[:size] if size <= len(out) else np.resize(out, size)


def coloured(size: int, seed: int, *bands: tuple[float, float, float], top: float = 20_000.0) -> Signal:
    """Stationary noise through parallel band-passes (centre Hz, q, gain) and a low-pass at ``top`` Hz, peak 1."""
    length = fast_size(size)
    hz = frequencies(length)
    response = sum((gain * bandpass(hz, centre, q) for centre, q, gain in bands), np.zeros(len(hz), complex))
    return stationary(np.fft.rfft(noise(length, seed)) * response * lowpass(hz, top), size)


# --- character -----------------------------------------------------------------------------------------------------
def saturate(x: Signal, drive: float) -> Signal:
    """tanh that keeps full scale at full scale; ``drive`` 0 would be a wire."""
    out: Signal = np.tanh(drive * x) / np.tanh(drive)
    return out


def sampled(x: Signal, rate: float, bits: float, top: float = 0.42) -> Signal:
    """What an early digital drum machine makes of ``x``: ``rate`` Hz, companded to ``bits``, held from sample to sample.

    The band ends at ``top`` of the rate; the steps of the hold are left in, smoothed by the output's filter.
    """
    band = filtered(unit(x), lambda hz: lowpass(hz, top * rate, 0.54) * lowpass(hz, top * rate, 1.31))
    held = band[(np.floor(np.arange(len(x)) * (rate / RATE)) * (RATE / rate)).astype(np.intp)]
    steps = 2.0 ** (bits - 1.0)
    folded = np.sign(held) * np.log1p(255.0 * np.minimum(np.abs(held), 1.0)) / np.log(256.0)
    folded = np.round(folded * steps) / steps
    out: Signal = np.sign(folded) * (256.0 ** np.abs(folded) - 1.0) / 255.0
    return filtered(out, lambda hz: lowpass(hz, 0.6 * rate, 0.6))


def unit(x: Signal) -> Signal:
    """The same with its peak at 1."""
    out: Signal = x / max(float(x.max()), -float(x.min()), 1e-12)
    return out


def mixed(*parts: Signal) -> Signal:
    """The sum of sounds of different lengths."""
    out = np.zeros(max(map(len, parts)))
    for part in parts:
        out[: len(part)] += part
    return out


def finish(x: Signal, peak: float, seamless: bool = False) -> NDArray[np.int16]:
    """Last touch on a mono (n,) or stereo (n, 2) sound; gives (n, 1) or (n, 2) of 16 bits, as Dirt's samples have.

    The sound begins at zero and is there within seven frames. It is cut where it has sunk into silence, and its last eighth is faded to
    exact zero. A ``seamless`` one keeps its length, and only its last 10 ms are faded. Its offset is taken out with a pulse that decays as
    the sound does, so that the silent end stays silent.
    """
    wide = np.array(x[:, None] if x.ndim == 1 else x, dtype=np.float32)
    if not seamless:
        level = np.abs(wide).max(axis=1)
        wide = wide[: int(np.flatnonzero(level > SILENCE * level.max())[-1]) + 1]
    wide[:_ONSET] *= (np.sin(0.5 * np.pi * np.arange(_ONSET) / _ONSET) ** 2).astype(np.float32)[:, None]
    tail = min(_SEAM, len(wide) // 8) if seamless else len(wide) // 8
    fade = (0.5 + 0.5 * np.cos(np.pi * np.arange(1, tail + 1) / tail)).astype(np.float32)
    wide[-tail:] *= fade[:, None]
    ramp = np.arange(len(wide), dtype=np.float32) * np.float32(1.0 / len(wide))
    pulse = ramp * np.exp(np.float32(-12.0) * ramp)
    pulse[-tail:] *= fade
    offset = wide.sum(axis=0, dtype=np.float64) / pulse.sum(dtype=np.float64)
    wide -= pulse[:, None] * offset.astype(np.float32)
    wide *= np.float32(peak * FULL / max(wide.max(), -wide.min()))
    return np.rint(wide).astype(np.int16)
