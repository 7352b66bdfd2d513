"""The commands of the control side to the audio thread: one frozen class per command, and its layout as words.

A command names everything by number: nodes by handle, controls by number, times by frame. ``Annotated`` says which values a field may
have. The session log checks its lines by these annotations (``phonon_osc.session.format``).

A *handle* is a node's number and its generation (``generation << 32 | number``). Numbers are used again, with a new generation.
A *pair* is (number of a control or bus, flags, value). The flags are ``tables.MAP_FLAG`` and so on.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.voice import BusMap, Value

NOW = -(1 << 62)  # the frame of a command that is due at once
FARTHEST = 1 << 48  # frames: no command is due later, and no voice lasts longer
DEEPEST = 1 << 18  # greatest depth of a node; the orbits run after all nodes
LARGEST = float(np.finfo(np.float32).max)
INT32 = 2**31 - 1
HEADER = struct.Struct(f"<{t.PAIRS}q")  # the words of a record before its pairs
PAIR_BYTES = 8 * t.PAIRS  # where the pairs of a record begin

Pair = tuple[int, int, float]


# --- which values a field may have -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Whole:
    """A whole number from ``low`` to ``high``."""

    low: int
    high: int


@dataclass(frozen=True)
class Number:
    """A finite number from -``high`` to ``high``."""

    high: float = LARGEST


@dataclass(frozen=True)
class Handle:
    """The handle of a node."""


@dataclass(frozen=True)
class Key:
    """The unique key of a definition, see ``Definitions.key``."""


@dataclass(frozen=True)
class Text:
    """Any text."""


@dataclass(frozen=True)
class ControlOf:
    """The number of a control. The field ``node`` names the field with its node."""

    node: str


@dataclass(frozen=True)
class Pairs:
    """Pairs for controls of the command's definition, of the node in the field ``node``, or of the orbits (``orbits``)."""

    node: str | None = None
    orbits: bool = False


@dataclass(frozen=True)
class BusPairs:
    """Pairs of a control bus and its value."""


@dataclass(frozen=True)
class Sample:
    """The number of a sample."""


@dataclass(frozen=True)
class Numbers:
    """One or more finite numbers."""


Orbit = Annotated[int, Whole(0, t.ORBITS - 1)]
OrbitOrNone = Annotated[int, Whole(-1, t.ORBITS - 1)]
Fade = Annotated[int, Whole(1, INT32)]  # frames
Seed = Annotated[int, Whole(0, INT32)]
Node = Annotated[int, Handle()]
Outlet = Annotated[int, Whole(0, t.OUTLETS - 1)]
TargetControl = Annotated[int, ControlOf("target")]


# --- records -----------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Record:
    """A command as the audio thread reads it. ``buffer``: a sample that has to stay while the command waits and its voice sounds."""

    op: int
    frame: int
    words: dict[int, int]
    pairs: Sequence[Pair] = ()
    buffer: int = 0

    def write(self, words: memoryview, sequence: int) -> None:
        """Write the command as records of ``tables.RECORD`` words (bytes). It takes as many records as its pairs need."""
        parts = pack_pairs([value for pair in self.pairs for value in pair])
        header = [0] * t.PAIRS
        header[t.OP], header[t.FRAME], header[t.SEQ] = self.op, self.frame, sequence
        header[t.BUFFER], header[t.MORE] = self.buffer, len(parts) - 1
        for word, value in self.words.items():
            header[word] = value
        for k, part in enumerate(parts):
            at = k * t.RECORD * 8
            header[t.COUNT] = len(part) // 8
            HEADER.pack_into(words, at, *header)
            words[at + PAIR_BYTES : at + PAIR_BYTES + len(part)] = part
            header = [0] * t.PAIRS


def pack_pairs(flat: Sequence[int | float]) -> list[bytes]:
    """The pairs of each record of a command. ``flat``: number, flags and value of each pair, one after the other."""
    count = len(flat) // 3
    assert count <= t.MOST_PAIRS, "a caller with more pairs has to make several commands"
    if count <= t.PAIRS_OF_ONE:
        return [_pairs_layout(count).pack(*flat)]
    parts = [flat[k : k + 3 * t.PAIRS_OF_ONE] for k in range(0, len(flat), 3 * t.PAIRS_OF_ONE)]
    return [_pairs_layout(len(part) // 3).pack(*part) for part in parts]


@functools.cache
def _pairs_layout(count: int) -> struct.Struct:
    return struct.Struct("<" + "HHf" * count)


def named_sample(definition: Definition, pairs: Iterable[Pair], samples: int) -> int:
    """The number of the sample that these pairs select, if it is below ``samples``; else 0."""
    index = definition.index("buffer")
    if index is None:
        return 0
    named = (int(value) for control, flags, value in pairs if control == index and flags == 0)
    return next((number for number in named if 0 < number < samples), 0)


# --- commands ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Play:
    """Start the voice of an event, and set its orbit. No later command can address the voice.

    ``duration`` and ``fade`` are in frames. ``at`` is the event's timetag as Unix time; only the session log uses it.
    """

    definition: Annotated[str, Key()]
    orbit: Orbit
    duration: Annotated[int, Whole(1, FARTHEST)]
    cut: Annotated[int, Whole(-INT32, INT32)]
    cut_sound: Annotated[int, Whole(-(2**63), 2**63 - 1)]
    seed: Seed
    fade: Fade
    controls: Annotated[tuple[Pair, ...], Pairs()]
    effects: Annotated[tuple[Pair, ...], Pairs(orbits=True)]
    at: Annotated[float | None, Number()] = None
    cut_everywhere: Annotated[int | None, Whole(0, 1)] = None

    def record(self, frame: int, place: int, buffer: int) -> Record:
        words = {
            t.EXTRA: self.cut_everywhere or 0,
            t.DEFINITION: place,
            t.ORBIT: self.orbit,
            t.DURATION: self.duration,
            t.CUT: self.cut,
            t.CUT_SOUND: self.cut_sound,
            t.SEED: self.seed,
            t.FADE_FRAMES: self.fade,
        }
        return Record(t.OP_NEW, frame, words, self.controls + self.effects, buffer)


@dataclass(frozen=True, slots=True)
class NewNode:
    """Start a node, which sounds until it is freed. ``fade``: frames of its fade-out when it is stolen."""

    node: Node
    definition: Annotated[str, Key()]
    orbit: OrbitOrNone
    seed: Seed
    fade: Fade
    controls: Annotated[tuple[Pair, ...], Pairs()]

    def record(self, frame: int, place: int, buffer: int) -> Record:
        words = {
            t.NODE: self.node,
            t.DEFINITION: place,
            t.ORBIT: self.orbit,
            t.DURATION: -1,
            t.SEED: self.seed,
            t.FADE_FRAMES: self.fade,
        }
        return Record(t.OP_NEW, frame, words, self.controls, buffer)


@dataclass(frozen=True, slots=True)
class SetNode:
    """Set controls of a node. ``ramp``: frames until they have the new values; 0: each control's own smoothing."""

    node: Node
    controls: Annotated[tuple[Pair, ...], Pairs(node="node")]
    ramp: Annotated[int, Whole(0, INT32)]

    def record(self, frame: int, buffer: int) -> Record:
        return Record(t.OP_SET, frame, {t.NODE: self.node, t.EXTRA: self.ramp}, self.controls, buffer)


@dataclass(frozen=True, slots=True)
class FreeNode:
    """Fade a node out within ``fade`` frames, and free it."""

    node: Node
    fade: Fade

    def record(self, frame: int) -> Record:
        return Record(t.OP_FREE, frame, {t.NODE: self.node, t.FADE_FRAMES: self.fade})


@dataclass(frozen=True, slots=True)
class RouteNode:
    """Send a node to another orbit; -1 means to no orbit."""

    node: Node
    orbit: OrbitOrNone

    def record(self, frame: int) -> Record:
        return Record(t.OP_ROUTE, frame, {t.NODE: self.node, t.ORBIT: self.orbit})


@dataclass(frozen=True, slots=True)
class MoveNode:
    """Put a node into a slab of another depth: nodes run in the order of their depths."""

    node: Node
    depth: Annotated[int, Whole(0, DEEPEST)]

    def record(self, frame: int) -> Record:
        return Record(t.OP_MOVE, frame, {t.NODE: self.node, t.ORBIT: self.depth})


@dataclass(frozen=True, slots=True)
class MakePatch:
    """Add ``amount`` times an outlet of one node to a control of another. If this patch exists, it gets the new amount."""

    source: Node
    target: Node
    control: TargetControl
    outlet: Outlet
    amount: Annotated[float, Number()]

    def record(self, frame: int) -> Record:
        words = {t.NODE: self.target, t.DEFINITION: self.control, t.ORBIT: self.outlet, t.CUT_SOUND: self.source}
        return Record(t.OP_PATCH, frame, words, ((0, 0, self.amount),))


@dataclass(frozen=True, slots=True)
class EndPatch:
    """Remove a patch. It fades out within a block."""

    source: Node
    target: Node
    control: TargetControl
    outlet: Outlet

    def record(self, frame: int) -> Record:
        words = {t.NODE: self.target, t.DEFINITION: self.control, t.ORBIT: self.outlet, t.CUT_SOUND: self.source}
        return Record(t.OP_UNPATCH, frame, words)


@dataclass(frozen=True, slots=True)
class SetBuses:
    """Set control buses."""

    values: Annotated[tuple[Pair, ...], BusPairs()]

    def record(self, frame: int) -> Record:
        return Record(t.OP_BUS, frame, {}, self.values)


@dataclass(frozen=True, slots=True)
class SetOrbit:
    """Set effects of an orbit."""

    orbit: Orbit
    controls: Annotated[tuple[Pair, ...], Pairs(orbits=True)]

    def record(self, frame: int) -> Record:
        return Record(t.OP_ORBIT, frame, {t.ORBIT: self.orbit}, self.controls)


@dataclass(frozen=True, slots=True)
class Panic:
    """Silence everything, and forget all earlier commands that are not due yet."""

    def record(self, frame: int) -> Record:
        return Record(t.OP_PANIC, frame, {})


@dataclass(frozen=True, slots=True)
class WriteBuffer:
    """Write values to both channels of a client's sample, from its frame ``first`` on."""

    buffer: Annotated[int, Sample()]
    first: Annotated[int, Whole(0, FARTHEST)]
    values: Annotated[tuple[float, ...], Numbers()]

    def record(self, frame: int, data: int) -> Record:
        """``data``: address of the sample's frames. The audio thread writes there only if the sample still has this address."""
        pairs = [(0, 0, value) for value in self.values]
        return Record(t.OP_WRITE, frame, {t.NODE: data, t.EXTRA: self.first}, pairs, self.buffer)


StartCommand = Play | NewNode
NodeCommand = FreeNode | RouteNode | MoveNode | MakePatch | EndPatch
Command = StartCommand | SetNode | NodeCommand | SetBuses | SetOrbit | Panic | WriteBuffer


def control_pairs(definition: Definition, controls: Mapping[str, Value], flags: int = 0) -> Iterable[Pair]:
    """Pairs for those of the controls that the definition has. Values are limited to the range of their control."""
    for name, value in controls.items():
        index = definition.index(name)
        if index is None:
            continue
        if isinstance(value, BusMap):
            yield index, flags | t.MAP_FLAG, float(value.index)
        else:
            param = definition.controls[name if name in definition.controls else definition.aliases[name]]
            yield index, flags, param.accept(value, f"{definition.name}.{name}")
