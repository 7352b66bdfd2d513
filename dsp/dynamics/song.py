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

_INS, _OUTS = ("left", "right"), ("left_out", "right_out")
_AHEAD = 0.006  # seconds by which the browser's compressor looks ahead


def _number(default: float, low: float, high: float, unit: Unit, doc: str) -> Param:
    return Param(default, low, high, unit, smoothing=0.0, doc=doc)


@inline
def _curve(level: Any, threshold: Any, ratio: Any, knee: Any) -> Any:
    """The output level in dB for an input level in dB: straight, then a soft knee above the threshold, then the ratio."""
    over = level - threshold
    slope = 1.0 / ratio
    bow = fmin(fmax(over / fmax(knee, 0.01), 0.0), 1.0)
    # a parabola whose slope falls from 1 to 1 / ratio over the knee
    inside = threshold + fmax(knee, 0.01) * bow * (1.0 - 0.5 * (1.0 - slope) * bow)
    beyond = fmax(over - fmax(knee, 0.01), 0.0) * slope
    return np.where(over <= 0.0, level, inside + beyond)


@kind(
    ins=_INS,
    outs=_OUTS,
    state=("reduction",),
    memory=0.03,
    lines=True,
    reference="Web Audio API 1.0, DynamicsCompressorNode: soft knee, automatic make-up gain (full-range gain ^ -0.6), look-ahead of 6 ms",
    threshold=_number(-24.0, -100.0, 0.0, Unit.DECIBEL, "Level above which the gain is reduced."),
    ratio=_number(10.0, 1.0, 20.0, Unit.RATIO, "dB that the input must rise for 1 dB more at the output."),
    knee=_number(10.0, 0.0, 40.0, Unit.DECIBEL, "Width of the bend above the threshold."),
    attack=Param(0.005, 0.0, 1.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="Time of a reduction."),
    release=Param(0.05, 0.0, 1.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="Time of a recovery."),
)  # fmt: skip
def web_compressor(
    left: Any, right: Any, threshold: Any, ratio: Any, knee: Any, attack: Any, release: Any, left_out: Any,
    right_out: Any, state: Any, memory: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """The compressor of browsers: it raises quiet sounds by itself, and delays everything by 6 ms."""
    reduction = state.reduction
    ahead = int(_AHEAD * env.rate + 0.5)
    stretch = ahead + 2
    steep, width = fmin(fmax(ratio[0], 1.0), 20.0), fmin(fmax(knee[0], 0.0), 40.0)
    start = fmin(fmax(threshold[0], -100.0), 0.0)
    makeup = -0.6 * _curve(0.0 * start, start, steep, width)
    rise, fall = share_of(attack[0], env.dt), share_of(release[0], env.dt)
    for i in range(n):
        u, v = sane(left[i]), sane(right[i])
        memory.write_line(i, u)
        memory.write_line(i, v, stretch)
        level = 6.0205999 * log2(fmax(fmax(np.abs(u), np.abs(v)), 1e-6))
        wanted = _curve(level, start, steep, width) - level
        reduction = reduction + np.where(wanted < reduction, rise, fall) * (wanted - reduction)
        gain = db_to_gain(reduction + makeup)
        left_out[i] = memory.read_line(i, ahead) * gain
        right_out[i] = memory.read_line(i, ahead, stretch) * gain
    state.reduction = reduction


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
