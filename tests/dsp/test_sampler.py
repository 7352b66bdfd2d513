"""The sample players: pitch, direction, repetition, both channels, quality."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import Compiled, Sound, render

RATE = 48000.0
LENGTH = 1000

each_player = pytest.mark.parametrize("kind", ["sampler", "sampler_linear"])


def counting(frames: int = LENGTH, rate: float = RATE) -> Sound:
    """A file whose left channel is the frame number and whose right channel is its negative."""
    ramp = np.arange(frames, dtype=np.float32)
    return np.stack([ramp, -ramp], 1), rate


def play(
    frames: int, sound: Sound | None = None, kind: str = "sampler", engine: float = RATE, **params: object
) -> tuple[np.ndarray, np.ndarray]:
    """Left and right of lane 0; all lanes are alike."""
    given = {"buffer": 1.0, "rate_end": params.get("rate_start", 1.0), **params}
    out = render(kind, frames, rate=engine, params=given, buffers=[sound or counting()])
    return out["left"], out["right"]


@each_player
def test_at_its_own_rate_a_file_comes_out_as_it_is(kind: str) -> None:
    data = np.random.default_rng(1).uniform(-1, 1, (LENGTH, 2)).astype(np.float32)
    left, right = play(LENGTH, (data, RATE), kind)
    assert np.array_equal(left[:, 0], data[:, 0])
    assert np.array_equal(right[:, 31], data[:, 1])


@each_player
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.75, 1.0, 1.5, 3.0])
def test_the_rate_is_frames_per_frame(kind: str, rate: float) -> None:
    left, right = play(300, kind=kind, begin=0.05, rate_start=rate)
    assert left[:, 0] == pytest.approx(50 + rate * np.arange(300), abs=2e-3)
    assert np.array_equal(right, -left)


@pytest.mark.parametrize(("file", "engine"), [(44100.0, 48000.0), (48000.0, 44100.0), (22050.0, 96000.0)])
def test_a_file_of_another_rate_keeps_its_pitch(file: float, engine: float) -> None:
    left, _ = play(400, counting(rate=file), engine=engine, begin=0.05)
    assert left[:, 0] == pytest.approx(50 + file / engine * np.arange(400), abs=2e-3)


def test_backwards_from_the_end() -> None:
    left, _ = play(500, begin=1.0, end=0.0, rate_start=-1.0)
    assert left[1:, 0] == pytest.approx(1000 - np.arange(1, 500), abs=1e-3)
    assert left[0, 0] == 999.0  # after the last frame the last frame is read again


@pytest.mark.parametrize("rate", [1.0, -1.0, 0.7, -2.3])
def test_the_stretch_repeats_without_losing_a_fraction(rate: float) -> None:
    begin, end, frames = 0.2, 0.325, 2000
    left, _ = play(frames, begin=begin if rate > 0 else end, end=end if rate > 0 else begin, rate_start=rate)
    lo, hi = begin * LENGTH, end * LENGTH
    start = lo if rate > 0 else hi
    place = lo + (start - lo + rate * np.arange(frames)) % (hi - lo)
    place[0] = start
    apart = np.abs(left[:, 0] - place)
    assert np.minimum(apart, hi - lo - apart).max() < 0.02


def test_a_stretch_may_begin_and_end_between_frames() -> None:
    begin, end, frames = 0.2003, 0.2106, 5000  # 10.3 frames: 485 repetitions
    left, _ = play(frames, begin=begin, end=end)
    apart = np.abs(left[:, 0] - (200.3 + np.arange(frames) % 10.3))
    assert np.minimum(apart, 10.3 - apart).max() < 0.05


def test_the_rate_goes_straight_from_start_to_end() -> None:
    sustain = 300 / RATE
    left, _ = play(500, begin=0.0, rate_start=1.0, rate_end=2.0, sustain=sustain)
    steps = np.diff(left[:, 0])
    want = np.minimum(1.0 + np.arange(499) / 300, 2.0)
    assert steps == pytest.approx(want, abs=0.01)


def test_a_rate_that_changes_its_sign_turns_round() -> None:
    left, _ = play(400, begin=0.5, rate_start=1.0, rate_end=-1.0, sustain=400 / RATE)
    assert left[:, 0].argmax() == pytest.approx(200, abs=2)
    assert left[-1, 0] == pytest.approx(500, abs=3)


def test_pitch_holds_for_half_a_minute() -> None:
    machine = Compiled("sampler", 32, buffers=[counting(rate=44100.0)])
    params = {"buffer": 1.0, "rate_start": 1.234567, "rate_end": 1.234567}
    rows, runs = 64 * 450, 50
    for _ in range(runs):
        machine.run(rows, params=params)
    part, frame = machine.state[0].view(np.float32)[0], machine.state[1][0]
    want = (float(np.float32(1.234567)) * 44100 / RATE * rows * runs) % LENGTH
    apart = abs(frame + part - want)
    assert min(apart, LENGTH - apart) < 0.5  # in 1.6 million frames: below 0.001 cents


@pytest.mark.parametrize("number", [0.0, 2.0, 77.0, -1.0, 1e9, float("nan")])
def test_a_number_without_a_sample_is_silent(number: float) -> None:
    left, right = play(100, buffer=number)
    assert not left.any() and not right.any()


@pytest.mark.parametrize("frames", [1, 2, 3])
@pytest.mark.parametrize("rate", [1.0, -1.0, 0.3, 500.0, -500.0])
def test_tiny_files_and_huge_rates_stay_inside_the_file(frames: int, rate: float) -> None:
    left, _ = play(300, counting(frames), rate_start=rate, begin=0.0 if rate > 0 else 1.0, end=1.0 if rate > 0 else 0.0)
    assert (left >= -0.51).all() and (left <= frames - 0.49).all()


def test_an_empty_stretch_is_a_frame_long() -> None:
    left, _ = play(300, begin=0.5, end=0.5)
    assert (np.abs(left - 500) <= 1.0).all()


def test_lanes_play_samples_of_their_own() -> None:
    sounds = [counting(), (np.full((50, 2), 7.0, np.float32), RATE)]
    number = np.arange(LANES) % 3
    left = render("sampler", 100, params={"buffer": number}, buffers=sounds)["left"]
    assert not left[:, number == 0].any()
    assert (left[:, number == 1] == np.arange(100)[:, None]).all()
    assert (left[:, number == 2] == 7.0).all()


# --- quality -------------------------------------------------------------------------------------------------------
def error_in_decibels(kind: str, cycles: float) -> float:
    """Noise relative to the signal for a sine (cycles per frame) that is played at an odd rate."""
    frames, rate = 4000, 0.7310585
    sine = np.sin(2 * np.pi * cycles * np.arange(frames))
    left, _ = play(frames, (np.stack([sine, sine], 1), RATE), kind, begin=0.01, rate_start=rate)
    want = np.sin(2 * np.pi * cycles * (0.01 * frames + float(np.float32(rate)) * np.arange(frames)))
    return float(10 * np.log10(np.mean((left[:, 0] - want) ** 2) / np.mean(want**2)))


@pytest.mark.parametrize(
    ("kind", "cycles", "limit"),
    [("sampler", 0.01, -80), ("sampler", 0.05, -45), ("sampler_linear", 0.01, -60), ("sampler_linear", 0.05, -32)],
)
def test_interpolation_is_as_clean_as_its_order_allows(kind: str, cycles: float, limit: float) -> None:
    assert error_in_decibels(kind, cycles) < limit


def test_cubic_is_cleaner_than_linear() -> None:
    assert error_in_decibels("sampler", 0.03) < error_in_decibels("sampler_linear", 0.03) - 15
