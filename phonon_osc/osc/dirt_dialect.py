"""Which client sent an event, and what its keys mean in SuperDirt's terms (reference superdirt.md 1.8 and 8.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from phonon_osc.osc.dirt_event import Event, number

Dialect = Literal["tidal", "strudel", "vortex", "sardine", "plain"]

_TIMING_KEYS = ("cps", "cycle", "delta")
_PITCHES = frozenset({"note", "midinote", "freq"})
_STRUDEL_ROOM_SECONDS = 10.0  # Strudel's roomsize runs to 10 s, SuperDirt's size to 1


def dialect_of(keys: Sequence[str], has_handshake: bool) -> Dialect:
    """The client behind an event, by its keys in the order sent and by whether its sender has shaken hands.

    Only Tidal shakes hands. Without that, a Tidal event of `once` (no ``_id_``) cannot be told from one of Strudel.
    """
    if has_handshake or "_id_" in keys:
        return "tidal"
    if tuple(keys[:3]) == _TIMING_KEYS:
        return "strudel"
    if tuple(keys[-3:]) == _TIMING_KEYS:
        return "vortex"
    if "sound" in keys and "delta" not in keys:
        return "sardine"
    return "plain"


def in_superdirt_terms(event: Event, dialect: Dialect) -> Event:
    """A copy of the event with the keys that mean something else in ``dialect`` replaced or taken away."""
    result = dict(event)
    for key, rule in _RULES.get(dialect, ()):
        rule(result, key)
    return result


def _forget(event: Event, key: str) -> None:
    event.pop(key, None)


def _note_is_midi(event: Event, key: str) -> None:
    note = number(event, key)
    if note is not None:
        event.pop(key)
        event.setdefault("midinote", note)


def _triangle_for_notes(event: Event, key: str) -> None:
    """Strudel's own sound of a note that names none, as on the first pages of its workshop."""
    if "sound" not in event and not _PITCHES.isdisjoint(event):
        event.setdefault(key, "triangle")


def _room_in_seconds(event: Event, key: str) -> None:
    seconds = number(event, "size")
    if seconds is None:
        seconds = number(event, key)
    if seconds is not None:
        event["size"] = min(max(seconds / _STRUDEL_ROOM_SECONDS, 0.0), 1.0)


# The one place for such differences. Not here yet, and so read as SuperDirt reads them: the natural pitch of samples
# (MIDI 36), n and octave of synths, gain, resonances, envelope, loop, distort, tremolo, phaser, defaults of delay.
_RULES: dict[Dialect, tuple[tuple[str, Callable[[Event, str], None]], ...]] = {
    "strudel": (
        ("s", _triangle_for_notes),
        ("note", _note_is_midi),
        ("roomsize", _room_in_seconds),
        ("sustain", _forget),  # the level of an ADSR, not seconds
        ("clip", _forget),  # delta has been multiplied by it already
    ),
    "sardine": (("cps", _forget),),  # the phase of a clock, not a tempo
}
