"""A vocoder: the bands of one sound get the levels of the bands of another."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.cells import get_cell, put_cell
from dsp.math.delayline import sane
from dsp.math.exponential import exp2
from dsp.math.smoothing import follow, share_of
from dsp.math.statevariable import advance, coefficients
from dsp.math.trig import warp

_COUNT = 16
_LOWEST = 100.0  # Hz
_STEP = 100.0 ** (1.0 / (_COUNT - 1))  # ratio of neighbouring centres, up to 10,000 Hz
_DAMPING = 0.23  # 1 / Q of each of a band's two filters: neighbours cross at -4 dB
_STATES = 9  # states of a band: four for the filters of each sound, and the level


@inline
def _filter(u: Any, z1: Any, z2: Any, g: Any, h: Any, p: Any, q: Any, r: Any) -> Any:
    """A band-pass, gain 1 at its centre: (output, its states)."""
    y = _DAMPING * h * (z1 + g * (u - z2))
    z1, z2 = advance(u, z1, z2, p, q, r)
    return y, z1, z2


@inline
def _carrier_band(freq: Any, formants: Any, env: Any) -> Any:
    """Coefficients of a band's filters for the carrier, and their g."""
    moved = freq * exp2(fmin(fmax(formants, -24.0), 24.0) * (1.0 / 12.0))
    g = warp(fmin(moved, 0.45 * env.rate), env.dt)
    return (*coefficients(g, _DAMPING), g)


@inline
def _state(memory: Any, env: Any, started: Any, cell: Any) -> Any:
    return np.where(started != 0, get_cell(memory, env, cell), 0.0)


@kind(
    ins=("modulator", "carrier"),
    ints=("started",),
    memory=0.02,
    lines=True,
    reference="H. Dudley, 'The vocoder' (Bell Labs Record 18, 1939): sixteen bands of the fourth order, 100 Hz to 10 kHz",
    attack=Param(0.005, 0.0, 1.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, doc="Time in which a band's level covers 63 % of a rise."),
    release=Param(0.03, 0.0, 10.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, doc="Time in which a band's level covers 63 % of a fall."),
    formants=Param(0.0, -24.0, 24.0, Unit.SEMITONES, doc="Moves the carrier's bands relative to the modulator's.", smoothing=0.0),
    gain=Param(4.0, 0.0, 100.0, Unit.GAIN, curve=Curve.EXPONENTIAL, doc="Level of the output."),
)  # fmt: skip
def vocoder(
    modulator: Any, carrier: Any, attack: Any, release: Any, formants: Any, gain: Any, y: Any, state: Any, memory: Any,
    n: Any, env: Any,
) -> None:  # fmt: skip
    """The carrier with the modulator's spectrum, in sixteen bands, 2/15 of a decade apart."""
    started = state.started
    moving = attack.moving or release.moving or formants.moving
    up, down = share_of(attack[0], env.dt), share_of(release[0], env.dt)
    center = _LOWEST
    # the bands run one after the other over the whole span, so that each has its states in registers
    for band in range(_COUNT):
        first = band * _STATES
        m1, m2 = _state(memory, env, started, first), _state(memory, env, started, first + 1)
        m3, m4 = _state(memory, env, started, first + 2), _state(memory, env, started, first + 3)
        c1, c2 = _state(memory, env, started, first + 4), _state(memory, env, started, first + 5)
        c3, c4 = _state(memory, env, started, first + 6), _state(memory, env, started, first + 7)
        level = _state(memory, env, started, first + 8)
        freq = fmin(center, 0.45 * env.rate)
        center = center * _STEP
        mg = warp(freq, env.dt)
        mh, mp, mq, mr = coefficients(mg, _DAMPING)
        ch, cp, cq, cr, cg = _carrier_band(freq, formants[0], env)
        for i in range(n):
            if moving:
                up, down = share_of(attack[i], env.dt), share_of(release[i], env.dt)
                ch, cp, cq, cr, cg = _carrier_band(freq, formants[i], env)
            u, m1, m2 = _filter(sane(modulator[i]), m1, m2, mg, mh, mp, mq, mr)
            u, m3, m4 = _filter(u, m3, m4, mg, mh, mp, mq, mr)
            level = follow(level, np.abs(u), up, down)
            v, c1, c2 = _filter(sane(carrier[i]), c1, c2, cg, ch, cp, cq, cr)
            v, c3, c4 = _filter(v, c3, c4, cg, ch, cp, cq, cr)
            part = v * level * fmin(fmax(gain[i], 0.0), 100.0)
            y[i] = part if band == 0 else y[i] + part
        put_cell(memory, env, first, m1)
        put_cell(memory, env, first + 1, m2)
        put_cell(memory, env, first + 2, m3)
        put_cell(memory, env, first + 3, m4)
        put_cell(memory, env, first + 4, c1)
        put_cell(memory, env, first + 5, c2)
        put_cell(memory, env, first + 6, c3)
        put_cell(memory, env, first + 7, c4)
        put_cell(memory, env, first + 8, level)
    state.started = started | 1
