"""What a dialect has to provide to the player, and what the player gives to its handlers."""

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
    """How sure a dialect is that an event is written in it."""

    NO = 0  # the event cannot be of this dialect
    POSSIBLE = 1  # it is, if its sender is known to speak this dialect
    LIKELY = 2  # it probably is, even if nothing is known of its sender
    CERTAIN = 3  # no other dialect writes such an event; the dialect is remembered for the sender


class Request(Protocol):
    """A message on its way through the server."""

    @property
    def args(self) -> Sequence[Any]: ...
    @property
    def sender(self) -> Sender: ...
    @property
    def frame(self) -> int:
        """The frame at which it is due; ``commands.NOW`` means at once."""

    @property
    def at(self) -> float | None:
        """Its timetag as system time, None if it had no timetag."""

    @property
    def reply(self) -> Callable[..., None]:
        """reply(address, *arguments)"""


Handler = Callable[[Request], None]


class Translate(Protocol):
    """Turns an event into an outcome. Raises only NotLoaded: the sample has to be loaded first."""

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
    """A dialect. ``evidence`` judges an event by its keys (in the order sent) and its arguments. ``read`` makes a typed event of it.

    ``handlers`` are the handlers of the dialect's other addresses.
    ``passing`` is given if equal events always translate to equal voices, except for the seed. Then the player remembers the voices of
    events (``repeats``). It is the key whose number differs in every event and changes no voice, unless a synth has such a control.
    Events with a key of ``unrepeated`` are not remembered.
    """

    name: str
    doc: str
    evidence: Callable[[Sequence[str], Sequence[object]], Evidence]
    read: Callable[[Sequence[object]], Event]
    translate: Translate
    parameters: Callable[[], Table]
    handlers: Callable[[Player], Mapping[str, Handler]] = no_handlers
    greetings: Sequence[Greeting] = ()
    passing: str | None = None
    unrepeated: frozenset[str] = frozenset()
