"""However many voices sound, what one block can be asked to do is bounded: counted in lanes and slabs that were looked at."""

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
    """All voices sound, in every slab, for long; ``words`` may count them with ``{k}``."""
    e, out = engine(MOST), np.zeros((64, 2), np.float32)
    for k in range(MOST):
        more = {name: value(k) if callable(value) else value for name, value in words.items()}
        e.play(Voice("dc", {"level": LEVEL * (k % 977)}, 100.0, **more), 0)  # type: ignore[arg-type]
        if k % PER_BLOCK == PER_BLOCK - 1:
            e.render(out)
    for _ in range(40):  # past the attack, in which all are alike
        e.render(out)
    assert e.tables.slabs.counts.active == MOST
    return e


def visits(e: Engine, **words: object) -> int:
    """Lanes and slabs looked at while 512 voices start in one block."""
    for k in range(PER_BLOCK):
        more = {name: value(k) if callable(value) else value for name, value in words.items()}
        e.play(Voice("dc", {"level": 0.0}, 100.0, **more), e.frame + 32)  # type: ignore[arg-type]
    before, started = e.tables.slabs.counts.visited, e.tables.slabs.counts.started
    e.render(np.zeros((64, 2), np.float32))
    assert e.tables.slabs.counts.started == started + PER_BLOCK
    return int(e.tables.slabs.counts.visited - before)


def test_starting_many_voices_looks_at_each_of_the_others_a_few_times() -> None:
    """One pass over all voices lists the 64 least missed: eight passes for 512, where each took one of its own."""
    e = full()
    levels = e.tables.slabs.lanes.level[: 40 * 32]
    quiet = np.flatnonzero(levels == levels[32:].min())
    assert visits(e) <= 9 * MOST + PER_BLOCK * 4
    assert e.tables.slabs.counts.stolen == PER_BLOCK and e.tables.slabs.counts.active == MOST
    flags = e.tables.slabs.lanes.flags
    assert any(flags[k] for k in quiet), "the quietest are stolen"


@pytest.mark.parametrize("sign", [1, -1])
def test_cutting_looks_at_the_voices_of_the_group_alone(sign: int) -> None:
    """All voices are in cut groups, each in one of its own; then 512 of these groups get a new voice."""
    e = full(cut=lambda k: sign * (k + 1), cut_sound=lambda k: k)
    assert visits(e, cut=lambda k: sign * (17 * k + 1), cut_sound=lambda k: 17 * k) <= 9 * MOST + PER_BLOCK * 32
    assert e.tables.slabs.counts.cut == PER_BLOCK


def test_one_group_of_many_sounds_takes_no_longer() -> None:
    e = full(cut=-1, cut_sound=lambda k: k)
    assert visits(e, cut=-1, cut_sound=lambda k: 17 * k) <= 9 * MOST + PER_BLOCK * 32
    assert e.tables.slabs.counts.cut == PER_BLOCK
