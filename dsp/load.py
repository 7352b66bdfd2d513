"""Machine code at run time: from the cache, or compiled in parallel processes, with progress. numba is not imported here."""

from __future__ import annotations

import ctypes
import logging
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from . import cache
from . import compile as compiler
from .compile import Unit
from .llvm_api import LoadedObjects

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


def _no_progress(*_: Any) -> None:
    """For callers that show no progress."""


def gather(jobs: Iterable[Job], progress: Progress = _no_progress, processes: int | None = None) -> dict[str, bytes]:
    """Object code by symbol, from the cache. What is missing there is compiled and stored.

    Without a usable cache folder everything is compiled and kept in memory. Raises CompileError.
    """
    folder = cache.cache_folder()
    usable = cache.usable(folder)
    done: dict[str, bytes] = {}
    todo: list[Job] = []
    for job in jobs:
        code = cache.read_object(job.unit.filename, folder) if usable else None
        if code is None:
            todo.append(job)
        else:
            compiler.check_symbols(job.unit.symbol, code)
            done[job.unit.symbol] = code
    if not todo:
        return done
    total = len(todo)
    log.info("compiling %d kernels into %s", total, folder if usable else "memory")
    workers = min(processes or os.cpu_count() or 1, total)
    progress(0, total, "")
    if workers <= 1 or total <= 2:
        results: Iterable[tuple[Job, bytes]] = ((job, run_job(job)) for job in todo)
        return _keep(results, done, folder if usable else None, total, progress)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(run_job, job): job for job in todo}
        results = ((futures[f], f.result()) for f in as_completed(futures))
        try:
            return _keep(results, done, folder if usable else None, total, progress)
        except BaseException:  # on Ctrl-C, too: jobs that have not begun are cancelled
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _keep(
    results: Iterable[tuple[Job, bytes]], done: dict[str, bytes], folder: Path | None, total: int, progress: Progress
) -> dict[str, bytes]:
    """Add ``results`` to ``done`` as they arrive, and store them unless there is no folder or it cannot be written."""
    for count, (job, code) in enumerate(results, 1):
        done[job.unit.symbol] = code
        if folder is not None and not cache.write_object(job.unit.filename, code, folder):
            folder = None  # warn only once
        progress(count, total, job.unit.symbol)
    return done


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

    def __init__(self, objects: dict[str, bytes]) -> None:
        self._objects = LoadedObjects(objects)
        self.addresses = self._objects.addresses

    def function(self, symbol: str, args: int) -> Callable[..., None]:
        """The code as a Python callable of ``args`` integers. It runs without the GIL."""
        return ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * args)(self.addresses[symbol])
