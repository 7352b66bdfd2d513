"""A decoder process: it takes names of files on standard input, which is a socket, and gives their sound back in shared memory.

It protects the server from what it decodes. A timer of the kernel ends it when a file keeps a decoder running without progress. A limit on
its address space fails whatever asks for more memory than the file's sound needs. The server then starts another (``decoders``).

Messages are JSON objects. A request has ``do`` (``decode`` or ``describe``), ``path``, ``roots`` and ``budget``. An answer has ``alive``
(more follows), ``error`` (reason and remedy), or the fields of what was asked for. The memory of a sound comes along as a file descriptor.
"""

from __future__ import annotations

import dataclasses
import json
import mmap
import os
import resource
import signal
import socket
import time
from typing import Any

import numpy as np
import soundfile  # noqa: F401  (here, so that the first file need not wait for it)
from numpy.typing import NDArray

from phonon_osc.samples import decode
from phonon_osc.samples.memory import FRAME_BYTES

DEADLINE = 1.5  # seconds of computing without progress
MARGIN = 256 << 20  # bytes of address space that a decoder may take beside the sound
MESSAGE_BYTES = 1 << 16
_PROGRESS = 0.5  # seconds between two signs of life


def main() -> None:
    """Serve requests until the server closes its end."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process wherever it is, without Python's help
    server = socket.socket(fileno=0)
    while request := server.recv(MESSAGE_BYTES):
        _rearm()
        _serve(server, json.loads(request))
        signal.setitimer(signal.ITIMER_PROF, 0.0)


def _rearm() -> None:
    """Start the timer again. It counts this process's own computing, so that a busy machine ends nobody."""
    signal.setitimer(signal.ITIMER_PROF, DEADLINE)


def _serve(server: socket.socket, request: dict[str, Any]) -> None:
    limits = _Memory()
    answer: dict[str, Any]
    path, roots, budget = request["path"], request["roots"], request["budget"]
    try:
        if request["do"] == "describe":
            answer = dataclasses.asdict(decode.describe(path, roots, budget_bytes=budget))
        else:
            life = _Life(server)
            found = decode.decode(path, roots, budget_bytes=budget, allocate=limits.frames, alive=life.sign)
            limits.cut(len(found.frames))
            answer = {
                "frames": len(found.frames),
                "rate": found.rate,
                "channels": found.channels,
                "root_note": found.root_note,
            }
    except decode.SampleError as error:
        answer = {"error": [error.reason, error.remedy]}
    except MemoryError:
        answer = {
            "error": [
                "makes its decoder ask for more memory than its sound needs",
                "the file is damaged: encode it again",
            ]
        }
    except Exception as error:  # a decoder's surprise: the server names the file
        answer = {"error": [f"cannot be decoded ({error!r})", "convert it to WAV or FLAC again"]}
    descriptors = [limits.shared] if "frames" in answer else []
    socket.send_fds(server, [json.dumps(answer).encode()], descriptors)
    limits.close()


class _Life:
    """Tells the server and the kernel's timer that decoding gets on."""

    def __init__(self, server: socket.socket) -> None:
        self._server, self._last = server, time.monotonic()

    def sign(self) -> None:
        _rearm()
        now = time.monotonic()
        if now - self._last > _PROGRESS:
            self._last = now
            self._server.send(b'{"alive": true}')


class _Memory:
    """The memory of one request: a limit on all, and the shared memory that the sound goes into."""

    def __init__(self) -> None:
        self.shared = -1
        self._limit(MARGIN)

    def frames(self, count: int) -> NDArray[np.float32]:
        """Shared memory for so many frames, (count, 2) float32."""
        self.close()
        self._limit(MARGIN + count * FRAME_BYTES)
        self.shared = os.memfd_create("sample", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(self.shared, count * FRAME_BYTES)
        return np.frombuffer(mmap.mmap(self.shared, count * FRAME_BYTES), np.float32).reshape(-1, 2)

    def cut(self, count: int) -> None:
        """Give back what no frame came for."""
        os.ftruncate(self.shared, count * FRAME_BYTES)

    def close(self) -> None:
        if self.shared >= 0:
            os.close(self.shared)
            self.shared = -1

    @staticmethod
    def _limit(more: int) -> None:
        """Let the address space grow by ``more`` bytes from what it is now."""
        with open("/proc/self/statm") as file:
            now = int(file.read().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = now + more
        resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


if __name__ == "__main__":
    main()
