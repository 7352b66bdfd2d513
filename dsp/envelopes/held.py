"""The level of a Strudel event: an envelope that knows when the event ends."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin
from dsp.math.heldlines import held_level, held_row


def _time(default: float, doc: str) -> Param:
    return Param(default, 0.0, 3600.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc=doc)


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    reference="Strudel's envelope (docs/strudel.md, Envelope): straight lines",
    attack=_time(0.001, "Time to rise to 1."),
    decay=_time(0.05, "Time to fall to the sustain level."),
    sustain=Param(0.6, 0.0, 1.0, Unit.GAIN, smoothing=0.0, doc="Level until the event ends."),
    release=_time(0.01, "Time to fall to 0 from wherever the level is when the event ends."),
    hold=_time(1.0, "Length of the event."),
    amp=Param(1.0, 0.0, 1000.0, Unit.GAIN, smoothing=0.005, doc="Factor of the level."),
)
def held_adsr(
    left: Any, right: Any, attack: Any, decay: Any, sustain: Any, release: Any, hold: Any, amp: Any, left_out: Any,
    right_out: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Sets the level of an event: attack, decay, sustain, and a release that begins when the event ends."""
    age = env.age
    moving = attack.moving or decay.moving or sustain.moving or release.moving or hold.moving
    lines = held_level(attack[0], decay[0], sustain[0], release[0], hold[0], 0.0, 1.0, env.rate)
    for i in range(n):
        if moving:
            lines = held_level(attack[i], decay[i], sustain[i], release[i], hold[i], 0.0, 1.0, env.rate)
        level = held_row(age + i, lines) * fmin(fmax(amp[i], 0.0), 1000.0)
        left_out[i] = left[i] * level
        right_out[i] = right[i] * level


@kind(
    reference="Strudel's envelopes of wavetables (docs/strudel.md): straight lines",
    base=Param(0.0, -1000.0, 1000.0, smoothing=0.0, doc="Value without the envelope."),
    depth=Param(0.0, -1000.0, 1000.0, smoothing=0.0, doc="How far the envelope lifts it."),
    attack=_time(0.001, "Time to rise to the full depth."),
    decay=_time(0.5, "Time to fall to the sustain level."),
    sustain=Param(0.0, 0.0, 1.0, Unit.GAIN, smoothing=0.0, doc="Share of the depth until the event ends."),
    release=_time(0.1, "Time to fall to 0 from wherever it is when the event ends."),
    hold=_time(1.0, "Length of the event."),
)
def held_value(
    base: Any, depth: Any, attack: Any, decay: Any, sustain: Any, release: Any, hold: Any, y: Any, n: Any, env: Any
) -> None:
    """A value that an envelope moves; the envelope knows when the event ends."""
    age = env.age
    moving = attack.moving or decay.moving or sustain.moving or release.moving or hold.moving
    lines = held_level(attack[0], decay[0], sustain[0], release[0], hold[0], 0.0, 1.0, env.rate)
    for i in range(n):
        if moving:
            lines = held_level(attack[i], decay[i], sustain[i], release[i], hold[i], 0.0, 1.0, env.rate)
        level = held_row(age + i, lines)
        y[i] = fmin(fmax(base[i], -1000.0), 1000.0) + fmin(fmax(depth[i], -1000.0), 1000.0) * level
