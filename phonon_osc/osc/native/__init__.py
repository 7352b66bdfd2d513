"""The node protocol: one file per family of messages, each with its table at the end."""

from __future__ import annotations

from phonon_osc.osc.native import buffers, buses, catalogue, definitions, groups, nodes, orbits, recording, server
from phonon_osc.osc.native.context import Context
from phonon_osc.osc.schema import Message

FAMILIES = {
    "The server": (server.Server, server.MESSAGES),
    "Kinds and definitions": (catalogue.Catalogue, catalogue.MESSAGES),
    "Nodes": (nodes.NodeMessages, nodes.MESSAGES),
    "Groups": (groups.GroupMessages, groups.MESSAGES),
    "Buses": (buses.BusMessages, buses.MESSAGES),
    "Definitions": (definitions.DefinitionMessages, definitions.MESSAGES),
    "Buffers": (buffers.BufferMessages, buffers.MESSAGES),
    "Orbits": (orbits.OrbitMessages, orbits.MESSAGES),
    "Recording": (recording.RecordMessages, recording.MESSAGES),
}
MESSAGES: tuple[Message, ...] = tuple(message for _, messages in FAMILIES.values() for message in messages)

__all__ = ["FAMILIES", "MESSAGES", "Context", "owners"]


def owners(context: Context) -> list[tuple[object, tuple[Message, ...]]]:
    """Each family's object, which handles the messages, with the table of these messages."""
    return [(owner(context), messages) for owner, messages in FAMILIES.values()]
