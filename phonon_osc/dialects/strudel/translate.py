"""Translates an event of Strudel to a voice, with superdough's meanings (docs/strudel.md). A pure function, like SuperDirt's."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass

from phonon_osc.dialects.outcome import Dropped, Outcome, Unknown
from phonon_osc.dialects.sounds import SampleInfo, Sounds, SynthInfo
from phonon_osc.dialects.strudel import effects, sources
from phonon_osc.dialects.strudel.chain import ENVELOPE, PREFIX, SAMPLER, TOO_LARGE
from phonon_osc.dialects.strudel.envelope import PITCH, SAMPLE, SYNTH, Adsr, adsr
from phonon_osc.dialects.strudel.event import DEFAULT_MIDI, StrudelEvent
from phonon_osc.dialects.superdirt.pitch import midi_to_hz
from phonon_osc.engine.voice import BusMap, Value, Voice
from phonon_osc.limits import ORBITS

RESTS = frozenset("-~_")  # names of silence
SOUNDFONT = "gm_"  # begins the names of sounds that last as long as their event
DIRT = "dirt."  # begins the names of built-in synths in the engine
LEVEL = 0.35355339  # makes a plain sample as loud as in SuperDirt's dialect: there 0.4 * 0.7071, in superdough 0.8
DEFAULT_GAIN = 0.8
DEFAULT_ORBIT = 1.0
LOUDEST = 100.0
CUT_FADE = 0.01  # seconds
SUPERDIRT_MIDI = 60.0
END_FADE = 0.01  # seconds: the end of a source with an envelope of its own
TAIL = 0.01  # seconds that a voice stays after its release
LONGEST = 3600.0  # seconds
FASTEST = 1000.0
CONTROL_LIMIT = 1e6


@dataclass(frozen=True, slots=True)
class _Source:
    definition: str
    controls: dict[str, Value]
    envelope: Adsr  # of the sound, where the event gives none
    hold: float  # seconds
    stereo: bool
    tail: float = 0.0  # seconds that it sounds after its release
    cut_sound: int = 0
    is_sample: bool = False
    in_chain: bool = True  # it is in Strudel's chain; a definition of a client is in SuperDirt's
    shaped: bool = True  # the envelope of the chain applies; else the source has its own


def translate(event: StrudelEvent, sounds: Sounds, *, seed: int, sample_rate: float) -> Outcome:
    """Translate an event, without changing it. ``sample_rate``: the engine's, Hz. Raises NotLoaded if ``sounds`` does."""
    if not event.name or event.name in RESTS:
        return Dropped("no sound: s holds no name, or that of a rest")
    source = _source(event, sounds, sample_rate)
    return source if isinstance(source, Unknown | Dropped) else _voice(event, source, seed, sample_rate)


def _source(event: StrudelEvent, sounds: Sounds, rate: float) -> _Source | Unknown | Dropped:
    own = sources.find(event)
    if isinstance(own, Dropped):
        return own
    if own is not None:
        controls = dict(own.controls) | _pitch(event) | {"freq": _freq(event, rate, own.midi)}
        length = (
            _length(event)
            if own.length is None
            else min(own.length, _length(event) * _clip(event) if event.has("clip") else own.length)
        )
        if own.hold:
            controls[own.hold] = length
        return _Source(PREFIX + own.definition, controls, SYNTH, length, own.stereo, own.tail, shaped=own.shaped)
    midi = event.midi or DEFAULT_MIDI
    number = math.floor((event.number("n") or 0.0) + 0.5)
    bank = event.texts.get("bank")
    sample = sounds.sample(event.name, number, bank, midi)
    if sample is None and event.name != event.name.lower():
        sample = sounds.sample(event.name.lower(), number, bank, midi)
    if sample is not None and event.name.lower().startswith(sources.WAVETABLE):
        return _wavetable(event, sample, rate)
    if sample is not None:
        return _sample(event, sample, midi)
    synth = sounds.synth(event.name)
    if synth is None:
        return Unknown(event.name)
    return _synth(event, synth, rate)


def _length(event: StrudelEvent) -> float:
    """The event's length in seconds, with clip in it."""
    return min(max(event.number("delta") or 0.0, 0.0), LONGEST)


def _clip(event: StrudelEvent) -> float:
    """The factor clip. superdough multiplies the length of a source with a length of its own by it once more."""
    clip = event.number("clip")
    return 1.0 if clip is None else min(max(clip, 0.0), 1.0)


def _tempo(event: StrudelEvent) -> float:
    cps = event.number("cps")
    return 1.0 if cps is None or cps <= 0.0 else min(cps, 1000.0)


def _freq(event: StrudelEvent, rate: float, midi: float = DEFAULT_MIDI) -> float:
    freq = event.number("freq")
    if freq is None or freq <= 0.0:
        freq = midi_to_hz(event.midi or midi)
    octave = min(max(event.number("octave") or 0.0, -20.0), 20.0)
    return float(min(max(freq * 2.0**octave, 0.0), rate / 2.0))


def _pitch(event: StrudelEvent) -> dict[str, Value]:
    """The controls of vibrato and pitch envelope."""
    found: dict[str, Value] = {}
    vib = event.number("vib")
    if vib:
        depth = event.number("vibmod")
        found |= {"pitch_vib": vib, "pitch_vibmod": 0.5 if depth is None else depth}
    times = [event.number(f"p{name}") for name in ("attack", "decay", "sustain", "release")]
    if event.has("penv", "pattack", "pdecay", "psustain", "prelease"):
        height, anchor = event.number("penv"), event.number("panchor")
        attack, decay, sustain, release = adsr(times, PITCH)
        found |= {
            "pitch_penv": 1.0 if height is None else height,
            "pitch_panchor": min(max(sustain if anchor is None else anchor, 0.0), 1.0),
            "pitch_pattack": attack,
            "pitch_pdecay": decay,
            "pitch_psustain": sustain,
            "pitch_prelease": release,
        }
    return found


def _sample(event: StrudelEvent, sample: SampleInfo, midi: float) -> _Source | Dropped:
    freq, base = event.number("freq"), DEFAULT_MIDI if sample.map_note is None else sample.map_note
    if freq is not None and freq > 0.0:
        midi = 69.0 + 12.0 * math.log2(freq / 440.0)
    ratio = 2.0 ** (min(max(midi - base, -240.0), 240.0) / 12.0)
    speed = event.number("speed")
    speed = 1.0 if speed is None else speed
    duration = sample.frames / sample.rate
    if event.texts.get("unit") == "c":
        ratio *= _tempo(event) * duration
    step = min(max(abs(speed) * ratio, 0.0), FASTEST)
    if step < 1e-9 or sample.frames <= 0:
        return Dropped("speed is 0: it would never move")
    begin, end = (min(max(event.given.get(key, default), 0.0), 1.0) for key, default in (("begin", 0.0), ("end", 1.0)))  # type: ignore[type-var]
    assert isinstance(begin, float) and isinstance(end, float)
    slice_seconds = max(end - begin, 0.0) * duration / step
    looped = (event.number("loop") or 0.0) > 0.0
    held = looped or event.has("clip", "release") or event.name.lower().startswith(SOUNDFONT)
    hold = _length(event) if held else slice_seconds
    if event.has("transient", "transsustain"):  # superdough's transient stops with its event
        hold = min(hold, _length(event))
    controls: dict[str, Value] = {
        "buffer": float(sample.id),
        "begin": begin if speed > 0.0 else 1.0 - begin,
        "speed": math.copysign(step, speed),
        "freq": 1.0,
    }
    controls |= _pitch(event)
    if looped:
        first, last = event.number("loopBegin"), event.number("loopEnd")
        controls |= {
            "loop": 1.0,
            "loop_begin": min(max(first or 0.0, 0.0), 1.0),
            "loop_end": min(max(1.0 if last is None else last, 0.0), 1.0),
        }
    nudge = event.number("nudge")
    if nudge:
        controls["wait"] = min(max(nudge, 0.0), LONGEST)
    return _Source(
        SAMPLER, controls, SAMPLE, min(hold, LONGEST), sample.channels > 1, cut_sound=sample.key, is_sample=True
    )


def _wavetable(event: StrudelEvent, sample: SampleInfo, rate: float) -> _Source | Dropped:
    if sample.frames < sources.FRAME:
        return Dropped(f"a wavetable of {sample.frames} frames; a period has {sources.FRAME}")
    controls: dict[str, Value] = {
        "buffer": float(sample.id),
        "cycles": float(sample.frames // sources.FRAME),
        "warp_mode": sources.WARP_MODES.get(event.texts.get("warpmode", "none"), 0.0),
        "freq": _freq(event, rate),
    }
    controls |= sources.moved(event, "wt") | sources.moved(event, "warp") | _pitch(event)
    return _Source(f"{PREFIX}wavetable", controls, SAMPLE, _length(event), stereo=False, cut_sound=sample.key)


def _synth(event: StrudelEvent, synth: SynthInfo, rate: float) -> _Source:
    """A built-in synth of another family, in Strudel's chain; or a definition of a client, in its own."""
    controls: dict[str, Value] = _pitch(event)
    for key in synth.controls:
        value = event.given.get(key)
        if value is not None:
            controls[key] = value if isinstance(value, BusMap) else min(max(value, -CONTROL_LIMIT), CONTROL_LIMIT)
    if synth.uses_pitch or event.midi is not None or event.has("freq"):
        # superdough lacks these synths, so an event without a note has SuperDirt's pitch: n counts from middle C
        controls["freq"] = _freq(event, rate, SUPERDIRT_MIDI + (event.number("n") or 0.0))
    name = synth.definition
    plain = name.removeprefix(DIRT)
    fits = name.startswith(DIRT) and plain not in TOO_LARGE
    return _Source(PREFIX + plain if fits else name, controls, SYNTH, _length(event), stereo=False, in_chain=fits)


def _voice(event: StrudelEvent, source: _Source, seed: int, sample_rate: float) -> Voice:
    times = [event.number(key) for key in ("attack", "decay", "sustain", "release")]
    attack, decay, sustain, release = adsr(times, source.envelope)
    if not source.shaped:
        attack, decay, sustain, release = 0.0, 0.0, 1.0, END_FADE
    hold = source.hold + (max(source.tail - END_FADE, -source.hold) if not source.shaped else 0.0)
    gain = event.number("gain")
    velocity = event.number("velocity")
    amp = (DEFAULT_GAIN if gain is None else gain) * (1.0 if velocity is None else velocity)
    orbit = event.number("orbit")
    if not source.in_chain:
        return _in_other_chain(event, source, seed, LEVEL * min(max(amp, 0.0), LOUDEST))
    end = hold + release
    around, ahead = effects.controls(
        event, sample_rate, _tempo(event), end, min(max(amp, 0.0), LOUDEST), source.stereo, LEVEL
    )
    own = {"attack": attack, "decay": decay, "sustain": sustain, "release": release, "hold": hold}
    cut = int(event.number("cut") or 0.0) if source.is_sample else 0
    return Voice(
        definition=source.definition,
        controls=source.controls | {f"{ENVELOPE}_{key}": value for key, value in own.items()} | around,
        duration=min(end + TAIL + ahead, LONGEST),
        orbit=int(DEFAULT_ORBIT if orbit is None else orbit) % ORBITS,
        cut=cut,
        cut_sound=source.cut_sound or -1 - (zlib.crc32(event.name.encode(errors="replace")) >> 1),
        cut_everywhere=cut != 0,
        fade=CUT_FADE,
        seed=seed,
        orbit_controls=effects.orbit(event, _tempo(event)),
        elsewhere=effects.ducked(event, seed),
    )


def _in_other_chain(event: StrudelEvent, source: _Source, seed: int, level: float) -> Voice:
    """The voice of a definition that has SuperDirt's chain: level, place and length are those of the event, and it has no effects."""
    pan, orbit = event.number("pan"), event.number("orbit")
    around: dict[str, Value] = {
        "pan": 0.0 if pan is None else min(max(2.0 * pan - 1.0, -1.0), 1.0),
        "amp": level * math.sqrt(2.0),
        "level": 1.0,
        "fade_in": 0.0,
        "hold_time": source.hold,
        "fade_out": END_FADE,
    }
    return Voice(
        definition=source.definition,
        controls=source.controls | around,
        duration=source.hold + END_FADE,
        orbit=int(DEFAULT_ORBIT if orbit is None else orbit) % ORBITS,
        seed=seed,
        orbit_controls=effects.orbit(event, _tempo(event)),
    )
