"""RT: taking lanes, giving them back, stealing, choking, moving."""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline
from dsp.machine import address, bit_count, lowest_bit

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
NEW_NOTE_FRAMES = 1024  # a lane younger than this has no level worth comparing: it is attacking


@inline
def enter_order(e: Any, slab: int) -> None:
    """Slabs run by depth, then by number: the order does not depend on when they came into use."""
    at = e.order_count
    e.order_count = at + 1
    while at > 0:
        other = e.order[at - 1]
        if e.slab_depth[other] < e.slab_depth[slab] or (e.slab_depth[other] == e.slab_depth[slab] and other < slab):
            break
        e.order[at] = other
        at -= 1
    e.order[at] = slab


@inline
def leave_order(e: Any, slab: int) -> None:
    k = 0
    while k < e.order_count and e.order[k] != slab:
        k += 1
    e.order_count -= 1
    while k < e.order_count:
        e.order[k] = e.order[k + 1]
        k += 1


@inline
def bind_slab(e: Any, slab: int, definition: int, depth: int) -> None:
    e.slab_definition[slab] = definition
    e.slab_depth[slab] = depth
    e.slab_taken[slab] = 0
    e.slab_live[slab] = 0
    e.slab_split[slab] = 0
    e.slab_next_end[slab] = FOREVER
    for word in range(MOVING_WORDS):
        e.slab_moving[slab * MOVING_WORDS + word] = 0
    e.slab_maps[slab] = 0
    e.slab_edit[slab] = -1
    e.slab_edge[slab] = -1
    e.slab_export[slab] = 0
    e.slab_cut[slab] = 0
    for k in range(slab * TRIGGERS, (slab + 1) * TRIGGERS):
        e.slab_trigger[k] = 0
    for k in range(slab * TRIGGERS * LANES, (slab + 1) * TRIGGERS * LANES):
        e.slab_trigger_rows[k] = 0.0
    count = e.def_controls[definition]
    for control in range(count):
        value = e.def_defaults[definition * CONTROLS + control]
        at = cell(slab, control, 0)
        for k in range(at, at + LANES):
            e.now[k] = value
            e.start[k] = value
            e.target[k] = value
            e.position[k] = 1.0
            e.speed[k] = 1.0
            e.bus_map[k] = -1
    junk = address(e.junk, 0)
    for k in range(slab * MEMORIES * LANES, (slab + 1) * MEMORIES * LANES):
        e.memory[k] = junk
    for k in range(slab * STATE_ROWS * LANES, (slab * STATE_ROWS + e.def_state_rows[definition]) * LANES):
        e.state[k] = 0
    enter_order(e, slab)


@inline
def find_lane(e: Any, definition: int, depth: int) -> int:
    """A free slot for this definition at this depth, binding a slab if needed; -1 if there is none."""
    free_slab = -1
    for k in range(e.order_count):
        slab = e.order[k]
        if e.slab_definition[slab] == definition and e.slab_depth[slab] == depth and e.slab_taken[slab] != ALL:
            return int(slab * LANES + lowest_bit(~e.slab_taken[slab]))
    for slab in range(1, e.slabs):
        if e.slab_definition[slab] < 0:
            free_slab = slab
            break
    if free_slab < 0:
        return -1
    bind_slab(e, free_slab, definition, depth)
    return free_slab * LANES


@inline
def wanted(e: Any, definition: int, memory: int, used: int) -> bool:
    """Whether a voice that uses these optional steps needs a memory of its definition."""
    trigger = e.def_memory_trigger[definition * MEMORIES + memory]
    return bool(trigger < 0 or (used >> trigger) & 1 != 0)


@inline
def take_memories(e: Any, slab: int, lane: int, definition: int, used: int) -> bool:
    """Delay memory from the preallocated classes, for the steps that are used; all or nothing."""
    count = e.def_memory_count[definition]
    for m in range(count):
        if not wanted(e, definition, m, used):
            continue
        size = e.def_memory_class[definition * MEMORIES + m]
        if e.class_count[size] == 0:
            give_memories(e, slab, lane, definition)
            return False
        e.class_count[size] -= 1
        e.memory[(slab * MEMORIES + m) * LANES + lane] = e.class_base[size * e.class_capacity + e.class_count[size]]
    return True


@inline
def give_memories(e: Any, slab: int, lane: int, definition: int) -> None:
    junk = address(e.junk, 0)
    for m in range(e.def_memory_count[definition]):
        at = (slab * MEMORIES + m) * LANES + lane
        if e.memory[at] != junk:
            size = e.def_memory_class[definition * MEMORIES + m]
            e.class_base[size * e.class_capacity + e.class_count[size]] = e.memory[at]
            e.class_count[size] += 1
            e.memory[at] = junk


@inline
def drop_edges(e: Any, slab: int, lane: int) -> None:
    """Forget the patches into a lane."""
    k, last = int(e.slab_edge[slab]), -1
    while k >= 0:
        following = int(e.edge_next[k])
        if e.edge_lane[k] == lane:
            if last < 0:
                e.slab_edge[slab] = following
            else:
                e.edge_next[last] = following
            e.edge_source[k] = -1
            e.edge_next[k] = e.edge_free
            e.edge_free = k
        else:
            last = k
        k = following


@inline
def silence_edges(e: Any, slot: int) -> None:
    """A source has gone: what was patched from it reads silence."""
    for k in range(e.edge_size):
        if e.edge_source[k] == slot:
            e.edge_source[k] = -2


@inline
def end_at(e: Any, slab: int, lane: int, frame: int) -> None:
    """Set the hard end of a lane, not before its start nor before the block at hand."""
    slot = slab * LANES + lane
    frame = max(frame, e.lane_start[slot], e.frame)
    if frame >= e.lane_end[slot]:
        return
    e.lane_end[slot] = frame
    e.slab_next_end[slab] = min(e.slab_next_end[slab], frame)


@inline
def fade_out(e: Any, slab: int, lane: int, row: int, frames: int) -> None:
    """Ramp a lane to silence from a row of this block on and end it there."""
    slot = slab * LANES + lane
    if e.lane_flags[slot] & FADING == 0:
        e.lane_flags[slot] |= FADING
        e.active -= 1
    frames = max(frames, 1)
    add_edit(e, slab, lane, row, FADE, 0.0, frames)
    end_at(e, slab, lane, e.frame + row + frames)


@inline
def let_go(e: Any, buffer: int) -> None:
    """A command that named a sample, or the lane it became, needs it no longer."""
    if buffer > 0:
        e.buffer_done[buffer] += 1


@inline
def free_lane(e: Any, slab: int, lane: int) -> None:
    """Give a lane back at once (its sound must have ended)."""
    slot = slab * LANES + lane
    let_go(e, e.lane_buffer[slot])
    e.lane_buffer[slot] = 0
    bit = 1 << lane
    definition = e.slab_definition[slab]
    if e.lane_flags[slot] & FADING == 0:
        e.active -= 1
    e.lanes_taken -= 1
    e.def_done[definition] += 1
    give_memories(e, slab, lane, definition)
    drop_edges(e, slab, lane)
    if e.slab_export[slab] & bit != 0:
        silence_edges(e, slot)
        e.slab_export[slab] &= ~bit
    for control in range(e.def_controls[definition]):
        at = cell(slab, control, lane)
        if e.bus_map[at] >= 0:
            e.bus_map[at] = -1
            e.slab_maps[slab] -= 1
    for t in range(TRIGGERS):
        e.slab_trigger[slab * TRIGGERS + t] &= ~bit
        e.slab_trigger_rows[(slab * TRIGGERS + t) * LANES + lane] = 0.0
    e.slab_taken[slab] &= ~bit
    e.slab_live[slab] &= ~bit
    e.slab_cut[slab] &= ~bit
    node = e.lane_node[slot]
    if node != 0:
        e.nodes -= 1
        number = node & 0xFFFFFFFF
        if e.node_slot[number] == slot and e.node_generation[number] == node >> 32:
            e.node_slot[number] = -1
        notify(e, N_ENDED, node, e.lane_end[slot], 0)
        e.lane_node[slot] = 0
    if e.slab_taken[slab] == 0:
        leave_order(e, slab)
        e.slab_definition[slab] = -1


@inline
def end_lanes(e: Any, slab: int, frame: int) -> None:
    """After a block that ends at ``frame``: give back what has ended."""
    if e.slab_next_end[slab] > frame:
        return
    first_end = FOREVER
    taken = e.slab_taken[slab]
    while taken != 0:
        lane = lowest_bit(taken)
        taken &= taken - 1
        end = e.lane_end[slab * LANES + lane]
        if end <= frame:
            free_lane(e, slab, lane)
        else:
            first_end = min(first_end, end)
    e.slab_next_end[slab] = first_end


@inline
def holds(e: Any, slab: int, lane: int, size: int) -> bool:
    """Whether a lane holds a delay memory of a class."""
    definition = e.slab_definition[slab]
    junk, found = address(e.junk, 0), False
    for m in range(e.def_memory_count[definition]):
        mine = e.memory[(slab * MEMORIES + m) * LANES + lane] != junk
        found = found or (mine and e.def_memory_class[definition * MEMORIES + m] == size)
    return found


@inline
def steal(e: Any, row: int, need_class: int) -> bool:
    """Fade out the lane least missed: releasing before quietest before oldest, attacking ones last, nodes last of all.

    With ``need_class`` >= 0 only a lane that holds a delay memory of that class helps, and it ends at once.
    """
    best, best_rank, best_level, best_start = -1, 9, 0.0, 0
    for k in range(e.order_count):
        slab = e.order[k]
        if slab == 0:
            continue
        if need_class >= 0:
            definition = e.slab_definition[slab]
            may_hold = False
            for m in range(e.def_memory_count[definition]):
                may_hold = may_hold or e.def_memory_class[definition * MEMORIES + m] == need_class
            if not may_hold:
                continue
        taken = e.slab_taken[slab]
        while taken != 0:
            lane = lowest_bit(taken)
            taken &= taken - 1
            slot = slab * LANES + lane
            if e.lane_flags[slot] & FADING != 0 and need_class < 0:
                continue
            started = e.lane_start[slot]
            if started >= e.frame:
                continue  # this very block: it has not been heard at all
            if need_class >= 0 and not holds(e, slab, lane, need_class):
                continue
            rank = 1
            if e.lane_flags[slot] & RELEASING != 0:
                rank = 0
            elif e.lane_node[slot] != 0:
                rank = 3  # somebody made it and addresses it
            elif started > e.frame - NEW_NOTE_FRAMES:
                rank = 2
            level = e.lane_level[slot]
            better = rank < best_rank or (
                rank == best_rank and (level < best_level or (level == best_level and started < best_start))
            )
            if best < 0 or better:
                best, best_rank, best_level, best_start = slot, rank, level, started
    if best < 0:
        return False
    e.stolen += 1
    slab, lane = best // LANES, best % LANES
    if need_class >= 0:
        e.lane_end[best] = e.frame
        free_lane(e, slab, lane)
    else:
        fade_out(e, slab, lane, row, e.steal_fade)
    return True


@inline
def clear_slab(e: Any) -> bool:
    """Every slab is bound and a definition needs one: end the quietest voice that has a slab to itself. False if none has."""
    best, best_level = -1, 0.0
    for k in range(e.order_count):
        slab = e.order[k]
        taken = e.slab_taken[slab]
        if slab == 0 or bit_count(taken) != 1:
            continue
        slot = slab * LANES + lowest_bit(taken)
        if e.lane_start[slot] < e.frame and (best < 0 or e.lane_level[slot] < best_level):
            best, best_level = slot, e.lane_level[slot]
    if best < 0:
        return False
    e.stolen += 1
    e.lane_end[best] = e.frame
    free_lane(e, best // LANES, best % LANES)
    return True


@inline
def choke(e: Any, orbit: int, group: int, sound: int, row: int) -> None:
    """SuperDirt's cut: the new event silences running ones of its group on its orbit (negative: of the same sound)."""
    number = abs(group)
    for k in range(e.order_count):
        slab = e.order[k]
        members = e.slab_cut[slab]
        while members != 0:
            lane = lowest_bit(members)
            members &= members - 1
            slot = slab * LANES + lane
            if e.lane_orbit[slot] != orbit or abs(e.lane_cut[slot]) != number or e.lane_flags[slot] & FADING != 0:
                continue
            if group < 0 and e.lane_cut_sound[slot] != sound:
                continue
            e.cut += 1
            fade_out(e, slab, lane, row, e.lane_fade[slot])
