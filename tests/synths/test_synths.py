"""The built-in synths as events play them: pitch, envelope, own controls, and no values that break them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import numpy as np
import pytest
from reference_render import RATE, Case, Renderer

from phonon_osc.synths import builtin

START = RATE // 10 + 960  # frame of the onset in the result of `play`
MIDDLE_C = 261.6256
ALIASES = {"sin": "sine", "sawtooth": "saw", "sqr": "square", "triangle": "tri", "piano": "superpiano"}
NAMES = sorted(builtin.synths())
SUPER = ("supersaw", "supersquare", "superpwm", "superfm", "superpiano")


@pytest.fixture(scope="module")
def studio() -> Iterator[Renderer]:
    made = Renderer(samples=())  # a bank named saw would take precedence
    yield made
    made.close()


def play(studio: Renderer, name: str, seconds: float = 1.0, **keys: float) -> np.ndarray:
    """The sound of one event, from its onset to 0.1 s after its end."""
    event = {"s": name, "orbit": 0, "sustain": seconds, **keys}
    return studio.render(Case(name, seconds + 0.22, ((0.0, event),)))[START:]


def spectrum(x: np.ndarray) -> np.ndarray:
    """Levels of the left side in bands of 1 Hz."""
    return np.abs(np.fft.rfft(x[:, 0] * np.hanning(len(x)), RATE)) / len(x) * 4


def near(levels: np.ndarray, hertz: float) -> float:
    """The highest level within 3 Hz."""
    middle = round(hertz)
    return float(levels[middle - 3 : middle + 4].max())


def rms(x: np.ndarray) -> float:
    return float(np.sqrt(np.square(x, dtype=np.float64).mean()))


def brightness(x: np.ndarray) -> float:
    """Centre of gravity of the spectrum, Hz."""
    levels = spectrum(x)
    return float((levels * np.arange(len(levels))).sum() / levels.sum())


def loudest(x: np.ndarray) -> int:
    return int(np.argmax(spectrum(x)))


# --- the list of synths ----------------------------------------------------------------------------------------------
def test_the_synths_that_events_may_name() -> None:
    assert builtin.synths() >= {*SUPER, *ALIASES.values()}
    for alias, name in ALIASES.items():
        assert builtin.meaning(alias) == name
    controls = {name: builtin.instrument(name, 48000.0).controls for name in SUPER}
    assert {"voice", "decay", "semitone", "resonance", "lfo", "rate", "pitch1"} <= controls["supersaw"]
    assert {"mod12", "egrate31", "eglevel64", "ratio6", "feedback", "lfofreq"} <= controls["superfm"]
    assert {"velocity", "detune", "muffle", "stereo"} <= controls["superpiano"]
    assert not controls["superpiano"] & {"pan", "amp", "lpf", "hold_time", "fade_out"}, "those are the chain's"


def test_every_synth_is_documented() -> None:
    for name in NAMES:
        made = builtin.instrument(name, 48000.0)
        assert made.doc.endswith("."), name
        assert made.definition is not None
        for control, param in made.definition.controls.items():
            assert param.doc.endswith("."), (name, control)


def test_no_event_waits_for_a_definition() -> None:
    """Each is made when it is first played; the longest takes less than JACK's usual period."""

    def build(name: str) -> float:
        for cached in (builtin.instrument, builtin.source):
            cached.cache_clear()
        begin = time.perf_counter()
        builtin.instrument(name, 48000.0)
        return time.perf_counter() - begin

    for name in ("superfm", "superhammond", "supergong", "gm_church_organ"):
        assert min(build(name) for _ in range(5)) < 0.03, name


@pytest.mark.parametrize("rate", [22050.0, 44100.0, 48000.0, 96000.0, 192000.0])
def test_every_definition_can_be_built_at_any_rate(rate: float) -> None:
    for name, make in builtin.makers(rate).items():
        assert make().name == name
    for name in builtin.files():
        assert (builtin.instrument(name, rate).definition is None) == (name not in builtin.synths())


# --- every synth ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", NAMES)
def test_it_sounds_and_ends(studio: Renderer, name: str) -> None:
    x = play(studio, name, 0.3, **({"density": 1.0} if name == "crackle" else {}))
    assert np.isfinite(x).all()
    loudest = (
        0.6 if name == "superhex" else 0.3
    )  # SuperDirt's own superhex runs into the limiter, as its recording shows
    assert 0.001 < rms(x[: RATE * 3 // 10]) < loudest
    assert not x[RATE * 3 // 10 + 2 :].any(), "silent when the event is over"


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_a_control_breaks_it(studio: Renderer, name: str) -> None:
    events = []
    for control in sorted(builtin.instrument(name, 48000.0).controls):
        for value in (0.0, -1e6, 1e6):
            t = len(events) * 0.005
            events.append((t, {"s": name, "note": 0.0, "sustain": 0.03, control: value, "gain": 0.3}))
    events = events or [(0.0, {"s": name, "sustain": 0.03})]  # a noise has no controls of its own
    x = studio.render(Case(name, 0.3 + events[-1][0], tuple(events)))
    assert np.isfinite(x).all()
    status = studio.studio.status()
    assert [status[key] for key in ("bad_voices", "bad_orbits", "refused")] == [0, 0, 0]


@pytest.fixture(scope="module")
def twins() -> Iterator[tuple[Renderer, Renderer]]:
    """Two servers that play the same at the same frames, since the noises of an event depend on its message and its frame."""
    made = Renderer(samples=()), Renderer(samples=())
    yield made
    for one in made:
        one.close()


@pytest.mark.parametrize("name", NAMES)
def test_the_same_event_gives_the_same_sound(twins: tuple[Renderer, Renderer], name: str) -> None:
    one, other = (play(server, name, 0.2, note=3.0) for server in twins)
    assert one.any() and np.array_equal(one, other)


@pytest.mark.parametrize("name", ["sine", "saw", "tri", "supersaw"])
def test_pitch_speed_and_accelerate(studio: Renderer, name: str) -> None:
    plain = {"semitone": 0.0, "voice": 0.0} if name == "supersaw" else {}
    for keys, hertz in (
        ({}, MIDDLE_C),
        ({"note": 12.0}, 2 * MIDDLE_C),
        ({"n": 7.0, "octave": 4.0}, 440.0 * 2 ** ((55 - 69) / 12)),
        ({"freq": 300.0}, 300.0),
        ({"freq": 300.0, "speed": 2.0}, 600.0),
        ({"freq": 300.0, "speed": -1.5}, 450.0),
    ):
        assert abs(loudest(play(studio, name, 0.5, **keys, **plain)) - hertz) < 1.5, keys
    gliding = play(studio, name, 1.0, freq=300.0, accelerate=1.0, **plain)
    assert abs(loudest(gliding[RATE // 2 - 2400 : RATE // 2 + 2400]) - 450) < 15, "halfway to an octave up"
    assert abs(loudest(gliding[-9600 - 4800 : -4800 - 4800]) - 600) < 60


@pytest.mark.parametrize(("name", "harmonic"), [("superfm", 1.0), ("superpiano", 2.0)])
def test_without_a_pitch_it_plays_its_own(studio: Renderer, name: str, harmonic: float) -> None:
    levels = spectrum(play(studio, name, 0.5))
    assert near(levels, 440.0 * harmonic) > 20 * near(levels, 2.0 * MIDDLE_C * harmonic - 20.0)


# --- their own controls --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["supersaw", "supersquare", "superpwm"])
def test_decay_lets_the_middle_fall(studio: Renderer, name: str) -> None:
    middle = slice(RATE * 4 // 10, RATE * 8 // 10)
    full, half, none = (rms(play(studio, name, 1.0, decay=d)[middle]) for d in (0.0, 0.5, 1.0))
    assert half == pytest.approx(0.5 * full, rel=1e-3)
    assert none < 1e-6


@pytest.mark.parametrize("name", ["supersaw", "supersquare", "superpwm"])
def test_the_filter_follows_pitch1_and_lfo(studio: Renderer, name: str) -> None:
    dull, plain, bright = (brightness(play(studio, name, 1.0, pitch1=p)) for p in (0.2, 1.0, 5.0))
    assert dull < 0.8 * plain < 0.8 * bright
    assert brightness(play(studio, name, 1.0, lfo=4.0)) > 1.05 * plain


def test_voice_detunes_the_saws(studio: Renderer) -> None:
    levels = spectrum(play(studio, "supersaw", 1.0, freq=500.0, voice=5.0, semitone=120.0))
    one, lower, upper = (near(levels, f) for f in (500.0, 450.0, 550.0))
    assert lower == pytest.approx(one, rel=0.1)
    assert upper == pytest.approx(one, rel=0.1)


def test_semitone_of_supersquare_goes_down(studio: Renderer) -> None:
    levels = spectrum(play(studio, "supersquare", 1.0, freq=600.0, semitone=7.0, voice=0.5))
    assert near(levels, 600.0 / 2 ** (7 / 12)) > 0.2 * near(levels, 600.0)


def test_modulation_gives_sidebands_at_bessel_levels(studio: Renderer) -> None:
    """Operator 2 at 200 Hz with an index of 1 and a steady envelope: the partials around a carrier of 1 kHz are J_n(1)."""
    steady = {f"egrate{i}{k}": 100.0 for i in (1, 2) for k in (1, 2, 3, 4)}
    silent = {f"amp{i}": 0.0 for i in range(2, 7)}
    keys = {**steady, **silent, "freq": 200.0, "ratio1": 5.0, "detune1": 0.0, "detune2": 0.0, "mod12": 1.0}
    levels = spectrum(play(studio, "superfm", 1.0, **keys)[RATE // 10 : RATE * 8 // 10])
    carrier = near(levels, 1000.0)
    for n, j in ((1, 0.44005), (2, 0.114903), (3, 0.019563)):
        for side in (-1, 1):
            assert near(levels, 1000.0 + side * n * 200.0) / carrier == pytest.approx(j / 0.765198, rel=0.02)


def test_feedback_scales_the_diagonal(studio: Renderer) -> None:
    alone = {"freq": 200.0, **{f"amp{i}": 0.0 for i in range(2, 7)}}
    pure = play(studio, "superfm", 0.5, **alone)
    assert np.array_equal(play(studio, "superfm", 0.5, **alone, mod11=1.0), pure), "feedback is 0"
    assert brightness(play(studio, "superfm", 0.5, **alone, mod11=1.0, feedback=1.0)) > 1.3 * brightness(pure)


def test_the_patches_of_superfm_differ(studio: Renderer) -> None:
    sounds = [play(studio, "superfm", 0.5, note=0.0, voice=float(v)) for v in range(6)]
    for k, sound in enumerate(sounds):
        assert 0.02 < rms(sound) < 0.25, k
        assert np.abs(sound).max() < 0.5, k
        for other in sounds[:k]:
            assert rms(sound - other) > 0.02, k


def test_a_patch_leaves_what_it_does_not_name(studio: Renderer) -> None:
    plain, shaken = (play(studio, "superfm", 0.5, note=0.0, voice=1.0, lfodepth=d) for d in (0.0, 0.5))
    assert rms(plain - shaken) > 0.02


def test_force_makes_the_piano_louder_and_brighter(studio: Renderer) -> None:
    sounds = [play(studio, "superpiano", 0.7, note=0.0, velocity=v) for v in (0.2, 0.4, 0.7, 1.0)]
    for soft, hard in itertools.pairwise(sounds):
        assert rms(hard) > 1.4 * rms(soft)
        assert brightness(hard) > 1.05 * brightness(soft)


def test_muffle_makes_the_piano_duller(studio: Renderer) -> None:
    hard, plain, soft = (brightness(play(studio, "superpiano", 0.7, note=0.0, muffle=m)) for m in (0.0, 1.0, 3.0))
    assert soft < 0.9 * plain < 0.9 * hard


def test_stereo_makes_the_piano_wide(studio: Renderer) -> None:
    narrow, plain, wide = (play(studio, "superpiano", 0.5, note=0.0, stereo=s) for s in (0.0, 0.2, 1.0))
    width = [rms(x[:, 0] - x[:, 1]) / rms(x[:, 0] + x[:, 1]) for x in (narrow, plain, wide)]
    assert width[0] == 0.0
    assert 0.03 < width[1] < 0.2 < width[2] < 0.8


def test_detune_makes_the_piano_beat(studio: Renderer) -> None:
    """Two strings 3 Hz apart: the fundamentals of both are present."""
    levels = spectrum(play(studio, "superpiano", 2.0, freq=440.0, detune=1.2)[RATE // 2 :])
    assert near(levels, 440.0) > 0 < near(levels, 443.06)
    assert min(levels[440], levels[443]) > 1.5 * levels[441:443].min()


def test_piano_in_tune_from_bass_to_treble(studio: Renderer) -> None:
    for note in (-24, 0, 24, 36):
        hertz = MIDDLE_C * 2 ** (note / 12)
        x = play(studio, "superpiano", 1.0, note=float(note), detune=0.0, stereo=0.0)[:RATE]
        levels = np.abs(np.fft.rfft(x[:, 0] * np.hanning(len(x)), 16 * RATE))
        band = slice(round(16 * hertz * 0.97), round(16 * hertz * 1.03))
        found = (band.start + int(np.argmax(levels[band]))) / 16
        assert abs(1200 * np.log2(found / hertz)) < 2.0, note
