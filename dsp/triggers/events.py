"""Logic over time: counting, dividing and holding triggers. A signal is on above 0.5, as a gate is.

A trigger is the frame in which a signal turns on; a signal that is on at the lane's start turns on in the first frame.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, to_float, to_int
from dsp.math.interpolate import LARGEST, any_number

_FOREVER = 1 << 30  # counts stop here


@inline
def _turned_on(x: Any, was_on: Any) -> Any:
    """(whether the signal turns on in this frame, the state to keep)."""
    on = x > 0.5
    return on & (was_on == 0), np.where(on, 1, 0)


@kind(
    ins=("x",),
    ints=("was_on",),
    reference="rising edge detector",
    threshold=Param(
        0.5,
        -LARGEST,
        LARGEST,
        smoothing=0.0,
        doc="Level to cross from below; at the lane's start, a signal above it counts as a crossing.",
    ),
)
def edge(x: Any, threshold: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A pulse of one frame each time the input rises above a threshold."""
    was_on = state.was_on
    for i in range(n):
        on = x[i] > any_number(threshold[i])
        y[i] = np.where(on & (was_on == 0), 1.0, 0.0)
        was_on = np.where(on, 1, 0)
    state.was_on = was_on


@kind(ins=("x",), ints=("was_on", "up"), reference="flip-flop, as SuperCollider's ToggleFF")
def toggle(x: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Turns to 1 with the first trigger, to 0 with the next, and so on."""
    was_on, up = state.was_on, state.up
    for i in range(n):
        fired, was_on = _turned_on(x[i], was_on)
        up = np.where(fired, 1 - up, up)
        y[i] = to_float(up)
    state.was_on, state.up = was_on, up


@kind(
    ins=("x", "reset"),
    ints=("was_on", "was_reset", "count"),
    reference="counter, as SuperCollider's PulseCount",
    modulo=Param(
        0.0, 0.0, 1e6, curve=Curve.STEP, smoothing=0.0, doc="The count wraps to 0 when it would reach this; 0: never."
    ),
)
def counter(x: Any, reset: Any, modulo: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """The number of triggers since the lane's start or since a trigger of ``reset``; the reset itself does not count."""
    was_on, was_reset, count = state.was_on, state.was_reset, state.count
    for i in range(n):
        fired, was_on = _turned_on(x[i], was_on)
        back, was_reset = _turned_on(reset[i], was_reset)
        size = to_int(fmin(fmax(np.floor(modulo[i] + 0.5), 0.0), 1e6))
        count = np.where(fired, fmin(count + 1, _FOREVER), count)
        count = np.where(back | ((size > 0) & (count >= size)), 0, count)
        y[i] = to_float(count)
    state.was_on, state.was_reset, state.count = was_on, was_reset, count


@kind(
    ins=("x", "reset"),
    ints=("was_on", "was_reset", "left"),
    reference="pulse divider, as SuperCollider's PulseDivider",
    divisor=Param(
        2.0,
        1.0,
        1e6,
        curve=Curve.STEP,
        smoothing=0.0,
        doc="Number of triggers for each pulse.",
    ),
)
def clock_divider(x: Any, reset: Any, divisor: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A pulse of one frame for the first trigger and then for every `divisor`-th; ``reset`` makes the next trigger the first."""
    was_on, was_reset, left = state.was_on, state.was_reset, state.left
    for i in range(n):
        fired, was_on = _turned_on(x[i], was_on)
        back, was_reset = _turned_on(reset[i], was_reset)
        left = np.where(back, 0, left)
        out = fired & (left <= 0)
        size = to_int(fmin(fmax(np.floor(divisor[i] + 0.5), 1.0), 1e6))
        left = np.where(out, size, left)
        left = np.where(fired, left - 1, left)
        y[i] = np.where(out, 1.0, 0.0)
    state.was_on, state.was_reset, state.left = was_on, was_reset, left


@kind(ins=("x", "trigger"), state=("held",), ints=("was_on",), reference="sample and hold, as SuperCollider's Latch")
def sample_hold(x: Any, trigger: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """The input as it was at the last trigger; 0 before the first."""
    held, was_on = state.held, state.was_on
    for i in range(n):
        fired, was_on = _turned_on(trigger[i], was_on)
        held = np.where(fired, any_number(x[i]), held)
        y[i] = held
    state.held, state.was_on = held, was_on


@kind(ins=("x", "track"), state=("held",), reference="track and hold, as SuperCollider's Gate")
def latch(x: Any, track: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """The input while ``track`` is on, then its last value; 0 before."""
    held = state.held
    for i in range(n):
        held = np.where(track[i] > 0.5, any_number(x[i]), held)
        y[i] = held
    state.held = held


@kind(
    ins=("x",),
    ints=("up",),
    reference="O. H. Schmitt, 'A thermionic trigger' (J. Sci. Instrum. 15, 1938)",
    low=Param(0.3, -LARGEST, LARGEST, smoothing=0.0, doc="Below it the output turns to 0."),
    high=Param(0.7, -LARGEST, LARGEST, smoothing=0.0, doc="Above it the output turns to 1."),
)
def schmidt(x: Any, low: Any, high: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """A Schmitt trigger: it turns to 1 when the input is above ``high``, to 0 when it is below ``low``."""
    up = state.up
    for i in range(n):
        u = x[i]
        up = np.where(u > any_number(high[i]), 1, np.where(u < any_number(low[i]), 0, up))
        y[i] = to_float(up)
    state.up = up


@kind(
    ins=("x",),
    ints=("was_on", "seen", "elapsed"),
    reference="frames counted",
    longest=Param(3600.0, 0.001, 20000.0, Unit.SECONDS, smoothing=0.0, doc="The time stops at this value."),
)
def timer(x: Any, longest: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """Seconds since the last trigger; 0 before the first."""
    was_on, seen, elapsed = state.was_on, state.seen, state.elapsed
    for i in range(n):
        fired, was_on = _turned_on(x[i], was_on)
        elapsed = np.where(fired, 0, elapsed)
        seen = np.where(fired, 1, seen)
        y[i] = fmin(to_float(elapsed) * env.dt, fmin(fmax(longest[i], 0.001), 20000.0))
        elapsed = np.where(seen != 0, fmin(elapsed + 1, _FOREVER), 0)
    state.was_on, state.seen, state.elapsed = was_on, seen, elapsed
