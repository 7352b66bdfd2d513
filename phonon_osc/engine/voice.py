"""The voice that a dialect gives to the engine: one event, ready to be scheduled. Plain data without behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from phonon_osc.engine.ready import ReadyVoice


@dataclass(frozen=True, slots=True)
class BusMap:
    """The value of a control that follows control bus ``index`` (0..) as long as the voice sounds."""

    index: int


Value = float | BusMap


@dataclass(slots=True)
class Voice:
    """One event, which one lane plays.

    ``controls`` are named controls of ``definition``. An absent control keeps the definition's default, and the optional
    step that it triggers (see ``engine.definition``) stays off. ``duration`` (seconds from the onset) is the hard end: then
    the lane is freed in any case. ``fade`` is the length in seconds of the fade-out when a cut group stops the voice.
    ``orbit_controls`` are applied to the orbit at the onset; None means that the key is absent, which becomes 0 if the key
    was set before (docs/dirt.md, Orbits). ``ready`` belongs to the engine, which plays the same voice again with less work.
    """

    definition: str
    controls: dict[str, Value]
    duration: float
    orbit: int = 0
    delay: float = 0.0  # seconds after the event's timetag (SuperDirt's lag and offset)
    cut: int = 0  # cut group, 0: none; a negative number stops only voices with the same sound
    cut_sound: int = 0  # number of the sound, for negative cut groups
    cut_everywhere: bool = False  # stops voices of its cut group on all orbits, not only on its own
    fade: float = 0.001
    seed: int = 0
    orbit_controls: dict[str, Value | None] = field(default_factory=dict)
    elsewhere: dict[int, dict[str, Value]] = field(default_factory=dict)  # controls of the effects of other orbits
    ready: ReadyVoice | None = field(default=None, compare=False, repr=False)
