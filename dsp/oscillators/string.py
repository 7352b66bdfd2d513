"""A struck or plucked string: a loop of delay, losses, stiffness and tuning; and the hammer that strikes it."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, to_float, to_int
from dsp.math.exponential import exp, exp2, power
from dsp.math.loops import loop_damping, loop_gain, one_pole_delay, whole_and_tuning
from dsp.math.trig import atan, tan_half

_LOWEST = 24.0  # Hz
_TAU = 6.283185307179586
_LOUD = 1e3
_CONTACT = 0.06  # seconds after which no hammer touches its string any more


@inline
def _dispersion(period: Any, stiffness: Any) -> Any:
    """The delay d >= 1 at 0 Hz of each of four first-order all-passes. They give a loop of ``period`` frames the stiffness B.

    Partials at n f sqrt(1 + B n^2) need a phase delay that falls by period^3 B w^2 / (8 pi^2). That of four all-passes falls by
    4 (d^3 - d) w^2 / 12. Both are equal for low partials if d^3 - d = 3 B period^3 / (8 pi^2); solved by Newton's method.
    """
    k = stiffness * period * period * period * 0.037995
    d = 1.0 + power(k + 1e-12, 0.33333334)
    for _ in range(4):
        d = (2.0 * d * d * d + k) / (3.0 * d * d - 1.0)
    return fmax(fmin(d, 0.15 * period), 1.0)


@inline
def _loop(freq: Any, decay: Any, brightness: Any, stiffness: Any, dt: Any) -> Any:
    """Frames of the delay line; coefficients of tuning, stiffness and low-pass; gain of one turn."""
    f = fmin(fmax(freq * dt, _LOWEST * dt), 0.125)  # cycles per frame
    turns = f / dt
    period = 1.0 / f
    pass_ = loop_damping(brightness, turns, dt)
    d = _dispersion(period, fmin(fmax(stiffness, 0.0), 0.1))
    rest = period - one_pole_delay(1.0 - pass_, f) - 8.0 * atan(d * tan_half(f)) / (_TAU * f)
    whole, tune = whole_and_tuning(rest, f)
    return to_int(whole), tune, (1.0 - d) / (1.0 + d), pass_, loop_gain(decay, turns)


@kind(
    ins=("x",),
    state=("low", "s1", "s2", "s3", "s4", "s5", "last", "level"),
    memory=0.0425,
    reference="Jaffe and Smith, 'Extensions of the Karplus-Strong plucked-string algorithm' (CMJ 7, 1983); "
    "stiffness by all-passes: Rauhala and Valimaki, 'Tunable dispersion filter design for piano synthesis' (2006)",
    freq=Param(220.0, _LOWEST, 6000.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="Pitch."),
    decay=Param(
        4.0, 0.001, 1000.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, doc="Time in which low partials fall by 60 dB."
    ),
    brightness=Param(
        1.5,
        0.01,
        1000.0,
        Unit.SECONDS,
        curve=Curve.EXPONENTIAL,
        doc="Time in which the frequency-dependent losses alone lower a partial at 2 kHz by 60 dB.",
    ),
    stiffness=Param(
        0.0, 0.0, 0.1, doc="Inharmonicity B: partial n is at n freq sqrt(1 + B n^2); a piano has 0.0002 to 0.01."
    ),
)
def string(
    x: Any, freq: Any, decay: Any, brightness: Any, stiffness: Any, y: Any, state: Any, memory: Any, n: Any, env: Any
) -> None:
    """A string that any sound can excite: a hammer, noise, a pulse. In tune up to an eighth of the rate."""
    low, s1, s2, s3, s4, s5 = state.low, state.s1, state.s2, state.s3, state.s4, state.s5
    last, level = state.last, state.level
    f, d, b, s = freq[0], decay[0], brightness[0], stiffness[0]
    delay, tune, stiff, pass_, gain = _loop(f, d, b, s, env.dt)
    moving = freq.moving or decay.moving or brightness.moving or stiffness.moving
    block_dc = 1.0 - 50.0 * env.dt
    for i in range(n):
        if moving and any_lane((freq[i] != f) | (decay[i] != d) | (brightness[i] != b) | (stiffness[i] != s)):
            f, d, b, s = freq[i], decay[i], brightness[i], stiffness[i]
            delay, tune, stiff, pass_, gain = _loop(f, d, b, s, env.dt)
        low = low + pass_ * (memory.read(i, delay) - low)
        a1 = stiff * low + s1
        s1 = low - stiff * a1
        a2 = stiff * a1 + s2
        s2 = a1 - stiff * a2
        a3 = stiff * a2 + s3
        s3 = a2 - stiff * a3
        a4 = stiff * a3 + s4
        s4 = a3 - stiff * a4
        a5 = tune * a4 + s5
        s5 = a4 - tune * a5
        turn = x[i] + gain * a5
        # fast modulation may make the loop grow; this limits it and removes not-a-number
        turn = np.where(np.abs(turn) < _LOUD, turn, 0.0)
        memory.write(i, turn)
        level = turn - last + block_dc * level
        last = turn
        y[i] = level
    state.low, state.s1, state.s2, state.s3, state.s4, state.s5 = low, s1, s2, s3, s4, s5
    state.last, state.level = last, level


@inline
def _blow(t: Any, per_tau: Any) -> Any:
    """(t / tau) e^(1 - t / tau) after the blow, 0 before: an impulse through two equal low-passes, with a peak of 1."""
    u = t * per_tau
    return np.where(u > 0.0, u * exp(1.0 - u), 0.0)


@inline
def _strike(freq: Any, velocity: Any, muffle: Any, position: Any, rate: Any) -> Any:
    """Height, 1 / tau of the felt's low-passes, and delay of the echo. The momentum depends only on the velocity."""
    f = fmin(fmax(freq, _LOWEST), 12000.0)
    force = fmin(fmax(velocity, 0.0), 1.5)
    opened = exp2(2.0 * force - 1.0 - fmin(fmax(muffle, 0.0), 4.0))
    return force * opened, fmin(_TAU * (1000.0 + 5.0 * f) * opened, rate), fmin(fmax(position, 0.0), 0.5) / f


@kind(
    reference="felt hammer as a low-pass that opens with velocity: Valimaki, Pakarinen, Erkut and Karjalainen, "
    "'Discrete-time modelling of musical instruments' (Rep. Prog. Phys. 69, 2006)",
    freq=Param(
        220.0,
        _LOWEST,
        6000.0,
        Unit.HZ,
        curve=Curve.EXPONENTIAL,
        smoothing=0.0,
        doc="Pitch of the string.",
    ),
    velocity=Param(
        0.8, 0.0, 1.5, smoothing=0.0, doc="Force of the blow: more is louder and brighter; 1 is fortissimo."
    ),
    muffle=Param(
        1.0, 0.0, 4.0, smoothing=0.0, doc="Softness of the felt: each unit lowers the brightness by an octave."
    ),
    position=Param(
        0.12,
        0.0,
        0.5,
        Unit.RATIO,
        smoothing=0.0,
        doc="Where it strikes, as a share of the string's length; partials with a node there are silent.",
    ),
)
def hammer(freq: Any, velocity: Any, muffle: Any, position: Any, y: Any, n: Any, env: Any) -> None:
    """The blow of a piano hammer at the lane's start, and its echo from the near end. Use it as the input of ``string``."""
    if any_lane(to_float(env.age) < _CONTACT * env.rate):
        moving = freq.moving or velocity.moving or muffle.moving or position.moving
        height, per_tau, echo = _strike(freq[0], velocity[0], muffle[0], position[0], env.rate)
        for i in range(n):
            if moving:
                height, per_tau, echo = _strike(freq[i], velocity[i], muffle[i], position[i], env.rate)
            frames = to_float(env.age + i)
            t = frames * env.dt
            blow = height * (_blow(t, per_tau) - _blow(t - echo, per_tau))
            y[i] = np.where(frames < _CONTACT * env.rate, blow, 0.0)
    else:
        for i in range(n):
            y[i] = 0.0
