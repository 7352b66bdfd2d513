"""From a cleaned ``/dirt/play`` event to a voice the engine can play (reference superdirt.md 2 to 4).

A pure function: the caller has loaded the sample, knows the sender's dialect and gives the seed. Whatever an event
holds, the outcome is one of four, nothing is raised, and every control is a finite number or a bus map.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Protocol

from phonon_osc.engine.voice import BusMap, Value, Voice
from phonon_osc.osc.dirt_dialect import Dialect, in_superdirt_terms
from phonon_osc.osc.dirt_duration import Dropped, Timing, timing
from phonon_osc.osc.dirt_effects import EFFECT_CONTROLS, ahead, effect_controls, orbit_controls
from phonon_osc.osc.dirt_event import Event, number, number_or_bus, parse_number, tempo, text
from phonon_osc.osc.dirt_pitch import DEFAULT_MIDI, midi_to_hz, sample_ratio, synth_frequency

ORBITS = 12
_SAMPLER = "dirt.sampler"
_PANIC = "superpanic"
_CHAIN = EFFECT_CONTROLS | {"pan", "amp", "level", "fade_in", "hold_time", "fade_out", "late"}
_LATEST = 42.0  # seconds that lag and offset may move an onset, either way: SuperDirt's own horizon for timetags
_FASTEST = 1000.0  # file frames a sampler reads per frame of the file's own rate
_CONTROL_LIMIT = 1e6  # of a synth's own controls, whose meaning only the synth knows
_CUT_LIMIT = 2.0**31 - 1.0
_CHANNELS = 2.0


class SampleInfo(Protocol):
    """A loaded sample: ``frames`` of ``rate`` Hz in the engine's buffer ``id``; ``key`` tells its file from others."""

    @property
    def id(self) -> int: ...
    @property
    def frames(self) -> int: ...
    @property
    def rate(self) -> float: ...
    @property
    def key(self) -> int: ...


class SynthInfo(Protocol):
    """A synth: its definition, the names of its own controls, and whether it always wants a ``freq``."""

    @property
    def definition(self) -> str: ...
    @property
    def controls(self) -> frozenset[str]: ...
    @property
    def uses_pitch(self) -> bool: ...


class Sounds(Protocol):
    """What can be played, by name. Sample banks come first; ``n`` may be negative, fractional or beyond the bank."""

    def sample(self, name: str, n: float, bank: str | None) -> SampleInfo | None: ...
    def synth(self, name: str) -> SynthInfo | None: ...


@dataclass(frozen=True, slots=True)
class Panic:
    """The event asks for silence, now."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """There is no sound of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class _Source:
    definition: str
    controls: dict[str, Value]
    cut_sound: int
    timing: Timing


def translate(
    event: Event, sounds: Sounds, *, seed: int, sample_rate: float, dialect: Dialect = "plain"
) -> Voice | Panic | Unknown | Dropped:
    """Translate an event as `pairs_to_event` returns it; the event is left as it is. ``sample_rate``: engine, Hz."""
    name, event = _named(in_superdirt_terms(event, dialect))
    if not name:
        return Dropped("no sound: neither s nor sound holds a name")
    if name == _PANIC:
        return Panic()
    source = _source(event, name, sounds, sample_rate)
    return source if isinstance(source, Unknown | Dropped) else _voice(event, source, seed, sample_rate)


def _named(event: Event) -> tuple[str, Event]:
    """The sound's name, and the event with ``n`` from ``name:n`` (0 where ``sound`` has none, as in SuperDirt)."""
    name = text(event, "s")
    if name is None:
        name, _, index = (text(event, "sound") or "").partition(":")
        return name, {**event, "n": parse_number(index) or 0.0}
    head, colon, index = name.partition(":")
    n = parse_number(index) if colon else None  # Tidal splits the name itself, Vortex may not
    return (name, event) if n is None else (head, {**event, "n": n})


def _source(event: Event, name: str, sounds: Sounds, sample_rate: float) -> _Source | Unknown | Dropped:
    sample = sounds.sample(name, number(event, "n") or 0.0, text(event, "bank"))
    if sample is not None:
        return _sample_source(event, sample, sample_rate)
    synth = sounds.synth(name)
    if synth is not None:
        return _synth_source(event, name, synth, sample_rate)
    return Unknown(name)


def _sample_source(event: Event, sample: SampleInfo, sample_rate: float) -> _Source | Dropped:
    ratio = sample_ratio(event)
    if ratio <= 0.0 or sample.frames <= 0 or sample.rate <= 0.0:
        return Dropped("a sample without frames, or a pitch of 0 Hz")
    times = timing(event, natural=sample.frames / sample.rate / ratio, sample_rate=sample_rate)
    if isinstance(times, Dropped):
        return times
    # Playing runs from begin to end: where begin lies behind end, it runs backwards.
    forward = ratio if times.end > times.begin else -ratio
    controls: dict[str, Value] = {
        "buffer": float(sample.id),
        "begin": times.begin,
        "end": times.end,
        "rate_start": _clamp(forward * abs(times.speed), _FASTEST),
        "rate_end": _clamp(forward * abs(times.speed) * (times.end_speed / times.speed), _FASTEST),
    }
    return _Source(_SAMPLER, controls, sample.key, times)


def _synth_source(event: Event, name: str, synth: SynthInfo, sample_rate: float) -> _Source | Dropped:
    times = timing(event, natural=None, sample_rate=sample_rate)
    if isinstance(times, Dropped):
        return times
    given: dict[str, Value | None] = {key: number_or_bus(event, key) for key in synth.controls - _CHAIN}
    given |= {
        "speed": times.speed,
        "accelerate": number(event, "accelerate") or 0.0,
        "sustain": times.plateau,
        "begin": times.begin,
        "end": times.end,
        "cps": tempo(event),
    }
    controls = {
        key: value if isinstance(value, BusMap) else _clamp(value, _CONTROL_LIMIT)
        for key, value in given.items()
        if value is not None and key in synth.controls
    }
    controls |= _pitch(event, synth, sample_rate)
    # Samples are numbered from 0 up, so that negative numbers are left for the names of synths.
    return _Source(synth.definition, controls, -1 - (zlib.crc32(name.encode(errors="replace")) >> 1), times)


def _pitch(event: Event, synth: SynthInfo, sample_rate: float) -> dict[str, Value]:
    """The synth's ``freq``: MIDI 60 if it uses pitch and the event gives none; else its own default, left unsaid."""
    freq = synth_frequency(event)
    if freq is None and synth.uses_pitch:
        freq = midi_to_hz(DEFAULT_MIDI)
    if freq is None or not (synth.uses_pitch or "freq" in synth.controls):
        return {}
    return {"freq": freq if isinstance(freq, BusMap) else min(max(freq, 0.0), sample_rate / 2.0)}


def _voice(event: Event, source: _Source, seed: int, sample_rate: float) -> Voice:
    times = source.timing
    effects = effect_controls(event, sample_rate, times.plateau)
    late = ahead(effects, sample_rate)
    chain: dict[str, Value] = {
        "pan": _pan(event),
        "amp": _amp(event),
        "level": _level(event),
        "fade_in": times.fade_in,
        "hold_time": times.plateau,
        "fade_out": times.fade_out,
    }
    return Voice(
        definition=source.definition,
        controls=source.controls | chain | effects | ({"late": late} if late else {}),
        duration=times.duration + late,
        orbit=int(number(event, "orbit") or 0.0) % ORBITS,
        delay=_clamp(_or(event, "lag", 0.0) + _or(event, "offset", 0.0) * abs(times.speed), _LATEST) - late,
        cut=int(_clamp(_or(event, "cut", 0.0), _CUT_LIMIT)),
        cut_sound=source.cut_sound,
        fade=max(times.fade_out, 1.0 / sample_rate),
        seed=seed,
        orbit_controls=orbit_controls(event, sample_rate),
    )


def _pan(event: Event) -> Value:
    """-1 left to 1 right. A bus map is taken as it is: SuperDirt does not convert what a bus carries."""
    pan = number_or_bus(event, "pan")
    if isinstance(pan, BusMap):
        return pan
    place = (0.5 if pan is None else pan) + _or(event, "channel", 0.0) / _CHANNELS
    return _fold(2.0 * place - 1.0)


def _fold(value: float) -> float:
    """Reflect at -1 and at 1 until within."""
    turn = (value + 1.0) % 4.0
    return (turn if turn <= 2.0 else 4.0 - turn) - 1.0


def _amp(event: Event) -> Value:
    amp = number_or_bus(event, "amp")
    if isinstance(amp, BusMap):
        return amp
    return 0.4 if amp is None else _clamp(amp, 64.0)


def _level(event: Event) -> float:
    return float(_clamp(min(_or(event, "gain", 1.0), 2.0) + _or(event, "overgain", 0.0), 10.0) ** 4)


def _or(event: Event, key: str, default: float) -> float:
    value = number(event, key)
    return default if value is None else value


def _clamp(value: float, limit: float) -> float:
    return min(max(value, -limit), limit)
