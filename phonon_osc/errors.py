"""All errors that phonon-osc raises on purpose, with their exit codes.

::

    PhononError              70  EX_SOFTWARE     something inside went wrong
    ├── UsageError           64  EX_USAGE        an option or address that cannot be used
    ├── ConfigError          78  EX_CONFIG       a value in the configuration file
    ├── DataError            65  EX_DATAERR      data from outside is broken
    │   └── WireError        65                  bytes that are not an Open Sound Control packet
    ├── UnavailableError     69  EX_UNAVAILABLE  something that is needed is missing
    │   └── PortInUse        69                  another process has the UDP port
    ├── TemporaryError       75  EX_TEMPFAIL     missing for now: systemd should start us again
    └── PermissionRefused    77  EX_NOPERM       the operating system said no

The codes are those of BSD sysexits.h, so that a service manager or a script can tell them apart. A message is one line. It
says what is wrong, which value it was, and what to do. Catch ``PhononError`` to catch all of them; any other exception is a
bug.
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
    """Base of all errors raised on purpose. ``exit_code`` is the exit code of the command line."""

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
    """Bytes that are not a valid Open Sound Control packet, or a value that such a packet cannot carry."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnavailableError(PhononError):
    """Something that this process needs (a port, a device, a library) is missing."""

    exit_code = ExitCode.UNAVAILABLE


class PortInUse(UnavailableError):
    """Another process uses the UDP port. ``owner`` is its pid and command, if the system tells them.

    Args:
        host: the address that could not be bound.
        port: the UDP port that could not be bound.
        owner: such as ``"pid 812 (scsynth -u 57110)"``, or None when unknown.
    """

    def __init__(self, host: str, port: int, owner: str | None) -> None:
        held_by = f"by {owner}" if owner else "by another process"
        super().__init__(f"UDP port {port} on {host} is in use {held_by}: stop that one or choose another port")
        self.host = host
        self.port = port
        self.owner = owner


class TemporaryError(PhononError):
    """Something (the audio server) is missing but may come back: start again later."""

    exit_code = ExitCode.TEMPORARY


class PermissionRefused(PhononError):
    """The operating system refused something, because this process lacks the rights."""

    exit_code = ExitCode.NO_PERMISSION
