"""Envelopes of an event of known length: attack, decay, sustain until the event's end, release. Each is a row of straight lines.

The lines may stand for levels, or for logarithms; then the envelope is exponential. Times are in frames since the lane's start.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import fmax, fmin, inline, to_float
from dsp.math.segments import frames_of, per_frame


@inline
def held_times(attack: Any, decay: Any, release: Any, hold: Any, rate: Any) -> Any:
    """(end of the attack, end of the decay, end of the event, frames of the release), and the shares of attack and decay that fit.

    If the event ends within a segment, the segment ends there too.
    """
    rise, fall, held = frames_of(attack, rate), frames_of(decay, rate), frames_of(hold, rate)
    top = fmin(rise, held)
    low = fmin(rise + fall, held)
    risen = np.where(rise > held, held * per_frame(rise), 1.0)
    fallen = np.where(rise + fall > held, fmax(held - rise, 0.0) * per_frame(fall), 1.0)
    return top, low, held, frames_of(release, rate), risen, fallen


@inline
def held_corners(bottom: Any, peak: Any, sustain: Any, times: Any) -> Any:
    """The values at the end of attack and decay, for straight lines from ``bottom`` to ``peak`` and on to ``sustain``."""
    _, _, _, _, risen, fallen = times
    top = bottom + (peak - bottom) * risen
    return top, np.where(risen < 1.0, top, peak + (sustain - peak) * fallen)


@inline
def held_lines(times: Any, bottom: Any, top: Any, low: Any) -> Any:
    """What ``held_row`` needs: the ends of the segments, and each segment's first value and slope."""
    first, second, third, release, _, _ = times
    return (
        first,
        second,
        third,
        bottom,
        (top - bottom) * per_frame(first),
        top,
        (low - top) * per_frame(second - first),
        low,
        (bottom - low) * per_frame(release),
        third + release,
    )


@inline
def held_row(age: Any, lines: Any) -> Any:
    """The value at ``age`` frames, a row of whole numbers."""
    first, second, third, bottom, up, top, down, low, out, over = lines
    t = fmin(to_float(age), over)
    rising = bottom + up * t
    falling = top + down * (t - first)
    leaving = low + out * (t - third)
    held = np.where(t < second, falling, np.where(t < third, low, leaving))
    return np.where(t < first, rising, np.where(t >= over, bottom, held))


@inline
def held_level(
    attack: Any, decay: Any, sustain: Any, release: Any, hold: Any, bottom: Any, peak: Any, rate: Any
) -> Any:
    """The lines of an envelope of levels: from ``bottom`` to ``peak``, and on to a share ``sustain`` of the way between them."""
    times = held_times(attack, decay, release, hold, rate)
    top, low = held_corners(bottom, peak, bottom + fmin(fmax(sustain, 0.0), 1.0) * (peak - bottom), times)
    return held_lines(times, bottom, top, low)
