"""The benchmarks measure what they say: the JSON others read, levels as theory and scsynth have them. No timing."""

from __future__ import annotations

import functools
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
VOICES, SHORT, LONG = 24, 0.5, 5.0  # in half a second so few voices beat: engines whose saws start elsewhere differ
COUNTS = {**dict.fromkeys(workloads.WORKLOADS, VOICES), "W5": 12, "W6": 2000}
FORMS = [(name, variant) for name, workload in workloads.WORKLOADS.items() for variant in workload.variants]

pytestmark = pytest.mark.timeout(300)  # in a clean clone the kernels are compiled first


def run(program: str, *words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "bench" / program), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=280, **options)


def render(workload: str, variant: str, voices: int, seconds: float) -> dict[str, Any]:
    done = run("voices.py", workload, "--variant", variant, "--voices", voices, "--seconds", seconds)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def saw_power(c: workloads.Controls, t: np.ndarray) -> float:
    """A saw's partials through \\|H\\| of two poles with Q 4, as the LFO moves."""
    k = np.arange(1, int(workloads.RATE / 2 / c["freq"]) + 1)[:, None]
    x = k * c["freq"] / (c["cutoff"] * (1.0 + 0.6 * np.sin(2 * math.pi * c["lfo"] * t)))
    partials = 0.5 * (2 / (math.pi * k)) ** 2 / ((1 - x**2) ** 2 + (x / 4) ** 2)
    return float(np.mean(np.sum(partials, axis=0)))


def fm_sound(c: workloads.Controls, frames: int) -> np.ndarray:
    """Frame by frame: with the modulator at the carrier's own frequency there is an offset, the same in every voice."""
    t = np.arange(frames) / workloads.RATE
    freq = c["freq"] + c["deviation"] * np.sin(2 * math.pi * c["modulator"] * t)
    found: np.ndarray = np.sin(2 * math.pi * np.cumsum(freq) / workloads.RATE)
    return found[:, None]


def sample_sound(c: workloads.Controls, frames: int) -> np.ndarray:
    """Frame by frame, the nearest of the sample's: voices of nearly the same speed beat for longer than a test takes."""
    place = np.round(c["rate"] * np.arange(frames)).astype(int) % workloads.SAMPLE_FRAMES
    return _sample()[place]


_sample = functools.cache(workloads.sample)


def expected(workload: str, seconds: float) -> tuple[float, float]:
    """RMS left and right."""
    t = np.linspace(min(workloads.SETTLED, seconds / 2), seconds, 400)
    sound, power = np.zeros((int(seconds * workloads.RATE), 2)), np.zeros(2)
    for c in workloads.voices(workload, COUNTS[workload]):
        angle = (c["pan"] + 1) * math.pi / 4
        sides = c["amp"] * np.array([math.cos(angle), math.sin(angle)])
        if workload in ("W3", "W4"):
            make = fm_sound if workload == "W3" else sample_sound
            sound += 0.7 * sides * make(c, len(sound))
        else:
            power += sides**2 * (0.5 if workload == "W1" else 0.49 * saw_power(c, t))
    left, right = np.sqrt(power) if power.any() else workloads.levels(sound)
    return float(left), float(right)


def decibels(a: float, b: float) -> float:
    return abs(20 * math.log10(a / b))


def test_voices_prints_what_others_read() -> None:
    found = render("W2", "kr", VOICES, SHORT)
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


@pytest.mark.parametrize(("workload", "variant"), FORMS)
def test_level_is_that_of_theory_and_of_scsynth(workload: str, variant: str) -> None:
    count = COUNTS[workload]
    found = render(workload, variant, count, LONG)
    ours = (found["rms_l"], found["rms_r"])
    if workload not in ("W5", "W6"):
        for rms, theory in zip(ours, expected(workload, LONG), strict=True):
            assert decibels(rms, theory) < 0.25
    if scsynth.find() is None:
        pytest.skip(peers.MISSING)
    cpu, sound = scsynth.render(workload, count, found["seconds"], variant=variant)
    assert cpu > 0 and len(sound) >= found["seconds"] * workloads.RATE
    for rms, theirs in zip(ours, workloads.levels(sound), strict=True):
        assert decibels(rms, theirs) < 0.5


def test_churn_tells_what_a_note_costs() -> None:
    found = render("W6", "self", 1000, SHORT)
    assert list(found) == [*KEYS, "us_per_note", "queue_us_per_note"]
    assert found["seconds"] == 0.5
    assert found["us_per_note"] > found["queue_us_per_note"] > 0
    assert found["us_per_note"] == pytest.approx(37.5 * found["us_per_voice_block64"], rel=0.01)


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
