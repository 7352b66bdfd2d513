"""The sample library: the table of all names, the loading of the sounds they name, and the watch over the folders.

A name from the network is only ever a key of the table, never part of a path. Nothing is loaded until it is first asked for, by
``load`` (waits) or ``ensure`` (loads in a thread). Only the control side calls the engine; threads load and read folders.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonon_osc.samples import decoders, kit
from phonon_osc.samples.bank import Index, State, state_of, usual_roots
from phonon_osc.samples.decode import Decoded, SampleError, inside
from phonon_osc.samples.decoders import MOST, decode
from phonon_osc.samples.kit.cook import Cook
from phonon_osc.samples.memory import default_budget, moved
from phonon_osc.samples.store import Buffers, Description, Sample, Sound, Store
from phonon_osc.samples.table import KIT, Entry, Keys, Table
from phonon_osc.samples.watch import Watch

__all__ = ["Entry", "Library", "Sample"]

log = logging.getLogger(__name__)

LOADERS = 2  # threads that make sounds of the kit
START_PATIENCE = 2.0  # seconds that a start waits for the folders to be indexed
FILES_PER_UPDATE = 1000  # files in memory that are compared with those on disk at each update

_Load = Future[Sound | SampleError]  # a failure is a value: an exception that is raised again and again would grow


class Library:
    """All banks of the sample folders ``roots``, and the synthesised kit for the names that no folder has.

    ``buffers`` is where the engine takes samples. ``budget_bytes`` bounds the sum of all of them (by default a share of the
    machine's memory). With ``append`` a bank found in several roots gets longer; without, the last root wins. With ``watch`` files that
    come, go and change are noticed; the first index is then waited for ``START_PATIENCE`` seconds at most.
    """

    def __init__(
        self,
        roots: Iterable[str | os.PathLike[str]],
        *,
        buffers: Buffers,
        budget_bytes: int | None = None,
        append: bool = False,
        watch: bool = False,
        pause: float = 1.0,
    ) -> None:
        self._index = Index([os.fspath(root) for root in roots], append=append)
        self.roots = self._index.roots
        self.store = Store(buffers, default_budget() if budget_bytes is None else budget_bytes)
        self._keys = Keys()
        self._table = Table({}, self._keys)
        self._loading: dict[int, _Load] = {}
        self._failed: dict[int, tuple[Entry, SampleError, State | None]] = {}
        self._lock = threading.Lock()
        self._played = set[int]()  # keys, since the last update
        self._to_check = deque[int]()  # keys
        self._updates, self._changed = 0, False
        self._announced = set[str]()  # banks of the kit that have been asked for
        self._closed = threading.Event()
        self._warmed = False
        self._pool = ThreadPoolExecutor(LOADERS, thread_name_prefix="samples")
        self._file_pool = ThreadPoolExecutor(MOST, thread_name_prefix="sample files")  # they wait for decoders
        self._cook = Cook() if watch else None
        self._watched = watch
        self._watch = Watch(self.update, pause) if watch else None
        if self._watch is None:
            self.update()
        elif not self._watch.start(START_PATIENCE):
            log.warning("the sample folders are still being indexed; what they hold is unknown until then")

    # --- names -----------------------------------------------------------------------------------------------------
    def names(self) -> dict[str, int]:
        """Every name and how many sounds it has, in alphabetical order."""
        return self._table.names()

    def stands_in(self, name: str) -> bool:
        """Whether ``name`` is only the kit's: no folder has it."""
        bank = self._table.banks.get(name)
        return bank is not None and bank[0].path is None

    def find(self, name: str, n: float = 0.0, bank: str | None = None, midi: float | None = None) -> Entry | None:
        """The entry that ``s name``, ``n n``, ``bank bank`` and a pitch mean (`Table.find`), None if there is none of that name.

        The first use of each bank of the kit is logged, so that nobody takes a stand-in for the real thing.
        """
        entry = self._table.find(name, n, bank, midi)
        if entry is not None and entry.path is None and entry.name not in self._announced:
            self._announced.add(entry.name)
            where = self.roots[-1] if self.roots else usual_roots()[-1]
            log.info(
                "built-in stand-in for %s; put a folder %s into %s for the real ones", entry.name, entry.name, where
            )
        return entry

    def describe(self, sample_id: int) -> Description | None:
        """What ``resolve`` needs to find buffer ``sample_id`` in another session; plain data for a session log.

        None for an id that is not in memory: a client has made it up.
        """
        return self.store.describe(sample_id)

    def resolve(self, description: Mapping[str, Any]) -> Entry:
        """The entry a description means, exactly: this kit sound, this file. Raises SampleError, reads no file."""
        path, name, n = description.get("path"), description.get("kit"), description.get("n")
        if isinstance(path, str):
            if path in self._table.by_path:
                return self._table.by_path[path]
            if inside(os.path.realpath(path), self.roots) and os.path.isfile(path):  # another root has its name now
                name = str(description.get("name"))
                return Entry(name, n if isinstance(n, int) else 0, self._keys.of(name, path), path)
        if path is None and isinstance(name, str) and isinstance(n, int) and 0 <= n < kit.COUNTS.get(name, 0):
            return KIT[name][n]
        wanted = str(path) if path is not None else f"kit {name}:{n}"
        raise SampleError(wanted, "is not in this library", "use the sample folders the session was recorded with")

    # --- loading ---------------------------------------------------------------------------------------------------
    def loaded(self, entry: Entry) -> Sample | None:
        """The sample of ``entry`` if it can be played right now; it then counts as played."""
        sound = self.store.get(entry.key)
        if sound is None or sound.sample is None:
            return None
        if self._watch is not None:
            self._played.add(entry.key)
        return self.store.sample(sound)

    def load(self, entry: Entry) -> Sample:
        """Load ``entry`` and wait for it. Raises SampleError, NoRoom where memory is short at the moment."""
        load, ours = self._claim(entry)
        if ours:
            self._fulfil(entry, load)
        return self.store.sample(_unwrap(load.result()))

    async def ensure(self, entry: Entry) -> Sample:
        """Like ``load``, without blocking the event loop. Any number of callers share one attempt."""
        load, ours = self._claim(entry)
        if ours:
            try:
                pool = self._pool if entry.path is None else self._file_pool
                pool.submit(self._fulfil_event, entry, load).add_done_callback(lambda job: _abandon(job, entry, load))
            except RuntimeError:  # the library was closed
                load.set_result(_stopping(entry))
        return self.store.sample(_unwrap(await asyncio.wrap_future(load)))

    def preload_kit(self) -> int:
        """Load the drums that most sessions begin with, unless a folder has them. Returns how many. Any thread.

        The kit's other sounds are loaded when they are first asked for: a millisecond each once they have been made.
        """
        first = [bank[0] for bank in map(self._table.banks.get, kit.BASICS) if bank]
        return self._preload({entry.key: entry for entry in first if entry.path is None})

    def preload(self, names: Iterable[str] | None = None) -> int:
        """Decode all sounds of these names (None: of all names) until memory is full. Returns how many are loaded. Any thread."""
        banks = self._table.banks
        wanted = banks if names is None else dict.fromkeys(names)
        for name in wanted.keys() - banks.keys():
            log.warning("nothing to preload: no sound is named %a", name)
        return self._preload({entry.key: entry for name in wanted for entry in banks.get(name, ())})

    def _preload(self, entries: Mapping[int, Entry]) -> int:
        ready = 0
        for entry in entries.values():
            if self._closed.is_set():
                break
            if self.store.used_bytes >= self.store.budget_bytes:
                log.info("sample memory is full after %d of %d samples; see --sample-memory", ready, len(entries))
                break
            load, ours = self._claim(entry)
            if ours:
                self._fulfil(entry, load)
            ready += isinstance(load.result(), Sound)
        return ready

    def _claim(self, entry: Entry) -> tuple[_Load, bool]:
        """The one attempt to load ``entry``, and whether the caller has to carry it out."""
        with self._lock:
            load = self._loading.get(entry.key)
            if load is not None:
                return load, False
            load = Future()
            load.set_running_or_notify_cancel()  # a caller that gives up must not take it from the others
            known, failed = self.store.get(entry.key), self._failed.get(entry.key)
            if known is not None:
                load.set_result(known)
            elif failed is not None:
                load.set_result(failed[1])
            else:
                self._loading[entry.key] = load
                return load, True
            return load, False

    def _fulfil_event(self, entry: Entry, load: _Load) -> None:
        """The same for an event; the kit's folder that it plays from is then made whole, aside."""
        self._fulfil(entry, load)
        if entry.path is None and self._cook is not None:
            self._cook.want(entry.name)

    def _fulfil(self, entry: Entry, load: _Load) -> None:
        """Carry a claimed attempt out. Any thread."""
        state = state_of(entry.path) if entry.path is not None else None
        result: Sound | SampleError
        try:
            result = Sound(entry, self._decoded(entry), state)
            self.store.hold(result)
        except SampleError as error:
            log.log(logging.DEBUG if self._closed.is_set() else logging.WARNING, "%s", error)
            result = error.copy()
        except Exception as error:  # memory, a decoder's surprise: others wait for an answer
            log.exception("sample %a cannot be loaded", str(entry))
            result = SampleError(str(entry), f"cannot be loaded ({error!r})", "see the log")
        with self._lock:
            if isinstance(result, SampleError):
                self._failed[entry.key] = entry, result, state
            self._loading.pop(entry.key, None)
        load.set_result(result)

    def _decoded(self, entry: Entry) -> Decoded:
        if entry.path is None:
            sound = kit.sound(entry.name, entry.n)
            return Decoded(moved(sound.frames), sound.rate, sound.channels, sound.root_note)
        budget = self.store.budget_bytes
        sound = decode(entry.path, self.roots, budget_bytes=budget, stopped=self._closed.is_set)
        if sound.channels > 2:
            log.info("sample %a has %d channels: the first two are played", entry.path, sound.channels)
        return sound

    # --- what changes on disk --------------------------------------------------------------------------------------
    def update(self) -> bool:
        """Bring the table up to date with the folders, and replace sounds in memory whose files have changed. Returns whether any had.

        Any thread may call it, but only one at a time.
        """
        changed = self._index.update()
        if changed:
            self._table = Table(self._index.banks, self._keys, self._table, self._index.notes)
        elif self._changed:
            log.info("sample folders changed: %d names, %d files", len(self._index.banks), self._table.files)
        if self._watched and self._table.files and not self._warmed:
            self._warmed = True
            decoders.shared().warm()  # the first files that are played shall not wait for them
        self._changed = changed and self._updates > 0
        self._updates += 1
        return self._check_files() or changed

    def look(self) -> None:
        """Look at the folders now, if they are watched. Any thread."""
        if self._watch is not None:
            self._watch.now()

    def _check_files(self) -> bool:
        """Compare files in memory with those on disk: the ones just played and, by turns, some others. And those that could not be read."""
        played, self._played = self._played, set()
        if not self._to_check:
            self._to_check.extend(sound.entry.key for sound in self.store.sounds() if sound.entry.path is not None)
        turn = [self._to_check.popleft() for _ in range(min(FILES_PER_UPDATE, len(self._to_check)))]
        due = [sound for sound in map(self.store.get, {*list(played), *turn}) if sound is not None]
        changed = [s for s in due if s.entry.path is not None and state_of(s.entry.path) != s.state]
        for sound in changed:
            self.store.replace(sound)
        with self._lock:
            failed = list(self._failed.items())
        better = [key for key, (entry, _, state) in failed if entry.path is not None and state_of(entry.path) != state]
        for key in better:
            with self._lock:
                del self._failed[key]
        return bool(changed or better)

    def release_unused(self) -> None:
        """Free sounds whose files have changed, once nobody plays them any more. The control side calls it now and then."""
        self.store.release_replaced()

    def dispose(self, arrays: list[NDArray[np.float32]]) -> None:
        """Free memory in a thread: giving a hundred megabytes back to the system takes ten milliseconds."""
        try:
            self._pool.submit(arrays.clear)
        except RuntimeError:  # the library was closed
            arrays.clear()

    def status(self) -> dict[str, int]:
        """Figures for /status."""
        table, store = self._table, self.store
        return {
            "samples": len(table.banks),
            "sample_files": table.files,
            "sample_files_skipped": self._index.skipped,
            "samples_loaded": len(store),
            "sample_bytes": store.used_bytes,
            "sample_memory": store.budget_bytes,
            "samples_evicted": store.evicted,
        }

    def close(self) -> None:
        """Stop looking and loading. Files that are being decoded are given up; callers still waiting get a SampleError."""
        self._closed.set()
        if self._watch is not None:
            self._watch.stop()
        for pool in (self._pool, self._file_pool):
            pool.shutdown(wait=False, cancel_futures=True)
        if self._cook is not None:
            self._cook.close()


def _unwrap(result: Sound | SampleError) -> Sound:
    if isinstance(result, SampleError):
        raise result.copy()
    return result


def _abandon(job: Future[None], entry: Entry, load: _Load) -> None:
    if job.cancelled():
        load.set_result(_stopping(entry))


def _stopping(entry: Entry) -> SampleError:
    return SampleError(str(entry), "was not loaded", "the server is stopping")
