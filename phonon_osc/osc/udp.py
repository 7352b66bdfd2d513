"""The UDP socket on the event loop.

asyncio's own datagram endpoint reads one packet per turn of the loop. It knows neither when a packet arrived nor how many
packets the kernel dropped. This one empties the socket in batches, hands packets to the handler fairly (senders take turns)
and gives the loop back after ``budget_s``, however many packets wait.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from struct import Struct
from typing import Any, TypeAlias

from phonon_osc.bugs import raised_at
from phonon_osc.errors import PermissionRefused, PortInUse, UnavailableError, UsageError
from phonon_osc.osc.counters import UdpCounters
from phonon_osc.osc.fairqueue import Address, Datagram, FairQueue
from phonon_osc.osc.portowner import port_owner
from phonon_osc.ratelog import RateLimited

logger = logging.getLogger(__name__)

#: Called with the bytes, their sender and the Unix time of their arrival in seconds. It may return what it has left over because it took
#: too long; that is passed to the ``resume`` handler when it is the sender's turn again.
Handler: TypeAlias = Callable[[bytes, Address, float], Sequence[Any] | None]
Resume: TypeAlias = Callable[[Sequence[Any], Address, float], Sequence[Any] | None]

LOOPBACK = ("127.0.0.0/8", "::1/128")
_ALSO_ON_IPV6 = ("127.0.0.1", "0.0.0.0")

_MAX_DATAGRAM = 65_536  # more than any UDP payload, so nothing is ever cut
_WANTED_RECEIVE_BUFFER = 4 << 20
_SMALL_RECEIVE_BUFFER = 1 << 20

# These exist on Linux only and are not in the socket module (asm-generic/socket.h). Everything else works without them.
_SO_TIMESTAMPNS = 35
_SO_RXQ_OVFL = 40
_TIMESPEC = Struct("@ll")
_DROP_COUNT = Struct("=I")
_ANCILLARY_SPACE = socket.CMSG_SPACE(_TIMESPEC.size) + socket.CMSG_SPACE(_DROP_COUNT.size)


class UdpServer:
    """Receives datagrams on one UDP port and sends answers from it.

    ``bind()`` takes the port (from then on the kernel queues packets), ``start()`` begins to handle them. Bad packets and
    exceptions of the handler are counted, and logged at a bounded rate; they never leave this class.

    On 127.0.0.1 and on 0.0.0.0 it also listens on ::1, which "localhost" means to some clients; an answer goes out where the
    question came in.

    Args:
        handler: called for each datagram of an allowed sender, on the event loop; should take well under ``budget_s``.
        host: address to listen on; loopback by default.
        port: UDP port; 0 for any free port.
        budget_s: seconds of work after which the event loop gets its turn.
        allow: networks whose datagrams are handled, in CIDR notation.
        queue: where datagrams wait for the handler.
        log: rate-limited log, which may be shared; by default the server makes its own.
        resume: called with what ``handler`` or itself has left over.
    """

    def __init__(
        self,
        handler: Handler,
        host: str = "127.0.0.1",
        port: int = 57120,
        *,
        budget_s: float = 0.005,
        allow: Iterable[str] = LOOPBACK,
        queue: FairQueue | None = None,
        log: RateLimited | None = None,
        resume: Resume = lambda rest, sender, arrival: None,
    ) -> None:
        self.counters = UdpCounters()
        self.receive_buffer = 0  #: bytes the system gave, known after bind()
        self._handler, self._resume = handler, resume
        self._host = host
        self._port = port
        self._budget_s = budget_s
        self._networks = [_network(text) for text in allow]
        self._is_allowed = lru_cache(maxsize=1024)(self._in_networks)
        self._queue = FairQueue() if queue is None else queue
        self._log = RateLimited(logger) if log is None else log
        self._socket: socket.socket | None = None
        self._second: socket.socket | None = None  # on ::1, beside an IPv4 one
        self._open: list[socket.socket] = []  # both, in the order of the next turn
        self._kernel_drops: dict[int, int] = {}  # by descriptor, as the kernel counts
        self._loop: asyncio.AbstractEventLoop | None = None
        self._continues = False

    @property
    def address(self) -> Address:
        """Host and port of the socket. The port is the real one, even if 0 was given."""
        if self._socket is None:
            return self._host, self._port
        host, port = self._socket.getsockname()[:2]
        return str(host), int(port)

    @property
    def exposed(self) -> bool:
        """True while the socket is bound to an address that other machines may reach."""
        return self._socket is not None and not ip_address(self.address[0]).is_loopback

    def bind(self) -> None:
        """Take the port.

        Raises:
            PortInUse: another process has it.
            UsageError: the host or port makes no sense on this machine.
            PermissionRefused: this process is not allowed to take the port.
        """
        family, address = _resolve(self._host, self._port)
        try:
            self._socket, self.receive_buffer = _bound(family, address)
        except OSError as error:
            raise _bind_error(self._host, self._port, error) from error
        self._open.append(self._socket)
        if family == socket.AF_INET and self.address[0] in _ALSO_ON_IPV6:
            self._bind_second(self.address[1])
        if self.receive_buffer < _SMALL_RECEIVE_BUFFER:
            logger.warning(
                "the system gave a receive buffer of %d KiB, not %d: bursts may be lost; sysctl net.core.rmem_max=%d",
                self.receive_buffer >> 10,
                _WANTED_RECEIVE_BUFFER >> 10,
                _WANTED_RECEIVE_BUFFER,
            )

    def _bind_second(self, port: int) -> None:
        """Take the same port of ::1, if this machine has IPv6 and nobody else has the port."""
        try:
            self._second, _ = _bound(socket.AF_INET6, ("::1", port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            logger.log(
                logging.WARNING if taken else logging.DEBUG,
                "OSC that is sent to ::1 port %d is not heard: %s; send to 127.0.0.1",
                port,
                error.strerror or error,
            )
        else:
            self._open.append(self._second)

    def start(self) -> None:
        """Handle datagrams on the running event loop. Binds first if ``bind`` was not called."""
        if self._socket is None:
            self.bind()
        assert self._socket is not None
        self._loop = asyncio.get_running_loop()
        for sock in self._open:
            self._loop.add_reader(sock.fileno(), self._on_readable)

    def close(self) -> None:
        """Release the port, and forget the datagrams that still wait."""
        if self._socket is None:
            return
        for sock in self._open:
            if self._loop is not None:
                self._loop.remove_reader(sock.fileno())
            sock.close()
        self._open.clear()
        self._kernel_drops.clear()
        self._socket = self._second = None
        self._queue.clear()
        self._log.flush()

    def admit(self, data: bytes, sender: Address, arrival: float) -> bool:
        """Queue a packet that came another way. It is handled like a datagram. False if its sender has too much waiting already."""
        if self._loop is None or not self._queue.put(Datagram(data, sender, arrival)):
            return False
        if not self._continues:
            self._continues = True
            self._loop.call_soon(self._work)
        return True

    def send(self, data: bytes, to: Address) -> bool:
        """Send one datagram from this port to a numeric address. If that fails, count it and return False."""
        sock = self._socket if self._second is None or ":" not in to[0] else self._second
        if sock is None:
            return False
        try:
            sock.sendto(data, to)
        except OSError as error:
            self.counters.send_errors += 1
            self._log.warn("send", "cannot send %d bytes to %s port %d: %s", len(data), *to, error.strerror or error)
            return False
        self.counters.sent += 1
        return True

    def _on_readable(self) -> None:
        if not self._continues:  # otherwise the turn that call_soon has scheduled reads the socket
            self._work()

    def _work(self) -> None:
        """One turn. Emptying the socket takes at most half of the budget, so that a flood leaves time for handling."""
        self._continues = False
        began = time.monotonic()
        self._receive(began + self._budget_s / 2)
        self._handle(began + self._budget_s)
        if self._queue and self._loop is not None:
            self._continues = True
            self._loop.call_soon(self._work)

    def _receive(self, until: float) -> None:
        self._open.reverse()  # each is the first in every second turn
        for sock in self._open:
            self._drain(sock, until)

    def _drain(self, sock: socket.socket, until: float) -> None:
        counters = self.counters
        while True:
            try:
                data, ancillary, _, source = sock.recvmsg(_MAX_DATAGRAM, _ANCILLARY_SPACE)
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                counters.receive_errors += 1
                self._log.warn("receive", "cannot receive: %s", error.strerror or error)
                return
            counters.datagrams += 1
            counters.bytes += len(data)
            self._admit(data, (source[0], source[1]), self._arrival(sock, ancillary))
            if time.monotonic() >= until:
                return

    def _admit(self, data: bytes, sender: Address, arrival: float) -> None:
        if not self._is_allowed(sender[0]):
            self.counters.refused += 1
            self._log.warn("refused", "refused a datagram from %s port %d: not on the allow-list", *sender)
        elif not self._queue.put(Datagram(data, sender, arrival)):
            self.counters.dropped += 1
            self._log.warn("dropped", "dropped a datagram from %s port %d: too many are waiting", *sender)

    def _handle(self, until: float) -> None:
        queue = self._queue
        while queue:  # close() may empty it meanwhile
            datagram = queue.take()
            data, sender, arrival, rest = datagram
            try:
                left = self._resume(rest, sender, arrival) if rest else self._handler(data, sender, arrival)
                if left:
                    queue.put_back(datagram, left)
            except Exception as error:
                self.counters.handler_errors += 1
                where = raised_at(error)
                self._log.warn("handler", "bug: %r at %s, %d bytes from %s port %d", error, where, len(data), *sender)
            if time.monotonic() >= until:
                return

    def _arrival(self, sock: socket.socket, ancillary: list[tuple[int, int, bytes]]) -> float:
        """The kernel's time of arrival, which does not depend on how busy the loop is. Counts the packets that the kernel dropped."""
        arrival = None
        for level, kind, payload in ancillary:
            if level != socket.SOL_SOCKET:
                continue
            if kind == _SO_TIMESTAMPNS and len(payload) == _TIMESPEC.size:
                seconds, nanoseconds = _TIMESPEC.unpack(payload)
                arrival = seconds + nanoseconds * 1e-9
            elif kind == _SO_RXQ_OVFL and len(payload) == _DROP_COUNT.size:
                self._count_kernel_drops(sock.fileno(), _DROP_COUNT.unpack(payload)[0])
        return time.time() if arrival is None else arrival

    def _count_kernel_drops(self, descriptor: int, drops: int) -> None:
        """``drops``: all that the kernel has dropped of this socket's so far."""
        more = drops - self._kernel_drops.get(descriptor, 0)
        if more > 0:
            self._kernel_drops[descriptor] = drops
            self.counters.kernel_drops += more
            self._log.warn("kernel", "%d datagrams lost: the receive buffer was full", more)

    def _in_networks(self, host: str) -> bool:
        address: IPv4Address | IPv6Address = ip_address(host)
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise UsageError(f"{text!a} is no network: write 192.168.1.0/24 or a single address") from None


def _resolve(host: str, port: int) -> tuple[int, tuple[str, int]]:
    if not 0 <= port <= 65535:
        raise UsageError(f"UDP port {port} is not between 0 and 65535")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError):
        raise UsageError(f"cannot listen on {host!a}: no such host or address") from None
    found.sort(key=lambda entry: entry[0] != socket.AF_INET)  # "localhost" is 127.0.0.1 to every client
    family, _, _, _, address = found[0]
    return family, address  # type: ignore[return-value]


def _bound(family: int, address: tuple[str, int]) -> tuple[socket.socket, int]:
    """A socket that has a port, and the size of its receive buffer in bytes. OSError."""
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        size = _grow_receive_buffer(sock)
        _ask_for_ancillary(sock)
        sock.bind(address)  # without SO_REUSEADDR, which would let two servers share the port
    except OSError:
        sock.close()
        raise
    return sock, size


def _grow_receive_buffer(sock: socket.socket) -> int:
    """Ask for 4 MiB, then 1 MiB, as scsynth does. Returns the bytes that the system gave."""
    for size in (_WANTED_RECEIVE_BUFFER, _SMALL_RECEIVE_BUFFER):
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
            break
        except OSError:  # BSD and macOS refuse instead of giving less
            continue
    given = sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    return given // 2 if sys.platform == "linux" else given  # Linux reports twice the size: socket(7)


def _ask_for_ancillary(sock: socket.socket) -> None:
    if sys.platform != "linux":
        return
    for option in (_SO_TIMESTAMPNS, _SO_RXQ_OVFL):
        try:
            sock.setsockopt(socket.SOL_SOCKET, option, 1)
        except OSError as error:
            logger.debug("socket option %d refused: %s", option, error)


def _bind_error(host: str, port: int, error: OSError) -> PortInUse | UsageError | PermissionRefused | UnavailableError:
    if error.errno == errno.EADDRINUSE:
        return PortInUse(host, port, port_owner(port))
    if error.errno == errno.EADDRNOTAVAIL:
        return UsageError(f"cannot listen on {host}: not an address of this machine")
    if error.errno in (errno.EACCES, errno.EPERM):
        return PermissionRefused(f"not allowed to take UDP port {port} on {host}: choose one above 1023")
    return UnavailableError(f"cannot listen on {host} port {port}: {error.strerror}")
