"""Compiled clients that only count their calls. They show how many calls the sound system makes."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.compile import compile_function
from dsp.load import Library
from dsp.machine import load_i64, store_i64
from phonon_osc.backends.libjack import JackLibrary
from phonon_osc.engine.audio.process import USER_DATA


def _count_jack(frames: int, counter: Any) -> None:
    counter[0] = counter[0] + 1


def _count_device(device: int, out: int, given: int, frames: int) -> None:
    at = load_i64(device + USER_DATA)
    store_i64(at, load_i64(at) + 1)


class NativeCounter:
    """Counts callbacks without Python: ``calls``."""

    def __init__(self) -> None:
        self._calls = np.zeros(1, np.int64)
        self._code = Library(
            {
                "count_jack": compile_function("count_jack", _count_jack, ("i64", "*i64")),
                "count_device": compile_function("count_device", _count_device, ("i64",) * 4),
            }
        )

    @property
    def calls(self) -> int:
        return int(self._calls[0])

    def on_jack(self, name: str = "empty") -> Any:
        """An active JACK client that counts."""
        library = JackLibrary()
        client = library.client(name)
        library.set_process_callback(client, self._code.addresses["count_jack"], self._calls.ctypes.data)
        client.outports.register("out_1")
        client.activate()
        return client

    def on_null_device(self, period: int) -> Any:
        """A running null device of miniaudio that counts."""
        from phonon_osc.backends.miniaudio import MiniaudioBackend

        device = MiniaudioBackend(period=period, system="null")
        ffi, lib = device._ffi, device._lib
        device._config.pUserData = ffi.cast("void *", self._calls.ctypes.data)
        device._config.dataCallback = ffi.cast("ma_device_data_proc", self._code.addresses["count_device"])
        assert lib.ma_device_init(device._context, ffi.addressof(device._config), device._device) == lib.MA_SUCCESS
        assert lib.ma_device_start(device._device) == lib.MA_SUCCESS
        device._started = True
        return device
