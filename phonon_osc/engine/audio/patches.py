"""RT: the graph of nodes: patches outlets into controls, and moves nodes to the depth that their patches need."""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline
from dsp.machine import word_float

from .controls import add_edit, cell, map_control
from .cutting import enter_cut, leave_cut
from .edges import give_edge, link_source
from .slots import find_lane, give_lane
from .tables import DEFINITION, LANES, MEMORIES, MOVING_WORDS, ORBIT, PAIRS, STATE_ROWS, TRIGGERS


@inline
def patch(queue: Any, slabs: Any, at: int, slot: int, source: int) -> bool:
    """Patch the source's outlet into a control, or change a patch's amount. Changes cross-fade. False: no edge is free."""
    slab, lane = slot // LANES, slot % LANES
    control, amount = queue.pool[at + DEFINITION], word_float(queue.pool[at + PAIRS])
    outlet = queue.pool[at + ORBIT]
    k = slabs.edges.first[slab]
    while k >= 0:
        if (
            slabs.edges.lane[k] == lane
            and slabs.edges.control[k] == control
            and slabs.edges.source[k] == source
            and slabs.edges.outlet[k] == outlet
        ):
            slabs.edges.before[k] = slabs.edges.to[k]
            slabs.edges.to[k] = amount
            slabs.edges.age[k] = 0
            return True
        k = slabs.edges.next[k]
    k = slabs.edges.free
    if k < 0:
        return False
    slabs.edges.free = slabs.edges.next[k]
    link_source(slabs.edges, k, source)
    slabs.edges.outlet[k] = outlet
    slabs.edges.lane[k] = lane
    slabs.edges.control[k] = control
    slabs.edges.before[k] = 0.0
    slabs.edges.to[k] = amount
    slabs.edges.age[k] = 0
    slabs.edges.next[k] = slabs.edges.first[slab]
    slabs.edges.first[slab] = k
    slabs.export[source // LANES] |= 1 << (source % LANES)
    return True


@inline
def unpatch(queue: Any, edges: Any, at: int, slot: int, source: int) -> None:
    """Fade a patch out. ``settle_edges`` frees the edge after that."""
    k = edges.first[slot // LANES]
    while k >= 0:
        wanted = edges.control[k] == queue.pool[at + DEFINITION] and edges.outlet[k] == queue.pool[at + ORBIT]
        if edges.lane[k] == slot % LANES and edges.source[k] == source and wanted:
            edges.before[k] = edges.to[k]
            edges.to[k] = 0.0
            edges.age[k] = 0
        k = edges.next[k]


@inline
def settle_edges(slabs: Any, slab: int) -> None:
    """After a block: amounts have reached their new values, and edges with amount 0 are freed."""
    k, last = int(slabs.edges.first[slab]), -1
    while k >= 0:
        following = int(slabs.edges.next[k])
        slabs.edges.age[k] = 1
        source = int(slabs.edges.source[k])
        if slabs.edges.to[k] != 0.0 and source >= 0:
            last = k
        else:
            if last < 0:
                slabs.edges.first[slab] = following
            else:
                slabs.edges.next[last] = following
            give_edge(slabs, k)
        k = following


@inline
def move(slabs: Any, slot: int, depth: int, row: int) -> bool:
    """Move a node to a slab of another depth, with state, memory, patches and its place in the node table. False: no slab is free."""
    slab, lane = slot // LANES, slot % LANES
    definition = slabs.definition[slab]
    if slabs.depth[slab] == depth:
        return True
    to = find_lane(slabs, definition, depth)
    if to < 0:
        return False
    other, column = to // LANES, to % LANES
    bit, new_bit = 1 << lane, 1 << column
    for r in range(slabs.definitions.state_rows[definition]):
        slabs.state[(other * STATE_ROWS + r) * LANES + column] = slabs.state[(slab * STATE_ROWS + r) * LANES + lane]
    for c in range(slabs.definitions.controls[definition]):
        a, b = cell(slab, c, lane), cell(other, c, column)
        slabs.controls.now[b], slabs.controls.start[b], slabs.controls.target[b] = (
            slabs.controls.now[a],
            slabs.controls.start[a],
            slabs.controls.target[a],
        )
        slabs.controls.position[b], slabs.controls.speed[b] = slabs.controls.position[a], slabs.controls.speed[a]
        map_control(slabs.controls, other, column, c, slabs.controls.bus_map[a])
        map_control(slabs.controls, slab, lane, c, -1)
    for word in range(MOVING_WORDS):
        slabs.controls.moving[other * MOVING_WORDS + word] |= slabs.controls.moving[slab * MOVING_WORDS + word]
    for m in range(slabs.definitions.memory_count[definition]):
        a, b = (slab * MEMORIES + m) * LANES + lane, (other * MEMORIES + m) * LANES + column
        junk = slabs.memories.held[b]
        slabs.memories.held[b] = slabs.memories.held[a]
        slabs.memories.held[a] = junk
    for t in range(TRIGGERS):
        if slabs.trigger[slab * TRIGGERS + t] & bit != 0:
            slabs.trigger[other * TRIGGERS + t] |= new_bit
            slabs.trigger_rows[(other * TRIGGERS + t) * LANES + column] = 1.0
    slabs.lanes.start[to], slabs.lanes.end[to], slabs.lanes.node[to] = (
        slabs.lanes.start[slot],
        slabs.lanes.end[slot],
        slabs.lanes.node[slot],
    )
    slabs.lanes.orbit[to], slabs.lanes.cut[to], slabs.lanes.cut_sound[to] = (
        slabs.lanes.orbit[slot],
        slabs.lanes.cut[slot],
        slabs.lanes.cut_sound[slot],
    )
    slabs.lanes.fade[to], slabs.lanes.seed[to], slabs.lanes.flags[to] = (
        slabs.lanes.fade[slot],
        slabs.lanes.seed[slot],
        slabs.lanes.flags[slot],
    )
    slabs.lanes.peak[to], slabs.lanes.level[to] = slabs.lanes.peak[slot], slabs.lanes.level[slot]
    slabs.lanes.buffer[to], slabs.lanes.buffer[slot] = slabs.lanes.buffer[slot], 0
    slabs.taken[other] |= new_bit
    slabs.next_end[other] = min(slabs.next_end[other], slabs.lanes.end[to])
    if slabs.live[slab] & bit != 0:
        slabs.live[other] |= new_bit
    if slabs.lanes.start[to] > slabs.frame:
        slabs.split[other] |= 1 << (slabs.lanes.start[to] - slabs.frame)
    if slabs.cut[slab] & bit != 0:
        leave_cut(slabs, slot)
        enter_cut(slabs, to)
    if slabs.fading[slab] & bit != 0:
        slabs.fading[other] |= new_bit
        slabs.fading[slab] &= ~bit
    if slabs.export[slab] & bit != 0:
        slabs.export[other] |= new_bit
        slabs.export[slab] &= ~bit
        k = int(slabs.edges.out_first[slot])
        slabs.edges.out_first[to], slabs.edges.out_first[slot] = k, -1
        while k >= 0:
            slabs.edges.source[k] = to
            k = int(slabs.edges.out_next[k])
    k, last = int(slabs.edges.first[slab]), -1
    while k >= 0:
        following = int(slabs.edges.next[k])
        if slabs.edges.lane[k] == lane:
            if last < 0:
                slabs.edges.first[slab] = following
            else:
                slabs.edges.next[last] = following
            slabs.edges.lane[k] = column
            slabs.edges.next[k] = slabs.edges.first[other]
            slabs.edges.first[other] = k
        else:
            last = k
        k = following
    k = int(slabs.edits.first[slab])
    while k >= 0:  # later changes of this block move too
        if slabs.edits.lane[k] == lane:
            add_edit(
                slabs,
                other,
                column,
                slabs.edits.row[k],
                slabs.edits.control[k],
                slabs.edits.value[k],
                slabs.edits.frames[k],
            )
            slabs.edits.lane[k] = -1
        k = slabs.edits.next[k]
    node = slabs.lanes.node[slot]
    if node != 0:
        slabs.nodes.slot[node & 0xFFFFFFFF] = to
    slabs.lanes.node[slot] = 0
    slabs.live[slab] &= ~bit
    for t in range(TRIGGERS):
        slabs.trigger[slab * TRIGGERS + t] &= ~bit
        slabs.trigger_rows[(slab * TRIGGERS + t) * LANES + lane] = 0.0
    give_lane(slabs, slab, lane)
    return True
