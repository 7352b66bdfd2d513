"""Buffers of clients: the session log keeps what is written to them, and renders to the same bits."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from phonon_osc.errors import UsageError
from phonon_osc.osc.wire import Message, encode_message
from phonon_osc.studio import Studio

from .rig import Server

CYCLE = np.sin(2.0 * np.pi * np.arange(480) / 480).astype(np.float32)


def write(server: Server, name: str, values: np.ndarray) -> None:
    assert server.ask("/buffer/write", name, 0, *map(float, values)) == ("/done", ("/buffer/write", name, len(values)))


def test_a_session_with_written_buffers_renders_again(tmp_path: Path) -> None:
    """Buffers are written before and while they sound, freed and made again under the same name; one is loaded."""
    import soundfile

    server = Server(tmp_path, "--record", str(tmp_path / "live.wav"), backend="null")
    try:
        for pitch in (1.0, 2.0):
            assert server.ask("/buffer/alloc", "table", 480)[0] == "/done"
            write(server, "table", CYCLE)
            server.ask("/node/new", "sampler", "player", "buffer", "table", "rate_start", pitch, "rate_end", pitch)
            time.sleep(0.15)
            write(server, "table", np.sign(CYCLE) * 0.5)
            time.sleep(0.15)
            server.ask("/node/free", "player")
            server.ask("/buffer/free", "table")
            time.sleep(0.05)
        assert server.ask("/buffer/load", "kick", "bd", 0, timeout=10.0)[0] == "/done"
        server.ask("/node/new", "sampler", "hit", "buffer", "kick")
        time.sleep(0.2)
        server.ask("/node/free", "hit")
        time.sleep(0.1)
        assert server.status()["buffers"] == 1
    finally:
        assert server.stop() == 0
    command = [sys.executable, "-m", "phonon_osc", "render", str(server.session), str(tmp_path / "again.wav")]
    subprocess.run(command, check=True, capture_output=True)
    live, _ = soundfile.read(tmp_path / "live.wav", dtype="float32")
    again, _ = soundfile.read(tmp_path / "again.wav", dtype="float32")
    assert np.array_equal(live, again)
    heard = [bool(np.abs(part).max() > 0.05) for part in np.array_split(live[np.flatnonzero(live.any(1))[0] :], 8)]
    assert sum(heard) >= 6, heard


def test_a_write_in_a_bundle_waits_for_its_time() -> None:
    studio = Studio(voices=64)
    answers: list[bytes] = []

    def tell(address: str, *args: object) -> None:
        message = Message(address, args, 0)  # type: ignore[arg-type]
        studio.router.message(message, ("127.0.0.1", 1), 0.0, lambda data, _: answers.append(data))

    tell("/buffer/alloc", "table", 64)
    number = studio.context.buffers["table"].number
    values = np.full(64, 0.5, np.float32)
    studio.engine.write_buffer(number, 0, values[:32], frame=1000)
    studio.engine.write_buffer(number, 32, values[:40], frame=1000)  # beyond its end: only what fits is written
    with pytest.raises(UsageError, match="-1"):
        studio.engine.write_buffer(number, -1, values)  # a session log may say so
    out = np.zeros((960, 2), np.float32)
    studio.engine.render(out)
    assert not studio.engine.buffers.frames(number).any()
    studio.engine.render(out)
    assert (studio.engine.buffers.frames(number) == 0.5).all()
    studio.engine.write_buffer(number, 0, values, frame=4000)
    tell("/buffer/free", "table")
    studio.engine.render(out)
    studio.engine.poll()
    studio.engine.render(out)
    studio.engine.render(out)
    studio.engine.poll()
    assert not np.any(studio.engine.memory.silence), "a buffer that has gone is not written to"
    assert len(answers) == 2 and encode_message("/done")[:5] == answers[-1][:5]
    studio.close()
