"""Separate gains for the attack and the sustain of a sound. Envelope followers tell them apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import fmax, fmin
from dsp.math.delayline import sane
from dsp.math.exponential import db_to_gain
from dsp.math.smoothing import share_of

_FALL = 0.05  # seconds in which the envelope falls to 1/e after a peak
_SLOW_RISE = 0.02  # attack time of the slower follower that it is compared with for the attack
_SLOW_FALL = 0.5  # release time of the slower follower for the sustain


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    state=("level", "slow", "long"),
    reference="difference of envelope followers, as SPL's Transient Designer: U. Zoelzer, DAFX, 2nd ed., ch. 4",
    attack_gain=Param(0.0, -40.0, 40.0, Unit.DECIBEL, doc="Gain of attacks: parts that rise in less than 20 ms."),
    sustain_gain=Param(
        0.0, -40.0, 40.0, Unit.DECIBEL, doc="Gain of decays: parts that fall in less than half a second."
    ),
)
def transient_shaper(
    left: Any,
    right: Any,
    attack_gain: Any,
    sustain_gain: Any,
    left_out: Any,
    right_out: Any,
    state: Any,
    n: Any,
    env: Any,
) -> None:
    """Makes attack and sustain louder or softer, at any level; a steady sound stays as it is."""
    level, slow, long = state.level, state.slow, state.long
    fall, rise, sink = share_of(_FALL, env.dt), share_of(_SLOW_RISE, env.dt), share_of(_SLOW_FALL, env.dt)
    for i in range(n):
        a, b = left[i], right[i]
        u = fmax(np.abs(sane(a)), np.abs(sane(b)))
        level = np.where(u > level, u, level + fall * (u - level))
        slow = fmin(level, slow + rise * (level - slow))
        long = fmax(level, long + sink * (level - long))
        onset = 1.0 - slow / fmax(level, 1e-9)
        decay = 1.0 - level / fmax(long, 1e-9)
        louder = fmin(fmax(attack_gain[i], -40.0), 40.0) * fmin(fmax(onset, 0.0), 1.0)
        louder = louder + fmin(fmax(sustain_gain[i], -40.0), 40.0) * fmin(fmax(decay, 0.0), 1.0)
        gain = db_to_gain(louder)
        left_out[i] = a * gain
        right_out[i] = b * gain
    state.level, state.slow, state.long = level, slow, long
