"""Answers for monitors: meters agree with the server's recording, and log lines with its stderr."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phonon_osc.lastlines import KEPT, LastLines
from phonon_osc.osc.wire import Value, decode, encode_message
from phonon_osc.studio import Studio
from tests.live.rig import Server


def meters(server: Server) -> np.ndarray:
    """Level and high of the output, then of each orbit, (13, 2)."""
    address, args = server.ask("/meters")
    assert address == "/meters/reply"
    return np.array(args, np.float64).reshape(13, 2)


def test_meters_are_what_is_recorded(tmp_path: Path) -> None:
    """Drums play in orbits 3 and 11, one after the other. A client that asks five times a second sees the highest samples of the file."""
    wav = tmp_path / "drums.wav"
    server = Server(tmp_path, "--record", str(wav), "--voices", "64", backend="null")
    seen: list[np.ndarray] = []
    try:
        assert not meters(server).any()
        for orbit, sound, gain in ((3, "bd", 0.9), (11, "hh", 0.7)):
            server.send(encode_message("/dirt/play", "s", sound, "orbit", orbit, "gain", gain))
            for _ in range(6):
                time.sleep(0.2)
                seen.append(meters(server))
        until = time.monotonic() + 8.0
        while meters(server).max() > 1e-4:  # meters fall in silence
            assert time.monotonic() < until
            time.sleep(0.2)
    finally:
        assert server.stop() == 0, server.log_text()
    sound, _ = soundfile.read(wav, dtype="float32", always_2d=True)
    onset = int(np.flatnonzero(np.abs(sound).max(axis=1))[0])
    first, second = np.abs(sound[: onset + 40_000]).max(), np.abs(sound[onset + 48_000 :]).max()
    high = np.max(seen, axis=0)[:, 1]
    assert high[1 + 3] == pytest.approx(first, rel=1e-6) and first > 0.05
    assert high[1 + 11] == pytest.approx(second, rel=1e-6) and second > 0.01
    assert high[0] == pytest.approx(max(first, second), rel=1e-6)
    assert np.count_nonzero(high) == 3
    level = np.max(seen, axis=0)[:, 0]
    assert (level <= high).all() and np.count_nonzero(level) == 3


@pytest.mark.parametrize("rate", [22_050.0, 96_000.0])
def test_a_peak_stays_for_half_a_second_at_every_rate(rate: float) -> None:
    """After a click, its peak is in the answers of the next 0.5 s, and no longer after 1.1 s."""
    studio, answers = Studio(rate=rate, voices=16), list[tuple[float, ...]]()

    def tell(*message: Value) -> None:
        address, *args = message
        data = encode_message(str(address), *args)
        studio.router.datagram(
            data, ("127.0.0.1", 9), 0.0, lambda reply, to: answers.append(decode(reply).messages[0].args)
        )

    def play(seconds: float) -> np.ndarray:
        out = np.zeros((round(seconds * rate), 2), np.float32)
        studio.engine.render(out)
        studio.poll()
        return out

    try:
        for lead in (0.0, 0.13, 0.27, 0.41):  # at several places in a window
            play(lead)
            tell("/node/new", "sine", 7, "freq", 1000, "orbit", 2)
            play(0.02)
            tell("/node/free", 7, 0.001)
            heard = np.abs(play(0.02)).max()
            assert heard > 0.05
            levels = []
            for _ in range(9):
                play(0.05)
                tell("/meters")
                assert answers[-1][2 * 3 + 1] >= heard
                levels.append(answers[-1][2 * 3])
            assert levels[6] / levels[0] == pytest.approx(10**-0.5, rel=0.05)  # 10 dB in 0.3 s
            play(0.6)
            tell("/meters")
            assert answers[-1][2 * 3 + 1] < 1e-6
    finally:
        studio.close()


def test_the_log_is_asked_for(tmp_path: Path) -> None:
    server = Server(tmp_path, "--voices", "64", backend="null")
    try:
        first, began = server.status(), time.monotonic()
        before = first["warnings"]
        assert isinstance(before, int) and first["xruns"] == 0 and isinstance(first["overruns"], int)
        for name in ("whale", "wha\x1b[2Jle"):
            server.send(encode_message("/dirt/play", "s", name))
        server.ask("/sync")
        assert server.status()["warnings"] == before + 2
        address, (last, *rest) = server.ask("/status/log", before)
        assert address == "/status/log/reply" and last == before + 2
        lines = [tuple(rest[k : k + 4]) for k in range(0, len(rest), 4)]
        assert [line[0] for line in lines] == [before + 1, before + 2]
        _, at, level, text = lines[0]
        assert level == "warning" and "no sound named whale" in str(text) and f"warning: {text}\n" in server.log_text()
        assert isinstance(at, int) and abs(at - time.time()) < 10
        assert "wha\\x1b[2Jle" in str(lines[1][3])
        assert server.ask("/status/log", last) == ("/status/log/reply", (last,))
        assert server.ask("/status/log")[1][0] == last
        assert server.ask("/status/log", "x")[0] == "/fail"
        time.sleep(0.3)
        passed = float(str(server.status()["uptime"])) - float(str(first["uptime"]))
        assert 0.2 < passed == pytest.approx(time.monotonic() - began, abs=1.0)
    finally:
        assert server.stop() == 0, server.log_text()


def test_few_lines_are_kept_each_of_them_short() -> None:
    lines, log = LastLines(), logging.getLogger("test_few_lines")
    log.addHandler(lines)
    log.propagate = False

    def complain() -> None:
        for _ in range(100):
            log.warning("%s", "x" * 1000)

    threads = [threading.Thread(target=complain) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert len(lines.since()) <= KEPT
    log.info("not kept")
    kept = lines.since()
    assert lines.count == 400 and [line.number for line in kept] == list(range(401 - KEPT, 401))
    assert all(len(line.text) == 303 for line in kept)
    assert lines.since(399) == kept[-1:]
