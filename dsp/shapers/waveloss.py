"""Loss of single waves. A lane decides at the start of each wave whether it sounds."""

from __future__ import annotations

from typing import Any

from dsp.kind import Param, kind
from dsp.lanes import wrap_int
from dsp.math.noise import uniform


@kind(
    ins=("x",),
    state=("before",),
    ints=("lost",),
    seeded=True,
    per_lane=True,
    reference="SuperDirt waveloss (docs/dirt.md, Effects); T. Wishart, Audible Design (1994): waveset omission",
    amount=Param(
        0.0, 0.0, 100.0, doc="Percentage of waves that are lost; each is chosen at random.", aliases=("waveloss",)
    ),
)
def waveloss(x: Any, amount: Any, y: Any, state: Any, seed: Any, n: Any, env: Any) -> None:
    """Silences a share of the waves. A wave lies between two upward zero crossings."""
    before, lost = state.before, state.lost
    for i in range(n):
        u = x[i]
        if before <= 0.0 and u > 0.0:
            chance = 50.0 + 50.0 * uniform(wrap_int(seed + env.age + i))
            lost = wrap_int(1 if chance < amount[i] else 0)
        before = u
        y[i] = 0.0 * u if lost != 0 else u
    state.before = before
    state.lost = lost
