"""protocol.md is up to date with the declarations, and its examples work."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from phonon_osc.counters import SoundCounters
from phonon_osc.osc.native import MESSAGES
from phonon_osc.osc.protocol import text
from tests.live.rig import ROOT, Server, free_port
from tests.smoke.test_two_sines import wait_for_listener


def test_the_file_is_fresh() -> None:
    assert (ROOT / "protocol.md").read_text() == text(), "run `make docs`"


def oscsend(port: int, reply: int, example: str) -> None:
    """Send an example as it is printed, with ``reply PORT`` added."""
    address, *rest = shlex.split(example)
    tags, values = (rest[0], rest[1:]) if rest else ("", [])
    command = ["oscsend", "localhost", str(port), address, tags + "si", *values, "reply", str(reply)]
    subprocess.run(command, check=True)


def clear(server: Server) -> None:
    """End all nodes of the last message's examples."""
    server.ask("/panic")
    for _ in range(200):
        if int(server.status()["nodes"]) == 0:  # type: ignore[call-overload]
            return
    raise AssertionError("nodes do not end after a panic")


@pytest.mark.needs("oscsend")
def test_every_example_is_understood(tmp_path: Path) -> None:
    """The examples of each message run in order, on a server without nodes. Each gets an answer, and none gets /fail."""
    printed = re.findall(r"^    oscsend localhost 57120 (.+)$", text(), re.MULTILINE)
    assert printed == [example for message in MESSAGES for example in message.examples]
    assert all(message.examples or message.address == "/quit" for message in MESSAGES)
    server = Server(tmp_path, "--record-dir", str(tmp_path / "takes"), "--voices", "64", backend="null")
    reply = free_port()
    dump = subprocess.Popen(["stdbuf", "-oL", "oscdump", str(reply)], stdout=subprocess.PIPE, text=True)
    try:
        wait_for_listener(reply)
        for message in MESSAGES:
            made = [
                e.split()[2]
                for e in message.examples
                if e.startswith(("/group/new", "/bus/new", "/buffer/", "/def/new"))
            ]
            for example in message.examples:
                oscsend(server.port, reply, example)
                server.ask("/sync")
            clear(server)
            for name in dict.fromkeys(made):
                for family in ("group", "bus", "buffer", "def"):
                    server.ask(f"/{family}/free", name)
        counts = server.status()
        server.ask("/sync")
    finally:
        server.stop()
        dump.terminate()
    answers = (dump.stdout.read() if dump.stdout else "").splitlines()
    assert not [line for line in answers if "/fail" in line], answers
    assert len(answers) >= len(printed), answers
    assert [counts[key] for key in ("nodes", "groups", "buses", "buffers", "definitions")] == [0] * 5


def test_every_reason_not_to_sound_is_explained() -> None:
    for name in SoundCounters().as_dict():
        assert f"| `{name}` |" in text()
