"""Every table of the audio thread, declared once: what a slab, a lane, a control, a command is in memory.

A *slab* runs one definition at one depth of the graph for ``LANES`` voices; a node is one lane of one slab. Slab 0 is the orbits'
(lane = orbit). Index arithmetic used throughout: lane ``l`` of slab ``s`` is slot ``s * LANES + l``; row ``c`` of a table of rows per
slab begins at ``(s * ROWS + c) * LANES``.
"""

from __future__ import annotations

from dsp.lanes import BLOCK, LANES
from dsp.structs import Struct

__all__ = ["BLOCK", "ENGINE", "LANES"]

CONTROLS = 192  # controls of one definition
MOVING_WORDS = CONTROLS // 64  # words of a bit mask of controls
STATE_ROWS = 512  # state rows of one definition
MEMORIES = 32  # delay memories of one definition
STEPS = 256  # steps of one definition
STEP_WORDS = 160  # words of a step record: 12 and up to 148 signals
TRIGGERS = 32  # optional steps of one definition
WIRES = 48  # signals between the steps of one definition
CONSTANTS = 64
REGS = WIRES + CONTROLS + CONSTANTS
FIRST_CONTROL = WIRES
FIRST_CONSTANT = WIRES + CONTROLS
OUTLETS = 2
ORBITS = 12
METERS = ORBITS + 1  # the orbits, then the output
BUSES = 1024
MAX_PERIOD = 8192
INPUT_RING = 16384  # frames of each input channel, a power of two
MEMORY_CLASSES = (12, 16, 18, 19, 20)  # log2 of the frames of a delay memory; the last two for rates above 62 kHz
MEMORY_GAP = 80  # floats between two memories: a power of two apart, all lanes would share one set of the cache

RECORD = 128  # words of a command
PAIRS = 14  # first control pair of a command

# words of a command; a pair is control | flags << 16 | float bits << 32
OP, FRAME, SEQ, NODE, DEFINITION, ORBIT, DURATION, CUT, CUT_SOUND, SEED, FADE_FRAMES, COUNT, EXTRA, BUFFER = range(14)
MAP_FLAG, ORBIT_FLAG, NIL_FLAG = 1, 2, 4

(OP_NEW, OP_SET, OP_FREE, OP_BUS, OP_PATCH, OP_UNPATCH, OP_MOVE, OP_ORBIT, OP_PANIC, OP_ROUTE, OP_BUFFER, OP_WRITE) = (
    range(1, 13)
)

NOTICE = 4  # words of a notice: kind, node or sequence number, frame, value
(N_STARTED, N_ENDED, N_EXECUTED, N_STALE, N_REFUSED) = range(1, 6)

FADING, RELEASING = 1, 2  # lane flags
FADE = 0  # control 0 of every definition: the lane's own level, 1 unless it is being faded out

# words of `shared`, each on a cache line of its own where two threads write
RING_TAIL, RING_HEAD, NOTICE_TAIL, NOTICE_HEAD, TAP_TAIL, TAP_HEAD, CLOCK_SEQ = (8 * k for k in range(7))
BUFFERS_SEQ = 64  # sequence number of the last change of the samples' table
INPUT_TAP_TAIL, INPUT_TAP_HEAD = 72, 80
SHARED_WORDS = 88

ENGINE = Struct(
    "Engine",
    # fixed at start
    here="i64",  # address of this struct
    process="i64",  # address of the process function
    rate="f64",
    narrow="i64",  # lanes per pass where one such pass will do
    wide="i64",  # and where not
    width="i64",  # of the slab that runs
    kernel_word="i64",  # the word of a step that has the kernel for it
    voices="i64",  # voices sounding at a time; one more and one is stolen
    slabs="i64",
    steal_fade="i64",  # frames
    limiter="i64",  # 0: the orbits' limiters are off
    # position
    frame="i64",  # absolute frame of the next block
    out_frame="i64",  # frames handed to the backend
    carry="i64",  # frames of the last block not handed out yet
    # counters
    active="i64",  # lanes taken and not fading out
    lanes_taken="i64",
    nodes="i64",  # lanes that carry a node id
    started="i64",
    stolen="i64",
    cut="i64",
    refused="i64",  # no lane or memory could be had
    stale="i64",
    late="i64",
    late_frames="i64",  # of the latest, worst
    bad_voices="i64",  # killed for not-a-number
    bad_orbits="i64",
    bad_samples="i64",
    notices_lost="i64",
    tap_lost="i64",
    input_tap_lost="i64",
    executed="i64",
    blocks="i64",
    cycles="i64",  # calls of the process function
    skipped="i64",  # frames the backend skipped (xruns)
    xruns="i64",  # times it did
    overruns="i64",  # calls that took longer than the sound they made lasts
    ramps="i64",  # controls written out row by row, a measure of work
    passes="i64",
    # clock: the smoothed mapping from monotonic time to out_frame
    clock_function="i64",  # address of clock_gettime
    clock_time="f64",
    clock_frame="i64",
    clock_period="f64",  # seconds per frame
    clock_settled="f64",  # seconds since the mapping was last set anew
    clock_stepped="f64",  # the same, or since shortly before its last step
    clock_late="i64",  # cycles running that were far too late
    clock_least="f64",  # the least late of them, seconds
    clock_error="f64",  # last error, seconds
    clock_jitter="f64",  # mean absolute error, seconds
    clock_resets="i64",
    clock_on="i64",
    load="f64",  # share of real time the process function takes, smoothed
    load_peak="f64",
    load_median="f64",
    # backend
    port_buffer="i64",  # address of jack_port_get_buffer
    port_left="i64",
    port_right="i64",
    jack_frame_time="i64",  # address of jack_last_frame_time
    jack_client="i64",
    jack_next="i64",  # frame time at which the next cycle should begin, -1 before the first
    jack_behind="i64",  # frames the last cycle was behind it
    skip_max="i64",  # frames that are caught up after an xrun; more only shifts the clock
    interleaved="i64",
    tap_on="i64",
    tap_frames="i64",
    # inputs
    inputs="i64",  # channels
    input_given="i64",  # address of this cycle's frames, interleaved; 0: none, or the ports have them
    input_ports="*i64",  # JACK's ports
    input_ring="*f32",  # (INPUTS, INPUT_RING): what came in, by the frame at which it did
    input_begin="i64",  # frames from here
    input_end="i64",  # to here are in the ring
    input_delay="i64",  # frames from where a sample came in to where it is heard
    input_block="*f32",  # (INPUTS, BLOCK, 2): the block that voices hear, a stereo sample for each channel
    input_tap="*f32",  # (tap_frames, inputs): what they heard, for a session's recording
    input_tap_on="i64",
    input_tap_frames="i64",
    log_on="i64",
    # command queue
    ring_size="i64",
    pool_size="i64",
    heap_count="i64",
    pool_free="i64",
    notice_size="i64",
    push_result="i64",
    shared="*i64",
    ring="*i64",
    pool="*i64",  # (pool_size, RECORD)
    heap="*i32",  # pool indices, ordered by (frame, sequence)
    free_records="*i32",
    notices="*i64",
    scratch_record="*i64",
    # definitions
    def_steps="*i64",  # (definition, STEPS, STEP_WORDS)
    def_step_count="*i32",
    def_controls="*i32",
    def_state_rows="*i32",
    def_memory_count="*i32",
    def_memory_class="*i32",  # (definition, MEMORIES)
    def_memory_trigger="*i32",  # (definition, MEMORIES): bit of the optional step that it belongs to, or -1
    def_defaults="*f32",  # (definition, CONTROLS)
    def_smooth="*i32",  # (definition, CONTROLS): frames of a change
    def_trigger="*i32",  # (definition, CONTROLS): bit of the optional steps a control switches on, or -1
    def_constants="*f32",  # (definition, CONSTANTS, LANES)
    def_constant_count="*i32",
    def_outlets="*i32",  # (definition, OUTLETS): registers
    def_inlets="*i32",  # (definition, OUTLETS): wires the engine fills (orbits)
    def_wires="*i32",
    def_slow_wires="*i64",  # wires that hold one row per block
    def_gate="*i32",  # control that is a gate, or -1
    def_done="*i64",  # voices that have ended, or never came to sound
    def_release="*i32",  # control that is its release time, or -1
    # slabs
    order="*i32",  # slabs in use, by depth then number
    order_count="i64",
    slab_definition="*i32",  # -1: free
    slab_depth="*i32",
    slab_taken="*i64",  # lanes in use
    slab_live="*i64",  # lanes that sound at the row reached
    slab_split="*i64",  # rows at which something starts, changes or ends in this block
    slab_next_end="*i64",
    slab_moving="*i64",  # (slab, MOVING_WORDS): controls that move
    slab_maps="*i32",  # how many controls follow a bus
    slab_edit="*i32",  # first edit of this block, -1
    slab_edit_last="*i32",
    slab_edge="*i32",  # first incoming patch, -1
    slab_export="*i64",  # lanes whose outlets are patched somewhere
    slab_cut="*i64",  # lanes in a cut group
    slab_trigger="*i64",  # (slab, TRIGGERS): lanes that use an optional step
    slab_trigger_rows="*f32",  # (slab, TRIGGERS, LANES): the same as 0 and 1
    state="*i32",  # (slab, STATE_ROWS, LANES)
    memory="*i64",  # (slab, MEMORIES, LANES): addresses
    exports="*f32",  # (slab, OUTLETS, BLOCK, LANES)
    # lanes
    lane_start="*i64",
    lane_end="*i64",
    lane_node="*i64",  # node id with its generation, 0 for an event
    lane_orbit="*i32",
    lane_cut="*i32",
    lane_cut_sound="*i64",
    lane_fade="*i32",
    lane_seed="*i32",
    lane_flags="*i32",
    lane_buffer="*i32",  # sample that the lane's own command named, 0 for none
    lane_peak="*f32",
    lane_level="*f32",
    lane_age="*i32",
    lane_blocks="*i32",  # the age in blocks, for steps at control rate
    # controls, (slab, CONTROLS, LANES)
    now="*f32",
    start="*f32",
    target="*f32",
    position="*f32",  # frames into the ramp
    speed="*f32",  # 1 / frames of the ramp
    bus_map="*i32",  # bus followed, or -1
    buses="*f32",
    # samples: written by the audio thread alone once it runs
    buffer_data="*i64",
    buffer_frames="*i32",
    buffer_rate="*f32",
    buffer_done="*i64",  # commands that named this sample and are done with it
    # nodes: id -> slot
    node_slot="*i32",
    node_generation="*i32",
    node_count="i64",
    # edits of this block
    edit_count="i64",
    edit_size="i64",
    edit_row="*i32",
    edit_lane="*i32",
    edit_control="*i32",
    edit_frames="*i32",
    edit_value="*f32",
    edit_next="*i32",
    # patches
    edge_size="i64",
    edge_free="i64",  # first free edge, -1
    edge_source="*i32",  # slot
    edge_outlet="*i32",
    edge_lane="*i32",
    edge_control="*i32",
    edge_from="*f32",
    edge_to="*f32",
    edge_age="*i32",  # blocks since the amount changed: 0 cross-fades
    edge_next="*i32",
    # delay memory
    class_count="*i64",  # free memories per class
    class_capacity="i64",
    class_base="*i64",  # address of each class's first memory
    junk="*f32",  # where lanes without a memory read and write
    # one pass
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
    # orbits and output
    sums="*f32",  # (ORBITS, 2, BLOCK, 16)
    orbits_used="i64",
    orbits_filled="i64",  # whose inlets hold something
    orbits_bad="i64",  # gave not-a-number in this block
    orbit_quiet="i64",  # blocks since anything was heard
    orbit_ever="*i64",  # (orbit, MOVING_WORDS): controls of an orbit that were ever set
    orbit_peak="*f32",
    meter_high="*f32",  # (2, METERS): highest samples of this window and of the one before
    meter_window="i64",  # blocks
    meter_blocks="i64",  # of this window so far
    meter_decay="f64",  # of a level, per block
    master_peak="f64",
    master_release="f64",  # share of the way back to 1 per frame
    mix="*f32",  # (2, BLOCK)
    master_gain="f64",
    tap="*f32",
    inlets="*f32",  # (2, BLOCK, LANES): what the voices gave each orbit
)
