"""The benchmarks measure what they claim: their JSON is complete, and their levels agree with theory and scsynth. No timing."""

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

from bench import latency, machine, peers, scsynth, workloads

ROOT = Path(__file__).resolve().parents[1]
KEYS = [
    *("workload", "variant", "voices", "seconds", "block", "cpu_s", "us_per_voice_block64", "voices_per_core"),
    *("rms_l", "rms_r", "peak"),
]
VOICES, SHORT, LONG = (
    24,
    0.5,
    5.0,
)  # few voices beat within half a second: saws with other start phases give other levels
COUNTS = {**dict.fromkeys(workloads.WORKLOADS, VOICES), "W5": 12, "W6": 2000}
FORMS = [(name, variant) for name, workload in workloads.WORKLOADS.items() for variant in workload.variants]

pytestmark = pytest.mark.timeout(300)  # a clean clone compiles the kernels first


def run(program: str, *words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "bench" / program), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=280, **options)


def render(workload: str, variant: str, voices: int, seconds: float) -> dict[str, Any]:
    done = run("voices.py", workload, "--variant", variant, "--voices", voices, "--seconds", seconds)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def saw_power(c: workloads.Controls, t: np.ndarray) -> float:
    """The partials of a saw through \\|H\\| of two poles with Q 4, while the LFO moves."""
    k = np.arange(1, int(workloads.RATE / 2 / c["freq"]) + 1)[:, None]
    x = k * c["freq"] / (c["cutoff"] * (1.0 + 0.6 * np.sin(2 * math.pi * c["lfo"] * t)))
    partials = 0.5 * (2 / (math.pi * k)) ** 2 / ((1 - x**2) ** 2 + (x / 4) ** 2)
    return float(np.mean(np.sum(partials, axis=0)))


def fm_sound(c: workloads.Controls, frames: int) -> np.ndarray:
    """Computed frame by frame. A modulator at the carrier's frequency gives an offset, which is the same in every voice."""
    t = np.arange(frames) / workloads.RATE
    freq = c["freq"] + c["deviation"] * np.sin(2 * math.pi * c["modulator"] * t)
    found: np.ndarray = np.sin(2 * math.pi * np.cumsum(freq) / workloads.RATE)
    return found[:, None]


def sample_sound(c: workloads.Controls, frames: int) -> np.ndarray:
    """Computed frame by frame from the nearest frame of the sample. Voices of nearly the same speed beat for longer than a test takes."""
    place = np.round(c["rate"] * np.arange(frames)).astype(int) % workloads.SAMPLE_FRAMES
    found: np.ndarray = _sample()[place]
    return found


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
    values = [found[key] for key in KEYS[:5]]
    assert values == ["W2", "kr", VOICES, SHORT, 64]
    assert found["cpu_s"] > 0
    each, per_core = found["us_per_voice_block64"], found["voices_per_core"]
    if per_core:
        assert each == pytest.approx(64e6 / workloads.RATE / per_core, rel=0.01, abs=1e-5)
    else:  # the cost of such a short render can be smaller than the noise
        assert each <= 0
    left, right = expected("W2", SHORT)
    assert decibels(found["rms_l"], left) < 0.5 and decibels(found["rms_r"], right) < 0.5
    assert max(found["rms_l"], found["rms_r"]) < found["peak"] <= 1.0


@functools.cache
def long_render(workload: str, variant: str) -> dict[str, Any]:
    return render(workload, variant, COUNTS[workload], LONG)


@pytest.mark.parametrize(("workload", "variant"), [form for form in FORMS if form[0] not in ("W5", "W6")])
def test_level_is_that_of_theory(workload: str, variant: str) -> None:
    found = long_render(workload, variant)
    for rms, theory in zip((found["rms_l"], found["rms_r"]), expected(workload, LONG), strict=True):
        assert decibels(rms, theory) < 0.25


@pytest.mark.needs("scsynth")
@pytest.mark.parametrize(("workload", "variant"), FORMS)
def test_level_is_that_of_scsynth(workload: str, variant: str) -> None:
    found = long_render(workload, variant)
    cpu, sound = scsynth.render(workload, COUNTS[workload], found["seconds"], variant=variant)
    assert cpu > 0 and len(sound) >= found["seconds"] * workloads.RATE
    for rms, theirs in zip((found["rms_l"], found["rms_r"]), workloads.levels(sound), strict=True):
        assert decibels(rms, theirs) < 0.5


def test_churn_tells_what_a_note_costs() -> None:
    found = render("W6", "self", 1000, SHORT)
    assert list(found) == [*KEYS, "us_per_note", "queue_us_per_note"]
    assert found["seconds"] == 0.5
    assert found["us_per_note"] > found["queue_us_per_note"] > 0
    assert found["us_per_note"] == pytest.approx(37.5 * found["us_per_voice_block64"], rel=0.01)


TINY = {
    "start": ["--times", 1, "--backends", "null"],
    "idle": ["--seconds", 0.3, "--rounds", 1, "--warm", 0, "--backends", "null"],
    "latency": ["--plays", 10, "--periods", 256, "--backends", "null"],
    "sessions": [
        "--sessions",
        "tidal-chords",
        "supersaw-50",
        "--seconds",
        2,
        "--warm",
        0,
        "--idle",
        0.2,
        "--periods",
        256,
    ],
    "events": [
        "--recordings",
        "tidal-drums",
        "strudel-chords",
        "--events",
        200,
        "--seconds",
        0.4,
        "--rate",
        50,
        "--trials",
        1,
    ],
}


@pytest.fixture(scope="module")
def last_lines() -> dict[str, dict[str, Any]]:
    """The last line of each program with a tiny setting. They run at the same time, because they mostly wait."""
    started = {}
    for program, options in TINY.items():
        command = [sys.executable, str(ROOT / "bench" / f"{program}.py"), *map(str, options)]
        started[program] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    found = {}
    for program, process in started.items():
        out, errors = process.communicate(timeout=280)
        assert process.returncode == 0 or (program == "idle" and process.returncode == 1), (
            errors
        )  # 1: other programs are busy
        found[program] = json.loads(out.splitlines()[-1])
    return found


def test_start_tells_times_and_memory(last_lines: dict[str, dict[str, Any]]) -> None:
    found = last_lines["start"]["null"]
    assert list(found) == ["answer", "ready", "sound", "rss", "own", "pss"]
    assert 0 < found["answer"] <= found["ready"] <= found["sound"]


def test_idle_tells_server_and_empty_client(last_lines: dict[str, dict[str, Any]]) -> None:
    found = last_lines["idle"]["null"]
    assert list(found) == ["server", "empty", "difference", "cycles_per_second"]
    assert found["difference"] == pytest.approx(found["server"] - found["empty"], abs=0.01)


def test_latency_hears_every_note(last_lines: dict[str, dict[str, Any]]) -> None:
    found = last_lines["latency"]["null 256"]
    assert list(found) == ["median_ms", "p99_ms", "worst_ms", "least_ms", "unheard"]
    assert found["unheard"] == 0
    assert 0 < found["least_ms"] <= found["median_ms"] <= found["p99_ms"] <= found["worst_ms"]


def test_sessions_are_played_and_cost_something(last_lines: dict[str, dict[str, Any]]) -> None:
    found = last_lines["sessions"]["256"]
    assert list(found) == ["idle", "tidal-chords", "supersaw-50"]
    for name in ("tidal-chords", "supersaw-50"):
        each = found[name]
        assert list(each) == ["percent", "loop", "audio", "seconds", "datagrams", "played", "missed"]
        assert each["percent"] == pytest.approx(each["loop"] + each["audio"], abs=0.02)
        assert each["played"] > 0
    assert found["supersaw-50"]["played"] == 100


def test_events_tells_what_one_costs(last_lines: dict[str, dict[str, Any]]) -> None:
    found = last_lines["events"]
    assert list(found) == ["others_percent", "us_per_event", "sustained"]
    assert list(found["us_per_event"]) == ["tidal-drums", "strudel-chords"]
    assert all(1.0 < us < 10000.0 for us in found["us_per_event"].values())
    assert found["sustained"]["per_second"] in (0, 50)  # 0: the machine is too busy


def test_latency_counts_from_each_note_to_the_next_onset() -> None:
    onsets = np.array([1_500_000, 4_000_000, 9_000_000])
    found = latency.latencies([1_000_000, 2_000_000, 5_000_000, 8_000_000], onsets)
    assert found[[0, 1, 3]].tolist() == [0.5, 2.0, 1.0]
    assert math.isnan(found[2])  # the next onset belongs to the next note


@pytest.mark.needs("scsynth")
def test_peers_sets_both_side_by_side() -> None:
    done = run("peers.py", "W4", "--variant", "linear", "--voices", 50, "--seconds", 1, "--rounds", 1)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    both = ("us_per_voice_block64", "voices_per_core", "rms_l", "rms_r")
    assert tuple(found["ours"]) == tuple(found["scsynth"]) == both
    assert found["variant"] == "linear" and len(found["ratios"]) == 1 and found["decibels_apart"] < 0.5
    assert "| W4 linear |" in peers.table({"W4 linear": found})


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
