"""Delay lines: when echoes come, how they decay, and what happens when the time changes."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import Compiled, render

RATE = 8000.0  # the delays are long, so a low sample rate keeps the test short
LANE = np.arange(LANES)


def impulse(frames: int) -> np.ndarray:
    x = np.zeros((frames, LANES), np.float32)
    x[0] = 1.0
    return x


def run(kind: str, x: np.ndarray, **params: object) -> np.ndarray:
    return render(kind, len(x), rate=RATE, inputs={"x": x}, params=params)["y"]


def taps(rows: np.ndarray) -> dict[int, float]:
    return {int(k): round(float(rows[k]), 5) for k in np.flatnonzero(np.abs(rows) > 1e-6)}


# --- delay ---------------------------------------------------------------------------------------------------------
def test_an_echo_falls_where_it_should_in_every_lane() -> None:
    times = (50 + 10 * LANE) / RATE
    y = run("delay", impulse(1000), time=times, mix=1.0)
    for lane in LANE:
        assert taps(y[:, lane]) == {50 + 10 * lane: 1.0}


def test_between_frames_the_echo_is_shared_out() -> None:
    assert taps(run("delay", impulse(200), time=100.25 / RATE, mix=1.0)[:, 0]) == {100: 0.75, 101: 0.25}


def test_feedback_multiplies_each_echo() -> None:
    y = run("delay", impulse(500), time=100 / RATE, feedback=-0.5, mix=1.0)
    assert taps(y[:, 0]) == {100: 1.0, 200: -0.5, 300: 0.25, 400: -0.125}


def test_mix_goes_from_dry_to_wet() -> None:
    y = run("delay", impulse(200), time=100 / RATE, mix=np.linspace(0, 1, LANES))
    assert y[0] == pytest.approx(1 - np.linspace(0, 1, LANES), abs=1e-6)
    assert y[100] == pytest.approx(np.linspace(0, 1, LANES), abs=1e-6)


def test_damping_is_a_one_pole_in_the_loop() -> None:
    y = run("delay", impulse(400), time=100 / RATE, feedback=0.9, damp=0.3, mix=1.0)[:, 0]
    first = 0.7 * 0.3 ** np.arange(100)
    assert y[100:200] == pytest.approx(first, abs=1e-6)
    assert y[200:300] == pytest.approx(0.9 * np.convolve(first, first)[:100], abs=1e-5)


def test_a_gliding_time_bends_the_pitch_and_does_not_click() -> None:
    frames = 4000
    sine = np.sin(2 * np.pi * 0.01 * np.arange(frames))[:, None] * np.ones(LANES)
    times = np.linspace(0.1, 0.05, frames)[:, None] * np.ones(LANES)
    y = run("delay", sine, time=times, mix=1.0)[:, 0]
    place = np.arange(frames) - times[:, 0] * RATE
    assert y[1000:] == pytest.approx(np.sin(2 * np.pi * 0.01 * place)[1000:], abs=2e-3)


@pytest.mark.parametrize("time", [0.0, -1.0, 1e-9])
def test_the_shortest_delay_is_a_frame(time: float) -> None:
    assert taps(run("delay", impulse(50), time=time, mix=1.0)[:, 0]) == {1: 1.0}


def test_the_longest_delay_is_a_second() -> None:
    assert taps(run("delay", impulse(9000), time=7.0, mix=1.0)[:, 0]) == {8000: 1.0}


def test_too_much_feedback_stays_bounded() -> None:
    y = run("delay", np.ones((8000, LANES), np.float32), time=10 / RATE, feedback=5.0, mix=1.0)
    assert np.abs(y).max() <= 64.0 and y[-1, 0] > 32.0


@pytest.mark.parametrize("kind", ["delay", "echo"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -3e38])
def test_what_is_no_sound_counts_as_silence_in_the_line(kind: str, bad: float) -> None:
    x = np.random.default_rng(1).uniform(-1, 1, (400, LANES)).astype(np.float32)
    params = {"time": 100 / RATE, "feedback": 0.5, **({"level": 1.0} if kind == "echo" else {})}
    outs = []
    for value in (0.0, bad):
        x[50:60] = value
        outs.append(run(kind, x, **params)[60:])
    assert np.array_equal(*outs)


# --- echo ----------------------------------------------------------------------------------------------------------
def test_the_echo_holds_the_dry_sound_too() -> None:
    y = run("echo", impulse(500), time=100 / RATE, feedback=0.5, level=0.8, send=0.5)
    assert taps(y[:, 0]) == {0: 0.4, 100: 0.4, 200: 0.2, 300: 0.1, 400: 0.05}


def test_without_a_level_nothing_comes_out_but_the_line_goes_on() -> None:
    machine = Compiled("echo", rate=RATE)
    on, off = {"time": 100 / RATE, "level": 1.0}, {"time": 100 / RATE}
    assert not machine.run(64, inputs={"x": impulse(64)}, params=off)["y"].any()
    assert taps(machine.run(100, params=on)["y"][:, 0]) == {36: 1.0}


def test_locked_to_the_cycle() -> None:
    y = run("echo", impulse(1000), time=0.0625, lock=1.0, cps=2.0, level=1.0)
    assert taps(y[:, 0]) == {0: 1.0, 250: 1.0}


@pytest.mark.parametrize("time", [0.0, 4.0, 99.0, -1.0])
def test_no_time_and_too_long_a_time_read_what_is_four_seconds_old(time: float) -> None:
    assert taps(run("echo", impulse(32100), time=time, level=1.0)[:, 0]) == {0: 1.0, 32000: 1.0}


def test_feedback_above_one_is_one_and_below_zero_is_zero() -> None:
    y = run("echo", impulse(500), time=100 / RATE, feedback=np.where(LANE == 0, 9.0, -9.0), level=1.0)
    assert taps(y[:, 0]) == {0: 1.0, 100: 1.0, 200: 1.0, 300: 1.0, 400: 1.0}
    assert taps(y[:, 1]) == {0: 1.0, 100: 1.0}


def test_a_new_time_fades_in_over_2000_frames() -> None:
    machine = Compiled("echo", rate=RATE)
    ramp = np.arange(6000, dtype=np.float32)[:, None] / 1000 * np.ones(LANES, np.float32)
    machine.run(1000, inputs={"x": ramp[:1000]}, params={"time": 100 / RATE, "level": 1.0})
    y = machine.run(5000, inputs={"x": ramp[1000:]}, params={"time": 700 / RATE, "level": 1.0})["y"][:, 0]
    read = y - ramp[1000:, 0]
    delay = (ramp[1000:, 0] - read) * 1000  # the output for a ramp shows the mean delay
    assert delay[:2001] == pytest.approx(100 + 600 * np.arange(2001) / 2000, abs=0.5)
    assert delay[2001:] == pytest.approx(700, abs=0.5)


def test_a_time_that_keeps_changing_neither_clicks_nor_breaks() -> None:
    frames = 8000
    sine = 0.5 * np.sin(2 * np.pi * 0.005 * np.arange(frames))[:, None] * np.ones(LANES)
    times = np.random.default_rng(1).uniform(0.01, 0.3, (frames, LANES))
    y = run("echo", sine, time=times, feedback=0.5, level=1.0)
    assert np.abs(y).max() < 2.0
    assert (
        np.abs(np.diff(y, axis=0)).max() < 0.06
    )  # the sine itself moves by 0.016 per frame, with its echo by twice that
