"""RT: applies the control pairs of a command to a lane or an orbit."""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline
from dsp.machine import word_float

from .controls import add_edit, cell, map_control, orbit_control, settle
from .queue import next_record
from .slots import FOREVER, end_at
from .tables import (
    BLOCK,
    BUSES,
    CONTROLS,
    COUNT,
    EXTRA,
    FADE,
    FADING,
    LANES,
    MAP_FLAG,
    NIL_FLAG,
    ORBIT,
    ORBIT_FLAG,
    ORBITS,
    PAIRS,
    RELEASING,
    TRIGGERS,
)


@inline
def switch_on(slabs: Any, slab: int, lane: int, control: int) -> None:
    """From now on, the lane uses the optional step that this control triggers."""
    trigger = slabs.definitions.trigger[slabs.definition[slab] * CONTROLS + control]
    if trigger >= 0:
        slabs.trigger[slab * TRIGGERS + trigger] |= 1 << lane
        slabs.trigger_rows[(slab * TRIGGERS + trigger) * LANES + lane] = 1.0


@inline
def apply_pairs(queue: Any, slabs: Any, at: int, slot: int, row: int, fresh: bool) -> None:
    """Apply the control pairs of a command to a lane or its orbit. A fresh lane gets the values at once, others with smoothing."""
    record = at
    while record >= 0:
        apply_record(queue, slabs, record, at, slot, row, fresh)
        record = next_record(queue, record)


@inline
def apply_record(queue: Any, slabs: Any, record: int, at: int, slot: int, row: int, fresh: bool) -> None:
    """Apply the pairs of one record of the command at ``at``."""
    slab, lane = slot // LANES, slot % LANES
    definition = slabs.definition[slab]
    for k in range(queue.pool[record + COUNT]):
        pair = queue.pool[record + PAIRS + k]
        control, flags, value = pair & 0xFFFF, (pair >> 16) & 0xFFFF, word_float(pair)
        bus = int(value) if flags & MAP_FLAG != 0 else -1
        if bus >= 0:
            bus = min(bus, BUSES - 1)
            value = slabs.controls.buses[bus]
        if flags & ORBIT_FLAG != 0:
            orbit = queue.pool[at + ORBIT]
            if control < slabs.definitions.controls[slabs.definition[0]] and 0 <= orbit < ORBITS:
                map_control(slabs.controls, 0, orbit, control, bus)
                if flags & NIL_FLAG == 0:
                    switch_on(slabs, 0, orbit, control)
                orbit_control(slabs, orbit, control, value, flags & NIL_FLAG != 0, row)
            continue
        if control <= FADE or control >= slabs.definitions.controls[definition]:
            continue
        map_control(slabs.controls, slab, lane, control, bus)
        switch_on(slabs, slab, lane, control)
        if fresh:
            settle(slabs.controls, slab, control, lane, value)
            continue
        frames = slabs.definitions.smooth[definition * CONTROLS + control]
        if queue.pool[at + EXTRA] > 0:
            frames = queue.pool[at + EXTRA]
        add_edit(slabs, slab, lane, row, control, value, frames)
        if control == slabs.definitions.gate[definition]:
            set_gate(slabs, slab, lane, row, value)


@inline
def set_gate(slabs: Any, slab: int, lane: int, row: int, value: float) -> None:
    """If the gate falls, the lane ends after its release time."""
    slot = slab * LANES + lane
    definition = slabs.definition[slab]
    if value > 0.0:
        slabs.lanes.flags[slot] &= ~RELEASING
        if slabs.lanes.flags[slot] & FADING == 0:
            slabs.lanes.end[slot] = FOREVER
        return
    slabs.lanes.flags[slot] |= RELEASING
    release = slabs.definitions.release[definition]
    seconds = slabs.controls.now[cell(slab, release, lane)] if release >= 0 else 0.0
    end_at(slabs, slab, lane, slabs.frame + row + int(seconds * slabs.rate) + BLOCK)
