"""Fault scenarios of a server that stays up, by their numbers. Each runs the real server in a process of its own."""

from __future__ import annotations

import signal
import socket
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from phonon_osc.osc.wire import encode_bundle, encode_message, unix_to_ntp
from tests.live.rig import Server

TONE = encode_message("/node/new", "sine", "tone", "freq", 440, "amp", 0.1)


def play(lead: float, **event: object) -> bytes:
    pairs = [part for pair in event.items() for part in pair]
    return encode_bundle(unix_to_ntp(time.time() + lead), [encode_message("/dirt/play", *pairs)])


def until(server: Server, name: str, value: object, patience: float = 5.0) -> dict[str, object]:
    end = time.monotonic() + patience
    while True:
        status = server.status()
        if status[name] == value:
            return status
        assert time.monotonic() < end, (name, status[name], server.log_text()[-2000:])
        time.sleep(0.05)


def fill(server: Server) -> None:
    """Events 30 s ahead, until the engine takes no more of them."""
    end = time.monotonic() + 30.0
    while server.status()["osc_queue_full"] == 0:
        for _ in range(20):
            at = unix_to_ntp(time.time() + 30.0)
            messages = [encode_message("/dirt/play", "s", "supersaw", "sustain", 0.1, "n", k) for k in range(100)]
            server.send(encode_bundle(at, messages))
        assert time.monotonic() < end


@pytest.mark.parametrize("ending", ["/panic", "superpanic", "/node/free", "SIGTERM"])
def test_16_what_ends_sound_works_although_the_queue_is_full(tmp_path: Path, ending: str) -> None:
    record = tmp_path / "take.wav"
    server = Server(tmp_path, "--voices", "64", "--record", str(record), backend="null")
    try:
        server.send(TONE)
        until(server, "nodes", 1)
        fill(server)
        if ending == "superpanic":
            server.send(encode_message("/dirt/play", "s", "superpanic"))
        elif ending == "/node/free":
            assert server.ask("/node/free", "tone")[0] == "/done"
        elif ending == "/panic":
            assert server.ask("/panic")[0] == "/done"
        if ending not in ("SIGTERM", "/node/free"):  # a freed node ends once there is a place for its order
            until(server, "nodes", 0)
            until(server, "voices", 0)
            assert server.ask("/node/new", "sine", "after", "amp", 0.1)[0] == "/done"
    finally:
        began = time.monotonic()
        code = server.stop()
    assert code == 0 and time.monotonic() - began < 1.0 + 1.5  # a busy machine ends processes slowly
    if ending != "/node/free":
        sound, _ = sf.read(record)
        assert np.abs(sound[-64:]).max() < 0.01


def test_16_one_refusal_a_second_is_answered(tmp_path: Path) -> None:
    server = Server(tmp_path, "--voices", "64", backend="null")
    try:
        fill(server)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.settimeout(0.5)
            messages = [encode_message("/dirt/play", "s", "supersaw", "sustain", 0.1, "n", k) for k in range(200)]
            for _ in range(5):
                sock.sendto(encode_bundle(unix_to_ntp(time.time() + 30.0), messages), ("127.0.0.1", server.port))
            heard = 0
            try:
                while True:
                    sock.recv(65536)
                    heard += 1
            except TimeoutError:
                pass
        assert 1 <= heard <= 2
    finally:
        server.process.kill()
        server.process.wait()


def test_29_sighup_reads_the_folders_again_and_the_sound_goes_on(tmp_path: Path) -> None:
    root = tmp_path / "samples"
    (root / "early").mkdir(parents=True)
    sf.write(root / "early" / "0.wav", 0.5 * np.ones(4800), 48000)
    server = Server(tmp_path, "--voices", "64", "--samples", str(root), backend="null")
    try:
        server.send(TONE)
        before = until(server, "nodes", 1)["sample_files"]
        (root / "later").mkdir()
        sf.write(root / "later" / "0.wav", 0.5 * np.ones(4800), 48000)
        server.process.send_signal(signal.SIGHUP)
        until(server, "sample_files", int(str(before)) + 1, 3.0)
        assert server.process.poll() is None and server.status()["nodes"] == 1
    finally:
        assert server.stop() == 0


def test_29_after_a_suspension_nothing_bursts(tmp_path: Path) -> None:
    server = Server(tmp_path, "--voices", "64", backend="null")
    try:
        server.send(play(0.1, s="bd"))
        until(server, "played", 1)
        server.process.send_signal(signal.SIGSTOP)
        for _ in range(60):
            server.send(play(0.1, s="bd"))
            time.sleep(0.05)
        server.process.send_signal(signal.SIGCONT)
        time.sleep(1.0)
        status = server.status()
        dropped, played = int(str(status["osc_too_late"])), int(str(status["played"]))
        assert dropped >= 40 and played <= 21 and dropped + played == 61
        server.send(play(0.1, s="bd"))
        until(server, "played", played + 1)
    finally:
        assert server.stop() == 0
