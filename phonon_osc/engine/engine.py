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
from phonon_osc.engine.allocate import BUFFERS, DEFINITIONS, Memory, Sizes
from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.audio.plan import HELPER_BLEND, HELPER_RAMP
from phonon_osc.engine.buffers import Buffers
from phonon_osc.engine.clock import Clock, ExactClock, LiveClock
from phonon_osc.engine.commands import NOW, Command, control_pairs
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.link import Link, Notice
from phonon_osc.engine.nodes import Node, NodeError, NodeId, Nodes
from phonon_osc.engine.voice import BusMap, Value, Voice
from phonon_osc.errors import UsageError

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
        progress: Progress | None = None,
    ) -> None:
        try:
            own = tuple(c for c, shared in zip(orbits.memory_classes, orbits.interleaved, strict=True) if not shared)
            self.sizes = Sizes.of(voices, tap_seconds, rate, own)
        except ValueError as error:
            raise UsageError(str(error)) from None
        self.rate = rate
        self.widths = compiler.widths_for(width)
        self.code = code.load(self.widths, progress)
        self.memory = Memory(self.sizes, rate, self.widths)
        self.tables = self.memory.engine
        self.tables.process = self.code.addresses["process"]
        self._process = self.code.function("process", 5)
        self.link = Link(self.memory, self.code)
        self.buffers = Buffers(self.memory, self.link.send, self.link.shared)
        self.panics = 0
        self.clock: Clock = ExactClock(rate)
        self.nodes = Nodes(self.sizes.nodes)
        self.definitions: dict[str, Definition] = {}
        self._definition_ids: dict[str, int] = {}
        self._pending: dict[int, dict[str, Any]] = {}
        self.executed: Executed | None = None
        self._name_sample: Callable[[int], Any] = int
        self.ended: Callable[[Node, int], None] | None = None
        self.refused: Callable[[Node], None] | None = None
        for number, name in ((HELPER_RAMP, "ramp"), (HELPER_BLEND, "select")):
            record = self.tables.helper_steps[number * t.STEP_WORDS : (number + 1) * t.STEP_WORDS]
            record[STEP_KERNEL], record[STEP_KERNEL_WIDE] = self._kernels(name)
            record[STEP_SIGNALS : STEP_SIGNALS + 8] = np.arange(8)
        self._start_orbits(orbits)
        if not limiter:
            self.set_orbit(range(t.ORBITS), {"limiter": 0.0})

    # --- definitions and samples -----------------------------------------------------------------------------------
    def _kernels(self, kind: str) -> tuple[int, int]:
        """Addresses for a narrow and for a wide pass."""
        narrow, wide = (self.code.addresses[compiler.kind_unit(kind, width).symbol] for width in self.widths)
        return narrow, wide

    def add_definition(self, d: Definition) -> int:
        """Publish a definition; a name that is known already gets the new one for voices from now on."""
        if len(self._definition_ids) >= DEFINITIONS:
            raise UsageError(f"definition {d.name}: the server holds {DEFINITIONS} at most")
        e, k = self.tables, len(self._definition_ids)
        steps = e.def_steps.reshape(DEFINITIONS, t.STEPS, t.STEP_WORDS)[k]
        steps[: len(d.records)] = d.records
        for record, name in zip(steps, d.kernels, strict=False):
            record[STEP_KERNEL], record[STEP_KERNEL_WIDE] = self._kernels(name)
        row = slice(k * t.CONTROLS, k * t.CONTROLS + len(d.controls))
        params = list(d.controls.values())
        e.def_defaults[row] = [p.default for p in params]
        e.def_smooth[row] = [0 if p.smoothing <= 0 else max(64, round(p.smoothing * self.rate)) for p in params]
        e.def_trigger[row] = [d.triggers.get(name, -1) for name in d.controls]
        constants = e.def_constants.reshape(DEFINITIONS, t.CONSTANTS, LANES)[k]
        for number, value in enumerate(d.constants):
            constants[number] = value
        e.def_memory_class[k * t.MEMORIES : k * t.MEMORIES + len(d.memory_classes)] = d.memory_classes
        e.def_outlets[2 * k : 2 * k + 2] = d.outlets
        e.def_inlets[2 * k : 2 * k + 2] = d.inlets or (0, 0)
        names = list(d.controls)
        e.def_gate[k] = names.index(d.gate) if d.gate else -1
        e.def_release[k] = names.index(d.release) if d.release else -1
        e.def_state_rows[k], e.def_memory_count[k] = d.state_rows, len(d.memory_classes)
        e.def_constant_count[k], e.def_controls[k] = len(d.constants), len(d.controls)
        e.def_wires[k], e.def_slow_wires[k] = d.wires, d.slow_wires
        e.def_step_count[k] = len(d.records)
        self._definition_ids[f"{k}:{d.name}"] = k
        self.definitions[d.name] = d
        self._current = {**getattr(self, "_current", {}), d.name: k}
        return k

    def _buffer_in(self, definition: str, pairs: Iterable[tuple[int, int, float]]) -> int:
        """The sample that a command's pairs name; 0 for none."""
        known = self.definitions.get(definition)
        index = known.index("buffer") if known else None
        named = (int(value) for control, flags, value in pairs if control == index and flags == 0)
        return next((number for number in named if 0 < number < BUFFERS), 0) if index is not None else 0

    def _start_orbits(self, d: Definition) -> None:
        """Bind slab 0 to the orbits' definition: one lane per orbit, sounding from frame 0 for ever."""
        k, e = self.add_definition(d), self.tables
        e.slab_definition[0] = k
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
                at = self.memory.interleave(size)
                e.memory[number * LANES : (number + 1) * LANES] = at + 4 * np.arange(LANES)
                continue
            for orbit in range(t.ORBITS):
                e.class_count[size] -= 1
                e.memory[number * LANES + orbit] = e.class_base[size * e.class_capacity + e.class_count[size]]

    # --- commands --------------------------------------------------------------------------------------------------
    def send(self, command: Command) -> int:
        number = self.link.send(command)
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
        orbits = self.definitions["orbit"]
        duration = max(1, round(voice.duration * self.rate))
        words = {
            t.DEFINITION: self._current[d.name],
            t.ORBIT: voice.orbit % t.ORBITS,
            t.DURATION: duration,
            t.CUT: voice.cut,
            t.CUT_SOUND: voice.cut_sound,
            t.SEED: voice.seed & 0x7FFFFFFF,
            t.FADE_FRAMES: max(1, round(voice.fade * self.rate)),
        }
        pairs = [*control_pairs(d, voice.controls)]
        for name, value in voice.orbit_controls.items():
            if value is None:
                index = orbits.index(name)
                pairs += [] if index is None else [(index, t.ORBIT_FLAG | t.NIL_FLAG, 0.0)]
            else:
                pairs += control_pairs(orbits, {name: value}, t.ORBIT_FLAG)
        if frame != NOW:
            frame += round(voice.delay * self.rate)
        describe: dict[str, Any] = {"do": "play", "definition": d.name, "words": words, "pairs": pairs}
        if at is not None:
            describe["at"] = at + voice.delay
        self.send(Command(t.OP_NEW, frame, words, pairs, describe, self._buffer_in(d.name, pairs)))

    def set_bus(self, values: Mapping[int, float], frame: int = NOW) -> None:
        """Set control buses by number."""
        pairs = [(bus, 0, float(np.float32(v))) for bus, v in values.items() if 0 <= bus < t.BUSES]
        self.send(Command(t.OP_BUS, frame, {}, pairs, {"do": "bus", "pairs": pairs}))

    def set_orbit(self, orbits: Iterable[int], controls: Mapping[str, Value], frame: int = NOW) -> None:
        """Set effect parameters of orbits."""
        pairs = [*control_pairs(self.definitions["orbit"], controls, t.ORBIT_FLAG)]
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
        words = {
            t.NODE: node.handle,
            t.DEFINITION: self._current[d.name],
            t.ORBIT: -1 if orbit < 0 else orbit % t.ORBITS,
            t.DURATION: -1,
            t.SEED: (node.number * 0x9E3779B1) & 0x7FFFFFFF,
            t.FADE_FRAMES: self.tables.steal_fade,
        }
        describe = {"do": "new", "definition": d.name, "words": words, "pairs": pairs}
        try:
            self.send(Command(t.OP_NEW, frame, words, pairs, describe, self._buffer_in(d.name, pairs)))
        except Exception:
            self.nodes.ended(node.handle)
            raise
        return node

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
        name = node.definition.name
        describe = {"do": "node", "op": op, "definition": name, "words": words, "pairs": pairs}
        buffer = self._buffer_in(name, pairs) if op == t.OP_SET else 0
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
        if frame < self.tables.out_frame + SOON * self.rate:
            self.nodes.forget(node)

    def route_node(self, id: NodeId, orbit: int, frame: int = NOW) -> None:
        """Send a node to another orbit; -1: to none."""
        node = self.nodes.get(id)
        node.orbit = orbit
        self._node_command(t.OP_ROUTE, node, frame, {t.ORBIT: -1 if orbit < 0 else orbit % t.ORBITS}, [])

    def patch(
        self, source: NodeId, target: NodeId, control: str, amount: float = 1.0, *, outlet: int = 0, frame: int = NOW
    ) -> bool:
        """Add ``amount`` times an outlet of one node to a control of another. True if this closes a cycle (one block of delay).

        The source leaves its orbit, as a cable that is moved from the mixer to an inlet does; ``route_node`` puts it back.
        """
        src, dst = self.nodes.get(source), self.nodes.get(target)
        self._check(dst.definition, {control: 0.0})
        if not 0 <= outlet < t.OUTLETS:
            raise NodeError(f"outlet {outlet}: a node has outlets 0 (left) and 1 (right)")
        index = dst.definition.index(control)
        assert index is not None
        frame = max(frame, src.start, dst.start)
        cycle = self.nodes.reaches(src, dst)
        dst.sources.setdefault(src.number, set()).add(control)
        if not cycle:
            for node in self.nodes.deepened(src, dst):
                self._node_command(t.OP_MOVE, node, frame, {t.ORBIT: node.depth}, [])
        words = {t.DEFINITION: index, t.ORBIT: outlet, t.CUT_SOUND: src.handle}
        self._node_command(t.OP_PATCH, dst, frame, words, [(0, 0, float(np.float32(amount)))])
        if src.orbit >= 0:
            self.route_node(src.id, -1, frame)
        return cycle

    # --- driving ---------------------------------------------------------------------------------------------------
    def live(self) -> None:
        """Take time from the backend's calls instead of counting frames."""
        self.tables.clock_on = 1
        self.clock = LiveClock(self.link)

    def render(self, out: np.ndarray) -> None:
        """Compute the next frames into a C-contiguous (frames, 2) float32 array."""
        if out.dtype != np.float32 or not out.flags.c_contiguous or out.ndim != 2 or out.shape[1] != 2:
            raise UsageError("render takes a contiguous (frames, 2) array of float32")
        self._process(self.tables.address, len(out), out.ctypes.data, out.ctypes.data + 4, 8)

    @property
    def frame(self) -> int:
        """Frames computed so far (a multiple of 64)."""
        return int(self.tables.frame)

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
            elif notice.kind in (t.N_ENDED, t.N_REFUSED) and notice.subject:
                node = self.nodes.ended(notice.subject)
                if node is not None and notice.kind == t.N_ENDED and self.ended is not None:
                    self.ended(node, notice.frame)
                elif node is not None and notice.kind == t.N_REFUSED and self.refused is not None:
                    self.refused(node)
        self.buffers.settle(confirmed)
        return notices

    def log_commands(self, executed: Executed, name_sample: Callable[[int], Any]) -> None:
        """Have every command told back with the frame at which it was carried out.

        Of one that names a sample the description gets ``sample``, which is what ``name_sample`` says of its number when it is sent: later
        the number may stand for another.
        """
        self.executed, self._name_sample = executed, name_sample
        self.tables.log_on = 1

    def replay(self, frame: int, describe: Mapping[str, Any]) -> None:
        """Send a command again as a session log describes it."""
        words = {int(k): int(v) for k, v in describe.get("words", {}).items()}
        pairs = [(int(c), int(f), float(v)) for c, f, v in describe.get("pairs", [])]
        ops = {"play": t.OP_NEW, "new": t.OP_NEW, "bus": t.OP_BUS, "orbit": t.OP_ORBIT, "panic": t.OP_PANIC}
        op = int(describe["op"]) if describe["do"] == "node" else ops[describe["do"]]
        if op == t.OP_NEW:
            words[t.DEFINITION] = self._current[describe["definition"]]
        buffer = self._buffer_in(describe.get("definition", ""), pairs) if op in (t.OP_NEW, t.OP_SET) else 0
        self.send(Command(op, frame, words, pairs, buffer=buffer))

    def map_of(self, value: float | str) -> Value | None:
        """A value as a message gives it: a number, or the text ``c7`` for control bus 7."""
        if isinstance(value, str):
            number = value[1:]
            return BusMap(int(number)) if value[:1] == "c" and number.isdigit() and int(number) < t.BUSES else None
        return float(value)
