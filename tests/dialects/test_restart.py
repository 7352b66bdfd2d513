"""A Tidal that kept running while the server was started again: its `once` means what it meant before."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import numpy as np
import pytest

from phonon_osc.osc.wire import decode, encode_bundle, encode_message
from phonon_osc.studio import Studio
from tests.live.rig import Server

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


def at_tidals_port() -> socket.socket:
    """A socket where Tidal listens; another test on this machine may have it for a moment."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for _ in range(100):
        try:
            sock.bind(("127.0.0.1", 6010))
        except OSError:
            time.sleep(0.1)
        else:
            return sock
    raise RuntimeError("port 6010 is taken: is a Tidal running?")


def test_a_server_that_starts_says_hello_to_a_tidal_that_runs(tmp_path: Path) -> None:
    with at_tidals_port() as tidal:
        tidal.settimeout(10)
        server = Server(tmp_path, backend="null")
        try:
            data, sender = tidal.recvfrom(1000)
            while sender[1] != server.port:  # another server of this machine
                data, sender = tidal.recvfrom(1000)
            assert [m.address for m in decode(data).messages] == ["/dirt/hello"]
            tidal.sendto(HANDSHAKE, sender)
            assert decode(tidal.recv(4000)).messages[0].address == "/dirt/handshake/reply"
        finally:
            server.stop()


def test_a_bundle_with_more_messages_than_are_taken_says_so(caplog: pytest.LogCaptureFixture) -> None:
    studio = Studio(voices=16)
    note = encode_message("/dirt/play", "s", "sine", "sustain", 0.01)
    studio.router.datagram(encode_bundle(None, [note] * 300), SENDER, 0.0, lambda *_: None)
    played = studio.status()["played"]
    assert studio.status()["osc_dropped"] == 300 - played > 0
    assert f"of the 300 messages in a packet from 127.0.0.1:6010 only the first {played} are played" in caplog.text
