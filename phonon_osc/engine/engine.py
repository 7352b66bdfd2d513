"""The engine as the control side sees it: definitions and samples go in, commands with frames go in, sound comes out.

It is driven by whoever calls the process function with a number of frames: a backend's thread, or ``render`` here. It knows
nothing of sockets, OSC or files.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from dsp import compile as compiler
from dsp.abi import STEP_KERNEL, STEP_KERNEL_WIDE, STEP_SIGNALS
from dsp.lanes import LANES
from dsp.load import Progress
from phonon_osc.engine import code
from phonon_osc.engine.allocate import Memory, Sizes
from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.audio.inputs import FULL
from phonon_osc.engine.audio.plan import HELPER_BLEND, HELPER_RAMP
from phonon_osc.engine.buffers import Buffers
from phonon_osc.engine.clock import Clock, ExactClock, LiveClock
from phonon_osc.engine.commands import NOW, Command, control_pairs, voice_command
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.definitions import Definitions
from phonon_osc.engine.link import Link, Notice, SharedWords
from phonon_osc.engine.nodes import Node, NodeError, NodeId, Nodes
from phonon_osc.engine.voice import BusMap, Value, Voice
from phonon_osc.errors import UsageError
from phonon_osc.limits import BUFFERS

log = logging.getLogger(__name__)

SOON = 0.1  # seconds: a node freed no later than that gives its id up at once

Executed = Callable[[int, dict[str, Any]], None]  # frame, description of the command


class Engine:
    """Slots, definitions, samples, orbits and the queue to the audio thread. Sized once by ``voices``."""

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
        progress: Progress | None = None,
    ) -> None:
        try:
            own = tuple(c for c, shared in zip(orbits.memory_classes, orbits.interleaved, strict=True) if not shared)
            self.sizes = Sizes.of(voices, tap_seconds, rate, own, inputs, outputs)
        except ValueError as error:
            raise UsageError(str(error)) from None
        self.rate = rate
        self.widths = compiler.widths_for(width)
        self.code = code.load(self.widths, progress)
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
        self.nodes = Nodes(self.sizes.nodes)
        definitions = self.tables.slabs.definitions
        self.definitions = Definitions(definitions, SharedWords(definitions.done, self.code), rate, self._kernels)
        self.orbit_definition = orbits
        self._pending: dict[int, dict[str, Any]] = {}
        self.executed: Executed | None = None
        self.noted: Callable[[int, dict[str, Any]], None] | None = None  # see `note`
        self.started: Callable[[Node, int], None] | None = None
        self._name_sample: Callable[[int], Any] = int
        self.ended: Callable[[Node, int], None] | None = None
        self.refused: Callable[[Node], None] | None = None
        for number, name in ((HELPER_RAMP, "ramp"), (HELPER_BLEND, "select")):
            record = self.tables.work.helper_steps[number * t.STEP_WORDS : (number + 1) * t.STEP_WORDS]
            record[STEP_KERNEL], record[STEP_KERNEL_WIDE] = self._kernels(name)
            record[STEP_SIGNALS : STEP_SIGNALS + 8] = np.arange(8)
        self.memory.bind_orbits(orbits, self.definitions.add(orbits))
        if not limiter:
            self.set_orbit(range(t.ORBITS), {"limiter": 0.0})

    # --- definitions and samples -----------------------------------------------------------------------------------
    def _kernels(self, kind: str) -> tuple[int, int]:
        """Addresses for a narrow and for a wide pass."""
        narrow, wide = (self.code.addresses[compiler.kind_unit(kind, width).symbol] for width in self.widths)
        return narrow, wide

    def add_definition(self, d: Definition) -> None:
        """Publish a definition; a name that is known already gets the new one for voices from now on."""
        self.definitions.add(d)

    def note(self, row: dict[str, Any]) -> None:
        """What a session log has to keep beside commands."""
        if self.noted is not None:
            self.noted(int(self.tables.device.out_frame), row)

    def drop_definition(self, name: str) -> None:
        """Forget a definition; voices of it sound on."""
        self._definition(name)
        self.definitions.drop(name)

    def write_buffer(self, number: int, first: int, values: np.ndarray, frame: int = NOW) -> None:
        """Put ``values`` (float32, one per frame) into both channels of a sample, from its frame ``first`` on."""
        if first < 0:
            raise UsageError(f"a sample is written to from its frame {first} on; give 0 or more")
        data, most = self.buffers.frames(number), t.RECORD - t.PAIRS
        for k in range(0, len(values), most):
            part = [float(v) for v in values[k : k + most]]
            words = {t.NODE: data.ctypes.data, t.EXTRA: first + k}
            describe = {"do": "write", "buffer": number, "first": first + k, "values": part}
            self.send(Command(t.OP_WRITE, frame, words, [(0, 0, v) for v in part], describe, number))

    def free_buffer(self, number: int) -> None:
        """Let a sample go that a client made; what plays it falls silent."""
        self.buffers.drop(number)
        self.note({"do": "release", "buffer": number})

    @staticmethod
    def _buffer_in(definition: Definition | None, pairs: Iterable[tuple[int, int, float]]) -> int:
        """The sample that a command's pairs name; 0 for none."""
        index = definition.index("buffer") if definition else None
        named = (int(value) for control, flags, value in pairs if control == index and flags == 0)
        return next((number for number in named if 0 < number < BUFFERS), 0) if index is not None else 0

    # --- commands --------------------------------------------------------------------------------------------------
    def send(self, command: Command) -> int:
        number = self.link.send(command)
        if command.op == t.OP_NEW:
            self.definitions.asked(command.words[t.DEFINITION])
        if command.buffer:
            self.buffers.use(command.buffer)
        if self.executed is not None:
            named = {"sample": self._name_sample(command.buffer)} if command.buffer else {}
            self._pending[number] = {**command.describe, **named}
        return number

    def _definition(self, name: str) -> Definition:
        d = self.definitions.get(name)
        if d is None:
            raise NodeError(f"there is no definition {name!r}; `phonon-osc kinds` and /defs list what there is")
        return d

    def play(self, voice: Voice, frame: int = NOW, at: float | None = None) -> None:
        """One event: a voice that nobody addresses any more. ``at`` (its timetag, system time) is for the session log."""
        d = self._definition(voice.definition)
        place, key = self.definitions.place(d.name), self.definitions.key(d.name)
        command = voice_command(voice, d, self.orbit_definition, place, key, self.rate, frame, at)
        command.buffer = self._buffer_in(d, command.pairs)
        self.send(command)

    def set_bus(self, values: Mapping[int, float], frame: int = NOW) -> None:
        """Set control buses by number."""
        pairs = [(bus, 0, float(np.float32(v))) for bus, v in values.items() if 0 <= bus < t.BUSES]
        self.send(Command(t.OP_BUS, frame, {}, pairs, {"do": "bus", "pairs": pairs}))

    def set_orbit(self, orbits: Iterable[int], controls: Mapping[str, Value], frame: int = NOW) -> None:
        """Set effect parameters of orbits."""
        pairs = [*control_pairs(self.orbit_definition, controls, t.ORBIT_FLAG)]
        for orbit in orbits:
            words = {t.ORBIT: orbit % t.ORBITS}
            self.send(Command(t.OP_ORBIT, frame, words, pairs, {"do": "orbit", "words": words, "pairs": pairs}))

    def panic(self) -> None:
        """Silence everything within 5 ms and forget what is scheduled."""
        self.panics += 1
        self.send(Command(t.OP_PANIC, NOW, {}, [], {"do": "panic"}))
        for node in list(self.nodes.by_id.values()):
            self.nodes.forget(node)

    # --- nodes -----------------------------------------------------------------------------------------------------
    def new_node(
        self,
        definition: str,
        id: NodeId = -1,
        controls: Mapping[str, Value] | None = None,
        *,
        orbit: int = 0,
        frame: int = NOW,
    ) -> Node:
        """A node that sounds until it is freed (or its gate has fallen and its release is over)."""
        d = self._definition(definition)
        self._check(d, controls or {})
        pairs = [*control_pairs(d, controls or {})]
        node = self.nodes.new(id, d, frame, orbit)
        node.key, node.home = self.definitions.key(d.name), orbit
        words = {
            t.NODE: node.handle,
            t.DEFINITION: self.definitions.place(d.name),
            t.ORBIT: -1 if orbit < 0 else orbit % t.ORBITS,
            t.DURATION: -1,
            t.SEED: (node.number * 0x9E3779B1) & 0x7FFFFFFF,
            t.FADE_FRAMES: self.tables.slabs.steal_fade,
        }
        describe = {"do": "new", "definition": self.definitions.key(d.name), "words": words, "pairs": pairs}
        try:
            self.send(Command(t.OP_NEW, frame, words, pairs, describe, self._buffer_in(d, pairs)))
        except Exception:
            self.nodes.ended(node.handle)
            raise
        return node

    def check_node(self, id: NodeId, controls: Mapping[str, Value]) -> None:
        """Whether a node has these controls; raises NodeError."""
        self._check(self.nodes.get(id).definition, controls)

    @staticmethod
    def _check(d: Definition, controls: Mapping[str, Value]) -> None:
        for name in controls:
            if d.index(name) is None:
                known = ", ".join(c for c in d.controls if not c.startswith("_"))
                raise NodeError(f"{d.name} has no control {name!r}; it has {known}")

    def _node_command(
        self, op: int, node: Node, frame: int, words: dict[int, int], pairs: list[tuple[int, int, float]]
    ) -> None:
        words = {t.NODE: node.handle, **words}
        frame = max(frame, node.start)  # a node that has not started yet: right after its start
        describe = {"do": "node", "op": op, "definition": node.key, "words": words, "pairs": pairs}
        buffer = self._buffer_in(node.definition, pairs) if op == t.OP_SET else 0
        self.send(Command(op, frame, words, pairs, describe, buffer))

    def set_node(self, id: NodeId, controls: Mapping[str, Value], frame: int = NOW, *, ramp: float = 0.0) -> None:
        """Set controls of a node; ``ramp`` seconds instead of each control's own smoothing."""
        node = self.nodes.get(id)
        self._check(node.definition, controls)
        pairs = [*control_pairs(node.definition, controls)]
        self._node_command(t.OP_SET, node, frame, {t.EXTRA: round(ramp * self.rate)}, pairs)

    def free_node(self, id: NodeId, frame: int = NOW, *, fade: float = 0.005) -> None:
        """Fade a node out and free it."""
        node = self.nodes.get(id)
        self._node_command(t.OP_FREE, node, frame, {t.FADE_FRAMES: max(1, round(fade * self.rate))}, [])
        if frame < self.tables.device.out_frame + SOON * self.rate:
            self.nodes.forget(node)

    def route_node(self, id: NodeId, orbit: int, frame: int = NOW) -> None:
        """Send a node to another orbit; -1: to none."""
        node = self.nodes.get(id)
        node.orbit = node.home = orbit
        self._node_command(t.OP_ROUTE, node, frame, {t.ORBIT: -1 if orbit < 0 else orbit % t.ORBITS}, [])

    def patch(
        self, source: NodeId, target: NodeId, control: str, amount: float = 1.0, *, outlet: int = 0, frame: int = NOW
    ) -> bool:
        """Add ``amount`` times an outlet of one node to a control of another. True if this closes a cycle (one block of delay).

        The source leaves its orbit, as a cable that is moved from the mixer to an inlet does; ``route_node`` puts it back.
        """
        src, dst = self.nodes.get(source), self.nodes.get(target)
        self._check(dst.definition, {control: 0.0})
        control = dst.definition.name_of(control)
        if not 0 <= outlet < t.OUTLETS:
            raise NodeError(f"outlet {outlet}: a node has outlets 0 (left) and 1 (right)")
        index = dst.definition.index(control)
        assert index is not None
        if (src.number, control, outlet) not in dst.patches and self.patches >= self.sizes.edges:
            raise NodeError(
                f"all {self.sizes.edges} patches are in use; take some away (/node/unpatch) or start with more --voices"
            )
        frame = max(frame, src.start, dst.start)
        cycle = self.nodes.reaches(src, dst)
        dst.sources.setdefault(src.number, set()).add(control)
        dst.patches[src.number, control, outlet] = amount
        if not cycle:
            for node in self.nodes.deepened(src, dst):
                self._node_command(t.OP_MOVE, node, frame, {t.ORBIT: node.depth}, [])
        words = {t.DEFINITION: index, t.ORBIT: outlet, t.CUT_SOUND: src.handle}
        self._node_command(t.OP_PATCH, dst, frame, words, [(0, 0, float(np.float32(amount)))])
        if src.orbit >= 0:
            home = src.orbit
            self.route_node(src.id, -1, frame)
            src.home = home
        return cycle

    def unpatch(self, source: NodeId, target: NodeId, control: str | None = None, *, frame: int = NOW) -> int:
        """Take the patches between two nodes away, or those into one control; how many there were.

        A source that is patched nowhere any more goes back to the orbit it left.
        """
        src, dst = self.nodes.get(source), self.nodes.get(target)
        if control is not None:
            self._check(dst.definition, {control: 0.0})
            control = dst.definition.name_of(control)
        gone = [key for key in dst.patches if key[0] == src.number and control in (None, key[1])]
        if not gone:
            into = "" if control is None else f".{control}"
            raise NodeError(f"{source} is not patched into {target}{into}")
        frame = max(frame, src.start, dst.start)
        for key in gone:
            del dst.patches[key]
            words = {t.DEFINITION: dst.definition.index(key[1]) or 0, t.ORBIT: key[2], t.CUT_SOUND: src.handle}
            self._node_command(t.OP_UNPATCH, dst, frame, words, [])
        left = {key[1] for key in dst.patches if key[0] == src.number}
        if left:
            dst.sources[src.number] = left
        else:
            del dst.sources[src.number]
        if src.orbit < 0 <= src.home and not any(src.number in n.sources for n in self.nodes.by_number.values()):
            self.route_node(src.id, src.home, frame)
        return len(gone)

    @property
    def patches(self) -> int:
        """How many patches there are."""
        return sum(len(node.patches) for node in self.nodes.by_number.values())

    # --- looking ---------------------------------------------------------------------------------------------------
    def node_controls(self, node: Node) -> dict[str, float]:
        """What each control of a node is now, without what is patched in; its defaults before it has started."""
        controls = {name: param.default for name, param in node.definition.controls.items() if not name.startswith("_")}
        slot = int(self.tables.slabs.nodes.slot[node.number])
        if slot < 0 or int(self.tables.slabs.nodes.generation[node.number]) != node.generation:
            return controls
        slab, lane = slot // LANES, slot % LANES
        return {name: self._now(slab, lane, node.definition.index(name) or 0) for name in controls}

    def orbit_controls(self, orbit: int) -> dict[str, float]:
        """The effects of an orbit now."""
        d = self.orbit_definition
        return {name: self._now(0, orbit, d.index(name) or 0) for name in d.controls if not name.startswith("_")}

    def _now(self, slab: int, lane: int, control: int) -> float:
        return float(self.tables.slabs.controls.now[(slab * t.CONTROLS + control) * LANES + lane])

    def bus_value(self, bus: int) -> float:
        return float(self.tables.slabs.controls.buses[bus])

    # --- driving ---------------------------------------------------------------------------------------------------
    def live(self) -> None:
        """Take time from the backend's calls instead of counting frames."""
        self.tables.clock.on = 1
        self.clock = LiveClock(self.code, self.tables.clock)

    def render(self, out: np.ndarray) -> None:
        """Compute the next frames into a C-contiguous (frames, outputs) float32 array."""
        channels = self.sizes.outputs
        if out.dtype != np.float32 or not out.flags.c_contiguous or out.ndim != 2 or out.shape[1] != channels:
            raise UsageError(f"render takes a contiguous (frames, {channels}) array of float32, got {out.shape}")
        self._places[:] = out.ctypes.data + self._columns
        self._process(self.tables.address, len(out), self._places.ctypes.data, 4 * channels, 0)

    def hear(self, frames: np.ndarray) -> None:
        """What comes in from outside next: (frames, inputs) of float32. Offline; live the backend hands it over.

        At most half a ring (8192 frames) may wait: feed what the next ``render`` needs, and a block more.
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
        """Take what the audio thread told; keep nodes and the session log up to date. Call it every few milliseconds."""
        self.link.flush()
        confirmed = self.buffers.confirmed()
        notices = self.link.notices()
        for notice in notices:
            if notice.kind == t.N_EXECUTED:
                describe = self._pending.pop(notice.subject, None)
                if describe is not None and self.executed is not None:
                    late = notice.frame - notice.value if notice.value != NOW else 0
                    self.executed(notice.frame, {**describe, "late": late} if late else describe)
            elif notice.kind == t.N_STARTED and self.started is not None:
                node = self.nodes.by_number.get(notice.subject & 0xFFFFFFFF)
                if node is not None and node.handle == notice.subject:
                    self.started(node, notice.frame)
            elif notice.kind in (t.N_ENDED, t.N_REFUSED) and notice.subject:
                node = self.nodes.ended(notice.subject)
                if node is not None and self.ended is not None:
                    self.ended(node, notice.frame)
                if node is not None and notice.kind == t.N_REFUSED and self.refused is not None:
                    self.refused(node)
        self.buffers.settle(confirmed)
        return notices

    def log_commands(self, executed: Executed, name_sample: Callable[[int], Any]) -> None:
        """Have every command told back with the frame at which it was carried out.

        Of one that names a sample the description gets ``sample``, which is what ``name_sample`` says of its number when it is sent: later
        the number may stand for another.
        """
        self.executed, self._name_sample = executed, name_sample
        self.tables.queue.log_on = 1

    def replay(self, frame: int, describe: Mapping[str, Any]) -> None:
        """Send a command again as a session log describes it."""
        words = {int(k): int(v) for k, v in describe.get("words", {}).items()}
        pairs = [(int(c), int(f), float(v)) for c, f, v in describe.get("pairs", [])]
        ops = {"play": t.OP_NEW, "new": t.OP_NEW, "bus": t.OP_BUS, "orbit": t.OP_ORBIT, "panic": t.OP_PANIC}
        op = int(describe["op"]) if describe["do"] == "node" else ops[describe["do"]]
        named = self.definitions.get(describe.get("definition", ""))
        if op == t.OP_NEW:
            words[t.DEFINITION] = self.definitions.place(describe["definition"])
        buffer = self._buffer_in(named, pairs) if op in (t.OP_NEW, t.OP_SET) else 0
        self.send(Command(op, frame, words, pairs, buffer=buffer))

    def map_of(self, value: float | str) -> Value | None:
        """A value as a message gives it: a number, or the text ``c7`` for control bus 7."""
        if isinstance(value, str):
            number = value[1:]
            return BusMap(int(number)) if value[:1] == "c" and number.isdigit() and int(number) < t.BUSES else None
        return float(value)
