"""RT: the graph of nodes: patching outlets into controls, and moving nodes to the depth that patches demand."""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline
from dsp.machine import word_float

from .controls import add_edit, cell, map_control
from .slots import find_lane, leave_order
from .tables import DEFINITION, LANES, MEMORIES, MOVING_WORDS, ORBIT, PAIRS, STATE_ROWS, TRIGGERS


@inline
def patch(e: Any, at: int, slot: int, source: int) -> None:
    """Add ``amount`` times the source's outlet to a control; patching again changes the amount. Changes cross-fade."""
    slab, lane = slot // LANES, slot % LANES
    control, amount = e.pool[at + DEFINITION], word_float(e.pool[at + PAIRS])
    outlet = e.pool[at + ORBIT]
    k = e.slab_edge[slab]
    while k >= 0:
        if (
            e.edge_lane[k] == lane
            and e.edge_control[k] == control
            and e.edge_source[k] == source
            and e.edge_outlet[k] == outlet
        ):
            e.edge_from[k] = e.edge_to[k]
            e.edge_to[k] = amount
            e.edge_age[k] = 0
            return
        k = e.edge_next[k]
    k = e.edge_free
    if k < 0:
        e.refused += 1
        return
    e.edge_free = e.edge_next[k]
    e.edge_source[k] = source
    e.edge_outlet[k] = outlet
    e.edge_lane[k] = lane
    e.edge_control[k] = control
    e.edge_from[k] = 0.0
    e.edge_to[k] = amount
    e.edge_age[k] = 0
    e.edge_next[k] = e.slab_edge[slab]
    e.slab_edge[slab] = k
    e.slab_export[source // LANES] |= 1 << (source % LANES)


@inline
def unpatch(e: Any, at: int, slot: int, source: int) -> None:
    """Fade a patch to nothing; the edge is given back after that (``settle_edges``)."""
    k = e.slab_edge[slot // LANES]
    while k >= 0:
        wanted = e.edge_control[k] == e.pool[at + DEFINITION] and e.edge_outlet[k] == e.pool[at + ORBIT]
        if e.edge_lane[k] == slot % LANES and e.edge_source[k] == source and wanted:
            e.edge_from[k] = e.edge_to[k]
            e.edge_to[k] = 0.0
            e.edge_age[k] = 0
        k = e.edge_next[k]


@inline
def settle_edges(e: Any, slab: int) -> None:
    """After a block: amounts have arrived, and edges that carry nothing any more are given back."""
    k, last = int(e.slab_edge[slab]), -1
    while k >= 0:
        following = int(e.edge_next[k])
        e.edge_age[k] = 1
        source = int(e.edge_source[k])
        if e.edge_to[k] != 0.0 and source >= 0:
            last = k
        else:
            if last < 0:
                e.slab_edge[slab] = following
            else:
                e.edge_next[last] = following
            e.edge_source[k] = -1
            e.edge_next[k] = e.edge_free
            e.edge_free = k
            if source >= 0:
                stop_export(e, source)
        k = following


@inline
def stop_export(e: Any, source: int) -> None:
    """Unless something is still patched from this slot, nobody needs its rows."""
    for k in range(e.edge_size):
        if e.edge_source[k] == source:
            return
    e.slab_export[source // LANES] &= ~(1 << (source % LANES))


@inline
def move(e: Any, slot: int, depth: int, row: int) -> None:
    """Put a node's column into a slab of another depth, with its state, memory, patches and place in the node table."""
    slab, lane = slot // LANES, slot % LANES
    definition = e.slab_definition[slab]
    if e.slab_depth[slab] == depth:
        return
    to = find_lane(e, definition, depth)
    if to < 0:
        e.refused += 1
        return
    other, column = to // LANES, to % LANES
    bit, new_bit = 1 << lane, 1 << column
    for r in range(e.def_state_rows[definition]):
        e.state[(other * STATE_ROWS + r) * LANES + column] = e.state[(slab * STATE_ROWS + r) * LANES + lane]
    for c in range(e.def_controls[definition]):
        a, b = cell(slab, c, lane), cell(other, c, column)
        e.now[b], e.start[b], e.target[b] = e.now[a], e.start[a], e.target[a]
        e.position[b], e.speed[b] = e.position[a], e.speed[a]
        map_control(e, other, column, c, e.bus_map[a])
        map_control(e, slab, lane, c, -1)
    for word in range(MOVING_WORDS):
        e.slab_moving[other * MOVING_WORDS + word] |= e.slab_moving[slab * MOVING_WORDS + word]
    for m in range(e.def_memory_count[definition]):
        a, b = (slab * MEMORIES + m) * LANES + lane, (other * MEMORIES + m) * LANES + column
        junk = e.memory[b]
        e.memory[b] = e.memory[a]
        e.memory[a] = junk
    for t in range(TRIGGERS):
        if e.slab_trigger[slab * TRIGGERS + t] & bit != 0:
            e.slab_trigger[other * TRIGGERS + t] |= new_bit
            e.slab_trigger_rows[(other * TRIGGERS + t) * LANES + column] = 1.0
    e.lane_start[to], e.lane_end[to], e.lane_node[to] = e.lane_start[slot], e.lane_end[slot], e.lane_node[slot]
    e.lane_orbit[to], e.lane_cut[to], e.lane_cut_sound[to] = (
        e.lane_orbit[slot],
        e.lane_cut[slot],
        e.lane_cut_sound[slot],
    )
    e.lane_fade[to], e.lane_seed[to], e.lane_flags[to] = e.lane_fade[slot], e.lane_seed[slot], e.lane_flags[slot]
    e.lane_peak[to], e.lane_level[to] = e.lane_peak[slot], e.lane_level[slot]
    e.lane_buffer[to], e.lane_buffer[slot] = e.lane_buffer[slot], 0
    e.slab_taken[other] |= new_bit
    e.slab_next_end[other] = min(e.slab_next_end[other], e.lane_end[to])
    if e.slab_live[slab] & bit != 0:
        e.slab_live[other] |= new_bit
    if e.lane_start[to] > e.frame:
        e.slab_split[other] |= 1 << (e.lane_start[to] - e.frame)
    if e.slab_cut[slab] & bit != 0:
        e.slab_cut[other] |= new_bit
    if e.slab_export[slab] & bit != 0:
        e.slab_export[other] |= new_bit
        e.slab_export[slab] &= ~bit
        for k in range(e.edge_size):
            if e.edge_source[k] == slot:
                e.edge_source[k] = to
    k, last = int(e.slab_edge[slab]), -1
    while k >= 0:
        following = int(e.edge_next[k])
        if e.edge_lane[k] == lane:
            if last < 0:
                e.slab_edge[slab] = following
            else:
                e.edge_next[last] = following
            e.edge_lane[k] = column
            e.edge_next[k] = e.slab_edge[other]
            e.slab_edge[other] = k
        else:
            last = k
        k = following
    k = int(e.slab_edit[slab])
    while k >= 0:  # changes of this block not reached yet come along; rows are few
        if e.edit_lane[k] == lane:
            add_edit(e, other, column, e.edit_row[k], e.edit_control[k], e.edit_value[k], e.edit_frames[k])
            e.edit_lane[k] = -1
        k = e.edit_next[k]
    node = e.lane_node[slot]
    if node != 0:
        e.node_slot[node & 0xFFFFFFFF] = to
    e.lane_node[slot] = 0
    e.slab_taken[slab] &= ~bit
    e.slab_live[slab] &= ~bit
    e.slab_cut[slab] &= ~bit
    for t in range(TRIGGERS):
        e.slab_trigger[slab * TRIGGERS + t] &= ~bit
        e.slab_trigger_rows[(slab * TRIGGERS + t) * LANES + lane] = 0.0
    if e.slab_taken[slab] == 0:
        leave_order(e, slab)
        e.slab_definition[slab] = -1
