"""The dirt dialect: SuperDirt's addresses, answered and played as SuperDirt does (reference superdirt.md 1)."""

from __future__ import annotations

import logging
import zlib
from collections import OrderedDict
from typing import Any

from phonon_osc.engine.engine import Engine
from phonon_osc.engine.link import QueueFull
from phonon_osc.osc.counters import OscCounters, SoundCounters
from phonon_osc.osc.dirt_dialect import Dialect, dialect_of
from phonon_osc.osc.dirt_duration import Dropped
from phonon_osc.osc.dirt_event import pairs_to_event
from phonon_osc.osc.dirt_voice import Panic, Unknown, translate
from phonon_osc.osc.schema import Request
from phonon_osc.osc.sounds import NotLoaded, SoundTable, WaitingRoom
from phonon_osc.osc.udp import Address
from phonon_osc.ratelog import RateLimited, printable
from phonon_osc.samples.library import Entry

log = logging.getLogger(__name__)

CONTROL_BUSES = 128  # announced in the handshake; Tidal wraps its bus numbers into them
REMEMBERED = 256  # senders and unknown names kept in mind


class Dirt:
    """Handlers of ``/dirt/*``, ``/play2`` and ``/c_set``."""

    def __init__(
        self, engine: Engine, sounds: SoundTable, counters: OscCounters, warn: RateLimited, bus_port: int
    ) -> None:
        self.engine, self.sounds, self.counters, self.warn = engine, sounds, counters, warn
        self.bus_port = bus_port
        self.played = 0
        self.unplayable = 0  # unknown sounds, and events too short or silent by their own parameters
        self._shaken: OrderedDict[Address, None] = OrderedDict()
        self._unknown: OrderedDict[str, None] = OrderedDict()
        self.missed = SoundCounters()
        self.waiting = WaitingRoom(engine, sounds.library, self.missed, warn)
        self.handlers = {
            "/dirt/play": self.play,
            "/play2": self.play,
            "/dirt/handshake": self.handshake,
            "/dirt/hello": self.hello,
            "/dirt/synth-info": self.synth_info,
            "/dirt/setControlBus": self.set_bus,
            "dirt/setControlBus": self.set_bus,
            "/c_set": self.set_bus,
        }

    def handshake(self, request: Request) -> None:
        self._shaken[request.sender] = None
        while len(self._shaken) > REMEMBERED:
            self._shaken.popitem(last=False)
        request.reply(
            "/dirt/handshake/reply",
            "&serverHostname",
            "127.0.0.1",
            "&serverPort",
            self.bus_port,
            "&controlBusIndices",
            *range(CONTROL_BUSES),
        )

    def hello(self, request: Request) -> None:
        request.reply("/dirt/hello/reply")

    def synth_info(self, request: Request) -> None:
        name = request.args[0] if request.args and isinstance(request.args[0], str) else ""
        info = self.sounds.synth(name)
        request.reply("/dirt/synth-info/reply", " ".join([name, *sorted(info.controls)]) if info else "")

    def set_bus(self, request: Request) -> None:
        """Pairs of bus number and value."""
        values: dict[int, float] = {}
        for bus, value in zip(request.args[::2], request.args[1::2], strict=False):
            number_like = isinstance(value, int | float) and abs(value) < 1e9  # false for not-a-number
            if isinstance(bus, int | float) and 0 <= bus < 1024 and number_like:
                values[int(bus)] = float(value)  # type: ignore[arg-type]
            else:
                self.counters.bad_value += 1
        if values:
            self.engine.set_bus(values, request.frame)

    def play(self, request: Request) -> None:
        """One event. A sample that is not in memory is loaded first, on a worker; the event keeps its frame."""
        event, bad = pairs_to_event(request.args)
        self.counters.bad_key += bad
        keys = [a for a in request.args[::2] if isinstance(a, str)]
        dialect = dialect_of(keys, request.sender in self._shaken)
        seed = zlib.crc32(repr((request.args, request.frame)).encode())
        self._start(event, dialect, seed, request)

    def _start(self, event: Any, dialect: Dialect, seed: int, request: Request) -> None:
        try:
            result = translate(event, self.sounds, seed=seed, sample_rate=self.engine.rate, dialect=dialect)
        except NotLoaded as missing:
            self._load(missing.entry, event, dialect, seed, request)
            return
        if isinstance(result, Panic):
            self.engine.panic()
        elif isinstance(result, Unknown):
            self.unplayable += 1
            self.missed.unknown_sounds += 1
            self._name_once(result.name)
        elif isinstance(result, Dropped):
            self.unplayable += 1
            log.debug("not played: %s", result.reason)
        else:
            self.played += 1
            self.engine.play(result, request.frame, request.at)

    def _name_once(self, name: str) -> None:
        if name in self._unknown:
            return
        self._unknown[name] = None
        while len(self._unknown) > REMEMBERED:
            self._unknown.popitem(last=False)
        self.warn.warn(
            "unknown sound",
            "no sound named %s: put samples in a folder of that name, or see `phonon-osc kinds`",
            printable(name),
        )

    def _load(self, entry: Entry, event: Any, dialect: Dialect, seed: int, request: Request) -> None:
        def start() -> None:
            try:
                self._start(event, dialect, seed, request)
            except QueueFull as error:
                self.counters.queue_full += 1
                self.warn.warn("queue full", "%s", error)

        self.waiting.add(entry, request.frame, start)
