"""The sound of the oscillators: pitch, partials, aliases."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import render, twin
from spectra import amplitude, between_partials, cents, decibel, pitch

RATE = 48000.0
SECOND = 48000
PITCHES = np.geomspace(27.5, 7040.0, LANES).astype(np.float32)
WAVES = ("sine", "saw", "pulse", "triangle", "varsaw", "operator")


def bessel(n: int, x: float) -> float:
    """J_n(x) from its integral."""
    t = np.linspace(0, np.pi, 4001)
    return float(np.trapezoid(np.cos(n * t - x * np.sin(t)), t) / np.pi)


@pytest.mark.parametrize("rate", [44100.0, 48000.0, 96000.0])
@pytest.mark.parametrize("kind", WAVES)
def test_pitch(kind: str, rate: float) -> None:
    y = render(kind, SECOND, rate=rate, params={"freq": PITCHES})["y"]
    for lane, freq in enumerate(PITCHES):
        assert abs(cents(pitch(y[:, lane], float(freq), rate), float(freq))) < 0.01, freq


@pytest.mark.parametrize(("kind", "first", "rising"), [
    ("sine", 0.0, True), ("saw", 0.0, True), ("triangle", 0.0, True), ("operator", 0.0, True), ("varsaw", -1.0, True),
    ("pulse", 0.0, True),
])  # fmt: skip
def test_start(kind: str, first: float, rising: bool) -> None:
    y = twin(kind, 8, params={"freq": 100.0})["y"][:, 0]
    assert y[0] == pytest.approx(first, abs=0.02)
    assert bool(y[4] > y[0]) is rising


def test_sine_is_pure_and_of_level_1() -> None:
    y = render("sine", SECOND, params={"freq": 997.0})["y"][:, 0]
    assert amplitude(y, 997.0) == pytest.approx(1.0, abs=1e-5)
    for k in range(2, 20):
        assert decibel(amplitude(y, 997.0 * k)) < -120
    assert decibel(between_partials(y, 997.0, 10, 24000)) < -85  # side lobes of the window


def test_sine_offset_is_a_phase() -> None:
    y = twin("sine", 480, params={"freq": 100.0, "phase": np.arange(LANES) / 8})["y"]
    for lane in range(LANES):
        want = np.sin(2 * np.pi * (np.arange(480) * 100 / RATE + lane / 8))
        assert np.abs(y[:, lane] - want).max() < 2e-6


def test_negative_frequency_runs_backwards() -> None:
    forward = twin("sine", 300, params={"freq": 123.0})["y"]
    assert np.array_equal(twin("sine", 300, params={"freq": -123.0})["y"], -forward)
    saw = twin("saw", 3000, params={"freq": 523.0})["y"]
    assert np.abs(twin("saw", 3000, params={"freq": -523.0})["y"] + saw).max() < 1e-5


def saw_level(k: int) -> float:
    return 2 / (np.pi * k)


def pulse_level(k: int, width: float) -> float:
    return float(abs(4 / (np.pi * k) * np.sin(np.pi * k * width)))


def varsaw_level(k: int, width: float) -> float:
    return float(abs(2 / (np.pi**2 * k**2 * width * (1 - width)) * np.sin(np.pi * k * width)))


@pytest.mark.parametrize("freq", [110.0, 441.7, 1234.5])
def test_saw_partials(freq: float) -> None:
    y = render("saw", SECOND, params={"freq": freq})["y"][:, 0]
    for k in range(1, int(10000 / freq) + 1):
        assert abs(decibel(amplitude(y, k * freq) / saw_level(k))) < 0.5, k


@pytest.mark.parametrize("width", [0.5, 0.25, 0.1])
def test_pulse_partials(width: float) -> None:
    freq = 441.7
    y = render("pulse", SECOND, params={"freq": freq, "width": width})["y"][:, 0]
    for k in range(1, int(10000 / freq) + 1):
        assert amplitude(y, k * freq) == pytest.approx(pulse_level(k, width), rel=0.06, abs=1e-3), k
    assert abs(y.mean()) < 1e-3


@pytest.mark.parametrize("width", [0.5, 0.2, 0.02])
def test_varsaw_partials(width: float) -> None:
    freq = 441.7
    y = render("varsaw", SECOND, params={"freq": freq, "width": width})["y"][:, 0]
    for k in range(1, int(10000 / freq) + 1):
        assert amplitude(y, k * freq) == pytest.approx(varsaw_level(k, width), rel=0.06, abs=1e-4), k


def test_triangle_partials() -> None:
    freq = 441.7
    y = render("triangle", SECOND, params={"freq": freq})["y"][:, 0]
    for k in range(1, int(10000 / freq) + 1):
        assert amplitude(y, k * freq) == pytest.approx(varsaw_level(k, 0.5), rel=0.06, abs=1e-4), k


@pytest.mark.parametrize(("kind", "params"), [
    ("saw", {}), ("pulse", {}), ("pulse", {"width": 0.1}), ("triangle", {}), ("varsaw", {"width": 0.01}),
    ("varsaw", {"width": 0.3}),
])  # fmt: skip
@pytest.mark.parametrize(("freq", "audible", "any_"), [(1012.3, -54, -38), (3010.7, -44, -32)])
def test_aliases(kind: str, params: dict[str, float], freq: float, audible: float, any_: float) -> None:
    """Level of the highest component that is not a partial, relative to the fundamental: below 20 kHz, and up to half the rate.

    A narrow pulse has a weak fundamental although its edges are high; so its fundamental counts at least as that of a saw.
    """
    y = render(kind, SECOND, params={"freq": freq, **params})["y"][:, 0]
    first = max(amplitude(y, freq), saw_level(1))
    assert decibel(between_partials(y, freq, 20, 20000) / first) < audible
    assert decibel(between_partials(y, freq, 20, 24000) / first) < any_


def test_a_naive_saw_would_fail_the_alias_test() -> None:
    naive = 2 * ((np.arange(SECOND) * 1012.3 / RATE + 0.5) % 1) - 1
    assert decibel(between_partials(naive, 1012.3, 20, 20000) / amplitude(naive, 1012.3)) > -40


@pytest.mark.parametrize("kind", ["saw", "pulse", "triangle", "varsaw"])
def test_high_notes_stay_bounded(kind: str) -> None:
    y = render(kind, 4800, params={"freq": np.geomspace(6000, 23000, LANES)})["y"]
    assert np.abs(y).max() < 2.2


def test_pulse_of_any_width_has_no_dc() -> None:
    y = render("pulse", SECOND, params={"freq": 100.0, "width": np.linspace(0, 1, LANES)})["y"]
    assert np.abs(y.mean(0)).max() < 1e-3
    assert np.abs(y[:, [0, -1]]).max() < 1e-5  # silent at 0 and 1


def test_triangle_is_a_varsaw_shifted() -> None:
    triangle = render("triangle", 4800, params={"freq": 331.0})["y"]
    varsaw = render("varsaw", 4800, params={"freq": 331.0, "width": 0.5, "phase": 0.25})["y"]
    assert np.abs(triangle - varsaw).max() < 1e-4


def test_operator_sidebands_are_bessel_functions() -> None:
    index = 2.0
    modulator = render("operator", SECOND, params={"freq": 200.0, "level": index})["y"]
    y = render("operator", SECOND, inputs={"modulation": modulator}, params={"freq": 3000.0})["y"][:, 0]
    for n in range(-4, 5):
        assert amplitude(y, 3000.0 + 200.0 * n) == pytest.approx(abs(bessel(abs(n), index)), abs=2e-4)


def test_operator_feedback_makes_a_saw_of_it() -> None:
    """Harmonic k of a sine fed back by b radians: 2 J_k(k b) / (k b)."""
    b = 1.0
    y = render("operator", SECOND, params={"freq": 20.0, "feedback": b})["y"][:, 0]
    for k in range(1, 9):
        assert amplitude(y, 20.0 * k) == pytest.approx(2 * bessel(k, k * b) / (k * b), rel=0.04), k


def test_operator_without_feedback_is_the_sine() -> None:
    sine = render("sine", 4800, params={"freq": PITCHES})["y"]
    assert np.abs(render("operator", 4800, params={"freq": PITCHES})["y"] - sine).max() < 1e-6


def test_gliding_pitch_keeps_its_phase() -> None:
    glide = np.tile(np.linspace(100, 2000, SECOND)[:, None], (1, LANES))
    y = render("sine", SECOND, params={"freq": glide})["y"][:, 0]
    phase = np.cumsum(np.concatenate([[0.0], glide[:-1, 0].astype(np.float32)])) / RATE
    assert np.abs(y - np.sin(2 * np.pi * phase)).max() < 2e-3


def test_impulses_are_as_many_as_told_and_begin_at_once() -> None:
    freq = np.geomspace(1.0, 1000.0, LANES)
    y = render("impulse", SECOND, params={"freq": freq})["y"]
    assert set(np.unique(y)) == {0.0, 1.0}
    assert (y[0] == 1).all()
    assert np.abs(y.sum(0) - freq).max() <= 1.01
    apart = np.diff(np.flatnonzero(y[:, -1]))
    assert set(apart) <= {48, 49}


def test_an_impulse_of_no_frequency_is_alone() -> None:
    assert render("impulse", 4800, params={"freq": 0.0})["y"].sum() == LANES
