"""The only module that uses private names of JACK-Client.

JACK-Client's public interface takes only Python callbacks. A compiled callback has to be given to libjack directly. That needs the
library's private ``_ffi`` and ``_lib``, and the ``_ptr`` of its clients and ports, so ``pyproject.toml`` pins the version.
"""

from __future__ import annotations

import logging
from typing import Any

from phonon_osc.backends.base import BackendError

log = logging.getLogger(__name__)

#: C functions whose addresses compiled code calls.
PORT_BUFFER, FRAME_TIME = "jack_port_get_buffer", "jack_last_frame_time"
_NEEDED = (PORT_BUFFER, FRAME_TIME, "jack_set_process_callback")


class JackLibrary:
    """libjack through JACK-Client. Raises BackendError if one of them is missing, or if the version has other private names."""

    def __init__(self) -> None:
        try:
            import jack
        except (ImportError, OSError) as error:
            raise BackendError(f"JACK: the library is not there ({error}); install jackd2 or pipewire-jack") from None
        try:
            self._ffi, self._lib = jack._ffi, jack._lib
            self._addresses = {name: self._address(self._ffi.addressof(self._lib, name)) for name in _NEEDED}
        except AttributeError as error:
            raise BackendError(
                f"JACK: this version of JACK-Client cannot be used ({error}); install the version that pyproject.toml names"
            ) from None
        self._jack: Any = jack
        self.error: type[Exception] = jack.JackError  #: the type that the clients' methods raise
        jack.set_error_function(_to_log)
        jack.set_info_function(_to_log)

    def client(self, name: str) -> Any:
        """A ``jack.Client``, not active yet. Raises BackendError if no server answers; it never starts a server."""
        try:
            return self._jack.Client(name, no_start_server=True)
        except self._jack.JackOpenError as error:
            reason = str(error).splitlines()[0]
            raise BackendError(f"JACK: no server answers ({reason}); start jackd or PipeWire") from None

    def function(self, name: str) -> int:
        """Address of a C function: ``PORT_BUFFER`` or ``FRAME_TIME``."""
        return self._addresses[name]

    def pointer(self, owner: Any) -> int:
        """Address of the ``jack_client_t`` or ``jack_port_t`` behind a client or a port."""
        return self._address(owner._ptr)

    def set_process_callback(self, client: Any, code: int, argument: int) -> None:
        """Install machine code at address ``code`` as the client's process callback, called with the address ``argument``.

        The caller has to keep the memory at both addresses alive until the client is closed. Raises BackendError.
        """
        callback = self._ffi.cast("JackProcessCallback", code)
        if self._lib.jack_set_process_callback(client._ptr, callback, self._ffi.cast("void*", argument)) != 0:
            raise BackendError("JACK: the process callback was refused; is the client active already?")

    def _address(self, pointer: Any) -> int:
        return int(self._ffi.cast("intptr_t", pointer))


def _to_log(message: str) -> None:
    log.debug("libjack: %s", message)
