"""A definition that was read from its text: an instrument of nodes, one of events too, or a part for others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from phonon_osc.defs.graph import Body, Building
from phonon_osc.defs.source import Source, source_of
from phonon_osc.defs.text import AliasStatement, TextError
from phonon_osc.defs.wayout import WayOut
from phonon_osc.engine.definition import ControlRef, Definition, DefinitionError, Graph

MOST_ALIASES = 8


@dataclass(frozen=True)
class Instrument:
    """``definition`` is what the engine plays; None: a part, which only others use."""

    name: str
    text: str
    source: Source
    definition: Definition | None
    doc: str = ""
    event: bool = False  # a way out for events is around it, so that ``s NAME`` plays it
    uses_pitch: bool = False  # an event without pitch plays MIDI 60, and not the default of ``freq``
    aliases: tuple[str, ...] = ()  # further names for events
    controls: frozenset[str] = frozenset()  # those that are not the way out's

    @property
    def called(self) -> str | None:
        """Its name in the engine."""
        return None if self.definition is None else self.definition.name

    def under(self, name: str) -> Instrument:
        """The same under another name in the engine."""
        assert self.definition is not None
        return replace(self, definition=replace(self.definition, name=name))


def read(name: str, text: str, rate: float, way_out: WayOut, known: Mapping[str, Source] | None = None) -> Instrument:
    """What ``text`` describes.

    ``way_out`` surrounds it if it ends with ``voice``; ``known`` are the definitions that it may use. ``rate``: Hz. Raises TextError:
    the line, what is wrong, what to do.
    """
    known = {} if known is None else known
    source = source_of(name, text, known)
    building = Building(Graph(name, rate=rate), way_out, known)
    body = Body(building, source)
    body.build()
    try:
        return _finished(text, body, way_out)
    except DefinitionError as error:
        raise body.fail(str(error).removeprefix(f"{name}: ")) from None


def _finished(text: str, body: Body, way_out: WayOut) -> Instrument:
    source, graph = body.source, body.graph
    heard, aliases = source.heard, _aliases(body)
    if heard is None:
        if source.outputs is None:
            raise TextError(
                "nothing is heard: end with out SIGNAL (or voice SIGNAL, to be played by events; or outlets SIGNAL, to be used by others)"
            )
        return Instrument(source.name, text, source, None, graph.doc)
    body.line = heard.line
    left, right = (body.wire(body.heard[side]) for side in (0, -1))
    if heard.word == "voice":
        definition = way_out.finish(graph, left if left == right else (left, right))
        own = frozenset(c for c in definition.controls if c not in way_out.controls and not c.startswith("_"))
        uses_pitch = body.pitch is not None and "freq" not in source.controls
        return Instrument(source.name, text, source, definition, graph.doc, True, uses_pitch, aliases, own)
    if body.gate is not None:
        body.line = body.gate.line
        for name in (body.gate.gate, body.gate.release):
            if name is not None and not isinstance(body.signals.get(name), ControlRef):
                raise body.fail(f"gate: {name} is not a control; give it a default in a line before: {name}: 1")
        graph.gate(body.gate.gate, body.gate.release)
    outlets = None
    if source.outputs is not heard:
        outlets = (body.wire(body.outputs[0]), body.wire(body.outputs[-1]))
    graph.out(left, right, outlets=outlets)
    return Instrument(source.name, text, source, graph.build(), graph.doc)


def _aliases(body: Body) -> tuple[str, ...]:
    found: list[str] = []
    for statement in body.source.statements:
        if isinstance(statement, AliasStatement):
            body.line = statement.line
            if body.source.heard is None or body.source.heard.word != "voice":
                raise body.fail("alias gives events further names; it belongs to what ends with voice SIGNAL")
            found += statement.names
    if len(found) > MOST_ALIASES:
        raise body.fail(f"{len(found)} aliases; at most {MOST_ALIASES}")
    return tuple(found)
