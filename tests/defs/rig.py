"""An offline studio: definitions go in as messages, answers and sound come out."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import BLOCK
from phonon_osc.osc.wire import Message, decode
from phonon_osc.studio import Studio

SENDER = ("127.0.0.1", 40000)
MIDDLE_C = 261.6256
FED = 4096  # frames rendered at a time, so that the ring of the audio inputs has room


class Client:
    """Sends messages to a studio's router, and returns the answers and the sound."""

    def __init__(self, studio: Studio | None = None) -> None:
        self.studio = studio or Studio(voices=64)

    def __call__(self, address: str, *args: Any) -> tuple[str, tuple[Any, ...]]:
        heard: list[bytes] = []
        self.studio.router.message(Message(address, args, 0), SENDER, 0.0, lambda data, _: heard.append(data))
        if not heard:
            return "", ()
        message = decode(heard[0]).messages[0]
        return message.address, message.args

    def define(self, name: str, text: str) -> None:
        address, args = self("/def/new", name, text)
        assert address == "/done", args

    def refused(self, name: str, text: str) -> str:
        """The error for a definition that is refused."""
        address, args = self("/def/new", name, text)
        assert address == "/fail", args
        return str(args[1])

    def run(self, frames: int = 4800) -> np.ndarray:
        """The next frames of the output. Each audio input that the studio has hears a tone of its own."""
        out = np.zeros((frames, 2), np.float32)
        for at in range(0, frames, FED):
            part = out[at : at + FED]
            self._feed_tones(len(part))
            self.studio.engine.render(part)
        self.studio.poll()
        return out

    def _feed_tones(self, frames: int) -> None:
        engine = self.studio.engine
        channels = int(engine.tables.inputs.channels)
        if channels == 0:
            return
        begin = int(engine.tables.inputs.end)
        end = int(engine.tables.device.out_frame) + frames + BLOCK
        hertz = MIDDLE_C * np.arange(1, channels + 1)
        engine.feed_input(0.5 * np.sin(np.outer(np.arange(begin, end), 2.0 * np.pi * hertz / engine.rate)))

    def node(self, name: str, *controls: Any, frames: int = 4800) -> np.ndarray:
        """The first frames of a node; the node is then freed."""
        address, args = self("/node/new", name, 1, *controls)
        assert address == "/done", args
        sound = self.run(frames)
        self("/node/free", 1)
        self.run(9600)
        return sound

    def event(self, name: str, *pairs: Any, frames: int = 9600) -> np.ndarray:
        """The first frames of an event."""
        self("/dirt/play", "s", name, "sustain", 0.2, *pairs)
        sound = self.run(frames)
        self.run(19200)
        return sound


def loudest(x: np.ndarray, rate: float = 48000.0) -> float:
    """Frequency of the strongest partial in Hz."""
    left = x[:, 0]
    size = 1 << 18
    return float(np.argmax(np.abs(np.fft.rfft(left * np.hanning(len(left)), size))) * rate / size)
