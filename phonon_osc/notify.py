"""Tells systemd the state of the server (sd_notify(3)): ready, stopping, still alive."""

from __future__ import annotations

import os
import socket


def notify_systemd(state: str) -> bool:
    """Send ``state`` (such as ``READY=1``) to the service manager. False if there is none."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if path[:1] not in ("/", "@"):
        return False
    address = "\0" + path[1:] if path.startswith("@") else path
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
            sock.sendto(state.encode(), address)
    except OSError:
        return False
    return True


def watchdog_seconds() -> float | None:
    """Seconds between two ``WATCHDOG=1``: half of the time that the service manager allows. None if it does not want any."""
    allowed, pid = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not allowed.isdigit() or (pid.isdigit() and int(pid) != os.getpid()):
        return None
    return int(allowed) / 2e6
