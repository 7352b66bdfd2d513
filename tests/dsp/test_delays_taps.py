"""Tape echo, rows of taps, and echoes that alternate between the sides."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import hilbert

from dsp.lanes import LANES
from harness import render

RATE = 8000.0  # the delays are long, so a low sample rate keeps the test short


def impulse(frames: int, height: float = 1.0) -> np.ndarray:
    x = np.zeros((frames, LANES), np.float32)
    x[0] = height
    return x


def run(kind: str, x: np.ndarray, **params: object) -> np.ndarray:
    return render(kind, len(x), rate=RATE, inputs={"x": x}, params=params)["y"][:, 0].astype(np.float64)


def echoes(y: np.ndarray) -> dict[int, float]:
    return {int(k): round(float(y[k]), 4) for k in np.flatnonzero(np.abs(y) > 1e-4)}


# --- tape ----------------------------------------------------------------------------------------------------------
STEADY = {"wow": 0.0, "flutter": 0.0, "saturation": 0.0, "damp": 0.0, "mix": 1.0}


def test_steady_and_clean_tape_is_a_delay_with_feedback() -> None:
    y = run("tape_delay", impulse(1000, 0.1), time=200 / RATE, feedback=0.5, **STEADY)
    assert echoes(y) == {200: 0.1, 400: 0.05, 600: 0.025, 800: 0.0125}


def test_saturation_bends_what_is_recorded() -> None:
    levels = np.linspace(-2, 2, LANES)
    x = impulse(300) * levels.astype(np.float32)
    y = render("tape_delay", 300, rate=RATE, inputs={"x": x}, params={**STEADY, "saturation": 0.5, "time": 200 / RATE})[
        "y"
    ]
    drive = 0.01 + 3.99 * 0.5
    assert y[200] == pytest.approx(np.tanh(drive * levels) / drive, abs=1e-5)


@pytest.mark.parametrize(("swing", "rate"), [("wow", 2.0), ("flutter", 9.0)])
def test_the_speed_deviates_as_much_as_it_says(swing: str, rate: float) -> None:
    t = np.arange(12000) / RATE
    x = np.tile(0.01 * np.sin(2 * np.pi * 500 * t)[:, None], (1, LANES))
    y = run("tape_delay", x, time=0.2, feedback=0.0, **{**STEADY, swing: 0.01, f"{swing}_rate": rate})
    phase = np.unwrap(np.angle(hilbert(y[2400:])))
    ratio = np.diff(phase)[1000:-1000] * RATE / (2 * np.pi * 500)
    assert ratio.max() == pytest.approx(1.01, abs=1e-3)
    assert ratio.min() == pytest.approx(0.99, abs=1e-3)
    spectrum = np.abs(np.fft.rfft((ratio - ratio.mean()) * np.hanning(ratio.size), 1 << 16))
    assert np.argmax(spectrum) * RATE / (1 << 16) == pytest.approx(rate, abs=0.4)


def test_too_much_feedback_howls_at_the_ceiling_of_the_tape() -> None:
    x = np.tile(0.5 * np.sin(np.arange(16000) / 5)[:, None], (1, LANES))
    y = run("tape_delay", x, time=0.05, feedback=1.2, **{**STEADY, "saturation": 0.5})
    assert 0.3 < np.abs(y[8000:]).max() < 0.51  # tanh(k x) / k stays below 1 / k = 0.5


# --- taps ----------------------------------------------------------------------------------------------------------
def test_taps_are_evenly_spaced_and_fade() -> None:
    y = run("multitap", impulse(700), time=500 / RATE, taps=5, fade=0.5, feedback=0.0, mix=1.0)
    assert echoes(y) == {100: 1.0, 200: 0.5, 300: 0.25, 400: 0.125, 500: 0.0625}


def test_every_lane_has_its_own_number_of_taps() -> None:
    counts = 2 + np.arange(LANES) % 7
    out = render(
        "multitap",
        900,
        rate=RATE,
        inputs={"x": impulse(900)},
        params={"time": 840 / RATE, "taps": counts, "fade": 1.0, "mix": 1.0, "feedback": 0.0},
    )["y"]
    for lane, count in enumerate(counts):
        assert np.flatnonzero(np.abs(out[:, lane]) > 0.5).tolist() == [
            round(840 * k / count) for k in range(1, count + 1)
        ]


def test_the_last_tap_goes_in_again() -> None:
    y = run("multitap", impulse(450), time=200 / RATE, taps=2, fade=0.5, feedback=-0.4, mix=1.0)
    assert echoes(y) == {100: 1.0, 200: 0.5, 300: -0.4, 400: -0.2}


# --- ping-pong -----------------------------------------------------------------------------------------------------
def test_echoes_change_sides() -> None:
    x = impulse(500)
    out = render(
        "pingpong",
        500,
        rate=RATE,
        inputs={"left": x, "right": x},
        params={"time": 100 / RATE, "feedback": 0.5, "mix": 1.0},
    )
    assert echoes(out["left_out"][:, 0]) == {100: 1.0, 300: 0.25}
    assert echoes(out["right_out"][:, 0]) == {200: 0.5, 400: 0.125}


def test_without_width_both_sides_hear_every_echo_at_half() -> None:
    x = impulse(350)
    params = {"time": 100 / RATE, "feedback": 0.5, "mix": 1.0, "width": 0.0}
    out = render("pingpong", 350, rate=RATE, inputs={"left": x, "right": x}, params=params)
    for rows in out.values():
        assert echoes(rows[:, 0]) == {100: 0.5, 200: 0.25, 300: 0.125}


def test_pingpong_keeps_the_input_on_its_side() -> None:
    out = render("pingpong", 64, rate=RATE, inputs={"left": impulse(64)}, params={"mix": 0.25})
    assert out["left_out"][0, 0] == 0.75 and not out["right_out"][:64].any()
