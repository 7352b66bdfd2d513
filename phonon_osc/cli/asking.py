"""Sends messages to a running server and receives its answers."""

from __future__ import annotations

import contextlib
import errno
import select
import socket
import time
from collections.abc import Mapping
from types import TracebackType

from phonon_osc.errors import UnavailableError, UsageError, WireError
from phonon_osc.osc.wire import Message, decode, encode_message

_MAX_DATAGRAM = 65536


class Asking:
    """A socket connected to a server. Errors name the server and say what to do."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        try:
            family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
        except (OSError, UnicodeError):
            raise UsageError(f"there is no host {host!a}") from None
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.connect(address)  # so that the system reports a port that nobody listens on

    def __enter__(self) -> Asking:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def nobody(self) -> UnavailableError:
        return UnavailableError(
            f"no server answers on {self._host} port {self._port}: start one with `phonon-osc serve`, or give --port"
        )

    def send(self, data: bytes) -> None:
        try:
            self._socket.send(data)
        except ConnectionRefusedError:  # nobody received an earlier datagram of ours
            raise self.nobody() from None
        except OSError as error:
            if error.errno == errno.EMSGSIZE:
                raise UsageError(f"a message of {len(data)} bytes does not fit a datagram") from None
            raise self._unreachable(error) from None

    def _unreachable(self, error: OSError) -> UnavailableError:
        return UnavailableError(f"{self._host} port {self._port} cannot be reached: {error.strerror or error}")

    def answer(self, seconds: float) -> Message | None:
        """The next message that arrives within ``seconds``, or None. Raises UnavailableError if the port is closed."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and select.select([self._socket], [], [], left)[0]:
            try:
                messages = decode(self._socket.recv(_MAX_DATAGRAM)).messages
            except ConnectionRefusedError:
                raise self.nobody() from None
            except OSError as error:
                raise self._unreachable(error) from None
            except WireError:
                continue
            if messages:
                return messages[0]
        return None

    def ask(self, address: str, reply: str, seconds: float) -> tuple[object, ...]:
        """Arguments of the ``reply`` to a message without arguments. Raises UnavailableError if no reply comes in time."""
        return self.ask_all({reply: encode_message(address)}, seconds)[reply]

    def ask_all(self, questions: Mapping[str, bytes], seconds: float) -> dict[str, tuple[object, ...]]:
        """Arguments of the replies to several messages, by address. Raises UnavailableError if a reply is missing after ``seconds``."""
        self._forget()
        for data in questions.values():
            self.send(data)
        found: dict[str, tuple[object, ...]] = {}
        until = time.monotonic() + seconds
        while len(found) < len(questions):
            message = self.answer(until - time.monotonic())
            if message is None:
                raise self.nobody()
            if message.address in questions:
                found[message.address] = message.args
        return found

    def _forget(self) -> None:
        """Drop late answers to earlier questions, so that they are not taken for answers to the next one."""
        while select.select([self._socket], [], [], 0.0)[0]:
            with contextlib.suppress(OSError):  # nobody received an earlier datagram of ours
                self._socket.recv(_MAX_DATAGRAM)


def pairs(args: tuple[object, ...]) -> dict[str, object]:
    """Keys and values of a /status/reply. Floats are rounded to the seven digits that single precision sends."""
    found = zip(args[::2], args[1::2], strict=False)
    return {str(key): float(f"{value:.7g}") if isinstance(value, float) else value for key, value in found}
