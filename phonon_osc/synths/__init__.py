"""The built-in instruments, as definitions."""

from __future__ import annotations

from phonon_osc.engine.definition import Definition
from phonon_osc.synths.basic import sampler
from phonon_osc.synths.nodes import audio_bus, singles
from phonon_osc.synths.orbit import orbit_definition
from phonon_osc.synths.recipe import Synth, playable, voices

__all__ = ["Synth", "build_all", "orbit_definition", "playable", "voices"]


def build_all(rate: float) -> list[Definition]:
    """Every built-in definition: one per kind for nodes, the sampler, the synths."""
    return [*singles(rate), audio_bus(rate), sampler(rate), *voices(rate).values()]
