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
def take_inputs(inputs: Any, device: Any, frames: int, given: int) -> None:
    """Keep this cycle's input, interleaved at the address ``given`` or (0) in JACK's ports; ``out_frame`` is its first frame."""
    if inputs.end != device.out_frame:  # after frames that the backend skipped, or before the first cycle
        inputs.begin = device.out_frame
    frames = min(frames, INPUT_RING // 2)
    if frames > device.carry and (frames - device.carry) % BLOCK != 0:
        inputs.delay = BLOCK
    for channel in range(inputs.channels):
        at, stride = given + 4 * channel, 4 * inputs.channels
        if given == 0:
            at, stride = 0, 4
            if inputs.ports[channel] != 0:
                at = call_c(device.port_buffer, inputs.ports[channel], frames)
        row = channel * INPUT_RING
        for k in range(device.out_frame, device.out_frame + frames):
            value = np.float32(0.0)
            if at != 0:
                value = load_f32(at)
                at += stride
            inputs.ring[row + (k & (INPUT_RING - 1))] = value if abs(value) < FULL else np.float32(0.0)
    inputs.end = device.out_frame + frames


@inline
def fill_inputs(slabs: Any, inputs: Any) -> None:
    """The input of the block that begins at ``frame``; silence where nothing came in."""
    oldest = max(inputs.begin, inputs.end - INPUT_RING)
    for channel in range(inputs.channels):
        row, to = channel * INPUT_RING, channel * 2 * BLOCK
        for k in range(slabs.frame - inputs.delay, slabs.frame - inputs.delay + BLOCK):
            value = np.float32(0.0)
            if k >= oldest and k < inputs.end:
                value = inputs.ring[row + (k & (INPUT_RING - 1))]
            inputs.block[to] = value
            inputs.block[to + 1] = value
            to += 2
    write_input_tap(inputs)


@inline
def write_input_tap(inputs: Any) -> None:
    """Copy what is heard to whoever keeps it; a reader too far behind loses the block, counted."""
    if inputs.tap_on == 0:
        return
    tail = inputs.shared[INPUT_TAP_TAIL]
    if tail - atomic_load(inputs.shared, INPUT_TAP_HEAD) > inputs.tap_frames - BLOCK:
        inputs.tap_lost += BLOCK
        return
    for i in range(BLOCK):
        at = ((tail + i) % inputs.tap_frames) * inputs.channels
        for channel in range(inputs.channels):
            inputs.tap[at + channel] = inputs.block[(channel * BLOCK + i) * 2]
    atomic_store(inputs.shared, INPUT_TAP_TAIL, tail + BLOCK)
