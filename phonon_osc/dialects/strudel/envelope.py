"""Which envelope an event has (docs/strudel.md, Envelope)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

SHORTEST = 0.001  # seconds of attack and decay, and the sustain of a pluck
SHORTEST_RELEASE = 0.01


class Adsr(NamedTuple):
    """Times in seconds; ``sustain`` is a level, 0..1."""

    attack: float
    decay: float
    sustain: float
    release: float


SYNTH = Adsr(0.001, 0.05, 0.6, 0.01)
SAMPLE = Adsr(0.001, 0.001, 1.0, 0.01)
FILTER = Adsr(0.005, 0.14, 0.0, 0.1)
PITCH = Adsr(0.2, 0.001, 1.0, 0.001)


def adsr(given: Iterable[float | None], defaults: Adsr) -> Adsr:
    """The envelope of an event with these four values. Without any, it is the sound's own; with some, the others follow from them."""
    attack, decay, sustain, release = given
    if attack is None and decay is None and sustain is None and release is None:
        return defaults
    if sustain is None:
        sustain = 1.0 if decay is None else SHORTEST
    return Adsr(
        max(attack or 0.0, SHORTEST),
        max(decay or 0.0, SHORTEST),
        min(max(sustain, 0.0), 1.0),
        max(release or 0.0, SHORTEST_RELEASE),
    )
