"""Names to samples: the table behind ``s``, ``n`` and ``bank``, and the loading of what they name.

A name from the network is only ever a key of this table, never part of a path. Nothing is loaded until it is first
asked for; what is loaded stays (voices may be playing it), which is why there is a budget. Control side; ``load`` may
run in any thread, ``ensure`` runs it in threads of its own.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonon_osc.samples import kit
from phonon_osc.samples.bank import Banks, scan
from phonon_osc.samples.decode import DEFAULT_BUDGET, Decoded, SampleError, decode

log = logging.getLogger(__name__)

_LOADERS = 2

Register = Callable[[NDArray[np.float32], float], int]


@dataclass(frozen=True, slots=True)
class Entry:
    """One sound of the table, loaded or not: a file at ``path``, or a sound of the kit if that is None.

    ``key`` (1, 2, ...) is its identity for cut groups: one number per name and index, the same all session long.
    """

    name: str
    n: int
    key: int
    path: str | None

    def __str__(self) -> str:
        return self.path if self.path is not None else f"kit {self.name}:{self.n}"


@dataclass(frozen=True, slots=True)
class Sample:
    """A loaded sound: ``id`` is the engine's buffer, ``frames`` its length at ``rate`` Hz, ``key`` that of its entry.

    ``root_note`` is the MIDI note the file says it sounds, or None.
    """

    id: int
    name: str
    n: int
    frames: int
    rate: float
    key: int
    root_note: float | None


_Load = Future[Sample | SampleError]  # a failure is a value: raising one exception again and again would grow it


class Library:
    """All banks of the sample folders ``roots``, and the synthesised kit for the names that no folder has.

    ``register(data, rate)`` hands a (frames, 2) float32 array to the engine, which keeps it, and returns its buffer id;
    calls never overlap. ``budget_bytes`` bounds the sum of all arrays. With ``append`` a bank found in several roots
    gets longer; without, the last root wins.
    """

    def __init__(
        self,
        roots: Iterable[str | os.PathLike[str]],
        *,
        register: Register,
        budget_bytes: int = DEFAULT_BUDGET,
        append: bool = False,
    ) -> None:
        self.roots = [os.path.realpath(root) for root in roots]
        self.budget_bytes = budget_bytes
        self.used_bytes = 0
        self._register = register
        self._register_lock = threading.Lock()
        self._banks = _table(scan(self.roots, append=append))
        self._by_path = {entry.path: entry for bank in self._banks.values() for entry in bank if entry.path is not None}
        self._folded = {name.casefold(): bank for name, bank in self._banks.items()}
        self._loads: dict[int, _Load] = {}
        self._loads_lock = threading.Lock()
        self._entry_of: dict[int, Entry] = {}
        self._pool = ThreadPoolExecutor(_LOADERS, thread_name_prefix="samples")

    def names(self) -> dict[str, int]:
        """Every name and how many sounds it has, in alphabetical order."""
        return {name: len(bank) for name, bank in sorted(self._banks.items())}

    def find(self, name: str, n: float = 0.0, bank: str | None = None) -> Entry | None:
        """The entry that ``s name``, ``n n`` and ``bank bank`` mean, None if there is none of that name.

        ``n`` is truncated towards zero and wraps at both ends. With a bank, ``RolandTR909`` + ``bd`` means
        ``RolandTR909_bd``, else ``RolandTR909bd``, else plain ``bd``; a name that already starts with the bank (as
        Strudel sends it) is taken apart first. Only names with a bank are also compared without regard to case.
        """
        entries = self._banks.get(name) if not bank else self._with_bank(name, bank)
        if entries is None:
            return None
        return entries[math.trunc(n) % len(entries) if math.isfinite(n) else 0]

    def _with_bank(self, name: str, bank: str) -> tuple[Entry, ...] | None:
        prefixed = len(name) > len(bank) and name.startswith(bank)
        plain = name[len(bank) :].removeprefix("_") if prefixed else name
        candidates = [name] if prefixed else []
        candidates += [f"{bank}_{plain}", f"{bank}{plain}"]
        for candidate in candidates:
            entries = self._banks.get(candidate) or self._folded.get(candidate.casefold())
            if entries is not None:
                return entries
        return self._banks.get(plain)

    def loaded(self, entry: Entry) -> Sample | None:
        """The sample of ``entry`` if it can be played right now."""
        load = self._loads.get(entry.key)
        if load is None or not load.done():
            return None
        result = load.result()
        return result if isinstance(result, Sample) else None

    def load(self, entry: Entry) -> Sample:
        """Load ``entry`` in this thread unless that was done or is being done elsewhere. Raises SampleError."""
        load, ours = self._claim(entry)
        if ours:
            self._fulfil(entry, load)
        return _unwrap(load.result())

    async def ensure(self, entry: Entry) -> Sample:
        """Like ``load``, without holding up the loop. Any number of callers share one attempt. Raises SampleError."""
        load, ours = self._claim(entry)
        if ours:
            try:
                self._pool.submit(self._fulfil, entry, load).add_done_callback(lambda job: _abandon(job, entry, load))
            except RuntimeError:  # the library was closed
                load.set_result(_closed(entry))
        return _unwrap(await asyncio.wrap_future(load))

    def preload_kit(self) -> int:
        """Load every sound of the kit that some name leads to, about half a second of work; how many there are."""
        sounds = {entry.key: entry for bank in self._banks.values() for entry in bank if entry.path is None}
        for entry in sounds.values():
            self.load(entry)
        return len(sounds)

    def describe(self, sample_id: int) -> dict[str, str | int]:
        """What ``resolve`` needs to find buffer ``sample_id`` in another session; plain data for a session log.

        Raises KeyError for an id that this library did not register.
        """
        entry = self._entry_of[sample_id]
        if entry.path is None:
            return {"kit": entry.name, "n": entry.n}
        return {"path": entry.path, "name": entry.name, "n": entry.n}

    def resolve(self, description: Mapping[str, Any]) -> Entry:
        """The entry a description means, exactly: this kit sound, this file. Raises SampleError, reads no file."""
        path, name, n = description.get("path"), description.get("kit"), description.get("n")
        if isinstance(path, str) and path in self._by_path:
            return self._by_path[path]
        if path is None and isinstance(name, str) and isinstance(n, int) and 0 <= n < kit.COUNTS.get(name, 0):
            return _KIT[name][n]
        wanted = str(path) if path is not None else f"kit {name}:{n}"
        raise SampleError(wanted, "is not in this library", "use the sample folders the session was recorded with")

    def close(self) -> None:
        """Stop loading. What is being loaded finishes; callers still waiting in the queue get a SampleError."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _claim(self, entry: Entry) -> tuple[_Load, bool]:
        """The one attempt to load ``entry``, and whether the caller has to carry it out."""
        with self._loads_lock:
            load = self._loads.get(entry.key)
            if load is not None:
                return load, False
            load = Future()
            load.set_running_or_notify_cancel()  # a caller that gives up must not take it from the others
            self._loads[entry.key] = load
            return load, True

    def _fulfil(self, entry: Entry, load: _Load) -> None:
        try:
            load.set_result(self._load(entry))
        except SampleError as error:
            log.warning("%s", error)
            load.set_result(error.again())
        except Exception as error:  # memory, a full buffer table, a decoder's surprise: others wait for an answer
            log.exception("sample %a cannot be loaded", str(entry))
            load.set_result(SampleError(str(entry), f"cannot be loaded ({error!r})", "see the log"))

    def _load(self, entry: Entry) -> Sample:
        sound = self._sound(entry)
        with self._register_lock:
            if sound.frames.nbytes > self.budget_bytes - self.used_bytes:
                reason = f"the {self.budget_bytes / 1e6:.0f} MB of sample memory are used up"
                raise SampleError(str(entry), reason, "raise the sample memory budget")
            number = self._register(sound.frames, sound.rate)
            self.used_bytes += sound.frames.nbytes
            self._entry_of[number] = entry
        return Sample(number, entry.name, entry.n, len(sound.frames), sound.rate, entry.key, sound.root_note)

    def _sound(self, entry: Entry) -> Decoded:
        if entry.path is None:
            return kit.synthesise(entry.name, entry.n)
        return decode(entry.path, self.roots, budget_bytes=self.budget_bytes - self.used_bytes)


def _kit_entries() -> dict[str, tuple[Entry, ...]]:
    sounds = [(name, n) for name, count in kit.COUNTS.items() for n in range(count)]
    entries = [Entry(name, n, key, None) for key, (name, n) in enumerate(sounds, start=1)]
    return {name: tuple(entry for entry in entries if entry.name == name) for name in kit.COUNTS}


_KIT = _kit_entries()


def _table(banks: Banks) -> dict[str, tuple[Entry, ...]]:
    """The kit, then the folders over it; the kit's other names follow whatever their name has become."""
    table = dict(_KIT)
    key = 1 + sum(kit.COUNTS.values())
    for name, paths in sorted(banks.items()):
        table[name] = tuple(Entry(name, n, key + n, path) for n, path in enumerate(paths))
        key += len(paths)
    for alias, name in kit.ALIASES.items():
        table.setdefault(alias, table[name])
    return table


def _unwrap(result: Sample | SampleError) -> Sample:
    if isinstance(result, SampleError):
        raise result.again()
    return result


def _abandon(job: Future[None], entry: Entry, load: _Load) -> None:
    if job.cancelled():
        load.set_result(_closed(entry))


def _closed(entry: Entry) -> SampleError:
    return SampleError(str(entry), "was not loaded", "the server is stopping")
