"""Strudel's dynamics: the browser's compressor, a transient shaper, and the ducking of one orbit by events of another."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, to_float
from dsp.math.delayline import sane
from dsp.math.exponential import db_to_gain, exp2, log2
from dsp.math.interpolate import any_number
from dsp.math.smoothing import share_of
from dsp.math.trig import atan, sin_cycles

_INS, _OUTS = ("left", "right"), ("left_out", "right_out")
_AHEAD = 0.006  # seconds by which the browser's compressor looks ahead


def _number(default: float, low: float, high: float, unit: Unit, doc: str) -> Param:
    return Param(default, low, high, unit, smoothing=0.0, doc=doc)


_PERIOD = 32  # frames for which the rate of the gain is computed at once
_SATURATED = 0.0025  # seconds in which the detector recovers at least by 2 dB
# The time that 5 dB of recovery take grows with what is left to recover: a polynomial of degree 4 through 0.09, 0.16, 0.42 and 0.98
# of the release time.
_ZONES = (0.09, 0.16, 0.42, 0.98)
_POLYNOMIAL = tuple(
    sum(factor * zone for factor, zone in zip(row, _ZONES, strict=True))
    for row in (
        (1.0, 0.0, 0.0, 0.0),
        (-1.5788320352845888, 2.3305837032074286, -0.9141194204840429, 0.1623677525612032),
        (0.5334142869106424, -1.272736789213631, 0.9258856042207512, -0.18656310191776226),
        (0.08783463138207234, -0.1694162967925622, 0.08588057951595272, -0.00429891410546283),
        (-0.042416883008123074, 0.1115693827987602, -0.09764676325265872, 0.028494263462021576),
    )
)


@inline
def _knee(x: Any, threshold: Any, k: Any) -> Any:
    """The curve from the threshold to the end of the knee: it bends as 1 - exp(-k x)."""
    return np.where(x < threshold, x, threshold + (1.0 - exp2(-1.4426950408889634 * k * fmax(x - threshold, 0.0))) / k)


@inline
def _decibel(x: Any) -> Any:
    return 6.020599913279624 * log2(fmax(x, 1e-9))


@inline
def _bend(threshold: Any, end: Any, slope: Any) -> Any:
    """The k for which the knee's slope, in dB, is ``slope`` at its end: by halving, in equal ratios."""
    low, high = 0.1 + 0.0 * threshold, 10_000.0 + 0.0 * threshold
    k = 5.0 + 0.0 * threshold
    for _ in range(15):
        here = (_decibel(_knee(1.001 * end, threshold, k)) - _decibel(_knee(end, threshold, k))) * 115.18696585739757
        high = np.where(here < slope, k, high)
        low = np.where(here < slope, low, k)
        k = np.sqrt(low * high)
    return k


@inline
def _curve(x: Any, shape: Any) -> Any:
    """The output level for an input level, both linear."""
    threshold, end, end_db, top_db, slope, k = shape
    beyond = db_to_gain(top_db + slope * (_decibel(x) - end_db))
    return np.where(x < end, _knee(x, threshold, k), beyond)


@inline
def _shape(threshold: Any, ratio: Any, knee: Any) -> Any:
    start, width = fmin(fmax(threshold, -100.0), 0.0), fmin(fmax(knee, 0.0), 40.0)
    slope = 1.0 / fmin(fmax(ratio, 1.0), 20.0)
    first, end = db_to_gain(start), db_to_gain(start + width)
    k = _bend(first, end, slope)
    return first, end, start + width, _decibel(_knee(end, first, k)), slope, k


@inline
def _quarter(x: Any) -> Any:
    """The inverse of sin(pi / 2 y) for 0 <= x <= 1: what is followed is bent by it, and bent back at the end."""
    return 0.6366197723675814 * atan(x / np.sqrt(fmax(1.0 - x * x, 1e-10)))


@inline
def _recovery(missing: Any, frames: Any) -> Any:
    """Factor of the gain per frame while it recovers; ``missing`` is the gain over the wanted one in dB, ``frames`` the release time."""
    x = 0.25 * (fmin(fmax(missing, -12.0), 0.0) + 12.0)
    a, b, c, d, e = _POLYNOMIAL
    return db_to_gain(5.0 / fmax(frames * (a + x * (b + x * (c + x * (d + x * e)))), 1.0))


@kind(
    ins=_INS,
    outs=_OUTS,
    state=("detected", "gain", "most", "pace"),
    ints=("started",),
    memory=0.03,
    lines=True,
    reference="Web Audio API 1.0, DynamicsCompressorNode, as browsers implement it: adaptive attack and release, make-up gain of "
    "(1 / gain at full scale)^0.6, look-ahead of 6 ms",
    threshold=_number(-24.0, -100.0, 0.0, Unit.DECIBEL, "Level above which the gain is reduced."),
    ratio=_number(10.0, 1.0, 20.0, Unit.RATIO, "dB that the input must rise for 1 dB more at the output."),
    knee=_number(10.0, 0.0, 40.0, Unit.DECIBEL, "Width of the bend above the threshold."),
    attack=Param(0.005, 0.0, 1.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="Time of a reduction."),
    release=Param(0.05, 0.0, 1.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="Time of a recovery."),
    tags=("chaotic",),  # a gain that moves by steps of 32 frames follows rounding where it decides between rise and fall
)  # fmt: skip
def web_compressor(
    left: Any, right: Any, threshold: Any, ratio: Any, knee: Any, attack: Any, release: Any, left_out: Any,
    right_out: Any, state: Any, memory: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """The compressor of browsers: it raises quiet sounds by itself, and delays everything by 6 ms."""
    fresh = state.started == 0
    detected, gain = np.where(fresh, 1.0, state.detected), np.where(fresh, 1.0, state.gain)
    most, pace = np.where(fresh, -1.0, state.most), np.where(fresh, 1.0, state.pace)
    ahead = int(_AHEAD * env.rate + 0.5)
    stretch = ahead + 2
    moving = threshold.moving or ratio.moving or knee.moving
    shape = _shape(threshold[0], ratio[0], knee[0])
    makeup = exp2(-0.6 * log2(fmax(_curve(1.0 + 0.0 * shape[0], shape), 1e-6)))
    for i in range(n):
        if moving:
            shape = _shape(threshold[i], ratio[i], knee[i])
            makeup = exp2(-0.6 * log2(fmax(_curve(1.0 + 0.0 * shape[0], shape), 1e-6)))
        u, v = sane(left[i]), sane(right[i])
        memory.write_line(i, u)
        memory.write_line(i, v, stretch)
        wanted = _quarter(detected)
        missing = _decibel(fmax(gain, 1e-6)) - _decibel(fmax(wanted, 1e-6))
        due = ((env.age + i) & (_PERIOD - 1)) == 0
        rising = wanted > gain
        seconds = fmin(fmax(attack[i], 0.001), 1.0)
        held = np.where(rising, -1.0, np.where((most == -1.0) | (most < missing), missing, most))
        down = 1.0 - exp2(log2(0.25 / fmax(held, 0.5)) / (seconds * env.rate))
        up = _recovery(missing, fmin(fmax(release[i], 0.001), 1.0) * env.rate)
        most = np.where(due, held, most)
        pace = np.where(due, np.where(rising, up, down), pace)
        level = fmax(np.abs(u), np.abs(v))
        passed = np.where(level <= 1e-4, 1.0, _curve(level, shape) / fmax(level, 1e-4))
        step = db_to_gain(fmax(-_decibel(passed), 2.0) / (_SATURATED * env.rate)) - 1.0
        detected = fmin(detected + np.where(passed > detected, step, 1.0) * (passed - detected), 1.0)
        gain = np.where(pace < 1.0, gain + pace * (wanted - gain), fmin(gain * pace, 1.0))
        loud = makeup * sin_cycles(0.25 * gain)
        left_out[i] = memory.read_line(i, ahead) * loud
        right_out[i] = memory.read_line(i, ahead, stretch) * loud
    state.detected, state.gain, state.most, state.pace, state.started = detected, gain, most, pace, 1


@kind(
    ins=_INS,
    outs=_OUTS,
    state=("fast_a", "slow_a", "level_a", "fast_b", "slow_b", "level_b"),
    reference="Strudel's transient (docs/strudel.md, Effects): two followers, of 3 and 80 ms, are compared",
    strike=_number(0.0, -1.0, 1.0, Unit.NONE, "Makes attacks louder or softer."),
    body=_number(0.0, -1.0, 1.0, Unit.NONE, "Makes what follows an attack louder or softer."),
)
def song_transient(
    left: Any, right: Any, strike: Any, body: Any, left_out: Any, right_out: Any, state: Any, n: Any, env: Any
) -> None:
    """Makes attack and sustain louder or softer, then saturates softly."""
    quick, slow = share_of(0.003, env.dt), share_of(0.08, env.dt)
    fa, sa, fb, sb = state.fast_a, state.slow_a, state.fast_b, state.slow_b
    ga, gb = state.level_a, state.level_b
    for i in range(n):
        u, v = any_number(left[i]), any_number(right[i])
        rise, tail = fmin(fmax(strike[i], -1.0), 1.0), fmin(fmax(body[i], -1.0), 1.0)
        fa = fa + quick * (np.abs(u) - fa)
        sa = sa + slow * (np.abs(u) - sa)
        fb = fb + quick * (np.abs(v) - fb)
        sb = sb + slow * (np.abs(v) - sb)
        pa = fmin(fmax((fa - sa) / (sa + 1e-6), -1.5), 1.5)
        pb = fmin(fmax((fb - sb) / (sb + 1e-6), -1.5), 1.5)
        ga = fmin(exp2((18.0 * rise * fmax(pa, 0.0) + 36.0 * tail * fmax(-pa, 0.0)) * 0.16609640474436813), 8.0)
        gb = fmin(exp2((18.0 * rise * fmax(pb, 0.0) + 36.0 * tail * fmax(-pb, 0.0)) * 0.16609640474436813), 8.0)
        u, v = u * ga, v * gb
        left_out[i] = u / (1.0 + np.abs(u))
        right_out[i] = v / (1.0 + np.abs(v))
    state.fast_a, state.slow_a, state.fast_b, state.slow_b = fa, sa, fb, sb
    state.level_a, state.level_b = ga, gb


@kind(
    ins=_INS,
    outs=_OUTS,
    state=("last", "begin", "low"),
    ints=("elapsed", "on"),
    reference="Strudel's duck (docs/strudel.md, Orbit): exponential lines down and back to 1",
    trigger=_number(0.0, 0.0, 1e9, Unit.NONE, "Another number than before starts the duck."),
    depth=_number(1.0, 0.0, 1.0, Unit.NONE, "How far it goes down: to 1 - sqrt(depth), but not below 0.01."),
    onset=Param(0.0, 0.0, 60.0, Unit.SECONDS, smoothing=0.0, doc="Time in which it goes down."),
    attack=Param(0.1, 0.0, 60.0, Unit.SECONDS, smoothing=0.0, doc="Time in which it comes back."),
)
def duck(
    left: Any, right: Any, trigger: Any, depth: Any, onset: Any, attack: Any, left_out: Any, right_out: Any, state: Any,
    n: Any, env: Any,
) -> None:  # fmt: skip
    """Turns a sum down for a moment, whenever its trigger changes."""
    last, begin, low, elapsed, on = state.last, state.begin, state.low, state.elapsed, state.on
    for i in range(n):
        now = trigger[i]
        down = fmax(onset[i], 0.0) * env.rate
        up = fmax(attack[i], 0.002) * env.rate
        t = to_float(elapsed)
        sinking = begin + (low - begin) * (t / fmax(down, 1e-3))
        coming = low * (1.0 - fmin((t - down) / up, 1.0))
        level = np.where(on != 0, np.where(t < down, sinking, coming), 0.0)
        fired = (now != last) & (now > 0.0)
        goal = log2(fmax(1.0 - np.sqrt(fmin(fmax(depth[i], 0.0), 1.0)), 0.01))
        begin = np.where(fired, level, begin)
        low = np.where(fired, fmin(goal, level), low)
        elapsed = np.where(fired, 0, fmin(elapsed + 1, 1 << 30))
        on = np.where(fired, 1, on)
        last = now
        gain = exp2(np.where(fired & (down >= 1.0), begin, np.where(fired, low, level)))
        left_out[i] = left[i] * gain
        right_out[i] = right[i] * gain
    state.last, state.begin, state.low, state.elapsed, state.on = last, begin, low, elapsed, on
