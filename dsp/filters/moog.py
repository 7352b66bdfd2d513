"""The Moog ladder, linear and without delay in its loop."""

from __future__ import annotations

from typing import Any

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.trig import warp


@inline
def _ladder(cutoff: Any, gain: Any, env: Any) -> Any:
    """One stage's gain G = g / (1 + g), the feedback k, and the gain of the resolved loop."""
    g = warp(fmin(fmax(cutoff, 1.0), 0.49 * env.rate), env.dt)
    stage = g / (1.0 + g)
    k = fmin(fmax(gain, 0.0), 3.99)
    square = stage * stage
    return stage, k, 1.0 / (1.0 + k * square * square)


@kind(
    ins=("x",),
    state=("z1", "z2", "z3", "z4"),
    reference=(
        "F. Fontana, Preserving the structure of the Moog VCF in the digital domain (ICMC 2007); "
        "V. Zavalishin, The Art of VA Filter Design, ch. 5"
    ),
    freq=Param(
        1000.0,
        10.0,
        22000.0,
        Unit.HZ,
        doc="Frequency of the four poles; at most 0.49 of the sample rate.",
        curve=Curve.EXPONENTIAL,
        aliases=("cutoff",),
    ),
    gain=Param(2.0, 0.0, 4.0, Unit.GAIN, doc="Feedback, at most 3.99: at 4 the filter would oscillate by itself."),
)
def moog_ff(x: Any, freq: Any, gain: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A four-pole low-pass of 24 dB per octave; the level of its passband is 1 / (1 + gain)."""
    z1, z2, z3, z4 = state.z1, state.z2, state.z3, state.z4
    moving = freq.moving or gain.moving
    stage, k, loop = _ladder(freq[0], gain[0], env)
    for i in range(n):
        if moving:
            stage, k, loop = _ladder(freq[i], gain[i], env)
        # Stage j: out_j = G in_j + (1 - G) z_j and z_j' = 2 out_j - z_j, written out so that the states wait only for the
        # input of the ladder, and that input waits for the states through the fewest operations.
        keep = 1.0 - stage
        a0, b1 = 1.0 - 2.0 * stage, 2.0 * stage
        a1 = b1 * keep
        a2 = a1 * stage
        a3 = a2 * stage
        b2 = b1 * stage
        b3 = b2 * stage
        c4 = k * loop * keep
        c3 = c4 * stage
        c2 = c3 * stage
        c1 = c2 * stage
        u = (loop * x[i] - (c1 * z1 + c2 * z2)) - (c3 * z3 + c4 * z4)
        w4 = (a0 * z4 + a1 * z3) + (a2 * z2 + a3 * z1)
        w3 = a0 * z3 + (a1 * z2 + a2 * z1)
        w2 = a0 * z2 + a1 * z1
        n4 = w4 + b3 * stage * u
        y[i] = 0.5 * (n4 + z4)
        z4 = n4
        z3 = w3 + b3 * u
        z2 = w2 + b2 * u
        z1 = a0 * z1 + b1 * u
    state.z1 = z1
    state.z2 = z2
    state.z3 = z3
    state.z4 = z4
