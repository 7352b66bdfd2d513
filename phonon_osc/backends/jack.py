"""JACK (jackd2, or PipeWire's replacement): JACK-Client for client and ports, the process callback installed natively.

JACK-Client offers Python callbacks only, so the compiled one goes through its private ``_lib``, ``_ffi``, ``_ptr``: this is the one file
that does so (``tests/backends/test_jack_private.py`` names them). No other callback is registered: under PipeWire most of them
run on the audio thread and would bring the interpreter there.
"""

from __future__ import annotations

import logging
from typing import Any

from phonon_osc.backends.base import BackendError
from phonon_osc.engine.engine import Engine

log = logging.getLogger(__name__)


class JackBackend:
    """A JACK client with two outputs, and as many inputs as asked for. It never starts a JACK server."""

    name = "jack"

    def __init__(self, client_name: str = "phonon-osc", *, connect: bool = True, inputs: int = 0) -> None:
        try:
            import jack
        except (ImportError, OSError) as error:
            raise BackendError(f"JACK: the library is not there ({error}); install jackd2 or pipewire-jack") from None
        self._jack: Any = jack
        jack.set_error_function(_to_log)
        jack.set_info_function(_to_log)
        try:
            self._client: Any = jack.Client(client_name, no_start_server=True)
        except jack.JackOpenError as error:
            raise BackendError(f"JACK: no server answers ({_reason(error)}); start jackd or PipeWire") from None
        self.rate = float(self._client.samplerate)
        self.period = int(self._client.blocksize)
        self._connect = connect
        self._ports = [self._client.outports.register(f"out_{k}") for k in (1, 2)]
        self._inputs = [self._client.inports.register(f"in_{k + 1}") for k in range(inputs)]
        self.detail = f"JACK client {self._client.name!r}, {self.rate:.0f} Hz, {self.period} frames"
        self._engine: Engine | None = None

    def _address(self, function: str) -> int:
        ffi, lib = self._jack._ffi, self._jack._lib
        return int(ffi.cast("intptr_t", ffi.addressof(lib, function)))

    def start(self, engine: Engine) -> None:
        ffi, lib, client = self._jack._ffi, self._jack._lib, self._client
        e, device = engine.tables, engine.tables.device
        device.port_buffer = self._address("jack_port_get_buffer")
        device.jack_frame_time = self._address("jack_last_frame_time")
        device.jack_client = int(ffi.cast("intptr_t", client._ptr))
        device.port_left, e.device.port_right = (int(ffi.cast("intptr_t", port._ptr)) for port in self._ports)
        for k, port in enumerate(self._inputs):
            e.inputs.ports[k] = int(ffi.cast("intptr_t", port._ptr))
        device.jack_next, e.device.jack_behind = -1, 0
        callback = ffi.cast("JackProcessCallback", engine.code.addresses["process_jack"])
        if lib.jack_set_process_callback(client._ptr, callback, ffi.cast("void*", e.address)) != 0:
            raise BackendError("JACK: the process callback was refused; is the client active already?")
        self._engine = engine  # the callback's memory must outlive it
        client.activate()
        if self._connect:
            self._connect_ports()

    def _connect_ports(self) -> None:
        """To the first physical ports there are: by their flags, since PipeWire names them differently."""
        speakers = self._client.get_ports(is_physical=True, is_input=True, is_audio=True)
        microphones = self._client.get_ports(is_physical=True, is_output=True, is_audio=True)
        pairs = [*zip(self._ports, speakers, strict=False), *zip(microphones, self._inputs, strict=False)]
        for source, target in pairs:
            try:
                self._client.connect(source, target)
            except self._jack.JackError as error:
                log.warning("JACK: %s could not be connected to %s (%s)", source.name, target.name, error)
        if len(speakers) < 2:
            log.warning("JACK: no pair of physical outputs to connect to; connect phonon-osc:out_1 and out_2 yourself")
        if len(microphones) < len(self._inputs):
            left = ", ".join(port.shortname for port in self._inputs[len(microphones) :])
            log.warning("JACK: no physical inputs for %s; connect them yourself", left)

    def stop(self) -> None:
        self._client.deactivate(ignore_errors=True)
        self._client.close(ignore_errors=True)
        self._engine = None


def _to_log(message: str) -> None:
    log.debug("libjack: %s", message)


def _reason(error: Exception) -> str:
    return str(error).splitlines()[0]
