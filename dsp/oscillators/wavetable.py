"""A waveform, or several in a row, from a loaded sample."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import any_lane, fmax, fmin, inline, to_float, to_int
from dsp.math.interpolate import cubic, linear
from dsp.math.phase import from_phase_up, phase_step, to_phase


@inline
def _table(buffers: Any, number: Any, cycles: Any) -> Any:
    """The sample, its number of cycles minus one (a float), and the length of a cycle in frames."""
    sound = buffers.pick(to_int(fmin(fmax(number, 0.0), 1e6)))
    frames = to_float(fmin(sound.frames, 1 << 24))
    count = fmin(fmax(np.floor(cycles + 0.5), 1.0), fmax(np.floor(frames * 0.25), 1.0))  # of four frames at least
    return sound, count - 1.0, np.floor(frames / count)


@inline
def _places(morph: Any, last: Any, length: Any) -> Any:
    """First frames of two neighbouring cycles, and the position between them, 0..1."""
    place = fmin(fmax(morph, 0.0), 1.0) * last
    lower = fmin(np.floor(place), fmax(last - 1.0, 0.0))
    first = to_int(lower * length)
    return first, first + np.where(last > 0.5, to_int(length), 0), place - lower


@inline
def _around(sound: Any, first: Any, at: Any, length: Any) -> Any:
    """Frame ``at`` of a cycle in the left channel; beyond one end of the cycle it wraps to the other."""
    at = np.where(at < 0, at + length, np.where(at >= length, at - length, at))
    left, _ = sound.left_right(first + at)
    return left


@inline
def _read(sound: Any, first: Any, at: Any, length: Any, part: Any, seam: bool) -> Any:
    """A cycle at frame ``at`` plus a fraction, by cubic interpolation; ``seam``: some lane needs a frame from beyond its end."""
    if seam:
        a, b = _around(sound, first, at - 1, length), _around(sound, first, at, length)
        c, d = _around(sound, first, at + 1, length), _around(sound, first, at + 2, length)
    else:
        a, _, b, _, c, _, d, _ = sound.four(first + at - 1)
    return cubic(a, b, c, d, part)


@kind(
    ints=("angle",),
    reads_buffers=True,
    reference="table lookup oscillator: M. Mathews, The Technology of Computer Music (1969); interpolation: cubic Hermite",
    buffer=Param(
        0.0,
        0.0,
        1e6,
        Unit.INDEX,
        smoothing=0.0,
        doc="Number of the sample; 0 or a sample that is not loaded gives silence.",
    ),
    freq=Param(
        220.0, 0.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, doc="Frequency; the sample's rate does not matter."
    ),
    cycles=Param(
        1.0, 1.0, 1024.0, curve=Curve.STEP, smoothing=0.0, doc="Number of cycles in the sample, all of equal length."
    ),
    morph=Param(0.0, 0.0, 1.0, doc="Position from the first cycle (0) to the last (1); neighbours are cross-faded."),
    phase=Param(0.0, -1024.0, 1024.0, Unit.CYCLES, doc="Offset of the phase; changing it is phase modulation."),
)
def wavetable(
    buffer: Any,
    freq: Any,
    cycles: Any,
    morph: Any,
    phase: Any,
    y: Any,
    state: Any,
    buffers: Any,
    n: Any,
    env: Any,
) -> None:
    """Plays a sample's left channel as a waveform. Not band-limited: partials of the table above half the rate alias."""
    angle = state.angle
    step, offset = phase_step(freq[0], env.dt), to_phase(phase[0])
    sound, last, length = _table(buffers, buffer[0], cycles[0])
    first, second, between = _places(morph[0], last, length)
    exchanging = buffer.moving or cycles.moving
    for i in range(n):
        if freq.moving:
            step = phase_step(freq[i], env.dt)
        if phase.moving:
            offset = to_phase(phase[i])
        if exchanging:
            sound, last, length = _table(buffers, buffer[i], cycles[i])
        if exchanging or morph.moving:
            first, second, between = _places(morph[i], last, length)
        place = from_phase_up(angle + offset) * length
        whole = fmin(np.floor(place), length - 1.0)
        at, frames = to_int(whole), to_int(length)
        part = place - whole
        seam = any_lane((at < 1) | (at > frames - 3))
        wave = _read(sound, first, at, frames, part, seam)
        if any_lane(between != 0.0):
            wave = linear(wave, _read(sound, second, at, frames, part, seam), between)
        y[i] = wave
        angle = angle + step
    state.angle = angle
