"""A JACK client that records two ports without Python in its callback, with the time of each cycle that it got.

    python -m tests.live.recorder OUT.npz SECONDS phonon-osc:out_1 phonon-osc:out_2

OUT.npz: ``sound`` (frames, 2), ``cycles`` (n, 2: JACK frame time, frames), ``woken`` (n: system time in ns at which the cycle's callback
began), ``xruns`` (JACK frame times at which JACK reported one).
It writes the file at SIGTERM or after SECONDS.
"""

from __future__ import annotations

import ctypes
import signal
import sys
import threading
from typing import Any

import numpy as np

from dsp.compile import compile_function
from dsp.load import Library
from dsp.machine import address, call_c, load_f32, store_f32
from dsp.structs import Struct, StructView, aligned_zeros
from phonon_osc.backends.libjack import FRAME_TIME, PORT_BUFFER, JackLibrary

RECORDER = Struct(
    "Recorder",
    port_buffer="i64",
    frame_time="i64",
    clock_gettime="i64",
    client="i64",
    left="i64",
    right="i64",
    frames="i64",
    room="i64",
    count="i64",
    cycle_room="i64",
    sound="*f32",
    cycles="*i64",
    timespec="*i64",
    woken="*i64",
)
REALTIME = 0  # CLOCK_REALTIME, the clock of timetags


def _record(frames: int, r: Any) -> None:
    frames &= 0xFFFFFFFF
    left = call_c(r.port_buffer, r.left, frames)
    right = call_c(r.port_buffer, r.right, frames)
    if r.frames + frames <= r.room and r.count < r.cycle_room:
        r.cycles[2 * r.count] = call_c(r.frame_time, r.client, 0) & 0xFFFFFFFF
        r.cycles[2 * r.count + 1] = frames
        call_c(r.clock_gettime, REALTIME, address(r.timespec, 0))
        r.woken[r.count] = r.timespec[0] * 1000000000 + r.timespec[1]
        r.count += 1
        at = address(r.sound, 2 * r.frames)
        for i in range(frames):
            store_f32(at + 8 * i, load_f32(left + 4 * i))
            store_f32(at + 8 * i + 4, load_f32(right + 4 * i))
        r.frames += frames


def main() -> None:
    out, seconds, sources = sys.argv[1], float(sys.argv[2]), sys.argv[3:5]
    code = Library({"record": compile_function("record", _record, ("i64", RECORDER))})
    library = JackLibrary()
    client = library.client("recorder")
    r = StructView(RECORDER)
    r.room = int(client.samplerate * seconds)
    r.cycle_room = r.room // 16
    r.sound, r.cycles = aligned_zeros(2 * r.room, np.float32), aligned_zeros(2 * r.cycle_room, np.int64)
    r.timespec, r.woken = aligned_zeros(2, np.int64), aligned_zeros(r.cycle_room, np.int64)
    r.clock_gettime = ctypes.cast(ctypes.CDLL(None).clock_gettime, ctypes.c_void_p).value
    ports = [client.inports.register(f"in_{k}") for k in (1, 2)]
    r.left, r.right = (library.pointer(port) for port in ports)
    r.client = library.pointer(client)
    r.port_buffer, r.frame_time = library.function(PORT_BUFFER), library.function(FRAME_TIME)
    xruns: list[int] = []
    client.set_xrun_callback(lambda delay: xruns.append(client.last_frame_time))
    library.set_process_callback(client, code.addresses["record"], r.address)
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    client.activate()
    for source, port in zip(sources, ports, strict=True):
        client.connect(source, port)
    sys.stdout.write("recording\n")
    sys.stdout.flush()
    done.wait(seconds)
    client.deactivate(ignore_errors=True)
    np.savez(
        out,
        sound=r.sound[: 2 * r.frames].reshape(-1, 2),
        cycles=r.cycles[: 2 * r.count].reshape(-1, 2),
        woken=r.woken[: r.count],
        xruns=np.array(xruns, np.int64),
    )
    client.close(ignore_errors=True)


if __name__ == "__main__":
    main()
