"""Definitions in the engine: where each lies in the audio thread's tables, and which may be overwritten.

A definition's tables never change while a voice, or a command that waits, refers to them: a new definition of a known name gets a place
of its own, and the old place is free once as many voices of it have ended as were ever asked for. Those that are built in are promised
at the start, and made when they are first asked for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

import numpy as np

from dsp.abi import STEP_KERNEL, STEP_KERNEL_WIDE
from dsp.lanes import LANES
from dsp.structs import StructView
from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.link import SharedWords
from phonon_osc.errors import UsageError
from phonon_osc.limits import DEFINITIONS


class Definitions:
    """All definitions by name. ``kernels`` gives the addresses of a kind's kernel for a narrow and for a wide pass.

    ``done`` counts, by place, the voices that the audio thread has done with.
    """

    def __init__(
        self, tables: StructView, done: SharedWords, rate: float, kernels: Callable[[str], tuple[int, int]]
    ) -> None:
        self._tables, self._done, self._rate, self._kernels = tables, done, rate, kernels
        self._free = deque(range(DEFINITIONS))
        self._leaving: list[int] = []
        self._asked = np.zeros(DEFINITIONS, np.int64)  # voices asked for, by place
        self._place: dict[str, int] = {}  # of the present definition of a name
        self._versions: dict[str, int] = {}
        self._promised: dict[str, Callable[[], Definition]] = {}
        self.by_name: dict[str, Definition] = {}  # those that were made
        self.by_key: dict[str, Definition] = {}  # the present ones by ``key``, which is what a session log calls them

    def __contains__(self, name: str) -> bool:
        return name in self.by_name or name in self._promised

    def names(self) -> list[str]:
        return [*self.by_name, *self._promised]

    def get(self, name: str) -> Definition | None:
        """The present definition of a name; made now, if it was only promised."""
        if name in self._promised:
            self.add(self._promised[name]())
        return self.by_name.get(name)

    def promise(self, makers: Mapping[str, Callable[[], Definition]]) -> None:
        """Definitions that are made when they are first asked for; their places are kept."""
        self._promised |= makers

    def key(self, name: str) -> str:
        """What tells the present definition of a name from earlier ones: ``name``, then ``name@2`` and so on."""
        version = self._versions[name]
        return name if version == 1 else f"{name}@{version}"

    def place(self, name: str) -> int:
        return self._place[name]

    def count_voice(self, place: int) -> None:
        """A voice of the definition at this place was asked for: the place is kept until as many have ended."""
        self._asked[place] += 1

    def add(self, d: Definition) -> int:
        """Publish a definition; a name that is known already gets the new one for voices from now on. Its place.

        Raises UsageError where all places are taken.
        """
        self._reclaim()
        self._promised.pop(d.name, None)
        if len(self._free) <= len(self._promised):
            raise UsageError(
                f"definition {d.name}: the server holds {DEFINITIONS}, those still sounding included; free some (/def/free)"
            )
        k = self._free.popleft()
        self._write(k, d)
        if d.name in self._place:
            self._retire(d.name)
        self._place[d.name] = k
        self._versions[d.name] = self._versions.get(d.name, 0) + 1
        self.by_name[d.name] = self.by_key[self.key(d.name)] = d
        return k

    def drop(self, name: str) -> None:
        """Forget a definition. Voices of it sound on."""
        self._retire(name)
        del self._place[name], self.by_name[name]

    def _retire(self, name: str) -> None:
        self._leaving.append(self._place[name])
        self.by_key.pop(self.key(name), None)

    def _reclaim(self) -> None:
        """Free the places that no voice and no command refers to any more."""
        free = [k for k in self._leaving if self._asked[k] == self._done[k]]
        self._leaving = [k for k in self._leaving if k not in free]
        self._free.extend(free)

    def _write(self, k: int, d: Definition) -> None:
        e = self._tables
        steps = e.steps.reshape(DEFINITIONS, t.STEPS, t.STEP_WORDS)[k]
        steps[: len(d.records)] = d.records
        for record, name in zip(steps, d.kernels, strict=False):
            record[STEP_KERNEL], record[STEP_KERNEL_WIDE] = self._kernels(name)
        row = slice(k * t.CONTROLS, k * t.CONTROLS + len(d.controls))
        params = list(d.controls.values())
        e.defaults[row] = [p.default for p in params]
        e.smooth[row] = [0 if p.smoothing <= 0 else max(64, round(p.smoothing * self._rate)) for p in params]
        e.trigger[row] = [d.triggers.get(name, -1) for name in d.controls]
        constants = e.constants.reshape(DEFINITIONS, t.CONSTANTS, LANES)[k]
        for number, value in enumerate(d.constants):
            constants[number] = value
        e.memory_class[k * t.MEMORIES : k * t.MEMORIES + len(d.memory_classes)] = d.memory_classes
        e.memory_trigger[k * t.MEMORIES : k * t.MEMORIES + len(d.memory_triggers)] = d.memory_triggers
        e.outlets[2 * k : 2 * k + 2] = d.outlets
        e.inlets[2 * k : 2 * k + 2] = d.inlets or (0, 0)
        names = list(d.controls)
        e.gate[k] = names.index(d.gate) if d.gate else -1
        e.release[k] = names.index(d.release) if d.release else -1
        e.state_rows[k], e.memory_count[k] = d.state_rows, len(d.memory_classes)
        e.constant_count[k], e.controls[k] = len(d.constants), len(d.controls)
        e.wires[k], e.slow_wires[k] = d.wires, d.slow_wires
        e.step_count[k] = len(d.records)
