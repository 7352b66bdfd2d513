"""Renders single events offline without sample folders: whether an event sounds, from which frame, and how loud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from phonon_osc.osc.due import RecordedDue
from phonon_osc.osc.wire import decode, encode_message, ntp_to_unix
from phonon_osc.studio import Studio
from tests.clients.pages import Packet

RATE = 48000
SOFTEST = 480.0  # frames: a gust of wind begins below the smallest float for some milliseconds
PLAY = ("/dirt/play", "/play2")
SENDER = ("127.0.0.1", 6010)


@dataclass(frozen=True)
class Heard:
    """The sound of one event. ``off``: frames between its timetag and its first sample, None if it stayed silent."""

    name: str
    off: float | None
    sound: NDArray[np.float32]

    @property
    def in_time(self) -> bool:
        """Whether the event begins at its timetag, or as little later as a soft beginning explains."""
        return self.begins_after(0.0)

    def begins_after(self, seconds: float) -> bool:
        """The same for an event that shall begin later than its timetag."""
        return self.off is not None and -1.0 <= self.off - seconds * RATE <= SOFTEST


def bare_studio(voices: int = 128) -> Studio:
    """A studio on a machine that has no samples."""
    with mock.patch("phonon_osc.studio.default_roots", list):
        studio = Studio(voices=voices)
    studio.library.preload_kit()
    return studio


def event_of(packet: Packet) -> dict[str, object]:
    """Keys and values of the event in a packet; {} if there is none."""
    for message in decode(packet.data).messages:
        if message.address in PLAY:
            return {str(k): v for k, v in zip(message.args[::2], message.args[1::2], strict=False)}
    return {}


def name_of(event: dict[str, object]) -> str:
    """The name of the event's sound, as users write it."""
    n = event.get("n", 0)
    return f"{event.get('s', event.get('sound', '(no sound)'))}:{n:g}" if isinstance(n, int | float) else str(n)


def due_at(packet: Packet) -> float:
    """Unix time at which a packet's message is due: its timetag, else its arrival."""
    tag = decode(packet.data).messages[0].timetag
    return ntp_to_unix(tag, packet.arrival) if tag else packet.arrival


def settle(studio: Studio) -> None:
    """Silence everything, and reset the effects of the orbits."""
    studio.engine.panic()
    studio.engine.render(np.zeros((4096, 2), np.float32))
    studio.engine.poll()
    assert studio.engine.tables.slabs.counts.lanes_taken == 0


def bus_values(packets: Sequence[Packet], until: float) -> dict[object, object]:
    """Values of the control buses after the messages that are due before ``until`` (Unix time)."""
    values: dict[object, object] = {}
    for packet in sorted(packets, key=due_at):
        for message in decode(packet.data).messages:
            if message.address == "/c_set" and due_at(packet) <= until:
                values.update(zip(message.args[::2], message.args[1::2], strict=True))
    return values


def listen(studio: Studio, packet: Packet, buses: Mapping[object, object], frames: int = 6000) -> Heard:
    """Play the event of one packet alone, with these values of the control buses, for ``frames`` frames."""
    settle(studio)
    engine = studio.engine
    zero = due_at(packet) - (engine.tables.device.out_frame + 1000.3) / RATE  # between two frames, like real timetags
    router = studio.route(RecordedDue(RATE, zero))
    first = engine.tables.device.out_frame
    for pair in buses.items():
        router.datagram(encode_message("/c_set", *pair), SENDER, zero, lambda *_: None)  # type: ignore[arg-type]
    router.datagram(packet.data, SENDER, packet.arrival, lambda *_: None)
    out: NDArray[np.float32] = np.zeros((frames, 2), np.float32)
    engine.render(out)
    engine.poll()
    sounding = np.flatnonzero(np.any(out != 0.0, axis=1))
    off = float(first + sounding[0] - (due_at(packet) - zero) * RATE) if len(sounding) else None
    return Heard(name_of(event_of(packet)), off, out)


def together(studio: Studio, packets: Sequence[Packet], tail: float = 0.5) -> NDArray[np.float32]:
    """Play packets at their times, until ``tail`` seconds after the last has begun; (frames, 2)."""
    settle(studio)
    engine = studio.engine
    due = [due_at(packet) for packet in packets]
    zero = min(due) - (engine.tables.device.out_frame + 1000.3) / RATE
    router = studio.route(RecordedDue(RATE, zero))
    for packet in packets:
        router.datagram(packet.data, SENDER, packet.arrival, lambda *_: None)
    out = np.zeros((round((max(due) - min(due) + tail) * RATE), 2), np.float32)
    engine.render(out)
    engine.poll()
    return out
