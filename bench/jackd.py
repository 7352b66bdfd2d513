"""Runs a jackd with the dummy driver for a measurement, in a private /dev/shm.

JACK keeps its servers, sockets and memory in /dev/shm. In a private one the default server name is always free, and nothing is left
behind after the measurement.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from types import TracebackType

from phonon_osc.errors import UnavailableError

_INSIDE = "PHONON_BENCH_PRIVATE_SHM"
_MOUNT = 'mount -t tmpfs tmpfs /dev/shm && exec "$@"'
BACKENDS = ("null", "jack")  # the backends on which live servers are measured
PATIENCE = 10.0  # seconds until the server answers


def missing() -> str | None:
    """Why no JACK server can run; empty if one can."""
    absent = [name for name in ("jackd", "jack_wait", "unshare") if shutil.which(name) is None]
    return f"{', '.join(absent)} not installed (apt install jackd2 util-linux)" if absent else None


def enter_private_shm() -> None:
    """Run this program again with a private /dev/shm. Raises UnavailableError if that is not allowed."""
    if os.environ.get(_INSIDE):
        return
    spaces = ["-m"] if os.geteuid() == 0 else ["-r", "-m"]
    trial = subprocess.run(
        ["unshare", *spaces, "sh", "-c", _MOUNT, "-", "true"], capture_output=True, text=True, check=False
    )
    if trial.returncode:
        raise UnavailableError(f"no private /dev/shm: {trial.stderr.strip()}; run it as root")
    os.environ[_INSIDE] = "1"
    sys.stdout.flush()
    os.execvp("unshare", ["unshare", *spaces, "sh", "-c", _MOUNT, "-", sys.executable, *sys.argv])


def prepare(backends: Sequence[str]) -> str | None:
    """Prepare for a JACK server if "jack" is among the backends. Returns why none can run, or an empty text."""
    if "jack" not in backends:
        return "not asked for"
    absent = missing()
    if absent is not None:
        return absent
    try:
        enter_private_shm()
    except UnavailableError as error:
        return str(error)
    return None


class Jackd:
    """Run ``jackd -r -d dummy`` during a ``with`` block. Call ``enter_private_shm()`` before."""

    def __init__(self, period: int, rate: int = 48000) -> None:
        assert os.environ.get(_INSIDE), "would meet other people's servers"
        self._command = ["jackd", "-r", "-d", "dummy", "-r", str(rate), "-p", str(period)]

    def __enter__(self) -> Jackd:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + PATIENCE
        while (
            subprocess.run(["jack_wait", "-c"], capture_output=True, text=True, check=False).stdout.strip() != "running"
        ):
            if self._process.poll() is not None or time.monotonic() > until:
                self.__exit__(None, None, None)
                raise UnavailableError(f"`{' '.join(self._command)}` does not answer")
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(5.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
