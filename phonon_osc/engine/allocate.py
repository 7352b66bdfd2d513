"""Allocates all memory of an engine. The number of voices decides its size, and all of it is resident before the first sound."""

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
from dsp.structs import StructView, aligned_zeros
from phonon_osc import limits
from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.audio.parts import ENGINE
from phonon_osc.engine.audio.plan import HELPERS
from phonon_osc.engine.audio.slots import FOREVER
from phonon_osc.engine.definition import Definition
from phonon_osc.limits import BUCKETS, BUFFERS, COLUMNS, DEFINITIONS, FIRST_INPUT, INPUTS, OUTPUTS, VOICES

NOTICES = 16384  # places for unread notices, beside one for each node number
SILENCE = 4096  # frames of sample 0: enough for the fast path of a sampler


def _filled_by_python(count: int, dtype: Any) -> np.ndarray:
    """Zeros that take memory page by page as they are written. numpy's large arrays ask for huge pages, which would be mostly empty."""
    pages = mmap.mmap(-1, max(1, count * np.dtype(dtype).itemsize), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    return np.frombuffer(pages, dtype, count)


@dataclass(frozen=True)
class Sizes:
    """The sizes of all tables, which follow from ``--voices``."""

    voices: int
    slabs: int
    ring: int
    pool: int
    notices: int
    edits: int
    edges: int
    nodes: int
    memories: tuple[int, ...]  # number of delay memories of each class
    tap_frames: int
    inputs: int
    outputs: int

    @classmethod
    def of(
        cls,
        voices: int,
        tap_seconds: float,
        rate: float,
        orbit_memories: tuple[int, ...] = (),
        inputs: int = 0,
        outputs: int = 2,
    ) -> Sizes:
        """The sizes for so many voices. Raises ValueError.

        orbit_memories: the class of each delay memory of one orbit. inputs, outputs: channels.
        """
        if not VOICES[0] <= voices <= VOICES[1]:
            raise ValueError(f"voices: {voices} is not between {VOICES[0]} and {VOICES[1]}")
        if not 0 <= inputs <= INPUTS:
            raise ValueError(f"inputs: {inputs} is not between 0 and {INPUTS}")
        if not t.OUTLETS <= outputs <= OUTPUTS:
            raise ValueError(f"outputs: {outputs} is not between {t.OUTLETS} and {OUTPUTS}")
        full = -(-voices // LANES)
        orbits = [t.ORBITS * orbit_memories.count(k) for k in range(len(t.MEMORY_CLASSES))]
        fast = 2 if rate > 62000.0 else 0
        spare = (max(64, voices // 2), max(16, voices // 32), max(4, voices // 256), fast, fast)
        return cls(
            voices=voices,
            # the orbits' slab, full slabs for all voices, and as many again (up to a limit) for definitions with few voices each
            slabs=1 + full + min(voices, 96),
            ring=1024,
            pool=max(2048, min(16384, 4 * voices)),
            notices=NOTICES + max(1024, 2 * voices),
            edits=4096,
            edges=max(64, voices),
            nodes=max(1024, 2 * voices),
            memories=tuple(a + b for a, b in zip(orbits, spare, strict=True)),
            tap_frames=int(tap_seconds * rate) // BLOCK * BLOCK + BLOCK,
            inputs=inputs,
            outputs=outputs,
        )


class Memory:
    """The engine's struct, the environments of its kernels, and views of the arrays that the control side uses."""

    def __init__(self, sizes: Sizes, rate: float, widths: tuple[int, int]) -> None:
        self.sizes = sizes
        e = self.engine = StructView(ENGINE)
        self._queue(e.queue, sizes)
        self._definitions(e.slabs.definitions)
        self._slabs(e.slabs, sizes, rate)
        self._delay_memories(e.slabs.memories, sizes)
        self._samples(e.slabs.samples, rate)
        self._outputs(e, sizes, rate)
        self._work(e, rate, widths)
        self._inputs(e, sizes)
        e.outputs.shared = e.inputs.shared = e.clock.shared = e.queue.shared
        self._device(e, sizes, rate)
        missing = e.missing()
        assert not missing, missing

    @staticmethod
    def _queue(queue: StructView, sizes: Sizes) -> None:
        queue.ring_size, queue.pool_size, queue.notice_size = sizes.ring, sizes.pool, sizes.notices
        queue.allocate(t.SHARED_WORDS, "shared")
        queue.allocate(sizes.ring * t.RECORD, "ring")
        queue.allocate(sizes.pool * t.RECORD, "pool")
        queue.allocate(sizes.pool, "heap", "free_records")
        queue.free_records[:] = np.arange(sizes.pool)
        queue.pool_free = sizes.pool
        queue.notice_reserve = sizes.nodes
        queue.allocate(sizes.notices * t.NOTICE, "notices")
        queue.allocate(t.MOST_RECORDS * t.RECORD, "scratch_record")

    @staticmethod
    def _definitions(d: StructView) -> None:
        n = DEFINITIONS
        d.steps = _filled_by_python(n * t.STEPS * t.STEP_WORDS, np.int64)
        for name in (
            "step_count",
            "controls",
            "state_rows",
            "memory_count",
            "constant_count",
            "wires",
            "gate",
            "release",
        ):
            setattr(d, name, _filled_by_python(n, np.int32))
        d.slow_wires = _filled_by_python(n, np.int64)
        d.memory_class = _filled_by_python(n * t.MEMORIES, np.int32)
        d.memory_trigger = _filled_by_python(n * t.MEMORIES, np.int32)
        d.defaults = _filled_by_python(n * t.CONTROLS, np.float32)
        d.smooth = _filled_by_python(n * t.CONTROLS, np.int32)
        d.trigger = _filled_by_python(n * t.CONTROLS, np.int32)
        d.constants = _filled_by_python(n * t.CONSTANTS * LANES, np.float32)
        d.outlets = _filled_by_python(n * t.OUTLETS, np.int32)
        d.inlets = _filled_by_python(n * t.OUTLETS, np.int32)
        d.allocate(n, "done", "room")

    @staticmethod
    def _slabs(slabs: StructView, sizes: Sizes, rate: float) -> None:
        n = sizes.slabs
        slabs.rate, slabs.voices, slabs.count = rate, sizes.voices, n
        slabs.steal_fade, slabs.attack = int(limits.STEAL_FADE * rate), round(limits.ATTACK * rate)
        slabs.allocate(
            n, "order", "definition", "depth", "taken", "live", "split", "next_end", "export", "cut", "fading"
        )
        slabs.definition[:] = -1
        slabs.next_end[:] = FOREVER
        slabs.allocate(n * t.TRIGGERS, "trigger")
        slabs.allocate(n * t.TRIGGERS * LANES, "trigger_rows")
        slabs.allocate(n * t.STATE_ROWS * LANES, "state")
        slabs.allocate(n * 2 * t.OUTLETS * BLOCK * LANES, "exports")
        slabs.cuts.allocate(2 * t.CUT_CHAINS, "first")
        slabs.cuts.first[:] = -1
        slabs.cuts.allocate(2 * n * LANES, "next", "before")
        lists = 1 + len(t.MEMORY_CLASSES)
        slabs.candidates.allocate(lists * (t.CANDIDATES + 1), "slot", "rank", "level", "start")
        slabs.candidates.allocate(lists, "frame", "count", "next", "more")
        slabs.candidates.frame[:] = -1
        lanes = slabs.lanes
        lanes.allocate(n * LANES, "start", "end", "node", "orbit", "cut", "cut_sound", "fade", "seed", "flags")
        lanes.allocate(n * LANES, "buffer", "peak", "level", "age", "blocks")
        controls = slabs.controls
        controls.allocate(n * t.CONTROLS * LANES, "now", "start", "target", "position", "speed", "bus_map")
        controls.bus_map[:] = -1
        controls.allocate(n * t.MOVING_WORDS, "moving")
        controls.allocate(n, "maps")
        controls.allocate(t.BUSES, "buses")
        slabs.nodes.size = sizes.nodes
        slabs.nodes.allocate(sizes.nodes, "slot", "generation")
        slabs.nodes.slot[:] = -1
        slabs.edits.size = sizes.edits
        slabs.edits.allocate(n, "first", "last")
        slabs.edits.first[:] = -1
        slabs.edits.allocate(sizes.edits, "row", "lane", "control", "frames", "value", "next")
        edges = slabs.edges
        edges.size = sizes.edges
        edges.allocate(n, "first")
        edges.first[:] = -1
        edges.allocate(n * LANES, "out_first")
        edges.out_first[:] = -1
        edges.allocate(sizes.edges, "source", "outlet", "lane", "control", "before", "to", "age", "next")
        edges.allocate(sizes.edges, "out_next", "out_before")
        edges.source[:] = -1
        edges.next[:] = np.arange(1, sizes.edges + 1)
        edges.next[-1] = -1
        slabs.orbits.allocate(t.OUTLETS * BLOCK * LANES, "inlets")
        slabs.orbits.allocate(t.MOVING_WORDS * t.ORBITS, "ever")
        slabs.orbits.quiet = slabs.orbits.sleep = math.ceil(limits.ORBIT_SLEEP * rate / BLOCK)  # they begin asleep

    def _delay_memories(self, memories: StructView, sizes: Sizes) -> None:
        """Stacks of free delay memories, by size class."""
        capacity = max(sizes.memories)
        memories.capacity = capacity
        memories.allocate(sizes.slabs * t.MEMORIES * LANES, "held")
        memories.allocate(len(t.MEMORY_CLASSES), "free_count")
        memories.allocate(len(t.MEMORY_CLASSES) * capacity, "free")
        self.delay_memory = []
        for number, (bits, count) in enumerate(zip(t.MEMORY_CLASSES, sizes.memories, strict=True)):
            block = aligned_zeros((max(1, count), (1 << bits) + t.MEMORY_GAP), np.float32)
            self.delay_memory.append(block)
            at = block.ctypes.data + np.arange(count)[::-1] * block.strides[0]
            memories.free[number * capacity : number * capacity + count] = at
            memories.free_count[number] = count
        memories.allocate(1 << t.MEMORY_CLASSES[-1], "junk")

    def interleave(self, size: int) -> int:
        """Allocate a memory of this class for all lanes of a slab, one row per frame. Returns its address."""
        block = aligned_zeros((1 << t.MEMORY_CLASSES[size]) * LANES, np.float32)
        self.delay_memory.append(block)
        return int(block.ctypes.data)

    def bind_orbits(self, d: Definition, place: int) -> None:
        """Bind slab 0 to the orbits' definition. It has one lane per orbit, which sounds from frame 0 for ever."""
        slabs = self.engine.slabs
        controls, memories = slabs.controls, slabs.memories
        slabs.definition[0] = place
        lanes = (1 << t.ORBITS) - 1
        slabs.taken[0] = slabs.live[0] = slabs.export[0] = lanes
        slabs.order[0], slabs.order_count = 0, 1
        slabs.depth[0] = 1 << 20
        rows = slice(0, len(d.controls) * LANES)
        values = np.repeat(np.array([p.default for p in d.controls.values()], np.float32), LANES)
        controls.now[rows] = controls.start[rows] = controls.target[rows] = values
        controls.position[rows] = controls.speed[rows] = 1.0
        slabs.lanes.end[:LANES] = FOREVER
        memories.held[: t.MEMORIES * LANES] = memories.junk.ctypes.data
        for number, (size, interleaved) in enumerate(zip(d.memory_classes, d.interleaved, strict=True)):
            if interleaved:
                at = self.interleave(size)
                memories.held[number * LANES : (number + 1) * LANES] = at + 4 * np.arange(LANES)
                continue
            for orbit in range(t.ORBITS):
                memories.free_count[size] -= 1
                free = memories.free[size * memories.capacity + memories.free_count[size]]
                memories.held[number * LANES + orbit] = free

    def _samples(self, samples: StructView, rate: float) -> None:
        """At first, every sample number is silence."""
        self.silence = aligned_zeros((SILENCE, 2), np.float32)
        samples.allocate(BUFFERS + INPUTS, "data", "frames", "rate")
        samples.allocate(BUFFERS, "done")
        samples.data[:], samples.frames[:], samples.rate[:] = self.silence.ctypes.data, SILENCE, rate

    @staticmethod
    def _outputs(e: StructView, sizes: Sizes, rate: float) -> None:
        outputs, meters = e.outputs, e.meters
        outputs.allocate(BUCKETS * (1 + t.ORBITS) * t.OUTLETS * BLOCK * COLUMNS, "sums")
        outputs.allocate(BUCKETS, "used", "turns")
        outputs.turns[:] = np.arange(BUCKETS)
        outputs.channels = sizes.outputs
        outputs.allocate(sizes.outputs * BLOCK, "mix")
        outputs.allocate(t.ORBITS, "route")  # all orbits to the first two channels
        outputs.gain, outputs.release = 1.0, 1.0 / (0.1 * rate)
        outputs.tap_frames = sizes.tap_frames
        outputs.allocate(sizes.outputs * sizes.tap_frames, "tap")
        meters.allocate(t.ORBITS, "orbit_peak")
        meters.allocate(2 * t.METERS, "high")
        meters.window = math.ceil(0.5 * rate / BLOCK)
        meters.decay = 10.0 ** (-0.5 * BLOCK / (0.3 * rate))  # 10 dB in 0.3 s

    def _work(self, e: StructView, rate: float, widths: tuple[int, int]) -> None:
        """The scratch of the only worker, which is the audio thread, and the environment of its kernels (see ``dsp.abi``)."""
        work, slabs = e.work, e.slabs
        work.narrow, work.wide = widths
        work.width, work.kernel_word = work.narrow, STEP_KERNEL
        work.allocate(2 * t.REGS, "regs")
        work.allocate(16, "helper_regs")
        work.allocate(len(HELPERS) * t.STEP_WORDS, "helper_steps")
        work.allocate(t.WIRES * BLOCK * LANES, "wires")
        work.allocate(t.CONTROLS * BLOCK * LANES, "ramp_rows")
        work.allocate(BLOCK + 2, "span_row", "span_live", "span_new")
        work.allocate((t.STATE_ROWS + 8) * LANES, "saved")
        self.environments = (StructView(ENV), StructView(ENV))
        for env, per_second in zip(self.environments, (rate, rate / BLOCK), strict=True):
            env.rate, env.dt = per_second, 1.0 / per_second
            env.buffer_data, env.buffer_frames = slabs.samples.data, slabs.samples.frames
            env.buffer_rate, env.buffers = slabs.samples.rate, BUFFERS + INPUTS
            env.age, env.seed, env.orbit = slabs.lanes.age, slabs.lanes.seed, slabs.lanes.orbit
            env.peak = slabs.lanes.peak
            env.sums = e.outputs.sums  # the audio thread sets it to the bucket that it computes
        work.env, work.env_control = (env.words for env in self.environments)

    @staticmethod
    def _inputs(e: StructView, sizes: Sizes) -> None:
        """For each channel, a ring and a block. Kernels read the block like a sample."""
        inputs, samples, n = e.inputs, e.slabs.samples, sizes.inputs
        inputs.channels, inputs.tap_frames = n, sizes.tap_frames
        inputs.allocate(INPUTS, "ports")
        inputs.allocate(max(1, n * t.INPUT_RING), "ring")
        inputs.allocate(INPUTS * BLOCK * 2, "block")
        inputs.allocate(max(1, n * sizes.tap_frames), "tap")
        for channel in range(n):
            at = FIRST_INPUT + channel
            samples.data[at] = inputs.block.ctypes.data + channel * BLOCK * 2 * inputs.block.itemsize
            samples.frames[at] = BLOCK

    @staticmethod
    def _device(e: StructView, sizes: Sizes, rate: float) -> None:
        e.device.engine = e.address
        e.device.allocate(sizes.outputs, "ports", "places")
        e.device.jack_next, e.device.skip_max = -1, t.MAX_PERIOD
        libc = ctypes.CDLL(ctypes.util.find_library("c"))
        e.clock.function = ctypes.cast(libc.clock_gettime, ctypes.c_void_p).value or 0
        e.clock.rate, e.clock.period = rate, 1.0 / rate

    @property
    def nbytes(self) -> int:
        """Bytes preallocated."""
        return self.engine.nbytes + sum(block.nbytes for block in self.delay_memory)
