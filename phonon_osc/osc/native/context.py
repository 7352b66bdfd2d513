"""What all families of messages share: the engine, everything that clients have made, and how words become values."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from dsp.kind import kinds
from phonon_osc.defs import Instrument, Source
from phonon_osc.dialects.superdirt.conversation import ANNOUNCED_BUSES
from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.changes import Define, Forget, Restore
from phonon_osc.engine.engine import Engine
from phonon_osc.engine.nodes import Node, NodeId
from phonon_osc.engine.voice import BusMap, Value
from phonon_osc.lastlines import LastLines
from phonon_osc.limits import DEFINITIONS
from phonon_osc.osc.native.notify import Listeners
from phonon_osc.osc.schema import RequestError
from phonon_osc.samples.library import Library
from phonon_osc.synths import builtin

FIRST_NAMED_BUS = ANNOUNCED_BUSES  # the buses below have numbers only: Tidal's


class Running(Protocol):
    """A recording under way."""

    path: Path
    frames: int

    def close(self, frames: int | None = None) -> None: ...


@dataclass
class ClientBuffer:
    """A buffer that a client made: the engine's number, and where its sound came from."""

    number: int
    frames: int
    rate: float
    source: str


@dataclass
class Context:
    """The server as the messages see it."""

    engine: Engine
    library: Library
    status: Callable[[], dict[str, Any]]
    lines: LastLines
    add_event_synth: Callable[
        [Instrument | None, str], None
    ]  # publishes an instrument for events; None withdraws the name
    listeners: Listeners = field(default_factory=Listeners)
    groups: dict[str, set[NodeId]] = field(default_factory=dict)
    buses: dict[str, int] = field(default_factory=dict)  # control buses with names
    audio_buses: set[str] = field(default_factory=set)  # names of the nodes that are audio buses
    instruments: dict[str, Instrument] = field(default_factory=dict)  # definitions made of text
    sources: dict[str, Source] = field(default_factory=dict)  # the sources of these, for other definitions to call
    buffers: dict[str, ClientBuffer] = field(default_factory=dict)
    record_folder: Path | None = None
    start_recording: Callable[[Path], Running] | None = None
    recording: Running | None = None
    quit: Callable[[], None] | None = None

    def counts(self) -> dict[str, int]:
        """What clients have made, for /status."""
        return {
            "groups": len(self.groups),
            "buses": len(self.buses) + len(self.audio_buses),
            "definitions": len(self.instruments),
            "buffers": len(self.buffers),
        }

    def define(self, name: str, text: str) -> Instrument:
        """Read a definition and publish it. Raises RequestError, DataError or UsageError, and then changes nothing.

        A definition that ends with ``voice`` may have the name of a built-in synth. Events then play it instead.
        """
        if not name.replace("_", "a").replace(".", "a").isalnum():
            raise RequestError(f"name is {name!r}; use only letters, digits, _ and .")
        if name not in self.instruments and len(self.instruments) >= DEFINITIONS:
            raise RequestError(f"there are {len(self.instruments)} definitions already; free some (/def/free)")
        synth, before = name in builtin.synths(), self.instruments.get(name)
        taken = name in kinds() or (name in self.engine.definitions and (before is None or before.called != name))
        if taken and not synth:
            raise RequestError(f"{name!r} is built in; choose another name")
        instrument = builtin.read(name, text, self.engine.rate, builtin.Sources(self.sources))
        if synth and instrument.event:
            instrument = instrument.under(builtin.PREFIX + name)
        elif taken:
            raise RequestError(
                f"{name!r} is built in; choose another name, or end with voice SIGNAL to take its place in events"
            )
        if instrument.definition is not None:
            self.engine.add_definition(instrument.definition)
        if before is not None and before.called != instrument.called:
            self.withdraw(before)
        self.instruments.pop(name, None)  # in the order in which they were made
        self.instruments[name] = instrument
        self.sources[name] = instrument.source
        self.add_event_synth(instrument if instrument.event else None, name)
        self.engine.record_change(self.definition_change(instrument))
        return instrument

    def definition_change(self, instrument: Instrument) -> Define:
        """The entry of a session log for a new definition."""
        called = instrument.called
        return Define(instrument.name, instrument.text, None if called is None else self.engine.definitions.key(called))

    def forget(self, name: str) -> None:
        """Remove a definition made by ``define``, if there is one of this name."""
        gone = self.instruments.get(name)
        if gone is None:
            return
        self.withdraw(gone)
        del self.instruments[name], self.sources[name]
        self.add_event_synth(None, name)
        self.engine.record_change(Forget(name))

    def withdraw(self, instrument: Instrument) -> None:
        """Remove it from the engine. A built-in synth whose place it took is published again."""
        if instrument.called is None:
            return
        if instrument.called == instrument.name:
            self.engine.drop_definition(instrument.name)
            return
        self.engine.add_definition(builtin.definition(instrument.name, self.engine.rate))
        key = self.engine.definitions.key(instrument.called)
        self.engine.record_change(Restore(instrument.name, key))

    def in_engine(self, name: str) -> str | None:
        """The engine's name of the definition that a node of this name plays; None if there is none."""
        known = self.engine.definitions
        meant = builtin.PREFIX + (builtin.meaning(name) or name)
        return name if name in known and name != "orbit" else meant if meant in known else None

    def node_ended(self, node: Node) -> None:
        """Remove a node that has ended from its group and from the audio buses."""
        if node.id in self.engine.patchbay.by_id:  # a newer node has its id
            return
        for members in self.groups.values():
            members.discard(node.id)
        self.audio_buses.discard(str(node.id))

    def group_of(self, node: NodeId) -> str | None:
        return next((name for name, members in self.groups.items() if node in members), None)

    def move_to_group(self, node: NodeId, group: str | None) -> None:
        if group is not None:
            self.members(group)
        for members in self.groups.values():
            members.discard(node)
        if group is not None:
            self.groups[group].add(node)

    def members(self, group: str) -> set[NodeId]:
        if group not in self.groups:
            raise RequestError(f"there is no group {group!r}; {remedy(group, self.groups, '/group/new makes one')}")
        # without nodes that a panic removed and whose end is not reported yet
        self.groups[group] &= self.engine.patchbay.by_id.keys()
        return self.groups[group]

    def bus(self, word: str | float) -> int:
        """Number of a control bus: a number, ``c7``, or a name."""
        if isinstance(word, str):
            if word in self.buses:
                return self.buses[word]
            word = float(word[1:]) if word[:1] == "c" and word[1:].isdigit() else word
        if isinstance(word, str):
            raise RequestError(f"there is no control bus {word!r}; {remedy(word, self.buses, '/bus/new makes one')}")
        if not (word.is_integer() and 0 <= word < t.BUSES):
            raise RequestError(f"control bus {word:g}: buses have numbers from 0 to {t.BUSES - 1}")
        return int(word)

    def values(self, controls: dict[str, float | str]) -> dict[str, Value]:
        """Values for the engine: a number stays, a bus becomes a BusMap, a buffer's name becomes its number."""
        found: dict[str, Value] = {}
        for name, raw in controls.items():
            if isinstance(raw, float):
                found[name] = raw
            elif name == "buffer":
                found[name] = float(self.buffer(raw).number)
            else:
                found[name] = BusMap(self.bus(raw))
        return found

    def buffer(self, name: str) -> ClientBuffer:
        if name not in self.buffers:
            raise RequestError(f"there is no buffer {name!r}; {remedy(name, self.buffers, '/buffer/load makes one')}")
        return self.buffers[name]


def remedy(word: str, known: Iterable[str], otherwise: str) -> str:
    """What to do about an unknown name: ``did you mean`` names close to it, or ``otherwise``."""
    close = difflib.get_close_matches(word, list(known), 2, 0.6)
    return f"did you mean {' or '.join(close)}?" if close else otherwise
