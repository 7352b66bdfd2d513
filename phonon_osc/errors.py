"""Every error phonon-osc raises on purpose, and the exit code of each.

::

    PhononError              70  EX_SOFTWARE     something inside went wrong
    ├── UsageError           64  EX_USAGE        an option or address that cannot be used
    ├── ConfigError          78  EX_CONFIG       a value in the configuration file
    ├── DataError            65  EX_DATAERR      data that came in is broken
    │   └── WireError        65                  bytes that are no Open Sound Control packet
    ├── UnavailableError     69  EX_UNAVAILABLE  something needed is not there
    │   └── PortInUse        69                  another process has the UDP port
    ├── TemporaryError       75  EX_TEMPFAIL     gone for now: systemd should start us again
    └── PermissionRefused    77  EX_NOPERM       the operating system said no

Codes are those of BSD sysexits.h, so that a service manager or a script can tell them apart. A message says what is
wrong, which value it was and what to do, on one line. Catch ``PhononError`` to catch them all; anything else that
escapes is a bug.
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Exit codes of the command line, from BSD sysexits.h."""

    OK = 0
    USAGE = 64
    DATA = 65
    UNAVAILABLE = 69
    SOFTWARE = 70
    TEMPORARY = 75
    NO_PERMISSION = 77
    CONFIG = 78


class PhononError(Exception):
    """Base of all errors raised on purpose; ``exit_code`` is what the command line ends with."""

    exit_code: ClassVar[ExitCode] = ExitCode.SOFTWARE


class UsageError(PhononError):
    """An option, argument or address that cannot be used as given."""

    exit_code = ExitCode.USAGE


class ConfigError(PhononError):
    """A value in the configuration file that cannot be used."""

    exit_code = ExitCode.CONFIG


class DataError(PhononError):
    """Data from outside (a packet, a file) that is broken."""

    exit_code = ExitCode.DATA


class WireError(DataError):
    """Bytes that are no valid Open Sound Control packet, or a value that has no place in one."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnavailableError(PhononError):
    """Something this process needs (a port, a device, a library) is not there."""

    exit_code = ExitCode.UNAVAILABLE


class PortInUse(UnavailableError):
    """Another process has the UDP port; ``owner`` is its pid and command where the system tells.

    Args:
        host: the address that was to be bound.
        port: the UDP port that was to be bound.
        owner: such as ``"pid 812 (scsynth -u 57110)"``, or None when unknown.
    """

    def __init__(self, host: str, port: int, owner: str | None) -> None:
        held_by = f"by {owner}" if owner else "by another process"
        super().__init__(f"UDP port {port} on {host} is in use {held_by}: stop that one or choose another port")
        self.host = host
        self.port = port
        self.owner = owner


class TemporaryError(PhononError):
    """Something went away that may come back (the audio server): worth starting again later."""

    exit_code = ExitCode.TEMPORARY


class PermissionRefused(PhononError):
    """The operating system refused something that needs more rights."""

    exit_code = ExitCode.NO_PERMISSION
