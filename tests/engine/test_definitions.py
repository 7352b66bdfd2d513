"""Definitions at run time: they can be replaced while voices sound, and their places are used again, and none is lost."""

from __future__ import annotations

import numpy as np
import pytest

from phonon_osc.errors import UsageError
from phonon_osc.limits import DEFINITIONS
from phonon_osc.synths import builtin

from .rig import engine, render


def level(e, name: str, value: float) -> None:  # type: ignore[no-untyped-def]
    e.add_definition(builtin.read(name, f"a: {value}; out (value a)", 48000.0).definition)


def test_new_nodes_use_a_new_definition_and_old_nodes_sound_on() -> None:
    e = engine()
    level(e, "tone", 0.25)
    e.new_node("tone", 1)
    render(e, 128)
    level(e, "tone", 0.5)
    e.new_node("tone", 2)
    assert np.all(render(e, 128)[-1] == 0.75)
    e.free_node(1)
    render(e, 512)
    assert np.all(render(e, 64)[-1] == 0.5)


def test_places_are_reused_once_their_voices_have_ended() -> None:
    e = engine()
    for k in range(2 * DEFINITIONS):
        level(e, "tone", k / 2000.0)
        e.new_node("tone", 1)
        assert np.allclose(render(e, 128)[-1], k / 2000.0, atol=1e-6)
        e.free_node(1, fade=0.001)
        render(e, 192)
        e.poll()
        assert e.tables.slabs.counts.nodes == 0


def test_too_many_definitions_are_refused_and_freeing_makes_room() -> None:
    e = engine()
    with pytest.raises(UsageError, match="/def/free"):
        for k in range(DEFINITIONS):
            level(e, f"tone{k}", 0.1)
    e.drop_definition("tone0")
    level(e, "another", 0.1)
    assert "tone0" not in e.definitions and "another" in e.definitions
