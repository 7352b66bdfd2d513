"""RT: from the sums of the voices to the two output channels: orbits, their effects, guard, meters, tap."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import inline
from dsp.machine import atomic_load, atomic_store, lowest_bit

from .controls import any_moving
from .plan import clear_column, run_slab
from .tables import BLOCK, LANES, METERS, ORBITS, TAP_HEAD, TAP_TAIL

COLUMNS = 16
SLEEP_BLOCKS = 3000  # 4 s at 48 kHz of nothing at all put the orbits' effects to sleep
FLOOR = 1e-7


@inline
def note_orbits(e: Any, slab: int) -> None:
    """Which orbits this slab's lanes have summed into (starting, sounding or ended in this block)."""
    left = e.slab_taken[slab]
    while left != 0:
        lane = lowest_bit(left)
        left &= left - 1
        orbit = e.lane_orbit[slab * LANES + lane]
        if orbit >= 0:
            e.orbits_used |= 1 << orbit


@inline
def reduce_orbits(e: Any) -> bool:
    """Add the sixteen columns of every orbit in a fixed order into the orbits' inlets. True if anything is heard."""
    heard = False
    used = e.orbits_used
    for orbit in range(ORBITS):
        if (used >> orbit) & 1 == 0:
            if (e.orbits_filled >> orbit) & 1 != 0:
                for k in range(2 * BLOCK):
                    e.inlets[k * LANES + orbit] = 0.0
            continue
        for channel in range(2):
            k = (orbit * 2 + channel) * BLOCK * COLUMNS
            to = channel * BLOCK * LANES + orbit
            s = e.sums
            for _ in range(BLOCK):
                a = (s[k] + s[k + 8]) + (s[k + 4] + s[k + 12])
                b = (s[k + 1] + s[k + 9]) + (s[k + 5] + s[k + 13])
                c = (s[k + 2] + s[k + 10]) + (s[k + 6] + s[k + 14])
                d = (s[k + 3] + s[k + 11]) + (s[k + 7] + s[k + 15])
                value = (a + c) + (b + d)
                heard = heard or abs(value) > FLOOR
                e.inlets[to] = value
                to += LANES
                for column in range(COLUMNS):
                    s[k + column] = 0.0
                k += COLUMNS
    e.orbits_filled = used
    e.orbits_used = 0
    return heard


@inline
def restart_column(e: Any, orbit: int) -> None:
    """An orbit's effects as new: state zero, delay memory read as silence."""
    clear_column(e, 0, orbit)
    e.lane_start[orbit] = e.frame + BLOCK


@inline
def run_orbits(e: Any) -> None:
    """Orbit effects for all orbits at once (slab 0, lane = orbit); asleep while there is nothing to hear in or out."""
    heard = reduce_orbits(e)
    busy = heard or e.slab_edit[0] >= 0 or any_moving(e, 0) != 0
    if busy:
        e.orbit_quiet = 0
    elif e.orbit_quiet >= SLEEP_BLOCKS:
        if e.orbit_quiet == SLEEP_BLOCKS:
            e.orbit_quiet += 1
            for orbit in range(ORBITS):
                restart_column(e, orbit)
        for orbit in range(ORBITS):
            e.lane_start[orbit] = e.frame + BLOCK
            e.orbit_peak[orbit] = 0.0
        for k in range(2 * BLOCK):
            e.mix[k] = 0.0
        return
    run_slab(e, 0)
    loudest = 0.0
    for k in range(2 * BLOCK):
        e.mix[k] = 0.0
    for orbit in range(ORBITS):
        peak = 0.0
        for k in range(2 * BLOCK):
            value = e.exports[k * LANES + orbit]
            peak = max(peak, abs(value))
            e.mix[k] = e.mix[k] + value
        e.orbit_peak[orbit] = max(e.orbit_peak[orbit] * e.meter_decay, peak)
        e.meter_high[orbit] = max(e.meter_high[orbit], peak)
        loudest = max(loudest, peak)
        if (e.orbits_bad >> orbit) & 1 != 0:
            e.bad_orbits += 1
            restart_column(e, orbit)
    e.orbits_bad = 0
    if loudest > FLOOR:
        e.orbit_quiet = 0
    else:
        e.orbit_quiet += 1


@inline
def guard_master(e: Any) -> None:
    """Nothing but finite samples within full scale leaves. Below full scale the samples are not touched."""
    gain = e.master_gain
    peak = 0.0
    for i in range(BLOCK):
        left, right = e.mix[i], e.mix[BLOCK + i]
        if not (abs(left) < 1e9 and abs(right) < 1e9):
            e.bad_samples += 1
            left, right = np.float32(0.0), np.float32(0.0)
        high = max(abs(left), abs(right))
        if high * gain > 1.0:
            gain = 1.0 / high
        if gain < 1.0:
            left = np.float32(min(max(left * gain, -1.0), 1.0))
            right = np.float32(min(max(right * gain, -1.0), 1.0))
            gain = gain + (1.0 - gain) * e.master_release
            if gain > 0.9999:
                gain = 1.0
        peak = max(peak, abs(left), abs(right))
        e.mix[i] = left
        e.mix[BLOCK + i] = right
    e.master_gain = gain
    e.master_peak = max(e.master_peak * e.meter_decay, peak)
    e.meter_high[ORBITS] = max(e.meter_high[ORBITS], peak)


@inline
def turn_meters(e: Any) -> None:
    """A new window of the highest samples. The one before is kept: whoever looks once a window misses none."""
    e.meter_blocks += 1
    if e.meter_blocks >= e.meter_window:
        e.meter_blocks = 0
        for k in range(METERS):
            e.meter_high[METERS + k] = e.meter_high[k]  # first: a reader between the two sees it twice, not never
            e.meter_high[k] = 0.0


@inline
def write_tap(e: Any) -> None:
    """Copy the block to whoever records; a reader too far behind loses the block, counted."""
    if e.tap_on == 0:
        return
    tail = e.shared[TAP_TAIL]
    if tail - atomic_load(e.shared, TAP_HEAD) > e.tap_frames - BLOCK:
        e.tap_lost += BLOCK
        return
    for i in range(BLOCK):
        at = ((tail + i) % e.tap_frames) * 2
        e.tap[at] = e.mix[i]
        e.tap[at + 1] = e.mix[BLOCK + i]
    atomic_store(e.shared, TAP_TAIL, tail + BLOCK)
