"""Plays events: a message in, a voice out. The package's docstring says which modules an event passes, in which order."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from phonon_osc.counters import SoundCounters
from phonon_osc.dialects.dialect import Dialect, Handler, Request
from phonon_osc.dialects.event import Event
from phonon_osc.dialects.outcome import Dropped, Outcome, Panic, Unknown
from phonon_osc.dialects.recognise import Recogniser
from phonon_osc.dialects.registry import DEFAULT, dialects
from phonon_osc.dialects.repeats import Asked, Place, Repeats, seed_of
from phonon_osc.dialects.sounds import NotLoaded, Sounds
from phonon_osc.engine.code import KernelsMissing
from phonon_osc.engine.engine import Engine
from phonon_osc.engine.link import QueueFull
from phonon_osc.engine.voice import Voice
from phonon_osc.ratelog import RateLimited, printable

log = logging.getLogger(__name__)

NAMED = 256  # unknown sounds that are remembered, so that the log names each only once


class Waiting(Protocol):
    """Where events wait for their sample, or for kernels that are being compiled."""

    def add(self, entry: Any, frame: int, start: Callable[[], None]) -> None:
        """Load ``entry`` (of a library, or KernelsMissing), then call ``start`` for an event that is due at ``frame``."""


class ValueCounters(Protocol):
    """Counters of pairs that could not be used."""

    bad_key: int
    bad_value: int
    queue_full: int


PLAYS = ("/dirt/play", "/play2")  # addresses of events


class Player:
    """Handlers of ``/dirt/play`` and of the other addresses of the dialects.

    ``bus_port`` is the UDP port that the handshake announces for values of control buses.
    """

    def __init__(
        self,
        engine: Engine,
        sounds: Sounds,
        waiting: Waiting,
        counters: ValueCounters,
        missed: SoundCounters,
        warn: RateLimited,
        bus_port: int,
        spoken: Mapping[str, Dialect] | None = None,
    ) -> None:
        spoken = dialects() if spoken is None else spoken
        self.engine, self.sounds, self.waiting = engine, sounds, waiting
        self.counters, self.missed, self.warn, self.bus_port = counters, missed, warn, bus_port
        self.played = 0
        self.unplayable = 0  # unknown sounds, and events too short or silent by their own parameters
        self.recogniser = Recogniser(spoken, DEFAULT)
        self.repeats = Repeats()
        self._named: OrderedDict[str, None] = OrderedDict()
        self.handlers: dict[str, Handler] = dict.fromkeys(PLAYS, self.play)
        for dialect in spoken.values():
            self.handlers |= dialect.handlers(self)

    def play(self, request: Request) -> None:
        """Play one event. If its sample or a kernel is not in memory, that is loaded first; the event keeps its frame."""
        args, frame = request.args, request.frame
        dialect = self.recogniser.dialect_of(request.sender, args)
        place = self.repeats.place(dialect, args)
        known = None if place is None else self.repeats.find(place)
        if known is not None and place is not None and known.still(self.sounds):
            with contextlib.suppress(
                KernelsMissing
            ):  # a client has changed the definition; then it is handled like a new event
                self.engine.play(known.voice, frame, request.at, known.seed(args, place, frame))
                self.counters.bad_key += known.bad
                self.played += 1
                return
        event = dialect.read(args)
        self.counters.bad_key += event.bad
        self._start(dialect, event, seed_of(args, frame), request, place)

    def _start(self, dialect: Dialect, event: Event, seed: int, request: Request, place: Place | None) -> None:
        sounds = Asked(self.sounds)
        try:
            outcome = dialect.translate(event, sounds, seed=seed, sample_rate=self.engine.rate)
            self._play(outcome, request)
        except (NotLoaded, KernelsMissing) as missing:
            entry = missing.entry if isinstance(missing, NotLoaded) else missing
            start = functools.partial(self._start_later, dialect, event, seed, request, place)
            self.waiting.add(entry, request.frame, start)
            return
        if place is not None and isinstance(outcome, Voice):
            self.repeats.add(place, dialect, outcome, event.bad, sounds, request.args)

    def _play(self, outcome: Outcome, request: Request) -> None:
        if isinstance(outcome, Panic):
            self.engine.panic()
        elif isinstance(outcome, Unknown):
            self.unplayable += 1
            self.missed.unknown_sounds += 1
            self._name_once(outcome.name)
        elif isinstance(outcome, Dropped):
            self.unplayable += 1
            log.debug("not played: %s", outcome.reason)
        else:
            self.engine.play(outcome, request.frame, request.at)
            self.played += 1

    def _start_later(self, dialect: Dialect, event: Event, seed: int, request: Request, place: Place | None) -> None:
        """Start an event that has waited. A full queue is only logged, since its sender expects no answer any more."""
        try:
            self._start(dialect, event, seed, request, place)
        except QueueFull as error:
            self.counters.queue_full += 1
            self.warn.warn("queue full", "%s", error)

    def _name_once(self, name: str) -> None:
        if name in self._named:
            return
        self._named[name] = None
        while len(self._named) > NAMED:
            self._named.popitem(last=False)
        self.warn.warn(
            "unknown sound",
            "no sound named %s: put samples in a folder of that name, or see `phonon-osc kinds`",
            printable(name),
        )
