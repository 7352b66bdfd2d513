"""A definition read from its text: an instrument for nodes, an instrument for events, or a part for other definitions."""

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
    """``definition`` is what the engine plays. None: it is a part, which only other definitions use."""

    name: str
    text: str
    source: Source
    definition: Definition | None
    doc: str = ""
    event: bool = False  # it has a way out for events, so ``s NAME`` plays it
    uses_pitch: bool = False  # an event without a pitch plays MIDI 60, not the default of ``freq``
    aliases: tuple[str, ...] = ()  # other names that events can use
    controls: frozenset[str] = frozenset()  # its own controls, without those of the way out

    @property
    def called(self) -> str | None:
        """Its name in the engine; None for a part."""
        return None if self.definition is None else self.definition.name

    def under(self, name: str) -> Instrument:
        """The same instrument with another name in the engine."""
        assert self.definition is not None
        return replace(self, definition=replace(self.definition, name=name))


def read(name: str, text: str, rate: float, way_out: WayOut, known: Mapping[str, Source] | None = None) -> Instrument:
    """The instrument that ``text`` describes.

    ``way_out`` is added if it ends with ``voice``; ``known`` are the definitions that it may use. ``rate``: Hz. Raises TextError, which
    says the line, what is wrong and what to do.
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
                "nothing is heard: end with out SIGNAL (or voice SIGNAL, for events; or outlets SIGNAL, for other definitions)"
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
                raise body.fail(
                    "alias gives events more names for this; it needs a definition that ends with voice SIGNAL"
                )
            found += statement.names
    if len(found) > MOST_ALIASES:
        raise body.fail(f"{len(found)} aliases; at most {MOST_ALIASES} are allowed")
    return tuple(found)
