"""Voices are summed in buckets, chosen by slab. The order in which buckets are computed changes no bit of the sound."""

from __future__ import annotations

import itertools

import numpy as np

from phonon_osc.engine.engine import Engine
from phonon_osc.limits import BUCKETS, ORBITS

from .rig import engine, hit, render

TURNS = list(itertools.permutations(range(BUCKETS)))


def crowd(turns: tuple[int, ...]) -> Engine:
    """Voices with different levels in ten slabs and on all orbits. Some begin or end while others sound."""
    e, rng = engine(512), np.random.default_rng(5)
    e.tables.outputs.turns[:] = turns
    for k in range(320):
        at, seconds = int(rng.integers(0, 2000)) if k % 3 else 0, float(rng.uniform(0.001, 0.1))
        hit(e, at, float(rng.uniform(-1, 1) ** 3) / 50, seconds, orbit=int(rng.integers(ORBITS)))
    return e


def test_no_order_of_the_buckets_changes_a_bit() -> None:
    first = render(crowd(TURNS[0]), 4096)
    for turns in TURNS[1:]:
        e = crowd(turns)
        assert np.array_equal(render(e, 4096), first), turns
    assert np.unique(first).size > 100


def test_all_buckets_are_used_and_the_slab_decides_which() -> None:
    """Each bucket has the voices of its slabs and no others."""
    e = engine(512)
    for k in range(32 * 8):  # slab 1 is filled first, then slab 2, and so on
        hit(e, 0, 2.0 ** -(k // 32 + 1), 1.0, orbit=k % 2)
    render(e, 64)
    slabs = e.tables.slabs
    assert slabs.taken[1:9].tolist() == [(1 << 32) - 1] * 8
    assert (e.tables.outputs.used == 0).all(), "taken and emptied in every block"
    assert not e.tables.outputs.sums.any()
    assert np.all(render(e, 64) == 1.0), "32 * (1/2 + 1/4 ...) is far above full scale: the guard holds it there"


def web(turns: tuple[int, ...]) -> np.ndarray:
    """Nodes of three definitions, so in three slabs, with a cycle between two of the same depth."""
    e = engine(64)
    e.tables.outputs.turns[:] = turns
    e.new_node("dc", "a", {"level": 0.1}, frame=0)
    e.new_node("filtered", "b", {"level": 0.2, "lpf": 300.0}, frame=0)
    e.new_node("gated", "c", {"level": 0.3}, frame=0)
    e.new_node("dc", "d", {"level": 0.05}, frame=0)
    e.patch("a", "b", "level", 0.5)
    assert e.patch("b", "a", "level", 0.25), "a cycle"
    e.patch("b", "c", "level")
    assert e.patch("c", "b", "level", 0.125), "a cycle too"
    e.unpatch("b", "c")
    e.patch("a", "d", "level", 0.75)
    e.patch("d", "b", "level", 0.5)
    assert e.patchbay.node("b").depth == e.patchbay.node("c").depth == 2, "the patch from c to b stays within a depth"
    for node in ("a", "b", "c", "d"):
        e.route_node(node, 0)
    parts = [render(e, 640)]
    e.set_node("a", {"level": -0.4}, e.frame + 30)
    return np.concatenate([*parts, render(e, 6400)])


def test_a_cycle_within_one_depth_does_not_depend_on_which_node_runs_first() -> None:
    first = web(TURNS[0])
    assert np.unique(first).size > 100
    for turns in TURNS[1:]:
        assert np.array_equal(web(turns), first), turns
