"""RT: the way from the sums of the voices to the output channels: orbits, their effects, the mix, guard, meters, tap.

An orbit is stereo. Only ``mix_orbits`` knows to which output channels an orbit goes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.abi import ENV, STEP_KERNEL_WIDE
from dsp.lanes import inline
from dsp.machine import address, atomic_load, atomic_store, lowest_bit
from phonon_osc.limits import BUCKETS, COLUMNS

from .controls import any_moving
from .plan import HELPER_ADD, HELPER_SUBTRACT, call_helper, clear_column, exported, helper_reg, run_slab
from .tables import BLOCK, LANES, METERS, ORBITS, OUTLETS, TAP_HEAD, TAP_TAIL

FLOOR = 1e-7
ORBIT_SUMS = OUTLETS * BLOCK * COLUMNS  # floats of one orbit in a bucket
E_SUMS = ENV.offsets["sums"] // 8


@inline
def run_bucket(slabs: Any, work: Any, outputs: Any, begin: int, end: int, bucket: int) -> None:
    """Run those slabs of one bucket that are at places ``begin`` to ``end`` of the order. They all have the same depth.

    A slab's number decides the bucket in which its voices are summed. Buckets of one depth share no memory that they write, and each
    is summed in the order of its slabs. So they give the same bits in any order, and also at the same time if each has its own ``work``.
    """
    work.env[E_SUMS] = address(outputs.sums, (bucket * (1 + ORBITS) + 1) * ORBIT_SUMS)
    used = outputs.used[bucket]
    for k in range(begin, end):
        slab = slabs.order[k]
        if slab % BUCKETS != bucket or slab == 0:
            continue
        run_slab(slabs, work, slab)
        left = slabs.taken[slab]  # lanes that start, sound or end in this block
        while left != 0:
            lane = lowest_bit(left)
            left &= left - 1
            orbit = slabs.lanes.orbit[slab * LANES + lane]
            if orbit >= 0:
                used |= 1 << orbit
    outputs.used[bucket] = used


@inline
def run_voices(slabs: Any, work: Any, outputs: Any) -> None:
    """Run one block of all voices, depth by depth. So the sources of a slab's patches have run before it."""
    begin = 0
    while begin < slabs.order_count:
        depth, end = slabs.depth[slabs.order[begin]], begin + 1
        while end < slabs.order_count and slabs.depth[slabs.order[end]] == depth:
            end += 1
        for k in range(BUCKETS):
            run_bucket(slabs, work, outputs, begin, end, outputs.turns[k])
        begin = end


@inline
def merge_buckets(work: Any, outputs: Any, orbit: int) -> int:
    """Add the buckets of an orbit, in the order of their numbers. Returns the place of the sum; the other buckets are set to zero.

    Two kernels do the work, because their rows become vectors. The compiler does not turn the loops of this module into vectors.
    """
    into = -1
    for bucket in range(BUCKETS):
        if (outputs.used[bucket] >> orbit) & 1 == 0:
            continue
        at = (bucket * (1 + ORBITS) + 1 + orbit) * ORBIT_SUMS
        if into < 0:
            into = at
            continue
        row_bytes = 4 * work.wide
        for reg in range(3):
            helper_reg(work, reg, address(outputs.sums, at if reg == 1 else into), row_bytes)
        call_helper(work, HELPER_ADD, ORBIT_SUMS // work.wide)
        for reg in range(3):
            helper_reg(work, reg, address(outputs.sums, at), row_bytes)
        call_helper(work, HELPER_SUBTRACT, ORBIT_SUMS // work.wide)
    return into


@inline
def reduce_orbits(work: Any, orbits: Any, outputs: Any) -> bool:
    """Add the buckets and columns of each orbit in a fixed order and write the sums to the orbits' inlets. True if any has sound."""
    heard, used = False, 0
    work.kernel_word = STEP_KERNEL_WIDE
    # The pointers are loaded once: the compiler has to assume that a store through one of them changes the other.
    s, inlets = outputs.sums, orbits.inlets
    for bucket in range(BUCKETS):
        used |= outputs.used[bucket]
    for orbit in range(ORBITS):
        if (used >> orbit) & 1 == 0:
            if (orbits.filled >> orbit) & 1 != 0:
                for k in range(OUTLETS * BLOCK):
                    inlets[k * LANES + orbit] = 0.0
            continue
        k, to = merge_buckets(work, outputs, orbit), orbit
        for _ in range(OUTLETS * BLOCK):
            a = (s[k] + s[k + 8]) + (s[k + 4] + s[k + 12])
            b = (s[k + 1] + s[k + 9]) + (s[k + 5] + s[k + 13])
            c = (s[k + 2] + s[k + 10]) + (s[k + 6] + s[k + 14])
            d = (s[k + 3] + s[k + 11]) + (s[k + 7] + s[k + 15])
            value = (a + c) + (b + d)
            heard = heard or abs(value) > FLOOR
            inlets[to] = value
            to += LANES
            for column in range(COLUMNS):
                s[k + column] = 0.0
            k += COLUMNS
    for bucket in range(BUCKETS):
        outputs.used[bucket] = 0
    orbits.filled = used
    return heard


@inline
def restart_column(slabs: Any, orbit: int) -> None:
    """Restart an orbit's effects: the state is zero, and delay memory is read as silence."""
    clear_column(slabs, 0, orbit)
    slabs.lanes.start[orbit] = slabs.frame + BLOCK


@inline
def mix_orbits(slabs: Any, outputs: Any, meters: Any) -> float:
    """Add the two sides of each orbit to its output channels. Returns the highest sample of all orbits."""
    loudest: Any = np.float32(0.0)
    mix, exports = outputs.mix, slabs.exports
    for orbit in range(ORBITS):
        peak: Any = np.float32(0.0)
        at = exported(slabs, 0, 0, 0) * LANES + orbit
        to = outputs.route[orbit] * BLOCK  # both in ``mix`` and in the orbit, the right side follows the left
        for k in range(OUTLETS * BLOCK):
            value = exports[at + k * LANES]
            peak = max(peak, abs(value))
            mix[to + k] = mix[to + k] + value
        meters.orbit_peak[orbit] = max(meters.orbit_peak[orbit] * meters.decay, peak)
        meters.high[orbit] = max(meters.high[orbit], peak)
        loudest = max(loudest, peak)
        if (slabs.orbits.bad >> orbit) & 1 != 0:
            slabs.counts.bad_orbits += 1
            restart_column(slabs, orbit)
    slabs.orbits.bad = 0
    return float(loudest)


@inline
def run_orbits(slabs: Any, work: Any, outputs: Any, meters: Any) -> None:
    """Run the effects of all orbits together (slab 0, lane = orbit). They are skipped while they sleep."""
    heard = reduce_orbits(work, slabs.orbits, outputs)
    mix = outputs.mix
    for k in range(outputs.channels * BLOCK):
        mix[k] = 0.0
    busy = heard or slabs.edits.first[0] >= 0 or any_moving(slabs.controls, 0) != 0
    if busy:
        slabs.orbits.quiet = 0
    elif slabs.orbits.quiet >= slabs.orbits.sleep:
        if slabs.orbits.quiet == slabs.orbits.sleep:
            slabs.orbits.quiet += 1
            for orbit in range(ORBITS):
                restart_column(slabs, orbit)
        for orbit in range(ORBITS):
            slabs.lanes.start[orbit] = slabs.frame + BLOCK
            meters.orbit_peak[orbit] = 0.0
        return
    run_slab(slabs, work, 0)
    if mix_orbits(slabs, outputs, meters) > FLOOR:
        slabs.orbits.quiet = 0
    else:
        slabs.orbits.quiet += 1


@inline
def guard_master(outputs: Any, meters: Any) -> None:
    """Make all samples finite and limit them to full scale. Samples below full scale are not changed.

    All channels get the same gain, so that no sound changes its place.
    """
    gain, mix, samples = outputs.gain, outputs.mix, outputs.channels * BLOCK
    peak: Any = 0.0
    for i in range(BLOCK):
        high, finite = np.float32(0.0), True
        for k in range(i, samples, BLOCK):
            level = abs(mix[k])
            finite = finite and level < 1e9  # false for not-a-number
            high = max(high, level)
        if not finite:
            outputs.bad_samples += 1
            high = np.float32(0.0)
            for k in range(i, samples, BLOCK):
                mix[k] = 0.0
        if high * gain > 1.0:
            gain = 1.0 / high
        if gain < 1.0:
            high = np.float32(0.0)
            for k in range(i, samples, BLOCK):
                mix[k] = min(max(mix[k] * gain, -1.0), 1.0)
                high = max(high, abs(mix[k]))
            gain = gain + (1.0 - gain) * outputs.release
            if gain > 0.9999:
                gain = 1.0
        peak = max(peak, high)
    outputs.gain = gain
    meters.output_peak = max(meters.output_peak * meters.decay, peak)
    meters.high[ORBITS] = max(meters.high[ORBITS], peak)


@inline
def turn_meters(meters: Any) -> None:
    """Begin a new window of the highest samples when one is over. The last one is kept, so a reader once per window misses no peak."""
    meters.blocks += 1
    if meters.blocks >= meters.window:
        meters.blocks = 0
        for k in range(METERS):
            # copied before it is cleared: a reader in between may see a peak twice, but never misses it
            meters.high[METERS + k] = meters.high[k]
            meters.high[k] = 0.0


@inline
def write_tap(outputs: Any) -> None:
    """Copy the block to the tap, for a recorder. If the reader is too far behind, the block is lost and counted."""
    if outputs.tap_on == 0:
        return
    tail = outputs.shared[TAP_TAIL]
    if tail - atomic_load(outputs.shared, TAP_HEAD) > outputs.tap_frames - BLOCK:
        outputs.tap_lost += BLOCK
        return
    for i in range(BLOCK):
        at = ((tail + i) % outputs.tap_frames) * outputs.channels
        for channel in range(outputs.channels):
            outputs.tap[at + channel] = outputs.mix[channel * BLOCK + i]
    atomic_store(outputs.shared, TAP_TAIL, tail + BLOCK)
