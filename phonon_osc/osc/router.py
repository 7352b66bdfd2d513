"""Brings a datagram to a handler: decodes it, finds when it is due, and looks its address up. Live and offline alike."""

from __future__ import annotations

import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from phonon_osc.bugs import Bugs
from phonon_osc.engine.link import QueueFull
from phonon_osc.errors import PhononError, WireError
from phonon_osc.osc.counters import OscCounters
from phonon_osc.osc.due import HORIZON, Due
from phonon_osc.osc.fairqueue import Address
from phonon_osc.osc.schema import Message, Request, RequestError
from phonon_osc.osc.wire import Message as Decoded
from phonon_osc.osc.wire import Packet, decode, encode_message, ntp_to_unix
from phonon_osc.ratelog import RateLimited, printable

log = logging.getLogger(__name__)

Handler = Callable[[Request], None]
Send = Callable[[bytes, Address], Any]

_PANIC = "superpanic"  # the sound that ends all others is never too late
_REMEMBERED = 1024  # senders that were told of a full queue


class Router:
    """Takes datagrams and calls handlers. It never raises, and a bad message does not stop the other messages of its packet."""

    def __init__(self, due: Due, counters: OscCounters, warn: RateLimited, bugs: Bugs | None = None) -> None:
        self.due, self.counters, self.warn = due, counters, warn
        self.bugs = Bugs(log) if bugs is None else bugs
        self.handlers: dict[str, Handler] = {}
        self.silent = False  # no audio runs: what would sound now must not burst out later
        self.latest = math.inf  # seconds by which a sound may be late; later ones are dropped
        self._sounds: frozenset[str] = frozenset()  # addresses whose messages start a sound
        self._refused: OrderedDict[Address, float] = OrderedDict()  # senders that were told of a full queue, and when
        self.usages: dict[str, str] = {}

    def add(self, handlers: Mapping[str, Handler], sounds: Collection[str] = ()) -> None:
        """Register handlers. ``sounds`` are the addresses whose messages start a sound."""
        self.handlers.update(handlers)
        self._sounds |= frozenset(sounds)

    def add_messages(self, messages: tuple[Message, ...], owner: object) -> None:
        """Register declared messages, their handlers bound to ``owner``."""
        for message in messages:
            self.handlers[message.address] = message.bind(owner)
            self.usages[message.address] = message.usage

    def datagram(
        self, data: bytes, sender: Address, arrival: float, send: Send, budget: float = math.inf
    ) -> Sequence[Decoded]:
        """Handle one datagram that arrived at system time ``arrival``. Answers go out through ``send``.

        Returns the messages that are left when the work has taken ``budget`` seconds, for ``resume``.
        """
        try:
            packet: Packet = decode(data)
        except WireError as error:
            self.counters.malformed += 1
            self.warn.warn("malformed", "packet of %d bytes from %s:%d dropped: %s", len(data), *sender, error)
            return ()
        except Exception as error:
            self.counters.malformed += 1
            self.bugs.caught(f"decoding a packet of {len(data)} bytes from {sender[0]}:{sender[1]}", error)
            return ()
        self.counters.packets += 1
        if packet.dropped:
            self.counters.dropped += packet.dropped
            self.warn.warn(
                "messages dropped",
                "of the %d messages in a packet from %s:%d only the first %d are played: send smaller bundles",
                len(packet.messages) + packet.dropped,
                *sender,
                len(packet.messages),
            )
        return self.resume(packet.messages, sender, arrival, send, budget)

    def resume(
        self, messages: Sequence[Decoded], sender: Address, arrival: float, send: Send, budget: float = math.inf
    ) -> Sequence[Decoded]:
        """Handle messages in their order. Returns those that are left when this has taken ``budget`` seconds."""
        until = time.monotonic() + budget
        for done, message in enumerate(messages, 1):
            self.counters.messages += 1
            self.message(message, sender, arrival, send)
            if done < len(messages) and time.monotonic() > until:
                return messages[done:]
        return ()

    def message(self, message: Decoded, sender: Address, arrival: float, send: Send) -> None:
        """Route one decoded message."""
        try:
            self._route(message, sender, arrival, send)
        except Exception as error:
            self.bugs.caught(f"handling {message.address} from {sender[0]}:{sender[1]}", error)

    def _route(self, message: Decoded, sender: Address, arrival: float, send: Send) -> None:
        handler = self.handlers.get(message.address)
        if handler is None:
            self.counters.unknown_address += 1
            self.warn.warn("unknown address", "nothing listens at %s", printable(message.address))
            return
        args, target = _reply_port(message.args, sender)
        port = target[1] if target is not sender else 0

        def reply(address: str, *values: Any) -> None:
            send(encode_message(address, *values), target)

        tag = message.timetag
        at = ntp_to_unix(tag, arrival) if tag else None
        if message.address in self._sounds and _PANIC not in args and self._is_too_late(at, arrival):
            self.counters.too_late += 1
            self.warn.warn(
                "too late",
                "%s from %s:%d is dropped: its time has passed long ago, or no audio runs",
                message.address,
                *sender,
            )
            return
        request = Request(message.address, args, self.due(tag, sender, arrival), sender, reply, at, port)
        try:
            handler(request)
        except QueueFull as error:
            self.counters.queue_full += 1
            self.warn.warn("queue full", "%s", error)
            if message.address not in self._sounds or self._tells(sender, arrival):
                reply("/fail", message.address, str(error))
        except (RequestError, PhononError, ValueError) as error:
            self.counters.bad_arguments += 1
            usage = self.usages.get(message.address)
            text = printable(str(error))
            self.warn.warn("fail", "%s from %s:%d: %s", message.address, *sender, text)
            reply("/fail", message.address, f"{text} ({usage})" if usage else text)
        except Exception as error:
            reply("/fail", message.address, f"the server has a bug here ({type(error).__name__}); its log says more")
            raise

    def _is_too_late(self, at: float | None, arrival: float) -> bool:
        """Whether a sound would come too late: after a suspension, or while no audio runs. A timetag beyond the horizon says nothing."""
        if self.silent:
            return True
        if self.latest == math.inf:
            return False
        due = arrival if at is None or abs(at - arrival) > HORIZON else max(at, arrival)
        return time.time() - due > self.latest

    def _tells(self, sender: Address, now: float) -> bool:
        """Whether a sender is to be told that an event was refused: once a second, since it does not wait for answers."""
        if abs(now - self._refused.get(sender, -1.0)) < 1.0:
            return False
        self._refused[sender] = now
        self._refused.move_to_end(sender)
        while len(self._refused) > _REMEMBERED:
            self._refused.popitem(last=False)
        return True


def _reply_port(args: tuple[Any, ...], sender: Address) -> tuple[tuple[Any, ...], Address]:
    """Take off a last pair ``reply PORT``: the answer goes to that port of the sender's host (oscsend cannot receive answers)."""
    if len(args) >= 2 and args[-2] == "reply" and isinstance(args[-1], int | float) and 0 < args[-1] < 65536:
        return args[:-2], (sender[0], int(args[-1]))
    return args, sender
