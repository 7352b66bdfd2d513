"""A hundred thousand messages, right and wrong ones, against a model of the protocol: the server's state is the model's, nothing leaks."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from phonon_osc.studio import Studio

from .test_native_errors import Client

MESSAGES = 100_000
IDS = [1, 2, 3, 4, 5, 6, "a", "b", "c", "d", "bass", "lead"]
GROUPS, BUSES, DEFINITIONS, BUFFERS = ["g1", "g2", "g3"], ["b1", "b2", "b3"], ["d1", "d2", "d3"], ["t1", "t2"]
CONTROLS = {
    "sine": ("freq", "phase", "amp", "pan"),
    "saw": ("freq", "phase", "amp", "pan"),
    "gain": ("x", "amp", "pan", "out_amp"),
}
TEXT = "freq: 220 0..20000; lvl: 0.1 0..1; s = saw freq; out s * lvl"


@dataclass
class Model:
    """What a client that reads protocol.md expects to be there."""

    nodes: dict[Any, str] = field(default_factory=dict)  # id -> definition
    patches: set[tuple[Any, Any, str]] = field(default_factory=set)
    groups: dict[str, set[Any]] = field(default_factory=dict)
    buses: set[str] = field(default_factory=set)
    definitions: set[str] = field(default_factory=set)
    buffers: set[str] = field(default_factory=set)

    def controls(self, node: Any) -> tuple[str, ...]:
        return CONTROLS.get(self.nodes[node], ("freq", "lvl"))

    def free(self, node: Any) -> None:
        del self.nodes[node]
        self.patches = {p for p in self.patches if node not in p[:2]}
        for members in self.groups.values():
            members.discard(node)


def step(rng: random.Random, model: Model) -> tuple[tuple[Any, ...], bool]:
    """A message, and whether it has to succeed; the model is changed if so."""
    node, other = rng.choice(IDS), rng.choice(IDS)
    group, bus, definition, buffer = (rng.choice(x) for x in (GROUPS, BUSES, DEFINITIONS, BUFFERS))
    control = rng.choice(["freq", "amp", "pan", "phase", "x", "lvl", "nothing"])
    what = rng.randrange(20)
    if what <= 3:
        kind = rng.choice(["sine", "saw", "gain", *DEFINITIONS, "unheard_of"])
        ok = node not in model.nodes and (kind in CONTROLS or kind in model.definitions)
        if ok:
            model.nodes[node] = kind
        return ("/node/new", kind, node), ok
    if what <= 6:
        ok = node in model.nodes and control in model.controls(node)
        return ("/node/set", node, control, rng.choice([0.0, 0.5, 2.0, -3.0])), ok
    if what == 7:
        return (
            "/node/ramp",
            node,
            rng.choice([0.1, 2.0]),
            control,
            0.5,
        ), node in model.nodes and control in model.controls(node)
    if what == 8:
        ok = node in model.nodes
        if ok:
            model.free(node)
        return ("/node/free", node, rng.choice([0.001, 0.01])), ok
    if what == 9:
        ok = node in model.nodes and other in model.nodes and control in model.controls(other)
        if ok:
            model.patches.add((node, other, control))
        return ("/node/patch", node, other, control, rng.choice([0.0, 0.001, 0.01])), ok  # no loop may grow without end
    if what == 10:
        there = {p for p in model.patches if p[:2] == (node, other)}
        model.patches -= there
        return ("/node/unpatch", node, other), bool(there)
    if what == 11:
        ok = group not in model.groups
        if ok:
            model.groups[group] = set()
        return ("/group/new", group), ok
    if what == 12:
        ok = group in model.groups
        for member in model.groups.pop(group, ()):
            for members in model.groups.values():
                members.discard(member)
            model.free(member)
        return ("/group/free", group, 0.002), ok
    if what == 13:
        ok = node in model.nodes and group in model.groups
        if ok:
            for members in model.groups.values():
                members.discard(node)
            model.groups[group].add(node)
        return ("/node/move", node, group), ok
    if what == 14:
        ok = bus not in model.buses
        model.buses.add(bus)
        return ("/bus/new", bus), ok
    if what == 15:
        if rng.random() < 0.5:
            return ("/node/map", node, control, bus), node in model.nodes and control in model.controls(
                node
            ) and bus in model.buses
        ok = bus in model.buses
        model.buses.discard(bus)
        return ("/bus/free", bus), ok
    if what == 16:
        good = rng.random() < 0.7
        if good:
            model.definitions.add(definition)
        return ("/def/new", definition, TEXT if good else rng.choice(["out q", "s = sine 3", "x"])), good
    if what == 17:
        ok = definition in model.definitions
        model.definitions.discard(definition)
        return ("/def/free", definition), ok
    if what == 18:
        if rng.random() < 0.5:
            ok = buffer not in model.buffers
            model.buffers.add(buffer)
            return ("/buffer/alloc", buffer, 64), ok
        ok = buffer in model.buffers
        model.buffers.discard(buffer)
        return ("/buffer/free", buffer), ok
    return (
        rng.choice(["/node/set", "/node/patch", "/bus/set", "/group/set"]),
        *rng.choices(["x", b"\0", None], k=3),
    ), False


def compare(studio: Studio, model: Model) -> None:
    """The server's state is the model's."""
    engine, context = studio.engine, studio.context
    assert {id: node.definition.name for id, node in engine.nodes.by_id.items()} == model.nodes
    found = {
        (engine.nodes.by_number[source].id, node.id, control)
        for node in engine.nodes.by_id.values()
        for source, control, _ in node.patches
        if engine.nodes.by_number[source].id in engine.nodes.by_id
        and engine.nodes.by_id[engine.nodes.by_number[source].id].number == source
    }
    assert found == model.patches
    assert {name: set(context.members(name)) for name in list(context.groups)} == model.groups
    assert set(context.buses) == model.buses
    assert set(context.instruments) == model.definitions
    assert set(context.buffers) == model.buffers


@pytest.mark.timeout(300)
def test_the_server_agrees_with_the_model() -> None:
    studio = Studio(voices=256)
    client, model, rng = Client(studio), Model(), random.Random(20261122)
    e = studio.engine.tables
    memories = e.slabs.memories.free_count.tolist()
    right = 0
    for k in range(MESSAGES):
        message, ok = step(rng, model)
        address, args = client(*message)
        assert address == ("/done" if ok else "/fail"), (k, message, args)
        right += ok
        if not ok:
            assert args[0] == message[0] and len(args[1]) > 10
        if k % 64 == 0:
            client.run(64)
        if k % 1000 == 0:
            compare(studio, model)
    assert 0.2 * MESSAGES < right < 0.8 * MESSAGES
    compare(studio, model)
    for node in list(model.nodes):
        assert client("/node/free", node)[0] == "/done"
    for family, names in (
        ("group", model.groups),
        ("bus", model.buses),
        ("def", model.definitions),
        ("buffer", model.buffers),
    ):
        for name in list(names):
            assert client(f"/{family}/free", name)[0] == "/done"
    client.run(9600)
    assert set(studio.context.counts().values()) == {0}
    counts = e.slabs.counts
    assert counts.nodes == counts.active == counts.lanes_taken == 0
    assert counts.stolen == counts.refused == counts.bad_voices == 0
    assert e.slabs.memories.free_count.tolist() == memories
    free, k = 0, int(e.slabs.edges.free)
    while k >= 0 and free <= e.slabs.edges.size:
        free, k = free + 1, int(e.slabs.edges.next[k])
    assert free == e.slabs.edges.size
    assert len(studio.engine.nodes.by_number) == 0
