"""RT: audio inputs. Frames of the backend go through a ring to the block that voices hear.

The input of a cycle is heard in the output of the same cycle, without delay, as long as all cycles are whole blocks. After a cycle of
another length, some blocks have to be computed before all of their input has arrived. So from then on the input is heard one block
later.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import inline
from dsp.machine import atomic_load, atomic_store, call_c, load_f32

from .tables import BLOCK, INPUT_RING, INPUT_TAP_HEAD, INPUT_TAP_TAIL

FULL = 1e4  # larger samples are an error and count as silence, as in `dsp.routing.out`


@inline
def take_inputs(inputs: Any, device: Any, frames: int, given: int) -> None:
    """Store this cycle's input. It is interleaved at the address ``given``, or in JACK's ports if that is 0. Begins at ``out_frame``."""
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
    """Fill the input of the block that begins at ``frame``. Frames without input are silent."""
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
    """Copy the block's input to the tap, for a recording. If the reader is too far behind, the block is lost and counted."""
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
