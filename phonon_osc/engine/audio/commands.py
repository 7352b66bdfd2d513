"""RT: carrying out commands at their frame. Every command that was carried out is told back when the session is logged."""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline
from dsp.machine import atomic_store, lowest_bit, store_f32, word_float

from .controls import add_edit, cell, map_control, orbit_control, settle
from .patches import move, patch, unpatch
from .queue import heap_pop, heap_push, notify, release_record
from .slots import (
    FOREVER,
    choke,
    clear_slab,
    end_at,
    fade_out,
    find_lane,
    free_lane,
    leave_order,
    let_go,
    steal,
    take_memories,
    wanted,
)
from .tables import (
    BLOCK,
    BUFFER,
    BUFFERS_SEQ,
    BUSES,
    CONTROLS,
    COUNT,
    CUT,
    CUT_SOUND,
    DEFINITION,
    DURATION,
    EXTRA,
    FADE,
    FADE_FRAMES,
    FADING,
    FRAME,
    LANES,
    MAP_FLAG,
    MEMORIES,
    MOVING_WORDS,
    N_EXECUTED,
    N_REFUSED,
    N_STALE,
    N_STARTED,
    NIL_FLAG,
    NODE,
    OP,
    OP_BUFFER,
    OP_BUS,
    OP_FREE,
    OP_MOVE,
    OP_NEW,
    OP_ORBIT,
    OP_PANIC,
    OP_PATCH,
    OP_ROUTE,
    OP_SET,
    OP_UNPATCH,
    OP_WRITE,
    ORBIT,
    ORBIT_FLAG,
    ORBITS,
    PAIRS,
    RECORD,
    RELEASING,
    SEED,
    SEQ,
    TRIGGERS,
)

PER_BLOCK = 512  # commands carried out in one block; the rest are a block late


@inline
def slot_of(e: Any, node: int) -> int:
    """Slot of a node that is there, or -1."""
    number = node & 0xFFFFFFFF
    if number <= 0 or number >= e.node_count or e.node_generation[number] != node >> 32:
        return -1
    return int(e.node_slot[number])


@inline
def switch_on(e: Any, slab: int, lane: int, control: int) -> None:
    """A lane uses the optional step that belongs to a control, from now on."""
    trigger = e.def_trigger[e.slab_definition[slab] * CONTROLS + control]
    if trigger >= 0:
        e.slab_trigger[slab * TRIGGERS + trigger] |= 1 << lane
        e.slab_trigger_rows[(slab * TRIGGERS + trigger) * LANES + lane] = 1.0


@inline
def apply_pairs(e: Any, at: int, slot: int, row: int, fresh: bool) -> None:
    """Control pairs of a record: onto a lane (at once if it is fresh, else by its smoothing), or its orbit."""
    slab, lane = slot // LANES, slot % LANES
    definition = e.slab_definition[slab]
    for k in range(e.pool[at + COUNT]):
        pair = e.pool[at + PAIRS + k]
        control, flags, value = pair & 0xFFFF, (pair >> 16) & 0xFFFF, word_float(pair)
        bus = int(value) if flags & MAP_FLAG != 0 else -1
        if bus >= 0:
            bus = min(bus, BUSES - 1)
            value = e.buses[bus]
        if flags & ORBIT_FLAG != 0:
            orbit = e.pool[at + ORBIT]
            if control < e.def_controls[e.slab_definition[0]] and 0 <= orbit < ORBITS:
                map_control(e, 0, orbit, control, bus)
                if flags & NIL_FLAG == 0:
                    switch_on(e, 0, orbit, control)
                orbit_control(e, orbit, control, value, flags & NIL_FLAG != 0, row)
            continue
        if control <= FADE or control >= e.def_controls[definition]:
            continue
        map_control(e, slab, lane, control, bus)
        switch_on(e, slab, lane, control)
        if fresh:
            settle(e, slab, control, lane, value)
            continue
        frames = e.def_smooth[definition * CONTROLS + control]
        if e.pool[at + EXTRA] > 0:
            frames = e.pool[at + EXTRA]
        add_edit(e, slab, lane, row, control, value, frames)
        if control == e.def_gate[definition]:
            set_gate(e, slab, lane, row, value)


@inline
def set_gate(e: Any, slab: int, lane: int, row: int, value: float) -> None:
    """A gate that falls gives the lane an end: its release time from now on."""
    slot = slab * LANES + lane
    definition = e.slab_definition[slab]
    if value > 0.0:
        e.lane_flags[slot] &= ~RELEASING
        if e.lane_flags[slot] & FADING == 0:
            e.lane_end[slot] = FOREVER
        return
    e.lane_flags[slot] |= RELEASING
    release = e.def_release[definition]
    seconds = e.now[cell(slab, release, lane)] if release >= 0 else 0.0
    end_at(e, slab, lane, e.frame + row + int(seconds * e.rate) + BLOCK)


@inline
def lane_for(e: Any, definition: int, depth: int, row: int) -> int:
    """A slot for a new voice, stealing where there is no room; -1 if nothing can be had."""
    if e.active >= e.voices:
        steal(e, row, -1)
    slot = find_lane(e, definition, depth)
    if slot >= 0:
        return slot
    for k in range(e.order_count):  # every slab is bound: end a voice of this definition that is fading anyway
        slab = e.order[k]
        if e.slab_definition[slab] != definition or e.slab_depth[slab] != depth:
            continue
        taken = e.slab_taken[slab]
        while taken != 0:
            lane = lowest_bit(taken)
            taken &= taken - 1
            old = slab * LANES + lane
            if e.lane_flags[old] & FADING != 0 and e.lane_start[old] < e.frame and e.slab_taken[slab] != 1 << lane:
                e.lane_end[old] = e.frame
                free_lane(e, slab, lane)
                return int(old)
    if clear_slab(e):
        return find_lane(e, definition, depth)
    return -1


@inline
def used_steps(e: Any, at: int, definition: int) -> int:
    """The optional steps that a new voice uses, one bit each. A node may be asked for any of them later."""
    used = 0
    if e.pool[at + NODE] != 0:
        used = -1
    for k in range(e.pool[at + COUNT]):
        pair = e.pool[at + PAIRS + k]
        control, flags = pair & 0xFFFF, (pair >> 16) & 0xFFFF
        if flags & ORBIT_FLAG == 0 and control < e.def_controls[definition]:
            trigger = e.def_trigger[definition * CONTROLS + control]
            if trigger >= 0:
                used |= 1 << trigger
    return used


@inline
def start(e: Any, at: int, row: int) -> None:
    definition = e.pool[at + DEFINITION]
    node = e.pool[at + NODE]
    used = used_steps(e, at, definition)
    orbit = e.pool[at + ORBIT]
    if e.pool[at + CUT] != 0:
        choke(e, orbit, e.pool[at + CUT], e.pool[at + CUT_SOUND], row)
    slot = lane_for(e, definition, 0, row)
    if slot < 0:
        e.refused += 1
        let_go(e, e.pool[at + BUFFER])
        e.def_done[definition] += 1
        notify(e, N_REFUSED, node, e.frame + row, e.pool[at + SEQ])
        return
    slab, lane = slot // LANES, slot % LANES
    bit = 1 << lane
    e.slab_taken[slab] |= bit  # before memory is looked for: stealing must not unbind this slab
    if not take_memories(e, slab, lane, definition, used):
        for m in range(e.def_memory_count[definition]):
            size = e.def_memory_class[definition * MEMORIES + m]
            if e.class_count[size] == 0 and wanted(e, definition, m, used):
                e.lane_start[slot] = e.frame
                e.lane_flags[slot] = FADING
                steal(e, row, size)
        if not take_memories(e, slab, lane, definition, used):
            e.slab_taken[slab] &= ~bit
            if e.slab_taken[slab] == 0:
                leave_order(e, slab)
                e.slab_definition[slab] = -1
            e.refused += 1
            let_go(e, e.pool[at + BUFFER])
            e.def_done[definition] += 1
            notify(e, N_REFUSED, node, e.frame + row, e.pool[at + SEQ])
            return
    e.active += 1
    e.lanes_taken += 1
    e.started += 1
    frame = e.frame + row
    duration = e.pool[at + DURATION]
    e.lane_start[slot] = frame
    e.lane_end[slot] = FOREVER if duration < 0 else frame + duration
    e.slab_next_end[slab] = min(e.slab_next_end[slab], e.lane_end[slot])
    e.lane_node[slot] = node
    e.lane_orbit[slot] = orbit
    e.lane_cut[slot] = e.pool[at + CUT]
    e.lane_cut_sound[slot] = e.pool[at + CUT_SOUND]
    e.lane_fade[slot] = e.pool[at + FADE_FRAMES]
    e.lane_seed[slot] = e.pool[at + SEED]
    e.lane_flags[slot] = 0
    e.lane_buffer[slot] = e.pool[at + BUFFER]
    e.lane_peak[slot] = 0.0
    e.lane_level[slot] = 0.0
    if e.pool[at + CUT] != 0:
        e.slab_cut[slab] |= bit
    if row > 0:
        e.slab_split[slab] |= 1 << row
    for control in range(e.def_controls[definition]):
        settle(e, slab, control, lane, e.def_defaults[definition * CONTROLS + control])
    apply_pairs(e, at, slot, row, True)
    if node != 0:
        number = node & 0xFFFFFFFF
        e.nodes += 1
        e.node_slot[number] = slot
        e.node_generation[number] = node >> 32
        notify(e, N_STARTED, node, frame, slot)


@inline
def reset_orbits(e: Any) -> None:
    """Orbit effects as they were at the start: silent, controls at their defaults."""
    definition = e.slab_definition[0]
    for k in range(e.def_state_rows[definition] * LANES):
        e.state[k] = 0
    for control in range(e.def_controls[definition]):
        for lane in range(LANES):
            map_control(e, 0, lane, control, -1)
            settle(e, 0, control, lane, e.def_defaults[definition * CONTROLS + control])
    for k in range(ORBITS * MOVING_WORDS):
        e.orbit_ever[k] = 0
    for lane in range(LANES):
        e.lane_start[lane] = e.frame


@inline
def panic(e: Any, row: int, sequence: int) -> None:
    """Everything falls silent within the stealing fade; what was waiting is forgotten; orbit effects restart."""
    for k in range(e.order_count):
        slab = e.order[k]
        taken = e.slab_taken[slab] if slab != 0 else 0
        while taken != 0:
            lane = lowest_bit(taken)
            taken &= taken - 1
            fade_out(e, slab, lane, row, e.steal_fade)
    waiting = e.heap_count
    e.heap_count = 0
    for k in range(waiting):  # what was sent after the panic is kept; the heap grows only over places already read
        record = int(e.heap[k])
        at = record * RECORD
        if e.pool[at + SEQ] > sequence:
            heap_push(e, record)
            continue
        if e.pool[at + OP] == OP_NEW and e.pool[at + NODE] != 0:
            notify(e, N_REFUSED, e.pool[at + NODE], e.frame + row, e.pool[at + SEQ])
        let_go(e, e.pool[at + BUFFER])
        if e.pool[at + OP] == OP_NEW:
            e.def_done[e.pool[at + DEFINITION]] += 1
        release_record(e, record)
    reset_orbits(e)


@inline
def set_buffer(e: Any, at: int) -> None:
    """Change an entry of the samples' table, between blocks and so never under a kernel that reads it; tell it is done."""
    number = e.pool[at + BUFFER]
    e.buffer_data[number] = e.pool[at + NODE]
    e.buffer_frames[number] = e.pool[at + DURATION]
    e.buffer_rate[number] = word_float(e.pool[at + PAIRS])
    atomic_store(e.shared, BUFFERS_SEQ, e.pool[at + SEQ])


@inline
def write_buffer(e: Any, at: int) -> None:
    """Put values into a sample that a client made, unless it has been let go meanwhile. Both channels get them."""
    number = e.pool[at + BUFFER]
    data, first = e.pool[at + NODE], e.pool[at + EXTRA]
    if e.buffer_data[number] == data:
        for k in range(min(e.pool[at + COUNT], e.buffer_frames[number] - first)):
            value = word_float(e.pool[at + PAIRS + k])
            store_f32(data + 8 * (first + k), value)
            store_f32(data + 8 * (first + k) + 4, value)
    let_go(e, number)


@inline
def route(e: Any, slot: int, orbit: int) -> None:
    e.lane_orbit[slot] = orbit


@inline
def execute(e: Any, at: int, row: int) -> None:
    """Carry out the record at ``at`` of the pool, at a row of the block at hand."""
    op = e.pool[at + OP]
    if op == OP_NEW:
        start(e, at, row)
    elif op == OP_BUS:
        for k in range(e.pool[at + COUNT]):
            pair = e.pool[at + PAIRS + k]
            bus = pair & 0xFFFF
            if bus < BUSES:
                e.buses[bus] = word_float(pair)
    elif op == OP_ORBIT:
        apply_pairs(e, at, 0, row, False)
    elif op == OP_PANIC:
        panic(e, row, e.pool[at + SEQ])
    elif op == OP_BUFFER:
        set_buffer(e, at)
    elif op == OP_WRITE:
        write_buffer(e, at)
    else:
        slot = slot_of(e, e.pool[at + NODE])
        if slot < 0:
            e.stale += 1
            let_go(e, e.pool[at + BUFFER])
            notify(e, N_STALE, e.pool[at + SEQ], e.frame + row, e.pool[at + NODE])
            return
        if op == OP_SET:
            apply_pairs(e, at, slot, row, False)
            if e.pool[at + BUFFER] > 0:
                let_go(e, e.lane_buffer[slot])
                e.lane_buffer[slot] = e.pool[at + BUFFER]
        elif op == OP_FREE:
            fade_out(e, slot // LANES, slot % LANES, row, e.pool[at + FADE_FRAMES])
        elif op == OP_MOVE:
            move(e, slot, e.pool[at + ORBIT], row)
        elif op == OP_ROUTE:
            route(e, slot, e.pool[at + ORBIT])
        else:
            source = slot_of(e, e.pool[at + CUT_SOUND])
            if source < 0:
                e.stale += 1
                notify(e, N_STALE, e.pool[at + SEQ], e.frame + row, e.pool[at + CUT_SOUND])
            elif op == OP_PATCH:
                patch(e, at, slot, source)
            elif op == OP_UNPATCH:
                unpatch(e, at, slot, source)


@inline
def execute_due(e: Any) -> None:
    """Carry out what falls due in this block; what is late is carried out at its first row and counted."""
    budget = PER_BLOCK
    while e.heap_count > 0 and budget > 0:
        at = e.heap[0] * RECORD
        row = e.pool[at + FRAME] - e.frame
        if row >= BLOCK:
            break
        budget -= 1
        if row < 0:
            if e.pool[at + FRAME] > -FOREVER:  # "now" is not late
                e.late += 1
                e.late_frames = max(e.late_frames, -row)
            row = 0
        record = heap_pop(e)
        execute(e, at, row)
        e.executed += 1
        if e.log_on != 0:
            notify(e, N_EXECUTED, e.pool[at + SEQ], e.frame + row, e.pool[at + FRAME])
        release_record(e, record)
