"""The waveforms of analogue synthesizers, with band-limited edges and corners (see dsp.math.edges)."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin
from dsp.math.edges import corner_residuals, crowded_edges, edge_span, wrap_residual, wrap_residuals
from dsp.math.phase import HALF, QUARTER, from_phase, phase_step, to_phase

_REFERENCE = "Valimaki, Pekonen and Nam, 'Perceptually informed synthesis of bandlimited classical waveforms' (2012)"
_CORNERS = "Esqueda, Valimaki and Bilbao, 'Rounding corners with BLAMP' (DAFx 2016)"
_TWELFTH = 1.0 / 12.001  # cycles per frame above which the kernels of a triangle's two corners overlap
_FREQ = Param(440.0, 0.0, 24000.0, Unit.HZ, doc="Frequency; band-limited up to a sixth of the rate.")
_PHASE = Param(0.0, -1024.0, 1024.0, Unit.CYCLES, doc="Offset of the phase.")


@kind(ints=("angle",), reference=_REFERENCE, freq=_FREQ, phase=_PHASE)
def saw(freq: Any, phase: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A rising saw, -1..1, that starts at 0."""
    angle = state.angle
    step, per_cycle = phase_step(freq[0], env.dt), 1.0 / edge_span(freq[0], env.dt)
    offset = to_phase(phase[0])
    for i in range(n):
        if freq.moving:
            step, per_cycle = phase_step(freq[i], env.dt), 1.0 / edge_span(freq[i], env.dt)
        if phase.moving:
            offset = to_phase(phase[i])
        t = from_phase(angle + offset)
        y[i] = 2.0 * (t + wrap_residual(t, per_cycle))
        angle = angle + step
    state.angle = angle


@kind(
    ints=("angle",),
    reference=_REFERENCE,
    freq=_FREQ,
    width=Param(0.5, 0.0, 1.0, Unit.RATIO, doc="Share of the cycle in which it is high; silent at 0 and 1."),
    phase=_PHASE,
)
def pulse(freq: Any, width: Any, phase: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A pulse of height 2 without DC at any width, starting at its rising edge; a square (width 0.5) is -1..1."""
    angle = state.angle
    step, span = phase_step(freq[0], env.dt), edge_span(freq[0], env.dt)
    per_cycle = 1.0 / span
    offset = to_phase(phase[0])
    part = fmin(fmax(width[0], 0.0), 1.0)
    high, crowded = to_phase(part), crowded_edges(part, span)
    for i in range(n):
        if freq.moving:
            step, span = phase_step(freq[i], env.dt), edge_span(freq[i], env.dt)
            per_cycle = 1.0 / span
        if phase.moving:
            offset = to_phase(phase[i])
        if width.moving:
            part = fmin(fmax(width[i], 0.0), 1.0)
            high = to_phase(part)
        if freq.moving or width.moving:
            crowded = crowded_edges(part, span)
        up = from_phase(angle + offset + HALF)
        down = from_phase(angle + offset + HALF - high)
        y[i] = 2.0 * (down - up + wrap_residuals(down, up, per_cycle, crowded))
        angle = angle + step
    state.angle = angle


@kind(ints=("angle",), reference=_CORNERS, freq=_FREQ, phase=_PHASE)
def triangle(freq: Any, phase: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A triangle, -1..1, that starts at 0, rising."""
    angle = state.angle
    step, span = phase_step(freq[0], env.dt), edge_span(freq[0], env.dt)
    per_cycle, crowded = 1.0 / span, any_lane(span > _TWELFTH)
    offset = to_phase(phase[0])
    for i in range(n):
        if freq.moving:
            step, span = phase_step(freq[i], env.dt), edge_span(freq[i], env.dt)
            per_cycle, crowded = 1.0 / span, any_lane(span > _TWELFTH)
        if phase.moving:
            offset = to_phase(phase[i])
        top = np.abs(from_phase(angle + offset - QUARTER))  # distance to the upper corner
        round_off = corner_residuals((0.5 - top) * per_cycle, top * per_cycle, crowded)
        y[i] = 1.0 - 4.0 * top + 8.0 * span * round_off
        angle = angle + step
    state.angle = angle


@kind(
    ints=("angle",),
    reference=_CORNERS + "; the waveform is SuperCollider's VarSaw",
    freq=_FREQ,
    width=Param(
        0.5,
        0.0,
        1.0,
        Unit.RATIO,
        doc="Share of the cycle in which it rises: 0 is a falling saw, 0.5 a triangle, 1 a rising saw.",
    ),
    phase=_PHASE,
)
def varsaw(freq: Any, width: Any, phase: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A saw of variable slope, -1..1, that starts at -1, rising."""
    angle = state.angle
    step, span = phase_step(freq[0], env.dt), edge_span(freq[0], env.dt)
    per_cycle = 1.0 / span
    offset = to_phase(phase[0])
    rise = fmin(fmax(width[0], 0.001), 0.999)
    high, slopes = to_phase(rise), 2.0 / (rise * (1.0 - rise))
    crowded = crowded_edges(rise, span)
    for i in range(n):
        if freq.moving:
            step, span = phase_step(freq[i], env.dt), edge_span(freq[i], env.dt)
            per_cycle = 1.0 / span
        if phase.moving:
            offset = to_phase(phase[i])
        if width.moving:
            rise = fmin(fmax(width[i], 0.001), 0.999)
            high, slopes = to_phase(rise), 2.0 / (rise * (1.0 - rise))
        if freq.moving or width.moving:
            crowded = crowded_edges(rise, span)
        t = from_phase(angle + offset)
        t_top = from_phase(angle + offset - high)
        p = np.where(t < 0.0, t + 1.0, t)
        line = np.where(p < rise, p * (1.0 - rise), (1.0 - p) * rise) * slopes - 1.0
        round_off = corner_residuals(np.abs(t) * per_cycle, np.abs(t_top) * per_cycle, crowded)
        y[i] = line + slopes * span * round_off
        angle = angle + step
    state.angle = angle
