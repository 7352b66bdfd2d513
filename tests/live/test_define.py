"""An instrument that is defined while a score plays sounds at once, and does not change the sound of the score."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from phonon_osc.engine.voice import Voice
from phonon_osc.osc.wire import Message, encode_message
from phonon_osc.studio import Studio

from .rig import Server

TEXT = "freq: 440; i: 2; m = sine (freq * 1.5); s = sine freq (m * i * 0.159); out s * 0.2"
VOICES = 200


@pytest.mark.needs("oscsend")
def test_a_definition_from_the_shell_sounds_within_50_ms(tmp_path: Path) -> None:
    """Time from the arrival of /def/new to the first frame of its node while 200 voices play. No cycle takes longer than it lasts."""
    server = Server(tmp_path, backend="null")
    try:
        for k in range(VOICES):
            server.send(encode_message("/node/new", "lowpass", f"n{k}", "amp", 0.001, "x", 0.1))
        server.ask("/sync")
        time.sleep(0.3)
        before = server.status()
        assert before["nodes"] == VOICES
        for k in range(5):  # the machine may be busy at the first
            subprocess.run(["oscsend", "localhost", str(server.port), "/def/new", "ss", f"bell{k}", TEXT], check=True)
            server.ask("/node/new", f"bell{k}", f"bell{k}")
        server.ask("/sync")
        time.sleep(0.1)
        after = server.status()
    finally:
        server.stop()
    rows = [json.loads(line) for line in server.session.read_text().splitlines()]
    defined = {row["definition"]: row["frame"] for row in rows if row.get("do") == "define"}
    sounds = {row["definition"]: row["frame"] for row in rows if row.get("do") == "new"}
    waits = sorted((sounds[name] - frame) / 48000.0 for name, frame in defined.items())
    assert len(waits) == 5 and waits[2] <= 0.05, waits
    assert after["overruns"] == before["overruns"]


def test_the_score_keeps_its_bits() -> None:
    """Offline: the same voices, with and without a definition that is made, and played to no orbit, while they sound."""

    def render(define: bool) -> np.ndarray:
        studio = Studio(voices=256)
        rng = np.random.default_rng(3)
        for _ in range(VOICES):
            controls = {"freq": float(rng.uniform(100, 2000)), "amp": 0.02}
            studio.engine.play(
                Voice("dirt.supersaw", controls, float(rng.uniform(0.2, 0.6))), int(rng.integers(0, 9600))
            )
        out = np.zeros((24000, 2), np.float32)
        studio.engine.render(out[:9600])
        if define:
            for address, args in (("/def/new", ("bell", TEXT)), ("/node/new", ("bell", 1, "orbit", -1.0))):
                studio.router.message(
                    Message(address, args, 0), ("127.0.0.1", 1), 0.0, lambda data, _: answers.append(data)
                )
        studio.engine.render(out[9600:])
        return out

    answers: list[bytes] = []
    plain, beside = render(False), render(True)
    assert len(answers) == 2 and all(data.startswith(b"/done") for data in answers)
    assert plain.any() and np.array_equal(plain, beside)


def rendered_again(server: Server, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """The recording, and the render of its session log."""
    import soundfile

    command = [sys.executable, "-m", "phonon_osc", "render", str(server.session), str(folder / "again.wav")]
    subprocess.run(command, check=True, capture_output=True)
    live, _ = soundfile.read(folder / "live.wav", dtype="float32")
    again, _ = soundfile.read(folder / "again.wav", dtype="float32")
    return live, again


def test_a_session_in_which_built_in_synths_were_replaced_renders_again(tmp_path: Path) -> None:
    """Synths are replaced by a folder at the start, by messages, and by a part with the name of a built-in part, and then restored."""
    defs = tmp_path / "defs"
    defs.mkdir()
    (defs / "gm_flute.def").write_text("voice (tone 1) * held")
    (defs / "tone.def").write_text("ratio: 1; outlets (sine (pitch * ratio)) * 0.3")
    server = Server(tmp_path, "--record", str(tmp_path / "live.wav"), "--defs", str(defs), backend="null")

    def play(*names: str) -> None:
        for name in names:
            server.send(encode_message("/dirt/play", "s", name, "sustain", 0.1))
            time.sleep(0.12)

    try:
        play("gm_flute", "gm_marimba")
        server.ask("/def/new", "held", "outlets 0.5")
        server.ask("/def/new", "gm_marimba", "voice (saw pitch) * held")
        server.ask("/def/new", "gm_vibraphone", "voice (tone 2) * held")
        play("gm_flute", "gm_marimba", "gm_vibraphone")
        server.ask("/def/free", "gm_marimba")
        server.ask("/def/free", "held")
        server.ask("/def/new", "gm_accordion", "voice (tone 3) * held")
        play("gm_flute", "gm_marimba", "gm_vibraphone", "gm_accordion")
    finally:
        server.stop()
    live, again = rendered_again(server, tmp_path)
    assert live.any() and np.array_equal(live, again)


def test_a_session_with_definitions_renders_again(tmp_path: Path) -> None:
    """The log holds the texts: two versions of one definition and of a part. Each node plays the version of its time."""
    server = Server(tmp_path, "--record", str(tmp_path / "live.wav"), backend="null")
    try:
        server.ask("/def/new", "level", "outlets 0.2")
        for freq in (330, 550):
            server.ask("/def/new", "tone", f"out (sine {freq}) * level")
            server.ask("/node/new", "tone", freq)
            server.ask("/def/new", "level", "outlets 0.1")
            time.sleep(0.2)
        server.ask("/def/free", "level")
        assert server.ask("/def/new", "tone", "out (sine 770) * level")[0] == "/fail"
        server.ask("/node/free", 330)
        time.sleep(0.2)
    finally:
        server.stop()
    live, again = rendered_again(server, tmp_path)
    assert live.any() and np.array_equal(live, again)
