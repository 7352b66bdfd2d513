"""The built-in instruments, as definitions."""

from __future__ import annotations

from phonon_osc.engine.definition import Definition
from phonon_osc.osc.sounds import Synth
from phonon_osc.synths.basic import oscillator, sampler
from phonon_osc.synths.chain import GATE
from phonon_osc.synths.nodes import singles
from phonon_osc.synths.orbit import orbit_definition

__all__ = ["build_all", "orbit_definition", "playable"]

OSCILLATORS = {  # name an event uses: kind, level of full scale that matches the others
    "sine": ("sine", 0.5),
    "saw": ("saw", 0.3),
    "square": ("pulse", 0.3),
    "tri": ("triangle", 0.5),
}
ALIASES = {"sin": "sine", "sawtooth": "saw", "sqr": "square", "triangle": "tri"}
_CHAIN = {"pan", "amp", "level", *GATE}


def voices(rate: float) -> dict[str, Definition]:
    """Definitions that events play, by the name an event uses. Their own names are kept apart from those of the kinds."""
    return {name: oscillator(f"dirt.{name}", kind, level, rate) for name, (kind, level) in OSCILLATORS.items()}


def build_all(rate: float) -> list[Definition]:
    """Every built-in definition: one per kind for nodes, the sampler, the synths."""
    return [*singles(rate), sampler(rate), *voices(rate).values()]


def playable(rate: float = 48000.0) -> dict[str, Synth]:
    """Names of synths that events may use."""
    found: dict[str, Synth] = {}
    for name, definition in voices(rate).items():
        own = frozenset(c for c in definition.controls if c not in _CHAIN and not c.startswith("_"))
        found[name] = Synth(definition.name, own, uses_pitch="freq" in own)
    return found | {alias: found[name] for alias, name in ALIASES.items() if name in found}
