"""Oscillators made of counted partials: which there are, how loud, and that nothing is between them."""

from __future__ import annotations

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
    bell = 2 * np.abs(np.fft.rfft(y))[20:10000:20] / SECOND  # a second: bins are Hz
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
