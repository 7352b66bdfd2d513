"""The events that wait for their sample, or for a kernel that is being compiled. They start in the order in which they came."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from dsp.compile import CompileError
from phonon_osc.bugs import Bugs
from phonon_osc.counters import SoundCounters
from phonon_osc.engine.code import KernelsMissing
from phonon_osc.engine.commands import NOW
from phonon_osc.engine.engine import Engine
from phonon_osc.ratelog import RateLimited
from phonon_osc.samples.decode import SampleError
from phonon_osc.samples.library import Entry, Library
from phonon_osc.samples.store import NoRoom

log = logging.getLogger(__name__)

LATEST = 0.1  # seconds: an event whose sample comes later than that would be heard as a mistake
MOST_WAITING = 4096  # events


@dataclass(slots=True)
class _Event:
    due: int  # the frame from which waiting counts as lateness; NOW: it has no time to be late for
    arrived: int  # frame
    panics: int
    start: Callable[[], None]


Wanted = Entry | KernelsMissing  # what an event waits for


class WaitingRoom:
    """Events that wait for their sample or for kernels. Those that wait for the same start in the order in which they came.

    An event keeps its frame. If loading takes longer than its lead, it is played late by up to ``LATEST`` seconds, else dropped; one
    without a timetag is played whenever its sample is there. A panic forgets those who wait. An event that fails, in whichever way,
    is counted and named, and those behind it are started.
    """

    def __init__(
        self, engine: Engine, library: Library, counters: SoundCounters, warn: RateLimited, bugs: Bugs
    ) -> None:
        self._engine, self._library, self._counters, self._warn, self._bugs = engine, library, counters, warn, bugs
        self._events: dict[Any, list[_Event]] = {}  # by key of the entry
        self.kernels: Callable[[KernelsMissing], Awaitable[None]] | None = None  # waits until kernels are compiled
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self.lost = 0  # events never started, for whichever reason

    def add(self, entry: Wanted, frame: int, start: Callable[[], None]) -> None:
        """Load ``entry``, then ``start`` an event that is due at ``frame``. Offline at once: time waits."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._load_now(entry, start)
            return
        if self._waiting >= MOST_WAITING:
            self._counters.samples_not_ready += 1
            self.lost += 1
            text = "event for %s dropped: %d events wait for samples already"
            self._warn.warn("waiting room", text, _name(entry), MOST_WAITING)
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

    def _load_now(self, entry: Wanted, start: Callable[[], None]) -> None:
        if isinstance(entry, KernelsMissing):
            return  # a rehearsal (`phonon_osc.rehearsal`): only there do kernels miss offline, and nothing has to sound
        try:
            self._library.load(entry)
        except Exception as error:
            self._lose(entry, error, 1)
            return
        self._call(entry, start)

    async def _load(self, entry: Wanted) -> None:
        error: Exception | None = None
        try:
            if isinstance(entry, Entry):
                await self._library.ensure(entry)
            elif self.kernels is not None:
                await self.kernels(entry)
        except Exception as problem:
            error = problem
        finally:
            events = self._events.pop(entry.key)
            self._waiting -= len(events)
        events = [event for event in events if event.panics == self._engine.panics]
        if error is not None:
            self._lose(entry, error, len(events))
            return
        for event in events:
            self._start(entry, event)

    def _start(self, entry: Wanted, event: _Event) -> None:
        now, rate = int(self._engine.tables.device.out_frame), self._engine.rate
        late = (now - event.due) / rate if event.due != NOW else 0.0
        if late > LATEST:
            self._counters.samples_not_ready += 1
            self.lost += 1
            lead, took = (1000.0 * (frame - event.arrived) / rate for frame in (event.due, now))
            text = "%s was not ready: it took %.0f ms to load and the event came %.0f ms ahead; dropped (%s)"
            remedy = (
                "see --preload" if isinstance(entry, Entry) else "this is the first start; later ones have it at once"
            )
            self._warn.warn("not ready", text, _name(entry), took, lead, remedy)
            return
        if late > 0.0:
            self._counters.samples_late += 1
            self._warn.warn("not ready", "%s was not ready: it is played %.0f ms late", _name(entry), 1000.0 * late)
        self._call(entry, event.start)

    def _call(self, entry: Wanted, start: Callable[[], None]) -> None:
        try:
            start()
        except Exception as error:
            self._lose(entry, error, 1)

    def _lose(self, entry: Wanted, error: Exception, events: int) -> None:
        """Count ``events`` that this error has lost, and name it."""
        self.lost += events
        if isinstance(error, NoRoom):
            self._counters.samples_no_room += events
            self._warn.warn("no room", "%s", error)
        elif isinstance(error, CompileError):
            self._counters.failed_events += events
            self._warn.warn("no kernel", "%s cannot be played: %s", _name(entry), error)
        elif isinstance(error, SampleError):
            self._counters.unreadable_samples += events  # the library has logged why
        else:
            self._counters.failed_events += events
            self._bugs.caught(f"starting {events} event(s) of {_name(entry)}", error)


def _name(entry: Wanted) -> str:
    return f"sample {entry}" if isinstance(entry, Entry) else f"the kernel of {', '.join(entry.kinds)}"
