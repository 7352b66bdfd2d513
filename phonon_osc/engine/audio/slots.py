"""RT: taking lanes, giving them back, stealing, choking, moving."""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline
from dsp.machine import address, atomic_store, bit_count, lowest_bit

from .controls import add_edit, cell
from .queue import notify
from .tables import (
    CONTROLS,
    FADE,
    FADING,
    LANES,
    MEMORIES,
    MOVING_WORDS,
    N_ENDED,
    RELEASING,
    STATE_ROWS,
    TRIGGERS,
)

FOREVER = 1 << 62
ALL = (1 << LANES) - 1


@inline
def enter_order(slabs: Any, slab: int) -> None:
    """Slabs run by depth, then by number: the order does not depend on when they came into use."""
    at = slabs.order_count
    slabs.order_count = at + 1
    while at > 0:
        other = slabs.order[at - 1]
        if slabs.depth[other] < slabs.depth[slab] or (slabs.depth[other] == slabs.depth[slab] and other < slab):
            break
        slabs.order[at] = other
        at -= 1
    slabs.order[at] = slab


@inline
def leave_order(slabs: Any, slab: int) -> None:
    k = 0
    while k < slabs.order_count and slabs.order[k] != slab:
        k += 1
    slabs.order_count -= 1
    while k < slabs.order_count:
        slabs.order[k] = slabs.order[k + 1]
        k += 1


@inline
def bind_slab(slabs: Any, slab: int, definition: int, depth: int) -> None:
    slabs.definition[slab] = definition
    slabs.depth[slab] = depth
    slabs.taken[slab] = 0
    slabs.live[slab] = 0
    slabs.split[slab] = 0
    slabs.next_end[slab] = FOREVER
    for word in range(MOVING_WORDS):
        slabs.controls.moving[slab * MOVING_WORDS + word] = 0
    slabs.controls.maps[slab] = 0
    slabs.edits.first[slab] = -1
    slabs.edges.first[slab] = -1
    slabs.export[slab] = 0
    slabs.cut[slab] = 0
    for k in range(slab * TRIGGERS, (slab + 1) * TRIGGERS):
        slabs.trigger[k] = 0
    for k in range(slab * TRIGGERS * LANES, (slab + 1) * TRIGGERS * LANES):
        slabs.trigger_rows[k] = 0.0
    count = slabs.definitions.controls[definition]
    for control in range(count):
        value = slabs.definitions.defaults[definition * CONTROLS + control]
        at = cell(slab, control, 0)
        for k in range(at, at + LANES):
            slabs.controls.now[k] = value
            slabs.controls.start[k] = value
            slabs.controls.target[k] = value
            slabs.controls.position[k] = 1.0
            slabs.controls.speed[k] = 1.0
            slabs.controls.bus_map[k] = -1
    junk = address(slabs.memories.junk, 0)
    for k in range(slab * MEMORIES * LANES, (slab + 1) * MEMORIES * LANES):
        slabs.memories.held[k] = junk
    for k in range(slab * STATE_ROWS * LANES, (slab * STATE_ROWS + slabs.definitions.state_rows[definition]) * LANES):
        slabs.state[k] = 0
    enter_order(slabs, slab)


@inline
def find_lane(slabs: Any, definition: int, depth: int) -> int:
    """A free slot for this definition at this depth, binding a slab if needed; -1 if there is none."""
    free_slab = -1
    for k in range(slabs.order_count):
        slab = slabs.order[k]
        if slabs.definition[slab] == definition and slabs.depth[slab] == depth and slabs.taken[slab] != ALL:
            return int(slab * LANES + lowest_bit(~slabs.taken[slab]))
    for slab in range(1, slabs.count):
        if slabs.definition[slab] < 0:
            free_slab = slab
            break
    if free_slab < 0:
        return -1
    bind_slab(slabs, free_slab, definition, depth)
    return free_slab * LANES


@inline
def wanted(definitions: Any, definition: int, memory: int, used: int) -> bool:
    """Whether a voice that uses these optional steps needs a memory of its definition."""
    trigger = definitions.memory_trigger[definition * MEMORIES + memory]
    return bool(trigger < 0 or (used >> trigger) & 1 != 0)


@inline
def take_memories(slabs: Any, slab: int, lane: int, definition: int, used: int) -> bool:
    """Delay memory from the preallocated classes, for the steps that are used; all or nothing."""
    count = slabs.definitions.memory_count[definition]
    for m in range(count):
        if not wanted(slabs.definitions, definition, m, used):
            continue
        size = slabs.definitions.memory_class[definition * MEMORIES + m]
        if slabs.memories.free_count[size] == 0:
            give_memories(slabs, slab, lane, definition)
            return False
        slabs.memories.free_count[size] -= 1
        slabs.memories.held[(slab * MEMORIES + m) * LANES + lane] = slabs.memories.free[
            size * slabs.memories.capacity + slabs.memories.free_count[size]
        ]
    return True


@inline
def give_memories(slabs: Any, slab: int, lane: int, definition: int) -> None:
    junk = address(slabs.memories.junk, 0)
    for m in range(slabs.definitions.memory_count[definition]):
        at = (slab * MEMORIES + m) * LANES + lane
        if slabs.memories.held[at] != junk:
            size = slabs.definitions.memory_class[definition * MEMORIES + m]
            slabs.memories.free[size * slabs.memories.capacity + slabs.memories.free_count[size]] = slabs.memories.held[
                at
            ]
            slabs.memories.free_count[size] += 1
            slabs.memories.held[at] = junk


@inline
def drop_edges(edges: Any, slab: int, lane: int) -> None:
    """Forget the patches into a lane."""
    k, last = int(edges.first[slab]), -1
    while k >= 0:
        following = int(edges.next[k])
        if edges.lane[k] == lane:
            if last < 0:
                edges.first[slab] = following
            else:
                edges.next[last] = following
            edges.source[k] = -1
            edges.next[k] = edges.free
            edges.free = k
        else:
            last = k
        k = following


@inline
def silence_edges(edges: Any, slot: int) -> None:
    """A source has gone: what was patched from it reads silence."""
    for k in range(edges.size):
        if edges.source[k] == slot:
            edges.source[k] = -2


@inline
def end_at(slabs: Any, slab: int, lane: int, frame: int) -> None:
    """Set the hard end of a lane, not before its start nor before the block at hand."""
    slot = slab * LANES + lane
    frame = max(frame, slabs.lanes.start[slot], slabs.frame)
    if frame >= slabs.lanes.end[slot]:
        return
    slabs.lanes.end[slot] = frame
    slabs.next_end[slab] = min(slabs.next_end[slab], frame)


@inline
def fade_out(slabs: Any, slab: int, lane: int, row: int, frames: int) -> None:
    """Ramp a lane to silence from a row of this block on and end it there."""
    slot = slab * LANES + lane
    if slabs.lanes.flags[slot] & FADING == 0:
        slabs.lanes.flags[slot] |= FADING
        slabs.counts.active -= 1
    frames = max(frames, 1)
    add_edit(slabs, slab, lane, row, FADE, 0.0, frames)
    end_at(slabs, slab, lane, slabs.frame + row + frames)


@inline
def let_go(samples: Any, buffer: int) -> None:
    """A command that named a sample, or the lane it became, needs it no longer."""
    if buffer > 0:
        samples.done[buffer] += 1


@inline
def let_definition_go(definitions: Any, definition: int) -> None:
    """A voice of this definition has ended, or never came to sound.

    The control side writes another definition there once all are counted. So this comes after the last reading of its tables, and
    is a release store: no CPU carries that reading out later.
    """
    atomic_store(definitions.done, definition, definitions.done[definition] + 1)


@inline
def free_lane(queue: Any, slabs: Any, slab: int, lane: int) -> None:
    """Give a lane back at once (its sound must have ended)."""
    slot = slab * LANES + lane
    let_go(slabs.samples, slabs.lanes.buffer[slot])
    slabs.lanes.buffer[slot] = 0
    bit = 1 << lane
    definition = slabs.definition[slab]
    if slabs.lanes.flags[slot] & FADING == 0:
        slabs.counts.active -= 1
    slabs.counts.lanes_taken -= 1
    give_memories(slabs, slab, lane, definition)
    drop_edges(slabs.edges, slab, lane)
    if slabs.export[slab] & bit != 0:
        silence_edges(slabs.edges, slot)
        slabs.export[slab] &= ~bit
    for control in range(slabs.definitions.controls[definition]):
        at = cell(slab, control, lane)
        if slabs.controls.bus_map[at] >= 0:
            slabs.controls.bus_map[at] = -1
            slabs.controls.maps[slab] -= 1
    for t in range(TRIGGERS):
        slabs.trigger[slab * TRIGGERS + t] &= ~bit
        slabs.trigger_rows[(slab * TRIGGERS + t) * LANES + lane] = 0.0
    slabs.taken[slab] &= ~bit
    slabs.live[slab] &= ~bit
    slabs.cut[slab] &= ~bit
    node = slabs.lanes.node[slot]
    if node != 0:
        slabs.counts.nodes -= 1
        number = node & 0xFFFFFFFF
        if slabs.nodes.slot[number] == slot and slabs.nodes.generation[number] == node >> 32:
            slabs.nodes.slot[number] = -1
        notify(queue, N_ENDED, node, slabs.lanes.end[slot], 0)
        slabs.lanes.node[slot] = 0
    if slabs.taken[slab] == 0:
        leave_order(slabs, slab)
        slabs.definition[slab] = -1
    let_definition_go(slabs.definitions, definition)


@inline
def end_lanes(queue: Any, slabs: Any, slab: int, frame: int) -> None:
    """After a block that ends at ``frame``: give back what has ended."""
    if slabs.next_end[slab] > frame:
        return
    first_end = FOREVER
    taken = slabs.taken[slab]
    while taken != 0:
        lane = lowest_bit(taken)
        taken &= taken - 1
        end = slabs.lanes.end[slab * LANES + lane]
        if end <= frame:
            free_lane(queue, slabs, slab, lane)
        else:
            first_end = min(first_end, end)
    slabs.next_end[slab] = first_end


@inline
def holds(slabs: Any, slab: int, lane: int, size: int) -> bool:
    """Whether a lane holds a delay memory of a class."""
    definition = slabs.definition[slab]
    junk, found = address(slabs.memories.junk, 0), False
    for m in range(slabs.definitions.memory_count[definition]):
        mine = slabs.memories.held[(slab * MEMORIES + m) * LANES + lane] != junk
        found = found or (mine and slabs.definitions.memory_class[definition * MEMORIES + m] == size)
    return found


@inline
def steal(queue: Any, slabs: Any, row: int, need_class: int) -> bool:
    """Fade out the lane least missed: releasing before quietest before oldest, attacking ones last, nodes last of all.

    With ``need_class`` >= 0 only a lane that holds a delay memory of that class helps, and it ends at once.
    """
    best, best_rank, best_level, best_start = -1, 9, 0.0, 0
    for k in range(slabs.order_count):
        slab = slabs.order[k]
        if slab == 0:
            continue
        if need_class >= 0:
            definition = slabs.definition[slab]
            may_hold = False
            for m in range(slabs.definitions.memory_count[definition]):
                may_hold = may_hold or slabs.definitions.memory_class[definition * MEMORIES + m] == need_class
            if not may_hold:
                continue
        taken = slabs.taken[slab]
        while taken != 0:
            lane = lowest_bit(taken)
            taken &= taken - 1
            slot = slab * LANES + lane
            if slabs.lanes.flags[slot] & FADING != 0 and need_class < 0:
                continue
            started = slabs.lanes.start[slot]
            if started >= slabs.frame:
                continue  # this very block: it has not been heard at all
            if need_class >= 0 and not holds(slabs, slab, lane, need_class):
                continue
            rank = 1
            if slabs.lanes.flags[slot] & RELEASING != 0:
                rank = 0
            elif slabs.lanes.node[slot] != 0:
                rank = 3  # somebody made it and addresses it
            elif started > slabs.frame - slabs.attack:
                rank = 2
            level = slabs.lanes.level[slot]
            better = rank < best_rank or (
                rank == best_rank and (level < best_level or (level == best_level and started < best_start))
            )
            if best < 0 or better:
                best, best_rank, best_level, best_start = slot, rank, level, started
    if best < 0:
        return False
    slabs.counts.stolen += 1
    slab, lane = best // LANES, best % LANES
    if need_class >= 0:
        slabs.lanes.end[best] = slabs.frame
        free_lane(queue, slabs, slab, lane)
    else:
        fade_out(slabs, slab, lane, row, slabs.steal_fade)
    return True


@inline
def clear_slab(queue: Any, slabs: Any) -> bool:
    """Every slab is bound and a definition needs one: end the quietest voice that has a slab to itself. False if none has."""
    best, best_level = -1, 0.0
    for k in range(slabs.order_count):
        slab = slabs.order[k]
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


@inline
def choke(slabs: Any, orbit: int, group: int, sound: int, row: int) -> None:
    """SuperDirt's cut: the new event silences running ones of its group on its orbit (negative: of the same sound)."""
    number = abs(group)
    for k in range(slabs.order_count):
        slab = slabs.order[k]
        members = slabs.cut[slab]
        while members != 0:
            lane = lowest_bit(members)
            members &= members - 1
            slot = slab * LANES + lane
            if (
                slabs.lanes.orbit[slot] != orbit
                or abs(slabs.lanes.cut[slot]) != number
                or slabs.lanes.flags[slot] & FADING != 0
            ):
                continue
            if group < 0 and slabs.lanes.cut_sound[slot] != sound:
                continue
            slabs.counts.cut += 1
            fade_out(slabs, slab, lane, row, slabs.lanes.fade[slot])
