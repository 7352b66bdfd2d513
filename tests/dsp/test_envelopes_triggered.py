"""Envelopes that triggers and gates start, and single ramps, compared with their documented curves."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import render

RATE = 48000.0


def pulses(frames: int, *at: int, length: int = 10) -> np.ndarray:
    """A trigger that turns on at each of these frames and stays on for some frames."""
    rows = np.zeros((frames, LANES), np.float32)
    for k in at:
        rows[k : k + length] = 1.0
    return rows


def bent(u: np.ndarray, curve: float) -> np.ndarray:
    u = np.clip(u, 0.0, 1.0)
    return u if curve == 0 else (1 - np.exp(curve * u)) / (1 - np.exp(curve))


def run(kind: str, frames: int, **params: object) -> np.ndarray:
    return render(kind, frames, params=params)["y"][:, 0].astype(np.float64)


# --- ad ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("curve", [0.0, -4.0, 3.0])
def test_ad_rises_and_falls_along_its_curve(curve: float) -> None:
    y = run("ad", 1000, attack=240 / RATE, decay=480 / RATE, curve=curve)
    t = np.arange(1000)
    want = np.where(t < 240, bent(t / 240, curve), 1 - bent((t - 240) / 480, curve))
    assert y == pytest.approx(want, abs=2e-6)
    assert not y[720:].any()


def test_ad_begins_anew_where_it_stands() -> None:
    y = run("ad", 1000, trigger=pulses(1000, 0, 200), attack=100 / RATE, decay=400 / RATE)
    stood = 1 - 99 / 400
    assert y[199:201] == pytest.approx([stood, stood], abs=1e-5)
    assert y[200:300] == pytest.approx(stood + (1 - stood) * np.arange(100) / 100, abs=1e-5)
    assert y[500] == pytest.approx(0.5, abs=1e-5)


def test_a_held_trigger_is_one_trigger_and_none_is_silence() -> None:
    assert not run("ad", 300, trigger=0.0).any()
    y = run("ad", 2000, trigger=1.0, attack=10 / RATE, decay=50 / RATE)
    assert y[59] > 0.0 and not y[61:].any()


def test_a_looping_ad_repeats_itself() -> None:
    y = run("ad", 900, attack=30 / RATE, decay=60 / RATE, loop=1.0)
    assert y == pytest.approx(np.tile(y[:90], 10), abs=1e-6) and y[30] == 1.0


# --- ar ------------------------------------------------------------------------------------------------------------
def test_ar_holds_its_top_and_ignores_triggers_until_then() -> None:
    y = run("ar", 600, trigger=pulses(600, 0, 50, 130), attack=100 / RATE, hold=50 / RATE, release=200 / RATE)
    want = np.interp(np.arange(600), [0, 100, 150, 350, 600], [0, 1, 1, 0, 0])
    assert y == pytest.approx(want, abs=1e-5)


def test_ar_rises_again_from_its_release() -> None:
    y = run("ar", 600, trigger=pulses(600, 0, 200), attack=100 / RATE, release=200 / RATE)
    assert y[199] == pytest.approx(1 - 99 / 200, abs=1e-5)
    assert y[200:301] == pytest.approx(0.505 + 0.495 * np.arange(101) / 100, abs=1e-5)


# --- asr -----------------------------------------------------------------------------------------------------------
def test_asr_follows_its_gate() -> None:
    gate = np.zeros((1000, LANES), np.float32)
    gate[100:500] = 1.0
    y = run("asr", 1000, gate=gate, attack=200 / RATE, release=100 / RATE)
    assert y == pytest.approx(np.interp(np.arange(1000), [100, 300, 500, 600], [0, 1, 1, 0]), abs=1e-5)
    assert (y[301:500] == 1.0).all() and not y[601:].any()


def test_a_gate_that_falls_early_releases_from_there() -> None:
    gate = pulses(1000, 0, length=100)
    y = run("asr", 1000, gate=gate, attack=400 / RATE, release=100 / RATE)
    stood = 99 / 400
    assert y == pytest.approx(np.interp(np.arange(1000), [0, 99, 100, 200], [0, stood, stood, 0]), abs=1e-5)


# --- segments ------------------------------------------------------------------------------------------------------
LEVELS = [0.0, 1.0, 0.3, 0.3, -0.5, 2.0, 0.0, 0.5, 0.25]
FRAMES = [40, 60, 100, 0, 50, 30, 80, 20]
CURVES = [0.0, -3.0, 0.0, 5.0, 2.0, 0.0, -8.0, 1.0]


def staged(count: int, **more: object) -> dict[str, object]:
    given: dict[str, object] = {"count": count, **{f"l{k}": v for k, v in enumerate(LEVELS)}}
    given |= {f"t{k}": v / RATE for k, v in enumerate(FRAMES, 1)} | {f"c{k}": v for k, v in enumerate(CURVES, 1)}
    return given | more


def drawn(count: int, frames: int) -> np.ndarray:
    """The expected envelope, put together from single segments."""
    parts = [
        a + (b - a) * bent(np.arange(length) / max(length, 1), curve)
        for a, b, length, curve in list(zip(LEVELS, LEVELS[1:], FRAMES, CURVES, strict=False))[:count]
    ]
    y = np.concatenate(parts)[:frames]
    return np.append(y, np.full(frames - len(y), LEVELS[count]))


@pytest.mark.parametrize("count", [1, 3, 5, 8])
def test_segments_are_drawn_one_after_another(count: int) -> None:
    assert run("segments", 500, **staged(count)) == pytest.approx(drawn(count, 500), abs=1e-5)


def test_segments_wait_at_their_first_level_and_start_over_with_a_trigger() -> None:
    y = run("segments", 600, **staged(5, l0=0.2, trigger=pulses(600, 70, 300)))
    assert (y[:70] == np.float32(0.2)).all()
    assert y[72:300] == pytest.approx(y[302:530], abs=1e-6)


def test_looping_segments_repeat_themselves() -> None:
    y = run("segments", 600, **staged(3, loop=1.0))
    assert y == pytest.approx(np.tile(drawn(3, 200), 3), abs=1e-5)


# --- ramps ---------------------------------------------------------------------------------------------------------
def test_xline_moves_in_equal_ratios() -> None:
    y = run("xline", 400, start=8000.0, end=20.0, seconds=300 / RATE)
    assert y[:300] == pytest.approx(8000 * 400.0 ** (-np.arange(300) / 300), rel=2e-6)
    assert (y[300:] == 20.0).all()


@pytest.mark.parametrize("curve", [-4.0, 0.0, 6.0])
def test_curve_bends_between_its_ends(curve: float) -> None:
    y = run("curve", 400, start=-2.0, end=3.0, seconds=300 / RATE, curve=curve)
    assert y == pytest.approx(-2 + 5 * bent(np.arange(400) / 300, curve), abs=1e-5)


def test_slew_limits_how_fast_it_moves() -> None:
    x = np.zeros((400, LANES), np.float32)
    x[100:250] = 1.0
    y = render("slew", 400, inputs={"x": x}, params={"up": RATE / 50, "down": RATE / 100})["y"][:, 0]
    assert y == pytest.approx(np.interp(np.arange(400), [99, 149, 249, 349], [0, 1, 1, 0]), abs=1e-5)


def test_slew_starts_at_its_input() -> None:
    assert (render("slew", 64, inputs={"x": 7.5})["y"] == 7.5).all()
