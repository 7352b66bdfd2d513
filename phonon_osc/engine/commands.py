"""Control side of the command ring: what a command says, as words of a record."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.voice import BusMap, Value

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
