"""Control side of the command ring: what a command says, as words of a record."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.voice import BusMap, Value, Voice

NOW = -(1 << 62)  # a frame that is always due


@dataclass(slots=True)
class Command:
    """One command with everything in terms of names and numbers; ``describe`` is what a session log keeps."""

    op: int
    frame: int
    words: dict[int, int] = field(default_factory=dict)
    pairs: list[tuple[int, int, float]] = field(default_factory=list)  # control, flags, value
    describe: dict[str, Any] = field(default_factory=dict)
    buffer: int = 0  # sample that has to stay for as long as this command waits and its voice sounds

    def write(self, record: np.ndarray, sequence: int) -> None:
        """Lay the command out in a record of ``tables.RECORD`` words."""
        record[: t.PAIRS] = 0
        record[t.OP], record[t.FRAME], record[t.SEQ] = self.op, self.frame, sequence
        record[t.BUFFER] = self.buffer
        for word, value in self.words.items():
            record[word] = value
        pairs = self.pairs[: t.RECORD - t.PAIRS]
        record[t.COUNT] = len(pairs)
        flat = [part for pair in pairs for part in pair]
        struct.pack_into("<" + "HHf" * len(pairs), record.view(np.uint8).data, 8 * t.PAIRS, *flat)


def control_pairs(
    definition: Definition, controls: Mapping[str, Value], flags: int = 0
) -> Iterable[tuple[int, int, float]]:
    """Pairs for the controls that the definition has; values are taken into range."""
    for name, value in controls.items():
        index = definition.index(name)
        if index is None:
            continue
        if isinstance(value, BusMap):
            yield index, flags | t.MAP_FLAG, float(value.index)
        else:
            param = definition.controls[name if name in definition.controls else definition.aliases[name]]
            yield index, flags, param.accept(value, f"{definition.name}.{name}")


def voice_command(
    voice: Voice, d: Definition, orbits: Definition, place: int, key: str, rate: float, frame: int, at: float | None
) -> Command:
    """The start of an event's voice, its orbit's effects with it. ``place`` and ``key``: where its definition is, what a log calls it."""
    words = {
        t.DEFINITION: place,
        t.ORBIT: voice.orbit % t.ORBITS,
        t.DURATION: max(1, round(voice.duration * rate)),
        t.CUT: voice.cut,
        t.CUT_SOUND: voice.cut_sound,
        t.SEED: voice.seed & 0x7FFFFFFF,
        t.FADE_FRAMES: max(1, round(voice.fade * rate)),
    }
    if voice.cut_everywhere:
        words[t.EXTRA] = 1
    pairs = [*control_pairs(d, voice.controls)]
    for name, value in voice.orbit_controls.items():
        if value is None:
            index = orbits.index(name)
            pairs += [] if index is None else [(index, t.ORBIT_FLAG | t.NIL_FLAG, 0.0)]
        else:
            pairs += control_pairs(orbits, {name: value}, t.ORBIT_FLAG)
    if frame != NOW:
        frame += round(voice.delay * rate)
    describe: dict[str, Any] = {"do": "play", "definition": key, "words": words, "pairs": pairs}
    if at is not None:
        describe["at"] = at + voice.delay
    return Command(t.OP_NEW, frame, words, pairs, describe)
