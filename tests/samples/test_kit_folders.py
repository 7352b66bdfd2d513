"""The kit against Dirt-Samples: every folder's name and count, breaks as long as their bars, sustained sounds that last."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from phonon_osc.osc.wire import encode_bundle, encode_message, unix_to_ntp
from phonon_osc.rendering import Options, render_datagrams
from phonon_osc.samples import kit
from phonon_osc.scores import Datagram

RATE = 48_000
NAMES = json.loads((Path(__file__).parents[1] / "data" / "dirt-samples-names.json").read_text())
BREAKS = {
    "breaks125": (125.0, 2),
    "breaks152": (152.0, 2),
    "breaks157": (157.0, 2),
    "breaks165": (165.0, 2),
    "amen": (136.0, 4),
}
Row = dict[str, str | float]


def play(*events: tuple[float, Row]) -> NDArray[np.float32]:
    """Events, each at so many seconds, as Tidal sends them; 5 s of sound."""
    start = 1_800_000_000.0
    packets = []
    for at, keys in events:
        pairs = {"_id_": "1", "cps": 0.5, "cycle": 0.0, "delta": 1.0, "orbit": 0, **keys}
        message = encode_message("/dirt/play", *(part for pair in pairs.items() for part in pair))
        packets.append(Datagram(encode_bundle(unix_to_ntp(start + at), [message]), start + at - 0.3))
    found = render_datagrams(packets, Options(limiter=False, seconds=5.0), start=start).audio
    assert found is not None
    return found


def test_every_folder_of_dirt_samples_with_its_count() -> None:
    """0 in the list: the count is not known."""
    assert len(NAMES) == 210
    wrong = {name: (count, kit.COUNTS.get(name)) for name, count in NAMES.items() if kit.COUNTS.get(name, 0) != count}
    assert all(count == 0 and has for count, has in wrong.values()), wrong


@pytest.mark.parametrize("name", ["yeah", "hoover", "clubkick", "invaders", "bubble", "breaks165"])
def test_new_names_sound(name: str) -> None:
    heard = play((0.0, {"s": name, "n": 2.0}))
    assert np.abs(heard[: RATE // 2]).max() > 0.02


def test_a_synth_is_not_hidden_by_a_stand_in() -> None:
    """Dirt-Samples has a folder named sine. Without that folder the name means the synth, which follows ``sustain``."""
    heard = play((0.0, {"s": "sine", "note": 9.0, "sustain": 3.0}))
    assert np.abs(heard[int(2.5 * RATE) : int(2.9 * RATE)]).max() > 0.01


# --- breaks ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "tempo"), BREAKS.items())
def test_breaks_are_whole_bars_of_their_tempo(name: str, tempo: tuple[float, int]) -> None:
    bpm, bars = tempo
    for n in range(kit.COUNTS[name]):
        x = np.abs(kit.sound(name, n).frames).max(axis=1)
        assert len(x) == round(bars * 4 * 60.0 / bpm * RATE)
        # Backbeats: the two loudest 30 ms after the beats of the first bar are where the snare is or the kick.
        beats = [round(k * 60.0 / bpm * RATE) for k in range(4)]
        for beat in beats[:2]:
            before = x[max(beat - 1_440, 0) : beat].max() if beat else 0.0
            assert x[beat : beat + 1_440].max() > 1.5 * before, (n, beat)


def test_the_slices_are_the_break() -> None:
    whole = kit.sound("amen", 0).frames[:, 0]
    slices = [kit.sound("amencutup", n).frames[:, 0] for n in range(32)]
    at = 0
    for n, part in enumerate(slices):
        eighth = 60.0 / 136.0 / 2.0 * RATE
        assert abs(len(part) - eighth) <= 1.0
        here = whole[at : at + len(part)].astype(np.float64)
        assert np.corrcoef(here, part)[0, 1] > 0.95, n
        at += len(part)
    assert at == len(whole)


def test_loop_at_two_cycles_at_its_own_tempo_is_the_break_itself() -> None:
    """``loopAt 2`` sends unit c and speed 1/2: at 125 beats a minute that is speed 1."""
    cps = 125.0 / 240.0
    plain = play((0.0, {"s": "breaks125", "cps": cps}))
    looped = play((0.0, {"s": "breaks125", "cps": cps, "unit": "c", "speed": 0.5}))
    assert np.abs(plain).max() > 0.1
    assert np.abs(plain - looped).max() < 1e-3
    ends = np.flatnonzero(np.abs(looped[:, 0]) > 1e-4)[-1]
    assert 3.80 * RATE < ends <= 3.84 * RATE + 64


def test_chopped_into_sixteen_and_played_in_order_it_is_the_break() -> None:
    """``chop 16``: parts from a sixteenth to the next. Their short fades are all that differs."""
    cps = 125.0 / 240.0
    plain = play((0.0, {"s": "breaks125", "cps": cps}))
    step = 3.84 / 16
    parts = [(k * step, {"s": "breaks125", "cps": cps, "begin": k / 16, "end": (k + 1) / 16}) for k in range(16)]
    chopped = play(*parts)  # type: ignore[arg-type]
    a, b = plain[: int(3.8 * RATE), 0].astype(np.float64), chopped[: int(3.8 * RATE), 0].astype(np.float64)
    assert np.corrcoef(a, b)[0, 1] > 0.97


# --- length and pitch ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "seconds"), [("sax", 2.0), ("padlong", 3.0), ("sitar", 2.0), ("blue", 1.5), ("juno", 0.5)]
)
def test_sustained_sounds_last(name: str, seconds: float) -> None:
    for n in range(kit.COUNTS[name]):
        assert len(kit.sound(name, n).frames) >= seconds * RATE, n


def test_sax_is_held_to_its_end() -> None:
    x = kit.sound("sax", 0).frames[:, 0]
    early, late = (np.sqrt(np.mean(x[int(at * RATE) : int((at + 0.2) * RATE)] ** 2)) for at in (0.5, 1.8))
    assert late > 0.7 * early


def test_sitar_is_in_tune() -> None:
    """An octave up is twice the frequency: note 12 of the first sound lies on note 0 of its last, which is a C as well."""
    notes = [kit.recipes("sitar")[n].note for n in range(8)]
    assert notes == [48, 50, 51, 53, 55, 56, 58, 60]
