"""Plays a session of a real front end to a live server on JACK, and keeps its packets, the server's figures and the sound."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonon_osc.osc.wire import decode
from tests.clients.alone import PLAY, due_at
from tests.clients.install import Clients
from tests.clients.pages import Packet
from tests.clients.sniffer import Sniffer
from tests.live.rig import Recorded, Recording, Server, align, jackd, render

PORT, BUS_PORT = 57120, 57110
PERIOD, RATE = 1024, 48000
TAIL = 2.5  # seconds recorded after the client has ended
LONGEST = 60.0

# the command of each client in its folder; {} is the session
COMMANDS = {
    "tidal": "sh tidal/run.sh {}",
    "strudel": "node strudel/run.mjs {}",
    "liblo": "sh liblo/run.sh",
    "vortex": ".env/vortex/bin/python vortex/run.py {}",
    "sardine": "sh sardine/run.sh {}",
    "superdirtpy": ".env/superdirtpy/bin/python superdirtpy/run.py {}",
    "pd": "sh generic/pd/run.sh",
    "csound": "csound generic/csound/client.csd",
    "chuck": "chuck --silent generic/chuck/client.ck",
}


@dataclass
class Show:
    """One session. ``sent``: packets to the server's ports, with the kernel's time. ``said``: the client's own output."""

    sent: list[Packet]
    said: str
    status: dict[str, Any]
    log: list[dict[str, Any]]
    warnings: str
    recorded: Recorded
    rendered: NDArray[np.float32]

    @cached_property
    def events(self) -> list[Packet]:
        """The packets that hold an event."""
        return [packet for packet in self.sent if decode(packet.data).messages[0].address in PLAY]

    @cached_property
    def tardy(self) -> int:
        """Events that the client itself sent after their timetag."""
        return sum(due_at(packet) < packet.arrival for packet in self.events)

    @cached_property
    def _line(self) -> tuple[NDArray[np.float32], NDArray[np.bool_], int]:
        line, good = self.recorded.timeline()
        return line, good, align(line, self.rendered, good)

    @property
    def sound(self) -> NDArray[np.float32]:
        """The sound of the ports on JACK's time, (frames, 2)."""
        return self._line[0]

    @property
    def good(self) -> NDArray[np.bool_]:
        """The frames without an xrun."""
        return self._line[1]

    def unspoilt(self, seconds: float) -> bool:
        """Whether JACK lost no time around this point of ``sound``."""
        first = round((seconds - 0.1) * RATE)
        return bool(self.good[max(0, first) : first + RATE // 5].all())

    def index(self, frame: int) -> int:
        """The index in ``sound`` of a frame of the session log."""
        return frame - self._line[2]

    def differing(self) -> int:
        """Number of frames between xruns that differ from the render of the session log."""
        line, good, shift = self._line
        first, last = max(0, -shift), min(len(line), len(self.rendered) - shift)
        wrong = np.any(line[first:last] != self.rendered[first + shift : last + shift], axis=1)
        return int((wrong & good[first:last]).sum())

    def starts(self) -> list[tuple[float, int]]:
        """For each event that had a timetag and arrived in time: its due Unix time and its index in ``sound``."""
        rows = [row for row in self.log if row.get("do") == "play" and "at" in row and "late" not in row]
        return [(row["at"], self.index(row["frame"])) for row in rows]

    def plain_starts(self) -> list[tuple[float, int]]:
        """The same for events without a timetag, which are due when they arrive; empty if some did not play."""
        rows = [row for row in self.log if row.get("do") == "play" and "at" not in row]
        plain = [packet.arrival for packet in self.events if decode(packet.data).messages[0].timetag is None]
        indices = [self.index(row["frame"]) for row in rows]
        return list(zip(plain, indices, strict=True)) if len(plain) == len(rows) else []

    def heard_times(self, packets: list[Packet]) -> list[float]:
        """Seconds into ``sound`` at which these packets are due, with one constant for all; empty if the constant is unknown."""
        starts = self.starts() or self.plain_starts()
        if not starts:
            return []
        constant = float(np.median([index / RATE - due for due, index in starts]))
        return [due_at(packet) + constant for packet in packets]


def play(clients: Clients, client: str, session: str, folder: Path) -> Show:
    """Run the client against a server of its own, and record."""
    command = COMMANDS[client].format(session).split()
    environment = {**os.environ, "PYTHON": str(clients.folder / ".env/sardine/bin/python")}
    with jackd(PERIOD, RATE), Sniffer(PORT, BUS_PORT) as sniffer:
        server = Server(folder, ports=(PORT, BUS_PORT))
        try:
            recording = Recording(folder)
            time.sleep(1.0)  # for the clock to settle
            del sniffer.packets[:]  # drop the rig's own messages
            done = subprocess.run(
                command,
                cwd=clients.folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=LONGEST,
                check=False,
            )
            time.sleep(TAIL)
            sent = list(sniffer.packets)
            status = server.status()
            recorded = recording.finish()
        finally:
            code = server.stop()
    assert code == 0, (folder / "stderr.txt").read_text()
    assert done.returncode == 0, done.stderr
    return Show(
        sent=sent,
        said=done.stdout + done.stderr,
        status=status,
        log=[json.loads(line) for line in server.session.read_text().splitlines()],
        warnings=(folder / "stderr.txt").read_text(),
        recorded=recorded,
        rendered=render(server.session, folder / "rendered.wav"),
    )
