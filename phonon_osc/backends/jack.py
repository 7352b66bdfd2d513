"""The JACK backend (jackd2, or PipeWire's replacement). JACK-Client makes client and ports; the process callback is machine code.

No other callback is registered. Under PipeWire most callbacks run on the audio thread and would run Python there.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from phonon_osc.backends.base import check_channels
from phonon_osc.backends.libjack import FRAME_TIME, PORT_BUFFER, JackLibrary
from phonon_osc.engine.engine import Engine

log = logging.getLogger(__name__)

Connections = dict[str, list[str]]
_PAIR = 2


class JackBackend:
    """A JACK client with the named outputs, and as many inputs as are given. It never starts a JACK server."""

    name = "jack"

    def __init__(
        self,
        client_name: str = "phonon-osc",
        *,
        connect: bool = True,
        inputs: int = 0,
        outputs: Sequence[str] = ("out_1", "out_2"),
    ) -> None:
        self._library = JackLibrary()
        self._client = self._library.client(client_name)
        self.rate = float(self._client.samplerate)
        self.period = int(self._client.blocksize)
        self._connect = connect
        self._ports = [self._client.outports.register(name) for name in outputs]
        self._inputs = [self._client.inports.register(f"in_{k + 1}") for k in range(inputs)]
        self.detail = f"JACK client {self._client.name!r}, {self.rate:.0f} Hz, {self.period} frames"
        self._engine: Engine | None = None
        self._restored: Connections | None = None

    def connections(self) -> Connections:
        """What each of our ports is connected to: names of ports, by the short name of ours."""
        return {
            port.shortname: [other.name for other in self._client.get_all_connections(port)]
            for port in (*self._ports, *self._inputs)
        }

    def restore(self, connections: Connections | None) -> None:
        """Connect the ports like this when the client starts, not to the first physical ports. None: as usual."""
        self._restored = connections

    def start(self, engine: Engine) -> None:
        check_channels(engine, len(self._ports), len(self._inputs))
        library, e, device = self._library, engine.tables, engine.tables.device
        device.port_buffer, device.jack_frame_time = library.function(PORT_BUFFER), library.function(FRAME_TIME)
        device.jack_client = library.pointer(self._client)
        for ports, table in ((self._ports, device.ports), (self._inputs, e.inputs.ports)):
            for k, port in enumerate(ports):
                table[k] = library.pointer(port)
        device.jack_next, device.jack_behind = -1, 0
        library.set_process_callback(self._client, engine.code.addresses["process_jack"], e.address)
        self._engine = engine  # the callback's memory must outlive it
        self._client.activate()
        if self._restored is not None:
            self._reconnect(self._restored)
        elif self._connect:
            self._connect_ports()

    def _reconnect(self, connections: Connections) -> None:
        """Connect to what is there again of the ports that were connected; the others may come later, and are named."""
        for port in (*self._ports, *self._inputs):
            for other in connections.get(port.shortname, ()):
                pair = (port, other) if port in self._ports else (other, port)
                try:
                    self._client.connect(*pair)
                except self._library.error as error:
                    log.warning("JACK: %s could not be connected to %s again (%s)", port.name, other, error)

    def _connect_ports(self) -> None:
        """Connect to the first physical ports. They are found by their flags, since PipeWire names them differently."""
        speakers = self._client.get_ports(is_physical=True, is_input=True, is_audio=True)
        microphones = self._client.get_ports(is_physical=True, is_output=True, is_audio=True)
        # More outputs than a pair belong into a mixer or a recorder, and only somebody who knows it can connect them.
        outputs = self._ports if len(self._ports) <= _PAIR else []
        pairs = [*zip(outputs, speakers, strict=False), *zip(microphones, self._inputs, strict=False)]
        for source, target in pairs:
            try:
                self._client.connect(source, target)
            except self._library.error as error:
                log.warning("JACK: %s could not be connected to %s (%s)", source.name, target.name, error)
        if not outputs:
            log.info("JACK: connect the %d outputs yourself, to a mixer or a recorder", len(self._ports))
        elif len(speakers) < len(outputs):
            left = ", ".join(port.shortname for port in outputs[len(speakers) :])
            log.warning("JACK: no physical outputs for %s; connect them yourself", left)
        if len(microphones) < len(self._inputs):
            left = ", ".join(port.shortname for port in self._inputs[len(microphones) :])
            log.warning("JACK: no physical inputs for %s; connect them yourself", left)

    def stop(self) -> None:
        self._client.deactivate(ignore_errors=True)
        self._client.close(ignore_errors=True)
        self._engine = None
