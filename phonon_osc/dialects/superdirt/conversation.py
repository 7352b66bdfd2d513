"""The messages of SuperDirt's clients other than events: the handshake, questions about synths, values of control buses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from phonon_osc.dialects.dialect import Handler, Request
from phonon_osc.limits import BUSES

if TYPE_CHECKING:
    from phonon_osc.dialects.dialect import Dialect
    from phonon_osc.dialects.player import Player

ANNOUNCED_BUSES = 128  # control buses that the handshake announces; Tidal wraps higher numbers around
HELLO = "/dirt/hello"
TIDAL_PORT = 6010  # where Tidal listens; it shakes hands again when it hears HELLO there
LARGEST_BUS_VALUE = 1e9


class Conversation:
    """Handlers of the addresses other than ``/dirt/play``. A sender that shakes hands speaks ``dialect``."""

    def __init__(self, player: Player, dialect: Dialect) -> None:
        self.player, self.dialect = player, dialect

    @property
    def handlers(self) -> Mapping[str, Handler]:
        return {
            "/dirt/handshake": self.handshake,
            HELLO: self.hello,
            "/dirt/synth-info": self.synth_info,
            "/dirt/setControlBus": self.set_bus,
            "dirt/setControlBus": self.set_bus,  # SuperDirt spells it without the slash
            "/c_set": self.set_bus,
        }

    def handshake(self, request: Request) -> None:
        self.player.recogniser.shake_hands(request.sender, self.dialect)
        request.reply(
            "/dirt/handshake/reply",
            "&serverHostname",
            "127.0.0.1",
            "&serverPort",
            self.player.bus_port,
            "&controlBusIndices",
            *range(ANNOUNCED_BUSES),
        )

    def hello(self, request: Request) -> None:
        request.reply("/dirt/hello/reply")

    def synth_info(self, request: Request) -> None:
        name = request.args[0] if request.args and isinstance(request.args[0], str) else ""
        info = self.player.sounds.synth(name)
        request.reply("/dirt/synth-info/reply", " ".join([name, *sorted(info.controls)]) if info else "")

    def set_bus(self, request: Request) -> None:
        """Set control buses. The arguments are pairs of bus number and value."""
        values: dict[int, float] = {}
        for bus, value in zip(request.args[::2], request.args[1::2], strict=False):
            usable = isinstance(value, int | float) and abs(value) < LARGEST_BUS_VALUE  # false for not-a-number
            if isinstance(bus, int | float) and 0 <= bus < BUSES and usable:
                values[int(bus)] = float(value)
            else:
                self.player.counters.bad_value += 1
        if values:
            self.player.engine.set_bus(values, request.frame)
