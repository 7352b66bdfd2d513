"""The first event of a sample that is not in memory: on time within its lead, late or dropped beyond it, and never a burden."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phonon_osc.engine.link import Link, QueueFull
from phonon_osc.engine.sending import Sender
from phonon_osc.osc.wire import encode_message
from phonon_osc.samples import library
from phonon_osc.samples.decode import Decoded
from phonon_osc.samples.decoders import decode
from phonon_osc.sounds import waiting as sounds
from tests.samples.live import Live, onset, serving

Write = Callable[..., Path]


class Gate:
    """Holds up decoding until opened."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.asked = 0

    def decode(self, path: str, roots: list[str], **options: Any) -> Decoded:
        self.asked += 1
        assert self.open.wait(10.0)
        return decode(path, roots, **options)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    made = Gate()
    monkeypatch.setattr(library, "decode", made.decode)
    yield made
    made.open.set()


@pytest.fixture
def dc(root: Path, write: Write) -> Path:
    """A folder with three samples of direct current."""
    for k in range(3):
        write(f"dc/{k}.wav", np.full(24_000, 0.5 / (k + 1), np.float32), subtype="FLOAT")
    return root


async def reached(live: Live, seconds: float) -> None:
    """Wait until so much more has been played."""
    e = live.studio.engine.tables
    target = e.device.out_frame + round(seconds * e.clock.rate)
    await live.until(lambda _: e.device.out_frame >= target)


async def test_within_its_lead_it_is_on_time(tmp_path: Path, dc: Path, gate: Gate) -> None:
    async with serving(tmp_path, dc) as live:
        live.play(0.6, s="dc", n=1.0)
        await live.until(lambda _: gate.asked == 1)
        await reached(live, 0.3)
        gate.open.set()
        status = await live.until(lambda status: status["started"] == 1)
        assert status["late"] == status["samples_late"] == status["samples_not_ready"] == 0
        await reached(live, 0.2)
    (row,) = live.rows()
    assert "late" not in row and onset(live.sound()) == row["frame"]
    level = live.sound()[row["frame"] + 4800, 0]
    assert level == pytest.approx(0.25 * 0.4 / np.sqrt(2.0), rel=1e-3)


async def test_events_that_wait_together_keep_their_frames_and_their_order(
    tmp_path: Path, dc: Path, gate: Gate
) -> None:
    async with serving(tmp_path, dc) as live:
        for k in range(8):
            live.play(0.5 + 0.01 * k, s="dc", sustain=0.005)
        live.play(0.2, s="hh")  # of the kit, ready: nobody waits for the others
        await live.until(lambda status: status["started"] == 1)
        gate.open.set()
        await live.until(lambda status: status["started"] == 9)
        assert gate.asked == 1 and live.status()["late"] == 0
    frames = np.array([row["frame"] for row in live.rows()[1:]])
    assert np.abs(np.diff(frames) - 480).max() <= 48


async def test_a_little_too_late_it_is_played_at_once(
    tmp_path: Path, dc: Path, gate: Gate, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sounds, "LATEST", 5.0)
    async with serving(tmp_path, dc) as live:
        live.play(0.05, s="dc")
        await reached(live, 0.2)
        gate.open.set()
        status = await live.until(lambda status: status["started"] == 1)
        assert status["samples_late"] == 1 and status["samples_not_ready"] == 0 and status["unplayable"] == 0
    (row,) = live.rows()
    assert row["late"] > 4000 and onset(live.sound()) == row["frame"]
    assert "0.wav was not ready: it is played" in caplog.text and caplog.text.count("not ready") == 1


async def test_far_too_late_it_is_dropped_counted_and_named(
    tmp_path: Path, dc: Path, gate: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    assert sounds.LATEST == 0.1
    async with serving(tmp_path, dc) as live:
        live.play(0.05, s="dc")
        await reached(live, 0.3)
        gate.open.set()
        status = await live.until(lambda status: status["samples_not_ready"] == 1)
        assert status["started"] == 0 and status["samples_late"] == 0 and status["unplayable"] == 1
        live.play(0.1, s="dc")
        await live.until(lambda status: status["started"] == 1)
    assert "0.wav was not ready: it took" in caplog.text and "dropped" in caplog.text
    assert "late" not in live.rows()[0], "the next one finds it loaded"


@pytest.mark.parametrize("error", [RuntimeError("a bug"), KeyError("definition")], ids=str)
async def test_an_event_that_fails_takes_none_with_it(
    tmp_path: Path,
    dc: Path,
    gate: Gate,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    """Whatever goes wrong when a waiting event is started: it is counted and named, and those behind it play."""
    async with serving(tmp_path, dc) as live:
        play, failing = live.studio.engine.play, [error]

        def fail_once(*args: Any) -> None:
            if failing:
                raise failing.pop()
            play(*args)

        monkeypatch.setattr(live.studio.engine, "play", fail_once)
        for k in range(3):
            live.play(0.5 + 0.01 * k, s="dc")
        await live.until(lambda _: gate.asked == 1)
        await reached(live, 0.1)
        gate.open.set()
        status = await live.until(lambda status: status["started"] == 2)
        assert status["failed_events"] == 1 and status["unplayable"] == 1
        live.play(0.1, s="dc")
        await live.until(lambda status: status["started"] == 3)
    assert f"0.wav: {type(error).__name__}" in caplog.text


async def test_a_loader_that_fails_loses_its_events_and_no_others(
    tmp_path: Path, dc: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path, dc) as live:
        ensure = live.studio.library.ensure

        async def fail(entry: Any) -> None:
            if entry.n == 1:
                raise OSError("the disk is gone")
            await ensure(entry)

        monkeypatch.setattr(live.studio.library, "ensure", fail)
        for k in range(2):
            live.play(0.5 + 0.01 * k, s="dc", n=1.0)
        live.play(0.5, s="dc", n=2.0)
        status = await live.until(lambda status: status["started"] == 1 and status["failed_events"] == 2)
        assert status["unplayable"] == 2 and status["unreadable_samples"] == 0
    assert "1.wav: OSError: the disk is gone" in caplog.text


async def test_without_a_timetag_it_waits_as_long_as_it_takes(tmp_path: Path, dc: Path, gate: Gate) -> None:
    async with serving(tmp_path, dc) as live:
        live.play(None, s="dc")
        await reached(live, 0.5)
        assert live.status()["started"] == 0
        gate.open.set()
        status = await live.until(lambda status: status["started"] == 1)
        assert status["late"] == status["samples_late"] == status["samples_not_ready"] == 0
    assert onset(live.sound()) == live.rows()[0]["frame"]


async def test_what_was_late_on_arrival_is_not_held_against_its_sample(tmp_path: Path, dc: Path) -> None:
    """SuperDirt plays it at once, loaded or not."""
    async with serving(tmp_path, dc) as live:
        live.play(-0.5, s="dc")
        status = await live.until(lambda status: status["started"] == 1)
        assert status["osc_late"] == 1 and status["samples_not_ready"] == 0


@pytest.mark.parametrize(
    "panic", [encode_message("/panic"), encode_message("/dirt/play", "s", "superpanic")], ids=["native", "dirt"]
)
async def test_a_panic_forgets_those_who_wait(tmp_path: Path, dc: Path, gate: Gate, panic: bytes) -> None:
    async with serving(tmp_path, dc) as live:
        live.play(None, s="dc")
        live.play(0.5, s="dc")
        await live.until(lambda _: gate.asked == 1)
        live.send(panic)
        live.play(None, s="dc", n=0.0, pan=1.0)
        await reached(live, 0.1)
        gate.open.set()
        await live.until(lambda status: status["started"] == 1)
        await reached(live, 0.6)
        assert live.status()["started"] == 1, "only the one sent after it"


async def test_how_many_may_wait_is_bounded(
    tmp_path: Path, dc: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sounds, "MOST_WAITING", 5)
    async with serving(tmp_path, dc) as live:
        for k in range(9):
            live.play(None, s="dc", n=float(k))
        await live.until(lambda status: status["samples_not_ready"] == 4)
        gate.open.set()
        await live.until(lambda status: status["started"] == 5)
        live.play(None, s="dc")
        await live.until(lambda status: status["started"] == 6)
    assert "5 events wait for samples already" in caplog.text


async def test_unknown_and_unreadable_are_counted_and_named_once(
    tmp_path: Path, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (root / "bad").mkdir()
    (root / "bad" / "a.wav").write_bytes(b"RIFF no sound")
    async with serving(tmp_path, root) as live:
        for _ in range(3):
            live.play(None, s="bad")
            live.play(None, s="nowhere")
            await asyncio.sleep(0.05)
        status = await live.until(lambda status: status["unplayable"] == 6)
        assert status["unknown_sounds"] == status["unreadable_samples"] == 3
    assert caplog.text.count("a.wav") == 1 and caplog.text.count("nowhere") == 1


@pytest.mark.parametrize(("where", "counter"), [(Sender, "osc_queue_full"), (Link, "samples_no_room")])
async def test_a_full_queue_is_counted_for_events_that_waited_too(
    tmp_path: Path, dc: Path, gate: Gate, monkeypatch: pytest.MonkeyPatch, where: type, counter: str
) -> None:
    """Whether it is the event or already its sample that does not get through."""

    def full(*_: object, **__: object) -> int:
        raise QueueFull("it is full")

    async with serving(tmp_path, dc) as live:
        live.play(5.0, s="dc")
        await live.until(lambda _: gate.asked == 1)
        monkeypatch.setattr(where, "send", full)
        if where is Link:
            monkeypatch.setattr(live.studio.engine.buffers, "_send", full)
        gate.open.set()
        status = await live.until(lambda status: status[counter] == 1)
        assert status["started"] == 0
        monkeypatch.undo()
        live.play(0.1, s="dc")
        await live.until(lambda status: status["started"] == 1)


def stalls(seconds: float) -> Callable[[], Any]:
    """Measures how late the loop comes back, for so long."""

    async def measure() -> float:
        worst, end = 0.0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            worst = max(worst, time.perf_counter() - before - 0.001)
        return worst

    return measure


async def test_decoding_does_not_hold_up_the_loop(tmp_path: Path, root: Path, write: Write) -> None:
    """Five minutes of stereo FLAC. Alone on a machine it is some 5 ms; 50 are granted to a busy one."""
    noise = (0.1 * np.random.default_rng(1).standard_normal((44_100 * 300, 2))).astype(np.float32)
    write("long/a.flac", noise, 44_100)
    write("long/b.flac", noise[::-1], 44_100)
    async with serving(tmp_path, root) as live:
        task = asyncio.create_task(stalls(1.0)())
        for n in range(2):
            live.play(None, s="long", n=float(n), sustain=0.1)
        await live.until(lambda status: status["samples_loaded"] >= 2 and status["started"] == 2, 20.0)
        worst = await task
    assert worst < 0.05, f"{1000 * worst:.1f} ms"


def test_offline_time_waits(root: Path, write: Write) -> None:
    """A render loads where it stands: nothing is ever late."""
    from phonon_osc.rendering import Options, render_datagrams
    from phonon_osc.scores import Datagram

    write("dc/a.wav", np.full(4_800, 0.5, np.float32), subtype="FLOAT")
    packet = encode_message("/dirt/play", "s", "dc")
    result = render_datagrams([Datagram(packet, 1000.25)], Options(samples=[str(root)]), start=1000.0)
    assert result.audio is not None and onset(result.audio) == 12_000 and result.late == 0
