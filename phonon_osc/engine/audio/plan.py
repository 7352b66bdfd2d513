"""RT: runs a slab: its plan of kernels, for each group of lanes, span by span."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.abi import (
    ENV,
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

from .controls import advance, any_moving, apply_edits, cell, settle_arrived
from .spans import choose_width, find_spans
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

HELPER_RAMP, HELPER_BLEND, HELPER_ADD, HELPER_SUBTRACT = range(4)  # records in helper_steps
HELPERS = ("ramp", "select", "add", "subtract")  # their kinds
AGE_MAX = 1 << 30
BLOCK_BITS = BLOCK.bit_length() - 1
(E_FRAME, E_AGE, E_SEED, E_ORBIT, E_PEAK, E_ACTIVE, E_COLUMN) = (
    ENV.offsets[name] // 8 for name in ("frame", "age", "seed", "orbit", "peak", "active", "column")
)


@inline
def set_reg(work: Any, reg: int, at: int, stride: int) -> None:
    work.regs[2 * reg] = at
    work.regs[2 * reg + 1] = stride


@inline
def helper_reg(work: Any, reg: int, at: int, stride: int) -> None:
    work.helper_regs[2 * reg] = at
    work.helper_regs[2 * reg + 1] = stride


@inline
def call_helper(work: Any, helper: int, n: int) -> None:
    step = helper * STEP_WORDS
    kernel = work.helper_steps[step + work.kernel_word]
    call_kernel(
        kernel, address(work.helper_regs, 0), address(work.helper_steps, step), 0, 0, 0, n, address(work.env, 0)
    )


@inline
def set_controls(slabs: Any, work: Any, slab: int, group: int, first: int, n: int) -> None:
    """Set the registers of the controls for this pass: one row if settled, else rows that are written out for this span."""
    definition = slabs.definition[slab]
    lane = group * work.width
    row_bytes = work.width * 4
    for control in range(slabs.definitions.controls[definition]):
        set_reg(work, FIRST_CONTROL + control, address(slabs.controls.now, cell(slab, control, lane)), 0)
    for word in range(MOVING_WORDS):
        moving = slabs.controls.moving[slab * MOVING_WORDS + word]
        while moving != 0:
            control = lowest_bit(moving) + 64 * word
            moving &= moving - 1
            at = cell(slab, control, lane)
            rows = address(work.ramp_rows, control * BLOCK * LANES)
            helper_reg(work, 0, address(slabs.controls.start, at), 0)
            helper_reg(work, 1, address(slabs.controls.target, at), 0)
            helper_reg(work, 2, address(slabs.controls.position, at), 0)
            helper_reg(work, 3, address(slabs.controls.speed, at), 0)
            helper_reg(work, 4, rows + first * row_bytes, row_bytes)
            call_helper(work, HELPER_RAMP, n)
            work.ramps += 1
            set_reg(work, FIRST_CONTROL + control, rows, row_bytes)


@inline
def exported(slabs: Any, slab: int, outlet: int, late: int) -> int:
    """Number of the first row of an outlet in the slab's exports: of this block, or of the last one if ``late`` is 1.

    No patch reads the orbits' last block, so they use one place, which stays in the cache.
    """
    half = (slabs.frame // BLOCK - late) & 1 if slab != 0 else 0
    return int(((slab * 2 + half) * OUTLETS + outlet) * BLOCK)


@inline
def add_patches(slabs: Any, work: Any, slab: int, group: int, first: int, n: int) -> None:
    """Add the patches into controls of this group's lanes. A changed amount cross-fades during its first block."""
    width = work.width
    row_bytes = width * 4
    k = slabs.edges.first[slab]
    while k >= 0:
        lane = slabs.edges.lane[k]
        if lane // width == group and slabs.edges.source[k] >= 0:
            control = slabs.edges.control[k]
            reg = FIRST_CONTROL + control
            rows = address(work.ramp_rows, control * BLOCK * LANES)
            if work.regs[2 * reg + 1] == 0:
                settled = work.regs[2 * reg]
                for i in range(first, first + n):
                    for c in range(width):
                        store_f32(rows + i * row_bytes + c * 4, load_f32(settled + c * 4))
                set_reg(work, reg, rows, row_bytes)
            source = slabs.edges.source[k]
            # a source at the same depth may run at the same time, and a deeper one runs later: read their last block
            late = 1 if slabs.depth[source // LANES] >= slabs.depth[slab] else 0
            rows_of = exported(slabs, source // LANES, slabs.edges.outlet[k], late)
            at = address(slabs.exports, (rows_of + first) * LANES + source % LANES)
            to = rows + first * row_bytes + (lane - group * width) * 4
            fading = slabs.edges.age[k] == 0
            for i in range(n):
                amount = slabs.edges.to[k]
                if fading:
                    amount = slabs.edges.before[k] + (slabs.edges.to[k] - slabs.edges.before[k]) * (
                        (first + i + 1) / BLOCK
                    )
                store_f32(to, load_f32(to) + amount * load_f32(at))
                to += row_bytes
                at += LANES * 4
        k = slabs.edges.next[k]


@inline
def set_env(env: Any, lanes: Any, slot: int, lane: int, live: int) -> None:
    env[E_SEED] = address(lanes.seed, slot)
    env[E_ORBIT] = address(lanes.orbit, slot)
    env[E_PEAK] = address(lanes.peak, slot)
    env[E_ACTIVE] = live
    env[E_COLUMN] = lane


@inline
def prepare_env(slabs: Any, work: Any, slab: int, group: int, first: int, live: int) -> None:
    """Fill the kernels' environment for the lanes of this pass. At control rate, time is counted in blocks."""
    lane = group * work.width
    slot = slab * LANES + lane
    frame = slabs.frame + first
    # each pointer is loaded once: the compiler has to assume that a store through one of them changes the others
    starts, ages, blocks = slabs.lanes.start, slabs.lanes.age, slabs.lanes.blocks
    for k in range(slot, slot + work.width):
        age = min(max(frame - starts[k], 0), AGE_MAX)
        ages[k] = age
        blocks[k] = (age + BLOCK - 1) >> BLOCK_BITS  # the first block that begins after the onset has age 1
    work.env[E_FRAME] = frame
    work.env[E_AGE] = address(slabs.lanes.age, slot)
    work.env_control[E_FRAME] = frame // BLOCK
    work.env_control[E_AGE] = address(slabs.lanes.blocks, slot)
    set_env(work.env, slabs.lanes, slot, lane, live)
    set_env(work.env_control, slabs.lanes, slot, lane, live)


@inline
def call_step(slabs: Any, work: Any, step: int, state: int, memory: int, first: int, n: int, env: int) -> None:
    call_kernel(
        slabs.definitions.steps[step + work.kernel_word],
        address(work.regs, 0),
        address(slabs.definitions.steps, step),
        address(slabs.state, state),
        address(slabs.memories.held, memory),
        first,
        n,
        env,
    )


@inline
def exchange(slabs: Any, work: Any, step: int, state: int, width: int, fresh: int, restore: bool) -> None:
    """Save the state and outputs of a step, or restore them for all lanes except the fresh ones."""
    k = 0
    for r in range(slabs.definitions.steps[step + STEP_STATE_ROWS]):
        for c in range(width):
            if not restore:
                work.saved[k] = slabs.state[state + r * LANES + c]
            elif (fresh >> c) & 1 == 0:
                slabs.state[state + r * LANES + c] = work.saved[k]
            k += 1
    first_out = step + STEP_SIGNALS + slabs.definitions.steps[step + STEP_OUTS]
    for o in range(slabs.definitions.steps[step + STEP_OUT_COUNT]):
        at = work.regs[2 * slabs.definitions.steps[first_out + o]]
        for c in range(width):
            if not restore:
                store_f32(address(work.saved, k), load_f32(at + 4 * c))
            elif (fresh >> c) & 1 == 0:
                store_f32(at + 4 * c, load_f32(address(work.saved, k)))
            k += 1


@inline
def run_control_step(slabs: Any, work: Any, step: int, state: int, memory: int, first: int, fresh: int) -> None:
    """Run a step of control rate once per block. In a later span, only lanes that have just started take its result."""
    env = address(work.env_control, 0)
    if first == 0:
        call_step(slabs, work, step, state, memory, 0, 1, env)
    elif fresh != 0:
        exchange(slabs, work, step, state, work.width, fresh, False)
        call_step(slabs, work, step, state, memory, first, 1, env)
        exchange(slabs, work, step, state, work.width, fresh, True)


@inline
def run_optional(
    slabs: Any, work: Any, slab: int, step: int, state: int, memory: int, group: int, first: int, n: int, live: int
) -> None:
    """Run an optional step. It is skipped if no lane uses it. Lanes that do not use it keep their values."""
    trigger = slabs.definitions.steps[step + STEP_TRIGGER]
    users = (slabs.trigger[slab * TRIGGERS + trigger] >> (group * work.width)) & live
    if users == 0:
        return
    work.env[E_ACTIVE] = users  # per_lane kinds skip the other lanes
    call_step(slabs, work, step, state, memory, first, n, address(work.env, 0))
    work.env[E_ACTIVE] = live
    mask = address(slabs.trigger_rows, (slab * TRIGGERS + trigger) * LANES + group * work.width)
    for k in range(slabs.definitions.steps[step + STEP_OUT_COUNT]):
        x = slabs.definitions.steps[step + STEP_SIGNALS + k]
        y = slabs.definitions.steps[step + STEP_SIGNALS + slabs.definitions.steps[step + STEP_OUTS] + k]
        x_at, y_at, stride = work.regs[2 * x], work.regs[2 * y], work.regs[2 * x + 1]
        if users == live:  # all lanes use the step: swap the wires instead of copying
            work.regs[2 * x] = y_at
            work.regs[2 * y] = x_at
            continue
        helper_reg(work, 0, x_at + first * stride, stride)
        helper_reg(work, 1, y_at + first * stride, stride)
        helper_reg(work, 2, mask, 0)
        helper_reg(work, 3, x_at + first * stride, stride)
        call_helper(work, HELPER_BLEND, n)


@inline
def export_outlets(slabs: Any, work: Any, slab: int, group: int, first: int, n: int, live: int) -> None:
    """Store the rows of lanes with outgoing patches. Rows in which a lane does not sound are zero."""
    width = work.width
    lanes = (slabs.export[slab] >> (group * width)) & ((1 << width) - 1)
    definition = slabs.definition[slab]
    while lanes != 0:
        c = lowest_bit(lanes)
        lanes &= lanes - 1
        for outlet in range(OUTLETS):
            reg = slabs.definitions.outlets[definition * OUTLETS + outlet]
            at = work.regs[2 * reg] + first * work.regs[2 * reg + 1] + 4 * c
            k = (exported(slabs, slab, outlet, 0) + first) * LANES + group * width + c
            for _ in range(n):
                value = load_f32(at)
                finite = abs(value) < 1e6  # false for not-a-number
                slabs.exports[k] = value if (live >> c) & 1 != 0 and finite else np.float32(0.0)
                if slab == 0 and not finite:
                    slabs.orbits.bad |= 1 << (group * width + c)
                at += work.regs[2 * reg + 1]
                k += LANES


@inline
def run_pass(slabs: Any, work: Any, slab: int, group: int, first: int, n: int, live: int, fresh: int) -> None:
    """Run the plan for one group of lanes and one span."""
    definition = slabs.definition[slab]
    lane = group * work.width
    set_controls(slabs, work, slab, group, first, n)
    if slabs.edges.first[slab] >= 0:
        add_patches(slabs, work, slab, group, first, n)
    row_bytes = work.width * 4
    for w in range(slabs.definitions.wires[definition]):
        slow = (slabs.definitions.slow_wires[definition] >> w) & 1
        set_reg(work, w, address(work.wires, w * BLOCK * LANES), 0 if slow != 0 else row_bytes)
    for c in range(slabs.definitions.constant_count[definition]):
        set_reg(work, FIRST_CONSTANT + c, address(slabs.definitions.constants, (definition * CONSTANTS + c) * LANES), 0)
    prepare_env(slabs, work, slab, group, first, live)
    env = address(work.env, 0)
    work.passes += 1
    if slab == 0:
        for channel in range(OUTLETS):
            inlet = slabs.definitions.inlets[definition * OUTLETS + channel]
            set_reg(work, inlet, address(slabs.orbits.inlets, channel * BLOCK * LANES + lane), LANES * 4)
    for k in range(slabs.definitions.step_count[definition]):
        step = (definition * STEPS + k) * STEP_WORDS
        state = (slab * STATE_ROWS + slabs.definitions.steps[step + STEP_STATE]) * LANES + lane
        memory = (slab * MEMORIES + max(slabs.definitions.steps[step + STEP_MEMORY], 0)) * LANES + lane
        if slabs.definitions.steps[step + STEP_RATE] != 0:
            run_control_step(slabs, work, step, state, memory, first, fresh)
        elif slabs.definitions.steps[step + STEP_TRIGGER] >= 0:
            run_optional(slabs, work, slab, step, state, memory, group, first, n, live)
        else:
            call_step(slabs, work, step, state, memory, first, n, env)
    if slabs.export[slab] != 0:
        export_outlets(slabs, work, slab, group, first, n, live)


@inline
def clear_column(slabs: Any, slab: int, lane: int) -> None:
    at = slab * STATE_ROWS * LANES + lane
    for _ in range(slabs.definitions.state_rows[slabs.definition[slab]]):
        slabs.state[at] = 0
        at += LANES


@inline
def run_slab(slabs: Any, work: Any, slab: int) -> None:
    """Run one block of a slab. Groups of lanes without sound are skipped."""
    spans = find_spans(slabs, work, slab)
    choose_width(slabs, work, slab, spans)
    width = work.width
    group_mask = (1 << width) - 1
    ramps = any_moving(slabs.controls, slab) | (slabs.edits.first[slab] + 1)
    for group in range(LANES // width):
        lane = group * width
        used = 0
        for k in range(spans):
            used |= (work.span_live[k] >> lane) & group_mask
        exporting = (slabs.export[slab] >> lane) & group_mask
        if used == 0 and ramps == 0 and exporting == 0:
            continue
        for k in range(spans):
            row = work.span_row[k]
            n = work.span_row[k + 1] - row
            live = (work.span_live[k] >> lane) & group_mask
            fresh = (work.span_new[k] >> lane) & group_mask
            if slabs.edits.first[slab] >= 0:
                apply_edits(slabs, slab, row, lane, width)
            left = fresh
            while left != 0:
                c = lowest_bit(left)
                left &= left - 1
                clear_column(slabs, slab, lane + c)
            if live != 0 or exporting != 0:
                run_pass(slabs, work, slab, group, row, n, live, fresh)
            if any_moving(slabs.controls, slab) != 0:
                advance(slabs.controls, slab, lane, width, n)
    settle_arrived(slabs.controls, slab)
    slabs.split[slab] = 0
    slabs.edits.first[slab] = -1


@inline
def measure_lanes(slabs: Any, slab: int) -> None:
    """Measure the levels of the block, and end lanes that gave not-a-number, which was not added to the sums."""
    left = slabs.live[slab]
    while left != 0:
        lane = lowest_bit(left)
        left &= left - 1
        slot = slab * LANES + lane
        peak = slabs.lanes.peak[slot]
        if not peak < 1e6:
            slabs.counts.bad_voices += 1
            slabs.lanes.end[slot] = slabs.frame
            slabs.next_end[slab] = slabs.frame
        slabs.lanes.level[slot] = peak
        slabs.lanes.peak[slot] = 0.0
