"""A sound split into narrow bands, each with its own delay."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, to_float, to_int
from dsp.math.delayline import sane
from dsp.math.statevariable import advance, coefficients, resonant_gains

_BANDS = 16
_LOWEST, _HIGHEST = 40.0, 17000.0  # Hz, centres of the first and the last band
_CENTERS = tuple(_LOWEST * (_HIGHEST / _LOWEST) ** (k / (_BANDS - 1)) for k in range(_BANDS))
_RQ = 0.005  # bandwidth divided by centre frequency
_LONGEST = 0.2  # seconds, delay of the last band
_DIRECT, _LEVEL = 0.2, 4.0  # gain of the input and of each band


@inline
def _bits(mask: Any) -> Any:
    return to_int(np.floor(fmin(fmax(mask, 0.0), 1e6) + 0.5))


@inline
def _frames(number: Any, time: Any, rate: Any) -> Any:
    """Whole frames of the delay of a band; ``number`` is its masked number. SuperDirt's shortest delay is one frame."""
    return to_int(fmax(to_float(number) * (fmin(fmax(time, 0.0), 1.0) * (_LONGEST / _BANDS * rate)) + 0.5, 1.0))


@inline
def _band(
    number: Any, center: Any, x: Any, mask: Any, time: Any, y: Any, z: Any, last: Any, memory: Any, n: Any, env: Any
) -> Any:
    """Add a band to ``y`` over the whole span, with its states in registers. Returns the states."""
    g, k = resonant_gains(center, _RQ, env)
    _, p, q, r = coefficients(g, k)
    level = 0.5 * _LEVEL * k
    z1, z2 = z
    moving = mask.moving or time.moving
    late = _frames(_bits(mask[0]) & number, time[0], env.rate)
    delayed = moving or any_lane(late > 1)
    for i in range(n):
        u = last
        last = sane(x[i])
        if delayed:
            if moving:
                late = _frames(_bits(mask[i]) & number, time[i], env.rate)
            u = memory.read(i, late)
        a, b = advance(u, z1, z2, p, q, r)
        y[i] = y[i] + level * (a + z1)
        z1, z2 = a, b
    return z1, z2


@kind(
    ins=("x",),
    state=tuple(f"{z}{k}" for z in ("a", "b") for k in range(_BANDS)),
    memory=_LONGEST,
    reference="SuperDirt spectral-delay (docs/dirt.md, Effects); structure: Zavalishin, The Art of VA Filter Design, ch. 4",
    mask=Param(
        31.0, 0.0, 1e6, smoothing=0.0, aliases=("xsdelay",),
        doc="Bit mask for the numbers 1 to 16 of the bands: number AND mask gives a band's delay. Only the lowest five bits count.",
    ),
    time=Param(
        0.5, 0.0, 1.0, Unit.SECONDS, smoothing=0.0, aliases=("tsdelay",),
        doc="Unit of the delays: a band is late by this / 80 times its masked number.",
    ),
)  # fmt: skip
def spectral_delay(x: Any, mask: Any, time: Any, y: Any, state: Any, memory: Any, n: Any, env: Any) -> None:
    """Sixteen ringing band-passes from 40 Hz to 17 kHz, each with a delay from its number, plus a fifth of the input."""
    last = memory.read_line(0, 1)
    for i in range(n):
        u = sane(x[i])
        memory.write(i, u)
        y[i] = _DIRECT * u
    state.a0, state.b0 = _band(1, _CENTERS[0], x, mask, time, y, (state.a0, state.b0), last, memory, n, env)
    state.a1, state.b1 = _band(2, _CENTERS[1], x, mask, time, y, (state.a1, state.b1), last, memory, n, env)
    state.a2, state.b2 = _band(3, _CENTERS[2], x, mask, time, y, (state.a2, state.b2), last, memory, n, env)
    state.a3, state.b3 = _band(4, _CENTERS[3], x, mask, time, y, (state.a3, state.b3), last, memory, n, env)
    state.a4, state.b4 = _band(5, _CENTERS[4], x, mask, time, y, (state.a4, state.b4), last, memory, n, env)
    state.a5, state.b5 = _band(6, _CENTERS[5], x, mask, time, y, (state.a5, state.b5), last, memory, n, env)
    state.a6, state.b6 = _band(7, _CENTERS[6], x, mask, time, y, (state.a6, state.b6), last, memory, n, env)
    state.a7, state.b7 = _band(8, _CENTERS[7], x, mask, time, y, (state.a7, state.b7), last, memory, n, env)
    state.a8, state.b8 = _band(9, _CENTERS[8], x, mask, time, y, (state.a8, state.b8), last, memory, n, env)
    state.a9, state.b9 = _band(10, _CENTERS[9], x, mask, time, y, (state.a9, state.b9), last, memory, n, env)
    state.a10, state.b10 = _band(11, _CENTERS[10], x, mask, time, y, (state.a10, state.b10), last, memory, n, env)
    state.a11, state.b11 = _band(12, _CENTERS[11], x, mask, time, y, (state.a11, state.b11), last, memory, n, env)
    state.a12, state.b12 = _band(13, _CENTERS[12], x, mask, time, y, (state.a12, state.b12), last, memory, n, env)
    state.a13, state.b13 = _band(14, _CENTERS[13], x, mask, time, y, (state.a13, state.b13), last, memory, n, env)
    state.a14, state.b14 = _band(15, _CENTERS[14], x, mask, time, y, (state.a14, state.b14), last, memory, n, env)
    state.a15, state.b15 = _band(16, _CENTERS[15], x, mask, time, y, (state.a15, state.b15), last, memory, n, env)
