"""Plucked strings: tuning, decay, colour, and the places where they are plucked and heard."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import Compiled, render
from spectra import amplitude, band_level, cents, decibel, pitch

SECOND = 48000
NOTES = np.geomspace(27.5, 4186.0, LANES).astype(np.float32)

each_string = pytest.mark.parametrize("kind", ["pluck", "waveguide"])


@pytest.mark.parametrize("rate", [44100.0, 48000.0, 96000.0])
@each_string
def test_tuning_from_a0_to_c8(kind: str, rate: float) -> None:
    params = {"freq": NOTES, "decay": 20.0} | ({"damping": 0.2} if kind == "pluck" else {"brightness": 4.0})
    y = render(kind, SECOND, rate=rate, params=params)["y"]
    for lane, freq in enumerate(NOTES):
        assert abs(cents(pitch(y[4000:28000, lane], float(freq), rate), float(freq))) < 1.0, freq


@pytest.mark.parametrize("damping", [0.0, 0.5, 1.0])
def test_pluck_stays_in_tune_however_damped(damping: float) -> None:
    y = render("pluck", SECOND, params={"freq": 220.0, "damping": damping})["y"]
    assert abs(cents(pitch(y[2000:20000, 0], 220.0), 220.0)) < 0.7


@each_string
def test_low_partials_decay_in_the_time_told(kind: str) -> None:
    times = np.geomspace(0.5, 8.0, LANES)
    rest = {"damping": 0.0} if kind == "pluck" else {"brightness": 1000.0}
    y = render(kind, SECOND, params={"freq": 110.0, "decay": times, **rest})["y"]
    for lane, seconds in enumerate(times):
        first, later = (amplitude(y[at : at + 9600, lane], 110.0) for at in (4800, 24000))
        assert decibel(later / first) == pytest.approx(-60 * 0.4 / seconds, rel=0.04), seconds


def test_damping_is_the_mean_of_two_samples() -> None:
    """Gain of one turn at partial k: |1 - S + S z^-1|, where S is half the damping."""
    freq = 200.0
    y = render("pluck", SECOND, params={"freq": freq, "decay": 1000.0, "damping": 1.0})["y"][:, 0]
    for k in (5, 10, 15):
        first, later = (amplitude(y[at : at + 4800], k * freq) for at in (2400, 12000))
        turns = 9600 / SECOND * freq
        assert decibel(later / first) == pytest.approx(turns * decibel(np.cos(np.pi * k * freq / SECOND)), rel=0.05), k


def test_a_plectrum_is_brighter_than_a_thumb() -> None:
    params = {"freq": 110.0, "brightness": np.linspace(0.05, 1.0, LANES)}
    y = render("pluck", 9600, params=params, seed=np.full(LANES, 9))["y"][480:]
    tilt = np.array([band_level(y[:, k], 4000, 8000) - band_level(y[:, k], 200, 800) for k in range(LANES)])
    assert tilt[-1] - tilt[0] > 10
    assert np.corrcoef(tilt, np.arange(LANES))[0, 1] > 0.9
    power = (y**2).sum(0)
    assert 0.3 < power[-4:].mean() / power[:4].mean() < 3.0


@each_string
def test_it_sounds_at_triggers_only(kind: str) -> None:
    frames = SECOND
    trigger = np.zeros((frames, LANES), np.float32)
    trigger[9600:9700] = 1.0
    trigger[28800] = 1.0
    y = render(kind, frames, params={"freq": 220.0, "decay": 0.2, "trigger": trigger})["y"]
    assert not y[:9600].any()
    levels = [np.abs(y[at : at + 2400]).max(0) for at in (9600, 26000, 28800)]
    assert (levels[0] > 0.3).all()
    assert (levels[1] < 0.03).all()
    assert (levels[2] > 0.3).all()


@each_string
def test_it_is_plucked_at_its_start_and_remembers_nothing_of_earlier_voices(kind: str) -> None:
    machine = Compiled(kind)  # its memory holds not-a-number
    first = machine.run(4800, params={"freq": 220.0})["y"]
    assert (np.abs(first[:480]).max(0) > 0.1).all()
    machine.restart()
    assert np.isfinite(machine.run(4800, params={"freq": 220.0})["y"]).all()


def test_every_voice_and_every_pluck_has_noise_of_its_own() -> None:
    trigger = np.zeros((9600, LANES), np.float32)
    trigger[0] = trigger[4800] = 1.0
    y = render("pluck", 9600, params={"freq": 100.0, "trigger": trigger})["y"]
    assert not np.array_equal(y[:480, 0], y[:480, 1])
    assert np.corrcoef(y[10:480, 0], y[4810:5280, 0])[0, 1] < 0.5
    same = render("pluck", 480, seed=np.full(LANES, 3))["y"]
    assert np.array_equal(same, np.tile(same[:, :1], (1, LANES)))


# --- waveguide -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("position", "pickup"), [(0.2, 0.13), (0.5, 0.31), (0.37, 0.5)])
def test_partials_are_those_of_an_ideal_pluck(position: float, pickup: float) -> None:
    """Displacement of a string that is pulled aside by 1 at p: 2 sin(n pi p) sin(n pi x) / (n^2 pi^2 p (1 - p)) at x."""
    freq = 100.0
    params = {"freq": freq, "decay": 1000.0, "brightness": 1000.0, "position": position, "pickup": pickup}
    y = render("waveguide", SECOND, params=params)["y"][:, 0]
    for n in range(1, 16):
        want = 2 * np.sin(n * np.pi * position) * np.sin(n * np.pi * pickup)
        want = abs(want) / (n * n * np.pi**2 * position * (1 - position))
        assert amplitude(y[: SECOND // 2], n * freq) == pytest.approx(want, rel=0.04, abs=4e-3), n


def test_a_string_begins_as_it_was_drawn_aside() -> None:
    pickup = np.linspace(0.0, 1.0, LANES)
    y = render("waveguide", 2, params={"freq": 50.0, "position": 0.25, "pickup": pickup})["y"][0]
    assert y == pytest.approx(np.minimum(pickup / 0.25, (1 - pickup) / 0.75), abs=0.01)


def test_a_string_answers_what_moves_its_end() -> None:
    x = np.zeros((SECOND, LANES), np.float32)
    x[0] = 1.0
    params = {"freq": 330.0, "trigger": 0.0, "pickup": 0.1}
    y = render("waveguide", SECOND, inputs={"x": x}, params=params)["y"]
    assert np.abs(y[100:2000]).max() > 0.2
    assert abs(cents(pitch(y[4000:24000, 0], 330.0), 330.0)) < 1.0


@each_string
def test_a_bent_string_stays_in_tune_and_bounded(kind: str) -> None:
    frames = 24000
    bend = np.tile(np.float32(220 * 2 ** (np.minimum(np.arange(frames), 9600) / 9600 / 6))[:, None], (1, LANES))
    y = render(kind, frames, params={"freq": bend, "decay": 10.0})["y"][:, 0]
    assert np.abs(y).max() < 3
    assert abs(cents(pitch(y[12000:], 220 * 2 ** (1 / 6)), 220 * 2 ** (1 / 6))) < 1.5
