"""The cost of patches in the audio thread when a source ends: it visits the edges of the source, not all edges."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from phonon_osc.engine.audio.edges import GONE, NOBODY, drop_edges, give_edge, link_source, silence_edges
from phonon_osc.engine.audio.tables import LANES

VOICES = 16384


class Counted:
    """A table that counts how often it is read."""

    def __init__(self, size: int, value: int, reads: list[int]) -> None:
        self._values, self._reads = [value] * size, reads

    def __getitem__(self, k: int) -> int:
        self._reads[0] += 1
        return self._values[k]

    def __setitem__(self, k: int, value: int) -> None:
        self._values[k] = value


class Graph:
    """The edges of an engine of 16,384 voices: each voice is patched into the next, and voice 0 into three others too."""

    def __init__(self) -> None:
        self.reads = [0]
        edges = SimpleNamespace(size=VOICES + 3, free=-1)
        for name in ("source", "lane", "next", "out_next", "out_before"):
            setattr(edges, name, Counted(edges.size, -1, self.reads))
        edges.first = Counted(VOICES // LANES, -1, self.reads)
        edges.out_first = Counted(VOICES, -1, self.reads)
        self.edges: Any = edges
        self.slabs: Any = SimpleNamespace(edges=edges, export=Counted(VOICES // LANES, 0, self.reads))
        for k in range(VOICES):
            self.patch(k, k, (k + 1) % VOICES)
        for k, target in enumerate((1000, 5000, 9000)):
            self.patch(VOICES + k, 0, target)
        self.reads[0] = 0

    def patch(self, k: int, source: int, target: int) -> None:
        self.edges.lane[k] = target % LANES
        self.edges.next[k] = self.edges.first[target // LANES]
        self.edges.first[target // LANES] = k
        link_source(self.edges, k, source)
        self.slabs.export[source // LANES] = self.slabs.export[source // LANES] | 1 << source % LANES

    def exported(self, slot: int) -> bool:
        return bool(self.slabs.export[slot // LANES] >> slot % LANES & 1)


def test_a_source_that_ends_visits_only_its_own_edges() -> None:
    graph = Graph()
    silence_edges(graph.edges, 0)
    assert graph.reads[0] <= 2 * 4 + 2
    gone = [k for k in range(graph.edges.size) if graph.edges.source[k] == GONE]
    assert gone == [0, VOICES, VOICES + 1, VOICES + 2]


def test_freeing_an_edge_costs_the_same_however_many_there_are() -> None:
    graph = Graph()
    for k in (VOICES + 1, VOICES, 0):
        graph.reads[0] = 0
        give_edge(graph.slabs, k)
        assert graph.reads[0] < 10 and graph.exported(0)
    give_edge(graph.slabs, VOICES + 2)
    assert not graph.exported(0) and graph.edges.out_first[0] == -1 and graph.exported(1)
    assert [graph.edges.source[k] for k in (0, VOICES, VOICES + 1, VOICES + 2)] == [NOBODY] * 4


def test_a_target_that_ends_visits_the_edges_of_its_slab_and_frees_its_sources() -> None:
    graph = Graph()
    drop_edges(graph.slabs, 3, 7)
    assert graph.reads[0] < 4 * LANES + 10
    source = 3 * LANES + 7 - 1
    assert not graph.exported(source) and graph.edges.out_first[source] == -1
    assert graph.exported(source + 1) and graph.edges.free == source
