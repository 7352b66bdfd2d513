"""Remembers the voices of events that come again: a pattern sends the same event in every cycle.

Two events are the same if they are in the same dialect and have the same arguments, types and order included, except for one value
that changes no voice (``Dialect.passing``). An event is remembered with the questions about sounds that its translation asked. Its
voice is used again only if each question has the same answer as before. So a new file, a new definition or a sample that has left
memory is noticed, and the sample counts as played.
"""

from __future__ import annotations

import marshal
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from phonon_osc.dialects.dialect import Dialect
from phonon_osc.dialects.event import MAX_NUMBER
from phonon_osc.dialects.sounds import NotLoaded, SampleInfo, Sounds, SynthInfo
from phonon_osc.engine.voice import Voice

REMEMBERED = 1024  # events; the one that was not played for longest is forgotten
LONGEST = 128  # most arguments of an event that is remembered
LARGEST = 4096  # most bytes of its arguments

_MARSHAL = 2  # a format in which equal values have equal bytes; later ones count references

Answer = tuple[
    bool, tuple[Any, ...], SampleInfo | SynthInfo | None
]  # whether a sample was asked for, by what, what was found


class Asked:
    """Answers questions about sounds, and remembers the answers."""

    def __init__(self, sounds: Sounds) -> None:
        self._sounds = sounds
        self.answers: list[Answer] = []

    def sample(self, name: str, n: float, bank: str | None, midi: float | None = None) -> SampleInfo | None:
        found = self._sounds.sample(name, n, bank, midi)
        self.answers.append((True, (name, n, bank, midi), found))
        return found

    def synth(self, name: str) -> SynthInfo | None:
        found = self._sounds.synth(name)
        self.answers.append((False, (name,), found))
        return found


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event is remembered. ``value``: the index of the argument that changes no voice, or -1."""

    key: bytes
    value: int


class Known:
    """An event that was played: its voice, its number of bad pairs, and what its translation found out about sounds."""

    __slots__ = ("_after", "_answers", "_before", "bad", "voice")

    def __init__(self, voice: Voice, bad: int, answers: list[Answer], args: Sequence[object], value: int) -> None:
        self.voice, self.bad, self._answers = voice, bad, answers
        if value < 0:
            self._before, self._after = zlib.crc32(f"({args!r}, ".encode()), ""
            return
        before, after = ("".join(f"{arg!r}, " for arg in args[:value]), args[value + 1 :])
        self._before = zlib.crc32(f"(({before}".encode())
        self._after = "".join(f", {arg!r}" for arg in after) + "), "

    def still(self, sounds: Sounds) -> bool:
        """Whether all questions about sounds have the same answers as before."""
        try:
            for of_sample, question, answer in self._answers:
                found = sounds.sample(*question) if of_sample else sounds.synth(*question)
                if found is not answer and found != answer:
                    return False
        except NotLoaded:
            return False
        return True

    def seed(self, args: Sequence[object], place: Place, frame: int) -> int:
        """The same as ``seed_of``. Only the text that differs is made again."""
        value = "" if place.value < 0 else repr(args[place.value])
        return zlib.crc32(f"{value}{self._after}{frame!r})".encode(), self._before)


def seed_of(args: Sequence[object], frame: int) -> int:
    """The seed of an event's voice: a CRC of the text of its arguments and of its frame."""
    return zlib.crc32(repr((args, frame)).encode())


class Repeats:
    """Events that were played. ``REMEMBERED`` and ``LARGEST`` bound its memory."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, Known] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def place(self, dialect: Dialect, args: Sequence[object]) -> Place | None:
        """Where an event with these arguments is remembered. None: it is too long, or its dialect allows no repeats."""
        if dialect.passing is None or type(args) is not tuple or len(args) > LONGEST:
            return None
        if dialect.unrepeated and any(type(key) is str and key in dialect.unrepeated for key in args[::2]):
            return None
        value = _passing_value(dialect.passing, args)
        try:
            key = marshal.dumps(
                (dialect.name, value, args[:value], args[value + 1 :]) if value > 0 else (dialect.name, args), _MARSHAL
            )
        except ValueError:  # a value that marshal does not know
            return None
        return Place(key, value) if len(key) <= LARGEST else None

    def find(self, place: Place) -> Known | None:
        known = self._known.get(place.key)
        if known is not None:
            self._known.move_to_end(place.key)
        return known

    def add(self, place: Place, dialect: Dialect, voice: Voice, bad: int, asked: Asked, args: Sequence[object]) -> None:
        """Remember an event, unless its sound has a control that takes the value which changes no voice otherwise."""
        if any(not of_sample and found and dialect.passing in found.controls for of_sample, _, found in asked.answers):  # type: ignore[union-attr]
            return
        self._known[place.key] = Known(voice, bad, asked.answers, args, place.value)
        self._known.move_to_end(place.key)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def _passing_value(key: str, args: tuple[object, ...]) -> int:
    """Index of the value of this key; -1 if there is none that is an ordinary number."""
    try:
        at = args.index(key) + 1
    except ValueError:
        return -1
    usable = at % 2 == 1 and at < len(args) and type(args[at]) is float and abs(args[at]) <= MAX_NUMBER  # type: ignore[arg-type]
    return at if usable else -1
