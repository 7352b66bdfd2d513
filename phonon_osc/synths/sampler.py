"""The sampler, as events play it."""

from __future__ import annotations

from dsp.kind import kinds
from phonon_osc.dialects.superdirt.chain import SAMPLER, chain
from phonon_osc.engine.definition import Definition, Graph

_CONTROLS = ("buffer", "begin", "end", "rate_start", "rate_end")


def sampler(rate: float) -> Definition:
    """Plays a sample, with SuperDirt's chain around it. ``rate``: the engine's, Hz."""
    g = Graph(SAMPLER, "A sample, any rate, either direction.", rate=rate)
    spec = kinds()["sampler"].params
    controls = {name: g.control(name, spec[name]) for name in _CONTROLS}
    left, right = g.add("sampler", **controls, sustain=chain().hold(g))
    return chain().finish(g, (left, right))
