"""All memory of an engine, sized from one number (voices) and made resident before the first sound."""

from __future__ import annotations

import ctypes
import ctypes.util
import math
import mmap
from dataclasses import dataclass
from typing import Any

import numpy as np

from dsp.abi import ENV, STEP_KERNEL
from dsp.lanes import BLOCK, LANES
from dsp.routing.audio_in import FIRST_INPUT, INPUTS
from dsp.structs import StructView, aligned_zeros
from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.audio.output import SLEEP_BLOCKS
from phonon_osc.engine.definition import Definition

DEFINITIONS = 512
BUFFERS = FIRST_INPUT  # samples; after them come the inputs
SILENCE = 4096  # frames of sample 0: enough for a player's fast path
FOREVER = 1 << 62


def _filled_by_python(count: int, dtype: Any) -> np.ndarray:
    """Zeros that take memory page by page as they are written; numpy's own large arrays ask for huge pages, most of them empty here."""
    pages = mmap.mmap(-1, max(1, count * np.dtype(dtype).itemsize), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return np.frombuffer(pages, dtype, count)


@dataclass(frozen=True)
class Sizes:
    """What ``--voices`` turns into."""

    voices: int
    slabs: int
    ring: int
    pool: int
    notices: int
    edits: int
    edges: int
    nodes: int
    memories: tuple[int, ...]  # delay memories per class
    tap_frames: int
    inputs: int

    @classmethod
    def of(
        cls, voices: int, tap_seconds: float, rate: float, orbit_memories: tuple[int, ...] = (), inputs: int = 0
    ) -> Sizes:
        """``orbit_memories``: class of each delay memory that one orbit holds. ``inputs``: channels of sound from outside."""
        if not 16 <= voices <= 16384:
            raise ValueError(f"voices: {voices} is not between 16 and 16384")
        if not 0 <= inputs <= INPUTS:
            raise ValueError(f"inputs: {inputs} is not between 0 and {INPUTS}")
        full = -(-voices // LANES)
        orbits = [t.ORBITS * orbit_memories.count(k) for k in range(len(t.MEMORY_CLASSES))]
        fast = 2 if rate > 62000.0 else 0
        spare = (max(64, voices // 2), max(16, voices // 32), max(4, voices // 256), fast, fast)
        return cls(
            voices=voices,
            # the orbits' slab, the voices packed, and as many again (to a point) for definitions of few voices each
            slabs=1 + full + min(voices, 96),
            ring=1024,
            pool=max(2048, min(16384, 4 * voices)),
            notices=16384,
            edits=4096,
            edges=max(64, voices),
            nodes=max(1024, 2 * voices),
            memories=tuple(a + b for a, b in zip(orbits, spare, strict=True)),
            tap_frames=int(tap_seconds * rate) // BLOCK * BLOCK + BLOCK,
            inputs=inputs,
        )


class Memory:
    """The engine's struct, its environments, and views of the arrays that the control side uses."""

    def __init__(self, sizes: Sizes, rate: float, widths: tuple[int, int]) -> None:
        self.sizes = sizes
        e = self.engine = StructView(t.ENGINE)
        n = sizes.slabs
        lanes = n * LANES
        f32, i32, i64 = np.float32, np.int32, np.int64
        e.shared = aligned_zeros(t.SHARED_WORDS, i64)
        e.ring = aligned_zeros(sizes.ring * t.RECORD, i64)
        e.pool = aligned_zeros(sizes.pool * t.RECORD, i64)
        e.heap = aligned_zeros(sizes.pool, i32)
        e.free_records = aligned_zeros(sizes.pool, i32)
        e.free_records[:] = np.arange(sizes.pool)
        e.notices = aligned_zeros(sizes.notices * t.NOTICE, i64)
        e.scratch_record = aligned_zeros(t.RECORD, i64)
        self._definitions(e)
        e.order = aligned_zeros(n, i32)
        e.slab_definition = aligned_zeros(n, i32)
        e.slab_definition[:] = -1
        for name in ("slab_depth", "slab_maps", "slab_edit", "slab_edit_last", "slab_edge"):
            setattr(e, name, aligned_zeros(n, i32))
        for name in ("slab_taken", "slab_live", "slab_split", "slab_next_end", "slab_export", "slab_cut"):
            setattr(e, name, aligned_zeros(n, i64))
        e.slab_edit[:] = -1
        e.slab_edge[:] = -1
        e.slab_next_end[:] = FOREVER
        e.slab_moving = aligned_zeros(t.MOVING_WORDS * n, i64)
        e.slab_trigger = aligned_zeros(n * t.TRIGGERS, i64)
        e.slab_trigger_rows = aligned_zeros(n * t.TRIGGERS * LANES, f32)
        e.state = aligned_zeros(n * t.STATE_ROWS * LANES, i32)
        e.memory = aligned_zeros(n * t.MEMORIES * LANES, i64)
        e.exports = aligned_zeros(n * t.OUTLETS * BLOCK * LANES, f32)
        for name in ("lane_start", "lane_end", "lane_node", "lane_cut_sound"):
            setattr(e, name, aligned_zeros(lanes, i64))
        for name in ("lane_orbit", "lane_cut", "lane_fade", "lane_seed", "lane_flags", "lane_age", "lane_blocks"):
            setattr(e, name, aligned_zeros(lanes, i32))
        e.lane_buffer = aligned_zeros(lanes, i32)
        e.lane_peak = aligned_zeros(lanes, f32)
        e.lane_level = aligned_zeros(lanes, f32)
        for name in ("now", "start", "target", "position", "speed"):
            setattr(e, name, aligned_zeros(n * t.CONTROLS * LANES, f32))
        e.bus_map = aligned_zeros(n * t.CONTROLS * LANES, i32)
        e.bus_map[:] = -1
        e.buses = aligned_zeros(t.BUSES, f32)
        e.node_slot = aligned_zeros(sizes.nodes, i32)
        e.node_slot[:] = -1
        e.node_generation = aligned_zeros(sizes.nodes, i32)
        for name in ("edit_row", "edit_lane", "edit_control", "edit_frames", "edit_next"):
            setattr(e, name, aligned_zeros(sizes.edits, i32))
        e.edit_value = aligned_zeros(sizes.edits, f32)
        for name in ("edge_source", "edge_outlet", "edge_lane", "edge_control", "edge_age", "edge_next"):
            setattr(e, name, aligned_zeros(sizes.edges, i32))
        e.edge_source[:] = -1
        e.edge_next[:] = np.arange(1, sizes.edges + 1)
        e.edge_next[-1] = -1
        e.edge_from = aligned_zeros(sizes.edges, f32)
        e.edge_to = aligned_zeros(sizes.edges, f32)
        self._delay_memories(e, sizes)
        self._pass(e, rate)
        one = 2 * BLOCK * 16
        e.sums = aligned_zeros((t.ORBITS + 1) * one, f32)[one:]  # before the orbits: -1, which nobody listens to
        e.orbit_ever = aligned_zeros(t.MOVING_WORDS * t.ORBITS, i64)
        e.orbit_peak = aligned_zeros(t.ORBITS, f32)
        e.meter_high = aligned_zeros(2 * t.METERS, f32)
        e.mix = aligned_zeros(2 * BLOCK, f32)
        e.inlets = aligned_zeros(2 * BLOCK * LANES, f32)
        e.tap = aligned_zeros(2 * sizes.tap_frames, f32)
        self._inputs(e, sizes)
        self._numbers(e, sizes, rate, widths)
        missing = e.missing()
        assert not missing, missing

    def _definitions(self, e: StructView) -> None:
        d = DEFINITIONS
        e.def_steps = _filled_by_python(d * t.STEPS * t.STEP_WORDS, np.int64)
        for name in ("def_step_count", "def_controls", "def_state_rows", "def_memory_count", "def_constant_count"):
            setattr(e, name, _filled_by_python(d, np.int32))
        for name in ("def_wires", "def_gate", "def_release"):
            setattr(e, name, _filled_by_python(d, np.int32))
        e.def_done = aligned_zeros(d, np.int64)
        e.def_slow_wires = _filled_by_python(d, np.int64)
        e.def_memory_class = _filled_by_python(d * t.MEMORIES, np.int32)
        e.def_memory_trigger = _filled_by_python(d * t.MEMORIES, np.int32)
        e.def_defaults = _filled_by_python(d * t.CONTROLS, np.float32)
        e.def_smooth = _filled_by_python(d * t.CONTROLS, np.int32)
        e.def_trigger = _filled_by_python(d * t.CONTROLS, np.int32)
        e.def_constants = _filled_by_python(d * t.CONSTANTS * LANES, np.float32)
        e.def_outlets = _filled_by_python(d * t.OUTLETS, np.int32)
        e.def_inlets = _filled_by_python(d * t.OUTLETS, np.int32)

    def _delay_memories(self, e: StructView, sizes: Sizes) -> None:
        """Stacks of free delay memories, by size class."""
        capacity = max(sizes.memories)
        e.class_capacity = capacity
        e.class_count = aligned_zeros(len(t.MEMORY_CLASSES), np.int64)
        e.class_base = aligned_zeros(len(t.MEMORY_CLASSES) * capacity, np.int64)
        self.delay_memory = []
        for number, (bits, count) in enumerate(zip(t.MEMORY_CLASSES, sizes.memories, strict=True)):
            block = aligned_zeros((max(1, count), (1 << bits) + t.MEMORY_GAP), np.float32)
            self.delay_memory.append(block)
            at = block.ctypes.data + np.arange(count)[::-1] * block.strides[0]
            e.class_base[number * capacity : number * capacity + count] = at
            e.class_count[number] = count
        e.junk = aligned_zeros(1 << t.MEMORY_CLASSES[-1], np.float32)

    def interleave(self, size: int) -> int:
        """A memory of this class for all lanes of a slab, one row per frame; its address."""
        block = aligned_zeros((1 << t.MEMORY_CLASSES[size]) * LANES, np.float32)
        self.delay_memory.append(block)
        return int(block.ctypes.data)

    def bind_orbits(self, d: Definition, place: int) -> None:
        """Bind slab 0 to the orbits' definition: one lane per orbit, sounding from frame 0 for ever."""
        e = self.engine
        e.slab_definition[0] = place
        lanes = (1 << t.ORBITS) - 1
        e.slab_taken[0] = e.slab_live[0] = e.slab_export[0] = lanes
        e.order[0], e.order_count = 0, 1
        e.slab_depth[0] = 1 << 20
        rows = slice(0, len(d.controls) * LANES)
        values = np.repeat(np.array([p.default for p in d.controls.values()], np.float32), LANES)
        e.now[rows] = e.start[rows] = e.target[rows] = values
        e.position[rows] = e.speed[rows] = 1.0
        e.lane_end[:LANES] = 1 << 62
        e.memory[: t.MEMORIES * LANES] = e.junk.ctypes.data
        for number, (size, interleaved) in enumerate(zip(d.memory_classes, d.interleaved, strict=True)):
            if interleaved:
                at = self.interleave(size)
                e.memory[number * LANES : (number + 1) * LANES] = at + 4 * np.arange(LANES)
                continue
            for orbit in range(t.ORBITS):
                e.class_count[size] -= 1
                e.memory[number * LANES + orbit] = e.class_base[size * e.class_capacity + e.class_count[size]]

    def _pass(self, e: StructView, rate: float) -> None:
        e.regs = aligned_zeros(2 * t.REGS, np.int64)
        e.helper_regs = aligned_zeros(16, np.int64)
        e.helper_steps = aligned_zeros(2 * t.STEP_WORDS, np.int64)
        e.wires = aligned_zeros(t.WIRES * BLOCK * LANES, np.float32)
        e.ramp_rows = aligned_zeros(t.CONTROLS * BLOCK * LANES, np.float32)
        e.span_row = aligned_zeros(BLOCK + 2, np.int64)
        e.span_live = aligned_zeros(BLOCK + 2, np.int64)
        e.span_new = aligned_zeros(BLOCK + 2, np.int64)
        e.saved = aligned_zeros((t.STATE_ROWS + 8) * LANES, np.int32)
        self.silence = aligned_zeros((SILENCE, 2), np.float32)
        e.buffer_data = aligned_zeros(BUFFERS + INPUTS, np.int64)
        e.buffer_frames = aligned_zeros(BUFFERS + INPUTS, np.int32)
        e.buffer_rate = aligned_zeros(BUFFERS + INPUTS, np.float32)
        e.buffer_done = aligned_zeros(BUFFERS, np.int64)
        e.buffer_data[:], e.buffer_frames[:], e.buffer_rate[:] = self.silence.ctypes.data, SILENCE, rate
        self.environments = (StructView(ENV), StructView(ENV))
        for env, per_second in zip(self.environments, (rate, rate / BLOCK), strict=True):
            env.rate, env.dt = per_second, 1.0 / per_second
            env.buffer_data, env.buffer_frames, env.buffer_rate = e.buffer_data, e.buffer_frames, e.buffer_rate
            env.buffers = BUFFERS + INPUTS
            env.age, env.seed, env.orbit = e.lane_age, e.lane_seed, e.lane_orbit
            env.peak = e.lane_peak
        e.env = self.environments[0]._words
        e.env_control = self.environments[1]._words

    def _inputs(self, e: StructView, sizes: Sizes) -> None:
        """A ring for each channel, and its block, which kernels read as they read a sample."""
        n = sizes.inputs
        e.input_ports = aligned_zeros(INPUTS, np.int64)
        e.input_ring = aligned_zeros(max(1, n * t.INPUT_RING), np.float32)
        e.input_block = aligned_zeros(INPUTS * BLOCK * 2, np.float32)
        e.input_tap = aligned_zeros(max(1, n * sizes.tap_frames), np.float32)
        for channel in range(n):
            at = FIRST_INPUT + channel
            e.buffer_data[at] = e.input_block.ctypes.data + channel * BLOCK * 2 * e.input_block.itemsize
            e.buffer_frames[at] = BLOCK

    def _numbers(self, e: StructView, sizes: Sizes, rate: float, widths: tuple[int, int]) -> None:
        e.here = e.address
        e.rate, e.voices, e.slabs = rate, sizes.voices, sizes.slabs
        e.narrow, e.wide = widths
        e.width, e.kernel_word = e.narrow, STEP_KERNEL
        e.steal_fade = int(0.005 * rate)
        e.ring_size, e.pool_size, e.pool_free = sizes.ring, sizes.pool, sizes.pool
        e.notice_size, e.edit_size, e.edge_size, e.node_count = sizes.notices, sizes.edits, sizes.edges, sizes.nodes
        e.tap_frames = e.input_tap_frames = sizes.tap_frames
        e.inputs = sizes.inputs
        e.clock_period, e.jack_next, e.skip_max = 1.0 / rate, -1, t.MAX_PERIOD
        e.orbit_quiet = SLEEP_BLOCKS  # the orbits begin asleep
        e.master_gain, e.master_release = 1.0, 1.0 / (0.1 * rate)
        e.meter_window = math.ceil(0.5 * rate / BLOCK)
        e.meter_decay = 10.0 ** (-0.5 * BLOCK / (0.3 * rate))  # 10 dB in 0.3 s
        libc = ctypes.CDLL(ctypes.util.find_library("c"))
        e.clock_function = ctypes.cast(libc.clock_gettime, ctypes.c_void_p).value or 0
        for env in self.environments:
            env.sums = e.sums

    @property
    def nbytes(self) -> int:
        """Bytes preallocated."""
        return self.engine.nbytes + sum(block.nbytes for block in self.delay_memory)
