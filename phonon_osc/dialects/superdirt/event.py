"""An event of SuperDirt's dialect. It has a field for each parameter that the translation reads by name.

The other parameters (effects, orbit, controls of synths) are read from ``given``, as the table describes them.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import get_type_hints

from phonon_osc.dialects.event import Event, parse_number, read
from phonon_osc.dialects.parameters import Outside, Stage, Table
from phonon_osc.dialects.superdirt.parameters import OWN, table
from phonon_osc.engine.voice import BusMap


class DirtEvent(Event):
    """One event. ``name`` is the name of the sound; ``n`` may come from ``name:n``. Defaults are those of the table."""

    name: str = ""

    s: str | None
    sound: str | None
    bank: str | None
    n: float | None
    begin: float
    end: float
    speed: float
    accelerate: float
    unit: str
    loop: float
    metatune: float
    note: float | str | None
    octave: float | None
    degree: float | None
    mtranspose: float
    scaleName: str | None
    tuning: str | None
    tuningName: str | None
    tuningRatios: str | None
    gtranspose: float
    stepsPerOctave: float
    octaveR: float
    octaveRatio: float | None
    midinote: float | None
    ctranspose: float
    harmonic: float
    freq: float | BusMap | None
    sustain: float | None
    legato: float | None
    delta: float | None
    dur: float
    timescale: float
    timescalewin: float
    fadeTime: float
    cps: float | BusMap
    lag: float
    offset: float
    gain: float
    overgain: float
    amp: float | BusMap
    pan: float | BusMap
    channel: float
    orbit: float
    cut: float
    cutAll: float

    @property
    def tempo(self) -> float:
        """Cycles per second; 1.0 if the event has no usable ``cps``."""
        return 1.0 if isinstance(self.cps, BusMap) or self.cps <= 0.0 else self.cps

    @property
    def length(self) -> float:
        """The event's length in seconds, as its pattern gives it."""
        return self.dur if self.delta is None else self.delta


_KEYS = get_type_hints(DirtEvent).keys() - {"name"}
for _record in OWN:
    if _record.key in _KEYS:
        setattr(DirtEvent, _record.key, _record.default)


@functools.cache
def fields(parameters: Table) -> dict[str, tuple[float, float]]:
    """Field -> range of its number, for the fields that are parameters of the table."""
    found = {}
    for record in parameters:
        if record.key in _KEYS and record.stage is not Stage.IGNORED:
            limited = record.outside is Outside.LIMIT
            found[record.key] = (record.low, record.high) if limited else (-math.inf, math.inf)
    return found


def read_event(args: Sequence[object], parameters: Table | None = None) -> DirtEvent:
    """Read the arguments of a play message by a table of parameters, SuperDirt's by default."""
    parameters = table() if parameters is None else parameters
    event = read(args, parameters.reads, DirtEvent(), fields(parameters))
    name_sound(event)
    return event


def name_sound(event: DirtEvent) -> None:
    """Find the sound's name, and ``n`` in ``name:n``. ``sound`` without ``:n`` means ``n`` 0, as in SuperDirt."""
    if event.s is None:
        event.name, _, index = (event.sound or "").partition(":")
        event.n = event.given["n"] = parse_number(index) or 0.0
        return
    event.name, colon, index = event.s.partition(":")
    if not colon:
        return
    n = parse_number(index)  # Tidal splits name:n itself, Vortex does not always
    if n is None:
        event.name = event.s
    else:
        event.n = event.given["n"] = n
