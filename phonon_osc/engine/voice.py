"""What a dialect hands to the engine: one sounding event, ready to be scheduled. Plain data, no behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BusMap:
    """A control that follows control bus ``index`` (0..) for as long as the voice sounds."""

    index: int


Value = float | BusMap


@dataclass(slots=True)
class Voice:
    """One event to be played by one lane.

    ``controls`` are named controls of ``definition``; a control that is absent keeps the definition's default, and the
    optional step it triggers (see ``engine.definition``) stays off. ``duration`` (seconds, from onset) is the hard end:
    the lane is freed then, whatever the definition does. ``fade`` is the time in seconds this voice takes to fall silent
    when a cut group stops it. ``orbit_controls`` are applied to the orbit at the onset; None means "key absent", which
    SuperDirt turns into 0 once the key has been set (reference: SuperDirt's update rule for global effects).
    """

    definition: str
    controls: dict[str, Value]
    duration: float
    orbit: int = 0
    delay: float = 0.0  # seconds after the event's timetag (SuperDirt's lag and offset)
    cut: int = 0  # 0: in no group; the sign says whom it stops (negative: only the same sound)
    cut_sound: int = 0  # identity of the sound for negative groups
    cut_everywhere: bool = False  # whether it silences its group on all orbits, not on its own alone
    fade: float = 0.001
    seed: int = 0
    orbit_controls: dict[str, Value | None] = field(default_factory=dict)
