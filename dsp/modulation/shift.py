"""Effects that shift all frequencies, by the same number of hertz or by the same ratio."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, times, to_float, wrap_int
from dsp.math.delayline import read_cubic, sane
from dsp.math.exponential import exp2
from dsp.math.noise import uniform
from dsp.math.phase import QUARTER, phase_step, to_phase
from dsp.math.trig import cos_phase, sin_phase

_TURN = 0.15915494309189535  # turns in a radian


@inline
def _section(u: Any, s1: Any, s2: Any, c: Any) -> Any:
    """All-pass (c - z^-2) / (1 - c z^-2): (output, its two states)."""
    y = c * u + s1
    return y, s2, c * y - u


@kind(
    ins=("x",),
    state=(*(f"{path}{k}" for path in ("a", "b") for k in range(1, 9)), "late"),
    ints=("phase",),
    reference="single sideband by two chains of all-passes 90 degrees apart; coefficients: O. Niemitalo, "
    "'Hilbert transform' (2001), within 0.7 degrees from 0.0005 to 0.4995 of the rate",
    shift=Param(0.0, -20000.0, 20000.0, Unit.HZ, doc="Added to every frequency; negative lowers them.", aliases=("fshift",)),
    phase=Param(0.0, -1.0, 1.0, Unit.CYCLES, doc="Phase by which every partial is also turned."),
    angle=Param(0.0, -1000.0, 1000.0, doc="The same in radians, added to it."),
)  # fmt: skip
def freq_shift(x: Any, shift: Any, phase: Any, angle: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Moves every partial by the same number of hertz, which makes harmonic sounds inharmonic."""
    a1, a2, a3, a4, a5, a6, a7, a8 = state.a1, state.a2, state.a3, state.a4, state.a5, state.a6, state.a7, state.a8
    b1, b2, b3, b4, b5, b6, b7, b8 = state.b1, state.b2, state.b3, state.b4, state.b5, state.b6, state.b7, state.b8
    late, carrier = state.late, state.phase
    for i in range(n):
        u = sane(x[i])
        v, a1, a2 = _section(u, a1, a2, 0.47940086)
        v, a3, a4 = _section(v, a3, a4, 0.87621850)
        v, a5, a6 = _section(v, a5, a6, 0.97659754)
        v, a7, a8 = _section(v, a7, a8, 0.99749925)
        w, b1, b2 = _section(u, b1, b2, 0.16175850)
        w, b3, b4 = _section(w, b3, b4, 0.73302890)
        w, b5, b6 = _section(w, b5, b6, 0.94534970)
        w, b7, b8 = _section(w, b7, b8, 0.99059916)
        turn = wrap_int(carrier + to_phase(phase[i] + fmin(fmax(angle[i], -1000.0), 1000.0) * _TURN))
        y[i] = times(late, cos_phase(turn)) + w * sin_phase(turn)
        late = v
        carrier = wrap_int(carrier + phase_step(shift[i], env.dt))
    state.a1, state.a2, state.a3, state.a4, state.a5, state.a6, state.a7, state.a8 = a1, a2, a3, a4, a5, a6, a7, a8
    state.b1, state.b2, state.b3, state.b4, state.b5, state.b6, state.b7, state.b8 = b1, b2, b3, b4, b5, b6, b7, b8
    state.late, state.phase = late, carrier


_LONGEST = 0.82  # seconds: enough for grains of 0.2 s at four times the speed, plus their scatter
_CYCLE = 4294967296.0


@inline
def _grain(
    memory: Any, i: Any, phase: Any, turn: Any, number: Any, seed: Any, slope: Any, scatter: Any, first: Any, rate: Any
) -> Any:
    """One of the four grains: its triangular window times the sound that it reads.

    ``slope``: frames by which its delay grows in a window (negative: shrinks); ``first``: the first audible window.
    """
    part = to_float(wrap_int(phase + wrap_int(QUARTER * number))) * (1.0 / _CYCLE)
    part = np.where(part < 0.0, part + 1.0, part)
    begun = np.where(part < 0.25 * number, turn + 1, turn)  # number of the grain's current window
    late = times(scatter, 0.5 + 0.5 * uniform(wrap_int(seed + begun * 4 + number)))
    frames = times(slope, np.where(slope > 0.0, part, part - 1.0)) + late
    window = np.where(begun < first, 0.0, 1.0 - np.abs(2.0 * part - 1.0))
    return times(window, read_cubic(memory, i, fmin(fmax(frames, 1.0), _LONGEST * rate), 0))


@kind(
    ins=("x",),
    ints=("phase", "turn"),
    memory=0.84,
    seeded=True,
    tags=("chaotic",),  # with the longest grains, rounding of the ratio changes noise audibly
    reference="granular pitch shifting with four overlapping triangular windows, as SuperCollider's PitchShift; "
    "U. Zoelzer, DAFX, 2nd ed., ch. 6",
    ratio=Param(1.0, 0.0, 4.0, Unit.RATIO, doc="Factor of every frequency.", aliases=("psrate",)),
    semitones=Param(0.0, -24.0, 24.0, Unit.SEMITONES, doc="Added to `ratio`, in semitones; both together are at most a factor of 4."),
    window=Param(0.08, 0.005, 0.2, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="Length of a grain."),
    scatter=Param(
        0.01, 0.0, 0.2, Unit.SECONDS, smoothing=0.0, aliases=("psdisp",),
        doc="Greatest random delay of each grain; with 0 the grains act as a comb, and some pitches cancel out.",
    ),
    fade_in=Param(
        0.0, 0.0, 1.0, Unit.BOOL, curve=Curve.STEP, smoothing=0.0,
        doc="1: each grain waits for its first whole window, as in SuperCollider; 0: the four sound from the start.",
    ),
    mix=Param(1.0, 0.0, 1.0, doc="0: the input alone; 1: the shifted sound alone."),
)  # fmt: skip
def pitch_shift(
    x: Any, ratio: Any, semitones: Any, window: Any, scatter: Any, fade_in: Any, mix: Any, y: Any, state: Any,
    memory: Any, seed: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Moves the pitch but keeps the tempo: four overlapping grains play the sound faster or slower."""
    angle, turn = state.phase, state.turn
    for i in range(n):
        u = x[i]
        memory.write(i, sane(u))
        speed = fmin(fmax(ratio[i], 0.0), 4.0) * exp2(fmin(fmax(semitones[i], -24.0), 24.0) * (1.0 / 12.0))
        length = fmin(fmax(window[i], 0.005), 0.2)
        slope = (1.0 - fmin(speed, 4.0)) * length * env.rate
        late = fmin(fmax(scatter[i], 0.0), 0.2) * env.rate
        first = np.where(fade_in[i] > 0.5, 1, 0)
        a = _grain(memory, i, angle, turn, 0, seed, slope, late, first, env.rate)
        b = _grain(memory, i, angle, turn, 1, seed, slope, late, first, env.rate)
        c = _grain(memory, i, angle, turn, 2, seed, slope, late, first, env.rate)
        d = _grain(memory, i, angle, turn, 3, seed, slope, late, first, env.rate)
        y[i] = u + fmin(fmax(mix[i], 0.0), 1.0) * (0.5 * ((a + b) + (c + d)) - u)
        after = wrap_int(angle + phase_step(1.0 / length, env.dt))
        turn = np.where((after >= 0) & (angle < 0), wrap_int(turn + 1), turn)
        angle = after
    state.phase, state.turn = angle, turn
