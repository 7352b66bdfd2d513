"""The messages of the native protocol, declared once: router, error texts, ``phonon-osc send --help`` and protocol.md read this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from phonon_osc.osc.udp import Address
from phonon_osc.osc.wire import Value

PROTOCOL = 1  # grows with every BREAKING change on the wire


@dataclass(slots=True)
class Request:
    """A message on its way through the server: when it is due, who sent it, and how to answer."""

    address: str
    args: tuple[Value, ...]
    frame: int  # commands.NOW for at once
    sender: Address
    reply: Callable[..., None]  # reply(address, *arguments)
    at: float | None = None  # the timetag as system time, where there was one


@dataclass(frozen=True)
class Argument:
    """One argument: ``type`` as people read it (int, float, name, id ...), ``optional`` ones come last."""

    name: str
    type: str
    doc: str
    optional: bool = False


@dataclass(frozen=True)
class Message:
    """A message the server understands."""

    address: str
    doc: str
    arguments: tuple[Argument, ...]
    reply: str
    example: str
    handler: Callable[[Any, Request], None]

    @property
    def usage(self) -> str:
        words = [f"[{a.name}]" if a.optional else a.name for a in self.arguments]
        return " ".join([self.address, *words])


class RequestError(ValueError):
    """What a /fail answers: what was wrong, with which value, and what to do."""
