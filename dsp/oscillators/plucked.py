"""Strings with a built-in pluck: a loop filled with noise, and a string that is pulled aside."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, shift_right, to_float, to_int
from dsp.math.delayline import sane
from dsp.math.interpolate import linear
from dsp.math.loops import loop_damping, loop_gain, one_pole_delay, whole_and_tuning
from dsp.math.noise import hash32, uniform
from dsp.math.trig import atan, cos_cycles, sin_cycles

_LOWEST = 24.0  # Hz
_TAU = 6.283185307179586
_LONG_AGO = 1 << 20  # frames after which the start of a pluck has no effect any more

_FREQ = Param(
    220.0, _LOWEST, 6000.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="Pitch; at most an eighth of the rate."
)
_DECAY = Param(
    4.0, 0.001, 1000.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, doc="Time in which low partials fall by 60 dB."
)
_TRIGGER = Param(
    1.0,
    0.0,
    1.0,
    Unit.BOOL,
    curve=Curve.STEP,
    smoothing=0.0,
    doc="Plucks when it rises above 0.5; if it is on at the lane's start, in the first frame.",
)


@inline
def _per_frame(freq: Any, dt: Any) -> Any:
    """Cycles per frame."""
    return fmin(fmax(freq * dt, _LOWEST * dt), 0.125)


@inline
def _noise_loop(freq: Any, decay: Any, damping: Any, dt: Any) -> Any:
    """Frames of the line, tuning, share of the older of two averaged samples, gain of a turn, frames of a period."""
    f = _per_frame(freq, dt)
    old = 0.5 * fmin(fmax(damping, 0.0), 1.0)
    lag = atan(old * sin_cycles(f) / (1.0 - old + old * cos_cycles(f))) / (_TAU * f)
    whole, tune = whole_and_tuning(1.0 / f - lag, f)
    return to_int(whole), tune, old, loop_gain(decay, f / dt), to_int(1.0 / f + 0.5)


@inline
def _softness(brightness: Any) -> Any:
    """Coefficient of the one-pole filter for the noise, and the gain that keeps its power."""
    b = fmin(fmax(brightness, 0.02), 1.0)
    return b, np.sqrt((2.0 - b) / b)


@kind(
    state=("soft", "older", "s", "last", "level"),
    ints=("was_on", "left"),
    memory=0.0425,
    seeded=True,
    reference="K. Karplus and A. Strong, 'Digital synthesis of plucked-string and drum timbres' (CMJ 7, 1983); tuning and "
    "losses: Jaffe and Smith, 'Extensions of the Karplus-Strong plucked-string algorithm' (ibid.)",
    freq=_FREQ,
    decay=_DECAY,
    damping=Param(0.5, 0.0, 1.0, doc="Losses of high partials: 0 none, 1 the mean of two samples as in the original."),
    brightness=Param(
        1.0, 0.0, 1.0, smoothing=0.0, doc="Brightness of the pluck: 1 is a plectrum, near 0 a soft thumb."
    ),
    trigger=_TRIGGER,
)
def pluck(
    freq: Any,
    decay: Any,
    damping: Any,
    brightness: Any,
    trigger: Any,
    y: Any,
    state: Any,
    memory: Any,
    seed: Any,
    n: Any,
    env: Any,
) -> None:
    """A plucked string after Karplus and Strong, in tune: a period of noise repeats and gets duller in every turn."""
    soft, older, s, last, level = state.soft, state.older, state.s, state.last, state.level
    was_on, left = state.was_on, state.left
    first = hash32(seed) + env.age
    moving = freq.moving or decay.moving or damping.moving
    delay, tune, old, gain, period = _noise_loop(freq[0], decay[0], damping[0], env.dt)
    open_, loud = _softness(brightness[0])
    block_dc = 1.0 - 50.0 * env.dt
    for i in range(n):
        if moving:
            delay, tune, old, gain, period = _noise_loop(freq[i], decay[i], damping[i], env.dt)
        if brightness.moving:
            open_, loud = _softness(brightness[i])
        on = trigger[i] > 0.5
        left = np.where(on & (was_on == 0), period, left)
        was_on = np.where(on, 1, 0)
        echo = memory.read(i, delay)
        mean = echo + old * (older - echo)
        older = echo
        turn = tune * mean + s
        s = mean - tune * turn
        turn = gain * turn
        if any_lane(left > 0):
            filling = left > 0
            soft = np.where(filling, soft + open_ * (uniform(first + i) - soft), soft)
            turn = np.where(filling, loud * soft, turn)
            left = np.where(filling, left - 1, left)
        turn = sane(turn)
        memory.write(i, turn)
        level = turn - last + block_dc * level
        last = turn
        y[i] = level
    state.soft, state.older, state.s, state.last, state.level = soft, older, s, last, level
    state.was_on, state.left = was_on, left


@inline
def _rails(freq: Any, decay: Any, brightness: Any, dt: Any) -> Any:
    """Frames of the two lines, tuning, coefficient of the low-pass, gain of a turn."""
    f = _per_frame(freq, dt)
    turns = f / dt
    pass_ = loop_damping(brightness, turns, dt)
    whole, tune = whole_and_tuning(1.0 / f - one_pole_delay(1.0 - pass_, f), f)
    both = fmax(to_int(whole), 2)
    there = shift_right(both, 1)
    return there, both - there, tune, pass_, loop_gain(decay, turns)


@inline
def _drawn(frames: Any, length: Any, corner: Any) -> Any:
    """Half the height of a string pulled aside at ``corner`` (0..1), at a distance in frames from its left end."""
    u = to_float(frames) / to_float(length)
    return 0.5 * fmax(fmin(u / corner, (1.0 - u) / (1.0 - corner)), 0.0)


@inline
def _wave(memory: Any, i: Any, delay: Any, offset: int, since: Any, young: bool, length: Any, corner: Any) -> Any:
    """The value of a rail ``delay`` frames from its beginning: a written one, or the initial shape of the string."""
    value = memory.read(i, delay, offset)
    if young:
        value = np.where(delay > since, _drawn(delay - since, length, corner), value)
    return value


@inline
def _tap(memory: Any, i: Any, frames: Any, offset: int, since: Any, young: bool, length: Any, corner: Any) -> Any:
    """The value of a rail at a fraction between two frames."""
    whole = np.floor(frames)
    at = to_int(whole)
    near = _wave(memory, i, at, offset, since, young, length, corner)
    far = _wave(memory, i, at + 1, offset, since, young, length, corner)
    return linear(near, far, frames - whole)


@inline
def _place(x: Any) -> Any:
    return fmin(fmax(x, 0.0), 1.0)


@kind(
    ins=("x",),
    state=("low", "s"),
    ints=("was_on", "count"),
    memory=0.0425,
    reference="J. O. Smith, Physical Audio Signal Processing, Digital Waveguide Models: displacement waves both ways, "
    "an ideal pluck as initial state; losses and tuning at one end",
    freq=_FREQ,
    decay=_DECAY,
    brightness=Param(
        1.5,
        0.01,
        1000.0,
        Unit.SECONDS,
        curve=Curve.EXPONENTIAL,
        doc="Time in which the frequency-dependent losses alone lower a partial at 2 kHz by 60 dB.",
    ),
    position=Param(
        0.2, 0.0, 1.0, Unit.RATIO, smoothing=0.0, doc="Where the string is plucked, as a share of its length."
    ),
    pickup=Param(
        0.1,
        0.0,
        1.0,
        Unit.RATIO,
        doc="Where the string is heard, as a share of its length; partials with a node there are silent.",
    ),
    trigger=_TRIGGER,
)
def waveguide(
    x: Any,
    freq: Any,
    decay: Any,
    brightness: Any,
    position: Any,
    pickup: Any,
    trigger: Any,
    y: Any,
    state: Any,
    memory: Any,
    n: Any,
    env: Any,
) -> None:
    """A string as two opposite waves: it is pulled aside, let go, and heard at one place. The input moves its left end."""
    low, s, was_on, count = state.low, state.s, state.was_on, state.count
    half = int(0.0212 * env.rate) + 4  # cells of memory for each wave
    moving = freq.moving or decay.moving or brightness.moving
    there, back, tune, pass_, gain = _rails(freq[0], decay[0], brightness[0], env.dt)
    for i in range(n):
        if moving:
            there, back, tune, pass_, gain = _rails(freq[i], decay[i], brightness[i], env.dt)
        on = trigger[i] > 0.5
        count = np.where(on & (was_on == 0), 1, np.where(count > 0, fmin(count + 1, _LONG_AGO), 0))
        was_on = np.where(on, 1, 0)
        since = np.where(count > 0, count - 1, _LONG_AGO)
        young = any_lane(since <= back)
        corner = fmin(fmax(position[i], 0.02), 0.98)
        right = _wave(memory, i, there, 0, since, young, there, corner)
        left = _wave(memory, i, back, half, since, young, back, 1.0 - corner)
        low = low + pass_ * (right - low)
        late = tune * low + s
        s = low - tune * late
        memory.write(i, sane(sane(x[i]) - left), 0)
        memory.write(i, sane(-(gain * late)), half)
        place = _place(pickup[i])
        rightward = _tap(memory, i, place * to_float(there), 0, since, young, there, corner)
        leftward = _tap(memory, i, (1.0 - place) * to_float(back), half, since, young, back, 1.0 - corner)
        y[i] = rightward + leftward
    state.low, state.s, state.was_on, state.count = low, s, was_on, count
