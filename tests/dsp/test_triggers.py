"""Logic over time, compared with the same logic in plain Python."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import render

FRAMES = 500
RNG = np.random.default_rng(3)


@pytest.fixture(scope="module")
def clock() -> np.ndarray:
    """Random on and off, different in every lane; half of the lanes start on."""
    turns = np.cumsum(RNG.uniform(size=(FRAMES, LANES)) < 0.1, axis=0) + np.arange(LANES)
    return (turns % 2).astype(np.float32)


def rises(x: np.ndarray) -> np.ndarray:
    return np.diff(x, axis=0, prepend=0.0) > 0


def run(kind: str, inputs: dict[str, np.ndarray], **params: object) -> np.ndarray:
    return render(kind, FRAMES, inputs=inputs, params=params)["y"]


def test_edge_marks_each_rise(clock: np.ndarray) -> None:
    assert np.array_equal(run("edge", {"x": clock}), rises(clock))


def test_edge_has_a_threshold() -> None:
    x = np.sin(np.arange(FRAMES) / 10)[:, None] * np.ones(LANES)
    y = run("edge", {"x": x}, threshold=0.9)[:, 0]
    assert np.array_equal(y, rises((x[:, 0] > 0.9).astype(float)))


def test_toggle_turns_over(clock: np.ndarray) -> None:
    assert np.array_equal(run("toggle", {"x": clock}), np.cumsum(rises(clock), axis=0) % 2)


@pytest.mark.parametrize("modulo", [0, 5])
def test_counter_counts(clock: np.ndarray, modulo: int) -> None:
    count = np.cumsum(rises(clock), axis=0)
    assert np.array_equal(run("counter", {"x": clock}, modulo=modulo), count % modulo if modulo else count)


def test_counter_starts_over_at_a_reset(clock: np.ndarray) -> None:
    reset = np.zeros((FRAMES, LANES))
    reset[250:260] = 1.0
    before = np.cumsum(rises(clock), axis=0)
    want = np.where(np.arange(FRAMES)[:, None] < 250, before, before - before[250])
    assert np.array_equal(run("counter", {"x": clock, "reset": reset}), want)


@pytest.mark.parametrize("divisor", [1, 3, 4])
def test_clock_divider_lets_every_nth_through(clock: np.ndarray, divisor: int) -> None:
    number = np.cumsum(rises(clock), axis=0)
    assert np.array_equal(
        run("clock_divider", {"x": clock}, divisor=divisor), rises(clock) & (number % divisor == 1 % divisor)
    )


def test_clock_divider_begins_again_at_a_reset() -> None:
    x = np.zeros((FRAMES, LANES))
    x[::20] = 1.0
    reset = np.zeros((FRAMES, LANES))
    reset[110] = 1.0
    y = run("clock_divider", {"x": x, "reset": reset}, divisor=4)[:, 0]
    assert np.flatnonzero(y).tolist() == [0, 80, 120, 200, 280, 360, 440]


def test_sample_hold_keeps_what_there_was_at_the_trigger(clock: np.ndarray) -> None:
    x = RNG.uniform(-1, 1, (FRAMES, LANES)).astype(np.float32)
    y = run("sample_hold", {"x": x, "trigger": clock})
    held = np.zeros(LANES, np.float32)
    for k, fired in enumerate(rises(clock)):
        held = np.where(fired, x[k], held)
        assert np.array_equal(y[k], held)


def test_latch_follows_and_holds(clock: np.ndarray) -> None:
    x = RNG.uniform(-1, 1, (FRAMES, LANES)).astype(np.float32)
    y = run("latch", {"x": x, "track": clock})
    held = np.zeros(LANES, np.float32)
    for k in range(FRAMES):
        held = np.where(clock[k] > 0.5, x[k], held)
        assert np.array_equal(y[k], held)


def test_schmidt_needs_both_thresholds() -> None:
    x = np.interp(np.arange(FRAMES), [0, 100, 200, 300, 400, 499], [0, 0.6, 0.4, 0.8, 0.4, 0])
    y = run("schmidt", {"x": x[:, None] * np.ones(LANES)}, low=0.2, high=0.7)[:, 0]
    on = np.flatnonzero(y)
    assert x[on[0]] > 0.7 >= x[on[0] - 1] and x[on[-1]] >= 0.2 > x[on[-1] + 1]
    assert len(on) == on[-1] - on[0] + 1


def test_timer_tells_seconds_since_the_trigger() -> None:
    x = np.zeros((FRAMES, LANES))
    x[100:105] = x[350:360] = 1.0
    y = run("timer", {"x": x}, longest=200 / 48000)[:, 0]
    t = np.arange(FRAMES)
    frames = np.where(t < 100, 0, np.where(t < 350, np.minimum(t - 100, 200), t - 350))
    assert y == pytest.approx(frames / 48000, rel=1e-6)
