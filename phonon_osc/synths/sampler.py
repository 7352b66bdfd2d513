"""The sampler that events play."""

from __future__ import annotations

from dsp.kind import kinds
from phonon_osc.dialects.superdirt.chain import SAMPLER, chain
from phonon_osc.engine.definition import Definition, Graph

_CONTROLS = ("buffer", "begin", "end", "rate_start", "rate_end")


def sampler(rate: float) -> Definition:
    """The definition that plays a sample, with SuperDirt's chain around it. ``rate``: the engine's, Hz."""
    g = Graph(SAMPLER, "A sample, at any rate, in both directions.", rate=rate)
    spec = kinds()["sampler"].params
    controls = {name: g.control(name, spec[name]) for name in _CONTROLS}
    left, right = g.add("sampler", **controls, sustain=chain().hold(g))
    return chain().finish(g, (left, right))
