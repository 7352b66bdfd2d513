"""The way out of a voice: effects, gate and level around a sound that events play. A dialect makes it and hands it in."""

from __future__ import annotations

from typing import Protocol

from phonon_osc.engine.definition import ControlRef, Definition, Graph, Ref, Wire


class WayOut(Protocol):
    """The part of a definition between the source of a voice and its orbit: effects, gate, level."""

    @property
    def controls(self) -> frozenset[str]:
        """Names of the controls that it gives to every voice."""

    def hold(self, g: Graph) -> ControlRef:
        """A control: how long the event is at full level, in seconds."""

    def pitch(self, g: Graph, freq: Ref | None = None) -> Wire:
        """The event's frequency in Hz, at control rate; ``freq``, if given, replaces the event's ``freq``."""

    def finish(self, g: Graph, sound: Wire | tuple[Wire, Wire]) -> Definition:
        """Add the way out to ``sound`` (one wire, or left and right) and build the definition."""
