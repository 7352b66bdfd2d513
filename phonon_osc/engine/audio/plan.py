"""RT: running a slab: its plan of kernels, for each group of lanes, in spans split where something changes."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.abi import (
    ENV,
    STEP_KERNEL,
    STEP_KERNEL_WIDE,
    STEP_MEMORY,
    STEP_OUT_COUNT,
    STEP_OUTS,
    STEP_RATE,
    STEP_SIGNALS,
    STEP_STATE,
    STEP_STATE_ROWS,
    STEP_TRIGGER,
)
from dsp.lanes import inline
from dsp.machine import address, call_kernel, load_f32, lowest_bit, store_f32

from .controls import advance, any_moving, apply_edits, cell, rest
from .patches import settle_edges
from .tables import (
    BLOCK,
    CONSTANTS,
    FIRST_CONSTANT,
    FIRST_CONTROL,
    LANES,
    MEMORIES,
    MOVING_WORDS,
    OUTLETS,
    STATE_ROWS,
    STEP_WORDS,
    STEPS,
    TRIGGERS,
)

HELPER_RAMP, HELPER_BLEND = 0, 1  # records in helper_steps
AGE_MAX = 1 << 30
BLOCK_BITS = BLOCK.bit_length() - 1
(E_FRAME, E_AGE, E_SEED, E_ORBIT, E_PEAK, E_ACTIVE, E_COLUMN) = (
    ENV.offsets[name] // 8 for name in ("frame", "age", "seed", "orbit", "peak", "active", "column")
)


@inline
def set_reg(e: Any, reg: int, at: int, stride: int) -> None:
    e.regs[2 * reg] = at
    e.regs[2 * reg + 1] = stride


@inline
def helper_reg(e: Any, reg: int, at: int, stride: int) -> None:
    e.helper_regs[2 * reg] = at
    e.helper_regs[2 * reg + 1] = stride


@inline
def call_helper(e: Any, helper: int, n: int) -> None:
    step = helper * STEP_WORDS
    kernel = e.helper_steps[step + e.kernel_word]
    call_kernel(kernel, address(e.helper_regs, 0), address(e.helper_steps, step), 0, 0, 0, n, address(e.env, 0))


@inline
def set_controls(e: Any, slab: int, group: int, first: int, n: int) -> None:
    """Registers of the controls of this pass: one settled row, or rows written out for this span."""
    definition = e.slab_definition[slab]
    lane = group * e.width
    row_bytes = e.width * 4
    for control in range(e.def_controls[definition]):
        set_reg(e, FIRST_CONTROL + control, address(e.now, cell(slab, control, lane)), 0)
    for word in range(MOVING_WORDS):
        moving = e.slab_moving[slab * MOVING_WORDS + word]
        while moving != 0:
            control = lowest_bit(moving) + 64 * word
            moving &= moving - 1
            at = cell(slab, control, lane)
            rows = address(e.ramp_rows, control * BLOCK * LANES)
            helper_reg(e, 0, address(e.start, at), 0)
            helper_reg(e, 1, address(e.target, at), 0)
            helper_reg(e, 2, address(e.position, at), 0)
            helper_reg(e, 3, address(e.speed, at), 0)
            helper_reg(e, 4, rows + first * row_bytes, row_bytes)
            call_helper(e, HELPER_RAMP, n)
            e.ramps += 1
            set_reg(e, FIRST_CONTROL + control, rows, row_bytes)


@inline
def add_patches(e: Any, slab: int, group: int, first: int, n: int) -> None:
    """Add what is patched into controls of this group's lanes; a changed amount cross-fades over its first block."""
    width = e.width
    row_bytes = width * 4
    k = e.slab_edge[slab]
    while k >= 0:
        lane = e.edge_lane[k]
        if lane // width == group and e.edge_source[k] >= 0:
            control = e.edge_control[k]
            reg = FIRST_CONTROL + control
            rows = address(e.ramp_rows, control * BLOCK * LANES)
            if e.regs[2 * reg + 1] == 0:
                settled = e.regs[2 * reg]
                for i in range(first, first + n):
                    for c in range(width):
                        store_f32(rows + i * row_bytes + c * 4, load_f32(settled + c * 4))
                set_reg(e, reg, rows, row_bytes)
            source = e.edge_source[k]
            at = address(
                e.exports, ((source // LANES * OUTLETS + e.edge_outlet[k]) * BLOCK + first) * LANES + source % LANES
            )
            to = rows + first * row_bytes + (lane - group * width) * 4
            fading = e.edge_age[k] == 0
            for i in range(n):
                amount = e.edge_to[k]
                if fading:
                    amount = e.edge_from[k] + (e.edge_to[k] - e.edge_from[k]) * ((first + i + 1) / BLOCK)
                store_f32(to, load_f32(to) + amount * load_f32(at))
                to += row_bytes
                at += LANES * 4
        k = e.edge_next[k]


@inline
def set_env(env: Any, e: Any, slot: int, lane: int, live: int) -> None:
    env[E_SEED] = address(e.lane_seed, slot)
    env[E_ORBIT] = address(e.lane_orbit, slot)
    env[E_PEAK] = address(e.lane_peak, slot)
    env[E_ACTIVE] = live
    env[E_COLUMN] = lane


@inline
def prepare_env(e: Any, slab: int, group: int, first: int, live: int) -> None:
    """What kernels are told of the lanes of this pass; at control rate time counts in blocks."""
    lane = group * e.width
    slot = slab * LANES + lane
    frame = e.frame + first
    starts, ages, blocks = e.lane_start, e.lane_age, e.lane_blocks  # a store could change e, for all the compiler knows
    for k in range(slot, slot + e.width):
        age = min(max(frame - starts[k], 0), AGE_MAX)
        ages[k] = age
        blocks[k] = (age + BLOCK - 1) >> BLOCK_BITS  # the first grid point after the onset is one block on
    e.env[E_FRAME] = frame
    e.env[E_AGE] = address(e.lane_age, slot)
    e.env_control[E_FRAME] = frame // BLOCK
    e.env_control[E_AGE] = address(e.lane_blocks, slot)
    set_env(e.env, e, slot, lane, live)
    set_env(e.env_control, e, slot, lane, live)


@inline
def call_step(e: Any, step: int, state: int, memory: int, first: int, n: int, env: int) -> None:
    call_kernel(
        e.def_steps[step + e.kernel_word],
        address(e.regs, 0),
        address(e.def_steps, step),
        address(e.state, state),
        address(e.memory, memory),
        first,
        n,
        env,
    )


@inline
def exchange(e: Any, step: int, state: int, width: int, fresh: int, restore: bool) -> None:
    """Keep the state and outputs of a step aside, or give them back to all lanes but the fresh ones."""
    k = 0
    for r in range(e.def_steps[step + STEP_STATE_ROWS]):
        for c in range(width):
            if not restore:
                e.saved[k] = e.state[state + r * LANES + c]
            elif (fresh >> c) & 1 == 0:
                e.state[state + r * LANES + c] = e.saved[k]
            k += 1
    first_out = step + STEP_SIGNALS + e.def_steps[step + STEP_OUTS]
    for o in range(e.def_steps[step + STEP_OUT_COUNT]):
        at = e.regs[2 * e.def_steps[first_out + o]]
        for c in range(width):
            if not restore:
                store_f32(address(e.saved, k), load_f32(at + 4 * c))
            elif (fresh >> c) & 1 == 0:
                store_f32(at + 4 * c, load_f32(address(e.saved, k)))
            k += 1


@inline
def run_control_step(e: Any, step: int, state: int, memory: int, first: int, fresh: int) -> None:
    """A step at control rate runs once per block; in a later span only lanes that have just started take its result."""
    env = address(e.env_control, 0)
    if first == 0:
        call_step(e, step, state, memory, 0, 1, env)
    elif fresh != 0:
        exchange(e, step, state, e.width, fresh, False)
        call_step(e, step, state, memory, first, 1, env)
        exchange(e, step, state, e.width, fresh, True)


@inline
def run_optional(
    e: Any, slab: int, step: int, state: int, memory: int, group: int, first: int, n: int, live: int
) -> None:
    """A step that only some lanes use: skipped if none does; lanes that do not use it keep what they had."""
    trigger = e.def_steps[step + STEP_TRIGGER]
    users = (e.slab_trigger[slab * TRIGGERS + trigger] >> (group * e.width)) & live
    if users == 0:
        return
    e.env[E_ACTIVE] = users  # kinds that go from lane to lane leave the others out
    call_step(e, step, state, memory, first, n, address(e.env, 0))
    e.env[E_ACTIVE] = live
    mask = address(e.slab_trigger_rows, (slab * TRIGGERS + trigger) * LANES + group * e.width)
    for k in range(e.def_steps[step + STEP_OUT_COUNT]):
        x = e.def_steps[step + STEP_SIGNALS + k]
        y = e.def_steps[step + STEP_SIGNALS + e.def_steps[step + STEP_OUTS] + k]
        x_at, y_at, stride = e.regs[2 * x], e.regs[2 * y], e.regs[2 * x + 1]
        if users == live:  # wires are interchangeable: the result takes the place of the input
            e.regs[2 * x] = y_at
            e.regs[2 * y] = x_at
            continue
        helper_reg(e, 0, x_at + first * stride, stride)
        helper_reg(e, 1, y_at + first * stride, stride)
        helper_reg(e, 2, mask, 0)
        helper_reg(e, 3, x_at + first * stride, stride)
        call_helper(e, HELPER_BLEND, n)


@inline
def export_outlets(e: Any, slab: int, group: int, first: int, n: int, live: int) -> None:
    """Keep the rows of lanes that are patched somewhere; rows in which a lane does not sound are zero."""
    width = e.width
    lanes = (e.slab_export[slab] >> (group * width)) & ((1 << width) - 1)
    definition = e.slab_definition[slab]
    while lanes != 0:
        c = lowest_bit(lanes)
        lanes &= lanes - 1
        for outlet in range(OUTLETS):
            reg = e.def_outlets[definition * OUTLETS + outlet]
            at = e.regs[2 * reg] + first * e.regs[2 * reg + 1] + 4 * c
            k = ((slab * OUTLETS + outlet) * BLOCK + first) * LANES + group * width + c
            for _ in range(n):
                value = load_f32(at)
                finite = abs(value) < 1e6  # false for not-a-number
                e.exports[k] = value if (live >> c) & 1 != 0 and finite else np.float32(0.0)
                if slab == 0 and not finite:
                    e.orbits_bad |= 1 << (group * width + c)
                at += e.regs[2 * reg + 1]
                k += LANES


@inline
def run_pass(e: Any, slab: int, group: int, first: int, n: int, live: int, fresh: int) -> None:
    """One group of lanes, one span."""
    definition = e.slab_definition[slab]
    lane = group * e.width
    set_controls(e, slab, group, first, n)
    if e.slab_edge[slab] >= 0:
        add_patches(e, slab, group, first, n)
    row_bytes = e.width * 4
    for w in range(e.def_wires[definition]):
        slow = (e.def_slow_wires[definition] >> w) & 1
        set_reg(e, w, address(e.wires, w * BLOCK * LANES), 0 if slow != 0 else row_bytes)
    for c in range(e.def_constant_count[definition]):
        set_reg(e, FIRST_CONSTANT + c, address(e.def_constants, (definition * CONSTANTS + c) * LANES), 0)
    prepare_env(e, slab, group, first, live)
    env = address(e.env, 0)
    e.passes += 1
    if slab == 0:
        for channel in range(OUTLETS):
            inlet = e.def_inlets[definition * OUTLETS + channel]
            set_reg(e, inlet, address(e.inlets, channel * BLOCK * LANES + lane), LANES * 4)
    for k in range(e.def_step_count[definition]):
        step = (definition * STEPS + k) * STEP_WORDS
        state = (slab * STATE_ROWS + e.def_steps[step + STEP_STATE]) * LANES + lane
        memory = (slab * MEMORIES + max(e.def_steps[step + STEP_MEMORY], 0)) * LANES + lane
        if e.def_steps[step + STEP_RATE] != 0:
            run_control_step(e, step, state, memory, first, fresh)
        elif e.def_steps[step + STEP_TRIGGER] >= 0:
            run_optional(e, slab, step, state, memory, group, first, n, live)
        else:
            call_step(e, step, state, memory, first, n, env)
    if e.slab_export[slab] != 0:
        export_outlets(e, slab, group, first, n, live)


@inline
def clear_column(e: Any, slab: int, lane: int) -> None:
    at = slab * STATE_ROWS * LANES + lane
    for _ in range(e.def_state_rows[e.slab_definition[slab]]):
        e.state[at] = 0
        at += LANES


@inline
def find_spans(e: Any, slab: int) -> int:
    """Rows at which this slab's block is split, with the lanes that sound and that have just started from there on."""
    block_end = e.frame + BLOCK
    taken = e.slab_taken[slab]
    starting, split = 0, e.slab_split[slab] | 1
    left = taken & ~e.slab_live[slab]
    while left != 0:
        lane = lowest_bit(left)
        left &= left - 1
        row = e.lane_start[slab * LANES + lane] - e.frame
        if row < BLOCK:
            starting |= 1 << lane
            split |= 1 << max(row, 0)
    if e.slab_next_end[slab] < block_end:
        left = taken
        while left != 0:
            lane = lowest_bit(left)
            left &= left - 1
            row = e.lane_end[slab * LANES + lane] - e.frame
            if 0 <= row < BLOCK:
                split |= 1 << row
    live, count = e.slab_live[slab], 0
    while split != 0:
        row = lowest_bit(split)
        split &= split - 1
        fresh = 0
        left = starting
        while left != 0:
            lane = lowest_bit(left)
            left &= left - 1
            if e.lane_start[slab * LANES + lane] - e.frame <= row:
                fresh |= 1 << lane
        starting &= ~fresh
        live |= fresh
        left = live if e.slab_next_end[slab] < block_end else 0
        while left != 0:
            lane = lowest_bit(left)
            left &= left - 1
            if e.lane_end[slab * LANES + lane] - e.frame <= row:
                live &= ~(1 << lane)
                fresh &= ~(1 << lane)
        e.span_row[count] = row
        e.span_live[count] = live
        e.span_new[count] = fresh
        count += 1
    e.span_row[count] = BLOCK
    e.slab_live[slab] = live
    return count


@inline
def choose_width(e: Any, slab: int, spans: int) -> None:
    """A narrow pass if the lanes in use fit one, else wide ones: two registers a row hide what one waits for."""
    used, groups = e.slab_export[slab], 0
    for k in range(spans):
        used |= e.span_live[k]
    for group in range(LANES // e.narrow):
        if (used >> (group * e.narrow)) & ((1 << e.narrow) - 1) != 0:
            groups += 1
    wide = groups > 1
    e.width = e.wide if wide else e.narrow
    e.kernel_word = STEP_KERNEL_WIDE if wide else STEP_KERNEL


@inline
def run_slab(e: Any, slab: int) -> None:
    """One block of a slab. Groups of lanes in which nothing sounds are not computed."""
    spans = find_spans(e, slab)
    choose_width(e, slab, spans)
    width = e.width
    group_mask = (1 << width) - 1
    ramps = any_moving(e, slab) | (e.slab_edit[slab] + 1)
    for group in range(LANES // width):
        lane = group * width
        used = 0
        for k in range(spans):
            used |= (e.span_live[k] >> lane) & group_mask
        exporting = (e.slab_export[slab] >> lane) & group_mask
        if used == 0 and ramps == 0 and exporting == 0:
            continue
        for k in range(spans):
            row = e.span_row[k]
            n = e.span_row[k + 1] - row
            live = (e.span_live[k] >> lane) & group_mask
            fresh = (e.span_new[k] >> lane) & group_mask
            if e.slab_edit[slab] >= 0:
                apply_edits(e, slab, row, lane, width)
            left = fresh
            while left != 0:
                c = lowest_bit(left)
                left &= left - 1
                clear_column(e, slab, lane + c)
            if live != 0 or exporting != 0:
                run_pass(e, slab, group, row, n, live, fresh)
            if any_moving(e, slab) != 0:
                advance(e, slab, lane, width, n)
    rest(e, slab)
    settle_edges(e, slab)
    e.slab_split[slab] = 0
    e.slab_edit[slab] = -1


@inline
def measure_lanes(e: Any, slab: int) -> None:
    """Levels of the block, and lanes that gave not-a-number: their sound was kept out, now they end."""
    left = e.slab_live[slab]
    while left != 0:
        lane = lowest_bit(left)
        left &= left - 1
        slot = slab * LANES + lane
        peak = e.lane_peak[slot]
        if not peak < 1e6:
            e.bad_voices += 1
            e.lane_end[slot] = e.frame
            e.slab_next_end[slab] = e.frame
        e.lane_level[slot] = peak
        e.lane_peak[slot] = 0.0
