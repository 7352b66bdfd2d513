"""A hundred thousand messages, right and wrong ones, against a model of the protocol: both have the same state, and nothing leaks.

They go to an engine that is too small for them: its queue is full at times, and the audio thread refuses nodes, moves and patches.
"""

from __future__ import annotations

import copy
import dataclasses
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from dsp.lanes import LANES
from phonon_osc.engine import link
from phonon_osc.engine.allocate import Sizes
from phonon_osc.osc.wire import Message, decode
from phonon_osc.studio import Studio

SENDER = ("127.0.0.1", 40000)
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
    """The state that a client expects after reading protocol.md."""

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
    """A random message, and whether it must succeed. If so, the model is changed."""
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
        return (
            "/node/patch",
            node,
            other,
            control,
            rng.choice([0.0, 0.001, 0.01]),
        ), ok  # so that no loop grows without end
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


class Client:
    """Sends messages to a studio's router, offline. ``late``: later answers and notifications."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.late: list[tuple[str, tuple[Any, ...]]] = []

    def __call__(self, address: str, *args: Any) -> tuple[str, tuple[Any, ...]]:
        heard: list[tuple[str, tuple[Any, ...]]] = []
        answered = False

        def reply(data: bytes, _: object) -> None:
            message = decode(data).messages[0]
            (self.late if answered else heard).append((message.address, message.args))

        self.studio.router.message(Message(address, args, 0), SENDER, 0.0, reply)
        answered = True
        assert len(heard) == 1, (address, args, heard)
        return heard[0]

    def run(self, frames: int = 64) -> None:
        self.studio.engine.render(np.zeros((frames, 2), np.float32))
        self.studio.poll()


def patched(studio: Studio) -> set[tuple[Any, Any, str]]:
    """Patches between nodes that can be addressed."""
    bay = studio.engine.patchbay
    there = [p for p in bay.patches.values() if all(bay.by_id.get(n.id) is n for n in (p.source, p.target))]
    return {(p.source.id, p.target.id, p.control) for p in there}


def compare(studio: Studio, model: Model) -> None:
    """Server and model have the same state."""
    engine, context = studio.engine, studio.context
    assert {id: node.definition.name for id, node in engine.patchbay.by_id.items()} == model.nodes
    assert patched(studio) == model.patches
    assert {name: set(context.members(name)) for name in list(context.groups)} == model.groups
    assert set(context.buses) == model.buses
    assert set(context.instruments) == model.definitions
    assert set(context.buffers) == model.buffers


def compare_audio_thread(studio: Studio) -> None:
    """When no command waits, audio thread and patchbay have the same nodes, patches and depths."""
    bay, slabs = studio.engine.patchbay, studio.engine.tables.slabs
    edges, number_of = slabs.edges, {}
    for node in bay.by_number.values():
        slot = int(slabs.nodes.slot[node.number])
        assert slot >= 0 and int(slabs.lanes.node[slot]) == node.handle
        assert int(slabs.depth[slot // LANES]) == node.depth
        number_of[slot] = node.number
    for patch in bay.patches.values():
        assert patch.delayed or patch.source.depth < patch.target.depth
    found, outgoing = set(), Counter[int]()
    for slab in slabs.order[: slabs.order_count].tolist():
        k = int(edges.first[slab])
        while k >= 0:
            target = number_of[slab * LANES + int(edges.lane[k])]
            control = list(bay.by_number[target].definition.controls)[int(edges.control[k])]
            found.add((number_of[int(edges.source[k])], target, control, int(edges.outlet[k])))
            outgoing[int(edges.source[k])] += 1
            k = int(edges.next[k])
    assert found == {ends for ends, patch in bay.patches.items() if patch.amount != 0.0}
    for slot in range(len(edges.out_first)):
        count, k = 0, int(edges.out_first[slot])
        while k >= 0:
            assert int(edges.source[k]) == slot
            count, k = count + 1, int(edges.out_next[k])
        assert count == outgoing[slot]
        assert bool(slabs.export[slot // LANES] >> (slot % LANES) & 1) == (count > 0) or slot < LANES


def apply_late_answers(client: Client, model: Model, outcomes: Counter[str]) -> None:
    """Apply later answers and notifications to the model, and count them in ``outcomes``."""
    by_name = {str(id): id for id in IDS}
    while client.late:
        address, args = client.late.pop(0)
        if address == "/notify/ended":
            if args[0] in model.nodes and client("/node/get", args[0])[0] == "/fail":
                outcomes["ended"] += 1
                model.free(args[0])
        elif address == "/fail" and args[0] == "/node/patch":
            outcomes["no slab" if "slab" in args[1] else "no patch"] += 1
            source, _, rest = args[1].partition(" into ")
            target, _, control = rest.partition(":")[0].partition(".")
            patch = by_name[source], by_name[target], control
            if patch not in patched(client.studio):  # else the answer is about an earlier node with one of these ids
                model.patches.discard(patch)
        elif address == "/fail":
            outcomes["no node"] += 1
            assert args[0] == "/node/new" and "no room" in args[1]


@pytest.mark.timeout(600)
def test_the_server_agrees_with_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = Sizes.of

    def small(*args: Any) -> Sizes:
        return dataclasses.replace(sizes(*args), ring=64, edges=4, slabs=8)

    monkeypatch.setattr(Sizes, "of", small)
    monkeypatch.setattr(link, "HELD", 64)
    studio = Studio(voices=256)
    studio.engine.patchbay.most_patches = 6  # and the audio thread has room for 4
    client, model, rng = Client(studio), Model(), random.Random(20261122)
    e = studio.engine.tables
    memories = e.slabs.memories.free_count.tolist()
    client("/notify", 1, 3600.0)
    right, pause = 0, 0
    outcomes = Counter[str]()
    for k in range(MESSAGES):
        before = copy.deepcopy(model)
        message, ok = step(rng, model)
        address, args = client(*message)
        if ok and address == "/fail" and ("waiting" in args[1] or "patches are in use" in args[1]):
            outcomes["queue" if "waiting" in args[1] else "patches"] += 1
            model = before
            continue
        assert address == ("/done" if ok else "/fail"), (k, message, args)
        right += ok
        if not ok:
            assert args[0] == message[0] and len(args[1]) > 10
        pause -= 1
        if pause < 0:
            client.run(rng.choice([64, 64, 256, 2048]))
            apply_late_answers(client, model, outcomes)
            pause = rng.choice([8, 32, 64, 400])
        if k % 1000 == 0:
            compare(studio, model)
        if k % 2500 == 0:
            for _ in range(60):
                client.run()
                apply_late_answers(client, model, outcomes)
            compare(studio, model)
            compare_audio_thread(studio)
    assert 0.2 * MESSAGES < right < 0.8 * MESSAGES
    assert min(outcomes[what] for what in ("queue", "patches", "no slab", "no node", "no patch")) > 20, outcomes
    for _ in range(60):
        client.run()
        apply_late_answers(client, model, outcomes)
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
            client.run()
    client.run(9600)
    client.run(9600)
    assert set(studio.context.counts().values()) == {0}
    counts = e.slabs.counts
    assert counts.nodes == counts.active == counts.lanes_taken == counts.bad_voices == 0
    assert e.slabs.memories.free_count.tolist() == memories
    free, k = 0, int(e.slabs.edges.free)
    while k >= 0 and free <= e.slabs.edges.size:
        free, k = free + 1, int(e.slabs.edges.next[k])
    assert free == e.slabs.edges.size
    assert len(studio.engine.patchbay.by_number) == 0
