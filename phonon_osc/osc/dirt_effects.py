"""Which keys of an event set which controls of a voice's effect chain and of its orbit (reference superdirt.md 4).

Rule R1: an effect exists only if the event triggers it, and then what the event leaves out of it is 0, never a default.
"""

from __future__ import annotations

from dataclasses import dataclass

from phonon_osc.engine.voice import BusMap, Value
from phonon_osc.osc.dirt_event import Event, number_or_bus, tempo

_LOWEST_HERTZ = 20.0
_BELOW_ONE = 1.0 - 2.0**-24  # the largest 32-bit float below 1
_LONG = 3600.0


@dataclass(frozen=True, slots=True)
class Control:
    """Key of the event, name in the definition, range; ``hertz``: the range is 20 Hz to half the sample rate."""

    key: str
    name: str
    low: float = 0.0
    high: float = 1.0
    hertz: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """A step of the chain: on if one of the ``triggers`` is there and, being a number, above ``threshold`` (if any)."""

    triggers: tuple[str, ...]
    controls: tuple[Control, ...]
    threshold: float | None = None


# In the order of the chain. A further effect of table 4.1 is a further row here and a step in the definition.
EFFECTS = (
    Effect(("shape",), (Control("shape", "shape", 0.0, _BELOW_ONE),)),
    Effect(("hcutoff",), (Control("hcutoff", "hpf", hertz=True), Control("hresonance", "hpf_resonance"))),
    Effect(("bandf",), (Control("bandf", "bpf", hertz=True), Control("bandq", "bpf_q", 0.0, 1000.0))),
    Effect(("crush",), (Control("crush", "crush", 0.0, 24.0),)),
    Effect(("coarse",), (Control("coarse", "coarse", 1.0, 65536.0),), threshold=1.0),
    Effect(("cutoff",), (Control("cutoff", "lpf", hertz=True), Control("resonance", "lpf_resonance"))),
    Effect(
        ("attack", "release"),
        (
            Control("attack", "env_attack", 0.0, _LONG),
            Control("hold", "env_hold", 0.0, _LONG),
            Control("release", "env_release", 0.0, _LONG),
            Control("curve", "env_curve", -20.0, 20.0),
        ),
    ),
)

EFFECT_CONTROLS = frozenset(control.name for effect in EFFECTS for control in effect.controls)

# Of the orbit. A further global effect of 4.4 (leslie, lrate, lsize, limitertype) is a further row: an absent key
# stays None, unless SuperDirt's orbit gives it a default.
_ORBIT = (
    Control("delay", "delay", 0.0, 10.0),
    Control("delaytime", "delaytime", 0.0, _LONG),
    Control("delayfeedback", "delayfeedback", 0.0, 2.0),  # SuperDirt has no upper limit: above 1 it grows
    Control("lock", "lock"),
    Control("cps", "cps", 0.001, 1000.0),
    Control("room", "room", 0.0, 10.0),
    Control("size", "size"),
    Control("dry", "dry"),
)
_ORBIT_DEFAULTS = {"delay": 0.0, "lock": 0.0, "dry": 0.0}


def effect_controls(event: Event, sample_rate: float) -> dict[str, Value]:
    """The controls of every effect the event triggers; nothing of any other."""
    controls: dict[str, Value] = {}
    for effect in EFFECTS:
        if any(_is_on(event, trigger, effect.threshold) for trigger in effect.triggers):
            for control in effect.controls:
                value = number_or_bus(event, control.key)
                controls[control.name] = 0.0 if value is None else limited(value, control, sample_rate)
    return controls


def orbit_controls(event: Event, sample_rate: float) -> dict[str, Value | None]:
    """All parameters of the orbit's effects; None for a key the event does not have."""
    controls: dict[str, Value | None] = {}
    for control in _ORBIT:
        value = number_or_bus(event, control.key)
        if control.key == "cps" and not isinstance(value, BusMap):
            value = tempo(event)
        if value is None:
            value = _ORBIT_DEFAULTS.get(control.key)
        controls[control.name] = None if value is None else limited(value, control, sample_rate)
    return controls


def limited(value: Value, control: Control, sample_rate: float) -> Value:
    """The value within the range of its control; a bus map as it is (kernels limit what they read from a bus)."""
    if isinstance(value, BusMap):
        return value
    if control.hertz:
        return min(max(abs(value), _LOWEST_HERTZ), sample_rate / 2.0)
    return min(max(value, control.low), control.high)


def _is_on(event: Event, trigger: str, threshold: float | None) -> bool:
    value = number_or_bus(event, trigger)
    if value is None:
        return False
    return threshold is None or isinstance(value, BusMap) or value > threshold
