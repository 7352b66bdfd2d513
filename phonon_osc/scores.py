"""What can be rendered: recorded OSC traffic as JSON lines, and SuperCollider's binary scores."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from struct import Struct, error

from phonon_osc.errors import DataError, WireError
from phonon_osc.osc.due import Due, RecordedDue, ScoreDue
from phonon_osc.osc.fairqueue import Address
from phonon_osc.osc.wire import decode

_SIZE = Struct(">i")
_TIMETAG = Struct(">Q")
_BUNDLE = b"#bundle\0"
_PER_SECOND = 2.0**32  # of a timetag
HOST = "127.0.0.1"
OSC_PORT = 57120  # where traffic went when a recording does not say


@dataclass(frozen=True, slots=True)
class Datagram:
    """One packet of a score: ``arrival`` in seconds of the clock its timetags are in, ``port`` where it was sent to."""

    data: bytes
    arrival: float
    sender: Address = (HOST, 0)
    port: int = OSC_PORT


@dataclass(frozen=True)
class Score:
    """Packets in the order they arrive, and what their timetags mean.

    ``due`` makes, for a sample rate, the rule from timetags to frames; ``start`` is the arrival time that is frame 0.
    """

    datagrams: list[Datagram]
    start: float
    due: Callable[[float], Due]


def recorded(datagrams: Iterable[Datagram], start: float) -> Score:
    """Traffic with timetags in system time (seconds since 1970), which was ``start`` at frame 0."""
    return Score(list(datagrams), start, lambda rate: RecordedDue(rate, start))


def read_score(path: Path) -> Score:
    """The score in a file: JSON lines if it begins with ``{``, else SuperCollider's binary form."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise DataError(f"{path}: cannot be read ({problem.strerror})") from None
    if data.lstrip()[:1] == b"{":
        datagrams, start = parse_recording(data, str(path))
        return recorded(datagrams, start)
    return parse_binary(data, str(path))


def read_recording(path: Path) -> list[Datagram]:
    """The datagrams of a recording of OSC traffic."""
    return parse_recording(path.read_bytes(), str(path))[0]


def parse_recording(data: bytes, name: str) -> tuple[list[Datagram], float]:
    """Datagrams of a recording (rows with ``t``, ``hex``, ``wall``, ``from``, ``port``), and the system time of t = 0.

    Rows with ``"dir": "out"`` are answers of the server that was recorded and are left out.
    """
    found: list[Datagram] = []
    start: float | None = None
    for number, line in enumerate(data.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            wall = float(row["wall"])
            if start is None:
                start = wall - float(row["t"])
            if row.get("dir") != "out":
                sender = (HOST, int(row.get("from", 0)))
                found.append(Datagram(bytes.fromhex(row["hex"]), wall, sender, int(row.get("port", OSC_PORT))))
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            raise DataError(
                f"{name}, line {number}: not a row of recorded OSC traffic with t, wall and hex ({problem!r})"
            ) from None
    return found, start or 0.0


def parse_binary(data: bytes, name: str) -> Score:
    """SuperCollider's score for non-real-time synthesis: a big-endian length and a bundle, again and again.

    Timetags count seconds from the start of the file.
    """
    found: list[Datagram] = []
    at = 0
    while at < len(data):
        try:
            (size,) = _SIZE.unpack_from(data, at)
            packet = data[at + 4 : at + 4 + size]
            if size < 16 or len(packet) != size or not packet.startswith(_BUNDLE):
                raise ValueError
            (timetag,) = _TIMETAG.unpack_from(packet, 8)
        except (ValueError, error):
            kind = (
                "neither JSON lines nor a binary score"
                if at == 0
                else "a binary score that ends in the middle of a bundle"
            )
            raise DataError(f"{name}: {kind} (at byte {at})") from None
        found.append(Datagram(packet, 0.0 if timetag == 1 else timetag / _PER_SECOND))
        at += 4 + size
    return Score(found, 0.0, ScoreDue)


def first_cps(score: Score) -> float | None:
    """Cycles per second as the score's first event with a ``cps`` gives it."""
    for datagram in score.datagrams:
        try:
            messages = decode(datagram.data).messages
        except WireError:
            continue
        for message in messages:
            args = dict(zip(message.args[::2], message.args[1::2], strict=False))
            cps = args.get("cps")
            if isinstance(cps, int | float) and cps > 0:
                return float(cps)
    return None
