"""Strudel's default set of sounds: every name is known, and what stands in for it is a sound of its kind."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from phonon_osc.dialects.strudel import sources
from phonon_osc.samples import kit
from phonon_osc.samples.kit.names import ALIASES, EXTRAS, FAMILY
from phonon_osc.samples.kit.wavetables import PERIOD
from phonon_osc.samples.table import KIT, Keys, Table
from phonon_osc.synths import builtin

NAMES = json.loads((Path(__file__).parents[1] / "data" / "strudel-names.json").read_text())  # 0: a map of notes
BANKS = ("wavetables", "gm", "piano", "vcsl", "drum_machines", "uzu_drumkit", "mridangam")
RATE = 48_000
BELONGS_TO_SONGS = (
    set(sources.WAVES) | set(sources.NOISES) | set(sources.ZZFX) | set(sources.NAMES) | set(sources.OTHERS)
)


@pytest.mark.parametrize("group", BANKS)
def test_every_bank_is_known(group: str) -> None:
    unknown = [
        name for name in NAMES[group] if name not in kit.COUNTS and name not in ALIASES and not builtin.meaning(name)
    ]
    assert unknown == []


def test_every_synth_is_known() -> None:
    assert set(NAMES["synths"]) <= BELONGS_TO_SONGS


def test_counts_are_those_of_the_set() -> None:
    for group in ("drum_machines", "vcsl", "mridangam", "wavetables"):
        for name, count in NAMES[group].items():
            if count and FAMILY.get(name) in EXTRAS:
                assert kit.COUNTS[name] == count, name


def test_machines_are_known_by_their_short_names_too() -> None:
    table = Table({}, Keys())
    for machine, short in NAMES["drum_machine_aliases"].items():
        for name in NAMES["drum_machines"]:
            if name.startswith(f"{machine}_") and not name.endswith("_"):
                drum = name.rpartition("_")[2]
                wanted = table.find(name)
                assert wanted is not None
                assert (
                    table.find(drum, 0, short)
                    == wanted
                    == table.find(drum, 0, machine.lower())
                    == table.find(f"{short}_{drum}")
                )


@pytest.mark.parametrize("family", [family for family in EXTRAS if family != "wavetables"])
def test_well_made(family: str) -> None:
    for name, count in kit.COUNTS.items():
        if FAMILY[name] != family:
            continue
        assert len(kit.recipes(name)) == count
        sound = kit.synthesise(name, count - 1)
        x = sound.frames
        assert np.isfinite(x).all() and 0.25 < np.abs(x).max() < 0.95, name
        assert 0.02 < len(x) / RATE < 7.0, f"{name}: {len(x) / RATE:.1f} s"
        assert np.abs(x[0]).max() < 0.002 and not x[-1].any(), name
        assert np.sqrt(np.mean(x[: RATE // 2] ** 2)) > 0.003, f"{name} is hardly there"


def test_variants_differ() -> None:
    for name in ("EmuSP12_bd", "timpani2", "snare_modern", "mridangam_ardha", "AlesisSR16_sd"):
        heard = {kit.synthesise(name, n).frames.tobytes() for n in range(min(kit.COUNTS[name], 12))}
        assert len(heard) == min(kit.COUNTS[name], 12), name


@pytest.mark.parametrize(
    "name",
    ["gm_violin", "gm_trumpet", "gm_clarinet", "gm_koto", "gm_church_organ", "steinway", "harp", "recorder_alto_sus"],
)
def test_the_nearest_note_is_played_and_in_tune(name: str) -> None:
    if name not in kit.COUNTS:
        assert builtin.meaning(name)
        return
    table = Table({}, Keys())
    for midi in (59.0, 66.0):
        entry = table.find(name, 0, None, midi)
        assert entry is not None and entry.note is not None
        assert abs(entry.note - midi) <= 3 or entry.note in (kit.NOTES[name][0], kit.NOTES[name][-1])
    n = kit.COUNTS[name] // 2
    note = KIT[name][n].note
    assert note is not None
    hertz = 440.0 * 2.0 ** ((note - 69.0) / 12.0)
    x = kit.synthesise(name, n).frames.mean(axis=1)[RATE // 10 : RATE // 2]
    levels = np.abs(np.fft.rfft(x * np.hanning(len(x)), 1 << 18))
    found = 0.0
    for harmonic in range(1, 5):
        due = harmonic * hertz * (1 << 18) / RATE
        around = levels[int(due * 2 ** (-1 / 12)) : int(due * 2 ** (1 / 12)) + 1]
        at = int(np.argmax(around)) + int(due * 2 ** (-1 / 12))
        if levels[at] > found:
            found, cents = float(levels[at]), 1200.0 * math.log2(at / due)
    assert abs(cents) < 25.0 and found > 0.3 * levels.max()


def test_a_wavetable_is_whole_periods() -> None:
    for name in (name for name in kit.COUNTS if FAMILY[name] == "wavetables"):
        for n in range(kit.COUNTS[name]):
            x = kit.synthesise(name, n).frames[:, 0]
            assert len(x) % PERIOD == 0 and np.abs(x).max() > 0.99
            frames = x.reshape(-1, PERIOD)
            assert np.abs(frames.mean(axis=1)).max() < 0.01 and np.abs(frames[0] - frames[-1]).max() > 0.05
