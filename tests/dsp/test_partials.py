"""Oscillators with a number of partials: which partials there are, how loud they are, and silence between them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import render
from spectra import amplitude, between_partials, cents, decibel, pitch

RATE = 48000.0
SECOND = 48000
PITCHES = np.geomspace(27.5, 7040.0, LANES).astype(np.float32)


@pytest.mark.parametrize(
    ("kind", "more"), [("blip", {}), ("formant_osc", {"formant": PITCHES, "bandwidth": 2 * PITCHES})]
)
def test_pitch(kind: str, more: dict[str, np.ndarray]) -> None:
    y = render(kind, SECOND, params={"freq": PITCHES, **more})["y"]
    for lane, freq in enumerate(PITCHES):
        assert abs(cents(pitch(y[:, lane], float(freq)), float(freq))) < 0.05, freq


# --- blip ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("freq", "harmonics"), [(440.0, 1.0), (440.0, 7.0), (97.3, 60.0), (441.7, 1000.0)])
def test_blip_has_equal_partials_up_to_its_number(freq: float, harmonics: float) -> None:
    y = render("blip", SECOND, params={"freq": freq, "harmonics": harmonics})["y"][:, 0]
    fit = 0.5 * RATE / freq - 1
    count = min(harmonics, fit)
    for k in range(1, int(fit) + 1):
        want = min(max(count - k + 1, 0.0), 1.0) / count
        assert amplitude(y, k * freq) == pytest.approx(want, abs=2e-4), k
    assert decibel(between_partials(y, freq, 20, 24000) * count) < -80
    assert abs(y.mean()) < 1e-3
    assert np.abs(y).max() <= 1.001


def test_blip_swept_to_half_the_rate_makes_no_aliases_and_no_clicks() -> None:
    frames = SECOND
    freq = np.tile(np.geomspace(200.0, 24000.0, frames).astype(np.float32)[:, None], (1, LANES))
    y = render("blip", frames, params={"freq": freq, "harmonics": 3.0})["y"][:, 0].astype(np.float64)
    angle = 2 * np.pi * np.concatenate([[0.0], np.cumsum(freq[:-1, 0].astype(np.float64))]) / RATE
    count = np.clip(np.minimum(3.0, 0.5 * RATE / freq[:, 0] - 1), 0, None)
    want = sum(np.cos(k * angle) * np.clip(count - k + 1, 0, 1) for k in (1, 2, 3)) / np.maximum(count, 1)
    assert np.abs(y - want).max() < 2e-3


# --- formant -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("formant", "bandwidth"), [(1000.0, 300.0), (2500.0, 800.0), (1037.0, 400.0)])
def test_a_formant_is_3_db_down_at_its_bandwidth(formant: float, bandwidth: float) -> None:
    freq = 20.0
    y = render("formant_osc", SECOND, params={"freq": freq, "formant": formant, "bandwidth": bandwidth})["y"][:, 0]
    bell = 2 * np.abs(np.fft.rfft(y))[20:10000:20] / SECOND  # one second, so bins are Hz
    hertz = freq * np.arange(1, 500)
    centre = (bell**2 * hertz).sum() / (bell**2).sum()
    assert centre == pytest.approx(formant, abs=2)
    wide = hertz[bell > bell.max() * 0.5**0.5]
    assert wide[-1] - wide[0] == pytest.approx(bandwidth, abs=2 * freq)
    assert np.abs(y).max() <= 1.001


def test_a_formant_glides_while_the_pitch_stays() -> None:
    formant = np.linspace(500.0, 3000.0, LANES)
    y = render("formant_osc", SECOND, params={"freq": 100.0, "formant": formant, "bandwidth": 150.0})["y"]
    for lane, f in enumerate(formant):
        bell = 2 * np.abs(np.fft.rfft(y[:, lane]))[100:6000:100] / SECOND
        assert 100 * (1 + bell.argmax()) == pytest.approx(f, abs=51)
        assert decibel(between_partials(y[:, lane], 100.0, 20, 24000) / bell.max()) < -85


def test_a_formant_near_half_the_rate_makes_no_aliases() -> None:
    y = render("formant_osc", SECOND, params={"freq": 1234.5, "formant": 20000.0, "bandwidth": 10000.0})["y"][:, 0]
    assert decibel(between_partials(y, 1234.5, 20, 24000)) < -50


# --- additive ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("tilt", [0.0, 1.0, 2.5, -0.5])
@pytest.mark.parametrize("balance", [0.0, -1.0, 0.6])
def test_additive_partials(tilt: float, balance: float) -> None:
    params = {"freq": 200.0, "tilt": tilt, "balance": balance, "partials": 30.5}
    y = render("additive", SECOND, params=params)["y"][:, 0]
    k = np.arange(1, 33)
    a = k**-tilt * np.clip(31.5 - k, 0, 1) * np.where(k % 2, min(1.0, 1 - balance), min(1.0, 1 + balance))
    got = np.array([amplitude(y, 200.0 * n) for n in k])
    assert np.abs(got - a / np.sqrt((a**2).sum())).max() < 1e-4
    assert y.std() == pytest.approx(0.5**0.5, rel=1e-3)


def test_additive_ends_at_half_the_rate() -> None:
    y = render("additive", SECOND, params={"freq": 1234.5, "tilt": 0.0})["y"][:, 0]
    for k in range(1, 19):
        assert amplitude(y, 1234.5 * k) == pytest.approx(min(1.0, 0.5 * RATE / 1234.5 - k) / 32**0.5, abs=1e-3), k
    assert decibel(between_partials(y, 1234.5, 20, 24000)) < -85


# --- sync ----------------------------------------------------------------------------------------------------------
def synced_level(k: int, ratio: float) -> float:
    """Amplitude of partial k of a saw that restarts after ``ratio`` cycles, from its Fourier integral."""
    edges = np.concatenate([np.arange(np.ceil(ratio)), [ratio]]) / ratio
    w = 2j * np.pi * k
    total = 0.0 + 0.0j
    for n, (a, b) in enumerate(pairwise(edges)):
        for t, sign in ((a, -1), (b, 1)):  # integral of (2 (ratio t - n) - 1) e^-wt
            total += sign * np.exp(-w * t) * ((2 * (ratio * t - n) - 1) / -w - 2 * ratio / w**2)
    return float(2 * abs(total))


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.3, 4.0, 7.77])
def test_sync_partials(ratio: float) -> None:
    freq = 220.7
    y = render("sync_saw", SECOND, params={"freq": freq, "ratio": ratio})["y"][:, 0]
    for k in range(1, int(10000 / freq)):
        assert amplitude(y, k * freq) == pytest.approx(synced_level(k, ratio), rel=0.06, abs=1e-3), k
    assert abs(y.mean()) < 2e-3


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.02, 3.98, 5.3])
@pytest.mark.parametrize("freq", [441.7, 1012.3])
def test_sync_aliases(freq: float, ratio: float) -> None:
    """Relative to the fundamental of a saw; as for ``saw``, the higher frequency matters: the slave's."""
    y = render("sync_saw", SECOND, params={"freq": freq, "ratio": ratio})["y"][:, 0]
    aliases = decibel(between_partials(y, freq, 20, 20000) / (2 / np.pi))
    assert aliases < (-54 if freq * ratio < 1100 else -48 if freq * ratio < 2400 else -43)
    naive = 2 * np.mod(ratio * np.mod(freq / RATE * np.arange(SECOND), 1.0), 1.0) - 1
    assert decibel(between_partials(naive, freq, 20, 20000) / (2 / np.pi)) - aliases > 15


def test_sync_without_a_ratio_is_a_saw() -> None:
    y = render("sync_saw", 4800, params={"freq": 441.7, "ratio": 1.0, "phase": 0.5})["y"]
    assert np.abs(y - render("saw", 4800, params={"freq": 441.7})["y"]).max() < 1e-4


def test_a_swept_sync_stays_bounded_and_has_no_dc() -> None:
    ratio = np.tile(np.geomspace(1, 16, SECOND).astype(np.float32)[:, None], (1, LANES))
    y = render("sync_saw", SECOND, params={"freq": 110.0, "ratio": ratio})["y"][:, 0]
    assert np.abs(y).max() < 1.6
    assert np.abs(np.convolve(y, np.ones(4800) / 4800, "valid")).max() < 0.03


# --- supersaw ------------------------------------------------------------------------------------------------------
OFFSETS = np.array([-0.11002313, -0.06288439, -0.01952356, 0.0, 0.01991221, 0.06216538, 0.10745242]) / 0.11002313


@pytest.mark.parametrize("detune", [0.5, 2.0])
def test_supersaw_has_seven_saws(detune: float) -> None:
    y = render("supersaw", 4 * SECOND, params={"freq": 880.0, "detune": detune, "mix": 0.5, "spread": 0.0})
    middle, side = 0.99785 - 0.55366 * 0.5, 0.044372 + 1.2841 * 0.5 - 0.73754 * 0.25
    power = np.sqrt(middle**2 + 6 * side**2)
    for k, offset in enumerate(OFFSETS):
        level = (middle if k == 3 else side) / power * 2 / np.pi / np.sqrt(2)
        assert amplitude(y["left"][:, 0], 880 * 2 ** (offset * detune / 12)) == pytest.approx(level, rel=0.01), k
    assert np.abs(y["left"] - y["right"]).max() < 1e-6


def test_supersaw_power_is_that_of_one_saw() -> None:
    out = render("supersaw", 2 * SECOND, params={"freq": 330.0, "mix": np.linspace(0, 1, LANES), "detune": 1.0})
    assert np.abs((out["left"] ** 2 + out["right"] ** 2).mean(0) * 3 - 1).max() < 0.15


def test_supersaw_spreads_its_saws() -> None:
    out = render("supersaw", 4 * SECOND, params={"freq": 880.0, "detune": 1.0, "spread": 1.0})
    sides = [
        decibel(amplitude(out["left"][:, 0], f) / amplitude(out["right"][:, 0], f)) for f in 880 * 2 ** (OFFSETS / 12)
    ]
    assert sides[0] > 40 > -40 > sides[6]
    assert sides[3] == pytest.approx(0.0, abs=0.05)
    want = {5: -2 / 3, 2: -1 / 3, 4: 1 / 3, 1: 2 / 3}
    for k, position in want.items():
        angle = (position + 1) * np.pi / 4
        assert sides[k] == pytest.approx(decibel(np.cos(angle) / np.sin(angle)), abs=0.3)


def test_supersaw_voices_begin_at_phases_of_their_own() -> None:
    y = render("supersaw", 100)["left"]
    assert np.ptp(y[0]) > 0.5
    assert np.array_equal(*(render("supersaw", 100, seed=np.full(LANES, 5))["left"] for _ in range(2)))
