"""The memory of the audio thread, declared once, in parts that say who owns them.

==========  =============================================================================================================
queue       commands on their way in, notices on their way out
slabs       voices: definitions, lanes, controls, patches, delay memory, samples, the orbits' slab
work        scratch of whoever runs a slab: registers, wires, spans. There may be several, one for each worker
outputs     sums of the voices, the mix, its guard, the tap for recordings
inputs      sound from outside
meters      levels
device      the backend: ports, frames handed out, load
clock       the mapping from time to frames
==========  =============================================================================================================

A function of the audio thread takes the parts that it works on. Slots, lanes and rows: see ``tables``.
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
    notice_reserve="i64",  # places kept for nodes that end: one for each node number
    notices_lost="i64",  # stays 0 as long as that reserve does
    held_blocks="i64",  # blocks in which commands had to wait because nobody took notices
    log_on="i64",
    executed="i64",
    late="i64",
    late_frames="i64",  # of the latest, worst
)

COUNTS = Struct(
    "Counts",
    active="i64",  # lanes taken and not fading out
    lanes_taken="i64",
    nodes="i64",  # lanes that carry a node id
    started="i64",
    stolen="i64",
    cut="i64",
    refused="i64",  # no lane or memory could be had
    stale="i64",
    bad_voices="i64",  # killed for not-a-number
    bad_orbits="i64",
    visited="i64",  # lanes and slabs looked at to find room, a measure of work
)

DEFINITIONS = Struct(
    "Definitions",
    steps="*i64",  # (definition, STEPS, STEP_WORDS)
    step_count="*i32",
    controls="*i32",
    state_rows="*i32",
    memory_count="*i32",
    memory_class="*i32",  # (definition, MEMORIES)
    memory_trigger="*i32",  # (definition, MEMORIES): bit of the optional step that it belongs to, or -1
    defaults="*f32",  # (definition, CONTROLS)
    smooth="*i32",  # (definition, CONTROLS): frames of a change
    trigger="*i32",  # (definition, CONTROLS): bit of the optional step a control switches on, or -1
    constants="*f32",  # (definition, CONSTANTS, LANES)
    constant_count="*i32",
    outlets="*i32",  # (definition, OUTLETS): registers
    inlets="*i32",  # (definition, OUTLETS): wires the engine fills (orbits)
    wires="*i32",
    slow_wires="*i64",  # wires that hold one row per block
    gate="*i32",  # control that is a gate, or -1
    release="*i32",  # control that is its release time, or -1
    done="*i64",  # voices that have ended, or never came to sound
    room="*i32",  # no slab below this one has a free lane of the definition at depth 0 (the audio thread's own)
)

LANES = Struct(
    "Lanes",
    start="*i64",
    end="*i64",
    node="*i64",  # node id with its generation, 0 for an event
    orbit="*i32",
    cut="*i32",
    cut_sound="*i64",
    fade="*i32",
    seed="*i32",
    flags="*i32",
    buffer="*i32",  # sample that the lane's own command named, 0 for none
    peak="*f32",
    level="*f32",
    age="*i32",
    blocks="*i32",  # the age in blocks, for steps at control rate
)

CONTROLS = Struct(  # tables are (slab, CONTROLS, LANES)
    "Controls",
    now="*f32",
    start="*f32",
    target="*f32",
    position="*f32",  # frames into the ramp
    speed="*f32",  # 1 / frames of the ramp
    bus_map="*i32",  # bus followed, or -1
    moving="*i64",  # (slab, MOVING_WORDS): controls that move
    maps="*i32",  # (slab): how many controls follow a bus
    buses="*f32",
)

EDITS = Struct(  # changes of controls within the block at hand
    "Edits",
    count="i64",
    size="i64",
    first="*i32",  # (slab): first edit of this block, -1
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
    free="i64",  # first free edge, -1
    first="*i32",  # (slab): first incoming patch, -1
    source="*i32",  # slot
    outlet="*i32",
    lane="*i32",
    control="*i32",
    before="*f32",  # amount that fades out
    to="*f32",  # amount that fades in, then stays
    age="*i32",  # blocks since the amount changed: 0 cross-fades
    next="*i32",  # of the same slab
    out_first="*i32",  # (slot): first outgoing patch, -1
    out_next="*i32",  # of the same source
    out_before="*i32",
)

NODES = Struct("Nodes", size="i64", slot="*i32", generation="*i32")  # node number -> slot

MEMORIES = Struct(
    "Memories",
    held="*i64",  # (slab, MEMORIES, LANES): addresses
    free_count="*i64",  # free memories per class
    capacity="i64",
    free="*i64",  # (class, capacity): addresses of free memories
    junk="*f32",  # where lanes without a memory read and write
)

SAMPLES = Struct(  # written by the audio thread alone once it runs
    "Samples",
    data="*i64",
    frames="*i32",
    rate="*f32",
    done="*i64",  # commands that named this sample and are done with it
)

ORBITS = Struct(
    "Orbits",
    inlets="*f32",  # (OUTLETS, BLOCK, LANES): what the voices gave each orbit
    filled="i64",  # whose inlets hold something
    bad="i64",  # gave not-a-number in this block
    quiet="i64",  # blocks since anything was heard
    sleep="i64",  # blocks of that after which the effects fall asleep
    ever="*i64",  # (orbit, MOVING_WORDS): controls of an orbit that were ever set
)

CUTS = (
    Struct(  # lanes of cut groups, chained twice: by group (places from 0), by group and sound (from ``count * LANES``)
        "Cuts",
        first="*i32",  # (2, CUT_CHAINS): first place, -1
        next="*i32",  # (2, lanes)
        before="*i32",  # (2, lanes): the place before, or -1 - chain for the first one
    )
)

STEALING = Struct(  # tables are (1 + memory classes, CANDIDATES + 1)
    "Candidates",
    slot="*i32",  # voices that would be missed least, those first
    rank="*i32",
    level="*f32",
    start="*i64",
    frame="*i64",  # per list: the block that it was made in
    count="*i64",
    next="*i64",  # the first that was not stolen yet
    more="*i64",  # 1: there are more than the list holds
)

SLABS = Struct(
    "Slabs",
    frame="i64",  # absolute frame of the next block
    rate="f64",
    voices="i64",  # voices sounding at a time; one more and one is stolen
    count="i64",
    first_free="i64",  # no slab below this one is free
    steal_fade="i64",  # frames
    attack="i64",  # frames: a lane younger than this has no level worth comparing
    order="*i32",  # slabs in use, by depth then number
    order_count="i64",
    definition="*i32",  # -1: free
    depth="*i32",
    taken="*i64",  # lanes in use
    live="*i64",  # lanes that sound at the row reached
    split="*i64",  # rows at which something starts, changes or ends in this block
    next_end="*i64",
    export="*i64",  # lanes whose outlets are patched somewhere
    cut="*i64",  # lanes on the chains of a cut group
    fading="*i64",  # lanes that are being faded out
    trigger="*i64",  # (slab, TRIGGERS): lanes that use an optional step
    trigger_rows="*f32",  # (slab, TRIGGERS, LANES): the same as 0 and 1
    state="*i32",  # (slab, STATE_ROWS, LANES)
    exports="*f32",  # (slab, 2, OUTLETS, BLOCK, LANES): of this block and of the one before, which is which changes
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
    narrow="i64",  # lanes per pass where one such pass will do
    wide="i64",  # and where not
    width="i64",  # of the slab that runs
    kernel_word="i64",  # the word of a step that has the kernel for it
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
    helper_steps="*i64",  # step records of the kernels the engine itself calls
    ramps="i64",  # controls written out row by row, a measure of work
    passes="i64",
)

OUTPUTS = Struct(
    "Outputs",
    shared="*i64",  # as the queue's
    sums="*f32",  # (BUCKETS, 1 + ORBITS, OUTLETS, BLOCK, COLUMNS); first come the voices that no orbit gets
    used="*i64",  # (BUCKETS): orbits that something was added to in this block, one bit each
    turns="*i64",  # (BUCKETS): in which order the buckets are computed; no order changes a bit
    channels="i64",
    route="*i32",  # (orbit): the channel that its left side goes to; its right side goes to the next one
    mix="*f32",  # (channels, BLOCK)
    gain="f64",  # of the guard, 1 while nothing is above full scale
    release="f64",  # share of the way back to 1 per frame
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
    ring="*f32",  # (channels, INPUT_RING): what came in, by the frame at which it did
    begin="i64",  # frames from here
    end="i64",  # to here are in the ring
    delay="i64",  # frames from where a sample came in to where it is heard
    block="*f32",  # (channels, BLOCK, 2): the block that voices hear, a stereo sample for each channel
    tap="*f32",  # (tap_frames, channels): what they heard, for a session's recording
    tap_on="i64",
    tap_frames="i64",
    tap_lost="i64",
)

METERS = Struct(
    "Meters",
    orbit_peak="*f32",  # falling slowly
    output_peak="f64",
    decay="f64",  # of a level, per block
    high="*f32",  # (2, METERS): highest samples of this window and of the one before
    window="i64",  # blocks
    blocks="i64",  # of this window so far
)

DEVICE = Struct(
    "Device",
    engine="i64",  # address of the whole
    process="i64",  # address of the process function
    out_frame="i64",  # frames handed to the backend
    carry="i64",  # frames of the last block not handed out yet
    cycles="i64",  # calls of the process function
    load="f64",  # share of real time the process function takes, smoothed
    load_peak="f64",
    load_median="f64",
    overruns="i64",  # calls that took longer than the sound they made lasts
    xruns="i64",  # times the backend skipped frames
    skipped="i64",  # frames it skipped
    skip_max="i64",  # frames that are caught up after an xrun; more only shifts the clock
    port_buffer="i64",  # address of jack_port_get_buffer
    ports="*i64",  # (channels): JACK's ports
    places="*i64",  # (channels): where the samples of this cycle go
    jack_frame_time="i64",  # address of jack_last_frame_time
    jack_client="i64",
    jack_next="i64",  # frame time at which the next cycle should begin, -1 before the first
    jack_behind="i64",  # frames the last cycle was behind it
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
    settled="f64",  # seconds since the mapping was last set anew
    stepped="f64",  # the same, or since shortly before its last step
    late="i64",  # cycles running that were far too late
    least="f64",  # the least late of them, seconds
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
