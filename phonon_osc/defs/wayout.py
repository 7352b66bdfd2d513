"""What surrounds a sound that events play. It belongs to a dialect, and is handed in."""

from __future__ import annotations

from typing import Protocol

from phonon_osc.engine.definition import ControlRef, Definition, Graph, Ref, Wire


class WayOut(Protocol):
    """From the source of a voice to its orbit: effects, gate, level."""

    @property
    def controls(self) -> frozenset[str]:
        """Names of the controls that every voice has by it."""

    def hold(self, g: Graph) -> ControlRef:
        """How long the event is at full level, seconds."""

    def pitch(self, g: Graph, freq: Ref | None = None) -> Wire:
        """The event's frequency in Hz, at control rate; ``freq`` in the place of the event's own."""

    def finish(self, g: Graph, sound: Wire | tuple[Wire, Wire]) -> Definition:
        """Build the rest around ``sound``: one wire, or left and right."""
