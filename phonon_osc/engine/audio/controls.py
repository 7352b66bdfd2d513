"""RT: values of controls per lane, and their ramps.

A settled control is a row read with stride 0. A moving one is written out row by row for the span at hand, from integer positions,
so that however a block is split the same row gets the same value.
"""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline
from dsp.machine import lowest_bit

from .tables import BLOCK, CONTROLS, LANES, MOVING_WORDS, ORBITS


@inline
def cell(slab: int, control: int, lane: int) -> int:
    return (slab * CONTROLS + control) * LANES + lane


@inline
def settle(e: Any, slab: int, control: int, lane: int, value: float) -> None:
    """Give a control a value at once."""
    at = cell(slab, control, lane)
    e.now[at] = value
    e.start[at] = value
    e.target[at] = value
    e.position[at] = 1.0
    e.speed[at] = 1.0


@inline
def ramp_to(e: Any, slab: int, control: int, lane: int, value: float, frames: int) -> None:
    """Start a ramp at the row reached; a ramp under way goes on from where it is."""
    at = cell(slab, control, lane)
    u = e.position[at] * e.speed[at]
    current = e.target[at] if u >= 1.0 else e.start[at] + (e.target[at] - e.start[at]) * u
    if frames <= 0 or current == value:
        settle(e, slab, control, lane, value)
        if (e.slab_moving[slab * MOVING_WORDS + (control >> 6)] >> (control & 63)) & 1 == 0:
            return
    else:
        e.start[at] = current
        e.target[at] = value
        e.now[at] = value
        e.position[at] = 0.0
        e.speed[at] = 1.0 / frames
    e.slab_moving[slab * MOVING_WORDS + (control >> 6)] |= 1 << (control & 63)


@inline
def any_moving(e: Any, slab: int) -> int:
    """Not 0 if a control of this slab moves."""
    moving = 0
    for word in range(MOVING_WORDS):
        moving |= e.slab_moving[slab * MOVING_WORDS + word]
    return moving


@inline
def advance(e: Any, slab: int, first_lane: int, lanes: int, rows: int) -> None:
    """Move the ramps of a group of lanes on by the rows of a span."""
    for word in range(MOVING_WORDS):
        moving = e.slab_moving[slab * MOVING_WORDS + word]
        while moving != 0:
            control = lowest_bit(moving) + 64 * word
            moving &= moving - 1
            at = cell(slab, control, first_lane)
            for k in range(at, at + lanes):
                e.position[k] = e.position[k] + rows


@inline
def rest(e: Any, slab: int) -> None:
    """After a block: controls whose ramps have all arrived are settled again."""
    for word in range(MOVING_WORDS):
        moving = e.slab_moving[slab * MOVING_WORDS + word]
        while moving != 0:
            bit = moving & -moving
            control = lowest_bit(moving) + 64 * word
            moving &= moving - 1
            at = cell(slab, control, 0)
            still = False
            for k in range(at, at + LANES):
                if e.position[k] * e.speed[k] < 1.0:
                    still = True
            if not still:
                e.slab_moving[slab * MOVING_WORDS + word] &= ~bit
                for k in range(at, at + LANES):
                    e.now[k] = e.target[k]
                    e.start[k] = e.target[k]
                    e.position[k] = 1.0
                    e.speed[k] = 1.0


@inline
def follow_buses(e: Any, slab: int) -> None:
    """Controls mapped to a bus move to its value within the block."""
    if e.slab_maps[slab] == 0:
        return
    taken = e.slab_taken[slab]
    controls = e.def_controls[e.slab_definition[slab]]
    while taken != 0:
        lane = lowest_bit(taken)
        taken &= taken - 1
        for control in range(controls):
            at = cell(slab, control, lane)
            bus = e.bus_map[at]
            if bus >= 0 and e.buses[bus] != e.target[at]:
                ramp_to(e, slab, control, lane, e.buses[bus], BLOCK)


@inline
def add_edit(e: Any, slab: int, lane: int, row: int, control: int, value: float, frames: int) -> None:
    """Note a change of a control at a row of this block; without room for it the change is made at once."""
    if row <= 0 or e.edit_count >= e.edit_size:
        ramp_to(e, slab, control, lane, value, frames)
        return
    k = e.edit_count
    e.edit_count = k + 1
    e.edit_row[k] = row
    e.edit_lane[k] = lane
    e.edit_control[k] = control
    e.edit_value[k] = value
    e.edit_frames[k] = frames
    e.edit_next[k] = -1
    if e.slab_edit[slab] < 0:
        e.slab_edit[slab] = k
    else:
        e.edit_next[e.slab_edit_last[slab]] = k
    e.slab_edit_last[slab] = k
    e.slab_split[slab] |= 1 << row


@inline
def apply_edits(e: Any, slab: int, row: int, first_lane: int, lanes: int) -> None:
    k = e.slab_edit[slab]
    while k >= 0:
        lane = e.edit_lane[k]
        if e.edit_row[k] == row and first_lane <= lane < first_lane + lanes:
            ramp_to(e, slab, e.edit_control[k], lane, e.edit_value[k], e.edit_frames[k])
        k = e.edit_next[k]


@inline
def orbit_control(e: Any, orbit: int, control: int, value: float, nil: bool, row: int) -> None:
    """SuperDirt's rule: a key sets the orbit's control; an absent one makes it 0 if it was ever set."""
    if orbit < 0 or orbit >= ORBITS:
        return
    seen = orbit * MOVING_WORDS + (control >> 6)
    bit = 1 << (control & 63)
    if nil:
        if e.orbit_ever[seen] & bit == 0:
            return
        value = 0.0
    e.orbit_ever[seen] |= bit
    add_edit(e, 0, orbit, row, control, value, e.def_smooth[e.slab_definition[0] * CONTROLS + control])


@inline
def map_control(e: Any, slab: int, lane: int, control: int, bus: int) -> None:
    """Let a control follow a bus, or (bus -1) no longer."""
    at = cell(slab, control, lane)
    if e.bus_map[at] >= 0:
        e.slab_maps[slab] -= 1
    e.bus_map[at] = bus
    if bus >= 0:
        e.slab_maps[slab] += 1
