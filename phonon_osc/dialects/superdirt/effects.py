"""Sets the controls of a voice's chain and of its orbit from the parameters of an event. The table says which sets which.

A voice has an effect only if the event triggers it. Then every absent parameter of the effect is 0, never a default.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from dsp.kind import kinds
from dsp.math.stft import latency
from phonon_osc.dialects.event import Event
from phonon_osc.dialects.parameters import Parameter, Rule, Stage, Step, Table
from phonon_osc.dialects.superdirt.event import DirtEvent
from phonon_osc.dialects.superdirt.orbit import orbit_parameters
from phonon_osc.dialects.superdirt.parameters import table
from phonon_osc.engine.voice import BusMap, Value

_SUPERDIRT_FRAME = (2048 - 64) / 48000.0  # seconds until a frame of scsynth's FFT is heard
_SPECTRAL = "spectral"  # family of the kinds that work on whole transforms


@dataclass(frozen=True, slots=True)
class _Effect:
    """One effect: the step that it switches on, and the parameters that set its controls."""

    name: str
    settings: tuple[tuple[str, str, Parameter], ...]  # key, control, record
    rule: Rule | None
    spectral: bool


class Effects:
    """All effects of a table of parameters."""

    def __init__(self, parameters: Table) -> None:
        self._triggers: dict[str, tuple[_Effect, float | None]] = {}  # key -> effect it switches on, above which value
        known = kinds()
        for step in parameters.steps(Stage.EFFECT):
            effect = _effect(step, known[step.kind].family == _SPECTRAL)
            self._triggers |= {record.key: (effect, feed.above) for record, feed in step.triggers}
        self._keys = frozenset(self._triggers)
        self._orbit = orbit_parameters(parameters)

    def controls(self, event: Event, rate: float, plateau: float) -> tuple[dict[str, Value], float]:
        """The controls of every effect that the event triggers, and the seconds by which the event has to begin earlier.

        ``rate``: the engine's, Hz. ``plateau``: time at full level, seconds. An event with spectral effects begins earlier, so that
        they sound as late as SuperDirt's and no later.
        """
        given, texts = event.given, event.texts
        if self._keys.isdisjoint(given) and self._keys.isdisjoint(texts):
            return {}, 0.0  # most events
        found: dict[str, Value] = {}
        on: set[str] = set()
        spectral = 0
        for key in (*given, *texts):
            if key not in self._keys:
                continue
            effect, above = self._triggers[key]
            if effect.name in on or (above is not None and _is_at_most(given.get(key), above)):
                continue
            on.add(effect.name)
            controls: dict[str, Value] = {}
            for name, control, record in effect.settings:
                value = given.get(name)
                controls[control] = 0.0 if value is None else record.within(value, rate)
            if effect.rule is not None:
                effect.rule(event, controls, plateau)
            found |= controls
            spectral += effect.spectral
        return found, spectral * max(latency(rate) / rate - _SUPERDIRT_FRAME, 0.0)

    def orbit(self, event: DirtEvent, rate: float) -> dict[str, Value | None]:
        """All controls of the orbit's effects; None if the event does not have the key. ``rate``: Hz."""
        given = event.given
        controls: dict[str, Value | None] = {}
        for record, control in self._orbit:
            value = given.get(record.key)
            if record.key == "cps":  # an unusable tempo counts as absent
                value = event.cps if isinstance(event.cps, BusMap) else event.tempo
            if value is None and isinstance(record.default, float):
                value = record.default
            controls[control] = None if value is None else record.within(value, rate)
        return controls


@functools.cache
def effects() -> Effects:
    """The effects of SuperDirt's table."""
    return Effects(table())


def _effect(step: Step, spectral: bool) -> _Effect:
    settings = tuple((record.key, feed.control, record) for record, feed in step.feeds if not feed.computed)
    return _Effect(step.name, settings, step.rule, spectral)


def _is_at_most(value: Value | None, limit: float) -> bool:
    return not isinstance(value, BusMap) and (value is None or value <= limit)
