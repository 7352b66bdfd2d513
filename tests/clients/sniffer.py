"""Captures every UDP packet on the loopback interface, with the kernel's time."""

from __future__ import annotations

import socket
import struct
import threading
from types import TracebackType

from tests.clients.pages import Packet

SO_TIMESTAMPNS = 35
ETH_P_IP = 0x0800
OUTGOING = 4  # loopback shows each packet twice: leaving and arriving
HEADERS = 14  # Ethernet


def permitted() -> bool:
    """Whether this process may capture packets."""
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
    except PermissionError:
        return False
    return True


class Sniffer:
    """A thread with a packet socket (needs CAP_NET_RAW, which root has). ``packets`` holds those to the given ports, in order."""

    def __init__(self, *ports: int) -> None:
        self.packets: list[Packet] = []
        self._ports = ports
        self._sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_IP))
        self._sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self._sock.bind(("lo", ETH_P_IP))
        self._sock.settimeout(0.1)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sniffer")
        self._thread.start()

    def _run(self) -> None:
        while not self._done.is_set():
            try:
                frame, ancillary, _, address = self._sock.recvmsg(65536, 256)
            except TimeoutError:
                continue
            if address[2] != OUTGOING:
                self._keep(frame[HEADERS:], ancillary[0][2])

    def _keep(self, ip: bytes, stamp: bytes) -> None:
        header = (ip[0] & 15) * 4
        if ip[9] != socket.IPPROTO_UDP:
            return
        _, port, length = struct.unpack("!HHH", ip[header : header + 6])
        if port in self._ports:
            seconds, nanoseconds = struct.unpack("qq", stamp[:16])
            data = ip[header + 8 : header + length]
            self.packets.append(Packet(seconds + nanoseconds / 1e9, port, bytes(data)))

    def __enter__(self) -> Sniffer:
        return self

    def __exit__(self, kind: type[BaseException] | None, what: BaseException | None, at: TracebackType | None) -> None:
        self._done.set()
        self._thread.join()
        self._sock.close()
