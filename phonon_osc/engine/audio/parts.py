"""Declares the memory of the audio thread, in parts. Each part has one purpose.

==========  =============================================================================================================
queue       commands on their way in, notices on their way out
slabs       voices: definitions, lanes, controls, patches, delay memory, samples, the orbits' slab
work        scratch for running a slab: registers, wires, spans. Each worker needs its own
outputs     sums of the voices, the mix, its guard, the tap for recordings
inputs      sound that comes in
meters      levels
device      the backend: ports, frames handed out, load
clock       the mapping from time to frames
==========  =============================================================================================================

A function of the audio thread takes the parts that it works on. ``tables`` explains slots, lanes and rows.
"""

from __future__ import annotations

from dsp.structs import Struct

__all__ = ["ENGINE"]

QUEUE = Struct(
    "Queue",
    shared="*i64",  # words that two threads write and read, each on a cache line of its own
    ring="*i64",
    ring_size="i64",
    scratch_record="*i64",  # the control side lays a command out here, then pushes it into the ring
    push_result="i64",
    pool="*i64",  # (pool_size, RECORD)
    pool_size="i64",
    pool_free="i64",
    free_records="*i32",
    heap="*i32",  # pool indices, ordered by (frame, sequence)
    heap_count="i64",
    notices="*i64",
    notice_size="i64",
    notice_reserve="i64",  # places reserved for nodes that end, one for each node number
    notices_lost="i64",  # stays 0 while that reserve is enough
    held_blocks="i64",  # blocks in which commands had to wait because the control side did not read notices
    panicked="i64",  # sequence number of the last panic that was carried out
    log_on="i64",
    executed="i64",
    late="i64",
    late_frames="i64",  # frames by which the latest command was late
)

COUNTS = Struct(
    "Counts",
    active="i64",  # lanes that are taken and not fading out
    lanes_taken="i64",
    nodes="i64",  # lanes with nodes
    started="i64",
    stolen="i64",
    cut="i64",
    refused="i64",  # voices without a free lane or memory
    stale="i64",
    bad_voices="i64",  # voices ended because they gave not-a-number
    bad_orbits="i64",
    visited="i64",  # lanes and slabs visited to find room, a measure of work
)

DEFINITIONS = Struct(
    "Definitions",
    steps="*i64",  # (definition, STEPS, STEP_WORDS)
    step_count="*i32",
    controls="*i32",
    state_rows="*i32",
    memory_count="*i32",
    memory_class="*i32",  # (definition, MEMORIES)
    memory_trigger="*i32",  # (definition, MEMORIES): bit of the optional step that uses it, or -1
    defaults="*f32",  # (definition, CONTROLS)
    smooth="*i32",  # (definition, CONTROLS): frames of a change
    trigger="*i32",  # (definition, CONTROLS): bit of the optional step that the control switches on, or -1
    constants="*f32",  # (definition, CONSTANTS, LANES)
    constant_count="*i32",
    outlets="*i32",  # (definition, OUTLETS): registers
    inlets="*i32",  # (definition, OUTLETS): wires that the engine fills (orbits only)
    wires="*i32",
    slow_wires="*i64",  # bit mask of wires with one row per block
    gate="*i32",  # control that is a gate, or -1
    release="*i32",  # control that is its release time, or -1
    done="*i64",  # voices that have ended or never started
    room="*i32",  # no slab before this one has a free lane of the definition at depth 0; only the audio thread uses it
)

LANES = Struct(
    "Lanes",
    start="*i64",
    end="*i64",
    node="*i64",  # handle of the node, 0 for an event
    orbit="*i32",
    cut="*i32",
    cut_sound="*i64",
    fade="*i32",
    seed="*i32",
    flags="*i32",
    buffer="*i32",  # sample that the command of the lane named, 0 for none
    peak="*f32",
    level="*f32",
    age="*i32",
    blocks="*i32",  # age in blocks, for steps at control rate
)

CONTROLS = Struct(  # tables are (slab, CONTROLS, LANES)
    "Controls",
    now="*f32",
    start="*f32",
    target="*f32",
    position="*f32",  # frames into the ramp
    speed="*f32",  # 1 / frames of the ramp
    bus_map="*i32",  # bus that it follows, or -1
    moving="*i64",  # (slab, MOVING_WORDS): bit mask of controls that are moving
    maps="*i32",  # (slab): how many controls follow a bus
    buses="*f32",
)

EDITS = Struct(  # changes of controls within this block
    "Edits",
    count="i64",
    size="i64",
    first="*i32",  # (slab): first edit of this block, or -1
    last="*i32",
    row="*i32",
    lane="*i32",
    control="*i32",
    frames="*i32",
    value="*f32",
    next="*i32",
)

EDGES = Struct(  # patches
    "Edges",
    size="i64",
    free="i64",  # first free edge, or -1
    first="*i32",  # (slab): first incoming patch, or -1
    source="*i32",  # slot
    outlet="*i32",
    lane="*i32",
    control="*i32",
    before="*f32",  # the old amount, which fades out
    to="*f32",  # the new amount, which fades in and stays
    age="*i32",  # blocks since the amount changed; in block 0 the amounts cross-fade
    next="*i32",  # next edge of the same slab
    out_first="*i32",  # (slot): first outgoing patch, or -1
    out_next="*i32",  # next edge of the same source
    out_before="*i32",
)

NODES = Struct("Nodes", size="i64", slot="*i32", generation="*i32")  # node number -> slot

MEMORIES = Struct(
    "Memories",
    held="*i64",  # (slab, MEMORIES, LANES): addresses
    free_count="*i64",  # number of free memories in each class
    capacity="i64",
    free="*i64",  # (class, capacity): addresses of free memories
    junk="*f32",  # memory for lanes without one: they read and write here
)

SAMPLES = Struct(  # once the audio thread runs, only it writes here
    "Samples",
    data="*i64",
    frames="*i32",
    rate="*f32",
    done="*i64",  # commands that named this sample and are finished
)

ORBITS = Struct(
    "Orbits",
    inlets="*f32",  # (OUTLETS, BLOCK, LANES): the sum of the voices of each orbit
    filled="i64",  # bit mask of orbits whose inlets are not silent
    bad="i64",  # bit mask of orbits that gave not-a-number in this block
    quiet="i64",  # blocks since the last sound
    sleep="i64",  # after so many quiet blocks the effects fall asleep
    ever="*i64",  # (orbit, MOVING_WORDS): bit mask of controls that were ever set
)

CUTS = (
    Struct(  # lanes of cut groups, in two chains: by group (places from 0), by group and sound (from ``count * LANES``)
        "Cuts",
        first="*i32",  # (2, CUT_CHAINS): first place, or -1
        next="*i32",  # (2, lanes)
        before="*i32",  # (2, lanes): the place before; for the first one, -1 - chain
    )
)

STEALING = Struct(  # tables are (1 + memory classes, CANDIDATES + 1)
    "Candidates",
    slot="*i32",  # the voices whose end would be noticed least, the least noticed first
    rank="*i32",
    level="*f32",
    start="*i64",
    frame="*i64",  # for each list: first frame of the block in which it was made
    count="*i64",
    next="*i64",  # the first entry that was not stolen yet
    more="*i64",  # 1: there are more than the list holds
)

SLABS = Struct(
    "Slabs",
    frame="i64",  # first frame of the next block
    rate="f64",
    voices="i64",  # most voices that sound at a time; a further one steals
    count="i64",
    first_free="i64",  # no slab before this one is free
    steal_fade="i64",  # frames in which a stolen voice fades out
    attack="i64",  # frames: the level of a younger lane says nothing yet
    order="*i32",  # slabs in use, by depth, then by number
    order_count="i64",
    definition="*i32",  # its definition; -1: the slab is free
    depth="*i32",
    taken="*i64",  # lanes in use
    live="*i64",  # lanes that sound at the current row
    split="*i64",  # rows of this block at which something starts, changes or ends
    next_end="*i64",
    export="*i64",  # lanes with outgoing patches
    cut="*i64",  # lanes in the chains of a cut group
    fading="*i64",  # lanes that are fading out
    trigger="*i64",  # (slab, TRIGGERS): lanes that use an optional step
    trigger_rows="*f32",  # (slab, TRIGGERS, LANES): the same as 0 and 1
    state="*i32",  # (slab, STATE_ROWS, LANES)
    exports="*f32",  # (slab, 2, OUTLETS, BLOCK, LANES): rows of this block and of the last one, which take turns
    counts=COUNTS,
    definitions=DEFINITIONS,
    lanes=LANES,
    controls=CONTROLS,
    edits=EDITS,
    edges=EDGES,
    nodes=NODES,
    memories=MEMORIES,
    samples=SAMPLES,
    orbits=ORBITS,
    cuts=CUTS,
    candidates=STEALING,
)

WORK = Struct(
    "Work",
    narrow="i64",  # lanes per pass, if one narrow pass is enough
    wide="i64",  # lanes per pass, if not
    width="i64",  # lanes per pass of the slab that runs
    kernel_word="i64",  # the word of a step with the kernel for this width
    env="*i64",
    env_control="*i64",
    regs="*i64",
    wires="*f32",  # (WIRES, BLOCK, LANES)
    ramp_rows="*f32",  # (CONTROLS, BLOCK, LANES)
    span_row="*i64",
    span_live="*i64",
    span_new="*i64",
    saved="*i32",
    helper_regs="*i64",
    helper_steps="*i64",  # step records of the kernels that the engine itself calls
    ramps="i64",  # number of controls written out row by row, a measure of work
    passes="i64",
)

OUTPUTS = Struct(
    "Outputs",
    shared="*i64",  # as the queue's
    sums="*f32",  # (BUCKETS, 1 + ORBITS, OUTLETS, BLOCK, COLUMNS); the first is for voices without an orbit
    used="*i64",  # (BUCKETS): bit mask of orbits with voices in this block
    turns="*i64",  # (BUCKETS): the order in which the buckets are computed; it changes no bit of the sound
    channels="i64",
    route="*i32",  # (orbit): the channel of its left side; its right side goes to the next one
    mix="*f32",  # (channels, BLOCK)
    gain="f64",  # gain of the guard, 1 while nothing is above full scale
    release="f64",  # share of the way back to 1 in each frame
    bad_samples="i64",
    tap="*f32",  # (tap_frames, channels)
    tap_on="i64",
    tap_frames="i64",
    tap_lost="i64",
)

INPUTS = Struct(
    "Inputs",
    shared="*i64",  # as the queue's
    channels="i64",
    ports="*i64",  # JACK's ports
    ring="*f32",  # (channels, INPUT_RING): the input; its place is its frame, modulo the length
    begin="i64",  # first frame in the ring
    end="i64",  # frame after the last one in the ring
    delay="i64",  # frames from the arrival of the input until voices hear it
    block="*f32",  # (channels, BLOCK, 2): the input of this block, as a stereo sample for each channel
    tap="*f32",  # (tap_frames, channels): the input as voices heard it, for a session's recording
    tap_on="i64",
    tap_frames="i64",
    tap_lost="i64",
)

METERS = Struct(
    "Meters",
    orbit_peak="*f32",  # peak of each orbit, which falls slowly
    output_peak="f64",
    decay="f64",  # factor of a level per block
    high="*f32",  # (2, METERS): highest samples of this window and of the last one
    window="i64",  # blocks of a window
    blocks="i64",  # blocks of this window so far
)

DEVICE = Struct(
    "Device",
    engine="i64",  # address of the engine's struct
    process="i64",  # address of the process function
    out_frame="i64",  # frames handed to the backend
    carry="i64",  # frames of the last block that are not handed out yet
    cycles="i64",  # calls of the process function
    load="f64",  # share of real time that the process function takes, smoothed
    load_peak="f64",
    load_median="f64",
    overruns="i64",  # calls that took longer than their sound lasts
    xruns="i64",  # how often the backend skipped frames
    skipped="i64",  # frames that the backend skipped
    skip_max="i64",  # most frames that are computed after an xrun to catch up; a larger gap only shifts the clock
    port_buffer="i64",  # address of jack_port_get_buffer
    ports="*i64",  # (channels): JACK's ports
    places="*i64",  # (channels): addresses for the samples of this cycle
    jack_frame_time="i64",  # address of jack_last_frame_time
    jack_client="i64",
    jack_next="i64",  # expected frame time of the next cycle, -1 before the first
    jack_behind="i64",  # frames by which the last cycle was behind its expected time
)

CLOCK = Struct(  # the smoothed mapping from monotonic time to the device's `out_frame`
    "Clock",
    shared="*i64",  # as the queue's
    rate="f64",
    on="i64",
    function="i64",  # address of clock_gettime
    time="f64",
    frame="i64",
    period="f64",  # seconds per frame
    settled="f64",  # seconds since the mapping began anew
    stepped="f64",  # the same, or less after a step, so that time is followed faster
    late="i64",  # number of cycles in a row that were far too late
    least="f64",  # lateness of the least late of them, seconds
    error="f64",  # last error, seconds
    jitter="f64",  # mean absolute error, seconds
    resets="i64",
)

ENGINE = Struct(
    "Engine",
    queue=QUEUE,
    slabs=SLABS,
    work=WORK,
    outputs=OUTPUTS,
    inputs=INPUTS,
    meters=METERS,
    device=DEVICE,
    clock=CLOCK,
)
