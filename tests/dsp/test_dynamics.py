"""Compressors, gates and limiters: static curves in dB, times, and sounds that must not change."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import Compiled, render

RATE = 48000.0
LEVELS = np.linspace(-60.0, 0.0, LANES)  # dB, one per lane


def steady(frames: int, decibel: np.ndarray | float = LEVELS) -> np.ndarray:
    """A signal whose absolute value never changes, so that its level is exactly this."""
    turns = np.where(np.arange(frames) % 7 < 3, 1.0, -1.0)[:, None]
    return (turns * 10 ** (np.broadcast_to(decibel, LANES) / 20)).astype(np.float32)


def gains(kind: str, inputs: dict[str, np.ndarray], **params: object) -> np.ndarray:
    """Gain of the left channel in dB."""
    out = render(kind, len(inputs["left"]), inputs=inputs, params=params)["left_out"].astype(np.float64)
    return 20 * np.log10(out / inputs["left"])


# --- compressor ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("knee", [0.0, 12.0])
@pytest.mark.parametrize("ratio", [2.0, 100.0])
def test_static_curve_of_the_compressor(knee: float, ratio: float) -> None:
    x = steady(2400)
    gain = gains("compressor", {"left": x, "right": 0 * x}, threshold=-24.0, ratio=ratio, knee=knee, attack=0.001)[-1]
    over = LEVELS + 24
    with np.errstate(divide="ignore", invalid="ignore"):
        bend = np.where(np.abs(over) < knee / 2, (over + knee / 2) ** 2 / (2 * knee), np.maximum(over, 0))
    assert gain == pytest.approx(-(1 - 1 / ratio) * bend, abs=0.01)


def test_attack_and_release_of_the_compressor() -> None:
    x = np.concatenate([steady(2400, -40.0), steady(4800, 0.0), steady(4800, -40.0)])
    gain = gains(
        "compressor", {"left": x, "right": x}, threshold=-20.0, ratio=4.0, knee=0.0, attack=0.01, release=0.03
    )[:, 0]
    t = np.arange(1, 4801) / RATE
    assert gain[:2400] == pytest.approx(np.zeros(2400), abs=1e-4)
    assert gain[2400:7200] == pytest.approx(-15 * (1 - np.exp(-t / 0.01)), abs=0.01)
    assert gain[7200:] == pytest.approx(gain[7199] * np.exp(-t / 0.03), abs=0.01)


def test_both_sides_get_the_gain_of_the_louder_one_and_the_makeup() -> None:
    x = steady(2400, -30.0)
    out = render(
        "compressor",
        2400,
        inputs={"left": x, "right": 10 * x},
        params={"threshold": -20.0, "ratio": 2.0, "knee": 0.0, "makeup": 3.0},
    )
    for name, rows in (("left_out", x), ("right_out", 10 * x)):
        assert 20 * np.log10(out[name][-1] / rows[-1]) == pytest.approx(np.full(LANES, 3.0 - 5.0), abs=0.01)


# --- side chain ----------------------------------------------------------------------------------------------------
def test_the_side_chain_listens_to_its_key_alone() -> None:
    loud = steady(2400, 0.0)
    params = {"threshold": -30.0, "ratio": 3.0, "knee": 0.0, "attack": 0.001}
    gain = gains("sidechain", {"left": loud, "right": loud, "key": steady(2400)}, **params)[-1]
    assert gain == pytest.approx(-np.maximum(LEVELS + 30, 0) * 2 / 3, abs=0.01)
    assert gains("sidechain", {"left": loud, "right": loud, "key": 0 * loud}, **params) == pytest.approx(0, abs=1e-5)


# --- expander, gate ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ratio", [1.5, 3.0])
def test_static_curve_of_the_expander(ratio: float) -> None:
    x = steady(4800)
    params = {"threshold": -30.0, "ratio": ratio, "knee": 0.0, "release": 0.003, "depth": 25.0}
    gain = gains("expander", {"left": x, "right": 0 * x}, **params)[-1]
    assert gain == pytest.approx(-np.minimum(np.maximum(-30 - LEVELS, 0) * (ratio - 1), 25), abs=0.01)


def test_the_expander_opens_in_its_attack() -> None:
    x = np.concatenate([steady(4800, -50.0), steady(2400, 0.0)])
    params = {"threshold": -30.0, "ratio": 2.0, "knee": 0.0, "attack": 0.01, "release": 0.003}
    gain = gains("expander", {"left": x, "right": x}, **params)[:, 0]
    t = np.arange(1, 2401) / RATE
    assert gain[4799] == pytest.approx(-20, abs=0.01)
    assert gain[4800:] == pytest.approx(-20 * np.exp(-t / 0.01), abs=0.02)


def test_the_gate_opens_above_its_threshold_and_shuts_below_the_hysteresis() -> None:
    steps = [-50.0, -35.0, -43.0, -50.0, -43.0]
    x = np.concatenate([steady(4800, level) for level in steps])
    params = {"threshold": -40.0, "hysteresis": 6.0, "release": 0.005, "hold": 0.0, "depth": 60.0}
    gain = gains("noise_gate", {"left": x, "right": x}, **params)[4799::4800, 0]
    assert gain == pytest.approx([-60, 0, 0, -60, -60], abs=0.1)


def test_the_gate_holds_and_then_shuts_in_its_release() -> None:
    x = np.concatenate([steady(2400, 0.0), steady(9600, -100.0)])
    gate = render(
        "noise_gate", 12000, inputs={"left": x, "right": x}, params={"hold": 0.05, "release": 0.02, "depth": 120.0}
    )
    gain = np.abs(gate["left_out"][:, 0] / x[:, 0])
    shuts = int(np.argmax(gain[2400:] < 0.999)) + 2400
    detection = 46 / 20 * np.log(10) * 0.01  # seconds in which the level falls below the threshold minus the hysteresis
    assert shuts == pytest.approx(2400 + (detection + 0.05) * RATE, abs=60)
    assert gain[shuts + 960] == pytest.approx(np.exp(-1), abs=0.02)


# --- look-ahead limiter --------------------------------------------------------------------------------------------
NOISE = np.random.default_rng(4).uniform(-1, 1, (7200, LANES)).astype(np.float32)
LATE = 239


def limited(left: np.ndarray, **params: object) -> np.ndarray:
    return render("lookahead_limiter", len(left), inputs={"left": left, "right": 0.5 * left}, params=params)["left_out"]


def test_below_the_ceiling_the_limiter_is_a_delay_bit_for_bit() -> None:
    y = limited(NOISE)
    assert np.array_equal(y[LATE:], NOISE[:-LATE]) and not y[:LATE].any()


@pytest.mark.parametrize("ceiling", [0.1, 1.0])
def test_nothing_leaves_the_ceiling_and_little_is_lost(ceiling: float) -> None:
    y = limited(NOISE * np.geomspace(0.5, 300.0, LANES).astype(np.float32), ceiling=ceiling)
    assert np.abs(y).max() <= np.float32(ceiling)
    assert (np.abs(y).max(0)[8:] > 0.98 * ceiling).all()


def test_the_gain_is_down_before_the_peak_and_moves_in_a_straight_line() -> None:
    x = np.full((4800, LANES), 0.25, np.float32)
    x[2000] = 2.0
    y = limited(x, release=0.01)[:, 0].astype(np.float64)
    assert y[2000 + LATE] == pytest.approx(1.0, abs=1e-4)
    assert y[: 2000 - 1] == pytest.approx(np.where(np.arange(1999) < LATE, 0, 0.25), abs=1e-6)
    gain = y[2000 : 2000 + LATE] / 0.25
    assert gain == pytest.approx(1 - 0.5 * np.arange(1, 240) / 240, abs=1e-4)
    assert np.abs(np.diff(np.delete(y, 2000 + LATE)[LATE:])).max() < 0.25 * 0.5 / 240 + 1e-5


def test_the_limiter_recovers_in_its_release_and_forgets_what_was_bad() -> None:
    machine = Compiled("lookahead_limiter")
    bad = NOISE[:640].copy()
    bad[100], bad[101], bad[102] = np.nan, np.inf, 3e38
    machine.run(640, inputs={"left": bad, "right": bad}, params={"release": 0.001})
    machine.run(1920, inputs={"left": NOISE[:1920], "right": NOISE[:1920]}, params={"release": 0.001})
    y = machine.run(640, inputs={"left": NOISE[:640], "right": NOISE[:640]}, params={"release": 0.001})["left_out"]
    assert np.array_equal(y[LATE:], NOISE[: 640 - LATE])


def test_both_sides_of_the_limiter_are_turned_down_alike() -> None:
    out = render("lookahead_limiter", 7200, inputs={"left": 5 * NOISE, "right": 0.5 * NOISE})
    assert out["left_out"] == pytest.approx(10 * out["right_out"], abs=1e-5)


# --- transients ----------------------------------------------------------------------------------------------------
def shaped(x: np.ndarray, **params: object) -> np.ndarray:
    rows = np.tile(np.float32(x)[:, None], (1, LANES))
    out = render("transient_shaper", len(x), inputs={"left": rows, "right": rows}, params=params)["left_out"][:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        return 20 * np.log10(np.abs(out / x))


T = np.arange(24000) / RATE
HIT = np.where(T < 0.05, 0.0, np.exp(-(T - 0.05) / 0.03)) * np.where(np.arange(24000) % 5 < 2, 0.5, -0.5)


def test_onsets_get_the_attack_gain_at_any_level() -> None:
    for level in (1.0, 0.01):
        gain = shaped(level * HIT, attack_gain=12.0)
        assert gain[2400] == pytest.approx(12.0, abs=0.1)
        assert gain[2400 + 4800] == pytest.approx(0.0, abs=0.7)


def test_decays_get_the_sustain_gain() -> None:
    gain = shaped(HIT, sustain_gain=-20.0)
    assert gain[2400] == pytest.approx(0.0, abs=0.01)
    late = 0.25  # seconds later; the envelope falls to 1/e in 50 ms, the slower one that it is compared with in 500 ms
    assert gain[2400 + int(late * RATE)] == pytest.approx(-20 * (1 - np.exp(-late / 0.05 + late / 0.5)), abs=1.0)


def test_a_steady_sound_is_left_alone() -> None:
    gain = shaped(np.where(np.arange(24000) % 7 < 3, 0.3, -0.3), attack_gain=20.0, sustain_gain=20.0)
    assert np.abs(gain[12000:]).max() < 0.05
