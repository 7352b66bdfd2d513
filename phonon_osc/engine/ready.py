"""The command that starts a voice, made as far as it can be before its frame is known.

A pattern plays the same voice again and again. Then only the frame, the sequence number and the seed differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.commands import (
    FARTHEST,
    HEADER,
    INT32,
    PAIR_BYTES,
    Pair,
    Play,
    pack_pairs,
)
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.voice import BusMap, Value, Voice
from phonon_osc.limits import BUFFERS

Flat = list[int | float]  # number of a control, flags, value, and so on


@dataclass(slots=True)
class ReadyVoice:
    """A voice as the words of its command. ``definition`` is at ``place``; ``buffer`` is the sample that it names, 0 for none."""

    definition: Definition
    place: int
    buffer: int
    delay: int  # frames from the event to its onset
    before: tuple[int, ...]  # words of the first record between its sequence number and its seed
    after: tuple[int, ...]  # words after its seed
    parts: list[bytes]  # the pairs of each record
    flat: Flat
    own: int  # how many of the pairs are for the voice; the others are for its orbit
    wait: float  # seconds from the event to its onset

    def command(self, key: str, seed: int, at: float | None) -> Play:
        """The same as a command of a session log. ``key``: key of the definition. ``at``: timetag of the event."""
        flat = self.flat
        pairs: list[Pair] = [(int(flat[k]), int(flat[k + 1]), flat[k + 2]) for k in range(0, len(flat), 3)]
        _, _, orbit, duration, cut, cut_sound = self.before
        fade, _, everywhere = self.after[:3]
        return Play(
            key,
            orbit,
            duration,
            cut,
            cut_sound,
            seed & INT32,
            fade,
            tuple(pairs[: self.own]),
            tuple(pairs[self.own :]),
            None if at is None else at + self.wait,
            1 if everywhere else None,
        )


@dataclass(slots=True)
class Start:
    """A ready voice with its frame and seed: a command for the ring."""

    ready: ReadyVoice
    frame: int
    seed: int

    def write(self, words: memoryview, sequence: int) -> None:
        """Write the records of the command, as ``commands.Record.write`` does."""
        ready = self.ready
        HEADER.pack_into(words, 0, t.OP_NEW, self.frame, sequence, *ready.before, self.seed & INT32, *ready.after)
        parts = ready.parts
        first = parts[0]
        words[PAIR_BYTES : PAIR_BYTES + len(first)] = first
        for k in range(1, len(parts)):
            at = k * t.RECORD * 8
            words[at : at + PAIR_BYTES] = bytes(PAIR_BYTES)
            words[at + 8 * t.COUNT : at + 8 * t.COUNT + 8] = (len(parts[k]) // 8).to_bytes(8, "little")
            words[at + PAIR_BYTES : at + PAIR_BYTES + len(parts[k])] = parts[k]


def ready_voice(voice: Voice, d: Definition, place: int, orbits: Definition, rate: float) -> ReadyVoice:
    """Make the command of a voice of the definition ``d``. Raises ParamError for a value that a control does not accept."""
    flat: Flat = []
    add_pairs(flat, d, voice.controls, 0)
    own, buffer = len(flat) // 3, 0
    index = d.index("buffer")
    if index is not None:
        for k in range(0, len(flat), 3):
            if flat[k] == index and flat[k + 1] == 0 and 0 < int(flat[k + 2]) < BUFFERS:
                buffer = int(flat[k + 2])
                break
    add_pairs(flat, orbits, voice.orbit_controls, t.ORBIT_FLAG)
    parts = pack_pairs(flat)
    before = (
        0,  # no node
        place,
        voice.orbit % t.ORBITS,
        min(max(1, round(voice.duration * rate)), FARTHEST),
        min(max(-INT32, voice.cut), INT32),
        voice.cut_sound,
    )
    after = (
        min(max(1, round(voice.fade * rate)), INT32),
        len(parts[0]) // 8,
        1 if voice.cut_everywhere else 0,
        buffer,
        len(parts) - 1,
    )
    return ReadyVoice(d, place, buffer, round(voice.delay * rate), before, after, parts, flat, own, voice.delay)


def add_pairs(flat: Flat, d: Definition, controls: Mapping[str, Value | None], flags: int) -> None:
    """Add pairs for those of the controls that the definition has. Values are limited to the range of their control.

    None stands for the absent key of an orbit's effect (``tables.NIL_FLAG``).
    """
    known = d.entries
    for name, value in controls.items():
        entry = known.get(name)
        if entry is None:
            continue
        index, low, high, param = entry
        if type(value) is float and low <= value <= high:
            flat += (index, flags, value)  # most pairs
        elif value is None:
            flat += (index, flags | t.NIL_FLAG, 0.0)
        elif isinstance(value, BusMap):
            flat += (index, flags | t.MAP_FLAG, float(value.index))
        else:
            flat += (index, flags, param.accept(value, f"{d.name}.{name}"))
