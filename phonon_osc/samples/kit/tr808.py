"""A TR-808: bridged-T networks that are kicked and ring, six square waves, one noise.

K. Werner, J. Abel, J. Smith: "A physically-informed, circuit-bendable, digital model of the Roland TR-808 bass drum circuit"
(DAFx 2014), "The TR-808 cymbal" (ICMC 2014), "More cowbell" (AES 137, 2014); pitches of the toms: Roland's service notes.
Knobs run from 0 to 1; the folders hold one sound per pair of positions, as their originals do.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from phonon_osc.samples.kit.shape import (
    CYMBAL,
    DRUM,
    Signal,
    Sound,
    bandpass,
    coloured,
    decay,
    fast_size,
    filtered,
    frequencies,
    highpass,
    lowpass,
    mixed,
    noise,
    saturate,
    squares,
    stationary,
    sweep,
    swell,
    times,
)

KNOB = (0.0, 0.1, 0.25, 0.5, 0.75)
CLUSTER = (205.3, 304.4, 369.6, 522.7, 540.0, 800.0)  # Hz, the cymbal's oscillators


@dataclass(frozen=True, slots=True)
class Bass:
    """``tone`` opens the low-pass that the trigger's click comes through, ``ring`` is the decay knob."""

    tone: float
    ring: float
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        tau = 0.045 + 0.33 * self.ring**1.3
        t = times(0.25 + 6.5 * tau)
        # While the trigger is high the network rings an octave and more above; its leak lets the pitch sigh afterwards.
        phase = sweep(t, 48.5, (88.0, 0.0058), (4.5, 0.4 * tau))
        body = np.sin(phase) * (0.25 * decay(t, 0.012) + 0.75) * decay(t, tau)
        opened = self.tone**0.5
        pulse = np.zeros(960)
        pulse[:48] = 1.0
        click = filtered(pulse, lambda hz: lowpass(hz, 260.0 * 40.0**opened) * highpass(hz, 90.0))
        return saturate(mixed(body, (0.05 + opened) * click), 0.7)


@dataclass(frozen=True, slots=True)
class Snare:
    """Two networks, balanced by ``tone``, and high-passed noise as loud as ``snappy``."""

    tone: float
    snappy: float
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(0.5)
        low = np.sin(sweep(t, 179.0, (95.0, 0.0035))) * decay(t, 0.052)
        high = np.sin(sweep(t, 333.0, (120.0, 0.0025))) * decay(t, 0.028)
        wires = filtered(noise(len(t), seed), lambda hz: highpass(hz, 1_900.0, 0.8) * lowpass(hz, 9_000.0))
        wires *= (0.2 + 2.2 * self.snappy) * (0.7 * decay(t, 0.020 + 0.05 * self.snappy) + 0.3 * decay(t, 0.085))
        upper = self.tone**0.5
        return saturate((0.95 - 0.5 * upper) * low + (0.25 + 0.7 * upper) * high + wires, 0.9)


@dataclass(frozen=True, slots=True)
class Drum:
    """A tom or a conga at ``pitch`` Hz; toms have a bend and a breath of low noise that stands for the room."""

    pitch: float
    tau: float
    bend: float
    breath: float
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(7.0 * self.tau)
        body = np.sin(sweep(t, self.pitch, (self.bend * self.pitch, 0.055), (0.6 * self.pitch, 0.003))) * decay(
            t, self.tau
        )
        room = coloured(len(t), seed, (2.2 * self.pitch, 0.6, 1.0), top=1_400.0) * decay(t, 0.75 * self.tau)
        return body + self.breath * room * swell(t, 0.004, 9.0, 1.0)


def metal(size: int, seed: int, tune: float, *bands: tuple[float, float, float]) -> Signal:
    """The six squares through band-passes (Hz, q, gain), bent by the amplifier that all of them share; peak 1."""
    length = fast_size(size)
    hz = frequencies(length)
    raw = squares(length, seed, [tune * pitch for pitch in CLUSTER])
    plain = stationary(raw * sum(gain * bandpass(hz, centre, q) for centre, q, gain in bands), length)
    bent = saturate(plain + 0.45 * plain * plain, 3.0)
    return stationary(np.fft.rfft(bent) * highpass(hz, 0.72 * bands[0][0], 0.9) * lowpass(hz, 15_000.0, 0.6), size)


@dataclass(frozen=True, slots=True)
class Hat:
    """``tau`` s; ``tune`` scales the oscillators. Closed and open hat are one circuit with two envelopes."""

    tau: float
    tune: float = 1.0
    peak: float = CYMBAL
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(0.03 + 6.5 * self.tau)
        return metal(len(t), seed, self.tune, (8_200.0, 1.1, 1.0), (11_500.0, 1.2, 0.9)) * (
            0.8 * decay(t, self.tau) + 0.2 * decay(t, 0.012)
        )


@dataclass(frozen=True, slots=True)
class Cymbal:
    """Three bands, each with its own end: ``tone`` leans to the upper two, ``ring`` holds the lower ones."""

    tone: float
    ring: float
    peak: float = CYMBAL
    note: float | None = None

    def render(self, seed: int) -> Signal:
        tau = 0.09 + 0.30 * self.ring
        t = times(0.15 + 5.0 * tau)
        low = metal(len(t), seed, 1.0, (3_440.0, 1.3, 1.0)) * (0.6 * decay(t, tau) + 0.4 * decay(t, 0.3 * tau))
        middle = metal(len(t), seed, 1.0, (7_100.0, 1.4, 1.0)) * (0.7 * decay(t, 0.6 * tau) + 0.3 * decay(t, 0.02))
        high = metal(len(t), seed, 1.0, (10_400.0, 1.2, 1.0)) * (0.4 * decay(t, 0.5 * tau) + 0.6 * decay(t, 0.018))
        return mixed((0.95 - 0.7 * self.tone) * low, 0.45 * middle, (0.25 + 0.75 * self.tone) * high)


@dataclass(frozen=True, slots=True)
class Cowbell:
    """Two square waves, 540 and 800 Hz, through one band; the attack is its own short envelope."""

    tune: float = 1.0
    tau: float = 0.085
    peak: float = 0.6
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(0.06 + 6.5 * self.tau)
        length = fast_size(len(t))
        hz = frequencies(length)
        band = bandpass(hz, 2_640.0 * self.tune, 1.1) + 0.35 * bandpass(hz, 850.0 * self.tune, 1.5)
        pair = stationary(squares(length, seed, (540.0 * self.tune, 800.0 * self.tune)) * band, len(t))
        return saturate(pair * (0.55 * decay(t, 0.011) + 0.45 * decay(t, self.tau)), 1.2)


@dataclass(frozen=True, slots=True)
class Clap:
    """Noise around 1 kHz: three teeth of a saw, ten milliseconds apart, then the room's tail."""

    centre: float = 1_020.0
    tail: float = 0.075
    gap: float = 0.0105
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(0.03 + 6.5 * self.tail)
        hands = coloured(len(t), seed, (self.centre, 2.1, 1.0), (2.6 * self.centre, 1.2, 0.22), top=6_500.0)
        teeth = np.where(
            t < 3.0 * self.gap, np.exp(-(t % self.gap) / 0.0032), np.exp(-np.maximum(t - 3.0 * self.gap, 0.0) / 0.009)
        )
        room = 0.42 * decay(t, self.tail)
        return saturate(1.4 * hands * np.maximum(teeth, room), 1.1)


@dataclass(frozen=True, slots=True)
class Stick:
    """Rim shot and claves: two networks hit hard (``low`` may be 0), a diode's edge on top."""

    high: float
    low: float
    tau: float
    drive: float
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(9.0 * self.tau)
        x = np.sin(sweep(t, self.high, (0.2 * self.high, 0.0006))) * decay(t, self.tau)
        if self.low:
            x += 0.85 * np.sin(sweep(t, self.low)) * decay(t, 1.2 * self.tau)
        return filtered(saturate(x, self.drive), lambda hz: highpass(hz, 0.3 * self.high))


@dataclass(frozen=True, slots=True)
class Maracas:
    """High-passed noise that swells into its cut."""

    rise: float = 0.012
    tau: float = 0.017
    floor: float = 5_000.0
    peak: float = CYMBAL
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(self.rise + 7.0 * self.tau)
        grains = filtered(noise(len(t), seed), lambda hz: highpass(hz, self.floor, 0.9) * lowpass(hz, 13_000.0))
        out: Signal = grains * np.minimum(t / self.rise, 1.0) ** 1.5 * decay(np.maximum(t - self.rise, 0.0), self.tau)
        return out


def _toms(pitches: tuple[float, float], tau: float, breath: float, bend: float) -> tuple[Sound, ...]:
    low, high = pitches
    return tuple(Drum(low * (high / low) ** (k / 0.75), tau, bend, breath) for k in KNOB)


CLOSED = Hat(0.021)
CLAP, RIM, CLAVES, COWBELL, MARACAS = (
    Clap(),
    Stick(1_667.0, 455.0, 0.006, 2.2),
    Stick(2_500.0, 0.0, 0.011, 0.8),
    Cowbell(),
    Maracas(),
)

BANKS: dict[str, tuple[Sound, ...]] = {
    "808bd": tuple(Bass(tone, ring) for tone, ring in product(KNOB, KNOB)),
    "808sd": tuple(Snare(tone, snappy) for tone, snappy in product(KNOB, KNOB)),
    "808cy": tuple(Cymbal(tone, ring) for tone, ring in product(KNOB, KNOB)),
    "808oh": tuple(Hat(0.055 + 0.28 * k) for k in KNOB),
    "808lt": _toms((80.0, 100.0), 0.135, 0.28, 0.16),
    "808mt": _toms((120.0, 160.0), 0.105, 0.28, 0.16),
    "808ht": _toms((165.0, 220.0), 0.085, 0.28, 0.16),
    "808lc": _toms((165.0, 220.0), 0.080, 0.0, 0.03),
    "808mc": _toms((250.0, 310.0), 0.062, 0.0, 0.03),
    "808hc": _toms((370.0, 455.0), 0.048, 0.0, 0.03),
    "808": (COWBELL, CLOSED, CLAVES, CLAP, MARACAS, RIM),
    "RolandTR808_hh": (CLOSED,),
    "RolandTR808_cp": (
        CLAP,
        Clap(1_120.0, 0.055),
        Clap(930.0, 0.11),
        Clap(1_300.0, 0.04, 0.0085),
        Clap(1_020.0, 0.16, 0.012),
    ),
    "RolandTR808_rim": (RIM,),
    "RolandTR808_cb": (COWBELL, Cowbell(0.97, 0.13)),
    "RolandTR808_sh": (Maracas(0.022, 0.030, 3_900.0), MARACAS),
    "RolandTR808_perc": (
        CLAVES,
        *_toms((370.0, 455.0), 0.048, 0.0, 0.03),
        *_toms((165.0, 220.0), 0.080, 0.0, 0.03),
        *_toms((250.0, 310.0), 0.062, 0.0, 0.03),
    ),
}
