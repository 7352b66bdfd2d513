"""A Tidal that kept running while the server was started again: its `once` means what it meant before."""

from __future__ import annotations

import numpy as np
import pytest

from phonon_osc.osc.wire import encode_message
from phonon_osc.studio import Studio

SENDER = ("127.0.0.1", 6010)
RATE = 48000
G = 261.6256 * 2 ** (7 / 12)  # note 7

ONCE = encode_message(
    "/dirt/play", "cps", 0.5, "cycle", 12.0, "delta", 0.4, "note", 7.0, "orbit", 0, "s", "sine", "sustain", 0.2
)
PATTERN = encode_message(
    "/dirt/play", "_id_", "1", "cps", 0.5, "cycle", 12.0, "delta", 0.1, "gain", 0.0, "orbit", 0, "s", "sine"
)
WITHOUT_ORBIT = encode_message(
    "/dirt/play", "cps", 0.5, "cycle", 12.0, "delta", 0.4, "note", 7.0, "s", "sine", "sustain", 0.2
)
HANDSHAKE = encode_message("/dirt/handshake")


@pytest.mark.parametrize(
    ("before", "once"),
    [
        ([HANDSHAKE], ONCE),
        ([PATTERN], ONCE),
        ([], ONCE),
        ([HANDSHAKE], WITHOUT_ORBIT),
        ([PATTERN], WITHOUT_ORBIT),
    ],
    ids=["handshake", "a pattern", "nothing", "handshake, no orbit", "a pattern, no orbit"],
)
def test_a_once_is_read_as_tidals(before: list[bytes], once: bytes) -> None:
    """Its note counts from MIDI 60, and its sustain is its length in seconds."""
    studio, out = Studio(voices=16), np.zeros((RATE // 2, 2), np.float32)
    for data in (*before, once):
        studio.router.datagram(data, SENDER, 0.0, lambda *_: None)
    studio.engine.render(out)
    sound = out[:, 0]
    steady = sound[2400:7200]
    spectrum = np.abs(np.fft.rfft(steady * np.hanning(len(steady)), 1 << 16))
    assert np.argmax(spectrum) * RATE / (1 << 16) == pytest.approx(G, abs=1.0)
    assert np.flatnonzero(np.abs(sound) > 1e-4)[-1] / RATE == pytest.approx(0.2, abs=0.01)
