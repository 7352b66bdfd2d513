"""More samples than memory: all of them play, none is touched while it sounds, and memory stays within its budget."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from phonon_osc.osc.wire import encode_bundle, encode_message, unix_to_ntp
from phonon_osc.rendering import Options, Result, render_datagrams, render_file
from phonon_osc.samples.memory import available, default_budget, moved, pages
from phonon_osc.scores import Datagram
from tests.live.rig import Server
from tests.samples.live import serving

Write = Callable[..., Path]
START = 1_700_000_000.0


def event(at: float, **keys: str | float) -> bytes:
    pairs = [part for pair in keys.items() for part in pair]
    return encode_bundle(unix_to_ntp(at), [encode_message("/dirt/play", *pairs)])


def noises(write: Write, count: int, frames: int, extension: str = "flac") -> None:
    rng = np.random.default_rng(7)
    for k in range(count):
        write(f"noise/{k:03}.{extension}", (0.2 * rng.standard_normal(frames)).astype(np.float32))


def played_through(root: Path, megabytes: int, **options: object) -> Result:
    """40 samples of 0.5 MB, in an order of chance, several at a time, with pitches, cut groups, and what rings on."""
    rng = np.random.default_rng(11)
    packets = []
    for k in range(250):
        at = START + 0.3 + 0.02 * k
        keys: dict[str, str | float] = {"s": "noise", "n": float(rng.integers(40)), "speed": float(rng.uniform(-2, 2))}
        keys |= {"sustain": float(rng.uniform(0.02, 0.3)), "orbit": int(rng.integers(3)), "gain": 0.7}
        if k % 5 == 0:
            keys["cut"] = 1
        packets.append(Datagram(event(at, **keys), at - 0.25))
    return render_datagrams(
        packets, Options(samples=[str(root)], sample_memory=megabytes * 1_000_000, **options), start=START
    )


def test_a_small_budget_changes_no_bit(root: Path, write: Write) -> None:
    noises(write, 40, 60_000)
    large, small = played_through(root, 1000), played_through(root, 10)
    assert large.started == small.started == 250 and large.late == small.late == 0
    assert large.audio is not None and small.audio is not None and large.peak > 0.1
    assert np.array_equal(large.audio, small.audio)
    vary = played_through(root, 10, period="vary")
    assert vary.audio is not None and np.array_equal(large.audio, vary.audio)


def resident(process: int) -> float:
    """MB of a process in memory."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise AssertionError("no VmRSS")


def test_a_server_stays_within_its_budget(tmp_path: Path, root: Path, write: Write) -> None:
    """240 MB of samples through 50 MB, twice: every event sounds, and memory is given back to the system."""
    noises(write, 150, 200_000)
    server = Server(tmp_path, "--samples", str(root), "--sample-memory", "50", backend="null")
    try:
        server.send(event(time.time() + 0.2, s="noise", sustain=0.02))
        time.sleep(1.5)  # the kit is synthesised meanwhile
        before, most, k = resident(server.process.pid), 0.0, 0
        began = time.time()
        while k < 300:
            if time.time() < began + 0.012 * k:
                time.sleep(0.002)
                most = max(most, resident(server.process.pid))
                continue
            server.send(event(time.time() + 0.2, s="noise", n=float(k % 150), sustain=0.02))
            k += 1
        time.sleep(0.5)
        status = server.status()
        after = resident(server.process.pid)
    finally:
        server.stop()
    assert status["started"] == 301 and status["unplayable"] == 0, status
    assert int(status["samples_evicted"]) > 230  # type: ignore[call-overload]
    assert status["sample_bytes"] <= status["sample_memory"] == 50_000_000  # type: ignore[operator]
    assert most < before + 50 + 15, (before, most)
    assert after < before + 50 + 5, (before, after)


async def test_when_all_is_in_use_the_event_is_counted_and_the_next_may_succeed(
    tmp_path: Path, root: Path, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    noises(write, 5, 48_000, "wav")  # 0.384 MB each
    async with serving(tmp_path, root, sample_memory=1_000_000) as live:
        for n in range(2):
            live.play(0.1, s="noise", n=float(n), gain=0.5)
        await live.until(lambda status: status["started"] == 2)
        live.play(0.1, s="noise", n=2.0)
        status = await live.until(lambda status: status["samples_no_room"] == 1)
        assert status["started"] == 2 and status["sample_bytes"] == 768_000 and status["unplayable"] == 1
        await asyncio.sleep(1.1)  # they have ended
        live.play(0.1, s="noise", n=2.0)
        status = await live.until(lambda status: status["started"] == 3)
        assert status["samples_evicted"] >= 1
        live.play(0.1, s="noise", n=1.0)
        live.play(0.1, s="noise", n=3.0)
        status = await live.until(lambda status: status["samples_no_room"] == 2)
    assert "0.9 MB" not in caplog.text and "sample memory are all in use" in caplog.text
    assert "raise --sample-memory" in caplog.text


async def test_a_file_larger_than_the_budget_is_named(
    tmp_path: Path, root: Path, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    noises(write, 1, 480_000, "wav")
    async with serving(tmp_path, root, sample_memory=1_000_000) as live:
        live.play(None, s="noise")
        await live.until(lambda status: status["unreadable_samples"] == 1)
    assert "needs 3.8 MB, 1.0 MB of sample memory are to be had; raise --sample-memory" in caplog.text


async def test_the_least_recently_played_goes_first(tmp_path: Path, root: Path, write: Write) -> None:
    noises(write, 4, 48_000, "wav")
    async with serving(tmp_path, root, sample_memory=1_200_000) as live:  # three of them
        for started, n in enumerate((0, 1, 2, 0, 3), start=1):
            live.play(None, s="noise", n=float(n), sustain=0.01)
            await live.until(lambda status, started=started: status["started"] == started)
            await asyncio.sleep(0.1)
        library = live.studio.library
        inside = [n for n in range(4) if (entry := library.find("noise", n)) and library.loaded(entry)]
        assert inside == [0, 2, 3]


async def test_numbers_change_hands_under_a_live_engine_and_the_log_gives_every_bit_again(
    tmp_path: Path, root: Path, write: Write
) -> None:
    """Events early, late and without a time, cut groups, panics, nodes with numbers right and wrong; any budget renders it the same."""
    noises(write, 60, 48_000, "wav")
    rng = np.random.default_rng(4)
    async with serving(tmp_path, root, sample_memory=8_000_000) as live:
        buffers = live.studio.engine.buffers
        while len(buffers._free) > 40:
            buffers._free.pop()
        for k in range(400):
            keys: dict[str, str | float] = {
                "s": "noise",
                "n": float(rng.integers(60)),
                "speed": float(rng.uniform(-3, 3)),
            }
            keys |= {
                "sustain": float(rng.uniform(0.01, 0.2)),
                "orbit": int(rng.integers(12)),
                "cut": int(rng.integers(-1, 2)),
            }
            live.play(None if k % 5 == 0 else float(rng.uniform(-0.05, 0.2)), **keys)
            if k % 20 == 0:
                live.send(encode_message("/node/new", "sampler", k, "buffer", float(rng.integers(1, 60)), "amp", 0.05))
            if k % 20 == 8:
                live.send(encode_message("/node/set", k - 8, "buffer", float(rng.integers(1, 60))))
            if k % 20 == 16:
                live.send(encode_message("/node/free", k - 16))
            if k == 200:
                live.send(encode_message("/panic"))
            await asyncio.sleep(0.008)
        await asyncio.sleep(0.3)
        status = live.status()
        assert status["samples_evicted"] > 100 and status["started"] > 300
    for megabytes in (8, 1000):
        again = render_file(live.session, None, Options(sample_memory=megabytes * 1_000_000))
        assert again.audio is not None and np.array_equal(again.audio, live.sound())


async def test_a_number_that_a_client_made_up_is_silent_and_stops_nothing(
    tmp_path: Path, root: Path, write: Write
) -> None:
    """The log can name no sample for it."""
    write("mine/a.wav", np.full(4_800, 0.5, np.float32), subtype="FLOAT")
    async with serving(tmp_path, root) as live:
        live.send(encode_message("/node/new", "sampler", 1, "buffer", 77.0))
        live.send(encode_message("/node/set", 1, "buffer", 78.0))
        live.send(encode_message("/node/new", "sampler", 2, "buffer", 1e6))
        live.play(0.2, s="mine")
        await live.until(lambda status: status["started"] == 3)
        (number,) = live.studio.engine.buffers._arrays
        live.studio.library.store.replace(live.studio.library.store.sounds()[-1])
        await live.until(lambda _: not live.studio.engine.buffers._arrays)
        live.send(encode_message("/node/new", "sampler", 3, "buffer", float(number)))  # it was one a moment ago
        await live.until(lambda status: status["started"] == 4)
        live.play(0.2, s="mine")
        await live.until(lambda status: status["started"] == 5)
    assert len(live.rows()) == 2 and live.session.read_text().count('"sample":null') == 3
    again = render_file(live.session, None)
    assert again.audio is not None and np.array_equal(again.audio, live.sound())


async def test_nodes_that_change_their_sample_are_in_the_log_too(tmp_path: Path, root: Path, write: Write) -> None:
    for k in range(2):
        write(f"mine/{k}.wav", np.full(4_800, 0.25 * (k + 1), np.float32), subtype="FLOAT")
    async with serving(tmp_path, root) as live:
        for n in range(2):
            live.play(None, s="mine", n=float(n), sustain=0.01)
        await live.until(lambda _: len(live.rows()) == 2)
        first, second = (next(v for name, v in row["controls"] if name == "buffer") for row in live.rows())
        live.send(encode_message("/node/new", "sampler", 1, "buffer", first))
        await asyncio.sleep(0.1)
        live.send(encode_message("/node/set", 1, "buffer", second))
        await asyncio.sleep(0.1)
    assert {round(float(x), 3) for x in np.unique(live.sound()[-9_000:-2_000, 0])} >= {0.035, 0.071}
    again = render_file(live.session, None)
    assert again.audio is not None and np.array_equal(again.audio, live.sound())


def test_memory_of_its_own() -> None:
    frames = pages(3)
    assert frames.shape == (3, 2) and frames.dtype == np.float32 and not frames.any() and frames.flags.writeable
    copy = moved(np.full((5, 2), 0.5, np.float32))
    assert copy.ctypes.data % 4096 == 0 and np.all(copy == 0.5)


def test_large_samples_are_given_back_at_once() -> None:
    def own() -> float:
        return resident(__import__("os").getpid())

    gc.collect()
    before = own()
    kept = [pages(2_000_000) for _ in range(8)]
    for frames in kept:
        frames[:] = 1.0
    between = own()
    del kept[1::2], frames
    after = own()
    assert between > before + 120 and after < between - 60


def test_the_default_is_a_share_of_what_there_is(tmp_path: Path) -> None:
    assert 64 << 20 <= default_budget() <= 4 << 30
    (tmp_path / "cgroup").write_text("0::/a.slice/b.service\n")
    group = tmp_path / "fs" / "a.slice" / "b.service"
    group.mkdir(parents=True)
    machine = available(tmp_path / "fs", tmp_path / "none")
    assert available(tmp_path / "fs", tmp_path / "cgroup") == machine > 1 << 28
    (group / "memory.max").write_text("max\n")
    (group.parent / "memory.max").write_text("100000000\n")
    assert available(tmp_path / "fs", tmp_path / "cgroup") == 100_000_000
