"""RT: finds the spans of a slab's block, the lanes that sound in each, and the width of a pass."""

from __future__ import annotations

from typing import Any

from dsp.abi import STEP_KERNEL, STEP_KERNEL_WIDE
from dsp.lanes import inline
from dsp.machine import lowest_bit

from .tables import BLOCK, LANES


@inline
def find_spans(slabs: Any, work: Any, slab: int) -> int:
    """Find the rows at which the block is split, and for each span the lanes that sound and those that have just started."""
    block_end = slabs.frame + BLOCK
    taken = slabs.taken[slab]
    starting, split = 0, slabs.split[slab] | 1
    left = taken & ~slabs.live[slab]
    while left != 0:
        lane = lowest_bit(left)
        left &= left - 1
        row = slabs.lanes.start[slab * LANES + lane] - slabs.frame
        if row < BLOCK:
            starting |= 1 << lane
            split |= 1 << max(row, 0)
    if slabs.next_end[slab] < block_end:
        left = taken
        while left != 0:
            lane = lowest_bit(left)
            left &= left - 1
            row = slabs.lanes.end[slab * LANES + lane] - slabs.frame
            if 0 <= row < BLOCK:
                split |= 1 << row
    live, count = slabs.live[slab], 0
    while split != 0:
        row = lowest_bit(split)
        split &= split - 1
        fresh = 0
        left = starting
        while left != 0:
            lane = lowest_bit(left)
            left &= left - 1
            if slabs.lanes.start[slab * LANES + lane] - slabs.frame <= row:
                fresh |= 1 << lane
        starting &= ~fresh
        live |= fresh
        left = live if slabs.next_end[slab] < block_end else 0
        while left != 0:
            lane = lowest_bit(left)
            left &= left - 1
            if slabs.lanes.end[slab * LANES + lane] - slabs.frame <= row:
                live &= ~(1 << lane)
                fresh &= ~(1 << lane)
        work.span_row[count] = row
        work.span_live[count] = live
        work.span_new[count] = fresh
        count += 1
    work.span_row[count] = BLOCK
    slabs.live[slab] = live
    return count


@inline
def choose_width(slabs: Any, work: Any, slab: int, spans: int) -> None:
    """Choose a narrow pass if all lanes in use fit in one, else wide passes, in which two registers per row hide latency."""
    used, groups = slabs.export[slab], 0
    for k in range(spans):
        used |= work.span_live[k]
    for group in range(LANES // work.narrow):
        if (used >> (group * work.narrow)) & ((1 << work.narrow) - 1) != 0:
            groups += 1
    wide = groups > 1
    work.width = work.wide if wide else work.narrow
    work.kernel_word = STEP_KERNEL_WIDE if wide else STEP_KERNEL
