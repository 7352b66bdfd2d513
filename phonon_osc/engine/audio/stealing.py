"""RT: makes room by stealing: the voice whose end is noticed least ends. It fades out, or ends at once if its delay memory is needed.

One pass over all voices makes a list of the 64 that would be missed least. Later thefts in the same block use the list until it is
empty. So 512 new voices in one block visit each sounding voice eight times, not 512 times.
"""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline
from dsp.machine import address, bit_count, lowest_bit

from .slots import fade_out, free_lane
from .tables import CANDIDATES, FADING, LANES, MEMORIES, RELEASING

PLACES = CANDIDATES + 1  # places of a list; the last one is for the voice that is being compared


@inline
def holds(slabs: Any, slab: int, lane: int, size: int) -> bool:
    """Whether a lane holds a delay memory of class ``size``."""
    definition = slabs.definition[slab]
    junk, found = address(slabs.memories.junk, 0), False
    for m in range(slabs.definitions.memory_count[definition]):
        mine = slabs.memories.held[(slab * MEMORIES + m) * LANES + lane] != junk
        found = found or (mine and slabs.definitions.memory_class[definition * MEMORIES + m] == size)
    return found


@inline
def more_missed(c: Any, a: int, b: int) -> bool:
    """Whether the candidate at place a would be missed more than the one at b. There are no ties."""
    if c.rank[a] != c.rank[b]:
        return bool(c.rank[a] > c.rank[b])
    if c.level[a] != c.level[b]:
        return bool(c.level[a] > c.level[b])
    if c.start[a] != c.start[b]:
        return bool(c.start[a] > c.start[b])
    return bool(c.slot[a] > c.slot[b])


@inline
def exchange_candidates(c: Any, a: int, b: int) -> None:
    c.rank[a], c.rank[b] = c.rank[b], c.rank[a]
    c.level[a], c.level[b] = c.level[b], c.level[a]
    c.start[a], c.start[b] = c.start[b], c.start[a]
    c.slot[a], c.slot[b] = c.slot[b], c.slot[a]


@inline
def sink(c: Any, base: int, count: int) -> None:
    """Restore the heap below its first place, where the most missed candidate belongs."""
    at = 0
    while True:
        child = 2 * at + 1
        if child >= count:
            break
        if child + 1 < count and more_missed(c, base + child + 1, base + child):
            child += 1
        if more_missed(c, base + at, base + child):
            break
        exchange_candidates(c, base + at, base + child)
        at = child


@inline
def add_candidate(c: Any, which: int, slot: int, rank: int, level: float, start: int) -> None:
    """Add a voice to the list. If the list is full, it replaces the most missed one, if it would be missed less than that one."""
    base, count = which * PLACES, c.count[which]
    at = base + count  # the spare place, if the list is full
    c.slot[at], c.rank[at], c.level[at], c.start[at] = slot, rank, level, start
    if count == CANDIDATES:
        c.more[which] = 1
        if more_missed(c, base, at):
            exchange_candidates(c, base, at)
            sink(c, base, count)
        return
    c.count[which] = count + 1
    while at > base:
        above = base + (at - base - 1) // 2
        if more_missed(c, above, at):
            break
        exchange_candidates(c, above, at)
        at = above


@inline
def find_candidates(slabs: Any, which: int) -> None:
    """List the voices that would be missed least: first releasing ones, then by level, then by age; later attacking ones; last nodes.

    List 0 has voices that will fade out. List 1 + n has voices with a delay memory of class n, which will end at once.
    """
    c, size = slabs.candidates, which - 1
    c.frame[which] = slabs.frame
    c.count[which] = c.next[which] = c.more[which] = 0
    for k in range(slabs.order_count):
        slab = slabs.order[k]
        if slab == 0:
            continue
        if size >= 0:
            definition = slabs.definition[slab]
            may_hold = False
            for m in range(slabs.definitions.memory_count[definition]):
                may_hold = may_hold or slabs.definitions.memory_class[definition * MEMORIES + m] == size
            if not may_hold:
                continue
        taken = slabs.taken[slab]
        while taken != 0:
            lane = lowest_bit(taken)
            taken &= taken - 1
            slabs.counts.visited += 1
            slot = slab * LANES + lane
            if slabs.lanes.flags[slot] & FADING != 0 and size < 0:
                continue
            started = slabs.lanes.start[slot]
            if started >= slabs.frame:
                continue  # it starts in this block and was not heard yet
            if size >= 0 and not holds(slabs, slab, lane, size):
                continue
            rank = 1
            if slabs.lanes.flags[slot] & RELEASING != 0:
                rank = 0
            elif slabs.lanes.node[slot] != 0:
                rank = 3  # a node, which a client addresses
            elif started > slabs.frame - slabs.attack:
                rank = 2
            add_candidate(c, which, slot, rank, slabs.lanes.level[slot], started)
    base = which * PLACES
    for last in range(c.count[which] - 1, 0, -1):  # least missed first
        exchange_candidates(c, base, base + last)
        sink(c, base, last)


@inline
def may_go(slabs: Any, slot: int, started: int, size: int) -> bool:
    """Whether a candidate is still the voice that was listed, and can still be stolen."""
    slab, lane = slot // LANES, slot % LANES
    if (slabs.taken[slab] >> lane) & 1 == 0 or slabs.lanes.start[slot] != started:
        return False
    if size >= 0:
        return bool(holds(slabs, slab, lane, size))
    return bool(slabs.lanes.flags[slot] & FADING == 0)


@inline
def steal(queue: Any, slabs: Any, row: int, size: int) -> bool:
    """Fade out the least missed voice. With ``size`` >= 0, end the least missed voice with a delay memory of that class at once."""
    c, which, slot = slabs.candidates, size + 1, -1
    while slot < 0:
        listed = c.frame[which] == slabs.frame
        if not listed or (c.next[which] >= c.count[which] and c.more[which] != 0):
            find_candidates(slabs, which)
        if c.next[which] >= c.count[which]:
            return False
        at = which * PLACES + c.next[which]
        c.next[which] += 1
        if may_go(slabs, c.slot[at], c.start[at], size):
            slot = c.slot[at]
    slabs.counts.stolen += 1
    slab, lane = slot // LANES, slot % LANES
    if size >= 0:
        slabs.lanes.end[slot] = slabs.frame
        free_lane(queue, slabs, slab, lane)
    else:
        fade_out(slabs, slab, lane, row, slabs.steal_fade)
    return True


@inline
def clear_slab(queue: Any, slabs: Any) -> bool:
    """Make a slab free: end the quietest voice that is alone in its slab. False if there is none."""
    best, best_level = -1, 0.0
    for k in range(slabs.order_count):
        slab = slabs.order[k]
        slabs.counts.visited += 1
        taken = slabs.taken[slab]
        if slab == 0 or bit_count(taken) != 1:
            continue
        slot = slab * LANES + lowest_bit(taken)
        if slabs.lanes.start[slot] < slabs.frame and (best < 0 or slabs.lanes.level[slot] < best_level):
            best, best_level = slot, slabs.lanes.level[slot]
    if best < 0:
        return False
    slabs.counts.stolen += 1
    slabs.lanes.end[best] = slabs.frame
    free_lane(queue, slabs, best // LANES, best % LANES)
    return True
