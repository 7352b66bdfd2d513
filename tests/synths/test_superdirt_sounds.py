"""SuperDirt's synths and their own controls where no recording exists: the rules in the definitions' texts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from reference_render import RATE, Case, Renderer
from test_synths import MIDDLE_C, near, play, rms, spectrum


@pytest.fixture(scope="module")
def studio() -> Iterator[Renderer]:
    made = Renderer(samples=())
    yield made
    made.close()


def partials(x: np.ndarray, *ratios: float, side: int = 0) -> np.ndarray:
    """Levels of multiples of middle C."""
    levels = spectrum(x[:, [side, side]])
    return np.array([near(levels, MIDDLE_C * ratio) for ratio in ratios])


def test_the_partials_of_a_fork_are_spread_from_left_to_right(studio: Renderer) -> None:
    x = play(studio, "superfork", 1.0, note=0.0)[: RATE // 2]
    left, right = (partials(x, 1.0, 6.1, 16.7, side=side) for side in (0, 1))
    assert right[0] < 1e-3 * left[0]
    assert left[1] / right[1] == pytest.approx(3**0.5, rel=0.01)
    assert right[2] / left[2] == pytest.approx(3**0.5, rel=0.05)


def test_a_fork_is_as_long_as_its_event(studio: Renderer) -> None:
    for seconds in (0.5, 2.0):
        x = play(studio, "superfork", seconds, note=0.0)
        begin, end = (partials(x[int(at * seconds * RATE) :][: RATE // 10], 1.0)[0] for at in (0.1, 0.6))
        assert end / begin == pytest.approx((0.0001 / 0.3) ** (0.5 / 4), rel=0.02)


def test_between_two_registrations_of_an_organ_lie_others(studio: Renderer) -> None:
    """Half way between two registrations each drawbar is at 0.71 times the sum of both."""
    low, high = np.array([0, 7, 8, 1, 2]), np.array([0, 0, 7, 8, 8])
    x = play(studio, "superhammond", 1.0, note=-12.0, voice=2.5, vibrato=0.0)[RATE // 4 : RATE * 3 // 4]
    levels = spectrum(x)
    ratios = np.array([0.5, 1.4988, 1.0, 2.0, 2.9976])
    heard = np.array([near(levels, MIDDLE_C / 2 * ratio) for ratio in ratios])
    away = ratios * MIDDLE_C / 2000  # from the notch at 1000 Hz
    notch = (1 - away**2) / np.hypot(1 - away**2, away)
    wanted = 2.0 ** ((low + high) * 0.5**0.5) * notch
    assert heard[1:] / heard[2] == pytest.approx(wanted[1:] / wanted[2], rel=0.03)


def test_an_organ_speaks_with_a_click(studio: Renderer) -> None:
    x = play(studio, "superhammond", 0.5, note=0.0, voice=1.0)
    above = spectrum(x[: RATE // 50])[4000:12000].sum(), spectrum(x[RATE // 4 :][: RATE // 50])[4000:12000].sum()
    assert above[0] > 20 * above[1]


def test_both_pulses_of_supersquare_are_as_wide_as_voice_says(studio: Renderer) -> None:
    """The lower one is an octave below. Before the filter its share is that of its first harmonic, sin(pi voice)."""
    half, quarter = (
        play(studio, "supersquare", 1.0, note=0.0, voice=v, lfo=0.0)[RATE // 4 : RATE // 2] for v in (0.5, 0.25)
    )
    assert partials(quarter, 0.5)[0] / partials(half, 0.5)[0] == pytest.approx(np.sin(np.pi / 4), rel=0.05)


@pytest.mark.parametrize(("n", "begin"), [(1.0, 1000.0), (12.0, 8000.0)])
def test_the_sweep_of_an_808_begins_between_1000_and_8000_hertz(studio: Renderer, n: float, begin: float) -> None:
    """It is held for 64 frames at a time: the second step sounds before the pitch has moved by more than a few per cent."""
    x = play(studio, "super808", 1.0, n=n, rate=0.1)[: RATE // 50]
    levels = spectrum(x)
    assert np.argmax(levels) == pytest.approx(begin, rel=0.15)


def test_the_motor_of_a_vibraphone_stands_elsewhere_in_every_event(studio: Renderer) -> None:
    def sways(x: np.ndarray) -> np.ndarray:
        return np.array([rms(x[k : k + 480]) for k in range(4800, 24000, 480)])

    one, other = (sways(play(studio, "supervibe", 0.6, note=0.0)) for _ in range(2))
    assert np.abs(np.log(one / other)).max() > 0.05
    still = [sways(play(studio, "supervibe", 0.6, note=0.0, modamp=0.0)) for _ in range(2)]
    assert still[0] == pytest.approx(still[1], rel=1e-3)


def test_a_drum_with_six_corners_falls_silent_sooner_at_higher_rates(studio: Renderer) -> None:
    for rate in (1.0, 4.0):
        x = play(studio, "superhex", 1.0, note=0.0, rate=rate, gain=0.5)  # below the limiter
        first, later = (partials(x[at : at + 4800], 1.6532)[0] for at in (9600, 19200))  # its lowest mode
        loss = 0.01 * rate / MIDDLE_C + 0.0445 * (MIDDLE_C * 0.000125) ** 2
        assert np.log(first / later) / 9600 == pytest.approx(loss, rel=0.05)


def test_the_strings_of_a_mandolin_beat(studio: Renderer) -> None:
    """Two strings 2 x 3 per cent apart beat at 16 Hz."""
    event = {"s": "supermandolin", "orbit": 0, "sustain": 2.0, "note": 0.0, "detune": 3.0}
    x = studio.render(Case("mandolin", 2.2, ((0.0, event),)))
    levels = np.abs(np.fft.rfft(x[10000:96000, 0] * np.hanning(86000), RATE * 2))
    assert (
        levels[round(2 * MIDDLE_C / 0.97)] > 10 * levels[round(2 * MIDDLE_C)] < 0.1 * levels[round(2 * MIDDLE_C / 1.03)]
    )
