"""Analyses a recording: onsets where events are due, pitches of the notes, no plateaus at full scale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from phonon_osc.onsets import onsets

RATE = 48000
BANDS = (0.0, 1000.0, 4000.0)  # Hz: lower ends of the bands that are searched for onsets, because a kick hides a hat
APART = 0.06  # seconds: two onsets nearer than this count as one
NEAR = 0.015  # most seconds between an onset and its event: the windows of the search are 10 ms
CLAP = 0.05  # seconds: a clap has several onsets within this time
FFT = 1 << 17
PITCH_ERROR, PITCH_FLOOR_DB = 0.012, -40.0
C5 = 60.0

Sound = NDArray[np.float32]


def onset_times(sound: Sound) -> list[float]:
    """Times in seconds of the onsets in all bands of a (frames, 2) recording."""
    found: list[float] = []
    for low in BANDS:
        band = sosfilt(butter(4, low, "high", fs=RATE, output="sos"), sound, axis=0) if low else sound
        found += onsets(np.asarray(band, np.float32), float(RATE))
    return sorted(found)


def apart(times: Iterable[float]) -> list[float]:
    """The times that are not right after another one, so that each is a separate onset."""
    kept: list[float] = []
    for time in sorted(times):
        if not kept or time - kept[-1] > APART:
            kept.append(time)
    return kept


def unheard(times: Sequence[float], found: Sequence[float]) -> list[float]:
    """The times of events that have no onset."""
    return [time for time in times if not any(abs(time - onset) <= NEAR for onset in found)]


def unasked(found: Sequence[float], times: Sequence[float]) -> list[float]:
    """The onsets that belong to no event."""
    return [onset for onset in found if not any(-NEAR <= onset - time <= CLAP for time in times)]


def pitch_of(event: Mapping[str, object], notes_are_midi: bool) -> float | None:
    """The frequency of a synth event; None if the event does not give one.

    SuperDirt counts notes from middle C, in octave 5; Strudel's ``note`` is a MIDI note, and ``octave`` lifts any pitch.
    """
    if not {"freq", "midinote", "note", "n"} & event.keys():
        return None
    octave = event.get("octave", 0.0)
    lift = 2.0 ** float(octave) if notes_are_midi and isinstance(octave, int | float) else 1.0
    if isinstance(event.get("freq"), int | float):
        return lift * float(event["freq"])  # type: ignore[arg-type]
    midi = event.get("midinote")
    if not isinstance(midi, int | float):
        note, octave = event.get("note", event.get("n", 0.0)), event.get("octave", 5.0)
        if not isinstance(note, int | float) or not isinstance(octave, int | float):
            return None
        midi = note if notes_are_midi and "note" in event else C5 + note + 12.0 * (octave - 5.0)
    return float(lift * 440.0 * 2.0 ** ((midi - 69.0) / 12.0))


def has_pitch(sound: Sound, freq: float) -> bool:
    """Whether the spectrum of a (frames, 2) piece has a peak at ``freq`` Hz, at most 40 dB below its highest."""
    mono = sound.sum(axis=1) * np.hanning(len(sound))
    spectrum = np.abs(np.fft.rfft(mono, FFT))
    bins = np.fft.rfftfreq(FFT, 1.0 / RATE)
    near = np.flatnonzero(np.abs(bins - freq) < 0.03 * freq)
    peak = near[np.argmax(spectrum[near])]
    is_peak = near[0] < peak < near[-1] and spectrum[peak] > 0.0
    loud = spectrum[peak] >= spectrum.max() * 10.0 ** (PITCH_FLOOR_DB / 20.0)
    return bool(is_peak and loud and abs(bins[peak] - freq) < PITCH_ERROR * freq + 2.0)


def brightness(piece: Sound) -> float:
    """Centroid of the power spectrum between 300 Hz and 12 kHz, in Hz; not-a-number for silence."""
    power = np.abs(np.fft.rfft(piece.sum(axis=1) * np.hanning(len(piece)))) ** 2
    bins = np.fft.rfftfreq(len(piece), 1.0 / RATE)
    band = (bins > 300.0) & (bins < 12000.0)
    total = power[band].sum()
    return float((bins[band] * power[band]).sum() / total) if total > 1e-3 else float("nan")


def full_scale(sound: Sound) -> int:
    """Samples at full scale."""
    return int((np.abs(sound) >= 0.9999).sum())
