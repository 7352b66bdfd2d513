"""Events straight from a browser: Strudel opens a WebSocket to port 8080 of its own machine and sends each event as JSON.

A frame becomes the packet that Strudel's bridge would have sent, and joins the queue of the UDP packets: the same limits hold, and senders
take turns. Binary frames are Open Sound Control already (Strudel before 2025). Pages of unknown origins are refused, since any page in
the browser could try to play.
"""

from __future__ import annotations

import asyncio
import http
import json
import logging
import math
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from phonon_osc.errors import WireError
from phonon_osc.osc.browserclock import BrowserClock
from phonon_osc.osc.fairqueue import Address
from phonon_osc.osc.wire import encode_bundle, encode_message, unix_to_ntp
from phonon_osc.ratelog import RateLimited, printable

log = logging.getLogger(__name__)

PORT = 8080
HOSTS = ("127.0.0.1", "::1")  # "localhost" means ::1 first to some browsers
PREFIX = "ws:"  # begins the host of a sender that came through a WebSocket
LARGEST = 65536  # bytes of a frame
MOST_CONNECTIONS = 32
MOST_ARGUMENTS = 512
DEEPEST = 4  # lists within lists
WAIT = 0.005  # seconds until a sender whose queue is full is asked for more
_ORIGINS = re.compile(
    r"https://(?:cold\.|pr-\d{1,6}\.hot\.)?strudel\.cc|https?://(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?"
)

Admit = Callable[
    [bytes, Address, float], bool
]  # packet, sender, arrival; False: the sender has too much waiting already


class FrameError(ValueError):
    """A frame that is no event. The text says why."""


@dataclass
class WebSocketCounters:
    """Counters of /status. ``refused``: connections; ``objects``: values that were left out because they are objects."""

    connections: int = 0
    frames: int = 0
    refused: int = 0
    malformed: int = 0
    objects: int = 0
    clock_resets: int = 0
    clock_offset_ms: float = 0.0  # of the last event

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


class WebSocketServer:
    """Listens on ``HOSTS``. ``admit`` takes the packets; ``opened`` and ``closed`` are told the senders that come and go."""

    def __init__(
        self,
        admit: Admit,
        port: int = PORT,
        *,
        origins: Iterable[str] = (),
        opened: Callable[[Address], None] = lambda sender: None,
    ) -> None:
        self.counters = WebSocketCounters()
        self._admit, self._port, self._opened = admit, port, opened
        self._origins = frozenset(origins)
        self._warn = RateLimited(log)
        self._named: set[str] = set()
        self._servers: list[Any] = []

    @property
    def port(self) -> int:
        """The port; the real one, even if 0 was given."""
        if not self._servers:
            return self._port
        return int(self._servers[0].sockets[0].getsockname()[1])

    async def start(self) -> bool:
        """Take the port on both loopback addresses. False if another program has it; a warning says so."""
        from websockets.asyncio.server import serve

        for host in HOSTS:
            try:
                server = await serve(
                    self._connection,
                    host,
                    self.port,
                    process_request=self._request,
                    max_size=LARGEST,
                    max_queue=64,
                    compression=None,
                    open_timeout=5.0,
                    server_header=None,
                )
            except OSError as error:
                if host == HOSTS[0]:
                    log.warning(
                        "no WebSocket for Strudel: port %d is taken (%s). Is Strudel's bridge running? --ws-port chooses another",
                        self._port,
                        error.strerror or error,
                    )
                    return False
                log.debug("no WebSocket on %s: %s", host, error)
            else:
                self._servers.append(server)
        return True

    async def close(self) -> None:
        """Close all connections."""
        for server in self._servers:
            server.close()
        for server in self._servers:
            try:
                await asyncio.wait_for(server.wait_closed(), 0.5)
            except TimeoutError:
                log.debug("a WebSocket did not close in time")
        self._servers.clear()

    # --- one connection --------------------------------------------------------------------------------------------
    def _request(self, connection: Any, request: Any) -> Any:
        """Refuse pages of other origins, and too many connections. A program that is no browser sends no origin."""
        origin = request.headers.get("Origin")
        if origin is not None and origin not in self._origins and not _ORIGINS.fullmatch(origin):
            self.counters.refused += 1
            name = printable(origin[:100])
            if name not in self._named and len(self._named) < 64:
                self._named.add(name)
                log.warning("a page of %s wanted to play and was refused; --ws-origin %s lets it", name, name)
            return connection.respond(http.HTTPStatus.FORBIDDEN, "this origin may not play here (--ws-origin)\n")
        if self.counters.connections >= MOST_CONNECTIONS:
            self.counters.refused += 1
            return connection.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, "too many connections\n")
        return None

    async def _connection(self, connection: Any) -> None:
        from websockets.exceptions import ConnectionClosed

        host, port = connection.remote_address[:2]
        sender = (f"{PREFIX}{host}", int(port))
        clock = BrowserClock()
        self.counters.connections += 1
        self._opened(sender)
        try:
            async for frame in connection:
                self.counters.frames += 1
                arrival = time.time()
                data = frame if isinstance(frame, bytes) else self._packet(frame, clock, sender, arrival)
                while data is not None and not self._admit(data, sender, arrival):  # noqa: ASYNC110
                    await asyncio.sleep(WAIT)  # the sender has to wait, and nobody else
                await asyncio.sleep(0)
        except ConnectionClosed:
            pass
        finally:
            self.counters.connections -= 1

    def _packet(self, text: str, clock: BrowserClock, sender: Address, arrival: float) -> bytes | None:
        """The packet that a text frame stands for; None if it is no event."""
        try:
            address, args, stamp = read_frame(text)
        except FrameError as error:
            self.counters.malformed += 1
            self._warn.warn("malformed", "a frame from %s:%d is dropped: %s", *sender, error)
            return None
        try:
            return self._encoded(address, self._without_objects(args), stamp, clock, arrival)
        except WireError as error:
            self.counters.malformed += 1
            self._warn.warn("malformed", "a frame from %s:%d is dropped: %s", *sender, error)
            return None

    def _encoded(
        self, address: str, args: list[Any], stamp: float | None, clock: BrowserClock, arrival: float
    ) -> bytes:
        if stamp is None:
            return encode_message(address, *args)
        cycle, cps = (_number(args, key) for key in ("cycle", "cps"))
        due = clock.due(stamp, arrival, cycle, cps)
        self.counters.clock_resets += clock.resets
        clock.resets = 0
        self.counters.clock_offset_ms = round(1000.0 * clock.offset, 3)
        return encode_bundle(unix_to_ntp(due), [encode_message(address, *args)])

    def _without_objects(self, args: Sequence[Any]) -> list[Any]:
        """The pairs whose values Open Sound Control has a type for."""
        kept: list[Any] = []
        for key, value in zip(args[::2], args[1::2], strict=False):
            if isinstance(value, dict):
                self.counters.objects += 1
                if key not in self._named and len(self._named) < 64:
                    self._named.add(key)
                    log.warning(
                        "%s is ignored: objects that modulate parameters are not supported yet", printable(str(key))
                    )
            else:
                kept += (key, value)
        return kept


def read_frame(text: str) -> tuple[str, list[Any], float | None]:
    """Address, arguments, and time (Unix seconds, None for "now") of a text frame. Every number is a float, as from the bridge.

    Raises FrameError.
    """
    try:
        row = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise FrameError("it is no JSON") from None
    if not isinstance(row, dict):
        raise FrameError("it is no object")
    address, args, stamp = row.get("address"), row.get("args"), row.get("timestamp")
    if not isinstance(address, str) or not address.startswith("/") or len(address) > 256:
        raise FrameError("address is no text that begins with /")
    if not isinstance(args, list) or len(args) > MOST_ARGUMENTS:
        raise FrameError(f"args is no list of at most {MOST_ARGUMENTS} values")
    if stamp is None:
        return address, [_clean(arg, 0) for arg in args], None
    if isinstance(stamp, bool) or not isinstance(stamp, int | float) or not math.isfinite(stamp):
        raise FrameError("timestamp is no number")
    return address, [_clean(arg, 0) for arg in args], min(max(stamp / 1000.0, 0.0), 1e10)


def _no_constant(word: str) -> None:
    raise ValueError(word)


def _clean(value: Any, depth: int) -> Any:
    if isinstance(value, bool) or value is None or isinstance(value, dict):
        return value
    if isinstance(value, int | float):
        return float(min(max(value, -3e38), 3e38))
    if isinstance(value, str):
        return value.replace("\0", "")
    if depth >= DEEPEST:
        raise FrameError(f"a list is nested more than {DEEPEST} times")
    return tuple(_clean(item, depth + 1) for item in value if not isinstance(item, dict))


def _number(args: Sequence[Any], key: str) -> float | None:
    for name, value in zip(args[::2], args[1::2], strict=False):
        if name == key:
            return value if isinstance(value, float) else None
    return None
