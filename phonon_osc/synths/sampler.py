"""The samplers that events play."""

from __future__ import annotations

from dsp.kind import kinds
from phonon_osc.dialects.superdirt.chain import SAMPLER, STRETCHED, chain
from phonon_osc.engine.definition import Definition, Graph

_CONTROLS = ("buffer", "begin", "end", "rate_start", "rate_end")


def sampler(rate: float) -> Definition:
    """The definition that plays a sample, with SuperDirt's chain around it. ``rate``: the engine's, Hz."""
    return _around(Graph(SAMPLER, "A sample, at any rate, in both directions.", rate=rate), "sampler", _CONTROLS)


def stretched(rate: float) -> Definition:
    """The definition that plays a sample and stretches its time. ``rate``: the engine's, Hz."""
    graph = Graph(STRETCHED, "A sample whose time is stretched; its pitch stays.", rate=rate)
    return _around(graph, "sampler_stretched", (*_CONTROLS, "stretch", "size"))


def _around(g: Graph, kind: str, names: tuple[str, ...]) -> Definition:
    spec = kinds()[kind].params
    controls = {name: g.control(name, spec[name]) for name in names}
    left, right = g.add(kind, **controls, sustain=chain().hold(g))
    return chain().finish(g, (left, right))
