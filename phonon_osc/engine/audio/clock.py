"""RT: the clock: a smoothed mapping from monotonic time to frames, kept by the audio thread, read by the control side.

Three words make the mapping and two threads use them, so they stand under a sequence lock (``publish_clock``, ``read_clock``).
"""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline
from dsp.machine import (
    address,
    atomic_load,
    atomic_store,
    call_c,
    fence_acquire,
    fence_release,
    load_i64,
)

from .tables import CLOCK_SEQ

MONOTONIC = 1
RELOCK = 0.02  # seconds: an error this large is a jump of one of the clocks, not jitter
STEP_CYCLES = 8  # late cycles running that are taken for a step of the clock
TURN = 6.283185307


@inline
def now(clock: Any) -> float:
    """Monotonic time in seconds."""
    if clock.function == 0:
        return 0.0
    at = address(clock.shared, 56)
    call_c(clock.function, MONOTONIC, at)
    return float(load_i64(at)) + float(load_i64(at + 8)) * 1e-9


@inline
def bandwidth(settled: float) -> float:
    """Hz, so many seconds after the loop began: from 4 down to what keeps wake-up jitter of a tenth of a millisecond off onsets."""
    return max(0.02, 4.0 / (1.0 + 8.0 * settled))


@inline
def clock_step(clock: Any, error: float) -> float:
    """Seconds that the device's clock has lost at once, as its driver's does in an xrun; 0 until that is certain.

    Any one cycle may run late; that all of some cycles running are late by much more than is usual, only the clock explains. The
    least late of them tells by how much.
    """
    if error < 3.0 * clock.jitter + 1e-4:
        clock.late = 0
        return 0.0
    clock.least = min(clock.least, error) if clock.late > 0 else error
    clock.late += 1
    if clock.late < STEP_CYCLES:
        return 0.0
    clock.late = 0
    return float(clock.least)


@inline
def publish_clock(clock: Any, time: float, frame: int, period: float) -> None:
    """Give the control side a new mapping. While the sequence number is odd, the three words do not belong together.

    Two orders matter, and a CPU with a weak memory model (aarch64) keeps neither by itself: no word may be seen new before the
    number is seen odd (the fence), and the number may not be seen even again before all three words are (the release store).
    """
    sequence = clock.shared[CLOCK_SEQ]
    atomic_store(clock.shared, CLOCK_SEQ, sequence + 1)
    fence_release()
    clock.time = time
    clock.frame = frame
    clock.period = period
    atomic_store(clock.shared, CLOCK_SEQ, sequence + 2)


@inline
def read_clock(clock: Any, to: Any) -> None:
    """Control side: time, frame and period into ``to``, and behind them 1 if they belong together, else 0: try again.

    The words are read after the first reading of the sequence number (an acquire load) and before the second one (the fence).
    """
    shared = clock.shared
    sequence = atomic_load(shared, CLOCK_SEQ)
    to[0] = clock.time
    to[1] = clock.frame
    to[2] = clock.period
    fence_acquire()
    whole = sequence & 1 == 0 and atomic_load(shared, CLOCK_SEQ) == sequence
    to[3] = 1.0 if whole else 0.0


@inline
def lock_clock(device: Any, clock: Any, time: float, frames: int) -> None:
    """Second-order delay-locked loop from monotonic time to ``out_frame`` (Adriaensen, Using a DLL to filter time, 2005).

    Its bandwidth falls while it settles. A step of the device's clock is taken over at once; for some seconds afterwards time is followed
    faster again, the period, which did not change, is not.
    """
    if clock.on == 0:
        return
    period = clock.period
    expected = clock.time + (device.out_frame - clock.frame) * period
    error = time - expected
    clock.error = error
    if clock.time == 0.0 or abs(error) > RELOCK:
        if clock.time != 0.0:
            clock.resets += 1
        expected, period = time, 1.0 / clock.rate
        clock.settled, clock.stepped, clock.late = 0.0, 0.0, 0
    else:
        span = frames / clock.rate
        step = clock_step(clock, error)
        if step > 0.0:
            expected += step
            error -= step
            clock.stepped = min(clock.stepped, 1.0)
        if clock.late == 0:
            clock.jitter += 0.01 * (abs(error) - clock.jitter)
        if clock.settled > 2.0:  # a thread that woke late says little: such errors count no more than usual ones
            most = max(4.0 * clock.jitter, 1e-4)
            error = min(max(error, -most), most) if clock.late == 0 else 0.0
        expected += 1.414213562 * min(TURN * bandwidth(clock.stepped) * span, 0.5) * error
        omega = min(TURN * bandwidth(clock.settled) * span, 0.5)
        period += omega * omega * error / frames
        limit = 0.002 / clock.rate  # no sound card is 0.2 % off
        period = min(max(period, 1.0 / clock.rate - limit), 1.0 / clock.rate + limit)
        clock.settled += span
        clock.stepped += span
    publish_clock(clock, expected, device.out_frame, period)
