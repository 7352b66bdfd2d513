"""Strudel's noises, its drum, and the soundfonts that its first pages name: in tune at every pitch, with the right sound."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from reference_render import RATE, Case, Renderer

from phonon_osc.synths import builtin

Sound = NDArray[np.float32]
START = RATE // 10 + 960  # frame of the onset in the result of `play`
MIDDLE_C = 261.6256
PAGES = (  # the sounds on the workshop's first pages, and those that reference pages add
    "piano gm_acoustic_bass gm_electric_guitar_muted gm_xylophone gm_synth_bass_1 gm_synth_strings_1 gm_voice_oohs gm_blown_bottle "
    "gm_accordion gm_epiano1 gm_acoustic_guitar_nylon sine sawtooth square triangle white pink brown crackle supersaw sbd"
).split()
GM = [name for name in sorted(builtin.synths()) if name.startswith("gm_")]
SECTIONS = {"gm_synth_strings_1", "gm_string_ensemble_1", "gm_pad_warm", "gm_brass_section"}
SECTIONS |= {"gm_voice_oohs", "gm_choir_aahs", "gm_accordion"}
HELD = SECTIONS | {"gm_blown_bottle", "gm_flute", "gm_drawbar_organ", "gm_church_organ"}
HELD |= {"gm_synth_bass_1", "gm_lead_2_sawtooth"}


@pytest.fixture(scope="module")
def studio() -> Iterator[Renderer]:
    made = Renderer(samples=())
    yield made
    made.close()


def play(studio: Renderer, name: str, seconds: float = 1.0, **keys: float) -> Sound:
    """The sound of one event, from its onset to 0.1 s after its end."""
    event = {"s": name, "orbit": 0, "sustain": seconds, **keys}
    return studio.render(Case(name, seconds + 0.22, ((0.0, event),)))[START:]


def rms(x: Sound) -> float:
    return float(np.sqrt(np.square(x, dtype=np.float64).mean()))


def share(x: Sound, low: float, high: float) -> float:
    energy = np.abs(np.fft.rfft(x.mean(axis=1))) ** 2
    hz = np.fft.rfftfreq(len(x), 1.0 / RATE)
    return float(energy[(hz >= low) & (hz < high)].sum() / energy.sum())


def cents_off(x: Sound, hertz: float) -> float:
    """Distance of the strongest of the first six harmonics from its exact frequency."""
    x = x.mean(axis=1)[RATE // 10 : -RATE // 5]
    size = 1 << 19
    levels = np.abs(np.fft.rfft(x * np.hanning(len(x)), size))
    best = (0.0, float("nan"))
    for harmonic in range(1, 7):
        due = harmonic * hertz * size / RATE
        low, high = int(due * 2.0 ** (-50.0 / 1200.0)), int(due * 2.0 ** (50.0 / 1200.0)) + 1
        at = low + int(np.argmax(levels[low:high]))
        left, middle, right = np.log(levels[at - 1 : at + 2] + 1e-20)
        exact = at + 0.5 * (left - right) / (left - 2.0 * middle + right)
        best = max(best, (float(levels[at]), float(1200.0 * np.log2(exact / due))))
    return best[1]


def test_what_the_pages_name_is_there() -> None:
    assert [name for name in PAGES if builtin.meaning(name) is None] == []


# --- noises and the drum ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "slope"), [("white", 0.0), ("pink", -3.0), ("brown", -6.0)])
def test_noises_fall_as_they_should(studio: Renderer, name: str, slope: float) -> None:
    """dB per octave of the power density, from 100 Hz to 6.4 kHz."""
    x = play(studio, name, 4.0)
    low, high = (10.0 * np.log10(share(x, f, 2.0 * f) / f) for f in (100.0, 3_200.0))
    assert (high - low) / 5.0 == pytest.approx(slope, abs=0.4)
    assert 0.02 < rms(x[: 4 * RATE]) < 0.1


def test_crackle_is_as_dense_as_it_is_told(studio: Renderer) -> None:
    few, many = (np.count_nonzero(play(studio, "crackle", 4.0, density=d)[:, 0]) for d in (0.03, 0.5))
    assert 25 < few < 100 and 800 < many < 1_150


def test_sbd_falls_and_ends(studio: Renderer) -> None:
    x = play(studio, "sbd", 1.0)
    assert share(x[:1_200], 150.0, 2_000.0) > 0.4 > 0.1 > share(x[12_000:24_000], 150.0, 2_000.0)
    assert rms(x[30_000:]) < 0.01 * rms(x[:4_800])
    octave_up = play(studio, "sbd", 1.0, midinote=41.0)
    assert share(octave_up[12_000:20_000], 70.0, 140.0) > 0.6 > share(x[12_000:20_000], 70.0, 140.0)
    assert rms(play(studio, "sbd", 1.0, decay=0.1)[9_600:]) < 0.01 * rms(x[9_600:])


# --- soundfonts -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", GM)
def test_in_tune_from_bass_to_treble(studio: Renderer, name: str) -> None:
    """One player is within 5 cents, a section within the distance of its players."""
    allowed = 16.0 if name in SECTIONS else 9.0 if name == "gm_flute" else 5.0
    for note in (-24, -7, 0, 12, 24):
        x = play(studio, name, 1.0, note=float(note))
        off = cents_off(x, MIDDLE_C * 2.0 ** (note / 12.0))
        assert abs(off) < allowed, (note, off)


@pytest.mark.parametrize("name", GM)
def test_as_loud_as_each_other(studio: Renderer, name: str) -> None:
    for note in (-12, 0, 12):
        x = play(studio, name, 1.0, note=float(note))
        assert 0.03 < np.abs(x).max() < 0.29, note
        assert 0.004 < rms(x[:RATE]) < 0.12, note


@pytest.mark.parametrize("name", GM)
def test_held_sounds_last_and_struck_ones_fade(studio: Renderer, name: str) -> None:
    x = play(studio, name, 3.0)
    early, late = rms(x[RATE // 2 : RATE]), rms(x[RATE * 5 // 2 : RATE * 28 // 10])
    assert late > 0.5 * early if name in HELD else late < 0.75 * early
    assert not x[3 * RATE + 2 :].any()


@pytest.mark.parametrize("name", GM)
def test_no_click_at_the_end(studio: Renderer, name: str) -> None:
    """A short event ends without a step: its last milliseconds are quieter than the sound before."""
    x = play(studio, name, 0.25)[: RATE // 4]
    assert np.abs(x[-96:]).max() <= 0.35 * np.abs(x[-4_800:]).max() + 1e-4
    assert np.abs(x[:2]).max() < 0.2 * np.abs(x).max()


def test_xylophone_overtone_is_a_twelfth(studio: Renderer) -> None:
    x = play(studio, "gm_xylophone", 0.3)[2_400:]
    assert share(x, 3 * MIDDLE_C - 15.0, 3 * MIDDLE_C + 15.0) > 20.0 * share(
        x, 2 * MIDDLE_C - 15.0, 2 * MIDDLE_C + 15.0
    )


def test_oohs_are_darker_than_aahs(studio: Renderer) -> None:
    oo, ah = (play(studio, name, 1.0, note=-12.0) for name in ("gm_voice_oohs", "gm_choir_aahs"))
    assert share(ah, 700.0, 1_400.0) > 2.0 * share(oo, 700.0, 1_400.0)


def test_a_muted_guitar_is_short(studio: Renderer) -> None:
    muted, clean = (play(studio, f"gm_electric_guitar_{how}", 1.0) for how in ("muted", "clean"))
    tails = [rms(x[RATE // 2 :]) / rms(x[: RATE // 10]) for x in (muted, clean)]
    assert tails[0] < 0.05 * tails[1]


@pytest.mark.parametrize("name", sorted(SECTIONS | {"gm_epiano1", "gm_drawbar_organ"}))
def test_wide_and_safe_in_mono(studio: Renderer, name: str) -> None:
    x = play(studio, name, 1.0)
    middle, side = rms(x[:, :1] + x[:, 1:]), rms(x[:, :1] - x[:, 1:])
    assert 0.02 < side / middle < 1.5
