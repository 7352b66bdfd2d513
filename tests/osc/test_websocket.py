"""Strudel straight from the browser: frames into the WebSocket of a whole server, sound out."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from phonon_osc.osc.browserclock import BrowserClock
from phonon_osc.osc.websocket import MOST_CONNECTIONS, FrameError, read_frame
from tests.samples.live import Live, serving

ORIGIN = "https://strudel.cc"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def frame(lead: float = 0.2, cycle: float = 0, **event: Any) -> str:
    pairs: list[Any] = ["cps", 0.5, "cycle", cycle, "delta", 0.25]
    for key, value in event.items():
        pairs += [key, value]
    return json.dumps({"address": "/dirt/play", "args": pairs, "timestamp": 1000.0 * (time.time() + lead)})


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def live(tmp_path: Path, port: int) -> AsyncIterator[Live]:
    async with serving(tmp_path, ws_port=port) as made:
        yield made


async def test_an_event_of_the_browser_sounds_at_its_time(tmp_path: Path, port: int) -> None:
    async with serving(tmp_path, ws_port=port) as live, connect(f"ws://localhost:{port}", origin=ORIGIN) as ws:
        for k in range(4):
            await ws.send(
                frame(
                    0.2 + 0.1 * k, 0.05 * k, s="triangle", note="a3", midinote=57, release=0.02, decay=0.03, sustain=0
                )
            )
        status = await live.until(lambda status: status["started"] == 4)
        assert status["late"] == 0 and status["ws_frames"] == 4 and status["ws_connections"] == 1
        await asyncio.sleep(0.3)
    frames = [row["frame"] for row in live.rows()]
    assert all(abs(b - a - 4800) <= 96 for a, b in itertools.pairwise(frames)), frames
    assert {row["definition"] for row in live.rows()} == {"strudel.triangle"}, "a WebSocket speaks Strudel's dialect"
    assert abs(live.sound()).max() > 0.02


@pytest.mark.parametrize(
    "origin", ["https://cold.strudel.cc", "https://pr-12.hot.strudel.cc", "http://localhost:4321", None]
)
async def test_known_origins_may_play(live: Live, port: int, origin: str | None) -> None:
    async with connect(f"ws://127.0.0.1:{port}", origin=origin) as ws:  # type: ignore[arg-type]
        await ws.send(frame(s="sine", note=40))
        await live.until(lambda status: status["played"] == 1)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "https://strudel.cc.evil.example", "null", "http://strudel.cc"]
)
async def test_a_page_of_another_origin_is_refused_counted_and_named_once(
    live: Live, port: int, origin: str, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://127.0.0.1:{port}", origin=origin)  # type: ignore[arg-type]
        assert refused.value.response.status_code == 403
    assert live.status()["ws_refused"] == 3
    assert caplog.text.count(f"--ws-origin {origin}") == 1


async def test_an_origin_of_the_users_choice_may_play(tmp_path: Path, port: int) -> None:
    async with serving(tmp_path, ws_port=port, ws_origin=["https://my.example"]) as live:
        async with connect(f"ws://127.0.0.1:{port}", origin="https://my.example") as ws:  # type: ignore[arg-type]
            await ws.send(frame(s="sine", note=40))
            await live.until(lambda status: status["played"] == 1)


async def test_objects_are_left_out_and_the_event_plays(
    live: Live, port: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with connect(f"ws://127.0.0.1:{port}") as ws:
        for _ in range(2):
            await ws.send(frame(s="sawtooth", note=40, lfo={"0": {"control": "cutoff"}}, pan=None, partials=[1, 0.5]))
        status = await live.until(lambda status: status["played"] == 2)
    assert status["ws_objects"] == 2 and status["osc_malformed"] == 0
    assert caplog.text.count("lfo is ignored") == 1


async def test_a_taken_port_is_a_warning(tmp_path: Path, port: int, caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", port))
        sock.listen()
        async with serving(tmp_path, ws_port=port) as live:
            live.play(s="bd")
            await live.until(lambda status: status["played"] == 1)
    assert f"port {port} is taken" in caplog.text


async def test_nothing_that_a_page_sends_stops_the_server_or_other_senders(live: Live, port: int) -> None:
    chance = random.Random(4)
    bad: list[str | bytes] = [
        "", "{", "[]", "null", "7", '{"address":1,"args":[]}', '{"address":"/dirt/play"}', "[" * 20000, '{"a":' * 5000,
        '{"address":"/dirt/play","args":[NaN]}', '{"address":"/dirt/play","args":[[[[[[1]]]]]]}', b"", b"\xff" * 100, b"#bundle\0",
        json.dumps({"address": "/dirt/play", "args": ["s"] * 600}), json.dumps({"address": "/dirt/play", "args": ["s", "\ud800"]}),
        json.dumps({"address": "/dirt/play", "args": ["s", "bd"], "timestamp": 1e300}),
        json.dumps({"address": "/dirt/play", "args": ["s", "bd"], "timestamp": "soon"}),
    ]  # fmt: skip
    async with connect(f"ws://127.0.0.1:{port}", max_size=None) as ws:
        for _ in range(300):
            await ws.send(chance.choice(bad))
        await ws.send(frame(s="bd"))
        await live.until(lambda status: status["started"] >= 1)
    big = await connect(f"ws://127.0.0.1:{port}")
    await big.send("x" * 100_000)
    with pytest.raises(ConnectionClosed):
        await big.recv()
    live.play(s="bd")
    before = live.status()["played"]
    await live.until(lambda status: status["played"] > before or status["played"] >= 2)
    assert live.status()["bugs"] == 0 and live.status()["ws_malformed"] > 50


async def test_connections_are_limited(live: Live, port: int) -> None:
    opened = [await connect(f"ws://127.0.0.1:{port}") for _ in range(MOST_CONNECTIONS)]
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"ws://127.0.0.1:{port}")
    assert refused.value.response.status_code == 503
    for ws in opened:
        await ws.close()
    await live.until(lambda status: status["ws_connections"] == 0)
    async with connect(f"ws://127.0.0.1:{port}") as ws:
        await ws.send(frame(s="bd"))
        await live.until(lambda status: status["played"] == 1)


def test_every_number_of_a_frame_is_a_float_and_lists_stay() -> None:
    address, args, stamp = read_frame('{"address":"/a","args":["n",1,"l",[1,[2]],"b",true,"z",null],"timestamp":2500}')
    assert (address, stamp) == ("/a", 2.5)
    assert args == ["n", 1.0, "l", (1.0, (2.0,)), "b", True, "z", None]
    assert all(isinstance(x, float) for x in (args[1], args[3][0]))
    with pytest.raises(FrameError, match="no JSON"):
        read_frame("{")


def played(drift: float, step: float, seconds: float = 600.0) -> list[tuple[float, float, float]]:
    """(song time, time it is played, arrival) of eight events per second from a browser whose clock drifts and jumps."""
    clock, chance, found = BrowserClock(), random.Random(1), []
    now = 1.8e9
    for k in range(int(8 * seconds)):
        song = k / 8.0
        lead = 0.26 + 0.1 * chance.random()
        true = now + song  # the time at which it should sound, if the browser's clock were right
        jumps = step * (song > seconds / 3) - step * (song > 2 * seconds / 3)
        stamp = true + drift * song + jumps
        arrival = true + drift * song - lead
        found.append((song, clock.due(stamp, arrival, song * 0.5, 0.5) - now, arrival - now))
    return found


@pytest.mark.parametrize("step", [0.0, 0.05, -0.05, 1.5])
def test_a_clock_that_drifts_and_jumps_makes_no_event_late_and_moves_none(step: float) -> None:
    events = played(200e-6, step)
    assert all(due > arrival for _, due, arrival in events)
    gaps = [b[1] - a[1] for a, b in itertools.pairwise(events)]
    assert max(abs(gap - 0.125) for gap in gaps) < 0.002


def test_a_clock_that_is_an_hour_wrong_is_set_by_the_arrival() -> None:
    clock = BrowserClock()
    due = clock.due(1.8e9 + 3600.0, 1.8e9, 0.0, 0.5)
    assert due == pytest.approx(1.8e9 + 0.2)
    assert clock.due(1.8e9 + 3600.5, 1.8e9 + 0.5, 0.25, 0.5) == pytest.approx(1.8e9 + 0.7)
    assert clock.resets == 1
