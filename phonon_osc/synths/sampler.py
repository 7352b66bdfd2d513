"""The sampler, as events play it."""

from __future__ import annotations

from dsp.kind import kinds
from phonon_osc.engine.definition import Definition, Graph
from phonon_osc.synths.chain import finish_voice, hold

_CONTROLS = ("buffer", "begin", "end", "rate_start", "rate_end")


def sampler(rate: float) -> Definition:
    """Plays a sample."""
    g = Graph("dirt.sampler", "A sample, any rate, either direction.", rate=rate)
    spec = kinds()["sampler"].params
    controls = {name: g.control(name, spec[name]) for name in _CONTROLS}
    left, right = g.add("sampler", **controls, sustain=hold(g))
    return finish_voice(g, (left, right))
