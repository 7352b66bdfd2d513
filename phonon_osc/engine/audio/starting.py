"""RT: starts a voice: takes a lane and delay memory, and sets its values. If there is no room, a notice says so."""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline
from dsp.machine import lowest_bit

from .controls import settle
from .cutting import enter_cut
from .pairs import apply_pairs
from .queue import next_record, notify
from .slots import (
    FOREVER,
    choke,
    find_lane,
    free_lane,
    give_lane,
    release_definition,
    release_sample,
    take_memories,
    wanted,
)
from .stealing import clear_slab, steal
from .tables import (
    BUFFER,
    CONTROLS,
    COUNT,
    CUT,
    CUT_SOUND,
    DEFINITION,
    DURATION,
    EXTRA,
    FADE_FRAMES,
    FADING,
    LANES,
    MEMORIES,
    N_REFUSED,
    N_STARTED,
    NODE,
    ORBIT,
    ORBIT_FLAG,
    ORBITS,
    PAIRS,
    SEED,
    SEQ,
)


@inline
def lane_for(queue: Any, slabs: Any, definition: int, depth: int, row: int) -> int:
    """A slot for a new voice. Steals if there is no room; -1 if that does not help."""
    if slabs.counts.active >= slabs.voices:
        steal(queue, slabs, row, -1)
    slot = find_lane(slabs, definition, depth)
    if slot >= 0:
        return slot
    for k in range(slabs.order_count):  # no slab is free: end a voice of this definition that fades anyway
        slab = slabs.order[k]
        slabs.counts.visited += 1
        if slabs.definition[slab] != definition or slabs.depth[slab] != depth:
            continue
        fading = slabs.fading[slab]
        while fading != 0:
            lane = lowest_bit(fading)
            fading &= fading - 1
            old = slab * LANES + lane
            if slabs.lanes.start[old] < slabs.frame and slabs.taken[slab] != 1 << lane:
                slabs.lanes.end[old] = slabs.frame
                free_lane(queue, slabs, slab, lane)
                return int(old)
    if clear_slab(queue, slabs):
        return find_lane(slabs, definition, depth)
    return -1


@inline
def used_steps(queue: Any, definitions: Any, at: int, definition: int) -> int:
    """The optional steps that a new voice uses, one bit each. A node uses all, since a client may switch them on later."""
    used = 0
    if queue.pool[at + NODE] != 0:
        used = -1
    record = at
    while record >= 0:
        for k in range(queue.pool[record + COUNT]):
            pair = queue.pool[record + PAIRS + k]
            control, flags = pair & 0xFFFF, (pair >> 16) & 0xFFFF
            if flags & ORBIT_FLAG == 0 and control < definitions.controls[definition]:
                trigger = definitions.trigger[definition * CONTROLS + control]
                if trigger >= 0:
                    used |= 1 << trigger
        record = next_record(queue, record)
    return used


@inline
def start(queue: Any, slabs: Any, at: int, row: int) -> None:
    definition = queue.pool[at + DEFINITION]
    node = queue.pool[at + NODE]
    used = used_steps(queue, slabs.definitions, at, definition)
    orbit = queue.pool[at + ORBIT]
    if queue.pool[at + CUT] != 0:
        everywhere = queue.pool[at + EXTRA] != 0
        for k in range(ORBITS if everywhere else 1):
            choke(slabs, k if everywhere else orbit, queue.pool[at + CUT], queue.pool[at + CUT_SOUND], row)
    slot = lane_for(queue, slabs, definition, 0, row)
    if slot < 0:
        slabs.counts.refused += 1
        release_sample(slabs.samples, queue.pool[at + BUFFER])
        release_definition(slabs.definitions, definition)
        notify(queue, N_REFUSED, node, slabs.frame + row, queue.pool[at + SEQ])
        return
    slab, lane = slot // LANES, slot % LANES
    bit = 1 << lane
    slabs.taken[slab] |= bit  # before memory is taken: stealing must not free this slab
    if not take_memories(slabs, slab, lane, definition, used):
        for m in range(slabs.definitions.memory_count[definition]):
            size = slabs.definitions.memory_class[definition * MEMORIES + m]
            if slabs.memories.free_count[size] == 0 and wanted(slabs.definitions, definition, m, used):
                slabs.lanes.start[slot] = slabs.frame
                slabs.lanes.flags[slot] = FADING
                steal(queue, slabs, row, size)
        if not take_memories(slabs, slab, lane, definition, used):
            give_lane(slabs, slab, lane)
            slabs.counts.refused += 1
            release_sample(slabs.samples, queue.pool[at + BUFFER])
            release_definition(slabs.definitions, definition)
            notify(queue, N_REFUSED, node, slabs.frame + row, queue.pool[at + SEQ])
            return
    slabs.counts.active += 1
    slabs.counts.lanes_taken += 1
    slabs.counts.started += 1
    frame = slabs.frame + row
    duration = queue.pool[at + DURATION]
    slabs.lanes.start[slot] = frame
    slabs.lanes.end[slot] = FOREVER if duration < 0 else frame + duration
    slabs.next_end[slab] = min(slabs.next_end[slab], slabs.lanes.end[slot])
    slabs.lanes.node[slot] = node
    slabs.lanes.orbit[slot] = orbit
    slabs.lanes.cut[slot] = queue.pool[at + CUT]
    slabs.lanes.cut_sound[slot] = queue.pool[at + CUT_SOUND]
    slabs.lanes.fade[slot] = queue.pool[at + FADE_FRAMES]
    slabs.lanes.seed[slot] = queue.pool[at + SEED]
    slabs.lanes.flags[slot] = 0
    slabs.lanes.buffer[slot] = queue.pool[at + BUFFER]
    slabs.lanes.peak[slot] = 0.0
    slabs.lanes.level[slot] = 0.0
    if queue.pool[at + CUT] != 0:
        enter_cut(slabs, slot)
    if row > 0:
        slabs.split[slab] |= 1 << row
    for control in range(slabs.definitions.controls[definition]):
        settle(slabs.controls, slab, control, lane, slabs.definitions.defaults[definition * CONTROLS + control])
    apply_pairs(queue, slabs, at, slot, row, True)
    if node != 0:
        number = node & 0xFFFFFFFF
        slabs.counts.nodes += 1
        slabs.nodes.slot[number] = slot
        slabs.nodes.generation[number] = node >> 32
        notify(queue, N_STARTED, node, frame, slot)
