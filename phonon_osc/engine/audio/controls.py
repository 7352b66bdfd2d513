"""RT: the values of controls in each lane, and their ramps.

A settled control is one row, which is read with stride 0. A moving control is written out row by row for each span. Its values are
computed from integer positions, so a row gets the same value however the block is split.
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
def settle(controls: Any, slab: int, control: int, lane: int, value: float) -> None:
    """Give a control a value at once."""
    at = cell(slab, control, lane)
    controls.now[at] = value
    controls.start[at] = value
    controls.target[at] = value
    controls.position[at] = 1.0
    controls.speed[at] = 1.0


@inline
def ramp_to(controls: Any, slab: int, control: int, lane: int, value: float, frames: int) -> None:
    """Start a ramp at the current row. A ramp that is still running turns to the new value from where it is."""
    at = cell(slab, control, lane)
    u = controls.position[at] * controls.speed[at]
    current = controls.target[at] if u >= 1.0 else controls.start[at] + (controls.target[at] - controls.start[at]) * u
    if frames <= 0 or current == value:
        settle(controls, slab, control, lane, value)
        if (controls.moving[slab * MOVING_WORDS + (control >> 6)] >> (control & 63)) & 1 == 0:
            return
    else:
        controls.start[at] = current
        controls.target[at] = value
        controls.now[at] = value
        controls.position[at] = 0.0
        controls.speed[at] = 1.0 / frames
    controls.moving[slab * MOVING_WORDS + (control >> 6)] |= 1 << (control & 63)


@inline
def any_moving(controls: Any, slab: int) -> int:
    """Not 0 if a control of this slab is moving."""
    moving = 0
    for word in range(MOVING_WORDS):
        moving |= controls.moving[slab * MOVING_WORDS + word]
    return moving


@inline
def advance(controls: Any, slab: int, first_lane: int, lanes: int, rows: int) -> None:
    """Advance the ramps of a group of lanes by the rows of a span."""
    for word in range(MOVING_WORDS):
        moving = controls.moving[slab * MOVING_WORDS + word]
        while moving != 0:
            control = lowest_bit(moving) + 64 * word
            moving &= moving - 1
            at = cell(slab, control, first_lane)
            for k in range(at, at + lanes):
                controls.position[k] = controls.position[k] + rows


@inline
def settle_arrived(controls: Any, slab: int) -> None:
    """After a block: mark the controls as settled whose ramps have all ended."""
    for word in range(MOVING_WORDS):
        moving = controls.moving[slab * MOVING_WORDS + word]
        while moving != 0:
            bit = moving & -moving
            control = lowest_bit(moving) + 64 * word
            moving &= moving - 1
            at = cell(slab, control, 0)
            still = False
            for k in range(at, at + LANES):
                if controls.position[k] * controls.speed[k] < 1.0:
                    still = True
            if not still:
                controls.moving[slab * MOVING_WORDS + word] &= ~bit
                for k in range(at, at + LANES):
                    controls.now[k] = controls.target[k]
                    controls.start[k] = controls.target[k]
                    controls.position[k] = 1.0
                    controls.speed[k] = 1.0


@inline
def follow_buses(slabs: Any, slab: int) -> None:
    """Move controls that follow a bus to its value within the block. A voice that starts in this block begins with the value.

    Tidal sends an event first, then the value of its bus with the same timetag. So the voice has to begin with that value.
    """
    if slabs.controls.maps[slab] == 0:
        return
    taken = slabs.taken[slab]
    controls = slabs.definitions.controls[slabs.definition[slab]]
    while taken != 0:
        lane = lowest_bit(taken)
        taken &= taken - 1
        for control in range(controls):
            at = cell(slab, control, lane)
            bus = slabs.controls.bus_map[at]
            if bus >= 0 and slabs.controls.buses[bus] != slabs.controls.target[at]:
                if slab != 0 and slabs.lanes.start[slab * LANES + lane] >= slabs.frame:
                    settle(slabs.controls, slab, control, lane, slabs.controls.buses[bus])
                else:
                    ramp_to(slabs.controls, slab, control, lane, slabs.controls.buses[bus], BLOCK)


@inline
def add_edit(slabs: Any, slab: int, lane: int, row: int, control: int, value: float, frames: int) -> None:
    """Plan a change of a control at a row of this block. If there is no room for it, change the control at once."""
    if row <= 0 or slabs.edits.count >= slabs.edits.size:
        ramp_to(slabs.controls, slab, control, lane, value, frames)
        return
    k = slabs.edits.count
    slabs.edits.count = k + 1
    slabs.edits.row[k] = row
    slabs.edits.lane[k] = lane
    slabs.edits.control[k] = control
    slabs.edits.value[k] = value
    slabs.edits.frames[k] = frames
    slabs.edits.next[k] = -1
    if slabs.edits.first[slab] < 0:
        slabs.edits.first[slab] = k
    else:
        slabs.edits.next[slabs.edits.last[slab]] = k
    slabs.edits.last[slab] = k
    slabs.split[slab] |= 1 << row


@inline
def apply_edits(slabs: Any, slab: int, row: int, first_lane: int, lanes: int) -> None:
    k = slabs.edits.first[slab]
    while k >= 0:
        lane = slabs.edits.lane[k]
        if slabs.edits.row[k] == row and first_lane <= lane < first_lane + lanes:
            ramp_to(slabs.controls, slab, slabs.edits.control[k], lane, slabs.edits.value[k], slabs.edits.frames[k])
        k = slabs.edits.next[k]


@inline
def orbit_control(slabs: Any, orbit: int, control: int, value: float, nil: bool, row: int) -> None:
    """Set a control of an orbit by SuperDirt's rule: an absent key (``nil``) makes it 0 if it was ever set."""
    if orbit < 0 or orbit >= ORBITS:
        return
    seen = orbit * MOVING_WORDS + (control >> 6)
    bit = 1 << (control & 63)
    if nil:
        if slabs.orbits.ever[seen] & bit == 0:
            return
        value = 0.0
    slabs.orbits.ever[seen] |= bit
    add_edit(slabs, 0, orbit, row, control, value, slabs.definitions.smooth[slabs.definition[0] * CONTROLS + control])


@inline
def map_control(controls: Any, slab: int, lane: int, control: int, bus: int) -> None:
    """Let a control follow a bus; -1 ends this."""
    at = cell(slab, control, lane)
    if controls.bus_map[at] >= 0:
        controls.maps[slab] -= 1
    controls.bus_map[at] = bus
    if bus >= 0:
        controls.maps[slab] += 1
