"""How similar are two sounds? Ten distances, and one verdict from 0 to 1.

Above 0.95 two sounds are the same, above 0.8 close, above 0.6 similar with a clear difference; another synth at the same pitch
gets less than 0.3. Sounds are arrays (frames, 2) at 48 kHz. Differences are test minus reference. The sounds are aligned in time
before their spectra are compared.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RATE = 48000
SILENCE = -90.0  # dB; a sound that never gets louder counts as silent
OCTAVES = [31.5 * 2**i for i in range(10)]  # centres of the octave bands in Hz
MOST = 20.0  # most dB by which one cell of a spectrum can differ

# The penalty for a distance: min(most, max(0, |distance| - free) / scale).
TERMS = {  # name: (free, scale, most)
    "onset_ms": (1.0, 15.0, 0.8),
    "duration_rel": (0.03, 0.35, 0.8),
    "rms_db": (0.3, 5.0, 1.0),
    "shape_db": (0.6, 5.0, 3.0),  # mel spectra, smoothed, at equal level
    "fine_db": (1.5, 16.0, 0.6),  # mel spectra at full resolution, at equal level
    "envelope_db": (0.8, 8.0, 0.8),
    "octave_db": (0.7, 8.0, 0.6),
    "f0_cents": (4.0, 80.0, 1.0),
    "balance_db": (0.4, 5.0, 0.8),
    "width_db": (3.0, 30.0, 0.3),
}
# A random sound may differ from the reference as much as two takes of the reference differ, but by at most this.
LIMIT = {
    "onset_ms": 10.0,
    "duration_rel": 0.5,
    "rms_db": 4.0,
    "shape_db": 5.5,
    "fine_db": 7.0,
    "envelope_db": 5.0,
    "octave_db": 5.0,
    "f0_cents": 30.0,
    "balance_db": 6.0,
    "width_db": 12.0,
}


@dataclass(frozen=True)
class Verdict:
    """``value`` is 0 (nothing alike) to 1 (the same); ``penalties`` names the deductions, largest first."""

    value: float
    penalties: dict[str, float]


def load(path: Path) -> Array:
    """A stereo sound file of 48 kHz as an array (frames, 2)."""
    import soundfile

    sound, rate = soundfile.read(path, always_2d=True)
    assert rate == RATE and sound.shape[1] == 2, path
    return np.asarray(sound, np.float64)


def compare(reference: Array, test: Array, tolerance: Mapping[str, float] | None = None) -> Verdict:
    """The verdict on a test. ``tolerance`` is the difference between two takes of the reference for each name of ``TERMS``."""
    found = distances(reference, np.nan_to_num(np.asarray(test, np.float64)))
    if found is None:
        return Verdict(1.0 if edges(reference) is None and edges(test) is None else 0.0, {})
    costs = {}
    for name, distance in found.items():
        free, scale, most = TERMS[name]
        free = max(free, min((tolerance or {}).get(name, 0.0), LIMIT[name]))
        costs[name] = min(most, max(0.0, abs(distance) - free) / scale)
    worst = sorted(((name, round(cost, 3)) for name, cost in costs.items() if cost > 0.002), key=lambda row: -row[1])
    return Verdict(math.exp(-sum(cost for _, cost in worst)), dict(worst))


def distances(ref: Array, test: Array) -> dict[str, float] | None:
    """The ten distances by the names of ``TERMS``; None if one of the two sounds is silent."""
    in_ref, in_test = edges(ref), edges(test)
    if in_ref is None or in_test is None:
        return None
    lag = lag_of(ref, test, in_test[0] - in_ref[0])
    length_ref, length_test = in_ref[1] - in_ref[0], in_test[1] - in_test[0]
    a, b = laid_on(ref, test, round(lag * RATE))
    power_ref, power_test = float((ref**2).sum()), float((test**2).sum())
    gain = math.sqrt(power_ref / power_test)
    fine_a, fine_b = mel_spectra(a, 64, 1), mel_spectra(b, 64, 1)
    smooth_a, smooth_b = mel_spectra(a, 32, 7), mel_spectra(b, 32, 7)
    return {
        "onset_ms": lag * 1000.0,
        "duration_rel": (length_test - length_ref) / max(length_ref, 0.05),
        "rms_db": 10.0 * math.log10(power_test / power_ref),
        "shape_db": mel_distance(smooth_a, smooth_b * gain * gain, 50.0),
        "fine_db": mel_distance(fine_a, fine_b * gain * gain, 60.0),
        "envelope_db": envelope_distance(a, b, gain),
        "octave_db": octave_distance(a, b, gain),
        "f0_cents": pitch_distance(a, b),
        "balance_db": balance(test) - balance(ref),
        "width_db": width(b) - width(a),
    }


# --- time and level ---------------------------------------------------------------------------------------------------
def db(power: Array) -> Array:
    return np.asarray(10.0 * np.log10(np.maximum(power, 1e-20)))


def envelope(x: Array, hop: int, window: int) -> Array:
    """Power of both channels in windows; value k is centred on frame k * hop."""
    padded = np.concatenate([np.zeros(window // 2), (x**2).sum(1), np.zeros(window)])
    total = np.concatenate([[0.0], np.cumsum(padded)])
    k = np.arange((len(x) + hop - 1) // hop) * hop
    return np.asarray(np.maximum((total[k + window] - total[k]) / window, 0.0))


def edges(x: Array, below: float = 40.0) -> tuple[float, float] | None:
    """First and last time in seconds at which the level (of 2 ms) is within ``below`` dB of its maximum."""
    level = db(envelope(x, 12, 96))
    if level.max() < SILENCE:
        return None
    on = np.flatnonzero(level > max(level.max() - below, SILENCE))
    return float(on[0] * 12 / RATE), float(on[-1] * 12 / RATE)


def rise_lag(ref: Array, test: Array, most: float = 0.25) -> float:
    """Delay of the test in seconds, from the rises of the level."""
    hop = 24
    a, b = (np.maximum(np.diff(np.sqrt(envelope(x, hop, 96)), prepend=0), 0) for x in (ref, test))
    size = 1 << (len(a) + len(b)).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)), size)
    reach = int(most * RATE / hop)
    likeness = np.concatenate([likeness[-reach:], likeness[: reach + 1]])
    return (int(np.argmax(likeness)) - reach) * hop / RATE


def lag_of(ref: Array, test: Array, onset: float) -> float:
    """The delay that aligns the two level curves best: 0, that of the onsets, or that of the rises.

    A delay other than 0 must be better by 0.1 dB, since a steady sound fits everywhere.
    """
    hop = 48
    a, b = (np.sqrt(envelope(x, hop, 480)) for x in (ref, test))
    a, b = (20.0 * np.log10(level / level.max() + 0.003) for level in (a, b))
    best, found = math.inf, 0.0
    for lag in (0.0, onset, rise_lag(ref, test)):
        k = round(lag * RATE / hop)
        size = max(len(a), len(b) - k)
        u, v = np.full(size, a.min()), np.full(size, b.min())
        u[: len(a)] = a
        rest, at = b[max(0, k) :], max(0, -k)
        v[at : at + len(rest)] = rest[: size - at]
        cost = float(np.abs(u - v)[np.maximum(u, v) > -45.0].mean())
        if cost < best - 0.1:
            best, found = cost, lag
    return found


def laid_on(ref: Array, test: Array, lag: int) -> tuple[Array, Array]:
    """Both sounds with the same length; the test is moved earlier by ``lag`` frames."""
    size = max(len(ref), len(test))
    a, b = np.zeros((size, 2)), np.zeros((size + abs(lag), 2))
    a[: len(ref)], b[: len(test)] = ref, test
    return a, np.roll(b, -lag, 0)[:size]


def envelope_distance(a: Array, b: Array, gain: float) -> float:
    """Mean difference in dB of the level every 5 ms, where one of them is within 40 dB of its maximum."""
    ea, eb = db(envelope(a, 240, 960)), db(envelope(b, 240, 960)) + 20.0 * math.log10(gain)
    top = max(ea.max(), eb.max())
    heard = (ea > top - 40.0) | (eb > top - 40.0)
    off = np.abs(np.maximum(ea, top - 50.0) - np.maximum(eb, top - 50.0))
    return float(np.minimum(off[heard], MOST).mean())


# --- spectra ----------------------------------------------------------------------------------------------------------
def windows(x: Array, size: int, hop: int) -> Array:
    """(windows, size): all whole windows, at least one."""
    count = max(1, 1 + (len(x) - size) // hop)
    if len(x) < size:
        x = np.concatenate([x, np.zeros(size - len(x))])
    return np.lib.stride_tricks.sliding_window_view(x, size)[::hop][:count]


@functools.cache
def mel_bank(bands: int, size: int = 2048, low: float = 30.0, high: float = 18000.0) -> Array:
    """(bands, bins): overlapping triangles, evenly spaced on the mel scale, each with the sum 1."""
    ends = [2595.0 * math.log10(1.0 + f / 700.0) for f in (low, high)]
    points = 700.0 * (10.0 ** (np.linspace(*ends, bands + 2) / 2595.0) - 1.0)
    f = np.arange(size // 2 + 1) * RATE / size
    bank = np.zeros((bands, len(f)))
    for i in range(bands):
        a, b, c = points[i : i + 3]
        bank[i] = np.clip(np.minimum((f - a) / max(b - a, 1e-9), (c - f) / max(c - b, 1e-9)), 0.0, None)
        if bank[i].sum() == 0.0:
            bank[i, round(b * size / RATE)] = 1.0
    return np.asarray(bank / bank.sum(1, keepdims=True))


def mel_spectra(x: Array, bands: int, blur: int) -> Array:
    """Power of both channels, (every 10 ms, bands), each band averaged over ``blur`` times."""
    edge, window = np.zeros(1024), np.hanning(2048)
    power = sum(
        np.abs(np.fft.rfft(windows(np.concatenate([edge, side, edge]), 2048, 480) * window, axis=1)) ** 2
        for side in x.T
    )
    found = power @ mel_bank(bands).T
    if blur > 1:
        kernel = np.ones(blur) / blur
        found = np.apply_along_axis(lambda row: np.convolve(row, kernel, "same"), 0, found)
    return np.asarray(found)


def mel_distance(a: Array, b: Array, floor: float) -> float:
    """Mean difference in dB over the cells within ``floor`` dB of the loudest one, in either sound."""
    top = float(db(np.asarray(max(a.max(), 1e-20))))
    da, db_ = np.maximum(db(a), top - floor), np.maximum(db(b), top - floor)
    heard = (da > top - floor) | (db_ > top - floor)
    return float(np.minimum(np.abs(da - db_)[heard], MOST).mean()) if heard.any() else 0.0


def octave_powers(x: Array) -> Array:
    power = (np.abs(np.fft.rfft(x, axis=0)) ** 2).sum(1)
    f = np.fft.rfftfreq(len(x), 1.0 / RATE)
    return np.array([power[(f >= c / math.sqrt(2.0)) & (f < c * math.sqrt(2.0))].sum() for c in OCTAVES])


def octave_distance(a: Array, b: Array, gain: float) -> float:
    """Mean difference in dB of the octaves within 50 dB of the whole, weighted by their amplitude."""
    pa, pb = octave_powers(a), octave_powers(b)
    heard = (pa > pa.sum() * 1e-5) | (pb > pb.sum() * 1e-5)
    off = np.clip(np.clip(db(pb) - db(pa), -60.0, 60.0) + 20.0 * math.log10(gain), -40.0, 40.0)
    weight = np.sqrt(pa / pa.sum()) + np.sqrt(pb / pb.sum())
    return float((np.abs(off) * weight)[heard].sum() / weight[heard].sum())


# --- pitch and stereo -------------------------------------------------------------------------------------------------
def pitches(x: Array) -> Array:
    """(every 20 ms, 2): pitch in Hz above 40 Hz, and clarity from 0 to 1, by the YIN method."""
    window, lags, hop, size = 2048, 1200, 960, 8192
    rows = windows(x, window + lags, hop)
    cross = np.fft.irfft(
        np.fft.rfft(rows, size, axis=1) * np.conj(np.fft.rfft(rows[:, :window], size, axis=1)), size, axis=1
    )
    sums = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(rows**2, 1)], 1)
    first = sums[:, window : window + 1]
    loud = max(first.max() * 10.0**-3.5, window * 1e-9)  # within 35 dB of the loudest
    off = np.maximum(first + sums[:, window : window + lags] - sums[:, :lags] - 2.0 * cross[:, :lags], 0.0)
    mean = np.cumsum(off[:, 1:], 1) / np.arange(1, lags)
    curve = np.ones_like(off)
    curve[:, 1:] = off[:, 1:] / np.maximum(mean, 1e-20)
    found = np.zeros((len(rows), 2))
    shortest = 14  # frames: up to about 3.4 kHz
    for i in np.flatnonzero(first[:, 0] >= loud):
        below = np.flatnonzero(curve[i, shortest:-1] < 0.12)
        k = shortest + (below[0] if len(below) else int(np.argmin(curve[i, shortest:-1])))
        while k + 1 < lags - 1 and curve[i, k + 1] < curve[i, k]:
            k += 1
        a, b, c = curve[i, k - 1], curve[i, k], curve[i, min(k + 1, lags - 1)]
        bend = a - 2.0 * b + c
        found[i] = RATE / (k + float(np.clip(0.5 * (a - c) / bend if bend > 1e-12 else 0.0, -0.5, 0.5))), 1.0 - b
    return found


def pitch_distance(a: Array, b: Array) -> float:
    """Median difference in cents where both are tonal, without octaves; 0 if that is rare."""
    side = int((a**2).sum(0).argmax())
    if (b[:, side] ** 2).sum() < 0.05 * (b**2).sum():
        side = 1 - side
    pa, pb = pitches(a[:, side]), pitches(b[:, side])
    count = min(len(pa), len(pb))
    pa, pb = pa[:count], pb[:count]
    tonal = (pa[:, 1] > 0.9) & (pb[:, 1] > 0.9)
    if tonal.sum() < 5:
        return 0.0
    cents = float(np.median(1200.0 * np.log2(pb[tonal, 0] / pa[tonal, 0])))
    return (cents + 600.0) % 1200.0 - 600.0


def balance(x: Array) -> float:
    """Ratio of the energy on the left to that on the right in dB."""
    power = (x**2).sum(0) + 1e-12 * max((x**2).sum(), 1e-12)
    return float(np.clip(10.0 * np.log10(power[0] / power[1]), -40.0, 40.0))


def width(x: Array) -> float:
    """Ratio of the energy of the side signal to that of the middle in dB."""
    middle, side = ((x[:, 0] + x[:, 1]) ** 2).sum(), ((x[:, 0] - x[:, 1]) ** 2).sum()
    return float(np.clip(10.0 * np.log10((side + 1e-12) / (middle + 1e-12)), -20.0, 20.0))
