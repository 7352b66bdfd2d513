"""Kinds and definitions of a user: a file in a folder is enough."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.live.rig import ROOT, Server

KIND = '''
"""A kind of the user's own."""

from dsp.kind import Param, kind


@kind(ins=("x",), reference="y = x + c", offset=Param(0.25, -1.0, 1.0, doc="What is added."))
def shift_up(x, offset, y, n, env):
    """Adds a constant."""
    for i in range(n):
        y[i] = x[i] + offset[i]
'''


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("kinds", "defs"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"PHONON_OSC_{name.upper()}", str(tmp_path / name))
    return tmp_path


def test_a_kind_is_one_file(folders: Path) -> None:
    """The kind is listed, described, compiled and played. A faulty file next to it is skipped and named."""
    (folders / "kinds" / "shift.py").write_text(KIND)
    (folders / "kinds" / "wrong.py").write_text("from dsp.kind import nothing_like_it\n")
    command = [sys.executable, "-m", "phonon_osc", "kinds", "shift_up", "--json"]
    description = json.loads(
        subprocess.run(command, cwd=ROOT, env={**os.environ}, capture_output=True, text=True, check=True).stdout
    )
    assert description["family"] == "user" and description["params"]["offset"]["default"] == 0.25
    server = Server(folders, backend="null")
    try:
        assert "shift_up" in server.ask("/kinds")[1]
        assert server.ask("/node/new", "shift_up", 1, "amp", 1.0, "pan", -1.0)[0] == "/done"
        time.sleep(0.3)
        assert float(server.status()["peak"]) == pytest.approx(0.25, abs=0.01)  # type: ignore[arg-type]
        assert "wrong.py" in server.log_text()
    finally:
        server.stop()


def test_a_definition_is_one_file_read_again_when_it_changes(folders: Path) -> None:
    file = folders / "defs" / "hum.def"
    file.write_text("# two lines\nlvl: 0.125\nout lvl\n")
    (folders / "defs" / "bad.def").write_text("out nowhere")
    server = Server(folders, backend="null")
    try:
        assert server.ask("/def/get", "hum")[0] == "/def/get/reply"
        assert "bad.def" in server.log_text() and "nowhere" in server.log_text()
        server.ask("/node/new", "hum", 1)
        time.sleep(0.2)
        assert float(server.status()["peak"]) == pytest.approx(0.125, abs=0.01)  # type: ignore[arg-type]
        file.write_text("lvl: 0.5\nout lvl\n")
        for _ in range(60):
            if "0.5" in str(server.ask("/def/get", "hum")[1][1]):
                break
            time.sleep(0.05)
        server.ask("/node/new", "hum", 2)
        time.sleep(0.2)
        assert float(server.status()["peak"]) == pytest.approx(0.625, abs=0.01)  # type: ignore[arg-type]
        file.unlink()
        for _ in range(60):
            if server.ask("/def/get", "hum")[0] == "/fail":
                return
            time.sleep(0.05)
        raise AssertionError("a definition outlived its file")
    finally:
        server.stop()
