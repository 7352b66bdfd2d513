"""The machine code of an engine: its kinds at two lane widths, and the entry points of the audio thread."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from dsp import cache
from dsp import compile as compiler
from dsp.compile import Unit
from dsp.kind import REGISTRY, USER, kinds
from dsp.load import Job, Library, Progress, cached, gather, kind_job, no_progress
from dsp.shipped import shipped
from dsp.structs import Struct
from phonon_osc import limits
from phonon_osc.engine.audio import clock, parts, process, queue
from phonon_osc.errors import TemporaryError

log = logging.getLogger(__name__)

ENTRIES: dict[str, tuple[Callable[..., None], tuple[Struct | str, ...]]] = {
    "process": (process.process, (parts.ENGINE, "i64", "i64", "i64", "i64")),
    "process_jack": (process.process_jack, ("i64", parts.ENGINE)),
    "process_interleaved": (process.process_interleaved, ("i64", "i64", "i64", "i64")),
    "read_clock": (clock.read_clock, (parts.CLOCK, "*f64")),
    "push_record": (queue.push_record, (parts.QUEUE,)),
    "read_word": (queue.read_word, ("*i64", "i64", "i64")),
    "write_word": (queue.write_word, ("*i64", "i64", "i64")),
}


@functools.cache
def entry_source() -> str:
    return compiler.source_of([*Path(process.__file__).parent.glob("*.py"), Path(limits.__file__)])


def make_entry(name: str) -> bytes:
    """Compile one entry point (called in worker processes)."""
    function, args = ENTRIES[name]
    return compiler.compile_function(name, function, args)


def entry_jobs() -> list[Job]:
    return [Job(Unit(name, entry_source()), "phonon_osc.engine.code:make_entry", (name,)) for name in ENTRIES]


def jobs(widths: Iterable[int]) -> list[Job]:
    """Everything that an engine of these lane widths can need. Jobs that take long come first."""
    wanted = {job.unit.symbol: job for width in widths for job in (kind_job(name, width) for name in kinds())}
    return entry_jobs() + list(wanted.values())


NATIVE = "native"  # a file of this name in the cache: its kernels, compiled for exactly this CPU, are preferred to the wheel's


def prefers_native() -> bool:
    """Whether `phonon-osc warm --native` has compiled the kernels of this machine."""
    folder = cache.cache_folder()
    return (folder / NATIVE).exists() and cache.usable(folder)


def _try_user_kinds(widths: tuple[int, ...]) -> None:
    """Compile the user's kinds first. A kind that cannot be compiled is left out, and the log says so."""
    for name in [kind.name for kind in kinds().values() if kind.family == USER]:
        try:
            gather([kind_job(name, width) for width in sorted(set(widths))], processes=1)
        except compiler.CompileError as error:
            log.warning("kind %s is not used: %s", name, error)
            del REGISTRY[name]


class KernelsMissing(TemporaryError):
    """Kernels that are still being compiled. ``kinds``: their names. ``key`` and the text make it an entry of the waiting room."""

    def __init__(self, kinds: Iterable[str]) -> None:
        self.kinds = tuple(sorted(kinds))
        names = ", ".join(self.kinds)
        super().__init__(
            f"{names} cannot be played yet: the first start still compiles it; send this again in some seconds"
        )

    @property
    def key(self) -> tuple[str, ...]:
        return self.kinds


class Code(Library):
    """The machine code of an engine at two widths. A kernel is loaded when it is first needed.

    It comes from the wheel, or from the cache, or is compiled. While ``background`` is set, nothing is compiled here: ``need`` raises
    KernelsMissing, and the background compiles that first.
    """

    def __init__(self, widths: tuple[int, int], kinds: Iterable[str], progress: Progress = no_progress) -> None:
        """Load the entry points and these kinds. Raises CompileError."""
        super().__init__()
        self.widths = widths
        self.background: Background | None = None
        self._shipped = None if prefers_native() else shipped()
        _try_user_kinds(widths)
        self._load([*entry_jobs(), *self._jobs(kinds)], progress)

    def has(self, kind: str) -> bool:
        return all(unit.symbol in self.addresses for unit in self._units(kind))

    def kernels(self, kind: str) -> tuple[int, int]:
        """The addresses of a kind's kernel for a narrow and for a wide pass. KeyError if it is not loaded."""
        narrow, wide = (self.addresses[unit.symbol] for unit in self._units(kind))
        return narrow, wide

    def need(self, kinds: Iterable[str], progress: Progress = no_progress) -> None:
        """Load these kinds now. Raises KernelsMissing, CompileError."""
        missing = [kind for kind in kinds if not self.has(kind)]
        if missing:
            self._load(self._jobs(missing), progress)

    def incomplete(self) -> bool:
        """Whether some kernel of some kind would have to be compiled."""
        left = [job for job in self._jobs(kinds()) if job.unit.symbol not in self.addresses]
        if self._shipped is not None:
            left = [job for job in left if self._shipped.address(job.unit) is None]
        return not all(cache.has_object(job.unit.filename) for job in left)

    def load_cached(self, kinds: Iterable[str]) -> list[Job]:
        """Load of these kinds what need not be compiled. Returns the jobs that are left."""
        return self._load_known(self._jobs(kinds))

    def _units(self, kind: str) -> list[Unit]:
        return [compiler.kind_unit(kind, width) for width in self.widths]

    def _jobs(self, kinds: Iterable[str]) -> list[Job]:
        wanted = {job.unit.symbol: job for kind in kinds for width in self.widths for job in [kind_job(kind, width)]}
        return list(wanted.values())

    def _load_known(self, jobs: Iterable[Job]) -> list[Job]:
        left = [job for job in jobs if job.unit.symbol not in self.addresses]
        if self._shipped is not None:
            found = {job.unit.symbol: self._shipped.address(job.unit) for job in left}
            self.add_addresses({symbol: address for symbol, address in found.items() if address is not None})
            left = [job for job in left if found[job.unit.symbol] is None]
        self.add_objects(objects := cached(left))
        return [job for job in left if job.unit.symbol not in objects]

    def _load(self, jobs: Iterable[Job], progress: Progress) -> None:
        left = self._load_known(jobs)
        if not left:
            return
        if self.background is not None:
            kinds = {str(job.args[0]) for job in left}
            self.background.want(kinds)
            raise KernelsMissing(kinds)
        self.add_objects(gather(left, progress))


class Background(Protocol):
    """Whoever compiles kernels while an engine plays."""

    def want(self, kinds: Iterable[str]) -> None:
        """Compile these first. Raises CompileError if one of them cannot be compiled."""
