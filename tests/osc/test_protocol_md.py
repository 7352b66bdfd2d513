"""protocol.md says what the code does: it is the text the declarations give, and its examples work."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from phonon_osc.osc.counters import SoundCounters
from phonon_osc.osc.protocol import text
from tests.live.rig import ROOT, Server, free_port
from tests.smoke.test_two_sines import wait_for_listener


def test_the_file_is_fresh() -> None:
    assert (ROOT / "protocol.md").read_text() == text(), "run `make protocol`"


@pytest.mark.skipif(shutil.which("oscsend") is None, reason="oscsend (liblo-tools) is not installed")
def test_every_example_is_understood(tmp_path: Path) -> None:
    """Each example as printed, through oscsend, with ``reply PORT`` added: none answers /fail."""
    examples = re.findall(r"^    oscsend localhost 57120 (.+)$", text(), re.MULTILINE)
    assert len(examples) >= 8
    server, reply = Server(tmp_path, backend="null"), free_port()
    dump = subprocess.Popen(["stdbuf", "-oL", "oscdump", str(reply)], stdout=subprocess.PIPE, text=True)
    try:
        wait_for_listener(reply)
        server.ask("/node/new", "sine", 2)  # the second node that the patch example speaks of
        for example in examples:
            address, *rest = shlex.split(example)
            tags, values = (rest[0], rest[1:]) if rest else ("", [])
            command = ["oscsend", "localhost", str(server.port), address, tags + "si", *values, "reply", str(reply)]
            subprocess.run(command, check=True)
            server.ask("/sync")
            if address == "/panic":  # the next examples speak of nodes
                for node in (2,):
                    for _ in range(100):
                        if int(server.status()["nodes"]) == 0:  # type: ignore[call-overload]
                            break
                    server.ask("/node/new", "sine", node)
        server.ask("/sync")
    finally:
        server.stop()
        dump.terminate()
    answers = dump.stdout.read() if dump.stdout else ""
    assert "/fail" not in answers, answers
    assert len(answers.splitlines()) >= len(examples), answers


def test_every_reason_not_to_sound_is_explained() -> None:
    for name in SoundCounters().as_dict():
        assert f"| `{name}` |" in text()
