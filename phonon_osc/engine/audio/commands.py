"""RT: carries out commands at their frames. While a session is logged, a notice reports each command that was carried out."""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline
from dsp.machine import atomic_load, atomic_store, lowest_bit, store_f32, word_float

from .controls import map_control, settle
from .pairs import apply_pairs
from .patches import move, patch, unpatch
from .queue import (
    drain_ring,
    heap_pop,
    heap_push,
    is_blocked,
    next_record,
    notice_room,
    notify,
    release_record,
)
from .slots import (
    FOREVER,
    fade_out,
    release_definition,
    release_sample,
)
from .starting import start
from .tables import (
    BLOCK,
    BUFFER,
    BUFFERS_SEQ,
    BUSES,
    CONTROLS,
    COUNT,
    CUT_SOUND,
    DEFINITION,
    DURATION,
    EXTRA,
    FADE_FRAMES,
    FRAME,
    LANES,
    MOVING_WORDS,
    N_EXECUTED,
    N_MOVE_REFUSED,
    N_PATCH_REFUSED,
    N_REFUSED,
    N_STALE,
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
    ORBITS,
    PAIRS,
    PANIC_SEQ,
    RECORD,
    SEQ,
)

PER_BLOCK = 512  # most commands carried out in one block; the others are a block late
NOTICES_PER_COMMAND = 4  # most notices that one command causes, apart from notices of nodes that end


@inline
def slot_of(nodes: Any, node: int) -> int:
    """Slot of a node, or -1 if it has ended."""
    number = node & 0xFFFFFFFF
    if number <= 0 or number >= nodes.size or nodes.generation[number] != node >> 32:
        return -1
    return int(nodes.slot[number])


@inline
def reset_orbits(slabs: Any) -> None:
    """Set the orbits' effects back to their state at the start: silent, with controls at their defaults."""
    definition = slabs.definition[0]
    for k in range(slabs.definitions.state_rows[definition] * LANES):
        slabs.state[k] = 0
    for control in range(slabs.definitions.controls[definition]):
        for lane in range(LANES):
            map_control(slabs.controls, 0, lane, control, -1)
            settle(slabs.controls, 0, control, lane, slabs.definitions.defaults[definition * CONTROLS + control])
    for k in range(ORBITS * MOVING_WORDS):
        slabs.orbits.ever[k] = 0
    for lane in range(LANES):
        slabs.lanes.start[lane] = slabs.frame


@inline
def panic(queue: Any, slabs: Any, row: int, sequence: int) -> None:
    """Fade all voices out within the time of stealing, forget all waiting commands, and restart the orbits' effects."""
    for k in range(slabs.order_count):
        slab = slabs.order[k]
        taken = slabs.taken[slab] if slab != 0 else 0
        while taken != 0:
            lane = lowest_bit(taken)
            taken &= taken - 1
            fade_out(slabs, slab, lane, row, slabs.steal_fade)
    waiting = queue.heap_count
    queue.heap_count = 0
    for k in range(waiting):  # keep commands sent after the panic; the new heap overwrites only entries that were read
        record = int(queue.heap[k])
        at = record * RECORD
        if queue.pool[at + SEQ] > sequence:
            heap_push(queue, record)
            continue
        forget(queue, slabs, record, row)
    reset_orbits(slabs)
    queue.panicked = max(queue.panicked, sequence)


@inline
def forget(queue: Any, slabs: Any, record: int, row: int) -> None:
    """Give up a command that waits, and what it holds."""
    at = record * RECORD
    if queue.pool[at + OP] == OP_NEW and queue.pool[at + NODE] != 0:
        notify(queue, N_REFUSED, queue.pool[at + NODE], slabs.frame + row, queue.pool[at + SEQ])
    release_sample(slabs.samples, queue.pool[at + BUFFER])
    if queue.pool[at + OP] == OP_NEW:
        release_definition(slabs.definitions, queue.pool[at + DEFINITION])
    release_record(queue, record)


@inline
def is_over(queue: Any, at: int) -> bool:
    """Whether the command is a voice, or a panic, that was ordered before a panic which was carried out before it came to the heap."""
    op = queue.pool[at + OP]
    return bool(queue.pool[at + SEQ] <= queue.panicked and (op == OP_NEW or op == OP_PANIC))


@inline
def forget_all_over(queue: Any, slabs: Any) -> None:
    """Forget all such commands that are in the heap."""
    waiting = queue.heap_count
    queue.heap_count = 0
    for k in range(waiting):
        record = int(queue.heap[k])
        if is_over(queue, record * RECORD):
            forget(queue, slabs, record, 0)
        else:
            heap_push(queue, record)


@inline
def make_room_for_panic(queue: Any, slabs: Any) -> None:
    """While commands wait in the ring for a place: carry a panic out that is among them, and forget the voices before it."""
    if not is_blocked(queue):
        return
    asked = atomic_load(queue.shared, PANIC_SEQ)
    if asked > queue.panicked:
        panic(queue, slabs, 0, asked)
        if queue.log_on != 0:
            notify(queue, N_EXECUTED, asked, slabs.frame, slabs.frame)
    elif queue.panicked > 0:
        forget_all_over(queue, slabs)
    drain_ring(queue)


@inline
def set_buffer(queue: Any, samples: Any, at: int) -> None:
    """Change an entry of the samples' table and confirm it. This happens between blocks, when no kernel reads the table."""
    number = queue.pool[at + BUFFER]
    samples.data[number] = queue.pool[at + NODE]
    samples.frames[number] = queue.pool[at + DURATION]
    samples.rate[number] = word_float(queue.pool[at + PAIRS])
    atomic_store(queue.shared, BUFFERS_SEQ, queue.pool[at + SEQ])


@inline
def write_buffer(queue: Any, samples: Any, at: int) -> None:
    """Write values to both channels of a client's sample, unless it was released meanwhile."""
    number = queue.pool[at + BUFFER]
    data, first = queue.pool[at + NODE], queue.pool[at + EXTRA]
    if samples.data[number] == data:
        record = at
        while record >= 0:
            count = queue.pool[record + COUNT]
            for k in range(min(count, samples.frames[number] - first)):
                value = word_float(queue.pool[record + PAIRS + k])
                store_f32(data + 8 * (first + k), value)
                store_f32(data + 8 * (first + k) + 4, value)
            first += count
            record = next_record(queue, record)
    release_sample(samples, number)


@inline
def set_buses(queue: Any, controls: Any, at: int) -> None:
    record = at
    while record >= 0:
        for k in range(queue.pool[record + COUNT]):
            pair = queue.pool[record + PAIRS + k]
            bus = pair & 0xFFFF
            if bus < BUSES:
                controls.buses[bus] = word_float(pair)
        record = next_record(queue, record)


@inline
def route(lanes: Any, slot: int, orbit: int) -> None:
    lanes.orbit[slot] = orbit


@inline
def execute(queue: Any, slabs: Any, at: int, row: int) -> None:
    """Carry out the command at word ``at`` of the pool, at a row of this block."""
    op = queue.pool[at + OP]
    if op == OP_NEW:
        start(queue, slabs, at, row)
    elif op == OP_BUS:
        set_buses(queue, slabs.controls, at)
    elif op == OP_ORBIT:
        apply_pairs(queue, slabs, at, 0, row, False)
    elif op == OP_PANIC:
        panic(queue, slabs, row, queue.pool[at + SEQ])
    elif op == OP_BUFFER:
        set_buffer(queue, slabs.samples, at)
    elif op == OP_WRITE:
        write_buffer(queue, slabs.samples, at)
    else:
        slot = slot_of(slabs.nodes, queue.pool[at + NODE])
        if slot < 0:
            slabs.counts.stale += 1
            release_sample(slabs.samples, queue.pool[at + BUFFER])
            notify(queue, N_STALE, queue.pool[at + SEQ], slabs.frame + row, queue.pool[at + NODE])
            return
        if op == OP_SET:
            apply_pairs(queue, slabs, at, slot, row, False)
            if queue.pool[at + BUFFER] > 0:
                release_sample(slabs.samples, slabs.lanes.buffer[slot])
                slabs.lanes.buffer[slot] = queue.pool[at + BUFFER]
        elif op == OP_FREE:
            fade_out(slabs, slot // LANES, slot % LANES, row, queue.pool[at + FADE_FRAMES])
        elif op == OP_MOVE:
            if not move(slabs, slot, queue.pool[at + ORBIT], row):
                slabs.counts.refused += 1
                notify(queue, N_MOVE_REFUSED, queue.pool[at + SEQ], slabs.frame + row, slabs.depth[slot // LANES])
        elif op == OP_ROUTE:
            route(slabs.lanes, slot, queue.pool[at + ORBIT])
        else:
            source = slot_of(slabs.nodes, queue.pool[at + CUT_SOUND])
            if source < 0:
                slabs.counts.stale += 1
                notify(queue, N_STALE, queue.pool[at + SEQ], slabs.frame + row, queue.pool[at + CUT_SOUND])
            elif op == OP_PATCH:
                if not patch(queue, slabs, at, slot, source):
                    slabs.counts.refused += 1
                    notify(queue, N_PATCH_REFUSED, queue.pool[at + SEQ], slabs.frame + row, 0)
            elif op == OP_UNPATCH:
                unpatch(queue, slabs.edges, at, slot, source)


@inline
def execute_due(queue: Any, slabs: Any) -> None:
    """Carry out the commands that are due in this block. A late command is carried out at the first row, and counted.

    Commands wait while there is no room for their notices. But a node may end at any time, so one place for each node number is
    reserved. One is enough, since the control side does not use the number again before it has read the notice.
    """
    budget = PER_BLOCK
    while queue.heap_count > 0 and budget > 0:
        at = queue.heap[0] * RECORD
        row = queue.pool[at + FRAME] - slabs.frame
        if row >= BLOCK:
            break
        if notice_room(queue) < queue.notice_reserve + NOTICES_PER_COMMAND:
            queue.held_blocks += 1
            break
        budget -= 1
        if is_over(queue, at):
            was_panic = queue.pool[at + OP] == OP_PANIC
            forget(queue, slabs, heap_pop(queue), 0)
            if was_panic:  # all that was ordered before it has come to the heap by now
                forget_all_over(queue, slabs)
            continue
        if row < 0:
            if queue.pool[at + FRAME] > -FOREVER:  # "now" is not late
                queue.late += 1
                queue.late_frames = max(queue.late_frames, -row)
            row = 0
        record = heap_pop(queue)
        execute(queue, slabs, at, row)
        queue.executed += 1
        if queue.log_on != 0:
            notify(queue, N_EXECUTED, queue.pool[at + SEQ], slabs.frame + row, queue.pool[at + FRAME])
        release_record(queue, record)
