"""Sends a recording of OSC traffic to a live server, with the original time between packets."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from struct import Struct, error

from phonon_osc.osc.fairqueue import Address
from phonon_osc.osc.wire import IMMEDIATELY
from phonon_osc.scores import Datagram

_BUNDLE = b"#bundle\0"
_UINT64 = Struct(">Q")
_INT32 = Struct(">i")
IDLE = 0.1  # seconds between two calls of ``idle``


def shift_timetags(data: bytes, seconds: float) -> bytes:
    """The packet with every timetag moved by ``seconds``, except "immediately". A malformed packet is not changed."""
    shifted = bytearray(data)
    try:
        _shift(shifted, 0, len(shifted), round(seconds * 2**32))
    except error:
        return data
    return bytes(shifted)


def _shift(data: bytearray, start: int, end: int, by: int) -> None:
    todo = [(start, end)]
    while todo:
        start, end = todo.pop()
        if data[start : start + 8] != _BUNDLE:
            continue
        (tag,) = _UINT64.unpack_from(data, start + 8)
        if tag != IMMEDIATELY:
            _UINT64.pack_into(data, start + 8, (tag + by) % (1 << 64))
        at = start + 16
        while at < end:
            (size,) = _INT32.unpack_from(data, at)
            if size <= 0:
                return
            todo.append((at + 4, min(at + 4 + size, end)))
            at += 4 + size


def replay(
    datagrams: Sequence[Datagram], to: Address, sock: socket.socket, idle: Callable[[], None] = lambda: None
) -> int:
    """Send ``datagrams`` to one server. All timetags are moved by the same time, so the time between events stays exact.

    Calls ``idle`` ten times a second meanwhile. Returns when all are sent, with their number.
    """
    if not datagrams:
        return 0
    start = time.time()
    shift = start - datagrams[0].arrival
    for datagram in datagrams:
        while (left := datagram.arrival + shift - time.time()) > 0:
            time.sleep(min(left, IDLE))
            idle()
        sock.sendto(shift_timetags(datagram.data, shift), to)
    return len(datagrams)
