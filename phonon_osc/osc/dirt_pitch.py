"""The pitch of an event (reference superdirt.md 2.3): freq, else midinote, else (note, else n) + 12 octaves."""

from __future__ import annotations

from phonon_osc.engine.voice import BusMap
from phonon_osc.osc.dirt_event import Event, number, number_or_bus, parse_note_name, text

DEFAULT_MIDI = 60.0
DEFAULT_OCTAVE = 5.0
_NOTE_NAME_OCTAVE = 3  # Strudel's
_MIDI_LIMIT = 400.0  # either way: beyond all hearing, and 2 to the power of it is still a number


def midi_to_hz(midi: float) -> float:
    """The frequency in Hz of a MIDI number (69 is 440 Hz, equal temperament), always finite."""
    return float(440.0 * 2.0 ** ((min(max(midi, -_MIDI_LIMIT), _MIDI_LIMIT) - 69.0) / 12.0))


def synth_frequency(event: Event) -> float | BusMap | None:
    """Hz, the bus that carries it, or None if the event says nothing about pitch."""
    freq = number_or_bus(event, "freq")
    return freq if freq is not None else _hz(_midi(event, fallback="n"))


def sample_ratio(event: Event) -> float:
    """How many times faster than recorded a sample is to be played for its pitch: 1.0 at MIDI 60.

    ``n`` is the index of the sample here and a missing ``note`` counts as 0. A ``freq`` that follows a bus is ignored:
    the rate of a sample is read once.
    """
    freq = number(event, "freq")
    if freq is None:
        freq = _hz(_midi(event, fallback=None))
    return 1.0 if freq is None else freq / midi_to_hz(DEFAULT_MIDI)


def _hz(midi: float | None) -> float | None:
    return None if midi is None else midi_to_hz(midi)


def _midi(event: Event, fallback: str | None) -> float | None:
    midi = number(event, "midinote")
    if midi is not None:
        return midi
    octave = number(event, "octave")
    name = text(event, "note")
    if name is not None:
        named = parse_note_name(name, _NOTE_NAME_OCTAVE if octave is None else int(octave))
        if named is not None:
            return named
    note = number(event, "note")
    if note is None:
        note = number(event, fallback) if fallback else 0.0
    return None if note is None else note + 12.0 * (DEFAULT_OCTAVE if octave is None else octave)
