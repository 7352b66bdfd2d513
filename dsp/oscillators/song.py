"""Strudel's own oscillators: many detuned saws, its pulse, a choice of partials, and its FM operators."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, shift_right, to_float
from dsp.math.edges import edge_span, wrap_residual
from dsp.math.exponential import exp2, log2
from dsp.math.heldlines import held_corners, held_lines, held_row, held_times
from dsp.math.noise import hash32, uniform
from dsp.math.phase import CYCLE, phase_step, to_phase
from dsp.math.trig import cos_cycles, sin_cycles, sin_phase

_FREQ = Param(440.0, 0.0, 24000.0, Unit.HZ, smoothing=0.0, doc="Frequency.")
_HALF_CYCLE = 2.0**-31
_MOST_SAWS = 100.0


@inline
def _spread_out(voices: Any, detune: Any, spread: Any) -> Any:
    """(number of saws, semitones between two, gains of the near and the far side, level)."""
    number = np.floor(fmin(fmax(voices, 1.0), _MOST_SAWS) + 0.5)
    gap = fmin(fmax(detune, -48.0), 48.0) / fmax(number - 1.0, 1.0)
    wide = np.where(number > 1.5, 0.5 + 0.5 * fmin(fmax(spread, 0.0), 1.0), 0.5)
    return number, gap, np.sqrt(1.0 - wide), np.sqrt(wide), 1.0 / np.sqrt(number)


@kind(
    outs=("left", "right"),
    ints=("angle", "count"),
    seeded=True,
    reference="Strudel's supersaw (docs/strudel.md, Sources); steps: dsp.math.edges",
    freq=_FREQ,
    voices=Param(5.0, 1.0, _MOST_SAWS, smoothing=0.0, doc="Number of saws."),
    detune=Param(0.18, -48.0, 48.0, Unit.SEMITONES, smoothing=0.0, doc="Distance from the lowest to the highest saw."),
    spread=Param(0.6, 0.0, 1.0, smoothing=0.0, doc="How far they are spread to both sides, alternately."),
)
def unison_saws(
    freq: Any, voices: Any, detune: Any, spread: Any, left: Any, right: Any, state: Any, seed: Any, n: Any, env: Any
) -> None:
    """Detuned saws with random start phases, spread over both sides; together about as loud as one."""
    angle, count = state.angle, state.count
    start = hash32(seed)
    moving = voices.moving or detune.moving or spread.moving
    number, gap, near, far, level = _spread_out(voices[0], detune[0], spread[0])
    step = phase_step(0.5 * freq[0], env.dt)  # 31 bits of phase: the top bit is the carry
    per_cycle = 1.0 / edge_span(freq[0], env.dt)
    for i in range(n):
        if moving:
            number, gap, near, far, level = _spread_out(voices[i], detune[i], spread[i])
        if freq.moving:
            step = phase_step(0.5 * freq[i], env.dt)
            per_cycle = 1.0 / edge_span(freq[i], env.dt)
        place = to_float(angle) * _HALF_CYCLE
        turns = to_float(count) + place
        a, b = 0.0 * place, 0.0 * place
        k = 0
        while any_lane(number > k):
            bend = exp2((k - 0.5 * (number - 1.0)) * gap * (1.0 / 12.0)) - 1.0
            drift = bend * turns
            t = place + (drift - np.floor(drift)) + 0.5 * uniform(start + k)
            t = t - np.floor(t + 0.5)
            y = np.where(number > k, 2.0 * (t + wrap_residual(t, per_cycle)), 0.0)
            even = k % 2 == 0
            a = a + y * (near if even else far)
            b = b + y * (far if even else near)
            k += 1
        left[i] = a * level
        right[i] = b * level
        angle = angle + step
        count = count + shift_right(angle, 31)
        angle = angle & 0x7FFFFFFF
    state.angle, state.count = angle, count


@kind(
    ints=("angle",),
    state=("first", "second", "slow"),
    reference="M. Tomisawa's oscillator (US patent 4,249,447, expired): a cosine that modulates its own phase; two of them make a pulse",
    freq=_FREQ,
    width=Param(0.5, -1.0, 1.0, Unit.RATIO, smoothing=0.0, doc="Share of the cycle between the two waves."),
    sweep=Param(0.0, -1.0, 1.0, smoothing=0.0, doc="How far a triangle moves the width."),
    rate=Param(1.0, 0.0, 1000.0, Unit.HZ, smoothing=0.0, doc="Frequency of that triangle."),
)
def fed_pulse(freq: Any, width: Any, sweep: Any, rate: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A soft pulse: the difference of two waves that feed back into their own phase."""
    angle, first, second, slow = state.angle, state.first, state.second, state.slow
    age = env.age
    slow = np.where(age == 0, freq[0], slow)
    for i in range(n):
        slow = slow + 0.1 * (fmax(freq[i], 0.0) - slow)
        fed = fmax(0.0, 2.3 * (1.0 - 0.0001 * slow)) * 0.15915494
        turn = to_float(age + i) * env.dt * rate[i]
        turn = turn - np.floor(turn)
        swing = (np.where(turn < 0.5, 2.0 * turn, 2.0 - 2.0 * turn) - 0.5) * sweep[i]
        apart = 0.5 * (1.0 - fmin(fmax(width[i] + swing, -0.99), 0.99))
        phase = to_float(angle) * (1.0 / CYCLE)
        one = cos_cycles(phase + fed * first)
        other = cos_cycles(phase + fed * second + apart)
        first = 0.5 * (first + one)
        second = 0.5 * (second + other)
        y[i] = 0.5 * (one - other)
        angle = angle + phase_step(slow, env.dt)
    state.angle, state.first, state.second, state.slow = angle, first, second, slow


_PARTIALS = 16


@kind(
    ints=("angle",),
    reference="additive synthesis; no partial above half the rate",
    freq=_FREQ,
    level=Param(1.0, 0.0, 1000.0, Unit.GAIN, smoothing=0.0, doc="Factor of the sum."),
    **{f"a{k}": Param(0.0, -1000.0, 1000.0, Unit.GAIN, smoothing=0.0, doc=f"Amplitude of partial {k}.") for k in range(1, _PARTIALS + 1)},
    **{f"p{k}": Param(0.0, -1e6, 1e6, Unit.CYCLES, smoothing=0.0, doc=f"Phase of partial {k}.") for k in range(1, _PARTIALS + 1)},
)  # fmt: skip
def partials(
    freq: Any, level: Any, a1: Any, a2: Any, a3: Any, a4: Any, a5: Any, a6: Any, a7: Any, a8: Any, a9: Any, a10: Any,
    a11: Any, a12: Any, a13: Any, a14: Any, a15: Any, a16: Any, p1: Any, p2: Any, p3: Any, p4: Any, p5: Any, p6: Any,
    p7: Any, p8: Any, p9: Any, p10: Any, p11: Any, p12: Any, p13: Any, p14: Any, p15: Any, p16: Any, y: Any, state: Any,
    n: Any, env: Any,
) -> None:  # fmt: skip
    """Sixteen sines at multiples of a frequency, each with its amplitude and phase."""
    angle = state.angle
    for i in range(n):
        f = fmin(fmax(freq[i], 0.0), 24000.0)
        most = 0.5 / fmax(f * env.dt, 1e-9)  # the partials below half the rate
        t = to_float(angle) * (1.0 / CYCLE)
        total = _partial(1.0, t, a1[i], p1[i], most) + _partial(2.0, t, a2[i], p2[i], most)
        total = total + _partial(3.0, t, a3[i], p3[i], most) + _partial(4.0, t, a4[i], p4[i], most)
        total = total + _partial(5.0, t, a5[i], p5[i], most) + _partial(6.0, t, a6[i], p6[i], most)
        total = total + _partial(7.0, t, a7[i], p7[i], most) + _partial(8.0, t, a8[i], p8[i], most)
        total = total + _partial(9.0, t, a9[i], p9[i], most) + _partial(10.0, t, a10[i], p10[i], most)
        total = total + _partial(11.0, t, a11[i], p11[i], most) + _partial(12.0, t, a12[i], p12[i], most)
        total = total + _partial(13.0, t, a13[i], p13[i], most) + _partial(14.0, t, a14[i], p14[i], most)
        total = total + _partial(15.0, t, a15[i], p15[i], most) + _partial(16.0, t, a16[i], p16[i], most)
        y[i] = total * fmin(fmax(level[i], 0.0), 1000.0)
        angle = angle + phase_step(f, env.dt)
    state.angle = angle


@inline
def _partial(k: Any, t: Any, amplitude: Any, phase: Any, most: Any) -> Any:
    turn = k * t + fmin(fmax(phase, -1e6), 1e6)
    sound = fmin(fmax(amplitude, -1000.0), 1000.0) * sin_cycles(turn - np.floor(turn))
    return np.where(k < most, sound, 0.0)


_SINE, _SAW, _SQUARE, _TRIANGLE, _NOISE = range(5)
_OPERATORS = 8
_OVERSHOOT = 0.848  # the browser scales its saw and square so that their overshoot is at full scale


@inline
def _strength(
    index: Any, attack: Any, decay: Any, sustain: Any, release: Any, curved: Any, span_hold: Any, rate: Any
) -> Any:
    """The lines of an operator's envelope, as binary logarithms where it is exponential."""
    span = held_times(attack, decay, release, span_hold, rate)
    zero = 0.0 * fmin(fmax(index, 0.0), 1.0)
    top, low = held_corners(zero, zero + 1.0, fmin(fmax(sustain, 0.0), 1.0), span)
    least = 0.001
    bottom = np.where(curved, -9.965784, 0.0)
    return held_lines(
        span,
        bottom,
        np.where(curved, log2(fmax(top, least)), top),
        np.where(curved, log2(fmax(low, least)), low),
    )


@inline
def _wave(angle: Any, wave: Any, noise: Any) -> Any:
    t = to_float(angle) * (1.0 / CYCLE)  # -0.5..0.5
    square = np.where(t >= 0.0, _OVERSHOOT, -_OVERSHOOT)
    triangle = np.where(np.abs(t) <= 0.25, 4.0 * t, np.where(t > 0.0, 2.0 - 4.0 * t, -2.0 - 4.0 * t))
    shaped = np.where(wave < 1.5, (2.0 * _OVERSHOOT) * t, np.where(wave < 2.5, square, triangle))
    return np.where(wave < 0.5, sin_phase(angle), np.where(wave < 3.5, shaped, noise))


def _operator_params(k: int) -> dict[str, Param]:
    def number(default: float, low: float, high: float, doc: str) -> Param:
        return Param(default, low, high, smoothing=0.0, doc=f"Operator {k}: {doc}")

    def time(default: float, doc: str) -> Param:
        return Param(
            default, 0.0, 3600.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc=f"Operator {k}: {doc}"
        )

    return {
        f"index{k}": number(0.0, -1e4, 1e4, "its swing in Hz is this times its own frequency."),
        f"ratio{k}": number(1.0, 0.0, 1e4, "its frequency, as a multiple of the pitch."),
        f"wave{k}": number(0.0, 0.0, 4.0, "0 sine, 1 saw, 2 square, 3 triangle, 4 noise."),
        f"attack{k}": time(0.0, "time to rise."),
        f"decay{k}": time(0.0, "time to fall to the sustain level."),
        f"sustain{k}": number(1.0, 0.0, 1.0, "level until the event ends."),
        f"release{k}": time(0.01, "time to fall after the event's end."),
        f"curved{k}": number(0.0, 0.0, 1.0, "1: the envelope is exponential."),
    }


_STACK = {name: param for k in range(1, _OPERATORS + 1) for name, param in _operator_params(k).items()}


@inline
def _run_operator(
    i: Any, age: Any, angle: Any, freq: Any, pushed: Any, index: Any, ratio: Any, wave: Any, lines: Any, curved: Any, noise: Any,
    dt: Any,
) -> Any:  # fmt: skip
    """(what it adds to the frequency of the operator below it, its next phase); ``pushed`` is what the one above adds to its own."""
    own = freq * fmin(fmax(ratio, 0.0), 1e4)
    level = held_row(age + i, lines)
    level = np.where(curved, exp2(level), level)
    sound = _wave(angle, wave, noise) * level
    turn = fmin(fmax((own + pushed) * dt, -1e6), 1e6)
    return fmin(fmax(index, -1e4), 1e4) * own * sound, angle + to_phase(turn)


@kind(
    ins=(),
    ints=tuple(f"angle{k}" for k in range(1, _OPERATORS + 1)),
    seeded=True,
    tags=("chaotic",),  # phases add up what rounding leaves of large swings
    reference="J. Chowning, 'The synthesis of complex audio spectra by means of frequency modulation' (JAES 21, 1973); eight "
    "operators in a row",
    freq=_FREQ,
    hold=Param(1.0, 0.0, 3600.0, Unit.SECONDS, smoothing=0.0, doc="Length of the event."),
    **_STACK,
)
def fm_stack(
    freq: Any, hold: Any,
    index1: Any, ratio1: Any, wave1: Any, attack1: Any, decay1: Any, sustain1: Any, release1: Any, curved1: Any,
    index2: Any, ratio2: Any, wave2: Any, attack2: Any, decay2: Any, sustain2: Any, release2: Any, curved2: Any,
    index3: Any, ratio3: Any, wave3: Any, attack3: Any, decay3: Any, sustain3: Any, release3: Any, curved3: Any,
    index4: Any, ratio4: Any, wave4: Any, attack4: Any, decay4: Any, sustain4: Any, release4: Any, curved4: Any,
    index5: Any, ratio5: Any, wave5: Any, attack5: Any, decay5: Any, sustain5: Any, release5: Any, curved5: Any,
    index6: Any, ratio6: Any, wave6: Any, attack6: Any, decay6: Any, sustain6: Any, release6: Any, curved6: Any,
    index7: Any, ratio7: Any, wave7: Any, attack7: Any, decay7: Any, sustain7: Any, release7: Any, curved7: Any,
    index8: Any, ratio8: Any, wave8: Any, attack8: Any, decay8: Any, sustain8: Any, release8: Any, curved8: Any,
    y: Any, state: Any, seed: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """A frequency that operators move: operator 1 moves it, operator 2 moves operator 1, and so on to operator 8."""
    n1, n2, n3, n4 = state.angle1, state.angle2, state.angle3, state.angle4
    n5, n6, n7, n8 = state.angle5, state.angle6, state.angle7, state.angle8
    age, dt, rate = env.age, env.dt, env.rate
    base = hash32(seed) + age
    held = fmin(fmax(hold[0], 0.0), 3600.0)
    shifting = hold.moving
    c1, c2, c3, c4 = curved1[0] > 0.5, curved2[0] > 0.5, curved3[0] > 0.5, curved4[0] > 0.5
    c5, c6, c7, c8 = curved5[0] > 0.5, curved6[0] > 0.5, curved7[0] > 0.5, curved8[0] > 0.5
    l1 = _strength(index1[0], attack1[0], decay1[0], sustain1[0], release1[0], c1, held, rate)
    shifting = shifting or attack1.moving or decay1.moving or sustain1.moving or release1.moving or curved1.moving
    l2 = _strength(index2[0], attack2[0], decay2[0], sustain2[0], release2[0], c2, held, rate)
    shifting = shifting or attack2.moving or decay2.moving or sustain2.moving or release2.moving or curved2.moving
    l3 = _strength(index3[0], attack3[0], decay3[0], sustain3[0], release3[0], c3, held, rate)
    shifting = shifting or attack3.moving or decay3.moving or sustain3.moving or release3.moving or curved3.moving
    l4 = _strength(index4[0], attack4[0], decay4[0], sustain4[0], release4[0], c4, held, rate)
    shifting = shifting or attack4.moving or decay4.moving or sustain4.moving or release4.moving or curved4.moving
    l5 = _strength(index5[0], attack5[0], decay5[0], sustain5[0], release5[0], c5, held, rate)
    shifting = shifting or attack5.moving or decay5.moving or sustain5.moving or release5.moving or curved5.moving
    l6 = _strength(index6[0], attack6[0], decay6[0], sustain6[0], release6[0], c6, held, rate)
    shifting = shifting or attack6.moving or decay6.moving or sustain6.moving or release6.moving or curved6.moving
    l7 = _strength(index7[0], attack7[0], decay7[0], sustain7[0], release7[0], c7, held, rate)
    shifting = shifting or attack7.moving or decay7.moving or sustain7.moving or release7.moving or curved7.moving
    l8 = _strength(index8[0], attack8[0], decay8[0], sustain8[0], release8[0], c8, held, rate)
    shifting = shifting or attack8.moving or decay8.moving or sustain8.moving or release8.moving or curved8.moving
    two, three = index2.moving or any_lane(index2[0] != 0.0), index3.moving or any_lane(index3[0] != 0.0)
    more = any_lane(
        (index4[0] != 0.0) | (index5[0] != 0.0) | (index6[0] != 0.0) | (index7[0] != 0.0) | (index8[0] != 0.0)
    )
    for i in range(n):
        if shifting:
            held = fmin(fmax(hold[i], 0.0), 3600.0)
            c1 = curved1[i] > 0.5
            l1 = _strength(index1[i], attack1[i], decay1[i], sustain1[i], release1[i], c1, held, rate)
            c2 = curved2[i] > 0.5
            l2 = _strength(index2[i], attack2[i], decay2[i], sustain2[i], release2[i], c2, held, rate)
            c3 = curved3[i] > 0.5
            l3 = _strength(index3[i], attack3[i], decay3[i], sustain3[i], release3[i], c3, held, rate)
            c4 = curved4[i] > 0.5
            l4 = _strength(index4[i], attack4[i], decay4[i], sustain4[i], release4[i], c4, held, rate)
            c5 = curved5[i] > 0.5
            l5 = _strength(index5[i], attack5[i], decay5[i], sustain5[i], release5[i], c5, held, rate)
            c6 = curved6[i] > 0.5
            l6 = _strength(index6[i], attack6[i], decay6[i], sustain6[i], release6[i], c6, held, rate)
            c7 = curved7[i] > 0.5
            l7 = _strength(index7[i], attack7[i], decay7[i], sustain7[i], release7[i], c7, held, rate)
            c8 = curved8[i] > 0.5
            l8 = _strength(index8[i], attack8[i], decay8[i], sustain8[i], release8[i], c8, held, rate)
        f = fmin(fmax(freq[i], 0.0), 24000.0)
        noise = uniform(base + i)
        push = 0.0 * f
        if more:
            push, n8 = _run_operator(i, age, n8, f, push, index8[i], ratio8[i], wave8[i], l8, c8, noise, dt)
            push, n7 = _run_operator(i, age, n7, f, push, index7[i], ratio7[i], wave7[i], l7, c7, noise, dt)
            push, n6 = _run_operator(i, age, n6, f, push, index6[i], ratio6[i], wave6[i], l6, c6, noise, dt)
            push, n5 = _run_operator(i, age, n5, f, push, index5[i], ratio5[i], wave5[i], l5, c5, noise, dt)
            push, n4 = _run_operator(i, age, n4, f, push, index4[i], ratio4[i], wave4[i], l4, c4, noise, dt)
        if more or three:
            push, n3 = _run_operator(i, age, n3, f, push, index3[i], ratio3[i], wave3[i], l3, c3, noise, dt)
        if more or three or two:
            push, n2 = _run_operator(i, age, n2, f, push, index2[i], ratio2[i], wave2[i], l2, c2, noise, dt)
        push, n1 = _run_operator(i, age, n1, f, push, index1[i], ratio1[i], wave1[i], l1, c1, noise, dt)
        y[i] = f + push
    state.angle1, state.angle2, state.angle3, state.angle4 = n1, n2, n3, n4
    state.angle5, state.angle6, state.angle7, state.angle8 = n5, n6, n7, n8
