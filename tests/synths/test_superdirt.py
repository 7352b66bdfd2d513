"""SuperDirt's synths and their own controls, as events play them. test_reference compares them with its recordings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from reference_render import INPUT_HZ, LIMITER, RATE, Case, Renderer

START = RATE // 10 + LIMITER  # frame of the onset in the result of `play`
MIDDLE_C = 261.6256
FULL = 0.4 * np.sqrt(0.5)  # level at which an event of default gain plays a source of level 1, per side


@pytest.fixture(scope="module")
def studio() -> Iterator[Renderer]:
    made = Renderer(samples=())
    yield made
    made.close()


def play(studio: Renderer, name: str, seconds: float = 1.0, **keys: float) -> np.ndarray:
    """The sound of the source over the event, at its own level: (frames, 2)."""
    event = {"s": name, "orbit": 0, "sustain": seconds, **keys}
    sound = studio.render(Case(name, seconds + 0.22, ((0.0, event),)))
    return sound[START : START + round(seconds * RATE)] / FULL


def spectrum(x: np.ndarray) -> np.ndarray:
    """Amplitudes of the left side in steps of 1 Hz."""
    return np.abs(np.fft.rfft(x[:, 0] * np.hanning(len(x)), RATE)) / len(x) * 4


def near(levels: np.ndarray, hertz: float, width: int = 3) -> float:
    middle = round(hertz)
    return float(levels[middle - width : middle + width + 1].max())


def rms(x: np.ndarray) -> float:
    return float(np.sqrt(np.square(x, dtype=np.float64).mean()))


def test_dirac_is_one_sample(studio: Renderer) -> None:
    x = play(studio, "dirac", 0.1)
    assert x[0] == pytest.approx([1.0, 1.0], rel=1e-3)
    assert not x[1:].any()


# --- inputs --------------------------------------------------------------------------------------------------------
def test_in_plays_two_inputs_with_straight_fades(studio: Renderer) -> None:
    x = play(studio, "in", 0.5, inputFadeTime=0.1)
    for side, hertz in enumerate(INPUT_HZ):
        levels = spectrum(x[RATE // 10 : RATE * 4 // 10, ::-1] if side else x[RATE // 10 : RATE * 4 // 10])
        assert near(levels, hertz) == pytest.approx(0.5, rel=0.02)
        assert near(levels, INPUT_HZ[1 - side]) < 0.005
    beginning = np.abs(x[:4800, 0]).reshape(-1, 96).max(1)  # one period of 500 Hz each
    assert beginning == pytest.approx(0.5 * np.arange(1, 51) / 50, abs=0.02)
    assert np.abs(x[-960:, 0]).max() < 0.15


def test_in1_plays_one_input_in_the_middle(studio: Renderer) -> None:
    x = play(studio, "in1", 0.3, soundin=1.0)
    assert np.array_equal(x[:, 0], x[:, 1])
    assert near(spectrum(x[4800:9600]), INPUT_HZ[1]) == pytest.approx(0.5, rel=0.05)
    assert not play(studio, "in1", 0.3, soundin=7.0).any(), "there is no such input"


@pytest.mark.parametrize(("keys", "factor"), [
    ({}, 1.0), ({"freq": 880.0}, 2.0), ({"begin": 0.5}, 1.5), ({"freq": 440.0, "speed": 0.5}, 0.5),
])  # fmt: skip
def test_inr_moves_the_pitch(studio: Renderer, keys: dict[str, float], factor: float) -> None:
    levels = spectrum(play(studio, "inr", 1.0, **keys)[RATE // 5 : RATE * 4 // 5])
    assert abs(int(np.argmax(levels)) - INPUT_HZ[0] * factor) < 15


# --- cyclo, imp, psin ----------------------------------------------------------------------------------------------
def test_cyclo_counts_cycles(studio: Renderer) -> None:
    """In cycle 5 the sixteen pitches are f times 1 + 5 mod k: 1, 2, 3, 2, 1, and ten times 6."""
    levels = spectrum(play(studio, "cyclo", 1.0, freq=300.0, cycle=5.0)[RATE // 10 :])
    tones = {1 + 5 % k for k in range(1, 17)}
    assert tones == {1, 2, 3, 6}
    for k in range(1, 9):
        assert (near(levels, 300.0 * k) > 0.01) is (k in tones), k
    assert near(levels, 1800.0) == pytest.approx(11 * near(levels, 900.0), rel=0.02)


def test_imp_brightens(studio: Renderer) -> None:
    x = play(studio, "imp", 1.0, freq=400.0)
    early, late = spectrum(x[2400:7200]), spectrum(x[RATE // 2 : RATE // 2 + 4800])
    assert near(early, 12000.0) < 0.001 < near(late, 12000.0)
    dark = spectrum(play(studio, "imp", 1.0, freq=400.0, end=0.1)[RATE // 2 : RATE // 2 + 4800])
    assert near(dark, 12000.0) < 1e-4


def test_psin_ends_as_five_cosines(studio: Renderer) -> None:
    x = play(studio, "psin", 1.0, freq=500.0, gain=0.5)[RATE * 8 // 10 :] * 16.0
    levels = spectrum(x)
    assert near(levels, 500.0) > 20 * max(near(levels, 460.0), near(levels, 540.0))
    still = spectrum(play(studio, "psin", 1.0, freq=500.0, begin=1.0, gain=0.5)[: RATE // 4])
    assert near(still, 500.0) > 50 * near(still, 540.0), "begin 1: no modulation from the start"


# --- drums ---------------------------------------------------------------------------------------------------------
def test_snare_and_tom_follow_their_pitch(studio: Renderer) -> None:
    snare = spectrum(play(studio, "sossnare", 0.5, freq=500.0, semitone=0.5, pitch1=8000.0)[480:])
    assert int(np.argmax(snare[:1000])) == pytest.approx(250, abs=2)
    tom = spectrum(play(studio, "sostoms", 1.0, freq=400.0)[480:])
    for hertz in (340.0, 400.0, 320.0):
        assert near(tom, hertz) > 0.02


def test_pitch1_makes_the_hat(studio: Renderer) -> None:
    """Without modulation the sound lies below the band that passes."""
    dull, bright = (rms(play(studio, "soshats", 0.5, freq=220.0, pitch1=depth)) for depth in (0.5, 238.5))
    assert dull < 0.1 * bright


# --- pitch machines ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("voice", "tones"), [(0.0, {1, 2, 3}), (0.5, {2, 3}), (0.25, {1, 3}), (0.125, {1, 2}), (0.875, set())]
)
def test_bits_of_voice_choose_the_tones_of_superchip(studio: Renderer, voice: float, tones: set[int]) -> None:
    x = play(studio, "superchip", 1.0, freq=500.0, voice=voice, pitch2=1.7, pitch3=2.6)
    levels = spectrum(x[RATE // 10 :])
    for tone, hertz in enumerate((500.0, 850.0, 1300.0), 1):
        played = 96000.0 / np.floor(110300.0 / (hertz - 0.5))
        assert (near(levels, played) > 0.02) is (tone in tones), tone


def test_slide_moves_superchip(studio: Renderer) -> None:
    steady, sliding = (play(studio, "superchip", 1.0, freq=500.0, slide=s)[RATE // 10 :] for s in (0.0, 1.0))
    assert near(spectrum(steady), 96000.0 / 220) > 4 * near(spectrum(sliding), 96000.0 / 220)


def test_slide_makes_superhoover_swoop(studio: Renderer) -> None:
    """The pitch is lowest, by a quarter, 50 ms after the onset; it is back after 350 ms."""
    plain, swooping = (play(studio, "superhoover", 1.0, freq=1600.0, slide=s) for s in (0.0, 2.0))
    for sound, at, bass in ((plain, 0.05, 400), (swooping, 0.05, 213), (swooping, 0.6, 400)):
        piece = sound[round(at * RATE) : round((at + 0.05) * RATE)]
        levels = spectrum(piece - piece.mean(0))
        assert abs(int(np.argmax(levels[150:500])) + 150 - bass) < 20, (at, bass)


def test_voice_spreads_the_comparators(studio: Renderer) -> None:
    """At 0 all triangles are equal: the same sound on both sides, with the two levels of a plain pulse."""
    narrow, wide = (play(studio, "supercomparator", 1.0, voice=v) for v in (0.0, 2.0))
    width = [rms(x[:, 0] - x[:, 1]) / rms(x.sum(1)) for x in (narrow, wide)]
    assert width[0] < 1e-4 < 0.05 < width[1]


def test_detune_of_supertron_is_in_hertz(studio: Renderer) -> None:
    levels = spectrum(play(studio, "supertron", 1.0, freq=300.0, detune=9.0)[RATE // 10 :])
    assert min(near(levels, 290.0, 1), near(levels, 310.0, 1)) > 10 * near(levels, 300.0, 1)


# --- noises --------------------------------------------------------------------------------------------------------
def test_supernoise_steps_eight_times_a_period_and_hisses_at_voice_1(studio: Renderer) -> None:
    steps, hiss = (play(studio, "supernoise", 1.0, freq=300.0, voice=v)[RATE // 10 :] for v in (0.0, 1.0))
    power = [np.abs(np.fft.rfft(x[:, 0])) ** 2 for x in (steps, hiss)]
    band = [p[1800:2100].mean() / p[2340:2460].mean() for p in power]  # at 0.9 s a bin is 1.11 Hz: 2400 Hz is bin 2160
    null = [p[2130:2190].mean() / p[200:1000].mean() for p in power]
    assert null[0] < 0.01 < 0.2 < null[1], band
    assert np.abs(steps).max() <= 0.3001


def test_superstatic_is_denser_at_higher_pitches(studio: Renderer) -> None:
    low, high = (play(studio, "superstatic", 2.0, note=float(n))[RATE // 2 : RATE * 3 // 2] for n in (-24, 24))
    count = [int((np.abs(np.diff(x[:, 0])) > 0.01).sum()) for x in (low, high)]
    assert 3 * count[0] < count[1]


def test_superwavemechanics_plays_other_places_each_time(studio: Renderer) -> None:
    one, other = (spectrum(play(studio, "superwavemechanics", 1.0)) for _ in range(2))
    places = [set(np.argsort(x)[-20:] // 40) for x in (one, other)]
    assert places[0] != places[1]
