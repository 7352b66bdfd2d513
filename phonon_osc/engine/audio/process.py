"""RT: the process function, which makes all sound. Every backend calls it, with a number of frames and addresses to put them."""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline
from dsp.machine import (
    address,
    call_c,
    call_process,
    denormals_off,
    denormals_restore,
    load_i64,
    store_f32,
    store_i64,
    touch_stack,
)

from .clock import lock_clock, now
from .commands import execute_due, make_room_for_panic
from .controls import follow_buses
from .inputs import fill_inputs, take_inputs
from .output import (
    guard_master,
    run_orbits,
    run_voices,
    turn_meters,
    write_tap,
)
from .parts import ENGINE
from .patches import settle_edges
from .plan import (
    measure_lanes,
)
from .queue import drain_ring
from .slots import end_lanes
from .tables import BLOCK

LOAD_SMOOTH = 0.05
LOAD_STEP = 0.01  # step of the running median of the load, which a single slow cycle hardly moves
LOAD_TO_CATCH_UP = 0.4  # share of real time; above it, catching up would cause the next xrun
USER_DATA = 48  # offset of pUserData in miniaudio's ma_device (checked when the device is opened)
PROCESS, PLACES, CHANNELS = (ENGINE.offset(path) for path in ("device.process", "device.places", "outputs.channels"))


@inline
def render_block(e: Any) -> None:
    """Compute the 64 frames that begin at ``frame`` into ``mix``."""
    drain_ring(e.queue)
    make_room_for_panic(e.queue, e.slabs)
    if e.inputs.channels > 0:
        fill_inputs(e.slabs, e.inputs)
    e.slabs.edits.count = 0
    execute_due(e.queue, e.slabs)
    for k in range(e.slabs.order_count):
        follow_buses(e.slabs, e.slabs.order[k])
    run_voices(e.slabs, e.work, e.outputs)
    for k in range(e.slabs.order_count):
        slab = e.slabs.order[k]
        settle_edges(e.slabs, slab)
        if slab != 0:
            measure_lanes(e.slabs, slab)
    run_orbits(e.slabs, e.work, e.outputs, e.meters)
    guard_master(e.outputs, e.meters)
    turn_meters(e.meters)
    write_tap(e.outputs)
    e.slabs.frame += BLOCK
    k = e.slabs.order_count - 1
    while k >= 0:  # backwards, since a slab that becomes empty leaves the order
        slab = e.slabs.order[k]
        if slab != 0:
            end_lanes(e.queue, e.slabs, slab, e.slabs.frame)
        k -= 1
    e.device.carry = BLOCK


@inline
def fill(e: Any, frames: int, places: int, stride: int) -> None:
    """Hand out ``frames`` frames, and compute blocks as they are needed."""
    done = 0
    while done < frames:
        if e.device.carry == 0:
            render_block(e)
        first = BLOCK - e.device.carry
        n = min(e.device.carry, frames - done)
        mix = e.outputs.mix
        for channel in range(e.outputs.channels if places != 0 else 0):
            to = load_i64(places + 8 * channel)
            if to != 0:
                to += done * stride
                for i in range(channel * BLOCK + first, channel * BLOCK + first + n):
                    store_f32(to, mix[i])
                    to += stride
        e.device.carry -= n
        e.device.out_frame += n
        done += n


@inline
def measure_load(device: Any, clock: Any, begin: float, frames: int) -> None:
    if clock.function == 0 or frames <= 0:
        return
    share = (now(clock) - begin) * clock.rate / frames
    device.load += LOAD_SMOOTH * (share - device.load)
    device.load_peak = max(device.load_peak * 0.999, share)
    if share > 1.0:
        device.overruns += 1
    device.load_median += LOAD_STEP if share > device.load_median else -LOAD_STEP


@inline
def run(e: Any, frames: int, places: int, stride: int, given: int) -> None:
    mode = denormals_off()
    if e.device.cycles == 0:
        touch_stack()
    begin = now(e.clock)
    if places != 0:  # no places: frames are thrown away to catch up, and say nothing about time
        lock_clock(e.device, e.clock, begin, frames)
        e.device.cycles += 1
        if e.inputs.channels > 0 and e.clock.on != 0:
            take_inputs(e.inputs, e.device, frames, given)
    fill(e, frames, places, stride)
    measure_load(e.device, e.clock, begin, frames)
    denormals_restore(mode)


def process(e: Any, frames: int, places: int, stride: int, given: int) -> None:
    """Compute the next ``frames`` frames of all output channels.

    places: address of a table with the address of the first sample of each channel, 0 for no channel. 0: the frames are thrown away.
    stride: bytes from one frame of a channel to the next.
    given: address of the input during these frames, interleaved. 0: there is none, or it is in JACK's ports.
    """
    run(e, frames, places, stride, given)


@inline
def skipped_frames(device: Any, time: int, frames: int) -> int:
    """Frames that JACK has skipped. They count only when two cycles in a row are behind JACK's clock.

    A callback that runs late reads the time of the next cycle, and the next one reads the same time again. Then nothing is missing.
    """
    if device.jack_next < 0:
        device.jack_next = time
    behind = (time - device.jack_next) & 0xFFFFFFFF
    if behind >= 1 << 31:
        behind = 0
    missing = min(behind, device.jack_behind)
    device.jack_behind = behind - missing
    device.jack_next = (device.jack_next + missing + frames) & 0xFFFFFFFF
    return int(missing)


def process_jack(frames: int, e: Any) -> None:
    """JACK's process callback. It asks for the port buffers in every cycle, since they may change.

    After an xrun the missed frames are computed and thrown away, so that later sound is at the time of its timetags. If the load is
    too high for that, or the gap too long, the clock is set anew instead.
    """
    frames &= 0xFFFFFFFF
    time = call_c(e.device.jack_frame_time, e.device.jack_client, 0) & 0xFFFFFFFF
    skipped = skipped_frames(e.device, time, frames)
    if skipped > 0:
        e.device.skipped += skipped
        e.device.xruns += 1
        if skipped <= e.device.skip_max and e.device.load_median < LOAD_TO_CATCH_UP:
            call_process(e.device.process, e.device.engine, skipped, 0, 0, 0)
        else:
            e.clock.time = 0.0
    for channel in range(e.outputs.channels):
        e.device.places[channel] = call_c(e.device.port_buffer, e.device.ports[channel], frames)
    call_process(e.device.process, e.device.engine, frames, address(e.device.places, 0), 4, 0)


def process_interleaved(device: int, out: int, given: int, frames: int) -> None:
    """miniaudio's data callback. The device's user data is the address of the engine."""
    engine = load_i64(device + USER_DATA)
    places, channels = load_i64(engine + PLACES), load_i64(engine + CHANNELS)
    for channel in range(channels):
        store_i64(places + 8 * channel, out + 4 * channel)
    call_process(load_i64(engine + PROCESS), engine, frames & 0xFFFFFFFF, places, 4 * channels, given)
