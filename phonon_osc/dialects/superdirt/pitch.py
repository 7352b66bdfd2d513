"""The pitch of an event (docs/dirt.md, Pitch): freq, else midinote, else (note, else degree of a scale, else n) + 12 octaves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from phonon_osc.dialects.event import parse_note_name
from phonon_osc.dialects.superdirt.scales import OCTAVE_RATIO, STEPS, TUNINGS, key_of, ratios, scale_of
from phonon_osc.engine.voice import BusMap

if TYPE_CHECKING:
    from phonon_osc.dialects.superdirt.event import DirtEvent

DEFAULT_MIDI = 60.0
DEFAULT_OCTAVE = 5.0
NOTE_NAME_OCTAVE = 3  # octave of a note name without one, as in Strudel
_MIDI_LIMIT = 400.0  # limit in both directions: far outside hearing, and its frequency is still a finite number


def midi_to_hz(midi: float) -> float:
    """The frequency in Hz of a MIDI number (69 is 440 Hz, equal temperament), always finite."""
    return float(440.0 * 2.0 ** ((min(max(midi, -_MIDI_LIMIT), _MIDI_LIMIT) - 69.0) / 12.0))


def synth_frequency(event: DirtEvent) -> float | BusMap | None:
    """The frequency in Hz, or the bus that it follows; None if the event has no pitch."""
    return event.freq if event.freq is not None else _hz(_midi(event, event.n))


def sample_midi(event: DirtEvent) -> float | None:
    """The MIDI note, with its fraction, at which the event plays a sample. None if the event has no pitch."""
    freq = event.freq
    if freq is None or isinstance(freq, BusMap):
        return _midi(event, None)
    return 69.0 + 12.0 * math.log2(freq / 440.0) if freq > 0.0 and math.isfinite(freq) else None


def sample_ratio(event: DirtEvent, map_note: float | None = None, root_note: float | None = None) -> float:
    """How many times faster than recorded a sample is to be played for its pitch.

    It is 1.0 at MIDI 60, or with ``metatune`` 1 at the ``root_note`` of the file. For a sample of a map of notes, and an event with a
    pitch, it is 1.0 at the map's ``map_note``. ``n`` is the index of the sample here and a missing ``note`` counts as 0. A ``freq``
    that follows a bus is ignored: the rate of a sample is read once.
    """
    freq = event.freq
    if freq is None or isinstance(freq, BusMap):
        freq = _hz(_midi(event, 0.0))
    recorded = DEFAULT_MIDI
    if map_note is not None and sample_midi(event) is not None:
        recorded = map_note
    elif root_note is not None:
        recorded += event.metatune * (root_note - DEFAULT_MIDI)
    return 1.0 if freq is None else freq / midi_to_hz(recorded)


def _hz(midi: float | None) -> float | None:
    return None if midi is None else midi_to_hz(midi)


def _midi(event: DirtEvent, without_note: float | None) -> float | None:
    midi = event.midinote
    if midi is None:
        note, octave = event.note, event.octave
        if isinstance(note, str):
            midi = parse_note_name(note, NOTE_NAME_OCTAVE if octave is None else int(octave))
            note = None
        if midi is None:
            if note is None:
                note = without_note if event.degree is None else _note_of_degree(event, event.degree)
            midi = None if note is None else _midi_of_note(event, note, DEFAULT_OCTAVE if octave is None else octave)
    if midi is not None and (event.ctranspose != 0.0 or event.harmonic != 1.0):
        midi += event.ctranspose + 12.0 * math.log2(event.harmonic)
    return midi


def _midi_of_note(event: DirtEvent, note: float, octave: float) -> float:
    ratio = event.octaveR if event.octaveRatio is None else event.octaveRatio
    if event.stepsPerOctave == STEPS and ratio == OCTAVE_RATIO:
        return note + event.gtranspose + 12.0 * octave
    return 12.0 * math.log2(ratio) * ((note + event.gtranspose) / event.stepsPerOctave + octave)


def _note_of_degree(event: DirtEvent, degree: float) -> float:
    """The note, in steps, of a degree of the event's scale."""
    tuning = None if event.tuningRatios is None else ratios(event.tuningRatios)
    name = event.tuning or event.tuningName
    if tuning is None and name is not None:
        tuning = TUNINGS.get(name.lower()) or ratios(name)
    return key_of(degree + event.mtranspose, scale_of(event.scaleName, tuning), event.stepsPerOctave)
