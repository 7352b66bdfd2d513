"""Gain that follows the level of the sound itself or of another one: compressor, side chain, expander, gate.

Source: D. Giannoulis, M. Massberg and J. Reiss, "Digital dynamic range compressor design: a tutorial and analysis"
(JAES 60, 2012): feed-forward, with the static curve in dB and its result smoothed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, to_int
from dsp.math.delayline import sane
from dsp.math.exponential import db_to_gain, log2
from dsp.math.smoothing import follow, share_of

_REFERENCE = "Giannoulis, Massberg and Reiss, 'Digital dynamic range compressor design' (JAES 60, 2012)"
_INS = ("left", "right")
_OUTS = ("left_out", "right_out")
_DETECTION = 0.01  # seconds in which the measured level of a gate falls to 1/e between two peaks


def _time(default: float, doc: str) -> Param:
    return Param(default, 0.0, 10.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, doc=doc)


_THRESHOLD = Param(-20.0, -100.0, 20.0, Unit.DECIBEL, doc="Level above which the gain is reduced; 0 dB is full scale.")
_RATIO = Param(
    4.0,
    1.0,
    100.0,
    Unit.RATIO,
    curve=Curve.EXPONENTIAL,
    doc="How many dB the input must rise for 1 dB more at the output; 100 is a limiter.",
)
_ATTACK = _time(0.005, "Time in which 63 % of a gain reduction happens.")
_RELEASE = _time(0.1, "Time in which a gain reduction falls to 37 % once the level is low again.")
_KNEE = Param(6.0, 0.0, 40.0, Unit.DECIBEL, doc="Width of the bend around the threshold.")
_MAKEUP = Param(0.0, 0.0, 40.0, Unit.DECIBEL, doc="Extra gain, the same for all levels.")


@inline
def _decibel(peak: Any) -> Any:
    """Level of an amplitude in dB, at least -120."""
    return log2(fmax(peak, 1e-6)) * 6.0205999


@inline
def _beyond(over: Any, knee: Any) -> Any:
    """dB beyond a threshold: 0 below it, ``over`` above it, with a parabola in between."""
    width = fmin(fmax(knee, 0.01), 40.0)
    bow = over + 0.5 * width
    return np.where(2.0 * over >= width, over, np.where(bow <= 0.0, 0.0, bow * bow / (2.0 * width)))


@inline
def _reduced(reduction: Any, level: Any, threshold: Any, ratio: Any, knee: Any, speeds: Any) -> Any:
    """The next gain reduction in dB of a compressor, after a row with this level (dB); ``reduction`` is the last one."""
    over = level - fmin(fmax(threshold, -100.0), 20.0)
    due = _beyond(over, knee) * (1.0 - 1.0 / fmin(fmax(ratio, 1.0), 100.0))
    return follow(reduction, due, speeds[0], speeds[1])


@inline
def _speeds(up: Any, down: Any, i: Any, env: Any) -> Any:
    """The shares per frame of rising and falling, for ``follow``; the arguments are times in seconds."""
    return share_of(up[i], env.dt), share_of(down[i], env.dt)


@inline
def _louder(left: Any, right: Any) -> Any:
    """Amplitude of the louder side."""
    return fmax(np.abs(sane(left)), np.abs(sane(right)))


@kind(
    ins=_INS,
    outs=_OUTS,
    state=("reduction",),
    reference=_REFERENCE,
    threshold=_THRESHOLD,
    ratio=_RATIO,
    attack=_ATTACK,
    release=_RELEASE,
    knee=_KNEE,
    makeup=_MAKEUP,
)
def compressor(
    left: Any, right: Any, threshold: Any, ratio: Any, attack: Any, release: Any, knee: Any, makeup: Any,
    left_out: Any, right_out: Any, state: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """A stereo compressor: both sides get the gain that the louder side needs."""
    reduction, speeds = state.reduction, _speeds(attack, release, 0, env)
    for i in range(n):
        if attack.moving or release.moving:
            speeds = _speeds(attack, release, i, env)
        a, b = left[i], right[i]
        level = _decibel(_louder(a, b))
        reduction = _reduced(reduction, level, threshold[i], ratio[i], knee[i], speeds)
        gain = db_to_gain(fmin(fmax(makeup[i], 0.0), 40.0) - reduction)
        left_out[i] = a * gain
        right_out[i] = b * gain
    state.reduction = reduction


@kind(
    ins=("left", "right", "key"),
    outs=_OUTS,
    state=("reduction",),
    reference=_REFERENCE,
    threshold=_THRESHOLD,
    ratio=_RATIO,
    attack=_ATTACK,
    release=_RELEASE,
    knee=_KNEE,
)
def sidechain(
    left: Any, right: Any, key: Any, threshold: Any, ratio: Any, attack: Any, release: Any, knee: Any,
    left_out: Any, right_out: Any, state: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """A compressor with a side chain: the level of ``key`` turns left and right down."""
    reduction, speeds = state.reduction, _speeds(attack, release, 0, env)
    for i in range(n):
        if attack.moving or release.moving:
            speeds = _speeds(attack, release, i, env)
        level = _decibel(np.abs(sane(key[i])))
        reduction = _reduced(reduction, level, threshold[i], ratio[i], knee[i], speeds)
        gain = db_to_gain(-reduction)
        left_out[i] = left[i] * gain
        right_out[i] = right[i] * gain
    state.reduction = reduction


@inline
def _peak(level: Any, left: Any, right: Any, share: Any) -> Any:
    """The peak level of the louder side: it rises at once and falls by a share per frame."""
    u = _louder(left, right)
    return np.where(u > level, u, level + share * (u - level))


@kind(
    ins=_INS,
    outs=_OUTS,
    state=("level", "reduction"),
    reference=_REFERENCE,
    threshold=Param(
        -40.0, -100.0, 20.0, Unit.DECIBEL, doc="Level below which the gain is reduced; 0 dB is full scale."
    ),
    ratio=Param(
        2.0,
        1.0,
        100.0,
        Unit.RATIO,
        curve=Curve.EXPONENTIAL,
        doc="How many dB the output falls when the input falls by 1 dB.",
    ),
    attack=_time(0.001, "Time in which a gain reduction falls by 63 % when the level rises."),
    release=_time(0.1, "Time in which 63 % of a gain reduction happens."),
    knee=_KNEE,
    depth=Param(40.0, 0.0, 120.0, Unit.DECIBEL, doc="Largest gain reduction."),
)
def expander(
    left: Any, right: Any, threshold: Any, ratio: Any, attack: Any, release: Any, knee: Any, depth: Any,
    left_out: Any, right_out: Any, state: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """A stereo expander: quiet sounds become quieter."""
    level, reduction = state.level, state.reduction
    fall, speeds = share_of(_DETECTION, env.dt), _speeds(release, attack, 0, env)
    for i in range(n):
        if attack.moving or release.moving:
            speeds = _speeds(release, attack, i, env)
        a, b = left[i], right[i]
        level = _peak(level, a, b, fall)
        under = fmin(fmax(threshold[i], -100.0), 20.0) - _decibel(level)
        due = _beyond(under, knee[i]) * (fmin(fmax(ratio[i], 1.0), 100.0) - 1.0)
        reduction = follow(reduction, fmin(due, fmin(fmax(depth[i], 0.0), 120.0)), speeds[0], speeds[1])
        gain = db_to_gain(-reduction)
        left_out[i] = a * gain
        right_out[i] = b * gain
    state.level, state.reduction = level, reduction


@kind(
    ins=_INS,
    outs=_OUTS,
    state=("level", "opened"),
    ints=("up", "wait"),
    tags=("stepped",),
    reference="U. Zoelzer, DAFX, 2nd ed., ch. 4: noise gate with hysteresis and hold",
    threshold=Param(-40.0, -100.0, 20.0, Unit.DECIBEL, doc="Level above which the gate opens; 0 dB is full scale."),
    hysteresis=Param(
        6.0, 0.0, 40.0, Unit.DECIBEL, doc="How far below the threshold the level must fall before the gate shuts."
    ),
    attack=_time(0.001, "Time in which the gate opens by 63 %."),
    hold=_time(0.02, "Time for which the gate stays open after the level has fallen."),
    release=_time(0.1, "Time in which the gate then shuts by 63 %."),
    depth=Param(80.0, 0.0, 120.0, Unit.DECIBEL, doc="Gain reduction while the gate is shut."),
)
def noise_gate(
    left: Any, right: Any, threshold: Any, hysteresis: Any, attack: Any, hold: Any, release: Any, depth: Any,
    left_out: Any, right_out: Any, state: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """A stereo noise gate: it starts shut and is open while the louder side is above the threshold."""
    level, opened, up, wait = state.level, state.opened, state.up, state.wait
    fall, speeds = share_of(_DETECTION, env.dt), _speeds(attack, release, 0, env)
    for i in range(n):
        if attack.moving or release.moving:
            speeds = _speeds(attack, release, i, env)
        a, b = left[i], right[i]
        level = _peak(level, a, b, fall)
        loud = _decibel(level) - fmin(fmax(threshold[i], -100.0), 20.0)
        up = np.where(loud > 0.0, 1, np.where(loud < -fmin(fmax(hysteresis[i], 0.0), 40.0), 0, up))
        held = to_int(fmin(fmax(hold[i], 0.0), 10.0) * env.rate)
        wait = np.where(up != 0, held, fmax(wait - 1, 0))
        opened = follow(opened, np.where((up != 0) | (wait > 0), 1.0, 0.0 * level), speeds[0], speeds[1])
        floor = db_to_gain(-fmin(fmax(depth[i], 0.0), 120.0))
        gain = floor + (1.0 - floor) * opened
        left_out[i] = a * gain
        right_out[i] = b * gain
    state.level, state.opened, state.up, state.wait = level, opened, up, wait
