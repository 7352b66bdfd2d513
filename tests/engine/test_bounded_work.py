"""The work of one block is bounded, however many voices sound. It is counted in lanes and slabs that were visited."""

from __future__ import annotations

import numpy as np
import pytest

from phonon_osc.engine.audio.commands import PER_BLOCK
from phonon_osc.engine.engine import Engine
from phonon_osc.engine.voice import Voice
from phonon_osc.limits import VOICES

from .rig import engine

MOST = VOICES[1]
LEVEL = 1e-5


def full(**words: object) -> Engine:
    """An engine in which all voices sound for long, in every slab. ``{k}`` in ``words`` becomes the number of the voice."""
    e, out = engine(MOST), np.zeros((64, 2), np.float32)
    for k in range(MOST):
        more = {name: value(k) if callable(value) else value for name, value in words.items()}
        e.play(Voice("dc", {"level": LEVEL * (k % 977)}, 100.0, **more), 0)  # type: ignore[arg-type]
        if k % PER_BLOCK == PER_BLOCK - 1:
            e.render(out)
    for _ in range(40):  # past the attack, in which all voices rank alike
        e.render(out)
    assert e.tables.slabs.counts.active == MOST
    return e


def visits(e: Engine, **words: object) -> int:
    """Number of lanes and slabs visited while 512 voices start in one block."""
    for k in range(PER_BLOCK):
        more = {name: value(k) if callable(value) else value for name, value in words.items()}
        e.play(Voice("dc", {"level": 0.0}, 100.0, **more), e.frame + 32)  # type: ignore[arg-type]
    before, started = e.tables.slabs.counts.visited, e.tables.slabs.counts.started
    e.render(np.zeros((64, 2), np.float32))
    assert e.tables.slabs.counts.started == started + PER_BLOCK
    return int(e.tables.slabs.counts.visited - before)


def test_starting_many_voices_visits_each_of_the_others_a_few_times() -> None:
    """One pass over all voices lists 64 to steal. So 512 new voices take eight passes, not 512."""
    e = full()
    levels = e.tables.slabs.lanes.level[: 40 * 32]
    quiet = np.flatnonzero(levels == levels[32:].min())
    assert visits(e) <= 9 * MOST + PER_BLOCK * 4
    assert e.tables.slabs.counts.stolen == PER_BLOCK and e.tables.slabs.counts.active == MOST
    flags = e.tables.slabs.lanes.flags
    assert any(flags[k] for k in quiet), "the quietest are stolen"


@pytest.mark.parametrize("sign", [1, -1])
def test_cutting_visits_only_the_voices_of_the_group(sign: int) -> None:
    """Each voice is in a cut group of its own. Then 512 of these groups get a new voice."""
    e = full(cut=lambda k: sign * (k + 1), cut_sound=lambda k: k)
    assert visits(e, cut=lambda k: sign * (17 * k + 1), cut_sound=lambda k: 17 * k) <= 9 * MOST + PER_BLOCK * 32
    assert e.tables.slabs.counts.cut == PER_BLOCK


def test_one_group_of_many_sounds_takes_no_longer() -> None:
    e = full(cut=-1, cut_sound=lambda k: k)
    assert visits(e, cut=-1, cut_sound=lambda k: 17 * k) <= 9 * MOST + PER_BLOCK * 32
    assert e.tables.slabs.counts.cut == PER_BLOCK
