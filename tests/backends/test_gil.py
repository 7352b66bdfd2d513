"""Nothing that Python does stops the sound: cycles with the interpreter lock fought for, and held."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from typing import Any

import pytest

from tests.live.rig import ROOT, have_jack, jackd

SECONDS = "3"


def held(backend: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.backends.hold_gil", backend, SECONDS]
    result = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=110)
    figures: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return figures


@pytest.mark.parametrize(
    "backend",
    [
        "null",
        pytest.param(
            "jack", marks=[pytest.mark.jack, pytest.mark.skipif(not have_jack(), reason="jackd is not installed")]
        ),
    ],
)
def test_cycles_keep_coming(backend: str, capsys: pytest.CaptureFixture[str]) -> None:
    with jackd(256) if backend == "jack" else contextlib.nullcontext():
        figures = held(backend)
    with capsys.disabled():
        sys.stdout.write(f"\n{json.dumps(figures)}\n")
    for situation in ("spinning", "held"):
        seen = figures[situation]
        assert seen["native"] > 400, "three seconds have 562 cycles"
        assert seen["engine"] >= 0.99 * seen["native"]
    assert figures["python_longest_gap_s"] > 2.0, "the lock was not held: this test would not notice a Python callback"
