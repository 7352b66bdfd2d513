"""``phonon-osc serve`` with a watch on its process function, which records the time when a sound follows silence.

    python bench/watched_server.py --onsets OUT.npy --backend null --port 57120 --bus-port 0 --period 64 --samples DIR

OUT.npy is written at the end. It has the monotonic nanoseconds at which the process function returned with the first sample of each sound.
The watch is compiled and called instead of the process function. It costs as much as reading the samples once, and runs no Python.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dsp.compile import compile_function
from dsp.load import Library
from dsp.machine import call_c, call_process, load_f32, load_i64, store_i64
from phonon_osc.engine.audio.clock import MONOTONIC
from phonon_osc.engine.audio.parts import ENGINE
from phonon_osc.serving import ServeOptions, Server

LEVEL = 1e-4  # the lowest level that counts as sound
QUIET = 480  # frames of silence after which a sound counts as new
ROOM = 65536  # onsets
COUNT, SILENT, TIME, ONSETS = 0, 1, 2, 4  # words of the watch: onsets so far, frames of silence, a timespec, the onsets


def _watch(process: int, memory: int) -> Callable[..., None]:
    """A process function that calls another one and checks its samples."""

    def watch(e: Any, frames: int, places: int, stride: int, given: int) -> None:
        call_process(process, e.device.engine, frames, places, stride, given)
        silent, began = load_i64(memory + 8 * SILENT), False
        left = load_i64(places) if places != 0 else 0
        for i in range(frames if left != 0 else 0):
            if abs(load_f32(left + i * stride)) > LEVEL:
                began = began or silent >= QUIET
                silent = 0
            else:
                silent += 1
        store_i64(memory + 8 * SILENT, silent)
        count = load_i64(memory + 8 * COUNT)
        if began and count < ROOM:
            call_c(e.clock.function, MONOTONIC, memory + 8 * TIME)
            now = load_i64(memory + 8 * TIME) * 1000000000 + load_i64(memory + 8 * TIME + 8)
            store_i64(memory + 8 * (ONSETS + count), now)
            store_i64(memory + 8 * COUNT, count + 1)

    return watch


class WatchedServer(Server):
    """A server whose process function is watched before its backend starts."""

    def open(self) -> None:
        super().open()
        assert self._studio is not None
        engine = self._studio.engine
        self._words = np.zeros(ONSETS + ROOM, np.int64)
        watch = _watch(engine.code.addresses["process"], self._words.ctypes.data)
        args = (ENGINE, "i64", "i64", "i64", "i64")
        self._code = Library({"watch": compile_function("watch", watch, args)})
        engine.tables.device.process = self._code.addresses["watch"]

    @property
    def onsets(self) -> np.ndarray:
        """Times of the onsets in nanoseconds."""
        return self._words[ONSETS : ONSETS + int(self._words[COUNT])]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--onsets", type=Path, required=True)
    parser.add_argument("--backend", default="null")
    parser.add_argument("--samples", required=True)
    for name in ("port", "bus-port", "period"):
        parser.add_argument(f"--{name}", type=int, required=True)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = ServeOptions(
        port=args.port,
        bus_port=args.bus_port,
        backend=args.backend,
        period=args.period,
        samples=[args.samples],
        quiet=True,
    )
    server = WatchedServer(options)
    try:
        server.open()
        asyncio.run(server.run())
    finally:
        server.close()
    np.save(args.onsets, server.onsets)


if __name__ == "__main__":
    main()
