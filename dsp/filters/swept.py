"""Strudel's filters: the browser's biquads, whose corner follows an envelope and a slow wave."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, times, to_float
from dsp.math.exponential import exp2, log2
from dsp.math.heldlines import held_corners, held_lines, held_row, held_times
from dsp.math.hyperbolic import tanh
from dsp.math.interpolate import any_number
from dsp.math.songlfo import song_wave
from dsp.math.trig import sin_cycles

_REFERENCE = "Web Audio API 1.0, BiquadFilterNode; R. Bristow-Johnson, Audio EQ Cookbook; docs/strudel.md, Filters"
_LOWEST, _HIGHEST = 1.0, 20000.0  # Hz, of the corner while it moves
_TWELVE, _TWENTY_FOUR, _LADDER = 0.0, 1.0, 2.0


def _time(default: float, doc: str) -> Param:
    return Param(default, 0.0, 3600.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc=doc)


def _number(default: float, low: float, high: float, doc: str, unit: Unit = Unit.NONE) -> Param:
    return Param(default, low, high, unit, smoothing=0.0, doc=doc)


_PARAMS = {
    "cutoff": Param(1000.0, 0.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.005, doc="Corner, or centre."),
    "q": Param(1.0, -100.0, 100.0, Unit.DECIBEL, smoothing=0.005, doc="Height of the peak; a band-pass takes it as a plain Q."),
    "slope": _number(0.0, 0.0, 2.0, "0: 12 dB per octave; 1: the same filter twice; 2: a four-pole ladder, always a low-pass."),
    "drive": _number(0.69, -10.0, 10.0, "Of the ladder: e^drive is its gain before it saturates."),
    "octaves": _number(0.0, -20.0, 20.0, "Height of the envelope above the corner; negative: upside down; 0: no envelope."),
    "anchor": _number(0.0, -10.0, 10.0, "Share of the octaves that lies below the corner."),
    "attack": _time(0.005, "Time to rise."),
    "decay": _time(0.14, "Time to fall to the sustain level."),
    "sustain": _number(0.0, 0.0, 1.0, "Share of the envelope until the event ends."),
    "release": _time(0.1, "Time to fall after the event's end."),
    "hold": _time(1.0, "Length of the event."),
    "lfo_rate": _number(0.0, 0.0, 1000.0, "Frequency of a slow wave that moves the corner.", Unit.HZ),
    "lfo_depth": _number(0.0, -24000.0, 24000.0, "Its depth; 0: no wave.", Unit.HZ),
    "lfo_shape": _number(0.0, 0.0, 4.0, "0 triangle, 1 sine, 2 ramp, 3 saw, 4 square."),
    "lfo_skew": _number(0.5, 0.0, 1.0, "Where the triangle peaks, how long the square is high."),
    "lfo_dc": _number(-0.5, -10.0, 10.0, "Added to the wave, which goes from 0 to 1."),
    "lfo_phase": _number(0.0, -1e6, 1e6, "Where the wave is when the event begins.", Unit.CYCLES),
}  # fmt: skip


@inline
def _sweep(cutoff: Any, octaves: Any, anchor: Any, sustain: Any, span: Any) -> Any:
    """The lines of the envelope, in octaves above 1 Hz: exponential between end points that are set in Hz."""
    base = fmin(fmax(cutoff, _LOWEST), _HIGHEST)
    size = np.abs(fmin(fmax(octaves, -20.0), 20.0))
    below = size * fmin(fmax(anchor, -10.0), 10.0)
    low = fmin(fmax(base * exp2(-fmin(fmax(below, -20.0), 20.0)), _LOWEST), _HIGHEST)
    high = fmin(fmax(base * exp2(fmin(fmax(size - below, -20.0), 20.0)), _LOWEST), _HIGHEST)
    bottom, peak = np.where(octaves < 0.0, high, low), np.where(octaves < 0.0, low, high)
    top, end = held_corners(bottom, peak, bottom + fmin(fmax(sustain, 0.0), 1.0) * (peak - bottom), span)
    return held_lines(span, log2(bottom), log2(fmax(top, _LOWEST)), log2(fmax(end, _LOWEST)))


@inline
def _wave(rate: Any, depth: Any, shape: Any, skew: Any, dc: Any, phase: Any) -> Any:
    """The slow wave, each number within its range."""
    start = fmin(fmax(phase, -1e6), 1e6)
    return (
        fmin(fmax(rate, 0.0), 1000.0),
        fmin(fmax(depth, -24000.0), 24000.0),
        fmin(fmax(shape, 0.0), 4.0),
        fmin(fmax(skew, 0.0), 1.0),
        fmin(fmax(dc, -10.0), 10.0),
        start - np.floor(start),
    )


@inline
def _corner(i: Any, age: Any, cutoff: Any, swept: Any, lines: Any, wave: Any, dt: Any) -> Any:
    """The corner in row i, in Hz."""
    rate, depth, shape, skew, dc, phase = wave
    f = np.where(swept, exp2(held_row(age + i, lines)), fmin(fmax(cutoff, 0.0), 24000.0))
    turns = phase + to_float(age + i) * dt * rate
    moved = fmin(fmax(f + (song_wave(shape, turns, skew) + dc) * depth, 30.0), _HIGHEST)
    return np.where(depth != 0.0, moved, f)


@inline
def _angle(f: Any, dt: Any) -> Any:
    """1 - cos w and sin w of a corner, w = 2 pi f / rate."""
    x = fmin(fmax(f * dt, 1e-6), 0.49)
    s = sin_cycles(0.5 * x)
    return 2.0 * s * s, sin_cycles(x)


@inline
def _low(f: Any, q: Any, dt: Any) -> Any:
    """(b0, b1, b2, a1, a2) of a low-pass with its peak in dB."""
    bend, s = _angle(f, dt)
    alpha = 0.5 * s * exp2(fmin(fmax(q, -100.0), 100.0) * -0.16609640474436813)
    scale = 1.0 / (1.0 + alpha)
    b = 0.5 * bend * scale
    return b, 2.0 * b, b, 2.0 * (bend - 1.0) * scale, (1.0 - alpha) * scale


@inline
def _high(f: Any, q: Any, dt: Any) -> Any:
    bend, s = _angle(f, dt)
    alpha = 0.5 * s * exp2(fmin(fmax(q, -100.0), 100.0) * -0.16609640474436813)
    scale = 1.0 / (1.0 + alpha)
    b = 0.5 * (2.0 - bend) * scale
    return b, -2.0 * b, b, 2.0 * (bend - 1.0) * scale, (1.0 - alpha) * scale


@inline
def _band(f: Any, q: Any, dt: Any) -> Any:
    bend, s = _angle(f, dt)
    alpha = 0.5 * s / fmin(fmax(q, 1e-3), 1000.0)
    scale = 1.0 / (1.0 + alpha)
    return alpha * scale, 0.0 * alpha, -alpha * scale, 2.0 * (bend - 1.0) * scale, (1.0 - alpha) * scale


@inline
def _biquad(x: Any, z1: Any, z2: Any, design: Any) -> Any:
    """One row of the transposed direct form 2: the output and the next states."""
    b0, b1, b2, a1, a2 = design
    y = b0 * x + z1
    return y, any_number(times(b1, x) - a1 * y + z2), any_number(times(b2, x) - a2 * y)


@inline
def _ladder_design(f: Any, q: Any, drive: Any, dt: Any) -> Any:
    """(gain in front, feedback, step of each pole, gain behind)."""
    k = fmin(fmax(0.13 * q, 0.0), 8.0)
    gain = fmin(fmax(exp2(fmin(fmax(drive, -10.0), 10.0) * 1.4426950408889634), 0.1), 2000.0)
    return gain, k, fmin(6.283185307179586 * f * dt, 1.0), fmin(1.75, 1.0 + k) / gain


@inline
def _ladder(x: Any, z1: Any, z2: Any, z3: Any, z4: Any, design: Any) -> Any:
    gain, k, step, back = design
    u = tanh(x * gain - k * z4)
    z1 = any_number(z1 + step * (u - z1))
    z2 = any_number(z2 + step * (z1 - z2))
    z3 = any_number(z3 + step * (z2 - z3))
    z4 = any_number(z4 + step * (z3 - z4))
    return z4 * back, z1, z2, z3, z4


@inline
def _run(
    shape: Any, left: Any, right: Any, cutoff: Any, q: Any, slope: Any, drive: Any, octaves: Any, anchor: Any,
    attack: Any, decay: Any, sustain: Any, release: Any, hold: Any, lfo_rate: Any, lfo_depth: Any, lfo_shape: Any,
    lfo_skew: Any, lfo_dc: Any, lfo_phase: Any, left_out: Any, right_out: Any, state: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """The body of the three filters. ``shape`` designs a section from the corner, q and 1 / rate."""
    a1, a2, a3, a4 = state.a1, state.a2, state.a3, state.a4
    b1, b2, b3, b4 = state.b1, state.b2, state.b3, state.b4
    age, dt = env.age, env.dt
    shifting = (
        (attack.moving or decay.moving or sustain.moving or release.moving or hold.moving or octaves.moving)
        or (anchor.moving or lfo_rate.moving or lfo_depth.moving or lfo_shape.moving or lfo_skew.moving)
        or (lfo_dc.moving or lfo_phase.moving or slope.moving or drive.moving or cutoff.moving)
    )
    span = held_times(attack[0], decay[0], release[0], hold[0], env.rate)
    swept = octaves[0] != 0.0
    lines = _sweep(cutoff[0], octaves[0], anchor[0], sustain[0], span)
    wave = _wave(lfo_rate[0], lfo_depth[0], lfo_shape[0], lfo_skew[0], lfo_dc[0], lfo_phase[0])
    is_ladder, twice = slope[0] > 1.5, (slope[0] > 0.5) & (slope[0] <= 1.5)
    some_ladder, some_twice = slope.moving or any_lane(is_ladder), slope.moving or any_lane(twice)
    moving = shifting or q.moving or any_lane(swept | (lfo_depth[0] != 0.0))
    f = _corner(0, age, cutoff[0], swept, lines, wave, dt)
    design, poles = shape(f, q[0], dt), _ladder_design(f, q[0], drive[0], dt)
    for i in range(n):
        if moving:
            if shifting:
                span = held_times(attack[i], decay[i], release[i], hold[i], env.rate)
                swept = octaves[i] != 0.0
                lines = _sweep(cutoff[i], octaves[i], anchor[i], sustain[i], span)
                wave = _wave(lfo_rate[i], lfo_depth[i], lfo_shape[i], lfo_skew[i], lfo_dc[i], lfo_phase[i])
                is_ladder, twice = slope[i] > 1.5, (slope[i] > 0.5) & (slope[i] <= 1.5)
            f = _corner(i, age, cutoff[i], swept, lines, wave, dt)
            design = shape(f, q[i], dt)
            if some_ladder:
                poles = _ladder_design(f, q[i], drive[i], dt)
        u, v = any_number(left[i]), any_number(right[i])
        y, s1, s2 = _biquad(u, a1, a2, design)
        w, t1, t2 = _biquad(v, b1, b2, design)
        s3, s4, t3, t4 = a3, a4, b3, b4
        if some_twice:
            y2, s3, s4 = _biquad(y, a3, a4, design)
            w2, t3, t4 = _biquad(w, b3, b4, design)
            y, w = np.where(twice, y2, y), np.where(twice, w2, w)
        if some_ladder:
            y3, l1, l2, l3, l4 = _ladder(u, a1, a2, a3, a4, poles)
            w3, r1, r2, r3, r4 = _ladder(v, b1, b2, b3, b4, poles)
            y, w = np.where(is_ladder, y3, y), np.where(is_ladder, w3, w)
            s1, s2 = np.where(is_ladder, l1, s1), np.where(is_ladder, l2, s2)
            s3, s4 = np.where(is_ladder, l3, s3), np.where(is_ladder, l4, s4)
            t1, t2 = np.where(is_ladder, r1, t1), np.where(is_ladder, r2, t2)
            t3, t4 = np.where(is_ladder, r3, t3), np.where(is_ladder, r4, t4)
        a1, a2, a3, a4, b1, b2, b3, b4 = s1, s2, s3, s4, t1, t2, t3, t4
        left_out[i] = y
        right_out[i] = w
    state.a1, state.a2, state.a3, state.a4 = a1, a2, a3, a4
    state.b1, state.b2, state.b3, state.b4 = b1, b2, b3, b4


# "chaotic": a peak of tens of dB at a moving corner multiplies rounding
_STATE = ("a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4")
_WHERE = {
    "ins": ("left", "right"),
    "outs": ("left_out", "right_out"),
    "state": _STATE,
    "reference": _REFERENCE,
    "tags": ("chaotic",),
}


@kind(**_WHERE, **_PARAMS)
def swept_low(
    left: Any, right: Any, cutoff: Any, q: Any, slope: Any, drive: Any, octaves: Any, anchor: Any, attack: Any,
    decay: Any, sustain: Any, release: Any, hold: Any, lfo_rate: Any, lfo_depth: Any, lfo_shape: Any, lfo_skew: Any,
    lfo_dc: Any, lfo_phase: Any, left_out: Any, right_out: Any, state: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Strudel's low-pass: its corner may follow an envelope and a slow wave."""
    _run(_low, left, right, cutoff, q, slope, drive, octaves, anchor, attack, decay, sustain, release, hold, lfo_rate,
         lfo_depth, lfo_shape, lfo_skew, lfo_dc, lfo_phase, left_out, right_out, state, n, env)  # fmt: skip


@kind(**_WHERE, **_PARAMS)
def swept_high(
    left: Any, right: Any, cutoff: Any, q: Any, slope: Any, drive: Any, octaves: Any, anchor: Any, attack: Any,
    decay: Any, sustain: Any, release: Any, hold: Any, lfo_rate: Any, lfo_depth: Any, lfo_shape: Any, lfo_skew: Any,
    lfo_dc: Any, lfo_phase: Any, left_out: Any, right_out: Any, state: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Strudel's high-pass: its corner may follow an envelope and a slow wave."""
    _run(_high, left, right, cutoff, q, slope, drive, octaves, anchor, attack, decay, sustain, release, hold, lfo_rate,
         lfo_depth, lfo_shape, lfo_skew, lfo_dc, lfo_phase, left_out, right_out, state, n, env)  # fmt: skip


@kind(**_WHERE, **_PARAMS)
def swept_band(
    left: Any, right: Any, cutoff: Any, q: Any, slope: Any, drive: Any, octaves: Any, anchor: Any, attack: Any,
    decay: Any, sustain: Any, release: Any, hold: Any, lfo_rate: Any, lfo_depth: Any, lfo_shape: Any, lfo_skew: Any,
    lfo_dc: Any, lfo_phase: Any, left_out: Any, right_out: Any, state: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Strudel's band-pass: its centre may follow an envelope and a slow wave; gain 1 at the centre."""
    _run(_band, left, right, cutoff, q, slope, drive, octaves, anchor, attack, decay, sustain, release, hold, lfo_rate,
         lfo_depth, lfo_shape, lfo_skew, lfo_dc, lfo_phase, left_out, right_out, state, n, env)  # fmt: skip
