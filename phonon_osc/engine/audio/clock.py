"""RT: the clock, a smoothed mapping from monotonic time to frames. The audio thread writes it and the control side reads it.

The mapping has three words, which two threads use. A sequence lock protects them (``publish_clock``, ``read_clock``).
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
RELOCK = 0.02  # seconds: an error this large means that one of the clocks has jumped; it is no jitter
STEP_CYCLES = 8  # this many late cycles in a row mean that the device's clock has made a step
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
    """Bandwidth in Hz, ``settled`` seconds after the loop began. It falls from 4 until wake-up jitter of 0.1 ms moves no onset."""
    return max(0.02, 4.0 / (1.0 + 8.0 * settled))


@inline
def clock_step(clock: Any, error: float) -> float:
    """Seconds by which the device's clock has stepped back, which a driver does in an xrun; 0 until that is certain.

    A single cycle may be late. But if several cycles in a row are much later than usual, the clock must have stepped. The least
    late of them tells by how much.
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

    Two orders matter, and a CPU with a weak memory model (aarch64) keeps neither by itself. A reader must not see a new word before
    it sees the odd number (the fence). It must not see the number even again before it sees all three words (the release store).
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
    """Control side: read time, frame and period into ``to``. The fourth word becomes 1 if they belong together, else 0: then try again.

    The words are read after the first reading of the sequence number (an acquire load) and before the second reading (the fence).
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

    Its bandwidth falls while it settles. It follows a step of the device's clock at once. For some seconds after a step it follows the
    time faster, but not the period, which a step does not change.
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
        if clock.settled > 2.0:  # the thread may have woken late, so a large error is limited to a usual one
            most = max(4.0 * clock.jitter, 1e-4)
            error = min(max(error, -most), most) if clock.late == 0 else 0.0
        expected += 1.414213562 * min(TURN * bandwidth(clock.stepped) * span, 0.5) * error
        omega = min(TURN * bandwidth(clock.settled) * span, 0.5)
        period += omega * omega * error / frames
        limit = 0.002 / clock.rate  # no sound card is wrong by 0.2 %
        period = min(max(period, 1.0 / clock.rate - limit), 1.0 / clock.rate + limit)
        clock.settled += span
        clock.stepped += span
    publish_clock(clock, expected, device.out_frame, period)
