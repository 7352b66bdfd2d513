"""The sound of ZzFX, a tiny generator of sound effects for games."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, to_float, to_int
from dsp.math.exponential import power
from dsp.math.trig import cos_cycles, sin_cycles

_TURN = 0.15915494309189535  # cycles per radian
_LONGEST = 1.0  # seconds of its delay


def _number(default: float, low: float, high: float, doc: str, unit: Unit = Unit.NONE) -> Param:
    return Param(default, low, high, unit, smoothing=0.0, doc=doc)


def _time(default: float, doc: str) -> Param:
    return _number(default, 0.0, 3600.0, doc, Unit.SECONDS)


@inline
def _within(x: Any, most: Any) -> Any:
    return fmin(fmax(x, 0.0), most)


@kind(
    state=("phase", "step", "slope", "held", "first_step", "turns"),
    ints=("crushed", "jumped", "repeated"),
    memory=_LONGEST,
    tags=("chaotic",),  # steep curves and random phases multiply rounding
    reference="Frank Force, ZzFX (MIT licence): the formula of zzfxG",
    freq=_number(220.0, 0.0, 24000.0, "Frequency.", Unit.HZ),
    hold=_time(1.0, "Length of the event; what attack and decay leave of it is at the sustain level."),
    shape=_number(0.0, 0.0, 4.0, "0 sine, 1 triangle, 2 saw, 3 tangent, 4 noise."),
    curve=_number(1.0, 0.0, 100.0, "Power of the wave: 0 is a square."),
    attack=_time(0.0, "Time to rise."),
    decay=_time(0.0, "Time to fall to the sustain level."),
    sustain=_number(0.8, 0.0, 10.0, "Level until the release."),
    release=_time(0.1, "Time to fall to 0."),
    slide=_number(0.0, -1e4, 1e4, "Speed of the pitch."),
    delta_slide=_number(0.0, -1e4, 1e4, "How fast that speed changes."),
    jump=_number(0.0, -24000.0, 24000.0, "Jump of the pitch.", Unit.HZ),
    jump_time=_time(0.0, "When it jumps."),
    repeat=_time(0.0, "Time after which pitch and slide start again."),
    noise=_number(0.0, -100.0, 100.0, "Random share of the phase."),
    modulation=_number(0.0, -1e4, 1e4, "Frequency that modulates the pitch."),
    crush=_number(0.0, 0.0, 100.0, "Hundreds of frames that a sample is held."),
    delay=_number(0.0, 0.0, _LONGEST, "Time of an echo at half the level.", Unit.SECONDS),
    tremolo=_number(0.0, 0.0, 1.0, "Depth of a tremolo with the time of the repeat."),
)
def zzfx(
    freq: Any, hold: Any, shape: Any, curve: Any, attack: Any, decay: Any, sustain: Any, release: Any, slide: Any,
    delta_slide: Any, jump: Any, jump_time: Any, repeat: Any, noise: Any, modulation: Any, crush: Any, delay: Any,
    tremolo: Any, y: Any, state: Any, memory: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """A sound effect: one wave whose pitch slides, jumps and repeats, with an envelope and an echo."""
    rate, dt, age = env.rate, env.dt, env.age
    fresh = age == 0
    start = _within(freq[0], 24000.0) * dt  # cycles per frame
    begin_slope = fmin(fmax(slide[0], -1e4), 1e4) * 500.0 * dt * dt
    phase, held, turns = state.phase, state.held, state.turns
    step, slope = np.where(fresh, start, state.step), np.where(fresh, begin_slope, state.slope)
    first_step = np.where(fresh, start, state.first_step)
    crushed, jumped, repeated = state.crushed, state.jumped, state.repeated
    for i in range(n):
        rise, fall = _within(attack[i], 3600.0) * rate + 9.0, _within(decay[i], 3600.0) * rate
        level = _within(sustain[i], 10.0)
        flat = fmax(_within(hold[i], 3600.0) * rate - rise + 9.0 - fall, 0.0)
        out = fmax(_within(release[i], 3600.0) * rate, 1.0)
        late = _within(delay[i], _LONGEST) * rate
        period = np.floor(_within(repeat[i], 3600.0) * rate)
        every = to_int(fmax(np.floor(_within(crush[i], 100.0) * 100.0), 1.0))
        power_of = _within(curve[i], 100.0)
        jump_frames = _within(jump_time[i], 3600.0) * rate
        bend = fmin(fmax(delta_slide[i], -1e4), 1e4) * 500.0 * dt * dt * dt
        slope0 = fmin(fmax(slide[i], -1e4), 1e4) * 500.0 * dt * dt
        leap_by = fmin(fmax(jump[i], -24000.0), 24000.0) * dt
        shape_of, wobble = _within(shape[i], 4.0), _within(tremolo[i], 1.0)
        t = to_float(age + i)
        crushed = crushed + 1
        taken = (crushed >= every) | (fresh & (i == 0))
        crushed = np.where(crushed >= every, 0, crushed)
        turn = phase - np.floor(phase)
        wide = fmin(fmax(phase, -1e5), 1e5) * 6.283185307
        cube = wide * wide * wide * _TURN
        tangent = fmin(
            fmax(sin_cycles(turn) / np.where(np.abs(cos_cycles(turn)) < 1e-6, 1e-6, cos_cycles(turn)), -1.0), 1.0
        )
        near = np.floor(phase + 0.5)
        wave = np.where(shape_of > 0.5, 1.0 - 4.0 * np.abs(near - phase), sin_cycles(turn))
        double = 2.0 * phase
        wrapped = double - 2.0 * np.floor(0.5 * double)
        wave = np.where(shape_of > 1.5, 1.0 - wrapped, wave)
        wave = np.where(shape_of > 2.5, tangent, wave)
        wave = np.where(shape_of > 3.5, sin_cycles(cube - np.floor(cube)), wave)
        size = fmin(np.abs(wave), 1.0)
        bent = np.where(power_of == 1.0, size, np.where(power_of == 0.0, 1.0, power(fmax(size, 1e-9), power_of)))
        wave = np.where(wave < 0.0, -bent, bent)
        swing = t / fmax(period, 1.0)
        depth = np.where(period > 0.5, 1.0 - wobble + wobble * sin_cycles(swing - np.floor(swing)), 1.0)
        after = t - rise - fall - flat
        shaped = np.where(
            t < rise, t / rise, np.where(t < rise + fall, 1.0 - (t - rise) / fmax(fall, 1.0) * (1.0 - level), level)
        )
        shaped = np.where(after >= 0.0, fmax(1.0 - after / out, 0.0) * level, shaped)
        sound = wave * depth * shaped
        echoed = memory.read(i, to_int(fmax(late, 1.0)))
        ending = fmin(fmax((out + late - after) / fmax(late, 1.0), 0.0), 1.0)
        sound = np.where(
            late >= 1.0, 0.5 * sound + np.where(t < late, 0.0, np.where(after < out, 1.0, ending) * 0.5 * echoed), sound
        )
        held = np.where(taken, sound, held)
        memory.write(i, held)
        y[i] = held
        slope = fmin(fmax(slope + bend, -0.5), 0.5)
        step = fmin(fmax(step + slope, -0.5), 0.5)
        modulated = step * cos_cycles(turns - np.floor(turns))
        turns = turns + fmin(fmax(modulation[i], -1e4), 1e4) * dt
        turns = turns - np.floor(turns)
        scattered = t * _TURN
        random = (sin_cycles(scattered - np.floor(scattered)) + 1.0) * 4096.7
        random = random - 2.0 * np.floor(0.5 * random)
        phase = fmin(
            fmax(phase + modulated - modulated * fmin(fmax(noise[i], -100.0), 100.0) * (1.0 - random), -1e5), 1e5
        )
        phase = np.where(shape_of > 3.5, phase, phase - 2.0 * np.floor(0.5 * phase))
        leap = (jumped == 0) & (t + 2.0 > jump_frames)
        step = np.where(leap, step + leap_by, step)
        first_step = np.where(leap, first_step + leap_by, first_step)
        jumped = np.where(leap, 1, jumped)
        repeated = repeated + 1
        again = (period > 0.5) & (to_float(repeated) >= period)
        repeated = np.where(again, 0, repeated)
        step = np.where(again, first_step, step)
        slope = np.where(again, slope0, slope)
        jumped = np.where(again, 0, jumped)
    state.phase, state.step, state.slope, state.held, state.first_step, state.turns = (
        phase,
        step,
        slope,
        held,
        first_step,
        turns,
    )
    state.crushed, state.jumped, state.repeated = crushed, jumped, repeated
