"""Translates an event to a voice that the engine can play (docs/dirt.md).

`translate` is a pure function: the caller has loaded the sample and gives the seed. For every event the outcome is one of four and
every control is a finite number or a bus map.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from phonon_osc.dialects.outcome import Dropped, Outcome, Panic, Unknown
from phonon_osc.dialects.sounds import SampleInfo, Sounds, SynthInfo
from phonon_osc.dialects.superdirt.chain import SAMPLER, STRETCHED, chain
from phonon_osc.dialects.superdirt.duration import Timing, timing
from phonon_osc.dialects.superdirt.effects import effects
from phonon_osc.dialects.superdirt.event import DirtEvent
from phonon_osc.dialects.superdirt.pitch import DEFAULT_MIDI, midi_to_hz, sample_midi, sample_ratio, synth_frequency
from phonon_osc.engine.voice import BusMap, Value, Voice
from phonon_osc.limits import ORBITS

_PANIC = "superpanic"
LATEST = 42.0  # seconds by which lag and offset may move an onset, earlier or later; SuperDirt's horizon for timetags
FASTEST = 1000.0  # highest playing speed of a sample, relative to the rate of its file
CONTROL_LIMIT = 1e6  # largest value of a synth's own control, whose meaning only the synth knows
_LOUDEST = 10.0  # largest fourth root of a level
_CHANNELS = 2.0


@dataclass(frozen=True, slots=True)
class _Source:
    definition: str
    controls: dict[str, Value]
    cut_sound: int
    timing: Timing


def translate(event: DirtEvent, sounds: Sounds, *, seed: int, sample_rate: float) -> Outcome:
    """Translate an event, without changing it. ``sample_rate``: the engine's, Hz. Raises NotLoaded if ``sounds`` does."""
    if not event.name:
        return Dropped("no sound: neither s nor sound holds a name")
    if event.name == _PANIC:
        return Panic()
    source = _source(event, sounds, sample_rate)
    return source if isinstance(source, Unknown | Dropped) else _voice(event, source, seed, sample_rate)


def _source(event: DirtEvent, sounds: Sounds, sample_rate: float) -> _Source | Unknown | Dropped:
    sample = sounds.sample(event.name, event.n or 0.0, event.bank, sample_midi(event))
    if sample is not None:
        return _sample_source(event, sample, sample_rate)
    synth = sounds.synth(event.name)
    if synth is not None:
        return _synth_source(event, synth, sample_rate)
    return Unknown(event.name)


def _sample_source(event: DirtEvent, sample: SampleInfo, sample_rate: float) -> _Source | Dropped:
    ratio = sample_ratio(event, sample.map_note, sample.root_note)
    if ratio <= 0.0 or sample.frames <= 0 or sample.rate <= 0.0:
        return Dropped("a sample without frames, or a pitch of 0 Hz")
    times = timing(event, natural=sample.frames / sample.rate / ratio, sample_rate=sample_rate)
    if isinstance(times, Dropped):
        return times
    # A sample plays from begin to end, so it plays backwards if begin is greater than end.
    forward = ratio if times.end > times.begin else -ratio
    controls: dict[str, Value] = {
        "buffer": float(sample.id),
        "begin": times.begin,
        "end": times.end,
        "rate_start": _clamp(forward * abs(times.speed), FASTEST),
        "rate_end": _clamp(forward * abs(times.speed) * (times.end_speed / times.speed), FASTEST),
    }
    if event.timescale == 1.0:
        return _Source(SAMPLER, controls, sample.key, times)
    controls |= {"stretch": _clamp(event.timescale, FASTEST), "size": _clamp(event.timescalewin, FASTEST)}
    return _Source(STRETCHED, controls, sample.key, times)


def _synth_source(event: DirtEvent, synth: SynthInfo, sample_rate: float) -> _Source | Dropped:
    times = timing(event, natural=None, sample_rate=sample_rate)
    if isinstance(times, Dropped):
        return times
    computed = {
        "speed": times.speed,
        "accelerate": event.accelerate,
        "sustain": times.plateau,
        "begin": times.begin,
        "end": times.end,
        "cps": event.tempo,
    }
    controls: dict[str, Value] = {}
    for key in synth.controls - chain().controls:
        value = computed.get(key)
        sent = event.given.get(key) if value is None else value
        if sent is not None:
            controls[key] = sent if isinstance(sent, BusMap) else _clamp(sent, CONTROL_LIMIT)
    controls |= _pitch(event, synth, sample_rate)
    # Keys of samples are 0 or greater, so negative numbers are free for the names of synths.
    identity = -1 - (zlib.crc32(event.name.encode(errors="replace")) >> 1)
    return _Source(synth.definition, controls, identity, times)


def _pitch(event: DirtEvent, synth: SynthInfo, sample_rate: float) -> dict[str, Value]:
    """The synth's ``freq``. Without a pitch in the event: MIDI 60 if the synth uses pitch, else nothing (the synth's default)."""
    freq = synth_frequency(event)
    if freq is None and synth.uses_pitch:
        freq = midi_to_hz(DEFAULT_MIDI)
    if freq is None or not (synth.uses_pitch or "freq" in synth.controls):
        return {}
    return {"freq": freq if isinstance(freq, BusMap) else min(max(freq, 0.0), sample_rate / 2.0)}


def _voice(event: DirtEvent, source: _Source, seed: int, sample_rate: float) -> Voice:
    times = source.timing
    by_effects, ahead = effects().controls(event, sample_rate, times.plateau)
    around: dict[str, Value] = {
        "pan": _pan(event),
        "amp": event.amp,
        "level": _level(event),
        "fade_in": times.fade_in,
        "hold_time": times.plateau,
        "fade_out": times.fade_out,
    }
    if ahead:
        around["late"] = ahead
    return Voice(
        definition=source.definition,
        controls=source.controls | around | by_effects,
        duration=times.duration + ahead,
        orbit=int(event.orbit) % ORBITS,
        delay=_clamp(event.lag + event.offset * abs(times.speed), LATEST) - ahead,
        cut=int(event.cut),
        cut_sound=source.cut_sound,
        cut_everywhere=event.cutAll > 0.0,
        fade=max(times.fade_out, 1.0 / sample_rate),
        seed=seed,
        orbit_controls=effects().orbit(event, sample_rate),
    )


def _pan(event: DirtEvent) -> Value:
    """-1 left to 1 right. A bus map is not changed, since SuperDirt does not convert the value of a bus."""
    if isinstance(event.pan, BusMap):
        return event.pan
    return _fold(2.0 * (event.pan + event.channel / _CHANNELS) - 1.0)


def _fold(value: float) -> float:
    """Fold a number back at -1 and 1 until it is within them."""
    turn = (value + 1.0) % 4.0
    return (turn if turn <= 2.0 else 4.0 - turn) - 1.0


def _level(event: DirtEvent) -> float:
    return float(_clamp(event.gain + event.overgain, _LOUDEST) ** 4)


def _clamp(value: float, limit: float) -> float:
    return min(max(value, -limit), limit)
