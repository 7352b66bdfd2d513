"""Builds definitions. A definition is an immutable graph of kinds with named controls, laid out as a plan.

A plan is a list of steps, in an order in which every signal is written before it is read. Signals have registers: *wires* (scratch
memory, which is used again when no later step reads the signal), controls, and constants. State rows and delay memories are numbered.

A step may be *optional*: it has a trigger control, and changes its first input in place, only for the lanes in which that control
was given. So all combinations of effects share one definition, and unused effects cost nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from dsp.abi import (
    STATE_ROW,
    STEP_MEMORY,
    STEP_MEMORY_MASK,
    STEP_MEMORY_STRIDE,
    STEP_OUT_COUNT,
    STEP_OUTS,
    STEP_RATE,
    STEP_SALT,
    STEP_SIGNALS,
    STEP_STATE,
    STEP_STATE_ROWS,
    STEP_TRIGGER,
)
from dsp.kind import Kind, Param, Unit, kinds
from phonon_osc.engine.audio import tables as t
from phonon_osc.errors import DataError

FADE = Param(1.0, 0.0, 1.0, Unit.GAIN, smoothing=0.0, doc="The voice's own level while it is faded out.")


class DefinitionError(DataError):
    """The graph cannot be built. The message says what is wrong, where, and what to do."""


@dataclass(frozen=True)
class Wire:
    """A signal between steps."""

    number: int


@dataclass(frozen=True)
class ControlRef:
    """A named control used as a signal."""

    name: str


Ref = Wire | ControlRef | float | int


@dataclass
class Step:
    kind: Kind
    signals: list[Ref]  # inputs, parameters, outputs
    when: str | None
    control_rate: bool

    @property
    def changed(self) -> list[Wire]:
        """The inputs that an optional step changes in place, as many as it has outputs."""
        return [wire for wire in self.signals[: len(self.kind.outs)] if isinstance(wire, Wire)]


@dataclass(frozen=True)
class Definition:
    """A graph as the engine needs it. ``records`` has one row of ``STEP_WORDS`` per step, without the addresses of kernels."""

    name: str
    doc: str
    controls: dict[str, Param]
    kernels: tuple[str, ...]  # kind of each step
    records: np.ndarray
    state_rows: int
    memory_classes: tuple[int, ...]  # index into tables.MEMORY_CLASSES
    memory_triggers: tuple[int, ...]  # for each memory, the optional step that uses it, or -1
    interleaved: tuple[bool, ...]  # whether all lanes share the memory, row by row; only orbits have such memories
    constants: tuple[float, ...]
    triggers: dict[str, int]
    outlets: tuple[int, int]
    inlets: tuple[int, int] | None
    wires: int
    slow_wires: int  # bit mask of wires that hold one row per block
    gate: str | None = None
    release: str | None = None
    aliases: dict[str, str] = field(default_factory=dict)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """Control or alias -> number. It is cached, since every control of every event is looked up here."""
        numbers = {name: number for number, name in enumerate(self.controls) if name != "_fade"}
        return {alias: numbers[name] for alias, name in self.aliases.items() if name in numbers} | numbers

    @property
    def always_used(self) -> list[str]:
        """The kinds of the steps that every voice runs; the other steps are optional."""
        return [kind for kind, record in zip(self.kernels, self.records, strict=True) if record[STEP_TRIGGER] < 0]

    @cached_property
    def entries(self) -> dict[str, tuple[int, float, float, Param]]:
        """Control or alias -> its number, its range, and its parameter."""
        params = {name: self.controls[self.name_of(name)] for name in self._numbers}
        return {name: (self._numbers[name], p.min, p.max, p) for name, p in params.items()}

    @cached_property
    def fingerprint(self) -> str:
        """A hash of everything except the name. Definitions with the same hash sound the same."""
        params = [(c, p.default, p.min, p.max, p.smoothing, str(p.out_of_range)) for c, p in self.controls.items()]
        plan = (
            self.kernels,
            self.state_rows,
            self.memory_classes,
            self.memory_triggers,
            self.interleaved,
            self.constants,
        )
        rest = (self.triggers, self.outlets, self.inlets, self.wires, self.slow_wires, self.gate, self.release)
        words = repr((params, plan, rest, sorted(self.aliases.items()))).encode()
        return hashlib.sha256(words + self.records.tobytes()).hexdigest()[:16]

    def index(self, control: str) -> int | None:
        """Number of the control with this name or alias; None if there is none."""
        return self._numbers.get(control)

    def name_of(self, control: str) -> str:
        """The name of the control with this alias. Any other word is returned unchanged."""
        return control if control in self.controls else self.aliases.get(control, control)


class Graph:
    """Builds a definition: name controls, add kinds, connect them, then call ``build``."""

    def __init__(self, name: str, doc: str = "", *, rate: float = 48000.0, inlets: bool = False) -> None:
        self.name, self.doc, self.rate = name, doc, rate
        self.controls: dict[str, Param] = {"_fade": FADE}
        self.steps: list[Step] = []
        self._kinds = kinds()
        self._wires = 0
        self._slow: set[Wire] = set()  # wires of control rate: one row per block
        self._outlets: tuple[Wire, Wire] | None = None
        self._gate: str | None = None
        self._release: str | None = None
        self.inlets: tuple[Wire, Wire] | None = (self._wire(), self._wire()) if inlets else None

    def _wire(self) -> Wire:
        self._wires += 1
        return Wire(self._wires - 1)

    def control(self, name: str, param: Param) -> ControlRef:
        """Add a named control, or return the one that has this name already."""
        if name not in self.controls:
            if len(self.controls) >= t.CONTROLS:
                raise DefinitionError(f"{self.name}: more than {t.CONTROLS - 1} controls")
            self.controls[name] = param
        return ControlRef(name)

    def gate(self, name: str, release: str | None) -> None:
        """Set which control is the gate, and which one is its release time."""
        self._gate, self._release = name, release

    def add(
        self, kind_name: str, *ins: Ref, when: str | None = None, control_rate: bool = False, **params: Ref
    ) -> list[Wire]:
        """Add a kind with its inputs in order and its parameters by name. Returns its outputs as wires.

        With ``when`` (a control's name) the step is optional: lanes in which that control was not given pass the inputs
        through. Later steps must not use the inputs themselves. Step and inputs have to be of audio rate; ``writable`` makes
        such an input of any signal.
        """
        kind = self._kinds.get(kind_name)
        if kind is None:
            raise DefinitionError(f"{self.name}: there is no kind {kind_name!r}; see `phonon-osc kinds`")
        if len(ins) != len(kind.ins):
            raise DefinitionError(f"{self.name}: {kind_name} takes {len(kind.ins)} inputs {kind.ins}, got {len(ins)}")
        unknown = set(params) - set(kind.params)
        if unknown:
            raise DefinitionError(
                f"{self.name}: {kind_name} has no parameter {', '.join(sorted(unknown))}; it has {', '.join(kind.params)}"
            )
        if control_rate and kind.memory:
            raise DefinitionError(
                f"{self.name}: {kind_name} has a delay memory, which control rate would leave gaps in; use audio rate"
            )
        changed = ins[: len(kind.outs)]
        if when is not None and not (0 < len(changed) == len(kind.outs) and all(isinstance(x, Wire) for x in changed)):
            raise DefinitionError(
                f"{self.name}: an optional step changes its inputs in place and needs as many of them, all wires, as outputs; "
                f"{kind_name} has {len(kind.ins)} and {len(kind.outs)}"
            )
        if when is not None and control_rate:
            raise DefinitionError(
                f"{self.name}: {kind_name} cannot be both optional (@when) and of control rate (@control): an optional step "
                "changes every frame of its input; leave @control out, here or where this definition is used"
            )
        if when is not None and not self._slow.isdisjoint(changed):
            raise DefinitionError(
                f"{self.name}: {kind_name} is optional and changes every frame of its input, which has one value per block; "
                "give it a copy of audio rate: value INPUT"
            )
        if len(self.steps) >= t.STEPS:
            raise DefinitionError(f"{self.name}: more than {t.STEPS} steps, at {kind_name}; make it of fewer kinds")
        outs = [self._wire() for _ in kind.outs]
        values: list[Ref] = [params.get(p, spec.default) for p, spec in kind.params.items()]
        self.steps.append(Step(kind, [*ins, *values, *outs], when, control_rate))
        if control_rate:
            self._slow.update(outs)
        return outs

    def writable(self, ref: Ref) -> Wire:
        """A wire of audio rate with this signal, which an optional step may change: the signal itself, or a copy of it."""
        if isinstance(ref, Wire) and ref not in self._slow:
            return ref
        return self.one("value", value=ref)

    def one(
        self, kind_name: str, *ins: Ref, when: str | None = None, control_rate: bool = False, **params: Ref
    ) -> Wire:
        """``add`` for kinds with one output."""
        (wire,) = self.add(kind_name, *ins, when=when, control_rate=control_rate, **params)
        return wire

    def out(self, left: Wire, right: Wire | None = None, *, outlets: tuple[Wire, Wire] | None = None) -> None:
        """Set what is added to the voice's orbit. The outlets for patches are the same signals, or ``outlets`` 0 and 1."""
        right = left if right is None else right
        self._outlets = outlets or (left, right)
        self.add("out", left, right, fade=ControlRef("_fade"))

    def outlets(self, left: Wire, right: Wire) -> None:
        """Set outlets only, as in the definition of the orbits, whose outlets the engine mixes."""
        self._outlets = (left, right)

    def build(self) -> Definition:
        return _Layout(self).definition()


class _Layout:
    """Assigns registers, state rows and memories to the steps of a graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        if graph._outlets is None:
            raise DefinitionError(f"{graph.name}: nothing leaves it; end it with an output")
        self.outlets = graph._outlets
        self.numbers = {name: number for number, name in enumerate(graph.controls)}
        self.alias: dict[int, int] = {}  # wire that an optional step returns -> wire that it changes in place
        self.register: dict[int, int] = {}
        self.constants: list[float] = []
        self.triggers: dict[str, int] = {}
        self.free: list[int] = []
        self.used = 0
        self.slow = 0

    def root(self, wire: int) -> int:
        while wire in self.alias:
            wire = self.alias[wire]
        return wire

    def _last_uses(self) -> dict[int, int]:
        last: dict[int, int] = {}
        for k, step in enumerate(self.graph.steps):
            if step.when is not None:
                for changed, out in zip(step.changed, step.signals[-len(step.kind.outs) :], strict=True):
                    assert isinstance(out, Wire)
                    self.alias[out.number] = changed.number
            for signal in step.signals:
                if isinstance(signal, Wire):
                    last[self.root(signal.number)] = k
        for wire in self.outlets:
            last[self.root(wire.number)] = len(self.graph.steps)
        self._check_in_place()
        return last

    def _check_in_place(self) -> None:
        for k, step in enumerate(self.graph.steps):
            if step.when is None:
                continue
            for later in self.graph.steps[k + 1 :]:
                if any(wire in later.signals for wire in step.changed):
                    raise DefinitionError(
                        f"{self.graph.name}: {step.kind.name} is optional and changes its input in place, but {later.kind.name} "
                        "uses that input too; take the optional step's output"
                    )

    def take(self, slow: bool) -> int:
        if self.free and not slow:
            return self.free.pop()
        if self.used >= t.WIRES:
            raise DefinitionError(f"{self.graph.name}: more than {t.WIRES} signals at a time")
        self.used += 1
        if slow:
            self.slow |= 1 << (self.used - 1)
        return self.used - 1

    def reg(self, signal: Ref) -> int:
        if isinstance(signal, Wire):
            return self.register[self.root(signal.number)]
        if isinstance(signal, ControlRef):
            return t.FIRST_CONTROL + self.numbers[signal.name]
        value = float(np.float32(signal))
        if value not in self.constants:
            if len(self.constants) >= t.CONSTANTS:
                raise DefinitionError(f"{self.graph.name}: more than {t.CONSTANTS} different constants")
            self.constants.append(value)
        return t.FIRST_CONSTANT + self.constants.index(value)

    def definition(self) -> Definition:
        graph = self.graph
        last = self._last_uses()
        if graph.inlets:
            for wire in graph.inlets:
                self.register[wire.number] = self.take(True)  # not shared: the engine sets it to the orbits' inlets
        records = np.zeros((len(graph.steps), t.STEP_WORDS), np.int64)
        state_row, memories, triggers, lines = 0, list[int](), list[int](), list[bool]()
        for k, step in enumerate(graph.steps):
            kind, record = step.kind, records[k]
            outs = len(kind.outs)
            reads = step.signals[: len(step.signals) - outs]
            for j, signal in enumerate(reads):
                record[STEP_SIGNALS + j] = self.reg(signal)
            temporary: list[int] = []
            for j, signal in enumerate(step.signals[len(reads) :]):
                assert isinstance(signal, Wire)
                if step.when is not None:  # the result goes to a scratch wire, and from there to the input's wire
                    at = self.take(False)
                    temporary.append(at)
                else:
                    at = self.register[signal.number] = self.take(step.control_rate)
                record[STEP_SIGNALS + len(reads) + j] = at
            record[STEP_TRIGGER] = -1
            if step.when is not None:
                if step.when not in graph.controls:
                    raise DefinitionError(
                        f"{graph.name}: {kind.name} is triggered by {step.when!r}, which is not a control"
                    )
                record[STEP_TRIGGER] = self.triggers.setdefault(step.when, len(self.triggers))
            record[STEP_RATE] = int(step.control_rate)
            record[STEP_STATE], record[STEP_STATE_ROWS] = state_row, len(kind.state)
            state_row += len(kind.state)
            record[STEP_MEMORY] = -1
            if kind.memory:
                record[STEP_MEMORY] = len(memories)
                memories.append(self._memory_class(kind))
                triggers.append(int(record[STEP_TRIGGER]))
                record[STEP_MEMORY_MASK] = (1 << t.MEMORY_CLASSES[memories[-1]]) - 1
                interleaved = kind.lines and graph.inlets is not None
                record[STEP_MEMORY_STRIDE] = STATE_ROW if interleaved else 4
                lines.append(interleaved)
            record[STEP_SALT] = (k * 0x61C88647) & 0x7FFFFFFF
            record[STEP_OUTS], record[STEP_OUT_COUNT] = len(reads), outs
            self.free += temporary
            done = [self.register[number] for number, use in last.items() if use == k and number in self.register]
            self.free += [at for at in done if not (self.slow >> at) & 1]
        if len(self.triggers) > t.TRIGGERS:
            raise DefinitionError(f"{graph.name}: more than {t.TRIGGERS} optional effects")
        if state_row > t.STATE_ROWS or len(memories) > t.MEMORIES:
            raise DefinitionError(
                f"{graph.name}: {state_row} state rows and {len(memories)} delay memories; at most {t.STATE_ROWS} and {t.MEMORIES}"
            )
        outlets = (self.reg(self.outlets[0]), self.reg(self.outlets[1]))
        inlets = (self.reg(graph.inlets[0]), self.reg(graph.inlets[1])) if graph.inlets else None
        return Definition(
            name=graph.name,
            doc=graph.doc,
            controls=dict(graph.controls),
            kernels=tuple(step.kind.name for step in graph.steps),
            records=records,
            state_rows=state_row,
            memory_classes=tuple(memories),
            memory_triggers=tuple(triggers),
            interleaved=tuple(lines),
            constants=tuple(self.constants),
            triggers=dict(self.triggers),
            outlets=outlets,
            inlets=inlets,
            wires=self.used,
            slow_wires=self.slow,
            gate=graph._gate,
            release=graph._release,
            aliases={alias: name for name, p in graph.controls.items() for alias in p.aliases},
        )

    def _memory_class(self, kind: Kind) -> int:
        frames = kind.memory_frames(self.graph.rate)
        for number, bits in enumerate(t.MEMORY_CLASSES):
            if 1 << bits >= frames:
                return number
        raise DefinitionError(
            f"{self.graph.name}: {kind.name} needs {frames} frames of memory, at most {1 << t.MEMORY_CLASSES[-1]}"
        )
