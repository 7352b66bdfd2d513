"""RT: takes lanes, frees them, fades them out, and chokes them (SuperDirt's cut)."""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline
from dsp.machine import address, atomic_store, lowest_bit

from .controls import add_edit, cell
from .cutting import chain_of, leave_cut, next_to_choke
from .edges import drop_edges, silence_edges
from .queue import notify
from .tables import (
    CONTROLS,
    FADE,
    FADING,
    LANES,
    MEMORIES,
    MOVING_WORDS,
    N_ENDED,
    STATE_ROWS,
    TRIGGERS,
)

FOREVER = 1 << 62
ALL = (1 << LANES) - 1


@inline
def enter_order(slabs: Any, slab: int) -> None:
    """Add a slab to the order: by depth, then by number. So the order does not depend on when slabs came into use."""
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
    slabs.fading[slab] = 0
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
    """A free slot for this definition at this depth; -1 if there is none. Binds a free slab if necessary.

    Slabs known to be full are skipped: none before ``room`` has a free lane at depth 0, and none before ``first_free`` is free.
    """
    slab = max(slabs.definitions.room[definition], 1) if depth == 0 else 1
    while slab < slabs.count:
        slabs.counts.visited += 1
        if slabs.definition[slab] == definition and slabs.depth[slab] == depth and slabs.taken[slab] != ALL:
            break
        slab += 1
    if depth == 0:
        slabs.definitions.room[definition] = slab
    if slab < slabs.count:
        return int(slab * LANES + lowest_bit(~slabs.taken[slab]))
    slab = max(slabs.first_free, 1)
    while slab < slabs.count and slabs.definition[slab] >= 0:
        slabs.counts.visited += 1
        slab += 1
    slabs.first_free = slab
    if slab >= slabs.count:
        return -1
    bind_slab(slabs, slab, definition, depth)
    if depth == 0:
        slabs.definitions.room[definition] = slab
    return int(slab * LANES)


@inline
def give_lane(slabs: Any, slab: int, lane: int) -> None:
    """Free a lane. A slab becomes free with its last lane."""
    definition = slabs.definition[slab]
    slabs.taken[slab] &= ~(1 << lane)
    if slabs.depth[slab] == 0:
        slabs.definitions.room[definition] = min(slabs.definitions.room[definition], slab)
    if slabs.taken[slab] == 0:
        leave_order(slabs, slab)
        slabs.definition[slab] = -1
        slabs.first_free = min(slabs.first_free, slab)


@inline
def wanted(definitions: Any, definition: int, memory: int, used: int) -> bool:
    """Whether a voice that uses these optional steps needs a memory of its definition."""
    trigger = definitions.memory_trigger[definition * MEMORIES + memory]
    return bool(trigger < 0 or (used >> trigger) & 1 != 0)


@inline
def take_memories(slabs: Any, slab: int, lane: int, definition: int, used: int) -> bool:
    """Take delay memories from the preallocated classes for the steps that are used: all of them, or none and False."""
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
def end_at(slabs: Any, slab: int, lane: int, frame: int) -> None:
    """Set the hard end of a lane, but not before its start or before this block."""
    slot = slab * LANES + lane
    frame = max(frame, slabs.lanes.start[slot], slabs.frame)
    if frame >= slabs.lanes.end[slot]:
        return
    slabs.lanes.end[slot] = frame
    slabs.next_end[slab] = min(slabs.next_end[slab], frame)


@inline
def fade_out(slabs: Any, slab: int, lane: int, row: int, frames: int) -> None:
    """Fade a lane out from a row of this block on, and end it after that."""
    slot = slab * LANES + lane
    if slabs.lanes.flags[slot] & FADING == 0:
        slabs.lanes.flags[slot] |= FADING
        slabs.fading[slab] |= 1 << lane
        slabs.counts.active -= 1
        leave_cut(slabs, slot)  # a lane that is fading out is not silenced again
    frames = max(frames, 1)
    add_edit(slabs, slab, lane, row, FADE, 0.0, frames)
    end_at(slabs, slab, lane, slabs.frame + row + frames)


@inline
def release_sample(samples: Any, buffer: int) -> None:
    """A command that named a sample, or its voice, no longer needs the sample."""
    if buffer > 0:
        samples.done[buffer] += 1


@inline
def release_definition(definitions: Any, definition: int) -> None:
    """A voice of this definition has ended or never started.

    When all voices are counted, the control side may write another definition in its place. So this comes after the tables were last
    read, and it is a release store: no CPU reads them later.
    """
    atomic_store(definitions.done, definition, definitions.done[definition] + 1)


@inline
def free_lane(queue: Any, slabs: Any, slab: int, lane: int) -> None:
    """Free a lane at once. Its sound must have ended."""
    slot = slab * LANES + lane
    release_sample(slabs.samples, slabs.lanes.buffer[slot])
    slabs.lanes.buffer[slot] = 0
    bit = 1 << lane
    definition = slabs.definition[slab]
    if slabs.lanes.flags[slot] & FADING == 0:
        slabs.counts.active -= 1
    slabs.counts.lanes_taken -= 1
    give_memories(slabs, slab, lane, definition)
    drop_edges(slabs, slab, lane)
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
    slabs.live[slab] &= ~bit
    slabs.fading[slab] &= ~bit
    leave_cut(slabs, slot)
    node = slabs.lanes.node[slot]
    if node != 0:
        slabs.counts.nodes -= 1
        number = node & 0xFFFFFFFF
        if slabs.nodes.slot[number] == slot and slabs.nodes.generation[number] == node >> 32:
            slabs.nodes.slot[number] = -1
        notify(queue, N_ENDED, node, slabs.lanes.end[slot], 0)
        slabs.lanes.node[slot] = 0
    give_lane(slabs, slab, lane)
    release_definition(slabs.definitions, definition)


@inline
def end_lanes(queue: Any, slabs: Any, slab: int, frame: int) -> None:
    """After a block that ends at ``frame``: free the lanes that have ended."""
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
def choke(slabs: Any, orbit: int, group: int, sound: int, row: int) -> None:
    """SuperDirt's cut: a new event silences the voices of its group on its orbit; a negative group, only those with the same sound."""
    at = slabs.cuts.first[chain_of(1 if group < 0 else 0, orbit, group, sound)]
    while True:
        at = next_to_choke(slabs, at, orbit, group, sound)
        if at < 0:
            break
        slot = at % (slabs.count * LANES)
        at = slabs.cuts.next[at]  # read before the lane leaves the chain
        slabs.counts.cut += 1
        fade_out(slabs, slot // LANES, slot % LANES, row, slabs.lanes.fade[slot])
