"""A drum set of skin, wood and bronze, as recipes: what sampled drum machines and most folders are filled with.

Skins: modes of the ideal round membrane, J. Rossing, "Science of Percussion Instruments" (2000), sagging in pitch as the blow
lets go. Bronze: hundreds of modes at random, denser and shorter-lived upwards, as Fletcher and Rossing, "The Physics of
Musical Instruments" (1998), ch. 20, describe a cymbal a moment after the blow. Wood and small metal: a handful of modes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from phonon_osc.samples.kit.shape import (
    CYMBAL,
    DRUM,
    Signal,
    bandpass,
    coloured,
    decay,
    filtered,
    highpass,
    lowpass,
    mixed,
    modes,
    noise,
    saturate,
    strike,
    sweep,
    times,
    unit,
)

MEMBRANE = ((1.594, 0.42, 0.42), (2.136, 0.28, 0.30), (2.296, 0.20, 0.26), (2.653, 0.14, 0.22), (2.918, 0.10, 0.18))


@dataclass(frozen=True, slots=True)
class Kick:
    """``pitch`` Hz where it settles, ``drop`` Hz above that at first and the seconds of its fall; ``tau`` s after ``hold``.

    ``beater`` is the level and the Hz of the blow, ``shell`` the share of the membrane's other modes, ``drive`` saturates.
    """

    pitch: float
    drop: tuple[float, float] = (90.0, 0.022)
    hold: float = 0.03
    tau: float = 0.08
    beater: tuple[float, float] = (0.3, 2_800.0)
    shell: float = 0.25
    drive: float = 1.4
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(self.hold + 7.0 * self.tau)
        height, fall = self.drop
        level = decay(np.maximum(t - self.hold, 0.0), self.tau)
        body = np.sin(sweep(t, self.pitch, (height, fall), (2.5 * height, 0.2 * fall))) * level
        for ratio, share, ring in MEMBRANE[:3]:
            phase = sweep(t, ratio * self.pitch, (0.6 * ratio * height, fall))
            body += self.shell * share * np.sin(phase) * decay(t, ring * self.tau + 0.008)
        loud, centre = self.beater
        short = times(0.03)
        blow = coloured(len(short), seed, (centre, 0.8, 1.0), (0.35 * centre, 0.9, 0.8)) * decay(short, 0.0028)
        return saturate(mixed(body, loud * blow), self.drive)


@dataclass(frozen=True, slots=True)
class Snare:
    """Skin at ``pitch`` Hz ringing ``ring`` s; wires of level ``wires`` around ``bright`` Hz, ``tau`` s long, that rattle on."""

    pitch: float
    ring: float = 0.05
    wires: float = 1.0
    bright: float = 4_800.0
    tau: float = 0.07
    snap: float = 0.5
    drive: float = 1.4
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(0.05 + 6.5 * max(self.tau, self.ring))
        skin = np.sin(sweep(t, self.pitch, (0.4 * self.pitch, 0.008))) * decay(t, self.ring)
        for ratio, share, rest in MEMBRANE:
            phase = sweep(t, ratio * self.pitch, (0.3 * ratio * self.pitch, 0.006))
            skin += 1.2 * share * np.sin(phase) * decay(t, rest * self.ring + 0.006)
        bands = ((self.bright, 0.55, 1.0), (0.42 * self.bright, 0.9, 0.55), (11_000.0, 0.8, 0.35))
        rattle = (1.0 - self.snap) * decay(t, self.tau) + self.snap * decay(t, 0.2 * self.tau)
        wires = coloured(len(t), seed, *bands) * rattle * (1.0 - 0.5 * decay(t, 0.0015))
        stick = noise(len(t), seed + 1) * decay(t, 0.0009)
        return saturate(0.5 * skin + 1.7 * self.wires * wires + 0.3 * stick, self.drive)


@dataclass(frozen=True, slots=True)
class Tom:
    """``pitch`` Hz where it settles, ``bend`` the share it starts above, ``tau`` s its ring, ``stick`` the noise of the blow."""

    pitch: float
    bend: float = 0.35
    tau: float = 0.14
    stick: float = 0.2
    drive: float = 1.2
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        t = times(0.04 + 6.5 * self.tau)
        fall = 0.35 * self.tau
        x = np.sin(sweep(t, self.pitch, (self.bend * self.pitch, fall))) * decay(t, self.tau)
        for ratio, share, rest in MEMBRANE:
            phase = sweep(t, ratio * self.pitch, (ratio * self.bend * self.pitch, fall))
            x += 0.8 * share * np.sin(phase) * decay(t, rest * self.tau)
        blow = coloured(len(t), seed, (9.0 * self.pitch, 0.7, 1.0), (4_500.0, 0.8, 0.6))
        x += self.stick * blow * (0.8 * decay(t, 0.005) + 0.2 * decay(t, 0.35 * self.tau))
        return saturate(x * strike(t, 0.0006), self.drive)


def bronze(
    seconds: float, seed: int, low: float, high: float, tau: float, damping: float, slope: float, count: int
) -> Signal:
    """Modes at random from ``low`` to ``high`` Hz: ``tau`` s at 3 kHz, shorter upwards by the power ``damping``.

    ``slope`` is the power by which levels rise with frequency.
    """
    chance = noise(3 * count, seed)
    spread = (np.arange(count) + 0.5 + 0.5 * chance[:count]) / count
    hz = low + (high - low) * spread**1.25
    level = (hz / 3_000.0) ** slope * (0.25 + np.abs(chance[count : 2 * count])) / np.sqrt(count)
    return modes(seconds, hz, level, tau * (hz / 3_000.0) ** -damping, np.pi * chance[2 * count :])


@dataclass(frozen=True, slots=True)
class Cymbal:
    """Bronze from ``low`` to ``high`` Hz ringing ``tau`` s; ``choke`` s after which a hand or pedal stops it (0: never).

    ``stick`` is the ping of the tip, ``wash`` the noise of plates that touch, ``slope`` tilts levels upwards, ``bell`` Hz adds
    the few strong modes of a ride.
    """

    tau: float
    low: float = 1_200.0
    high: float = 16_000.0
    wash: float = 0.5
    stick: float = 0.3
    slope: float = 0.5
    damping: float = 0.7
    choke: float = 0.0
    bell: float = 0.0
    rise: float = 0.0
    peak: float = CYMBAL
    note: float | None = None

    def render(self, seed: int) -> Signal:
        seconds = (
            self.choke + 0.05 if self.choke else 0.05 + 5.2 * self.tau * (3_000.0 / self.low) ** (0.55 * self.damping)
        )
        seconds = min(seconds, 2.0)
        t = times(seconds)
        count = 160 if seconds < 0.4 else 220
        x = bronze(seconds, seed, self.low, self.high, self.tau, self.damping, self.slope, count)
        x = unit(x)
        hiss = filtered(noise(len(t), seed + 1), lambda hz: highpass(hz, 4_500.0, 0.8) * lowpass(hz, 15_000.0))
        x += self.wash * hiss * (0.6 * decay(t, 0.3 * self.tau) + 0.4 * decay(t, 0.8 * self.tau))
        if self.rise:
            x *= 1.0 - 0.8 * decay(t, self.rise)
        if self.bell:
            ratios = np.array([1.0, 1.51, 2.08, 2.63, 3.41, 4.39])
            x += modes(seconds, self.bell * ratios, 0.16 / ratios**0.5, 1.2 * self.tau / ratios**0.6)
        tip = times(0.02)
        ping = filtered(noise(len(tip), seed + 2) * decay(tip, 0.0012), lambda hz: highpass(hz, 3_000.0))
        x[: len(tip)] += self.stick * ping
        if self.choke:
            x *= decay(np.maximum(t - self.choke, 0.0), 0.007)
        return x


@dataclass(frozen=True, slots=True)
class Bars:
    """A few modes struck at once: wood, cowbells, glass, small metal. ``hz``, levels and seconds go mode by mode.

    ``stick`` is the level and the Hz of the blow's noise.
    """

    hz: tuple[float, ...]
    level: tuple[float, ...]
    tau: tuple[float, ...]
    stick: tuple[float, float] = (0.2, 3_000.0)
    drive: float = 0.8
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        x = modes(0.03 + 7.0 * max(self.tau), self.hz, self.level, self.tau)
        short = times(0.025)
        loud, centre = self.stick
        blow = coloured(len(short), seed, (centre, 0.7, 1.0)) * decay(short, 0.002)
        return saturate(mixed(x, loud * blow) / sum(self.level), self.drive)


@dataclass(frozen=True, slots=True)
class Clap:
    """Hands at the onsets ``hands`` s around ``centre`` Hz, the room ``tau`` s long at ``room`` of their level."""

    hands: tuple[float, ...] = (0.0, 0.0095, 0.0190, 0.0290)
    centre: float = 1_150.0
    q: float = 1.9
    tau: float = 0.06
    room: float = 0.45
    top: float = 7_000.0
    peak: float = DRUM
    note: float | None = None

    def render(self, seed: int) -> Signal:
        last = self.hands[-1]
        t = times(last + 0.02 + 6.5 * self.tau)
        x = np.zeros(len(t))
        for number, hand in enumerate(self.hands):
            since = times(t[-1] - hand)
            palm = self.centre * (1.0 + 0.18 * float(noise(2, seed + 9 * number)[0]))
            burst = coloured(len(since), seed + number, (palm, self.q, 1.0), (2.4 * palm, 1.3, 0.4), top=self.top)
            tail = self.room * decay(since, self.tau) if number == len(self.hands) - 1 else 0.0
            x[len(t) - len(since) :] += burst * np.maximum(decay(since, 0.0042), tail)
        return saturate(x, 1.3)


_JINGLES = ((0.71, 40.0), (1.0, 45.0), (1.43, 60.0), (1.92, 70.0), (2.37, 75.0), (2.81, 80.0))


@dataclass(frozen=True, slots=True)
class Shaker:
    """Grains that swell for ``rise`` s and settle ``tau`` s: noise above ``floor`` Hz in as many ``shakes``, or jingles.

    ``jingle`` Hz adds the modes of small cymbals, each grain a hit: a tambourine.
    """

    rise: float = 0.02
    tau: float = 0.03
    floor: float = 4_500.0
    shakes: tuple[float, ...] = (0.0,)
    jingle: float = 0.0
    peak: float = CYMBAL
    note: float | None = None

    def render(self, seed: int) -> Signal:
        seconds = self.shakes[-1] + self.rise + 6.5 * self.tau
        t = times(seconds)
        level = np.zeros(len(t))
        for number, at in enumerate(self.shakes):
            since = np.maximum(t - at, 0.0)
            burst = np.minimum(since / self.rise, 1.0) ** 1.6 * decay(np.maximum(since - self.rise, 0.0), self.tau)
            level += burst * (t >= at) * (0.55 + 0.45 * (number == 0))
        grains = noise(len(t), seed)
        grains *= np.abs(noise(len(t), seed + 1)) > 0.4  # sparse, as beans are
        x = filtered(grains * level, lambda hz: highpass(hz, self.floor, 0.9) * lowpass(hz, 12_500.0))
        if self.jingle:
            discs = mixed(
                *(filtered(grains * level, partial(bandpass, centre=r * self.jingle, q=q)) for r, q in _JINGLES)
            )
            x = 0.5 * unit(x) + unit(discs)
        return x
