"""The pitch of an event (docs/dirt.md, Pitch): freq, else midinote, else (note, else n) + 12 octaves."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from phonon_osc.dialects.event import parse_note_name
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


def sample_ratio(event: DirtEvent, map_note: float | None = None) -> float:
    """The speed, relative to the recorded one, at which a sample has the event's pitch.

    It is 1.0 at MIDI 60. If the sample is in a map of notes and the event has a pitch, it is 1.0 at ``map_note``. ``n`` is only the
    index of the sample, so a missing ``note`` counts as 0. A ``freq`` that follows a bus is ignored, since the rate of a sample is
    read once.
    """
    freq = event.freq
    if freq is None or isinstance(freq, BusMap):
        freq = _hz(_midi(event, 0.0))
    recorded = DEFAULT_MIDI if map_note is None or sample_midi(event) is None else map_note
    return 1.0 if freq is None else freq / midi_to_hz(recorded)


def _hz(midi: float | None) -> float | None:
    return None if midi is None else midi_to_hz(midi)


def _midi(event: DirtEvent, without_note: float | None) -> float | None:
    if event.midinote is not None:
        return event.midinote
    note, octave = event.note, event.octave
    if isinstance(note, str):
        named = parse_note_name(note, NOTE_NAME_OCTAVE if octave is None else int(octave))
        if named is not None:
            return named
        note = None
    if note is None:
        note = without_note
    return None if note is None else note + 12.0 * (DEFAULT_OCTAVE if octave is None else octave)
