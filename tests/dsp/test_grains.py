"""The granular player: when and where grains begin, how long they are, and how they sound."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import Sound, render
from spectra import pitch

RATE = 48000.0
SECOND = 48000
ONES: Sound = (np.ones((SECOND, 2), np.float32), RATE)
COUNTING: Sound = (np.tile(np.arange(SECOND, dtype=np.float32)[:, None], (1, 2)), RATE)


def cloud(frames: int, sound: Sound, **params: object) -> tuple[np.ndarray, np.ndarray]:
    out = render("grains", frames, params={"buffer": 1.0, **params}, buffers=[sound])
    return out["left"], out["right"]


def begins(y: np.ndarray) -> np.ndarray:
    """Frames at which a silence ends."""
    return np.flatnonzero((y[1:] > 0) & (y[:-1] <= 0))


def test_a_grain_is_a_hann_window_of_its_size() -> None:
    left, right = cloud(9600, ONES, size=0.02, density=10.0, position=0.1)
    t = np.arange(9600) % 4800
    want = np.where(t < 960, np.sin(np.pi * t / 960) ** 2, 0.0)
    assert np.abs(left[:, 0] - want).max() < 5e-3  # the second grain may be a frame late
    assert np.array_equal(left, right)


@pytest.mark.parametrize("density", [5.0, 50.0, 333.0])
def test_density_is_grains_per_second(density: float) -> None:
    left, _ = cloud(SECOND, ONES, size=0.5 / density, density=density)
    starts = begins(left[:, 0])
    assert len(starts) == pytest.approx(density, abs=1)
    assert np.diff(starts) == pytest.approx(SECOND / density, abs=1)


def test_irregular_grains_are_as_many_but_at_random_times() -> None:
    left, _ = cloud(2 * SECOND, ONES, size=0.002, density=40.0, irregular=1.0)
    counts, gaps = [], []
    for lane in range(LANES):
        starts = begins(left[:, lane])
        counts.append(len(starts))
        gaps.extend(np.diff(starts))
    assert np.mean(counts) == pytest.approx(80, rel=0.08)
    assert np.std(gaps) == pytest.approx(1200 / 3**0.5, rel=0.15)  # spread evenly over 0 to 2400 frames
    assert max(gaps) < 2500


@pytest.mark.parametrize("speed", [1.0, 0.5, -2.0])
def test_grains_begin_at_the_position_and_run_at_the_pitch(speed: float) -> None:
    left, _ = cloud(960, COUNTING, size=0.02, density=1.0, position=0.5, pitch=speed)
    t = np.arange(960)
    inside = slice(100, 860)
    window = np.sin(np.pi * t / 960) ** 2
    assert left[inside, 0] / window[inside] == pytest.approx((24000 + speed * t)[inside], rel=1e-3)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 1.5])
def test_pitch_is_that_of_the_sample_times_the_ratio(ratio: float) -> None:
    tone = np.sin(2 * np.pi * 1000 / 44100 * np.arange(44100))[:, None] * np.ones(2)
    left, _ = cloud(9600, (tone.astype(np.float32), 44100.0), size=0.2, density=0.0, position=0.3, pitch=ratio)
    assert pitch(left[:, 0], 1000 * ratio) == pytest.approx(1000 * ratio, rel=1e-3)


def test_jitter_scatters_where_grains_begin() -> None:
    left, _ = cloud(SECOND, COUNTING, size=0.01, density=50.0, position=0.5, jitter=0.25)
    middle = left[240::960]  # the top of each grain
    assert middle.min() > 12000 - 300
    assert middle.max() < 36000 + 300
    assert middle.std() == pytest.approx(24000 / 12**0.5, rel=0.1)


def test_spread_places_grains_between_left_and_right() -> None:
    left, right = cloud(SECOND, ONES, size=0.01, density=50.0, spread=1.0)
    a, b = left[240::960], right[240::960]
    assert np.abs(np.maximum(a, b) - 1.0).max() < 1e-3
    assert np.minimum(a, b).mean() == pytest.approx(0.5, abs=0.05)
    assert (a < b).mean() == pytest.approx(0.5, abs=0.05)


def test_the_power_does_not_depend_on_how_many_overlap() -> None:
    noise = np.random.default_rng(1).uniform(-1, 1, (SECOND, 2)).astype(np.float32), RATE
    powers = [
        np.mean(cloud(SECOND, noise, size=size, density=20.0, jitter=0.5, irregular=0.5)[0][24000:] ** 2)
        for size in (0.05, 0.1, 0.2, 0.35)
    ]
    assert max(powers) / min(powers) < 1.6


def test_no_more_than_eight_grains_at_a_time() -> None:
    left, _ = cloud(SECOND, ONES, size=0.5, density=200.0)
    assert left.max() <= 8 / 8**0.5 + 1e-3
    assert np.isfinite(left).all()


def test_beyond_the_file_there_is_silence() -> None:
    short = np.ones((480, 2), np.float32), RATE
    left, _ = cloud(9600, short, size=0.1, density=1.0, position=0.5)
    assert left[:240].any()
    assert not left[242:4800].any()


def test_the_seed_alone_decides() -> None:
    def once(seed: int) -> np.ndarray:
        params = {"buffer": 1.0, "jitter": 0.5, "irregular": 1.0, "spread": 1.0}
        return render("grains", 9600, params=params, buffers=[COUNTING], seed=np.full(LANES, seed))["left"]

    a = once(4)
    assert np.array_equal(a, np.tile(a[:, :1], (1, LANES)))
    assert np.array_equal(a, once(4))
    assert not np.array_equal(a, once(5))
