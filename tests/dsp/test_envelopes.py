"""Envelopes: levels, times and ends, exact to the frame."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import LANES
from harness import Compiled, render, twin

RATE = 48000


def rows(values: np.ndarray) -> np.ndarray:
    """A moving signal that is the same in every lane."""
    return np.tile(np.float32(values)[:, None], (1, LANES))


def bent(u: np.ndarray, c: float) -> np.ndarray:
    """SuperCollider's curved segment from 0 to 1."""
    return u if c == 0 else (1 - np.exp(c * u)) / (1 - np.exp(c))


# --- adsr ----------------------------------------------------------------------------------------------------------
TIMES = {"attack": 0.01, "decay": 0.02, "sustain": 0.6, "release": 0.03}


def gate(*edges: int, frames: int) -> np.ndarray:
    """A gate that turns on at the first edge, off at the second, and so on."""
    t = np.arange(frames)
    return rows(sum((t >= e).astype(int) for e in edges) % 2)


def test_adsr_straight() -> None:
    y = render("adsr", 9600, params={**TIMES, "gate": gate(0, 4800, frames=9600)})["y"][:, 3]
    assert y[0] == 0
    assert y[240] == pytest.approx(0.5, abs=1e-5)
    assert y[480] == 1
    assert y[480 + 480] == pytest.approx(0.8, abs=1e-5)
    assert (y[1440:4800] == np.float32(0.6)).all()
    assert y[4800 + 720] == pytest.approx(0.3, abs=1e-5)
    assert y[4800 + 1439] > 0
    assert not y[4800 + 1440 :].any()


@pytest.mark.parametrize("curve", [-4.0, -0.02, 0.01, 3.0])
def test_adsr_curves(curve: float) -> None:
    y = render("adsr", 9600, params={**TIMES, "curve": curve, "gate": gate(0, 4800, frames=9600)})["y"][:, 0]
    u = np.arange(480) / 480
    assert np.abs(y[:480] - bent(u, curve)).max() < 1e-4
    u = np.arange(960) / 960
    assert np.abs(y[480:1440] - (1 - 0.4 * bent(u, curve))).max() < 1e-4
    u = np.arange(1440) / 1440
    assert np.abs(y[4800:6240] - 0.6 * (1 - bent(u, curve))).max() < 1e-4


def test_adsr_releases_from_where_it_is() -> None:
    y = render("adsr", 4800, params={**TIMES, "gate": gate(0, 240, frames=4800)})["y"][:, 0]
    assert y[240] == pytest.approx(0.5, abs=3e-3)
    assert np.abs(np.diff(y)).max() < 3e-3  # no jump
    assert y[240 + 720] == pytest.approx(0.25, abs=3e-3)
    assert not y[240 + 1440 :].any()


def test_adsr_is_triggered_again_from_where_it_is() -> None:
    y = render("adsr", 9600, params={**TIMES, "gate": gate(0, 2400, 3120, frames=9600)})["y"][:, 0]
    assert y[3120] == pytest.approx(0.3, abs=1e-3)
    assert y[3120 + 240] == pytest.approx(0.65, abs=1e-3)
    assert y[3120 + 480] == 1
    assert np.abs(np.diff(y)).max() < 3e-3


def test_adsr_waits_for_its_gate() -> None:
    y = render("adsr", 4800, params={**TIMES, "gate": gate(1000, frames=4800)})["y"]
    assert not y[:1001].any()
    assert (y[1480] == 1).all()


def test_adsr_without_times_is_the_gate() -> None:
    still = {"attack": 0.0, "decay": 0.0, "release": 0.0, "sustain": 0.5}
    y = twin("adsr", 200, params={**still, "gate": gate(50, 100, frames=200)})["y"][:, 0]
    assert np.array_equal(y, np.where((np.arange(200) >= 50) & (np.arange(200) < 100), np.float32(0.5), 0))


def test_adsr_follows_its_sustain_level() -> None:
    level = rows(np.linspace(0.2, 0.8, 4800))
    y = render("adsr", 4800, params={**TIMES, "sustain": level})["y"]
    assert np.array_equal(y[1500:], level[1500:])


# --- one-shots -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("curve", [-8.0, -4.0, 0.0, 2.0])
def test_perc(curve: float) -> None:
    y = render("perc", 2400, params={"attack": 0.01, "release": 0.03, "curve": curve})["y"][:, 0]
    assert np.abs(y[:480] - bent(np.arange(480) / 480, curve)).max() < 2e-6
    assert np.abs(y[480:1920] - (1 - bent(np.arange(1440) / 1440, curve))).max() < 2e-6
    assert y[480] == 1
    assert y[1919] > 0
    assert not y[1920:].any()


@pytest.mark.parametrize("times", [(0.01, 0.02, 0.03), (0.0, 0.02, 0.01), (0.01, 0.0, 0.0), (0.01, 0.01, 0.0)])
def test_ahr_is_exact_to_the_frame(times: tuple[float, float, float]) -> None:
    attack, hold, release = (round(t * RATE) for t in times)
    params = dict(zip(("attack", "hold", "release"), times, strict=True))
    y = render("ahr", 4800, params=params)["y"][:, 0]
    t = np.arange(4800)
    end = attack + hold + release
    assert np.abs(y[:attack] - t[:attack] / max(attack, 1)).max(initial=0) < 1e-6
    assert (y[attack : attack + hold] == 1).all()
    assert np.abs(y[attack + hold : end] - (end - t[attack + hold : end]) / max(release, 1)).max(initial=0) < 1e-6
    assert not y[end:].any()
    assert end == 0 or y[end - 1] > 0


def test_ahr_with_only_an_attack_is_silent_after_it() -> None:
    """SuperDirt's rule: times that are not given are 0."""
    y = twin("ahr", 960, params={"attack": 0.01})["y"][:, 0]
    assert y[479] > 0.99
    assert not y[480:].any()


def test_ahr_without_any_time_is_silent() -> None:
    assert not twin("ahr", 64)["y"].any()


def test_ahr_gain_is_the_product() -> None:
    x = np.random.default_rng(1).uniform(-1, 1, (2400, LANES)).astype(np.float32)
    params = {"attack": 0.01, "hold": 0.01, "release": 0.02, "curve": -3.0}
    y = render("ahr_gain", 2400, inputs={"x": x}, params=params)["y"]
    assert np.array_equal(y, x * render("ahr", 2400, params=params)["y"])


def test_event_gate() -> None:
    y = render("event_gate", 4800, params={"fade_in": 0.01, "hold_time": 0.02, "fade_out": 0.03})["y"][:, 0]
    t = np.arange(480) / 480
    assert np.abs(y[:480] - (0.5 - 0.5 * np.cos(np.pi * t))).max() < 1e-6
    assert (y[480:1440] == 1).all()
    t = np.arange(1440) / 1440
    assert np.abs(y[1440:2880] - (0.5 + 0.5 * np.cos(np.pi * t))).max() < 1e-6
    assert not y[2880:].any()


def test_event_gate_without_fade_in_is_open_at_once() -> None:
    y = render("event_gate", 4800, params={"fade_in": 0.0, "hold_time": 0.05, "fade_out": 0.001})["y"]
    assert (y[:2400] == 1).all()
    assert not y[2448:].any()


def test_event_gate_of_nothing_is_closed() -> None:
    assert not twin("event_gate", 64, params={"fade_in": 0.0, "hold_time": 0.0, "fade_out": 0.0})["y"].any()


def test_line_arrives() -> None:
    y = render("line", 4800, params={"start": 2.0, "end": -1.0, "seconds": 0.05})["y"][:, 0]
    assert np.abs(y[:2400] - np.linspace(2, -1, 2401)[:-1]).max() < 1e-5
    assert (y[2400:] == -1).all()


@pytest.mark.parametrize(("speed", "accelerate"), [(1.0, 0.0), (2.0, 0.5), (-1.0, -0.5), (0.5, 1.0)])
def test_freq_scale(speed: float, accelerate: float) -> None:
    params = {"freq": 440.0, "speed": speed, "accelerate": accelerate, "sustain": 0.05}
    y = render("freq_scale", 4800, params=params)["y"][:, 0]
    u = np.minimum(np.arange(4800) / 2400, 1)
    assert np.allclose(y, 440 * abs(speed) * (1 + accelerate * u), rtol=1e-6)
    assert (render("freq_scale", 64, params={**params, "amount": 0.0})["y"] == 440).all()


# --- breakpoints ---------------------------------------------------------------------------------------------------
SQUARE = {
    "sustain": 0.1,
    "l0": 0.0,
    "l1": 1.0,
    "l2": 0.6,
    "l3": 0.6,
    "l4": 0.0,
    "t1": 0.05,
    "t2": 0.2,
    "t3": 0.95,
    "t4": 1.0,
}


@pytest.mark.parametrize("curve", [0.0, -3.0])
def test_breakpoints(curve: float) -> None:
    """The envelope of supersquare with decay 0.4."""
    y = render("breakpoints", 9600, params={**SQUARE, "curve": curve})["y"][:, 0]
    levels, at = [0, 1, 0.6, 0.6, 0], np.array([0, 240, 960, 4560, 4800])
    for k in range(4):
        u = np.arange(at[k + 1] - at[k]) / (at[k + 1] - at[k])
        wanted = levels[k] + (levels[k + 1] - levels[k]) * bent(u, curve)
        assert np.abs(y[at[k] : at[k + 1]] - wanted).max() < 5e-5, k
    assert not y[4800:].any()


def test_breakpoints_jump_where_points_coincide() -> None:
    params = {**SQUARE, "t1": 0.0, "t2": 0.0, "l3": 0.25}
    y = twin("breakpoints", 5000, params=params)["y"][:, 0]
    assert y[0] == pytest.approx(0.6, abs=1e-6)
    assert y[4559] == pytest.approx(0.25, abs=1e-3)


def test_breakpoints_hold_their_last_level() -> None:
    assert (render("breakpoints", 9600, params={**SQUARE, "l4": 0.125})["y"][4800:] == 0.125).all()


# --- all -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["perc", "ahr", "event_gate", "line", "breakpoints"])
def test_an_envelope_begins_with_its_lane(kind: str) -> None:
    """Lanes that started earlier are ahead by as many frames."""
    params = {"hold": 0.01} if kind == "ahr" else {}
    ages = np.arange(LANES) * 37
    together = Compiled(kind, start_age=0).run(4800, params=params)["y"][:, 0]
    staggered = render(kind, 2400, params=params, start_age=ages)["y"]
    for lane, age in enumerate(ages):
        assert np.array_equal(staggered[:, lane], together[age : age + 2400])
