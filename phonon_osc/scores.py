"""Reads scores, which can be rendered: recorded OSC traffic as JSON lines, and SuperCollider's binary scores."""

from __future__ import annotations

import codecs
import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from struct import Struct, error

from phonon_osc.errors import DataError, PermissionRefused, WireError
from phonon_osc.osc.due import Due, Horizon, RecordedDue, ScoreDue
from phonon_osc.osc.fairqueue import Address
from phonon_osc.osc.wire import IMMEDIATELY, decode

_SIZE = Struct(">i")
_TIMETAG = Struct(">Q")
_BUNDLE = b"#bundle\0"
_PER_SECOND = 2.0**32  # steps of a timetag in a second
HOST = "127.0.0.1"
OSC_PORT = 57120  # the port of a packet if the recording does not say it
LONGEST = 86400.0  # seconds; a longer score is refused as a mistake, since it would fill the disk with silence


@dataclass(frozen=True, slots=True)
class Datagram:
    """One packet of a score. ``arrival``: seconds on the same clock as its timetags. ``port``: the port that it was sent to."""

    data: bytes
    arrival: float
    sender: Address = (HOST, 0)
    port: int = OSC_PORT


@dataclass(frozen=True)
class Score:
    """Packets in the order of their arrival, and the meaning of their timetags.

    ``due(rate, horizon)`` makes the rule that turns timetags into frames. ``horizon`` decides which timetags are ignored. ``start`` is
    the arrival time at frame 0.
    """

    datagrams: list[Datagram]
    start: float
    due: Callable[[float, Horizon], Due]


def recorded(datagrams: Iterable[Datagram], start: float) -> Score:
    """The score of traffic with timetags in system time (seconds since 1970). ``start`` is the system time at frame 0."""
    return Score(list(datagrams), start, lambda rate, horizon: RecordedDue(rate, start, horizon))


def read_score(path: Path) -> Score:
    """Read a score from a file: JSON lines if it begins with ``{``, else SuperCollider's binary form.

    Raises DataError if the file is neither, is broken or has no packet; PermissionRefused.
    """
    data = _bytes(path)
    if data.lstrip()[:1] == b"{":
        datagrams, start = parse_recording(data, str(path))
        score = recorded(datagrams, start)
    else:
        score = parse_binary(data, str(path))
    if not score.datagrams:
        raise DataError(f"{path}: holds no OSC packet, so there is nothing to render")
    return score


def read_recording(path: Path) -> list[Datagram]:
    """The datagrams of a recording of OSC traffic. Raises DataError, PermissionRefused."""
    return parse_recording(_bytes(path), str(path))[0]


def _bytes(path: Path) -> bytes:
    """The bytes of a file. Text is converted to UTF-8 without a byte order mark."""
    try:
        data = path.read_bytes()
    except PermissionError:
        raise PermissionRefused(f"{path}: you are not allowed to read it") from None
    except OSError as problem:
        raise DataError(f"{path}: cannot be read ({problem.strerror})") from None
    if data.startswith(codecs.BOM_UTF8):
        return data.removeprefix(codecs.BOM_UTF8)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # Windows: "Unicode"
        try:
            return data.decode("utf-16").encode()
        except UnicodeDecodeError:
            raise DataError(f"{path}: begins like UTF-16 text but is not; save it as UTF-8") from None
    return data


def parse_recording(data: bytes, name: str) -> tuple[list[Datagram], float]:
    """The datagrams of a recording (rows with ``t``, ``hex``, ``wall``, ``from``, ``port``), and the system time of t = 0.

    Rows with ``"dir": "out"`` are answers of the recorded server and are left out. Raises DataError.
    """
    found: list[Datagram] = []
    start: float | None = None
    for number, line in enumerate(data.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            wall = _finite(row["wall"])
            if start is None:
                start = wall - _finite(row["t"])
            if row.get("dir") != "out":
                sender = (HOST, int(row.get("from", 0)))
                found.append(Datagram(bytes.fromhex(row["hex"]), wall, sender, int(row.get("port", OSC_PORT))))
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as problem:
            raise DataError(
                f"{name}, line {number}: not a row of recorded OSC traffic with t, wall and hex ({problem!r})"
            ) from None
    return found, start or 0.0


def _finite(value: object) -> float:
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is no time")
    return number


def parse_binary(data: bytes, name: str) -> Score:
    """SuperCollider's score for non-real-time synthesis: bundles, each after its length as a big-endian 32-bit number.

    Timetags count seconds from the start of the score. Raises DataError, also for bundles later than ``LONGEST``.
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
        latest = max(_seconds(tag) for tag in (timetag, *_timetags(packet)))
        if latest > LONGEST:
            raise DataError(
                f"{name}: the bundle at byte {at} is due {latest:.0f} s after the start, and a score lasts {LONGEST:.0f} s at most. "
                "Timetags of a binary score count seconds from its start; are these times of the clock?"
            )
        found.append(Datagram(packet, _seconds(timetag)))
        at += 4 + size
    return Score(found, 0.0, lambda rate, _: ScoreDue(rate))


def _seconds(timetag: int) -> float:
    return 0.0 if timetag == IMMEDIATELY else timetag / _PER_SECOND


def _timetags(packet: bytes) -> list[int]:
    """Timetags of all messages of a packet, also in nested bundles. Empty if the packet is broken; the router reports that later."""
    try:
        return [message.timetag for message in decode(packet).messages if message.timetag is not None]
    except WireError:
        return []


def first_cps(score: Score) -> float | None:
    """Cycles per second, from the score's first event with a ``cps``; None if no event has one."""
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
