"""Install the real front ends, then play their sessions to a live server:  python -m tests.clients [pytest's options]."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.clients.install import CLIENTS, INSIDE, Clients, Missing, enter_namespace
from tests.clients.sniffer import permitted

UNAVAILABLE = 69  # sysexits.h


def main() -> int:
    """Install the clients first, with a network. Then play them in a namespace without one."""
    if INSIDE not in os.environ:
        try:
            prepare()
        except Missing as missing:
            sys.stderr.write(f"test-clients: {missing}\n")
            return UNAVAILABLE
    enter_namespace(["-m", "tests.clients", *sys.argv[1:]], os.environ)
    if not permitted():
        sys.stderr.write("test-clients: needs root, or a kernel that lets you make network namespaces (unshare -rn)\n")
        return UNAVAILABLE
    return int(pytest.main([str(Path(__file__).with_name("sessions.py")), *sys.argv[1:]]))


def prepare() -> None:
    """Check for JACK and the clients' scripts, and install the clients. The summary names those that cannot be installed."""
    if shutil.which("jackd") is None or shutil.which("jack_lsp") is None:
        raise Missing("jackd and jack_lsp are not here: as root, apt-get install jackd2 jack-tools")
    clients = Clients.found()
    for name in CLIENTS:
        clients.install(name)


if __name__ == "__main__":
    sys.exit(main())
