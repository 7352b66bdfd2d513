"""The pitch of a Strudel event: vibrato, and an envelope of semitones."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, to_float
from dsp.math.exponential import exp2
from dsp.math.heldlines import held_level, held_row
from dsp.math.interpolate import any_number
from dsp.math.trig import sin_cycles


def _time(default: float, doc: str) -> Param:
    return Param(default, 0.0, 3600.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc=doc)


@inline
def _way(attack: Any, decay: Any, sustain: Any, release: Any, hold: Any, rate: Any) -> Any:
    return held_level(attack, decay, sustain, release, hold, 0.0, 1.0, rate)


@kind(
    reference="Strudel's pitch envelope and vibrato (docs/strudel.md, Pitch)",
    freq=Param(440.0, -24000.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="The pitch without both."),
    vib=Param(0.0, 0.0, 1000.0, Unit.HZ, doc="Frequency of the vibrato; it begins with the event."),
    vibmod=Param(0.5, 0.0, 400.0, Unit.SEMITONES, doc="Swing of the vibrato to either side."),
    penv=Param(0.0, -400.0, 400.0, Unit.SEMITONES, smoothing=0.0, doc="Height of the envelope."),
    panchor=Param(0.0, 0.0, 1.0, smoothing=0.0, doc="Share of it that lies below the note."),
    pattack=_time(0.2, "Time to rise to its height."),
    pdecay=_time(0.001, "Time to fall to its sustain level."),
    psustain=Param(1.0, 0.0, 1.0, smoothing=0.0, doc="Share of its height until the event ends."),
    prelease=_time(0.001, "Time to fall back after the event's end."),
    hold=_time(1.0, "Length of the event."),
)
def note_pitch(
    freq: Any, vib: Any, vibmod: Any, penv: Any, panchor: Any, pattack: Any, pdecay: Any, psustain: Any, prelease: Any,
    hold: Any, y: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """A frequency with vibrato, moved by an envelope of semitones. Vibrato of 0 Hz and an envelope of 0 leave it as it is."""
    age = env.age
    moving = pattack.moving or pdecay.moving or psustain.moving or prelease.moving or hold.moving
    lines = _way(pattack[0], pdecay[0], psustain[0], prelease[0], hold[0], env.rate)
    for i in range(n):
        if moving:
            lines = _way(pattack[i], pdecay[i], psustain[i], prelease[i], hold[i], env.rate)
        height = fmin(fmax(penv[i], -400.0), 400.0)
        lift = height * (held_row(age + i, lines) - fmin(fmax(panchor[i], 0.0), 1.0))
        turns = to_float(age + i) * env.dt * fmin(fmax(vib[i], 0.0), 1000.0)
        swing = sin_cycles(turns - np.floor(turns)) * fmin(fmax(vibmod[i], 0.0), 400.0)
        y[i] = any_number(freq[i]) * exp2(fmin(fmax((lift + swing) * (1.0 / 12.0), -30.0), 30.0))
