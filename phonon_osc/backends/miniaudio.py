"""The miniaudio backend: ALSA or PulseAudio, or a silent null device on a machine without a sound card."""

from __future__ import annotations

import logging
from typing import Any

from phonon_osc.backends import alsa
from phonon_osc.backends.base import BackendError, check_channels
from phonon_osc.engine.audio.process import USER_DATA
from phonon_osc.engine.engine import Engine

log = logging.getLogger(__name__)

SYSTEMS = ("alsa", "pulseaudio", "null")


class MiniaudioBackend:
    """A float device with the given numbers of outputs and inputs. Its data callback is compiled code."""

    name = "miniaudio"

    def __init__(
        self,
        *,
        rate: float = 48000.0,
        period: int = 256,
        system: str | None = None,
        inputs: int = 0,
        outputs: int = 2,
    ) -> None:
        try:
            import miniaudio
            from _miniaudio import ffi, lib
        except (ImportError, OSError) as error:
            raise BackendError(f"miniaudio: not installed ({error}); pip install miniaudio") from None
        if ffi.offsetof("ma_device", "pUserData") != USER_DATA:
            raise BackendError(
                "miniaudio: this version lays its device out differently; install the version pyproject.toml names"
            )
        self._ffi, self._lib = ffi, lib
        wanted = [system] if system else list(SYSTEMS)
        self._context, self._device = ffi.new("ma_context *"), ffi.new("ma_device *")
        found = [getattr(miniaudio.Backend, s.upper()).value for s in wanted]
        backends = ffi.new("ma_backend[]", found)
        with alsa.messages_to_log():
            code = lib.ma_context_init(backends, len(found), ffi.NULL, self._context)
        if code != lib.MA_SUCCESS:
            raise BackendError(
                f"miniaudio: this machine has no {' and no '.join(wanted)}; --backend null needs no device"
            )
        way = lib.ma_device_type_duplex if inputs else lib.ma_device_type_playback
        self._config: Any = lib.ma_device_config_init(way)
        self._config.sampleRate = int(rate)
        self._config.periodSizeInFrames = period
        self._config.playback.format = lib.ma_format_f32
        self._config.playback.channels = outputs
        if inputs:
            self._config.capture.format = lib.ma_format_f32
            self._config.capture.channels = inputs
        self.rate, self.period = float(rate), period
        self.system = ffi.string(lib.ma_get_backend_name(self._context.backend)).decode()
        self.detail = f"miniaudio on {self.system}, {self.rate:.0f} Hz, {self.period} frames"
        self._engine: Engine | None = None
        self._started = False

    def start(self, engine: Engine) -> None:
        check_channels(engine, self._config.playback.channels, self._config.capture.channels)
        ffi, lib = self._ffi, self._lib
        self._config.pUserData = ffi.cast("void *", engine.tables.address)
        callback = engine.code.addresses["process_interleaved"]
        self._config.dataCallback = ffi.cast("ma_device_data_proc", callback)
        self._engine = engine  # the callback's memory must outlive it
        with alsa.messages_to_log():
            code = lib.ma_device_init(self._context, ffi.addressof(self._config), self._device)
        if code != lib.MA_SUCCESS:
            raise BackendError(
                f"miniaudio: the {self.system} device cannot be opened (code {code}); is another program using it?"
            )
        code = lib.ma_device_start(self._device)
        if code != lib.MA_SUCCESS:
            raise BackendError(f"miniaudio: the {self.system} device does not start (code {code})")
        self._started = True

    def stop(self) -> None:
        if self._started:
            self._lib.ma_device_uninit(self._device)
            self._started = False
        if self._context is not None:
            self._lib.ma_context_uninit(self._context)
            self._context = None
        self._engine = None
