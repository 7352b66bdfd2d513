"""Octaves made from the wave itself: it is rectified, divided by flip-flops, or played faster between zero crossings."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, times, to_float
from dsp.math.delayline import read_linear, sane
from dsp.math.statevariable import advance, coefficients
from dsp.math.trig import sin_cycles, warp

_SUB = 440.0  # Hz, corner of the low-pass before the flip-flops


@kind(
    ins=("x",),
    state=("before", "up", "z1", "z2", "low"),
    ints=("half", "quarter"),
    tags=("stepped",),
    reference="SuperDirt's octer (docs/dirt.md, Effects)",
    amount=Param(
        0.0,
        0.0,
        10.0,
        doc="Octave above; from 0 to 1 it replaces the input, from 1 to 2 it fades out.",
        aliases=("octer",),
    ),
    sub=Param(0.0, -10.0, 10.0, Unit.GAIN, doc="Level of the octave below.", aliases=("octersub",)),
    sub_sub=Param(0.0, -10.0, 10.0, Unit.GAIN, doc="Level of two octaves below.", aliases=("octersubsub",)),
)
def octer(x: Any, amount: Any, sub: Any, sub_sub: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Octaves: the rectified wave gives the one above; its bass, muted in every second cycle or in two of four, those below."""
    before, up, z1, z2, low = state.before, state.up, state.z1, state.z2, state.low
    half, quarter = state.half, state.quarter
    g = warp(_SUB, env.dt)
    _, p, q, r = coefficients(g, 1.4142135)
    for i in range(n):
        u = sane(x[i])
        up = 0.995 * up + (np.abs(u) - before)
        before = np.abs(u)
        a, b = advance(u, z1, z2, p, q, r)
        bass = 0.5 * (b + z2)
        z1, z2 = a, b
        rose = (bass > 0.0) & (low <= 0.0)
        low = bass
        half = np.where(rose, 1 - half, half)
        quarter = np.where(rose & (half != 0), 1 - quarter, quarter)
        level = fmin(fmax(amount[i], 0.0), 10.0)
        turn = 0.25 * level
        dry = np.where(level < 1.0, sin_cycles(0.25 - turn), 0.0)
        wet = np.where(level < 2.0, sin_cycles(turn), 0.0) * level
        down = times(fmin(fmax(sub[i], -10.0), 10.0), to_float(half)) + fmin(fmax(sub_sub[i], -10.0), 10.0) * to_float(
            quarter
        )
        y[i] = times(u, dry) + times(2.0 * up, wet) + bass * down
    state.before, state.up, state.z1, state.z2, state.low = before, up, z1, z2, low
    state.half, state.quarter = half, quarter


_LONGEST = 0.039  # seconds; of a longer wave only this much is played faster


@kind(
    ins=("x",),
    state=("before",),
    ints=("since", "length"),
    memory=0.08,
    reference="SuperDirt's squiz (docs/dirt.md, Effects); T. Wishart, Audible Design (1994): waveset transposition",
    ratio=Param(
        2.0, 1.0, 64.0, Unit.RATIO, curve=Curve.EXPONENTIAL, smoothing=0.0, aliases=("squiz",),
        doc="Speed at which each wave is played.",
    ),
)  # fmt: skip
def squiz(x: Any, ratio: Any, y: Any, state: Any, memory: Any, n: Any, env: Any) -> None:
    """Plays each wave (from one upward zero crossing to the next) faster after it has ended, then is silent until the next."""
    before, since, length = state.before, state.since, state.length
    longest = int(_LONGEST * env.rate)
    for i in range(n):
        u = sane(x[i])
        memory.write(i, u)
        crossed = (before <= 0.0) & (u > 0.0)
        length = np.where(crossed, since, length)
        since = np.where(crossed, 0, since)
        before = u
        place = to_float(since) * fmin(fmax(ratio[i], 1.0), 64.0)
        inside = (place <= to_float(length) - 1.0) & (since < longest)
        late = fmin(fmax(to_float(since + length) - place, 1.0), 2.0 * longest)
        y[i] = np.where(inside, read_linear(memory, i, late, 0), 0.0)
        since = fmin(since + 1, longest)
    state.before, state.since, state.length = before, since, length
