"""Filters that ring: ladder, comb, resonator, formants, vowels. Also the DJ filter."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from dsp.lanes import LANES
from harness import render
from responses import CUTOFFS, FRAMES, HERTZ, RATE, assert_levels, impulse, levels, response, warped
from spectra import amplitude, cents, decibel, pitch


# --- ladder --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("resonance", [0.0, 0.3, 0.7])
def test_a_quiet_ladder_has_four_poles_and_linear_feedback(resonance: float) -> None:
    s, k = warped(CUTOFFS), 4.4444444 * resonance
    got = response("ladder", height=1e-3, cutoff=CUTOFFS, resonance=resonance)
    heard = levels(1 / ((1 + s) ** 4 + k)) > -60
    assert np.abs(levels(got) - levels(1 / ((1 + s) ** 4 + k)))[heard].max() < 0.2


def test_a_loud_ladder_saturates() -> None:
    low = np.sin(2 * np.pi * 100 / RATE * np.arange(9600))[:, None] * np.geomspace(0.01, 10, LANES)
    y = render("ladder", 9600, inputs={"x": low}, params={"cutoff": 2000.0})["y"][4800:]
    gains = np.abs(y).max(0) / np.geomspace(0.01, 10, LANES)
    assert gains[0] == pytest.approx(1.0, abs=0.02)
    third = [decibel(amplitude(y[:, k], 300.0) / amplitude(y[:, k], 100.0)) for k in (0, 12, 24)]
    assert third[0] < -80
    assert third[0] < third[1] < third[2]
    doubled = render("ladder", 9600, inputs={"x": 2 * low}, params={"cutoff": 2000.0})["y"]
    driven = render("ladder", 9600, inputs={"x": low}, params={"cutoff": 2000.0, "drive": 2.0})["y"]
    assert np.allclose(doubled, driven, atol=1e-6)


def test_a_resonant_ladder_oscillates_at_its_cutoff_and_stays_bounded() -> None:
    frames = 48000
    cutoffs = np.geomspace(100.0, 8000.0, LANES)
    y = render("ladder", frames, inputs={"x": impulse(frames)}, params={"cutoff": cutoffs, "resonance": 1.0})["y"]
    early, late = np.abs(y[20000:28000]).max(0), np.abs(y[40000:]).max(0)
    assert late == pytest.approx(early, rel=0.05)
    assert (late > 0.05).all()
    assert (late < 2.0).all()
    for lane in range(0, LANES, 5):
        assert abs(cents(pitch(y[24000:, lane], float(cutoffs[lane])), float(cutoffs[lane]))) < 70


def test_below_self_oscillation_the_ladder_falls_silent() -> None:
    frames = 24000
    cutoffs = np.geomspace(200.0, 15000.0, LANES)
    y = render("ladder", frames, inputs={"x": impulse(frames)}, params={"cutoff": cutoffs, "resonance": 0.85})["y"]
    assert np.abs(y[-1000:]).max() < 1e-3


@pytest.mark.parametrize("loud", [1.0, 1e6])
def test_a_ladder_whose_knobs_jump_at_every_row_stays_bounded(loud: float) -> None:
    rng = np.random.default_rng(7)
    frames = 4800
    x = loud * rng.uniform(-1, 1, (frames, LANES))
    params = {"cutoff": np.exp(rng.uniform(np.log(20), np.log(22000), (frames, LANES)))}
    params |= {"resonance": rng.uniform(0, 1, (frames, LANES)), "drive": rng.uniform(0.01, 20, (frames, LANES))}
    assert np.abs(render("ladder", frames, inputs={"x": x}, params=params)["y"]).max() < 30.0


# --- comb ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("damp", [0.0, 0.3])
@pytest.mark.parametrize("feedback", [0.9, -0.9])
def test_comb_rings_in_tune(damp: float, feedback: float) -> None:
    freqs = np.geomspace(40.0, 2000.0, LANES)
    y = render("comb", FRAMES, inputs={"x": impulse()}, params={"freq": freqs, "feedback": feedback, "damp": damp})["y"]
    for lane, f in enumerate(freqs):
        first = f if feedback > 0 else f / 2
        spectrum = np.abs(np.fft.rfft(y[:, lane], 1 << 18))
        hertz = np.fft.rfftfreq(1 << 18, 1 / RATE)
        near = (hertz > 0.8 * first) & (hertz < 1.2 * first)
        assert hertz[near][spectrum[near].argmax()] == pytest.approx(first, abs=0.2 + 1e-3 * first), f


def test_comb_has_peaks_of_one_over_one_less_feedback() -> None:
    h = np.abs(response("comb", freq=480.0, feedback=np.linspace(0.0, 0.95, LANES)))
    for lane, feedback in enumerate(np.linspace(0.0, 0.95, LANES)):
        assert h[:, lane].max() == pytest.approx(1 / (1 - feedback), rel=0.05)
        assert h[:, lane].min() == pytest.approx(1 / (1 + feedback), rel=0.05)


def test_comb_damps_its_upper_peaks() -> None:
    params = {"freq": 500.0, "feedback": 0.9, "damp": np.linspace(0.0, 0.8, LANES)}
    h = np.abs(np.fft.rfft(render("comb", FRAMES, inputs={"x": impulse()}, params=params)["y"], axis=0))
    top = h[3200:3600].max(0)  # from 9.4 to 10.5 kHz
    assert (np.diff(top) < 0).all()
    assert levels(top[0] / top[-1]) > 15


def test_comb_at_full_feedback_neither_grows_nor_breaks() -> None:
    x = np.random.default_rng(3).uniform(-1, 1, (9600, LANES))
    y = render("comb", 9600, inputs={"x": x}, params={"freq": np.geomspace(20, 12000, LANES), "feedback": 1.0})["y"]
    assert np.abs(y).max() < 1e4


# --- resonator, formants -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("q", [2.0, 10.0, 50.0])
def test_resonz_is_steiglitzs_resonator(q: float) -> None:
    got = response("resonz", freq=CUTOFFS, q=q)
    z = np.exp(-2j * np.pi * HERTZ / RATE)[:, None]
    r = np.exp(-np.pi * CUTOFFS / q / RATE)
    cos = (1 + r * r) / (2 * r) * np.cos(2 * np.pi * CUTOFFS / RATE)
    assert_levels(got, (1 - r * r) / 2 * (1 - z * z) / (1 - 2 * r * cos * z + r * r * z * z), 0.1)
    assert levels(got).max() < 0.01


def test_resonz_rings_as_long_as_its_q() -> None:
    y = render("resonz", 9600, inputs={"x": impulse(9600)}, params={"freq": 1000.0, "q": 20.0})["y"][:, 0]
    at = round(20 / 1000 * RATE)  # twenty cycles
    first, later = np.abs(y[48:96]).max(), np.abs(y[48 + at : 96 + at]).max()
    assert later / first == pytest.approx(np.exp(-np.pi), rel=0.02)


def test_formant_is_the_sum_of_three_bands() -> None:
    centres, widths = (500.0, 1500.0, 2500.0), (60.0, 90.0, 150.0)
    params = {f"f{k}": f for k, f in enumerate(centres, 1)} | {f"bw{k}": w for k, w in enumerate(widths, 1)}
    want = sum(
        (s * w / f) / (s * s + s * w / f + 1)
        for f, w in zip(centres, widths, strict=True)
        for s in (warped(np.array([f])),)
    )
    assert_levels(response("formant", **params)[:, :1], want, 0.05)


FORMANTS = {
    "a": ((660, 0, 80), (1120, -6, 90), (2750, -23, 120), (3000, -24, 130), (3350, -38, 140)),
    "e": ((440, 0, 70), (1800, -14, 80), (2700, -18, 100), (3000, -20, 120), (3300, -20, 120)),
    "i": ((270, 0, 40), (1850, -24, 90), (2900, -24, 100), (3350, -36, 120), (3590, -36, 120)),
    "o": ((430, 0, 40), (820, -10, 80), (2700, -26, 100), (3000, -22, 120), (3300, -34, 120)),
    "u": ((370, 0, 40), (630, -20, 60), (2750, -23, 100), (3000, -30, 120), (3400, -34, 120)),
}


def superdirt_vowel(x: np.ndarray, vowel: str, r: float) -> np.ndarray:
    """The formula of docs/dirt.md (Effects) in float64."""
    total = np.zeros(len(x))
    for f, level, width in FORMANTS[vowel]:
        w = 2 * np.pi * f / RATE
        c, d = 1 / np.tan(w / width / (0.1 + 0.4 * r) / 2), 2 * np.cos(w)
        a0 = 1 / (1 + c)
        total += 10 ** (level / 20) * (50 + 150 * r) * lfilter([a0, 0, -a0], [1, -c * d * a0, -(1 - c) * a0], x)
    angle = (0.5 + 1.5 * r) * np.pi / 4
    return np.asarray(0.25 * (x * np.cos(angle) + total * np.sin(angle)))


@pytest.mark.parametrize("r", [0.0, 0.4, 1.0])
def test_vowels_are_superdirts(r: float) -> None:
    x = np.random.default_rng(1).uniform(-1, 1, (6000, LANES)).astype(np.float32)
    y = render("vowel", 6000, inputs={"x": x}, params={"vowel": np.arange(LANES) % 5, "resonance": r})["y"]
    for lane in range(10):
        want = superdirt_vowel(x[:, lane].astype(np.float64), "aeiou"[lane % 5], r)
        assert np.abs(y[:, lane] - want).max() < 1e-3 * np.abs(want).max()


def test_between_two_vowels_the_first_formant_is_on_its_way() -> None:
    h = np.abs(response("vowel", vowel=np.linspace(0.0, 1.0, LANES), resonance=1.0))
    low = HERTZ < 900
    peaks = HERTZ[low][h[low].argmax(0)]
    assert peaks[0] == pytest.approx(660, rel=0.03)
    assert peaks[-1] == pytest.approx(440, rel=0.03)
    assert (np.diff(peaks) <= 0).all()


# --- djf -----------------------------------------------------------------------------------------------------------
def superdirt_pass(x: np.ndarray, f: float, sign: int) -> np.ndarray:
    w = 2 * np.pi * f / RATE
    d = np.tan(w / 2)
    c = (1 - d) / (1 + d)
    b1 = (1 + c) * np.cos(w)
    a0 = (1 + c + sign * b1) / 4
    return np.asarray(lfilter([a0, -2 * sign * a0, a0], [1, -b1, c], x))


@pytest.mark.parametrize("value", [0.1, 0.35, 0.5, 0.6, 0.9])
def test_djf_is_superdirts(value: float) -> None:
    x = np.random.default_rng(1).uniform(-1, 1, (6000, LANES)).astype(np.float32)
    y = render("djf", 6000, inputs={"x": x}, params={"value": value})["y"][:, 0]
    low, high = 20 * 500 ** min(2 * value, 1.0), 20 * 500 ** max(2 * value - 1, 0.0)
    want = superdirt_pass(superdirt_pass(x[:, 0].astype(np.float64), low, -1), high, 1)
    assert np.abs(y - want).max() < 2e-3 * np.abs(want).max()


def test_djf_in_the_middle_lets_20_hz_to_10_khz_through() -> None:
    h = levels(response("djf", value=0.5))[:, 0]
    assert np.abs(h[(HERTZ > 100) & (HERTZ < 3000)]).max() < 1.0
    assert levels(response("djf", value=0.2))[:, 0][HERTZ > 5000].max() < -40
    assert levels(response("djf", value=0.9))[:, 0][HERTZ < 200].max() < -40
