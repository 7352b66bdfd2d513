"""Fixtures: one server on the null backend per module, and the command line as a process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.live.rig import ROOT, Server

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("server"), backend="null")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def run() -> Run:
    """Run ``phonon-osc`` with these arguments until it ends."""

    def run_it(*words: object, timeout: float = 100.0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "phonon_osc", *map(str, words)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False)

    return run_it


@pytest.fixture(scope="session")
def captures() -> Path:
    return ROOT / "tests" / "data" / "captures"
