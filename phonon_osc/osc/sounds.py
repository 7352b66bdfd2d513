"""What a sound's name means: a sample of the library, or one of the built-in synths; and the events that wait for a sample."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from phonon_osc.defs import Instrument
from phonon_osc.engine.commands import NOW
from phonon_osc.engine.engine import Engine
from phonon_osc.osc.counters import SoundCounters
from phonon_osc.ratelog import RateLimited
from phonon_osc.samples.decode import SampleError
from phonon_osc.samples.library import Entry, Library, Sample
from phonon_osc.samples.store import NoRoom
from phonon_osc.synths import builtin

log = logging.getLogger(__name__)

LATEST = 0.1  # seconds: an event whose sample comes later than that would be heard as a mistake
MOST_WAITING = 4096  # events


class NotLoaded(Exception):
    """The sample exists but is not in memory yet."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(str(entry))
        self.entry = entry


@dataclass(frozen=True)
class Synth:
    """A synth as an event finds it (``dirt_voice.SynthInfo``), built in or a client's."""

    definition: str
    controls: frozenset[str]
    uses_pitch: bool


def synth_of(instrument: Instrument) -> Synth:
    assert instrument.definition is not None
    return Synth(instrument.definition.name, instrument.controls, instrument.uses_pitch)


class SoundTable:
    """Samples before synths, as SuperDirt looks them up. Only a built-in stand-in gives way to a synth of its name."""

    def __init__(self, library: Library, rate: float) -> None:
        self.library, self._rate = library, rate
        self._defined: dict[str, Synth] = {}
        self._built_in: dict[str, Synth] = {}  # those that were asked for
        self._aliases: dict[str, str] = {}

    def sample(self, name: str, n: float, bank: str | None) -> Sample | None:
        if not bank and self.library.stands_in(name) and self._has_synth(name):
            return None
        entry = self.library.find(name, n, bank)
        if entry is None:
            return None
        sample = self.library.loaded(entry)
        if sample is None:
            raise NotLoaded(entry)
        return sample

    def define(self, instrument: Instrument | None, name: str) -> None:
        """An instrument that a client defined and events may play from now on; None: no longer."""
        self._defined.pop(name, None)
        self._aliases = {alias: meant for alias, meant in self._aliases.items() if meant != name}
        if instrument is not None:
            self._defined[name] = synth_of(instrument)
            self._aliases |= dict.fromkeys(instrument.aliases, name)

    def _has_synth(self, name: str) -> bool:
        return name in self._defined or name in self._aliases or builtin.meaning(name) is not None

    def synth(self, name: str) -> Synth | None:
        """Names before aliases, a client's before the built-in ones; an alias means a name, whoever has that now."""
        found = self._defined.get(name) or self._defined.get(self._aliases.get(name, ""))
        meant = None if found else builtin.meaning(name)
        if meant is None:
            return found
        if meant not in self._built_in:
            self._built_in[meant] = synth_of(builtin.instrument(meant, self._rate))
        return self._defined.get(meant) or self._built_in[meant]


@dataclass(slots=True)
class _Event:
    due: int  # the frame from which waiting counts as lateness; NOW: it has no time to be late for
    arrived: int  # frame
    panics: int
    start: Callable[[], None]


class WaitingRoom:
    """Events whose sample is being loaded, started in the order they came.

    An event keeps its frame. If loading takes longer than its lead, it is played late by up to ``LATEST`` seconds, else dropped; one
    without a timetag is played whenever its sample is there. A panic forgets those who wait.
    """

    def __init__(self, engine: Engine, library: Library, counters: SoundCounters, warn: RateLimited) -> None:
        self._engine, self._library, self._counters, self._warn = engine, library, counters, warn
        self._events: dict[int, list[_Event]] = {}  # by key of the entry
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self.lost = 0  # events never started, for whichever reason

    def add(self, entry: Entry, frame: int, start: Callable[[], None]) -> None:
        """Load ``entry``, then ``start`` an event that is due at ``frame``. Offline at once: time waits."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            try:
                self._library.load(entry)
            except SampleError as error:
                self._lose(error, 1)
            else:
                start()
            return
        if self._waiting >= MOST_WAITING:
            self._counters.samples_not_ready += 1
            self.lost += 1
            text = "event for sample %s dropped: %d events wait for samples already"
            self._warn.warn("waiting room", text, entry, MOST_WAITING)
            return
        now = int(self._engine.tables.device.out_frame)
        event = _Event(NOW if frame == NOW else max(frame, now), now, self._engine.panics, start)
        self._waiting += 1
        if entry.key in self._events:
            self._events[entry.key].append(event)
            return
        self._events[entry.key] = [event]
        task = loop.create_task(self._load(entry))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _load(self, entry: Entry) -> None:
        error: SampleError | None = None
        try:
            await self._library.ensure(entry)
        except SampleError as problem:
            error = problem
        finally:
            events = self._events.pop(entry.key)
            self._waiting -= len(events)
        events = [event for event in events if event.panics == self._engine.panics]
        if error is not None:
            self._lose(error, len(events))
            return
        for event in events:
            self._start(entry, event)

    def _start(self, entry: Entry, event: _Event) -> None:
        now, rate = int(self._engine.tables.device.out_frame), self._engine.rate
        late = (now - event.due) / rate if event.due != NOW else 0.0
        if late > LATEST:
            self._counters.samples_not_ready += 1
            self.lost += 1
            lead, took = (1000.0 * (frame - event.arrived) / rate for frame in (event.due, now))
            text = "sample %s was not ready: it took %.0f ms to load and the event came %.0f ms ahead; dropped (see --preload)"
            self._warn.warn("not ready", text, entry, took, lead)
            return
        if late > 0.0:
            self._counters.samples_late += 1
            self._warn.warn("not ready", "sample %s was not ready: it is played %.0f ms late", entry, 1000.0 * late)
        event.start()

    def _lose(self, error: SampleError, events: int) -> None:
        self.lost += events
        if isinstance(error, NoRoom):
            self._counters.samples_no_room += events
            self._warn.warn("no room", "%s", error)
        else:
            self._counters.unreadable_samples += events  # the library has logged why
