"""Decoding in processes of their own, so that no file can hang the server, fill its memory or hold its locks.

libsndfile never returns from some damaged files, and the ``soundfile`` package holds one lock for all files that are being opened. One such
file in a thread of the server, and no sample would load and no recording begin any more. So files are decoded by long-lived processes
(``child``), which are started when they are first needed. One that makes no progress within its deadline is ended, the file is named, and
another takes its place. Frames come back in shared memory.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import json
import mmap
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from phonon_osc.samples.decode import Decoded, Description, SampleError
from phonon_osc.samples.memory import FRAME_BYTES, moved

PROCESSES = 2  # that are kept
MOST = 6  # processes while some of them are held up
HELD_UP = 0.2  # seconds that a file waits for one of the kept ones
PATIENCE = 8.0  # seconds without a sign of life, on a machine that is busy; ``child.DEADLINE`` counts computing only
START = 20.0  # seconds in which a process has to be there, on a machine that is busy
_POLL = 0.1  # seconds after which a waiting thread asks whether its caller still wants the sound
_MESSAGE_BYTES = 1 << 16

Stopped = Callable[[], bool]


class Hung(Exception):
    """The process ended, or showed no progress: what the file was decoded with is gone."""


class _Process:
    """One decoder process; used by one thread at a time."""

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            # A session of its own: Ctrl-C is meant for the server. -P: nothing is imported from the folder that the server was started in.
            self._popen: subprocess.Popen[bytes] = subprocess.Popen(
                [sys.executable, "-P", "-m", "phonon_osc.samples.child"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env={
                    **os.environ,
                    "OPENBLAS_NUM_THREADS": "1",
                },  # its other threads take address space and have nothing to do
            )
        self._fresh = True

    def ask(self, request: dict[str, Any], stopped: Stopped) -> tuple[dict[str, Any], int]:
        """The answer to a request, and the descriptor that came with it (-1: none). Raises Hung."""
        try:
            self._socket.sendall(json.dumps(request).encode())
            patience = START if self._fresh else PATIENCE
            while True:
                raw, descriptors = self._receive(patience, stopped)
                answer: dict[str, Any] = json.loads(raw)
                if "alive" not in answer:
                    self._fresh = False
                    return answer, descriptors[0] if descriptors else -1
                patience = PATIENCE
        except OSError as error:
            raise Hung(str(error)) from None

    def _receive(self, patience: float, stopped: Stopped) -> tuple[bytes, list[int]]:
        end = time.monotonic() + patience
        self._socket.settimeout(_POLL)
        while not stopped():
            try:
                raw, descriptors, _, _ = socket.recv_fds(self._socket, _MESSAGE_BYTES, 1)
            except TimeoutError:
                if time.monotonic() > end:
                    raise Hung("no progress") from None
                continue
            if not raw:
                raise Hung("it ended")
            return raw, descriptors
        raise Hung("stopped")

    def exit_code(self, patience: float) -> int | None:
        """The exit code (negative: the signal that ended it), None if it runs on for ``patience`` seconds."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._popen.wait(patience)
        return None

    def end(self) -> None:
        """Kill it: it may be in a loop that listens to nothing else."""
        self._socket.close()
        self._popen.kill()
        self._popen.wait()


class Decoders:
    """The decoder processes. Any thread may ask; each call takes one process, and waits while all are busy."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._idle: list[_Process] = []  # the one used last is used next
        self._all = set[_Process]()

    def warm(self) -> None:
        """Start the processes that are kept, so that the first files need not wait for them."""
        with self._change:
            while len(self._all) < PROCESSES:
                self._idle.append(self._start())

    def decode(
        self, path: str, roots: Iterable[str], *, budget_bytes: int, stopped: Stopped = lambda: False
    ) -> Decoded:
        """`decode.decode` in a process. ``stopped`` is asked a few times a second and ends the attempt. Raises SampleError."""
        answer, shared = self._ask("decode", path, roots, budget_bytes, stopped)
        try:
            count = int(answer["frames"])
            if shared < 0 or count < 1:
                raise SampleError(path, "cannot be decoded (its frames did not arrive)", "see the log")
            # Nobody can make the memory shorter any more: reading beyond its end would end the server.
            fcntl.fcntl(shared, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
            if os.fstat(shared).st_size != count * FRAME_BYTES:
                raise SampleError(path, "cannot be decoded (its frames are not all there)", "see the log")
            # Copied, since a mapping of it would hold one of the server's file descriptors for as long as the sample is kept.
            with mmap.mmap(shared, count * FRAME_BYTES, prot=mmap.PROT_READ) as memory:
                frames = moved(np.frombuffer(memory, np.float32).reshape(-1, 2))
        finally:
            if shared >= 0:
                os.close(shared)
        return Decoded(frames, float(answer["rate"]), int(answer["channels"]), answer["root_note"])

    def describe(self, path: str, roots: Iterable[str], *, budget_bytes: int = 1 << 30) -> Description:
        """`decode.describe` in a process. Raises SampleError."""
        answer, _ = self._ask("describe", path, roots, budget_bytes, lambda: False)
        return Description(**answer)

    def _ask(
        self, what: str, path: str, roots: Iterable[str], budget: int, stopped: Stopped
    ) -> tuple[dict[str, Any], int]:
        request = {"do": what, "path": path, "roots": list(roots), "budget": budget}
        process = self._take(stopped)
        if process is None:
            raise _stopping(path)
        try:
            answer, shared = process.ask(request, stopped)
        except Hung:
            code = None if stopped() else process.exit_code(1.0)
            self._end(process)
            if stopped():
                raise _stopping(path) from None
            how = (
                "makes its decoder run without an end" if code in (None, -signal.SIGPROF) else "makes its decoder crash"
            )
            raise SampleError(path, how, "the file is damaged: encode it again") from None
        except BaseException:
            self._end(process)
            raise
        self._give_back(process)
        if "error" in answer:
            raise SampleError(path, *answer["error"])
        return answer, shared

    def _take(self, stopped: Stopped) -> _Process | None:
        """A process for one file: an idle one, or a new one if there are fewer than are kept, or if those are held up. None if stopped."""
        held_up = time.monotonic() + HELD_UP
        with self._change:
            while not stopped():
                while self._idle:
                    process = self._idle.pop()
                    if process.exit_code(0.0) is None:
                        return process
                    self._all.discard(process)  # somebody else has ended it
                    process.end()
                if len(self._all) < (PROCESSES if time.monotonic() < held_up else MOST):
                    return self._start()
                self._change.wait(_POLL)
        return None

    def _start(self) -> _Process:
        process = _Process()
        self._all.add(process)
        return process

    def _give_back(self, process: _Process) -> None:
        with self._change:
            if len(self._all) <= PROCESSES:
                self._idle.append(process)
                self._change.notify()
                return
        self._end(process)

    def _end(self, process: _Process) -> None:
        process.end()
        with self._change:
            self._all.discard(process)
            self._change.notify()

    def close(self) -> None:
        """End all processes."""
        with self._change:
            processes, self._idle = list(self._all), []
        for process in processes:
            self._end(process)


def _stopping(path: str) -> SampleError:
    return SampleError(path, "was not loaded", "the server is stopping")


_shared: Decoders | None = None
_shared_lock = threading.Lock()


def shared() -> Decoders:
    """The decoders of this process, which end with it."""
    global _shared
    with _shared_lock:
        if _shared is None:
            _shared = Decoders()
            atexit.register(_shared.close)
        return _shared


def decode(path: str, roots: Iterable[str], *, budget_bytes: int, stopped: Stopped = lambda: False) -> Decoded:
    """`Decoders.decode` with the decoders of this process."""
    return shared().decode(path, roots, budget_bytes=budget_bytes, stopped=stopped)
