"""Compiles and loads kernels while the server already plays, those that somebody waits for first."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import Future

from dsp import cache
from dsp.compile import CompileError
from dsp.load import Job, run_job_quietly, worker_pool
from phonon_osc.engine.code import Code, KernelsMissing

log = logging.getLogger(__name__)

BATCH = 24  # kinds that are loaded from the cache at a time
POLL = 0.02  # seconds between two looks of somebody who waits
NICE = 10  # the priority of the processes that compile: playing comes first
PATIENCE = 600.0  # seconds; a kernel takes one or two, so something is wrong then


class Filler(threading.Thread):
    """A thread that loads all kinds, in the given order, into the code of an engine. It compiles what the cache lacks."""

    def __init__(self, code: Code, kinds: Sequence[str]) -> None:
        super().__init__(name="kernels", daemon=True)
        self._code = code
        self._kinds = list(kinds)
        self._wanted: deque[str] = deque()  # kinds to compile first
        self._failed: dict[str, str] = {}  # kind -> why it cannot be compiled
        self._closing = threading.Event()
        self.left = len(self._kinds)  # kinds that are not loaded yet

    def want(self, kinds: Iterable[str]) -> None:
        """Compile these first. Raises CompileError if one of them cannot be compiled."""
        for kind in kinds:
            if kind in self._failed:
                raise CompileError(self._failed[kind])
            if kind not in self._wanted:
                self._wanted.append(kind)

    async def wait(self, missing: KernelsMissing) -> None:
        """Wait until these kernels are loaded. Raises CompileError, TimeoutError."""
        until = time.monotonic() + PATIENCE
        while not all(map(self._code.has, missing.kinds)):
            self.want(kind for kind in missing.kinds if not self._code.has(kind))
            if time.monotonic() > until or self._closing.is_set():
                raise TimeoutError(f"{missing}")
            await asyncio.sleep(POLL)

    def close(self) -> None:
        """Stop compiling. What is being compiled is lost."""
        self._closing.set()
        if self.is_alive():
            self.join(2.0)

    # --- the thread ------------------------------------------------------------------------------------------------
    def run(self) -> None:
        try:
            self._fill()
        except Exception:
            log.exception("kernels cannot be compiled in the background; restart the server")

    def _fill(self) -> None:
        todo: dict[str, list[Job]] = {}
        for first in range(0, len(self._kinds), BATCH):
            for kind in self._kinds[first : first + BATCH]:
                jobs = self._code.load_cached([kind])
                if jobs:
                    todo[kind] = jobs
                if self._closing.is_set():
                    return
        self.left = len(todo)
        if todo:
            self._compile(todo)

    def _compile(self, todo: dict[str, list[Job]]) -> None:
        total = sum(map(len, todo.values()))
        log.info("compiling %d kernels in the background; sounds that need one of them wait for it", total)
        began = time.monotonic()
        workers = max(1, (os.cpu_count() or 2) - 1)
        with worker_pool(workers, nice=NICE) as pool:  # leaving it ends the workers
            running: dict[str, list[Future[tuple[Job, bytes | str]]]] = {}
            while (todo or running) and not self._closing.is_set():
                while todo and len(running) <= workers:
                    kind = self._next(todo)
                    running[kind] = [pool.submit(run_job_quietly, job) for job in todo.pop(kind)]
                done = [kind for kind, results in running.items() if all(r.done() for r in results)]
                for kind in done:
                    self._take(kind, [r.result() for r in running.pop(kind)])
                if not done:
                    self._closing.wait(POLL / 2)
        if not self._closing.is_set():
            log.info("all kernels are compiled after %.0f s", time.monotonic() - began)

    def _next(self, todo: dict[str, list[Job]]) -> str:
        while self._wanted:
            kind = self._wanted.popleft()
            if kind in todo:
                return kind
        return next(iter(todo))

    def _take(self, kind: str, results: list[tuple[Job, bytes | str]]) -> None:
        """Store and load what was compiled. A text instead of code says why a kernel cannot be compiled."""
        self.left -= 1
        objects: dict[str, bytes] = {}
        folder = cache.cache_folder()
        for job, code in results:
            if isinstance(code, str):
                self._failed[kind] = code
                log.warning("kind %s is not used: %s", kind, code)
                return
            objects[job.unit.symbol] = code
            if cache.usable(folder):
                cache.write_object(job.unit.filename, code, folder)
        self._code.add_objects(objects)
