"""Reverbs: they decay in the time that is set, sound on both sides, and never grow."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import render

RATE = 24000.0
SECONDS = 3


def impulse(frames: int = int(SECONDS * RATE)) -> np.ndarray:
    x = np.zeros((frames, LANES), np.float32)
    x[0] = 1.0
    return x


def ring(kind: str, left: float = 1.0, right: float = 1.0, **params: object) -> tuple[np.ndarray, np.ndarray]:
    x = impulse()
    out = render(kind, len(x), rate=RATE, inputs={"left": left * x, "right": right * x}, params=params)
    return out["left_out"], out["right_out"]


def energy(y: np.ndarray, start: float, end: float) -> np.ndarray:
    """Energy per lane between two times in seconds."""
    return (y[int(start * RATE) : int(end * RATE)].astype(np.float64) ** 2).sum(0)


@pytest.mark.parametrize(
    ("kind", "params"), [("room", {"room": 1.0, "size": 0.9}), ("freeverb", {"mix": 1.0, "room": 0.7})]
)
def test_the_tail_decays_steadily_and_differs_from_side_to_side(kind: str, params: dict[str, float]) -> None:
    left, right = ring(kind, **params)
    for side in (left, right):
        parts = [energy(side, t, t + 0.5)[0] for t in (0.0, 0.5, 1.0, 1.5, 2.0, 2.5)]
        assert all(later < 0.8 * earlier for earlier, later in pairwise(parts))
        assert parts[1] > 1e-9
    a, b = left[2000:30000, 0].astype(np.float64), right[2000:30000, 0].astype(np.float64)
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.2


@pytest.mark.parametrize(
    ("kind", "knob", "steady"), [("room", "size", {"room": 1.0}), ("freeverb", "room", {"mix": 1.0})]
)
def test_larger_rooms_ring_longer(kind: str, knob: str, steady: dict[str, float]) -> None:
    sizes = np.linspace(0.0, 1.0, LANES)
    left, _ = ring(kind, **{knob: sizes}, **steady)
    late = energy(left, 1.0, 3.0) / energy(left, 0.0, 3.0)
    assert (np.diff(late) > 0).all()


@pytest.mark.parametrize(
    ("kind", "knob", "steady"), [("room", "size", {"room": 1.0}), ("freeverb", "room", {"mix": 1.0, "damp": 0.0})]
)
def test_the_largest_room_does_not_grow_under_steady_noise(kind: str, knob: str, steady: dict[str, float]) -> None:
    frames = int(6 * RATE)
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, (frames, LANES)).astype(np.float32)
    noise[frames // 2 :] = 0.0
    out = render(kind, frames, rate=RATE, inputs={"left": noise, "right": noise}, params={knob: 9.0, **steady})
    for rows in out.values():
        assert np.isfinite(rows).all() and np.abs(rows).max() < 20.0
        assert (energy(rows, 5.0, 6.0) < energy(rows, 3.2, 4.2)).all()


@pytest.mark.parametrize(("kind", "params"), [("room", {"room": 1.0, "size": 0.9}), ("freeverb", {"mix": 1.0})])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -3e38])
def test_what_is_no_sound_counts_as_silence(kind: str, params: dict[str, float], bad: float) -> None:
    x = np.random.default_rng(1).uniform(-1, 1, (6400, LANES)).astype(np.float32)
    outs = []
    for value in (0.0, bad):
        x[50:60] = value
        outs.append(render(kind, len(x), rate=RATE, inputs={"left": x, "right": x}, params=params)["left_out"][60:])
    assert np.array_equal(*outs)


# --- room ----------------------------------------------------------------------------------------------------------
def test_room_is_the_send_and_dry_turns_the_effect_down() -> None:
    whole, _ = ring("room", room=1.0, size=0.5)
    assert np.allclose(ring("room", room=0.25, size=0.5)[0], 0.25 * whole, atol=1e-6)
    assert np.allclose(ring("room", room=1.0, size=0.5, dry=0.75)[0], 0.25 * whole, atol=1e-6)
    assert not ring("room", room=1.0, size=0.5, dry=1.0)[0].any()
    assert not ring("room", size=0.5)[0].any()


def test_both_sides_hear_the_sum_of_both_inputs() -> None:
    one, other = ring("room", left=0.7, right=0.3, room=1.0), ring("room", left=0.0, right=1.0, room=1.0)
    for a, b in zip(one, other, strict=True):
        assert np.allclose(a, b, atol=1e-6)
        assert energy(a, 0.0, 0.1).min() > 1e-3


def test_the_loop_comes_round_after_its_delays() -> None:
    """The size has no effect before the delay of 190 ms ends; at size 0 only the diffusers ring after it."""
    small, large = ring("room", room=1.0, size=0.0)[0], ring("room", room=1.0, size=1.0)[0]
    same = int(0.19 * RATE)
    assert np.array_equal(small[:same], large[:same])
    assert energy(large, 1.5, 2.5)[0] > 1000 * energy(small, 1.5, 2.5)[0]


def test_the_largest_room_rings_for_minutes() -> None:
    left, _ = ring("room", room=1.0, size=1.0)
    low = np.abs(np.fft.rfft(left[int(RATE) : 2 * int(RATE), 0]))[100:1000]
    later = np.abs(np.fft.rfft(left[2 * int(RATE) :, 0]))[100:1000]
    assert 20 * np.log10(np.linalg.norm(later) / np.linalg.norm(low)) > -10


# --- freeverb ------------------------------------------------------------------------------------------------------
def test_freeverb_without_mix_is_the_input() -> None:
    left, right = ring("freeverb", left=0.3, right=-0.8, mix=0.0)
    assert np.array_equal(left, np.float32(0.3) * impulse())
    assert np.array_equal(right, np.float32(-0.8) * impulse())


def test_freeverb_against_its_definition_in_float64() -> None:
    frames, feedback, damp = 6000, 0.7 + 0.28 * 0.6, 0.4 * 0.5
    x = 0.015 * 2.0 * np.eye(1, frames)[0]
    total = np.zeros(frames)
    for length in (1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617):
        line, store, at = np.zeros(length), 0.0, 0
        for i in range(frames):
            out = line[at]
            store = out * (1 - damp) + store * damp
            line[at] = x[i] + store * feedback
            at = (at + 1) % length
            total[i] += out
    for length in (556, 441, 341, 225):
        line, at = np.zeros(length), 0
        for i in range(frames):
            old = line[at]
            line[at] = total[i] + 0.5 * old
            total[i] = old - total[i]
            at = (at + 1) % length
    rows = impulse(frames)
    params = {"mix": 1.0, "room": 0.6, "damp": 0.5}
    got = render("freeverb", frames, rate=44100.0, inputs={"left": rows, "right": rows}, params=params)["left_out"]
    assert np.abs(got[:, 0] - total).max() < 1e-5 * np.abs(total).max() + 1e-7


def test_damping_takes_the_highs_first() -> None:
    bright, dark = (ring("freeverb", mix=1.0, room=0.8, damp=d)[0][:, 0] for d in (0.0, 1.0))

    def highs(y: np.ndarray) -> float:
        spectrum = np.abs(np.fft.rfft(y[int(0.5 * RATE) :]))
        return float(np.linalg.norm(spectrum[len(spectrum) // 2 :]) / np.linalg.norm(spectrum))

    assert highs(dark) < 0.1 * highs(bright)
