"""A whole server in the test's own process: packets into its port, its recording and its session log out."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import socket
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from phonon_osc.osc.wire import encode_bundle, encode_message, unix_to_ntp
from phonon_osc.serving import ServeOptions, Server
from phonon_osc.studio import Studio


@dataclass
class Live:
    """A server that runs; ``sound`` and ``rows`` once it has ended."""

    server: Server
    studio: Studio
    wav: Path
    session: Path

    def play(self, lead: float | None = None, **event: str | float) -> None:
        """One event, ``lead`` seconds ahead of its timetag, or without one."""
        message = encode_message("/dirt/play", *(part for pair in event.items() for part in pair))
        self.send(message if lead is None else encode_bundle(unix_to_ntp(time.time() + lead), [message]))

    def send(self, data: bytes) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.sendto(data, self.server._main.address)

    def status(self) -> dict[str, Any]:
        return self.studio.status()

    async def until(self, true: Callable[[dict[str, Any]], bool], patience: float = 5.0) -> dict[str, Any]:
        """Status once it is as wanted."""
        end = time.monotonic() + patience
        while not true(self.status()):
            assert time.monotonic() < end, self.status()
            await asyncio.sleep(0.005)
        return self.status()

    def sound(self) -> NDArray[np.float32]:
        found: NDArray[np.float32] = soundfile.read(self.wav, dtype="float32", always_2d=True)[0]
        return found

    def rows(self) -> list[dict[str, Any]]:
        """What the session log says of events, in the order they were carried out."""
        rows = [json.loads(line) for line in self.session.read_text().splitlines()]
        return [row for row in rows if row.get("do") == "play"]


@contextlib.asynccontextmanager
async def serving(folder: Path, *roots: Path, **options: Any) -> AsyncIterator[Live]:
    """A server on the null backend, without limiter, that plays the samples in ``roots``."""
    wav, session = folder / "live.wav", folder / "live.session"
    made: dict[str, Any] = {
        "port": 0,
        "bus_port": 0,
        "ws_port": 0,
        "backend": "null",
        "voices": 64,
        "quiet": True,
        "limiter": False,
    }
    made |= {"samples": [str(root) for root in roots], "record": wav, "log": session}
    server = Server(ServeOptions(**(made | options)))
    try:
        server.open()
        running = asyncio.create_task(server.run())
        assert server._studio is not None
        live = Live(server, server._studio, wav, session)
        await live.until(lambda status: status["cycles"] > 10)
        await asyncio.sleep(0.2)  # the clock's first corrections are the largest
        yield live
        server._stop.set()
        await running
    finally:
        server.close()
        gc.unfreeze()  # a server freezes what is there when it begins, itself too: here others follow
        server = live = running = None  # type: ignore[assignment]
        gc.collect()


def onset(sound: NDArray[np.float32], after: int = 0) -> int:
    """First frame that is not silent."""
    heard = np.flatnonzero(np.any(sound[after:] != 0.0, axis=1))
    assert len(heard), "nothing sounds"
    return int(after + heard[0])
