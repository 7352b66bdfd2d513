"""Machine code at run time: brought along by the wheel, from the cache, or compiled. numba is imported only to compile."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

from . import cache
from . import compile as compiler
from .compile import Unit
from .target import Target, compile_for

log = logging.getLogger(__name__)

Progress = Callable[[int, int, str], None]  # number done, number of all, name of the last one finished


@dataclass(frozen=True)
class Job:
    """A unit to compile: a worker calls ``module:function`` with ``args``, which returns object code."""

    unit: Unit
    maker: str
    args: tuple[Any, ...]


def kind_job(name: str, width: int) -> Job:
    return Job(compiler.kind_unit(name, width), "dsp.load:make_kind", (name, width))


def make_kind(name: str, width: int) -> bytes:
    from .kind import kinds

    return compiler.compile_kind(kinds()[name], width)


def run_job(job: Job) -> bytes:
    """Compile one job in this process."""
    import importlib

    module, function = job.maker.split(":")
    code: bytes = getattr(importlib.import_module(module), function)(*job.args)
    return code


def no_progress(*_: Any) -> None:
    """For callers that show no progress."""


def cached(jobs: Iterable[Job], target: Target | None = None) -> dict[str, bytes]:
    """The object code, by symbol, that the cache holds of these jobs. ``target``: None is this machine."""
    folder = cache.cache_folder()
    found: dict[str, bytes] = {}
    if cache.usable(folder):
        for job in jobs:
            code = cache.read_object(_filename(job, target), folder)
            if code is not None:
                compiler.check_symbols(job.unit.symbol, code)
                found[job.unit.symbol] = code
    return found


def _filename(job: Job, target: Target | None) -> str:
    return job.unit.filename if target is None else job.unit.filename_for(target)


def gather(
    jobs: Iterable[Job],
    progress: Progress = no_progress,
    processes: int | None = None,
    target: Target | None = None,
) -> dict[str, bytes]:
    """Object code by symbol, from the cache. What is missing there is compiled and stored.

    Without a usable cache folder everything is compiled and kept in memory. ``target``: a class of CPUs instead of this machine.
    Raises CompileError.
    """
    folder = cache.cache_folder()
    usable = cache.usable(folder)
    jobs = list(jobs)
    done = cached(jobs, target)
    todo = [job for job in jobs if job.unit.symbol not in done]
    if not todo:
        return done
    total = len(todo)
    log.info("compiling %d kernels into %s", total, folder if usable else "memory")
    workers = min(processes or os.cpu_count() or 1, total)
    progress(0, total, "")
    keep = _Keep(done, folder if usable else None, total, progress, target)
    if target is None and (workers <= 1 or total <= 2):
        for job in todo:
            keep(job, run_job(job))
        return done
    with worker_pool(workers, target) as pool:
        for future in as_completed([pool.submit(run_job_quietly, job) for job in todo]):
            job, code = future.result()
            if isinstance(code, str):
                raise compiler.CompileError(code)
            keep(job, code)
    return done


def run_job_quietly(job: Job) -> tuple[Job, bytes | str]:
    """Compile one job in this process. A text instead of object code says why that is impossible."""
    try:
        return job, run_job(job)
    except compiler.CompileError as error:
        return job, str(error)


@contextlib.contextmanager
def worker_pool(workers: int, target: Target | None = None, nice: int = 0) -> Iterator[ProcessPoolExecutor]:
    """Fresh processes that compile for ``target``; numba cannot compile for two targets in one process.

    When the context is left, they end at once, whatever they are doing.
    """
    others = set(active_children())
    name = None if target is None else target.name
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin, initargs=(name, nice))
    try:
        yield pool
    finally:
        workers_now = set(active_children()) - others
        pool.shutdown(wait=False, cancel_futures=True)
        for process in workers_now:
            process.kill()


def _begin(target: str | None, nice: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that made the pool
    os.nice(nice)
    compile_for(target)


class _Keep:
    """Adds results to ``done`` as they arrive, and stores them unless there is no folder or it cannot be written."""

    def __init__(
        self, done: dict[str, bytes], folder: Path | None, total: int, progress: Progress, target: Target | None
    ) -> None:
        self._done, self._folder, self._total, self._progress, self._target = done, folder, total, progress, target
        self._count = 0

    def __call__(self, job: Job, code: bytes) -> None:
        self._done[job.unit.symbol] = code
        if self._folder is not None and not cache.write_object(_filename(job, self._target), code, self._folder):
            self._folder = None  # warn only once
        self._count += 1
        self._progress(self._count, self._total, job.unit.symbol)


def prune(keep: set[str]) -> int:
    """Delete objects of earlier versions from the cache folder. Returns their number."""
    folder, gone = cache.cache_folder(), 0
    for path in folder.glob("*.o") if folder.is_dir() and cache.usable(folder) else ():
        symbol = path.name.rsplit("-", 1)[0]
        if path.name not in keep and any(k.rsplit("-", 1)[0] == symbol for k in keep):
            path.unlink(missing_ok=True)
            gone += 1
    return gone


class Library:
    """Loaded machine code. Addresses stay valid while the library exists."""

    def __init__(self, objects: dict[str, bytes] | None = None) -> None:
        self._objects: list[Any] = []
        self.addresses: dict[str, int] = {}
        self.add_objects(objects or {})

    def add_objects(self, objects: dict[str, bytes]) -> None:
        """Load object code, given by symbol."""
        if objects:
            from .llvm_api import LoadedObjects

            loaded = LoadedObjects(objects)
            self._objects.append(loaded)
            self.addresses |= loaded.addresses

    def add_addresses(self, addresses: dict[str, int]) -> None:
        """Add code that is loaded already."""
        self.addresses |= addresses

    def function(self, symbol: str, args: int) -> Callable[..., None]:
        """The code as a Python callable of ``args`` integers. It runs without the GIL."""
        return ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * args)(self.addresses[symbol])
