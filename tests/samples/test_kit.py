"""Every sound of the built-in kit: well made, the same every time, unlike its neighbours, in tune, and where its instrument lives."""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys
from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray

from phonon_osc.samples import kit
from phonon_osc.samples.decode import Decoded
from phonon_osc.samples.kit.names import EXTRAS, FAMILY
from phonon_osc.samples.kit.shape import hertz
from phonon_osc.samples.kit.tones import Analogue

RATE = 48_000
SIDES = NDArray[np.float32]
MONO = NDArray[np.float64]

EDGES = np.geomspace(40.0, 16_000.0, 25)  # Hz, of the bands that variants are compared in
SLICES = np.concatenate([[0.0], np.geomspace(0.008, 2.0, 13)])  # s
APART = 0.5  # dB, mean over the bands of the slice that differs most
DRUMS = 0.65, 0.75  # peaks: about -3 dBFS
OTHERS = 0.30, 0.65


@lru_cache(maxsize=64)
def frames(name: str, n: int) -> SIDES:
    """From the cache where it is filled: test_kit_cache.py says that it keeps what is made."""
    return kit.sound(name, n).frames


def mono(name: str, n: int = 0) -> MONO:
    out: MONO = frames(name, n).astype(np.float64).mean(axis=1)
    return out


def power(x: MONO) -> tuple[MONO, MONO]:
    return np.fft.rfftfreq(len(x), 1.0 / RATE), np.abs(np.fft.rfft(x)) ** 2


def centroid(x: MONO) -> float:
    hz, energy = power(x)
    return float(np.sum(hz * energy) / np.sum(energy))


def share(x: MONO, low: float, high: float) -> float:
    """Of the energy, what lies between ``low`` and ``high`` Hz."""
    hz, energy = power(x)
    return float(energy[(hz >= low) & (hz < high)].sum() / energy.sum())


def loudest(x: MONO) -> float:
    hz, energy = power(x)
    return float(hz[np.argmax(energy)])


def ring(x: MONO) -> float:
    """Seconds after which a thousandth of the energy is left."""
    left = np.cumsum(x[::-1] ** 2)[::-1]
    return float(np.argmax(left < 1e-3 * left[0]) / RATE)


def rise(x: MONO) -> float:
    """Seconds until half of the peak is reached."""
    return float(np.argmax(np.abs(x) > 0.5 * np.abs(x).max()) / RATE)


def levels(x: MONO) -> MONO:
    """dB in (slices, bands), below the loudest."""
    rows = []
    for start, end in itertools.pairwise((SLICES * RATE).astype(int)):
        part = x[start:end]
        size = max(4_096, len(part))
        energy = np.abs(np.fft.rfft(part, size)) ** 2 if len(part) else np.zeros(size // 2 + 1)
        below = np.concatenate([[0.0], np.cumsum(energy)])
        at = np.searchsorted(np.fft.rfftfreq(size, 1.0 / RATE), EDGES)
        rows.append((below[at[1:]] - below[at[:-1]]) / size)
    db = 10.0 * np.log10(np.array(rows) + 1e-30)
    out: MONO = np.maximum(db - db.max(), -60.0)
    return out


# --- all of them -----------------------------------------------------------------------------------------------------
def test_the_index_is_true() -> None:
    """names.py is written by hand, so that a start need not import the recipes."""
    assert {name: len(kit.recipes(name)) for name in kit.COUNTS} == kit.COUNTS
    assert set(kit.ALIASES.values()) <= set(kit.COUNTS) and not set(kit.ALIASES) & set(kit.COUNTS)
    assert set(kit.BASICS) <= set(kit.COUNTS)


def test_counts_are_those_of_the_folders() -> None:
    folders = {
        "arpy": 11,
        "bd": 24,
        "casio": 3,
        "drum": 6,
        "east": 9,
        "feel": 7,
        "gretsch": 24,
        "jazz": 8,
        "jvbass": 13,
        "moog": 7,
    }
    folders |= {
        "sn": 52,
        "hh": 13,
        "808bd": 25,
        "808oh": 5,
        "drumtraks": 13,
        "tabla": 26,
        "tabla2": 46,
        "numbers": 9,
        "space": 18,
    }
    assert {name: kit.COUNTS[name] for name in folders} == folders


CORE = {
    name: count for name, count in kit.COUNTS.items() if FAMILY[name] not in EXTRAS
}  # the others: test_default_set.py


@pytest.fixture(scope="module", params=list(CORE))
def bank(request: pytest.FixtureRequest) -> list[tuple[str, Decoded]]:
    """All sounds of one bank; pytest runs the tests that want it bank by bank."""
    return [(f"{request.param}:{n}", kit.synthesise(request.param, n)) for n in range(kit.COUNTS[request.param])]


def test_well_made(bank: list[tuple[str, Decoded]]) -> None:
    for where, sound in bank:
        x = sound.frames
        assert x.dtype == np.float32 and x.flags["C_CONTIGUOUS"] and x.shape[1] == 2 and sound.rate == RATE, where
        assert np.all(np.isfinite(x)), where
        assert 0.02 < len(x) / RATE < (7.1 if where == "amen:0" else 5.0), where  # that one is four bars at 136
        peak = float(np.abs(x).max())
        low, high = DRUMS if peak > OTHERS[1] else OTHERS
        assert low < peak < high, f"{where} has its peak at {peak:.2f}"
        assert np.abs(x[0]).max() < 0.002, f"{where} starts with a click"
        assert np.abs(x[: RATE // 50]).max() > 0.0003, f"{where} starts late"
        assert not x[-1].any() and np.abs(x[-12:]).max() < 0.001 * peak, f"{where} ends before it is silent"
        assert np.abs(x.mean(axis=0, dtype=np.float64)).max() < 1e-5, f"{where} has an offset"
        assert np.sqrt(np.mean(x[: RATE // 2] ** 2)) > 0.01, f"{where} is hardly there"


def test_variants_are_unlike_each_other(bank: list[tuple[str, Decoded]]) -> None:
    prints = np.array([levels(sound.frames.astype(np.float64).mean(axis=1)) for _, sound in bank])
    for k, own in enumerate(prints):
        apart = np.abs(prints[k + 1 :] - own).mean(axis=2).max(axis=1)
        assert np.all(apart > APART), f"{bank[k][0]} and {bank[k + 1 + int(np.argmin(apart))][0]}: {apart.min():.2f} dB"


def test_same_bits_every_time_and_in_another_process() -> None:
    """The last of each bank. A seed from ``hash`` would differ: that one is salted per process."""
    code = (
        "import hashlib, sys\nfrom phonon_osc.samples import kit\ndigest = hashlib.sha256()\n"
        "for name in sys.argv[1:]:\n    digest.update(kit.synthesise(name, kit.COUNTS[name] - 1).frames.tobytes())\n"
        "sys.stdout.write(digest.hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "12345"}
    other = subprocess.run(
        [sys.executable, "-c", code, *CORE], capture_output=True, text=True, check=True, env=environment
    )
    digest = hashlib.sha256()
    for name, count in CORE.items():
        digest.update(kit.synthesise(name, count - 1).frames.tobytes())
    assert other.stdout == digest.hexdigest()


def test_unknown_sounds() -> None:
    with pytest.raises(KeyError):
        kit.synthesise("../../etc/passwd", 0)
    with pytest.raises(IndexError):
        kit.synthesise("bd", 1_000)


# --- pitch -----------------------------------------------------------------------------------------------------------
def cents_off(x: MONO, note: float) -> float:
    """How far the strongest harmonic of ``note`` is from where it belongs, once filters and glides have settled."""
    x = x[int(0.3 * len(x)) : int(0.9 * len(x))]
    size = 1 << 18
    spectrum = np.abs(np.fft.rfft(x * np.hanning(len(x)), size))
    best = (0.0, float("nan"))
    for harmonic in range(1, 9):
        due = harmonic * hertz(note) * size / RATE
        low, high = int(due * 2.0 ** (-60.0 / 1200.0)), int(due * 2.0 ** (60.0 / 1200.0)) + 1
        if high >= len(spectrum) - 1:
            break
        at = low + int(np.argmax(spectrum[low:high]))
        left, middle, right = np.log(spectrum[at - 1 : at + 2] + 1e-20)
        exact = at + 0.5 * (left - right) / (left - 2.0 * middle + right)
        best = max(best, (float(spectrum[at]), float(1200.0 * np.log2(exact / due))))
    return best[1]


def test_pitched_sounds_play_the_note_they_say() -> None:
    """Within 5 cents; several oscillators or singers may pull as far as they are apart. Sounds that slide have no one pitch."""
    heard = 0
    for name, count in CORE.items():
        for n in range(count):
            recipe = kit.recipes(name)[n]
            slides = isinstance(recipe, Analogue) and (recipe.glide[0] or recipe.lfo[0])
            if recipe.note is None or slides:
                continue
            heard += 1
            family = type(recipe).__name__
            apart = max(map(abs, getattr(recipe, "detune", (0.0,))))
            allowed = 15.0 if family in ("Chord", "Choir", "Driven", "Reversed") else 5.0 + apart
            assert abs(cents_off(mono(name, n), recipe.note)) < allowed, f"{name}:{n}"
            assert kit.sound(name, n).root_note == np.float32(recipe.note)  # kept in 32 bits
    assert heard > 280


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("arpy", [60, 64, 67, 72, 76, 79, 84, 88, 91, 96, 100]),
        ("jvbass", list(range(36, 49))),
        ("moog", [36, 48, 60, 31, 43, 55, 67]),  # C2 C3 C4 G1 G2 G3 G4
        ("pluck", [46, 33, 57, 35, 59, 48, 51, 38, 62, 28, 40, 29, 53, 44, 31, 43, 55]),
        ("bass1", [36] * 18 + [41] * 12),
        ("bass3", [36, 37, 38, 39, 40, 41, 42, 43, 44, 36, 36]),
    ],
)
def test_folders_are_tuned(name: str, notes: list[int]) -> None:
    assert [kit.recipes(name)[n].note for n in range(kit.COUNTS[name])] == notes


@pytest.mark.parametrize("name", ["arpy", "notes", "blip", "juno", "casio", "moog", "pluck", "psr"])
def test_no_aliases(name: str) -> None:
    """Band-limited sums: nothing of a pitched sound lies where no harmonic can be, near the top of the band."""
    for n in range(kit.COUNTS[name]):
        if kit.recipes(name)[n].note is not None:
            assert share(mono(name, n), 20_500.0, 24_000.0) < 1e-5, n


# --- drums, by where their instruments live ---------------------------------------------------------------------------
KICKS = [
    "bd",
    "808bd",
    "kick",
    "RolandTR909_bd",
    "RolandTR707_bd",
    "RolandTR505_bd",
    "AkaiLinn_bd",
    "RhythmAce_bd",
    "CasioRZ1_bd",
]
SNARES = ["sn", "sd", "snare", "RolandTR909_sd", "RolandTR707_sd", "RolandTR505_sd", "AkaiLinn_sd", "CasioRZ1_sd"]
CLOSED = [
    "hh",
    "hc",
    "RolandTR808_hh",
    "RolandTR909_hh",
    "RolandTR707_hh",
    "RolandTR505_hh",
    "AkaiLinn_hh",
    "CasioRZ1_hh",
    "RhythmAce_hh",
]
OPEN = ["oh", "ho", "808oh", "RolandTR909_oh", "RolandTR707_oh", "RolandTR505_oh", "AkaiLinn_oh", "RhythmAce_oh"]
CLAPS = ["cp", "clap", "RolandTR808_cp", "RolandTR909_cp", "RolandTR707_cp", "AkaiLinn_cp", "CasioRZ1_cp"]
CRASHES = ["cc", "RolandTR909_cr", "RolandTR707_cr", "AkaiLinn_cr", "CasioRZ1_cr"]


def every(names: list[str]) -> list[tuple[str, int]]:
    return [(name, n) for name in names for n in range(kit.COUNTS[name])]


def test_kicks_are_low_and_fall() -> None:
    for name, n in every(KICKS):
        x = mono(name, n)
        assert centroid(x) < 190.0 and 34.0 < loudest(x[4_800:14_400]) < 95.0, f"{name}:{n}"
        assert rise(x) < 0.005, f"{name}:{n}"
        if not name.startswith("Rhythm"):
            assert centroid(x[:960]) > 1.05 * centroid(x[4_800:9_600]), f"{name}:{n}: the pitch falls"


def test_snares_have_skin_and_wires() -> None:
    for name, n in every(SNARES):
        x = mono(name, n)
        assert share(x, 120.0, 700.0) > 0.03 and share(x, 1_500.0, 24_000.0) > 0.01, f"{name}:{n}"
        assert ring(x) < 0.7 and rise(x) < 0.005, f"{name}:{n}"


def test_closed_hats_are_high_and_short() -> None:
    for name, n in every(CLOSED):
        x = mono(name, n)
        assert 4_500.0 < centroid(x) < 14_500.0 and ring(x) < 0.3, f"{name}:{n}"


def test_open_hats_ring_longer() -> None:
    for name, n in every(OPEN):
        x = mono(name, n)
        assert 5_000.0 < centroid(x) < 14_500.0 and 0.15 < ring(x) < 1.3, f"{name}:{n}"
    for closed, opened in (("hc", "ho"), ("RolandTR808_hh", "808oh"), ("RolandTR707_hh", "RolandTR707_oh")):
        assert ring(mono(opened)) > 2.0 * ring(mono(closed)), opened


def test_claps_are_several_hands() -> None:
    for name, n in every(CLAPS):
        x = mono(name, n)
        assert 1_300.0 < centroid(x) < 4_500.0, f"{name}:{n}"
        level = np.convolve(np.abs(x), np.ones(96) / 96, "same")[: int(0.06 * RATE)]
        hands = [i for i in range(96, len(level) - 96) if level[i] == level[i - 96 : i + 97].max() and level[i] > 0.02]
        assert len(hands) >= 2, f"{name}:{n}"


def test_toms_ascend() -> None:
    for machine in ("", "RolandTR909_", "RolandTR707_", "RolandTR505_", "AkaiLinn_", "CasioRZ1_", "808"):
        low, middle, high = (loudest(mono(f"{machine}{drum}")[2_400:]) for drum in ("lt", "mt", "ht"))
        assert 65.0 < low < middle < high < 260.0 and high > 1.6 * low, machine


def test_crashes_are_long_and_bright() -> None:
    for name, n in every(CRASHES):
        x = mono(name, n)
        assert ring(x) > 0.4 and centroid(x) > 3_000.0, f"{name}:{n}"


def test_808_kick_is_a_bridged_t_at_49_hz() -> None:
    x = mono("808bd", 18)
    assert abs(loudest(x[9_600:]) - 48.5) < 2.0
    rings = [ring(mono("808bd", n)) for n in range(5)]
    assert rings == sorted(rings) and rings[4] > 4.0 * rings[0], "the decay knob"


def test_808_cowbell_is_two_squares() -> None:
    hz, energy = power(mono("808", 0))
    for pitch in (540.0, 800.0):
        near = energy[np.abs(hz - pitch) < 12.0].max()
        assert near > 50.0 * energy[np.abs(hz - pitch - 90.0) < 12.0].max()


def test_tabla_rings_in_harmonics() -> None:
    """Raman: the loaded skin's modes are a harmonic series."""
    x = mono("tabla", 10)[1_200:]
    hz, energy = power(x)
    first = hertz(63.0) * 1.007
    for harmonic in (1, 2, 3):
        band = np.abs(hz - harmonic * first) < 0.03 * harmonic * first
        between = np.abs(hz - (harmonic + 0.5) * first) < 0.03 * harmonic * first
        assert energy[band].max() > 30.0 * energy[between].max(), harmonic


def test_numbers_have_vowels_where_the_words_do() -> None:
    """ "three" ends high and narrow (i), "four" dark and round (O), "six" hisses at both ends."""
    three, four, six = (mono("numbers", n) for n in (3, 4, 6))
    assert share(three[9_600:], 1_800.0, 3_400.0) > 4.0 * share(four[5_800:10_000], 1_800.0, 3_400.0)
    for end in (six[:4_000], six[-7_000:-1_500]):
        assert share(end, 4_000.0, 12_000.0) > 0.5


# --- machines --------------------------------------------------------------------------------------------------------
MACHINES = [
    "RolandTR808",
    "RolandTR909",
    "RolandTR707",
    "RolandTR505",
    "AkaiLinn",
    "CasioRZ1",
    "RhythmAce",
    "ViscoSpaceDrum",
    "RolandCompurhythm1000",
]


@pytest.mark.parametrize("drum", ["bd", "sd", "hh"])
def test_machines_have_their_own_character(drum: str) -> None:
    """Not one sound under many names: each pair differs more than two neighbours on a knob do."""
    names = [kit.ALIASES.get(f"{machine}_{drum}", f"{machine}_{drum}") for machine in MACHINES]
    prints = [levels(mono(name, 12 if name == "808bd" else 0)) for name in names]
    for (i, a), (j, b) in itertools.combinations(enumerate(prints), 2):
        assert np.abs(a - b).mean() > 1.0, f"{names[i]} and {names[j]}"


def test_samplers_of_their_time_end_where_their_converters_do() -> None:
    for name, top in (("RolandTR707_hh", 12_500.0), ("CasioRZ1_hh", 10_000.0)):
        above, below = share(mono(name), top + 1_500.0, 24_000.0), share(mono(name), 3_000.0, top)
        assert above < 0.12 * below, name
