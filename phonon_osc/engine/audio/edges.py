"""RT: edges. An edge is a patch in the audio thread. It is in the list of its target's slab and in the list of its source's slot."""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline

from .tables import LANES

NOBODY, GONE = -1, -2  # source of a free edge; source of an edge whose source has ended, which carries silence


@inline
def link_source(edges: Any, k: int, slot: int) -> None:
    """Add an edge to the list of its source."""
    first = int(edges.out_first[slot])
    edges.source[k] = slot
    edges.out_next[k] = first
    edges.out_before[k] = -1
    if first >= 0:
        edges.out_before[first] = k
    edges.out_first[slot] = k


@inline
def give_edge(slabs: Any, k: int) -> None:
    """Free an edge that its target's slab has dropped. A source without other edges stops keeping its rows for patches."""
    edges = slabs.edges
    slot = int(edges.source[k])
    if slot >= 0:
        before, following = int(edges.out_before[k]), int(edges.out_next[k])
        if before >= 0:
            edges.out_next[before] = following
        else:
            edges.out_first[slot] = following
        if following >= 0:
            edges.out_before[following] = before
        if edges.out_first[slot] < 0:
            slabs.export[slot // LANES] &= ~(1 << (slot % LANES))
    edges.source[k] = NOBODY
    edges.next[k] = edges.free
    edges.free = k


@inline
def drop_edges(slabs: Any, slab: int, lane: int) -> None:
    """Remove the patches into a lane."""
    edges = slabs.edges
    k, last = int(edges.first[slab]), -1
    while k >= 0:
        following = int(edges.next[k])
        if edges.lane[k] == lane:
            if last < 0:
                edges.first[slab] = following
            else:
                edges.next[last] = following
            give_edge(slabs, k)
        else:
            last = k
        k = following


@inline
def silence_edges(edges: Any, slot: int) -> None:
    """A source has ended: its edges carry silence until the slabs of their targets free them."""
    k = int(edges.out_first[slot])
    edges.out_first[slot] = -1
    while k >= 0:
        edges.source[k] = GONE
        k = int(edges.out_next[k])
