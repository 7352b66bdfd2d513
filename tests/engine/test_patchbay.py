"""The graph of nodes without an engine: plans change nothing, depths follow from patches, refused changes are undone."""

from __future__ import annotations

import itertools
import random

import pytest

from phonon_osc.engine.nodes import Node, NodeError
from phonon_osc.engine.patchbay import Patchbay, PatchPlan

from .rig import dc

DC = dc()


class Bench:
    """A patchbay whose commands are all carried out, unless a test refuses one."""

    def __init__(self, nodes: int = 64, patches: int = 256, deepest: int = 1 << 18) -> None:
        self.bay = Patchbay(nodes, patches, deepest)
        self.sequence = 0

    def node(self, id: int | str = -1, orbit: int = 0) -> Node:
        node = self.bay.plan_node(id, DC, "dc", 0, orbit)
        self.bay.add_node(node)
        self.sequence += 1
        return node

    def plan(self, source: Node, target: Node, control: str = "level") -> PatchPlan:
        return self.bay.plan_patch(source, target, control, 0, 1.0, 0)

    def patch(self, source: Node, target: Node, control: str = "level") -> PatchPlan:
        plan = self.plan(source, target, control)
        first = self.sequence + 1
        self.sequence += len(plan.depths) + 1
        self.bay.add_patch(plan, first)
        return plan

    def state(self) -> object:
        return (
            {id: (node.number, node.depth, node.orbit) for id, node in self.bay.by_id.items()},
            {ends: (patch.amount, patch.delayed) for ends, patch in self.bay.patches.items()},
        )

    def check(self) -> None:
        """Check that each node runs after the nodes that it hears without delay, and that both ends of a patch know it."""
        for ends, patch in self.bay.patches.items():
            assert patch.delayed or patch.source.depth < patch.target.depth, ends
            assert patch.source.outputs[ends] is patch is patch.target.inputs[ends]
        for node in self.bay.by_number.values():
            assert all(self.bay.patches[ends] is patch for ends, patch in (*node.inputs.items(), *node.outputs.items()))


def test_a_plan_changes_nothing() -> None:
    bench = Bench()
    a, b = bench.node("a"), bench.node("b")
    before = bench.state()
    plan = bench.plan(a, b)
    assert plan.depths == {b: 1} and plan.leaves_orbit
    bench.bay.plan_node("c", DC, "dc", 0, 0)
    assert bench.state() == before
    bench.patch(a, b)
    assert bench.state() != before


def test_a_node_that_is_planned_twice_has_one_number() -> None:
    """A full queue has refused the first plan. The number of the node is not lost."""
    bench = Bench(nodes=3)
    for _ in range(10):
        first = bench.bay.plan_node("a", DC, "dc", 0, 0)
    bench.bay.add_node(first)
    bench.node("b")
    with pytest.raises(NodeError, match="all 2 node numbers"):
        bench.node("c")


def test_random_graphs_keep_their_order() -> None:
    rng = random.Random(5)
    bench = Bench(nodes=24, patches=40)
    refused = delayed = 0
    for _ in range(20_000):
        nodes = list(bench.bay.by_number.values())
        what = rng.random()
        if what < 0.1 or len(nodes) < 2:
            if len(nodes) < 20:
                bench.node()
        elif what < 0.15:
            bench.bay.remove_node(rng.choice(nodes))
        elif what < 0.3 and bench.bay.patches:
            bench.bay.remove_patch(rng.choice(list(bench.bay.patches.values())))
        elif what < 0.35 and bench.bay._moving:
            sequence = rng.choice(list(bench.bay._moving))
            moved = bench.bay._moving[sequence]
            node, patches = bench.bay.refused_move(sequence, rng.randrange(moved.depth + 1))
            assert node is moved
            for patch in patches:
                bench.bay.remove_patch(patch)
            bench.bay.delay_unordered_patches(node)
            refused += 1
        elif len(bench.bay.patches) < 40:
            delayed += bench.patch(rng.choice(nodes), rng.choice(nodes)).patch.delayed
        bench.check()
    assert refused > 200 and delayed > 200


def test_a_patch_behind_a_cycle_is_not_delayed_by_it() -> None:
    """b hears a, and a hears b one block late. When x is patched into a, b still runs after a."""
    bench = Bench()
    a, b, x = (bench.node(name) for name in "abx")
    bench.patch(a, b)
    assert bench.patch(b, a).patch.delayed
    assert not bench.patch(x, a).patch.delayed
    assert (x.depth, a.depth, b.depth) == (0, 1, 2)
    bench.check()


def test_depths_do_not_grow_for_ever() -> None:
    """Two nodes that are patched into each other in turns must not get deeper and deeper, since the orbits have to run last."""
    bench = Bench(nodes=8, deepest=16)
    a, b, c = (bench.node(name) for name in "abc")
    bench.patch(b, c)
    for k in range(200):
        source, target = (a, b) if k % 2 else (b, a)
        assert not bench.patch(source, target).patch.delayed
        bench.check()
        assert max(node.depth for node in (a, b, c)) <= 16
        for patch in bench.bay.patches_between(source, target, None):
            bench.bay.remove_patch(patch)


def test_a_wide_graph_is_planned_in_linear_time() -> None:
    """Twenty layers of two nodes, each patched into both nodes of the next layer: there are a million paths from end to end."""
    bench = Bench()
    layers = [(bench.node(), bench.node()) for _ in range(20)]
    for above, below in itertools.pairwise(layers):
        for source in above:
            for target in below:
                bench.patch(source, target)
    first = bench.node("first")
    plan = bench.plan(first, layers[0][0])
    assert len(plan.depths) == 39 and max(plan.depths.values()) == 20


def test_a_refused_move_is_forgotten_once_the_node_was_sent_deeper() -> None:
    bench = Bench()
    a, b, c, d = (bench.node(name) for name in "abcd")
    first = bench.patch(a, b)
    bench.patch(c, d)
    second = bench.patch(d, b)
    assert b.depth == 2
    assert bench.bay.refused_move(min(first.patch.moves), 0) == (None, [])
    node, patches = bench.bay.refused_move(min(second.patch.moves), 0)
    assert node is b and patches == [second.patch] and b.depth == 0
    bench.bay.remove_patch(second.patch)
    assert bench.bay.delay_unordered_patches(b) == 1 and first.patch.delayed
    bench.check()


def test_a_new_amount_is_refused_only_by_its_own_command() -> None:
    bench = Bench()
    a, b = bench.node("a"), bench.node("b")
    first = bench.patch(a, b).patch.sequence
    second = bench.patch(a, b).patch
    assert bench.bay.refused_patch(first) is None
    assert bench.bay.refused_patch(second.sequence) is second
    assert bench.bay.patches == {second.ends: second}
