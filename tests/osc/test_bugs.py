"""Unexpected exceptions: the sender's other messages are handled, the server goes on, and each bug is counted and named once."""

from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phonon_osc.osc import router as routing
from phonon_osc.osc.schema import Request
from phonon_osc.osc.wire import decode, encode_bundle, encode_message
from phonon_osc.serving import ServeOptions, Server
from phonon_osc.studio import Studio
from tests.live.rig import free_port

SENDER = ("127.0.0.1", 40000)
LEVEL = 0.05  # lowest peak of a sound that counts as heard


def failing(_: Request) -> None:
    raise KeyError("nobody thought of this")


def figures(studio: Studio) -> dict[str, Any]:
    heard: list[bytes] = []
    studio.router.datagram(encode_message("/status"), SENDER, 0.0, lambda data, _: heard.append(data))
    args = decode(heard[0]).messages[0].args
    return dict(zip(args[::2], args[1::2], strict=True))  # type: ignore[arg-type]


@pytest.fixture
def studio() -> Studio:
    made = Studio(voices=16)
    made.router.add({"/failing": failing})
    return made


def test_the_rest_of_a_bundle_is_handled(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[bytes] = []
    bundle = encode_bundle(None, [encode_message("/failing"), encode_message("/node/new", "sine", 1, "freq", 440.0)])
    for _ in range(3):
        studio.router.datagram(bundle, SENDER, 0.0, lambda data, _: heard.append(data))
    out = np.zeros((4800, 2), np.float32)
    studio.engine.render(out)
    assert np.abs(out).max() > LEVEL
    answers = [decode(data).messages[0] for data in heard]
    assert [a.address for a in answers[:2]] == ["/fail", "/done"]
    assert "KeyError" in str(answers[0].args[1])
    assert figures(studio)["bugs"] == 3
    named = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(named) == 1
    assert "/failing" in named[0].getMessage() and "nobody thought of this" in named[0].getMessage()


def test_an_answer_that_cannot_be_sent_costs_nothing_else(studio: Studio) -> None:
    def broken(_data: bytes, _to: tuple[str, int]) -> None:
        raise RuntimeError("no way back")

    bundle = encode_bundle(None, [encode_message("/version"), encode_message("/node/new", "sine", 1, "freq", 440.0)])
    studio.router.datagram(bundle, SENDER, 0.0, broken)
    out = np.zeros((4800, 2), np.float32)
    studio.engine.render(out)
    assert np.abs(out).max() > LEVEL and figures(studio)["bugs"] == 2  # neither answer was sent


def test_a_packet_that_breaks_the_decoder_is_counted(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: bytes) -> Any:
        raise RecursionError("too deep")

    with monkeypatch.context() as patch:
        patch.setattr(routing, "decode", broken)
        studio.router.datagram(b"/x\0\0", SENDER, 0.0, lambda *_: None)
    assert figures(studio)["bugs"] == 1 and figures(studio)["osc_malformed"] == 1


def test_the_loop_outlives_what_it_polls(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """In a live server three steps of the loop and a callback fail each time. It plays, answers, and stops when asked."""
    port = free_port()
    server = Server(
        ServeOptions(port=port, bus_port=free_port(), backend="null", voices=16, record=tmp_path / "out.wav")
    )
    answers: dict[str, Any] = {}

    def broken(*_: object) -> None:
        raise KeyError("broken on purpose")

    def client() -> None:
        import socket

        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
                sock.settimeout(10.0)
                for data in (encode_message("/version"), encode_message("/node/new", "sine", 1, "freq", 440.0)):
                    sock.sendto(data, ("127.0.0.1", port))
                    sock.recv(65536)
                threading.Event().wait(0.5)
                sock.sendto(encode_message("/status"), ("127.0.0.1", port))
                args = decode(sock.recv(65536)).messages[0].args
                answers.update(zip(args[::2], args[1::2], strict=True))  # type: ignore[arg-type]
        finally:
            loop.call_soon_threadsafe(server._stop.set)

    async def run() -> None:
        nonlocal loop
        loop = asyncio.get_running_loop()
        loop.call_later(0.1, broken)
        threading.Thread(target=client).start()
        await server.run()

    loop: asyncio.AbstractEventLoop
    try:
        server.open()
        assert server._studio is not None
        server._studio.library.tend = broken  # type: ignore[method-assign]
        server._watch.check = broken  # type: ignore[method-assign]
        server._studio.engine.link.notices = broken  # type: ignore[method-assign,assignment]
        asyncio.run(asyncio.wait_for(run(), 30.0))
    finally:
        server.close()
    assert answers["started"] == 1 and answers["bugs"] > 10
    named = [
        r.getMessage() for r in caplog.records if r.levelno == logging.ERROR and "broken on purpose" in r.getMessage()
    ]
    assert len(named) == 1, "one place raises all of them"
    assert (tmp_path / "out.wav").stat().st_size > 48_000
