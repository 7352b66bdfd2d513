"""Convolution with a sample against SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import fftconvolve

from dsp.kind import kinds
from harness import Compiled, Sound, render
from spectra import decibel

RATE = 8000.0
BLOCK, LATE = 256, 512


def response(frames: int, seed: int = 1, rate: float = RATE) -> Sound:
    """An impulse response of decaying noise, different on the two sides."""
    rng = np.random.default_rng(seed)
    decay = np.exp(-4.0 * np.arange(frames) / frames)[:, None]
    return (0.05 * decay * rng.normal(size=(frames, 2))).astype(np.float32), rate


def noise(frames: int) -> np.ndarray:
    return np.random.default_rng(2).uniform(-0.5, 0.5, (frames, 32)).astype(np.float32)


def convolved(x: np.ndarray, h: np.ndarray) -> np.ndarray:
    """The output of one lane."""
    return np.asarray(fftconvolve(x.astype(float), h.astype(float))[: len(x)])


def difference(a: np.ndarray, b: np.ndarray) -> float:
    return decibel(float(np.abs(a - b).max() / np.abs(b).max()))


@pytest.mark.parametrize("length", [1, 255, 256, 257, 3000, 9000])
def test_it_is_scipys_convolution(length: int) -> None:
    frames = 14000
    x, sound = noise(frames), response(length)
    heard = render("convolve", frames, rate=RATE, inputs={"x": x}, params={"buffer": 1.0}, buffers=[sound])["y"]
    assert not heard[:LATE].any()
    for lane in (0, 31):
        assert difference(heard[LATE:, lane], convolved(x[:, lane], sound[0][:, 0])[:-LATE]) < -110.0


def test_of_a_long_response_counts_what_the_docstring_says() -> None:
    rate, frames = 48000.0, 80000
    x, sound = np.zeros((frames, 32), np.float32), response(70000, rate=rate)
    x[0] = 1.0
    heard = render("convolve", frames, rate=rate, inputs={"x": x}, params={"buffer": 1.0}, buffers=[sound])["y"][
        LATE:, 0
    ]
    count = int(1.3 * rate)
    assert difference(heard[:count], sound[0][:count, 0]) < -100.0
    assert np.abs(heard[int(1.35 * rate) :]).max() < 1e-6
    assert "1.3 s" in kinds()["convolve"].doc and "512 frames" in kinds()["convolve"].doc


@pytest.mark.parametrize(("channel", "left"), [(0.0, 1.0), (1.0, 0.0), (0.25, 0.75)])
def test_either_side_of_the_response(channel: float, left: float) -> None:
    x, sound = noise(4000), response(1000)
    params = {"buffer": 1.0, "channel": channel}
    heard = render("convolve", 4000, rate=RATE, inputs={"x": x}, params=params, buffers=[sound])["y"][LATE:, 0]
    assert difference(heard, convolved(x[:, 0], sound[0] @ [left, 1 - left])[:-LATE]) < -110.0


def test_the_mix_is_between_the_input_at_once_and_the_convolution() -> None:
    x, sound = noise(4000), response(1000)
    how = {"rate": RATE, "inputs": {"x": x}, "buffers": [sound]}
    wet, dry, half = (render("convolve", 4000, params={"buffer": 1.0, "mix": m}, **how)["y"] for m in (1.0, 0.0, 0.5))
    assert np.array_equal(dry, x)
    assert np.allclose(half, 0.5 * (wet + dry), atol=1e-6)


def test_no_response_is_silence() -> None:
    assert not render("convolve", 2000, rate=RATE, inputs={"x": noise(2000)}, params={"buffer": 3.0})["y"].any()


def test_a_response_of_another_rate_sounds_the_same() -> None:
    x = noise(6000)
    smooth = (
        np.exp(-np.arange(0, 0.1, 1 / 16000) * 40) * np.sin(2 * np.pi * 300 * np.arange(0, 0.1, 1 / 16000)) * 0.02
    ).astype(np.float32)
    fine: Sound = np.repeat(smooth[:, None], 2, 1), 16000.0
    coarse = smooth[::2]
    heard = render("convolve", 6000, rate=RATE, inputs={"x": x}, params={"buffer": 1.0}, buffers=[fine])["y"][LATE:, 0]
    assert difference(heard, 2 * convolved(x[:, 0], coarse)[:-LATE]) < -60.0


@pytest.mark.parametrize(("first", "second"), [(5000, 700), (700, 5000)])
def test_what_came_before_a_change_rings_on_with_the_old_response(first: int, second: int) -> None:
    frames, change = 20000, 8000
    x, old, new = noise(frames), response(first), response(second, seed=7)
    buffer = np.ones((frames, 32), np.float32)
    buffer[change:] = 2.0
    heard = render("convolve", frames, rate=RATE, inputs={"x": x}, params={"buffer": buffer}, buffers=[old, new])["y"][
        LATE:, 0
    ]
    block = np.arange(frames) // BLOCK
    wanted = np.zeros(frames)
    for sound, is_new in ((old, False), (new, True)):
        for p in range(
            -(-len(sound[0]) // BLOCK)
        ):  # partition p of the new response takes effect p blocks after the change
            y = convolved(x[:, 0], sound[0][p * BLOCK : (p + 1) * BLOCK, 0])
            y = np.concatenate([np.zeros(p * BLOCK), y])[:frames]
            wanted += np.where((block - p >= -(-change // BLOCK)) == is_new, y, 0.0)
    assert difference(heard, wanted[:-LATE]) < -100.0


def test_a_change_that_came_too_early_is_made_later() -> None:
    frames = 30000
    x, old, new = noise(frames), response(9000), response(500, seed=7)
    buffer = np.ones((frames, 32), np.float32)
    buffer[1000:] = 2.0
    heard = render("convolve", frames, rate=RATE, inputs={"x": x}, params={"buffer": buffer}, buffers=[old, new])["y"][
        LATE:, 0
    ]
    wanted = convolved(x[:, 0], new[0][:, 0])[:-LATE]
    assert difference(heard[-9000:], wanted[-9000:]) < -100.0


def test_a_sample_that_is_loaded_meanwhile_is_taken() -> None:
    x, sound = noise(9000), response(900)
    machine = Compiled("convolve", rate=RATE, buffers=[(np.zeros((4, 2), np.float32), RATE)])
    later = Compiled("convolve", rate=RATE, buffers=[sound])
    silent = machine.run(3000, inputs={"x": x[:3000]}, params={"buffer": 1.0})["y"]
    assert not silent.any()
    machine.env.buffer_data, machine.env.buffer_frames = later.env.buffer_data, later.env.buffer_frames
    heard = machine.run(6000, inputs={"x": x[3000:]}, params={"buffer": 1.0})["y"][:, 0]
    wanted = convolved(x[:, 0], sound[0][:, 0])[:-LATE][3000 - LATE + LATE :]
    assert difference(heard[-3000:], wanted[-3000:]) < -100.0
