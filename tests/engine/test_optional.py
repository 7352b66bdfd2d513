"""Optional steps of the dirt chain: only voices that use them take memory for them, and only their sound changes."""

from __future__ import annotations

import numpy as np
import pytest

from dsp.lanes import BLOCK
from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.voice import Voice
from phonon_osc.studio import Studio

LARGE = t.MEMORY_CLASSES.index(16)


def studio() -> Studio:
    return Studio(voices=64)


def voice(orbit: int = 0, seconds: float = 0.3, **effects: float) -> Voice:
    return Voice("dirt.supersaw", {"freq": 220.0, "amp": 0.2} | effects, seconds, orbit=orbit, seed=5)


def render(made: Studio, frames: int) -> np.ndarray:
    out = np.zeros((frames, 2), np.float32)
    made.engine.render(out)
    made.engine.poll()
    return out


def free(made: Studio) -> int:
    return int(made.engine.tables.slabs.memories.free_count[LARGE])


def test_an_event_holds_memory_for_the_effects_it_uses() -> None:
    made = studio()
    before = free(made)
    made.engine.play(voice(), 0)
    render(made, BLOCK)
    assert free(made) == before
    made.engine.play(voice(pshift=1.5), BLOCK)
    render(made, BLOCK)
    assert free(made) == before - 2, "one for each side"
    made.engine.play(voice(freeze=1.0, smear=0.5), 2 * BLOCK)
    render(made, BLOCK)
    assert free(made) == before - 4, "one for each, both sides in it"
    render(made, 48000)
    assert free(made) == before


def test_a_node_may_use_any_of_them_later() -> None:
    made = studio()
    before = free(made)
    made.engine.new_node("dirt.supersaw", "pad", {"freq": 220.0})
    render(made, BLOCK)
    held = before - free(made)
    made.engine.set_node("pad", {"pshift": 2.0})
    heard = render(made, 24000)
    assert held > 2 and np.abs(heard).max() > 0.01
    made.engine.free_node("pad")
    render(made, 4800)
    assert free(made) == before


@pytest.mark.parametrize(
    "effects", [{"freeze": 1.0}, {"pshift": 1.5}, {"vowel": 1.0}, {"smear": 0.5, "djf": 0.3}], ids=str
)
def test_a_voice_beside_one_with_an_effect_keeps_its_bits(effects: dict[str, float]) -> None:
    """Both voices are in one slab. The voice with the effect is silent, so the sound is that of the other voice, to the bit."""

    def play(*voices: Voice) -> np.ndarray:
        made = studio()
        for each in voices:
            made.engine.play(each, 37)
        return render(made, 19200)

    wet = play(voice(1, **effects))
    assert np.abs(wet - play(voice(1))).max() > 0.001, "the effect is heard"
    assert not play(voice(1, amp=0.0, **effects)).any()
    alone = play(voice(0))
    assert alone.any() and np.array_equal(play(voice(0), voice(1, amp=0.0, **effects)), alone)
    assert np.allclose(play(voice(0), voice(1, **effects)), alone + wet, rtol=0.0, atol=1e-6), "two orbits add up"


def test_when_memory_runs_out_a_holder_is_stolen_not_another_voice() -> None:
    made = studio()
    for k in range(20):
        made.engine.play(voice(k % 12, 2.0), 0)
    for k in range(free(made) // 2 + 3):
        made.engine.play(voice(k % 12, 2.0, pshift=1.5), 960 + 480 * k)
    render(made, 48000)
    e = made.engine.tables
    assert e.slabs.counts.stolen >= 3 and e.slabs.counts.refused == 0
    assert e.slabs.counts.active >= 20
