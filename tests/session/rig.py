"""Plays a session offline and keeps its log: OSC messages in, samples and a log out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from phonon_osc.osc.wire import Message, decode
from phonon_osc.session import Header, SessionWriter
from phonon_osc.studio import Studio

SENDER = ("127.0.0.1", 40000)
BELL = "freq: 440 20..8000; lvl: 0.2 0..1; s = sine freq; out s * lvl"


class Session:
    """A studio without limiter, and the session log of its commands."""

    def __init__(self, path: Path, *, voices: int = 64, **options: Any) -> None:
        self.path = path
        self.studio = Studio(voices=voices, limiter=False, **options)
        engine = self.studio.engine
        header = Header(engine.rate, voices, False, engine.orbit_definition.fingerprint)
        self.writer = SessionWriter(path, header, engine, self.studio.library)
        self.heard: list[tuple[str, tuple[Any, ...]]] = []
        self._parts: list[np.ndarray] = []

    def __call__(self, address: str, *args: Any) -> None:
        """Send a message that is due at once."""

        def reply(data: bytes, _: object) -> None:
            message = decode(data).messages[0]
            self.heard.append((message.address, message.args))

        self.studio.router.message(Message(address, args, 0), SENDER, 0.0, reply)

    def run(self, frames: int) -> None:
        out = np.zeros((frames, 2), np.float32)
        for at in range(0, frames, 256):
            self.studio.engine.render(out[at : at + 256])
            self.studio.poll()
        self._parts.append(out)

    def close(self) -> np.ndarray:
        """End the log. Returns the sound."""
        sound = np.concatenate(self._parts)
        self.writer.close(len(sound))
        self.studio.close()
        return sound


def play_everything(path: Path) -> np.ndarray:
    """A session with every kind of command in it."""
    session = Session(path)
    session("/def/new", "bell", BELL)
    session("/node/new", "bell", "b", "freq", 500.0, "orbit", 2.0)
    session("/node/new", "sine", 1, "freq", 330.0, "amp", 0.1)
    session("/node/new", "sine", "two", "freq", 3.0)
    session.run(500)
    session("/node/patch", "two", 1, "freq", 20.0)
    session("/dirt/play", "s", "bd", "room", 0.3, "cut", 1)
    session("/dirt/play", "s", "supersaw", "sustain", 0.02, "cutoff", 900.0, "pan", "c5", "_id_", "1")
    session("/c_set", 5, 0.8)
    session("/buffer/alloc", "tab", 300)
    session("/buffer/write", "tab", 0, *np.sin(np.arange(300) / 5).tolist())
    session("/node/new", "sampler", "s", "buffer", "tab")
    session("/buffer/load", "kick", "sn")
    session("/node/new", "sampler", "k", "buffer", "kick", "amp", 0.2)
    session.run(3000)
    session("/node/ramp", 1, 0.01, "freq", 660.0)
    session("/node/map", 1, "amp", 5)
    session("/orbit/set", 2, "room", 0.4)
    session("/node/set", "b", "orbit", 3.0, "lvl", 0.4)
    session("/buffer/free", "tab")
    session("/def/new", "bell", BELL.replace("sine", "saw"))
    session("/node/new", "bell", "c", "freq", 200.0)
    session.run(3000)
    session("/node/unpatch", "two", 1)
    session("/node/free", "b", 0.001)
    session("/def/new", "superpiano", "voice (saw pitch) * 0.1")
    session("/dirt/play", "s", "superpiano", "sustain", 0.02)
    session("/def/free", "superpiano")
    session("/dirt/play", "s", "superpiano", "sustain", 0.02)
    session("/def/free", "bell")
    session.run(2000)
    session("/panic")
    session.run(500)
    session("/dirt/play", "s", "hh")
    session.run(2000)
    assert not [answer for answer in session.heard if answer[0] == "/fail"]
    return session.close()


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def write_rows(path: Path, lines: list[Any]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path
