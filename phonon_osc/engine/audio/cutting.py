"""RT: cut groups. A voice of a cut group is in two chains: one of all voices of the group, one of its voices with the same sound.

Chains are found by a hash. So a new voice visits the voices that it has to silence and, rarely, others with the same hash.
"""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline

from .tables import CUT_CHAINS, FADING, LANES


@inline
def chain_of(which: int, orbit: int, group: int, sound: int) -> int:
    """Number of the chain of a group on an orbit (``which`` 0), or of the group and one sound (``which`` 1)."""
    mixed = orbit * 40503 + abs(group) * 2654435761
    if which == 1:
        mixed += sound * 2246822519
    mixed ^= mixed >> 15
    return int(which * CUT_CHAINS + ((mixed ^ (mixed >> 31)) & (CUT_CHAINS - 1)))


@inline
def enter_cut(slabs: Any, slot: int) -> None:
    """Add a lane to the chains of its cut group."""
    cuts, lanes = slabs.cuts, slabs.lanes
    for which in range(2):
        chain = chain_of(which, lanes.orbit[slot], lanes.cut[slot], lanes.cut_sound[slot])
        at = which * slabs.count * LANES + slot
        first = cuts.first[chain]
        cuts.next[at] = first
        cuts.before[at] = -1 - chain
        if first >= 0:
            cuts.before[first] = at
        cuts.first[chain] = at
    slabs.cut[slot // LANES] |= 1 << (slot % LANES)


@inline
def leave_cut(slabs: Any, slot: int) -> None:
    """Remove a lane from its chains, if it is in any."""
    cuts, bit = slabs.cuts, 1 << (slot % LANES)
    if slabs.cut[slot // LANES] & bit == 0:
        return
    slabs.cut[slot // LANES] &= ~bit
    for which in range(2):
        at = which * slabs.count * LANES + slot
        before, following = cuts.before[at], cuts.next[at]
        if before >= 0:
            cuts.next[before] = following
        else:
            cuts.first[-1 - before] = following
        if following >= 0:
            cuts.before[following] = before


@inline
def next_to_choke(slabs: Any, at: int, orbit: int, group: int, sound: int) -> int:
    """The first place in the chain, from ``at`` on, whose lane a new voice of the group silences; -1: none."""
    lanes = slabs.lanes
    while at >= 0:
        slabs.counts.visited += 1
        slot = at % (slabs.count * LANES)
        mine = lanes.orbit[slot] == orbit and abs(lanes.cut[slot]) == abs(group)
        if mine and lanes.flags[slot] & FADING == 0 and (group > 0 or lanes.cut_sound[slot] == sound):
            return int(at)
        at = slabs.cuts.next[at]
    return -1
