"""The control side of the engine. It takes definitions, samples, and commands with frames; sound comes out.

The sound is computed when something calls the process function with a number of frames: a backend's thread, or ``render`` here.
The engine knows nothing of sockets, OSC or files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from dsp import compile as compiler
from dsp.abi import STEP_KERNEL, STEP_KERNEL_WIDE, STEP_SIGNALS
from dsp.lanes import LANES
from dsp.load import Progress, no_progress
from phonon_osc.engine.allocate import Memory, Sizes
from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.audio.inputs import FULL
from phonon_osc.engine.audio.plan import HELPERS
from phonon_osc.engine.buffers import Buffers
from phonon_osc.engine.changes import Change, Release
from phonon_osc.engine.clock import Clock, ExactClock, LiveClock
from phonon_osc.engine.code import Code
from phonon_osc.engine.commands import (
    NOW,
    Command,
    NewNode,
    Panic,
    Play,
    SetBuses,
    SetOrbit,
    WriteBuffer,
    control_pairs,
)
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.definitions import Definitions
from phonon_osc.engine.link import Link, Notice, SharedWords
from phonon_osc.engine.nodecontrol import NodeControl, single
from phonon_osc.engine.nodes import Node
from phonon_osc.engine.patchbay import Patchbay
from phonon_osc.engine.ready import ready_voice
from phonon_osc.engine.sending import Journal, Sender
from phonon_osc.engine.voice import Value, Voice
from phonon_osc.errors import UsageError


class Engine(NodeControl):
    """Slots, definitions, samples, orbits and the queue to the audio thread. ``voices`` decides all sizes, once."""

    def __init__(
        self,
        orbits: Definition,
        *,
        rate: float = 48000.0,
        voices: int = 1024,
        width: int | None = None,
        limiter: bool = True,
        tap_seconds: float = 0.0,
        inputs: int = 0,
        outputs: int = 2,
        first_kinds: Iterable[str] = (),
        progress: Progress | None = None,
    ) -> None:
        """``first_kinds`` are loaded now, with those of the orbits. All others are loaded when they are first needed."""
        try:
            own = tuple(c for c, shared in zip(orbits.memory_classes, orbits.interleaved, strict=True) if not shared)
            self.sizes = Sizes.of(voices, tap_seconds, rate, own, inputs, outputs)
        except ValueError as error:
            raise UsageError(str(error)) from None
        self.rate = rate
        self.widths = compiler.widths_for(width)
        wanted = {*HELPERS, *orbits.kernels, *first_kinds}
        self.code = Code(self.widths, sorted(wanted), progress or no_progress)
        self.memory = Memory(self.sizes, rate, self.widths)
        self.tables = self.memory.engine
        self.tables.device.process = self.code.addresses["process"]
        self._process = self.code.function("process", 5)
        self._columns = 4 * np.arange(outputs)  # bytes from a frame to each of its channels
        self._places = np.zeros(outputs, np.int64)
        self.link = Link(self.memory, self.code)
        self.buffers = Buffers(self.memory, self.link.send, self.link.shared)
        self.panics = 0
        self.clock: Clock = ExactClock(rate)
        self.patchbay = Patchbay(self.sizes.nodes, self.sizes.edges)
        definitions = self.tables.slabs.definitions
        self.definitions = Definitions(definitions, SharedWords(definitions.done, self.code), rate, self.code)
        self.orbit_definition = orbits
        self.sender = Sender(self.link, self.definitions, self.buffers)
        self.started: Callable[[Node, int], None] | None = None  # called with the frame
        for number, name in enumerate(HELPERS):
            record = self.tables.work.helper_steps[number * t.STEP_WORDS : (number + 1) * t.STEP_WORDS]
            record[STEP_KERNEL], record[STEP_KERNEL_WIDE] = self.code.kernels(name)
            record[STEP_SIGNALS : STEP_SIGNALS + 8] = np.arange(8)
        self.memory.bind_orbits(orbits, self.definitions.add(orbits))
        if not limiter:
            self.set_orbit(range(t.ORBITS), {"limiter": 0.0})

    # --- definitions and samples -----------------------------------------------------------------------------------
    def add_definition(self, d: Definition) -> None:
        """Publish a definition. If the name is known already, later voices get the new definition."""
        self.definitions.add(d)

    def drop_definition(self, name: str) -> None:
        """Remove a definition. Its voices sound on."""
        self._definition(name)
        self.definitions.drop(name)

    def write_buffer(self, number: int, first: int, values: np.ndarray, frame: int = NOW) -> None:
        """Write ``values`` (float32, one per frame) to both channels of a sample, from its frame ``first`` on."""
        if first < 0:
            raise UsageError(f"a sample is written to from its frame {first} on; give 0 or more")
        parts = [(first + k, values[k : k + t.MOST_PAIRS].tolist()) for k in range(0, len(values), t.MOST_PAIRS)]
        self.sender.send(*((WriteBuffer(number, at, tuple(part)), frame, None) for at, part in parts))

    def free_buffer(self, number: int) -> None:
        """Release a client's sample. Voices that play it fall silent."""
        self.buffers.drop(number)
        self.sender.journal_release(self.link.sequence, Release(number))

    # --- commands --------------------------------------------------------------------------------------------------
    def play(self, voice: Voice, frame: int = NOW, at: float | None = None, seed: int | None = None) -> None:
        """Start the voice of an event. ``at`` (its timetag, Unix time) is for the session log. ``seed``: another one than the voice's.

        If the same voice is played again, its values are not checked again. So nobody may change a voice that was played.
        Raises KernelsMissing.
        """
        d, ready = self._definition(voice.definition), voice.ready
        place = self.definitions.place(d.name)
        if ready is None or ready.definition is not d or ready.place != place:
            self.definitions.require(d, {d.name_of(control) for control in voice.controls})
            ready = voice.ready = ready_voice(voice, d, place, self.orbit_definition, self.rate)
        if frame != NOW:
            frame += ready.delay
        self.sender.send(ready=(ready, frame, voice.seed if seed is None else seed, at))
        for orbit, controls in voice.elsewhere.items():
            self.set_orbit([orbit], controls, frame)

    def set_bus(self, values: Mapping[int, float], frame: int = NOW) -> None:
        """Set control buses by number."""
        pairs = [(bus, 0, single(value)) for bus, value in values.items() if 0 <= bus < t.BUSES]
        parts = [tuple(pairs[k : k + t.MOST_PAIRS]) for k in range(0, len(pairs), t.MOST_PAIRS)]
        self.sender.send(*((SetBuses(part), frame, None) for part in parts))

    def set_orbit(self, orbits: Iterable[int], controls: Mapping[str, Value], frame: int = NOW) -> None:
        """Set controls of the effects of orbits."""
        pairs = tuple(control_pairs(self.orbit_definition, controls, t.ORBIT_FLAG))
        self.sender.send(*((SetOrbit(orbit % t.ORBITS, pairs), frame, None) for orbit in orbits))

    def panic(self) -> None:
        """Silence everything within 5 ms and forget what is scheduled. It is sent even when other commands would be refused, and carried
        out even when commands wait before it for which the audio thread has no place."""
        self.link.shared[t.PANIC_SEQ] = self.sender.send((Panic(), NOW, None), always=True)
        self.panics += 1
        for node in list(self.patchbay.by_id.values()):
            self.patchbay.forget_id(node)

    # --- current values --------------------------------------------------------------------------------------------
    def node_controls(self, node: Node) -> dict[str, float]:
        """The current value of each control of a node, without patches; the defaults if the node has not started yet."""
        controls = {name: param.default for name, param in node.definition.controls.items() if not name.startswith("_")}
        slot = int(self.tables.slabs.nodes.slot[node.number])
        if slot < 0 or int(self.tables.slabs.nodes.generation[node.number]) != node.generation:
            return controls
        slab, lane = slot // LANES, slot % LANES
        return {name: self._now(slab, lane, node.definition.index(name) or 0) for name in controls}

    def orbit_controls(self, orbit: int) -> dict[str, float]:
        """The current controls of an orbit's effects."""
        d = self.orbit_definition
        return {name: self._now(0, orbit, d.index(name) or 0) for name in d.controls if not name.startswith("_")}

    def _now(self, slab: int, lane: int, control: int) -> float:
        return float(self.tables.slabs.controls.now[(slab * t.CONTROLS + control) * LANES + lane])

    def bus_value(self, bus: int) -> float:
        return float(self.tables.slabs.controls.buses[bus])

    # --- driving ---------------------------------------------------------------------------------------------------
    def go_live(self) -> None:
        """From now on, measure time by the backend's calls instead of counting frames."""
        self.tables.clock.on = 1
        self.clock = LiveClock(self.code, self.tables.clock)

    def render(self, out: np.ndarray) -> None:
        """Compute the next frames into a C-contiguous (frames, outputs) float32 array."""
        channels = self.sizes.outputs
        if out.dtype != np.float32 or not out.flags.c_contiguous or out.ndim != 2 or out.shape[1] != channels:
            raise UsageError(f"render takes a contiguous (frames, {channels}) array of float32, got {out.shape}")
        self._places[:] = out.ctypes.data + self._columns
        self._process(self.tables.address, len(out), self._places.ctypes.data, 4 * channels, 0)

    def feed_input(self, frames: np.ndarray) -> None:
        """Give the next frames of the audio inputs: (frames, inputs) of float32. Offline only: live, the backend does it.

        At most half a ring (8192 frames) may wait. Feed what the next ``render`` needs, and one block more.
        """
        inputs, ring = self.tables.inputs, t.INPUT_RING
        at = (int(inputs.end) + np.arange(len(frames))) & (ring - 1)
        inputs.ring.reshape(-1, ring)[:, at] = np.where(np.abs(frames.T) < FULL, frames.T, 0.0)
        inputs.end += len(frames)

    @property
    def frame(self) -> int:
        """Frames computed so far (a multiple of 64)."""
        return int(self.tables.slabs.frame)

    def poll(self) -> list[Notice]:
        """Read the audio thread's notices, and update the patchbay and the session log. Call it every few milliseconds."""
        self.link.flush()
        confirmed = self.buffers.confirmed()
        notices = self.link.notices()
        for notice in notices:
            if notice.kind == t.N_EXECUTED:
                self.sender.executed(notice)
            elif notice.kind == t.N_STARTED:
                node = self.patchbay.node_of(notice.subject)
                if node is not None and self.started is not None:
                    self.started(node, notice.frame)
            else:
                self.node_notice(notice)
        self.buffers.settle(confirmed)
        return notices

    def keep_journal(self, journal: Journal) -> None:
        """From now on, the journal gets every command with the frame at which it was carried out."""
        self.sender.journal = journal
        self.tables.queue.log_on = 1

    def record_change(self, change: Change) -> None:
        """Give the journal a change that the control side has made itself."""
        if self.sender.journal is not None:
            self.sender.journal.changed(int(self.tables.device.out_frame), change)

    def replay(self, frame: int, command: Command, definition: Definition | None) -> None:
        """Send a command of a session log. ``definition``: the definition of the voice or node that the command is for."""
        if definition is not None and isinstance(command, Play | NewNode):
            self.definitions.require(definition, None)
        self.sender.send((command, frame, definition))
