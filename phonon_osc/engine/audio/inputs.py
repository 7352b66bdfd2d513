"""RT: audio inputs: from the backend's frames, through a ring, to the block that voices hear.

What comes in during a cycle belongs to the frames that go out in it, and is heard in them: no delay, as long as the cycles are whole
blocks. Where they are not, some block has to be computed before all of its input is there; then everything is heard one block later, for
good.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import inline
from dsp.machine import atomic_load, atomic_store, call_c, load_f32

from .tables import BLOCK, INPUT_RING, INPUT_TAP_HEAD, INPUT_TAP_TAIL

FULL = 1e4  # nothing that is still music, as `dsp.routing.out` has it


@inline
def take_inputs(e: Any, frames: int) -> None:
    """Keep this cycle's input; ``out_frame`` is its first frame."""
    if e.input_end != e.out_frame:  # after frames that the backend skipped, or before the first cycle
        e.input_begin = e.out_frame
    frames = min(frames, INPUT_RING // 2)
    if frames > e.carry and (frames - e.carry) % BLOCK != 0:
        e.input_delay = BLOCK
    for channel in range(e.inputs):
        at, stride = e.input_given + 4 * channel, 4 * e.inputs
        if e.input_given == 0:
            at, stride = 0, 4
            if e.input_ports[channel] != 0:
                at = call_c(e.port_buffer, e.input_ports[channel], frames)
        row = channel * INPUT_RING
        for k in range(e.out_frame, e.out_frame + frames):
            value = np.float32(0.0)
            if at != 0:
                value = load_f32(at)
                at += stride
            e.input_ring[row + (k & (INPUT_RING - 1))] = value if abs(value) < FULL else np.float32(0.0)
    e.input_end = e.out_frame + frames
    e.input_given = 0


@inline
def fill_inputs(e: Any) -> None:
    """The input of the block that begins at ``frame``; silence where nothing came in."""
    oldest = max(e.input_begin, e.input_end - INPUT_RING)
    for channel in range(e.inputs):
        row, to = channel * INPUT_RING, channel * 2 * BLOCK
        for k in range(e.frame - e.input_delay, e.frame - e.input_delay + BLOCK):
            value = np.float32(0.0)
            if k >= oldest and k < e.input_end:
                value = e.input_ring[row + (k & (INPUT_RING - 1))]
            e.input_block[to] = value
            e.input_block[to + 1] = value
            to += 2
    write_input_tap(e)


@inline
def write_input_tap(e: Any) -> None:
    """Copy what is heard to whoever keeps it; a reader too far behind loses the block, counted."""
    if e.input_tap_on == 0:
        return
    tail = e.shared[INPUT_TAP_TAIL]
    if tail - atomic_load(e.shared, INPUT_TAP_HEAD) > e.input_tap_frames - BLOCK:
        e.input_tap_lost += BLOCK
        return
    for i in range(BLOCK):
        at = ((tail + i) % e.input_tap_frames) * e.inputs
        for channel in range(e.inputs):
            e.input_tap[at + channel] = e.input_block[(channel * BLOCK + i) * 2]
    atomic_store(e.shared, INPUT_TAP_TAIL, tail + BLOCK)
