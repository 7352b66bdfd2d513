from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from phonon_osc.samples import kit
from phonon_osc.samples.kit_shape import RATE, Signal

SOUNDS = [(name, n) for name, count in kit.COUNTS.items() for n in range(count)]
DIGEST = """
import hashlib
from phonon_osc.samples import kit
digest = hashlib.sha256(b"".join(kit.synthesise(name, 1).frames.tobytes() for name in kit.COUNTS)).hexdigest()
"""


def mono(name: str, n: int = 0) -> Signal:
    sides: Signal = kit.synthesise(name, n).frames.astype(np.float64)
    return 0.5 * (sides[:, 0] + sides[:, 1])


def power(x: Signal) -> tuple[Signal, Signal]:
    return np.fft.rfftfreq(len(x), 1.0 / RATE), np.abs(np.fft.rfft(x)) ** 2


def centroid(x: Signal) -> float:
    hz, energy = power(x)
    return float(np.sum(hz * energy) / np.sum(energy))


def ring(x: Signal) -> float:
    """Seconds after which a thousandth of the energy is left."""
    left = np.cumsum(x[::-1] ** 2)[::-1]
    return float(np.argmax(left < 1e-3 * left[0]) / RATE)


def test_names_and_counts() -> None:
    at_least_six = {"bd", "sn", "hh", "cp"}
    assert set(kit.COUNTS) == at_least_six | {"ho", "lt", "mt", "ht", "rim", "cr", "cb", "arpy"}
    assert all(count >= (6 if name in at_least_six else 4) for name, count in kit.COUNTS.items())
    assert kit.COUNTS["arpy"] == 11
    assert set(kit.ALIASES) == {"sd", "oh", "ch"} and set(kit.ALIASES.values()) <= set(kit.COUNTS)


@pytest.mark.parametrize(("name", "n"), SOUNDS)
def test_well_made(name: str, n: int) -> None:
    sound = kit.synthesise(name, n)
    x = sound.frames
    assert x.dtype == np.float32 and x.flags["C_CONTIGUOUS"] and x.shape[1] == 2 and sound.rate == RATE
    assert np.all(np.isfinite(x))
    assert len(x) < 3.0 * RATE
    assert 0.89 < np.max(np.abs(x)) <= 0.9001
    assert np.max(np.abs(x[:2])) > 1e-4, "the onset is frame 0"
    assert np.all(x[-1] == 0.0) and np.max(np.abs(x[-24:])) < 1e-3, "ends in silence without a step"
    assert np.max(np.abs(x.mean(axis=0, dtype=np.float64))) < 1e-6, "no offset"
    assert np.sqrt(np.mean(x[:4_800] ** 2)) > 0.05, "audible"
    early, late = x[: len(x) // 4], x[-len(x) // 4 :]
    assert np.mean(early**2) > 20.0 * np.mean(late**2), "decays"


@pytest.mark.parametrize(("name", "n"), SOUNDS)
def test_same_bits_every_time(name: str, n: int) -> None:
    assert kit.synthesise(name, n).frames.tobytes() == kit.synthesise(name, n).frames.tobytes()


def test_same_bits_in_another_process() -> None:
    """A seed from ``hash`` would differ: that one is salted per process."""
    environment = {**os.environ, "PYTHONHASHSEED": "12345"}
    other = subprocess.run(
        [sys.executable, "-c", DIGEST + "print(digest)"], capture_output=True, text=True, check=True, env=environment
    )
    here: dict[str, str] = {}
    exec(DIGEST, here)
    assert other.stdout.strip() == here["digest"]


def test_variants_differ() -> None:
    sounds = {kit.synthesise(name, n).frames.tobytes() for name, n in SOUNDS}
    assert len(sounds) == len(SOUNDS)


@pytest.mark.parametrize("n", range(kit.COUNTS["bd"]))
def test_kick_is_low_and_falls(n: int) -> None:
    x = mono("bd", n)
    assert centroid(x) < 200.0
    hz, energy = power(x)
    assert 35.0 < hz[np.argmax(energy)] < 75.0
    assert centroid(x[:1_920]) > 1.15 * centroid(x[4_800:9_600]), "the pitch falls"


@pytest.mark.parametrize("n", range(kit.COUNTS["sn"]))
def test_snare_has_skin_and_wires(n: int) -> None:
    hz, energy = power(mono("sn", n))
    total = energy.sum()
    assert energy[(hz > 120) & (hz < 600)].sum() > 0.03 * total
    assert energy[hz > 1_500].sum() > 0.08 * total


@pytest.mark.parametrize("n", range(kit.COUNTS["hh"]))
def test_closed_hat_is_high_and_short(n: int) -> None:
    x = mono("hh", n)
    assert centroid(x) > 4_000.0
    assert ring(x) < 0.2


@pytest.mark.parametrize("n", range(kit.COUNTS["ho"]))
def test_open_hat_rings_longer(n: int) -> None:
    x = mono("ho", n)
    assert centroid(x) > 4_000.0
    assert ring(x) > 1.6 * max(ring(mono("hh", i)) for i in range(kit.COUNTS["hh"]))


@pytest.mark.parametrize("n", range(kit.COUNTS["cp"]))
def test_clap_is_several_hands(n: int) -> None:
    x = mono("cp", n)
    assert 900.0 < centroid(x) < 4_500.0
    level = np.convolve(np.abs(x), np.ones(72) / 72, "same")[: int(0.06 * RATE)]
    peaks = [i for i in range(72, len(level) - 72) if level[i] == level[i - 72 : i + 73].max() and level[i] > 0.04]
    assert len(peaks) >= 3


def test_toms_ascend() -> None:
    pitches = []
    for name in ("lt", "mt", "ht"):
        hz, energy = power(mono(name))
        pitches.append(hz[np.argmax(energy)])
    assert pitches == sorted(pitches) and pitches[0] > 70.0 and pitches[2] > 2.0 * pitches[0]


def test_crash_is_long_bright_and_wide() -> None:
    for n in range(kit.COUNTS["cr"]):
        frames = kit.synthesise("cr", n).frames
        assert ring(mono("cr", n)) > 0.9 and centroid(mono("cr", n)) > 4_000.0
        likeness = float(np.corrcoef(frames[:, 0], frames[:, 1])[0, 1])
        assert 0.1 < likeness < 0.98, "wide, and safe in mono"


def test_rim_is_short() -> None:
    assert all(ring(mono("rim", n)) < 0.12 for n in range(kit.COUNTS["rim"]))


def test_arpy_climbs_a_major_scale() -> None:
    notes = []
    for n in range(kit.COUNTS["arpy"]):
        hz, energy = power(mono("arpy", n))
        note = 69.0 + 12.0 * np.log2(hz[np.argmax(energy)] / 440.0)
        assert abs(note - kit.synthesise("arpy", n).root_note) < 0.06
        notes.append(round(note))
    assert notes == [60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 77]


def test_unknown_sounds() -> None:
    with pytest.raises(KeyError):
        kit.synthesise("../../etc/passwd", 0)
    with pytest.raises(IndexError):
        kit.synthesise("bd", 1_000)
