"""A dialect as the player knows it, and the messages that it hears."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Protocol

from phonon_osc.dialects.event import Event
from phonon_osc.dialects.outcome import Outcome
from phonon_osc.dialects.parameters import Table
from phonon_osc.dialects.sounds import Sounds

if TYPE_CHECKING:
    from phonon_osc.dialects.player import Player

Sender = tuple[str, int]  # host and port


class Evidence(IntEnum):
    """How sure a dialect is that an event is one of its own."""

    NO = 0  # it cannot be
    POSSIBLE = 1  # if its sender is known to speak this dialect
    LIKELY = 2  # even from a sender nobody knows
    CERTAIN = 3  # no other dialect writes an event like this: its sender is remembered


class Request(Protocol):
    """A message on its way through the server."""

    @property
    def args(self) -> Sequence[Any]: ...
    @property
    def sender(self) -> Sender: ...
    @property
    def frame(self) -> int:
        """When it is due; ``commands.NOW`` for at once."""

    @property
    def at(self) -> float | None:
        """Its timetag as system time, where it had one."""

    @property
    def reply(self) -> Callable[..., None]:
        """reply(address, *arguments)"""


Handler = Callable[[Request], None]


class Translate(Protocol):
    """From an event to what becomes of it. Raises NotLoaded for a sample that has to be loaded first, and nothing else."""

    def __call__(self, event: Any, sounds: Sounds, *, seed: int, sample_rate: float) -> Outcome: ...


def no_handlers(player: Player) -> Mapping[str, Handler]:
    return {}


@dataclass(frozen=True)
class Greeting:
    """What a server that is ready sends to a port of its own machine, where a front end may have been running before it."""

    address: str
    port: int


@dataclass(frozen=True)
class Dialect:
    """``evidence`` judges an event by its keys in the order sent and by its arguments; ``read`` makes it a typed event.

    ``handlers`` are further addresses at which the dialect is spoken to.
    """

    name: str
    doc: str
    evidence: Callable[[Sequence[str], Sequence[object]], Evidence]
    read: Callable[[Sequence[object]], Event]
    translate: Translate
    parameters: Callable[[], Table]
    handlers: Callable[[Player], Mapping[str, Handler]] = no_handlers
    greetings: Sequence[Greeting] = ()
