"""The benchmarks measure what they say: the JSON others read, levels as theory and scsynth have them. No timing."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench import machine, peers, scsynth, workloads

ROOT = Path(__file__).resolve().parents[1]
KEYS = [
    *("workload", "variant", "voices", "seconds", "block", "cpu_s", "us_per_voice_block64", "voices_per_core"),
    *("rms_l", "rms_r", "peak"),
]
VOICES, SHORT, LONG = (
    24,
    0.5,
    4.0,
)  # in half a second so few voices beat: engines whose saws start elsewhere differ by 0.5 dB

pytestmark = pytest.mark.timeout(300)  # in a clean clone the kernels are compiled first


def run(program: str, *words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "bench" / program), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=280, **options)


def render(workload: str, seconds: float) -> dict[str, Any]:
    done = run("voices.py", workload, "--voices", VOICES, "--seconds", seconds)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def expected(workload: str, seconds: float) -> tuple[float, float]:
    """RMS left and right, adding the power of partials: a saw's through |H| of two poles with Q 4, as the LFO moves."""
    power = np.zeros(2)
    t = np.linspace(min(workloads.SETTLED, seconds / 2), seconds, 400)
    for c in workloads.voices(workload, VOICES):
        if workload == "W1":
            own = 0.5
        else:
            k = np.arange(1, int(workloads.RATE / 2 / c["freq"]) + 1)[:, None]
            x = k * c["freq"] / (c["cutoff"] * (1.0 + 0.6 * np.sin(2 * math.pi * c["lfo"] * t)))
            partials = 0.5 * (0.7 * 2 / (math.pi * k)) ** 2 / ((1 - x**2) ** 2 + (x / 4) ** 2)
            own = float(np.mean(np.sum(partials, axis=0)))
        angle = (c["pan"] + 1) * math.pi / 4
        power += own * c["amp"] ** 2 * np.array([math.cos(angle) ** 2, math.sin(angle) ** 2])
    left, right = np.sqrt(power)
    return float(left), float(right)


def decibels(a: float, b: float) -> float:
    return abs(20 * math.log10(a / b))


def test_voices_prints_what_others_read() -> None:
    found = render("W2", SHORT)
    assert list(found) == KEYS
    told = [found[key] for key in KEYS[:5]]
    assert told == ["W2", "kr", VOICES, SHORT, 64]
    assert found["cpu_s"] > 0
    each, per_core = found["us_per_voice_block64"], found["voices_per_core"]
    if per_core:
        assert each == pytest.approx(64e6 / workloads.RATE / per_core, rel=0.01, abs=1e-5)
    else:  # so short a render can cost less than the noise
        assert each <= 0
    left, right = expected("W2", SHORT)
    assert decibels(found["rms_l"], left) < 0.5 and decibels(found["rms_r"], right) < 0.5
    assert max(found["rms_l"], found["rms_r"]) < found["peak"] <= 1.0


@pytest.mark.parametrize("workload", sorted(workloads.PARAMETERS))
def test_level_is_that_of_theory_and_of_scsynth(workload: str) -> None:
    found = render(workload, LONG)
    ours = (found["rms_l"], found["rms_r"])
    for rms, theory in zip(ours, expected(workload, LONG), strict=True):
        assert decibels(rms, theory) < 0.25
    if scsynth.find() is None:
        pytest.skip(peers.MISSING)
    cpu, sound = scsynth.render(workload, VOICES, LONG)
    assert cpu > 0 and len(sound) >= LONG * workloads.RATE
    for rms, theirs in zip(ours, workloads.levels(sound), strict=True):
        assert decibels(rms, theirs) < 0.25


def test_without_scsynth_peers_says_what_to_install() -> None:
    done = run("peers.py", "W2", env={"PATH": "/nonexistent"})
    assert done.returncode == 69
    assert "apt install supercollider-server" in done.stderr


def test_cpu_and_memory_are_those_of_the_process() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "print(flush=True)\nwhile True: pass"], stdout=subprocess.PIPE
    ) as busy:
        try:
            assert busy.stdout is not None
            busy.stdout.readline()
            first = sum(machine.cpu_of_threads(busy.pid).values())
            while sum(machine.cpu_of_threads(busy.pid).values()) < first + 0.05:
                assert busy.poll() is None
            found = machine.memory(busy.pid)
        finally:
            busy.kill()
    assert 1.0 < found["own"] <= found["rss"] < 1000.0
    assert 0.0 < found["pss"] <= found["rss"]
