"""The patterns of the beginners' documentation (``first_pages/*.txt``) and the packets that front ends sent for them.

In a pattern file, empty lines separate the patterns. A line that begins with ``%%`` gives facts about the next pattern.
A recording has one line of JSON per pattern: ``page``, ``pattern``, ``cycles``, ``first`` (Unix time of the first
packet), ``tag`` (its timetag, NTP) and ``packets``. A packet is a list: seconds and timetag after the first packet, then the
arguments. If the list begins with a string, that is its address; otherwise the address is ``/dirt/play``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from phonon_osc.osc.wire import Message, decode, encode_bundle, encode_message

TEXTS = Path(__file__).parent / "first_pages"
RECORDINGS = Path(__file__).resolve().parents[1] / "data" / "first_pages"
CLIENTS = ("tidal", "strudel")
PLAY = "/dirt/play"
PORTS = {PLAY: 57120, "/c_set": 57110}


@dataclass(frozen=True)
class Pattern:
    """One pattern of a page. ``cannot`` says why it cannot be recorded."""

    page: str
    text: str
    cycles: int
    cannot: str


@dataclass(frozen=True)
class Packet:
    """A datagram: when it arrived (Unix time), at which port, and its bytes."""

    arrival: float
    port: int
    data: bytes


@dataclass(frozen=True)
class Recorded:
    """The packets that a front end sent for a pattern."""

    page: str
    pattern: str
    cycles: int
    packets: tuple[Packet, ...]


def patterns(client: str) -> Iterator[Pattern]:
    """Every pattern of ``first_pages/<client>.txt``, in order."""
    page, cycles, cannot = "", 1, ""
    for block in (TEXTS / f"{client}.txt").read_text().split("\n\n"):
        lines = block.strip("\n").split("\n")
        for line in lines:
            head, _, rest = line.removeprefix("%%").strip().partition(" ")
            if line.startswith("%%"):
                page = rest if head == "page" else page
                cycles = int(rest) if head == "cycles" else cycles
                cannot = rest if head == "cannot" else cannot
        text = "\n".join(line for line in lines if not line.startswith("%%"))
        if text:
            yield Pattern(page, text, cycles, cannot)
            cycles, cannot = 1, ""


def write(client: str, recorded: list[Recorded]) -> None:
    """Write the recording of a client's pages. Packets are written decoded, and checked to encode to the same bytes."""
    rows = []
    for one in recorded:
        first, tag = one.packets[0].arrival, _message(one.packets[0]).timetag or 0
        packets = [_written(packet, first, tag) for packet in one.packets]
        about = {"page": one.page, "pattern": one.pattern, "cycles": one.cycles}
        row = {**about, "first": first, "tag": tag, "packets": packets}
        rows.append(json.dumps(row, separators=(",", ":")) + "\n")
    (RECORDINGS / f"{client}.jsonl").write_text("".join(rows))
    assert [p.data for one in read(client) for p in one.packets] == [p.data for one in recorded for p in one.packets]


def read(client: str) -> list[Recorded]:
    """Read a recording that ``write`` wrote."""
    found = []
    for line in (RECORDINGS / f"{client}.jsonl").read_text().splitlines():
        row = json.loads(line)
        packets = tuple(_read(packet, row["first"], row["tag"]) for packet in row["packets"])
        found.append(Recorded(row["page"], row["pattern"], row["cycles"], packets))
    return found


def _message(packet: Packet) -> Message:
    (message,) = decode(packet.data).messages
    return message


def _written(packet: Packet, first: float, tag: int) -> list[object]:
    message = _message(packet)
    assert message.timetag is not None and packet.port == PORTS.get(message.address)
    args = [
        float(str(np.float32(a))) if isinstance(a, float) else a for a in message.args
    ]  # the shortest text that gives exactly this number
    address = [] if message.address == PLAY else [message.address]
    return [*address, round(packet.arrival - first, 4), message.timetag - tag, *args]


def _read(row: list[Any], first: float, tag: int) -> Packet:
    address = row[0] if isinstance(row[0], str) else PLAY
    after, later, *args = row[1:] if isinstance(row[0], str) else row
    data = encode_bundle(tag + later, [encode_message(address, *args)])
    return Packet(first + after, PORTS[address], data)
