"""Plays on a backend while Python threads compete for the interpreter lock, then while one C call holds it. Prints figures as JSON.

    python -m tests.backends.hold_gil jack|null SECONDS

For both cases it counts the cycles of the engine, of an empty native client, and of a client with a Python callback.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import threading
import time
from typing import Any

from phonon_osc.backends.choose import open_backend
from tests.backends.native_counter import NativeCounter
from tests.engine.rig import engine, hit


class PythonCounter:
    """The same client with a Python callback."""

    def __init__(self) -> None:
        self.calls = 0
        self.longest_gap = 0.0  # seconds between two calls
        self._last = time.monotonic()

    def _count(self) -> None:
        now = time.monotonic()
        self.longest_gap = max(self.longest_gap, now - self._last)
        self._last = now
        self.calls += 1

    def on_jack(self) -> Any:
        import jack

        client = jack.Client("python", no_start_server=True)
        client.set_process_callback(self._called)
        client.activate()
        return client

    def _called(self, frames: int) -> None:
        self._count()

    def on_null_device(self, period: int) -> Any:
        import miniaudio

        device = miniaudio.PlaybackDevice(
            output_format=miniaudio.SampleFormat.FLOAT32,
            nchannels=2,
            sample_rate=48000,
            buffersize_msec=max(1, period // 48),
            backends=[miniaudio.Backend.NULL],
        )

        def frames() -> Any:
            wanted = yield b""
            while True:
                self._count()
                wanted = yield b"\0" * (8 * wanted)

        source = frames()
        next(source)
        device.start(source)
        return device


def main() -> None:
    choice, seconds = sys.argv[1], float(sys.argv[2])
    backend = open_backend(choice, rate=48000.0, period=256, client_name="held", connect=False)
    played = engine(voices=256, rate=backend.rate)
    played.go_live()
    native, python = NativeCounter(), PythonCounter()
    backend.start(played)
    keep = (
        [native.on_jack(), python.on_jack()]
        if choice == "jack"
        else [native.on_null_device(256), python.on_null_device(256)]
    )
    for k in range(200):
        hit(played, k * 100, 0.001, 60.0)
    time.sleep(0.5)
    result: dict[str, Any] = {"backend": backend.detail, "voices": played.tables.slabs.counts.active}

    def counts() -> dict[str, int]:
        return {"engine": played.tables.device.cycles, "native": native.calls, "python": python.calls}

    def measured(name: str, before: dict[str, int], after: dict[str, int]) -> None:
        result[name] = {k: after[k] - before[k] for k in before}

    stop = threading.Event()

    def spin() -> None:
        x = 0
        while not stop.is_set():
            for _ in range(10000):
                x += 1

    before = counts()
    threads = [threading.Thread(target=spin, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    after = counts()
    stop.set()
    for thread in threads:
        thread.join()
    measured("spinning", before, after)
    before = counts()
    ctypes.PyDLL(None).usleep(int(seconds * 1e6))  # PyDLL keeps the lock for the whole call
    after = counts()
    time.sleep(0.2)  # the Python callback comes round again
    measured("held", before, after)
    result["python_longest_gap_s"] = round(python.longest_gap, 3)
    result["late_frames_skipped"] = played.tables.device.skipped
    sys.stdout.write(json.dumps(result) + "\n")
    sys.stdout.flush()
    backend.stop()
    del keep
    os._exit(0)  # the other clients still run and use memory that a return from main would free


if __name__ == "__main__":
    main()
