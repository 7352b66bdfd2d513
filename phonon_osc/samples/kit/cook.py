"""Makes the rest of a folder of the kit, aside, once one of its sounds has been played.

The sound that an event waits for is made at once, by the server's own loading thread. The folder's others are likely to be played next.
They are made in a process of their own that gives way to every other. A thread would hold the interpreter's lock now and then,
and an event would wait for it.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading

from phonon_osc.samples import kit
from phonon_osc.samples.kit import cache

_NICE = 10
_CODE = "from phonon_osc.samples.kit import cook; cook.run()"


class Cook:
    """Takes names of the kit's folders and fills the cache with their sounds. Any thread; no process before the first name."""

    def __init__(self) -> None:
        self._asked = set[str]()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def want(self, name: str) -> None:
        """Make what the cache does not hold of folder ``name`` (a key of ``kit.COUNTS``), each folder once."""
        with self._lock:
            if self._closed or name in self._asked:
                return
            self._asked.add(name)
            if all(cache.has(name, n) for n in range(kit.COUNTS[name])):
                return
            if self._process is None:
                self._process = _start()
            assert self._process.stdin is not None
            with contextlib.suppress(OSError):  # it ended: the cache cannot be written, so there is nothing to gain
                self._process.stdin.write(name.encode() + b"\n")
                self._process.stdin.flush()

    def close(self) -> None:
        """End the process; what it had not made is made when it is asked for."""
        with self._lock:
            self._closed = True
            process, self._process = self._process, None
        if process is not None:
            process.kill()  # a sound is put in its place whole, so nothing is left half written
            assert process.stdin is not None
            with contextlib.suppress(OSError):
                process.stdin.close()
            process.wait()


def _start() -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C is meant for the server, which ends this process.
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _CODE],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PHONON_OSC_CACHE": str(cache.folder().parent)},  # it writes where this process reads
        start_new_session=True,
    )


def run() -> None:
    """The process: a name a line on standard input, until that is closed or the cache cannot be written."""
    os.nice(_NICE)
    for line in sys.stdin:
        name = line.strip()
        for n in range(kit.COUNTS.get(name, 0)):
            if not cache.has(name, n) and not kit.make(name, n):
                return
