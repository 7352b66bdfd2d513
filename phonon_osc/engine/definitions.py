"""Definitions in the engine: the place of each in the audio thread's tables, and which places may be overwritten.

The tables of a definition never change while a voice or a waiting command refers to them. A new definition with a known name gets a new
place. The old place is free when as many of its voices have ended as were ever started. Built-in definitions are only *promised* at the
start; each is made when it is first needed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Mapping

import numpy as np

from dsp.abi import STEP_KERNEL, STEP_KERNEL_WIDE, STEP_TRIGGER
from dsp.lanes import LANES
from dsp.structs import StructView
from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.code import Code
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.link import SharedWords
from phonon_osc.errors import UsageError
from phonon_osc.limits import DEFINITIONS

RESERVED = 256  # places that definitions of clients cannot take, for built-in ones that were not needed yet


class Definitions:
    """All definitions by name.

    A kernel of an optional step is loaded when a voice first uses that step: ``require``. ``done`` counts, for each place, the voices
    that have ended or never started. The audio thread writes it.
    """

    def __init__(self, tables: StructView, done: SharedWords, rate: float, code: Code) -> None:
        self._tables, self._done, self._rate, self._code = tables, done, rate, code
        self._steps = tables.steps.reshape(DEFINITIONS, t.STEPS, t.STEP_WORDS)
        self._open: dict[int, dict[int, str]] = {}  # place -> its optional steps without a kernel yet, and their kinds
        self._free = deque(range(DEFINITIONS))
        self._leaving: list[int] = []
        self._asked = np.zeros(DEFINITIONS, np.int64)  # voices that commands have started, for each place
        self._place: dict[str, int] = {}  # name -> place of its current definition
        self._versions: dict[str, int] = {}
        self._promised: dict[str, Callable[[], Definition]] = {}
        self.by_name: dict[str, Definition] = {}  # the definitions that were made
        self.by_key: dict[str, Definition] = {}  # the current ones by ``key``, which names them in session logs

    def __contains__(self, name: str) -> bool:
        return name in self.by_name or name in self._promised

    def names(self) -> list[str]:
        return [*self.by_name, *self._promised]

    def get(self, name: str) -> Definition | None:
        """The current definition of a name. It is made now if it was only promised. None if there is none."""
        if name in self._promised:
            self.add(self._promised[name]())
        return self.by_name.get(name)

    def promise(self, makers: Mapping[str, Callable[[], Definition]]) -> None:
        """Reserve places for definitions that are made when they are first needed."""
        self._promised |= makers

    def key(self, name: str) -> str:
        """The unique key of the current definition of a name: ``name`` for the first one, then ``name@2`` and so on."""
        version = self._versions[name]
        return name if version == 1 else f"{name}@{version}"

    def place(self, name: str) -> int:
        return self._place[name]

    def count_voice(self, place: int) -> None:
        """Count a voice that a command starts. The place stays in use until as many voices have ended."""
        self._asked[place] += 1

    def add(self, d: Definition) -> int:
        """Publish a definition; returns its place. If the name is known already, later voices get the new definition.

        Raises UsageError if all places are in use, KernelsMissing, CompileError.
        """
        self._code.need(d.always_used)
        self._reclaim()
        self._promised.pop(d.name, None)
        if len(self._free) <= min(len(self._promised), RESERVED):
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

    def require(self, d: Definition, controls: Container[str] | None) -> None:
        """Load the kernels of all optional steps that a voice with these controls uses; None: of all steps.

        Raises KernelsMissing, CompileError.
        """
        place = self._place[d.name]
        left = self._open.get(place)
        if not left:
            return
        triggers = {number for control, number in d.triggers.items() if controls is None or control in controls}
        steps = {k: kind for k, kind in left.items() if int(d.records[k][STEP_TRIGGER]) in triggers}
        if steps:
            self._code.need(steps.values())
            for k, kind in steps.items():
                self._set_kernels(place, k, kind)
                del left[k]

    def drop(self, name: str) -> None:
        """Remove a definition. Its voices sound on."""
        self._retire(name)
        del self._place[name], self.by_name[name]

    def _retire(self, name: str) -> None:
        self._leaving.append(self._place[name])
        self.by_key.pop(self.key(name), None)

    def _reclaim(self) -> None:
        """Free the places to which no voice and no command refers any more."""
        free = [k for k in self._leaving if self._asked[k] == self._done[k]]
        self._leaving = [k for k in self._leaving if k not in free]
        self._free.extend(free)

    def _write(self, k: int, d: Definition) -> None:
        e = self._tables
        self._steps[k][: len(d.records)] = d.records
        self._open[k] = {}
        for number, kind in enumerate(d.kernels):
            if self._code.has(kind):
                self._set_kernels(k, number, kind)
            else:
                self._open[k][number] = kind
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

    def _set_kernels(self, place: int, step: int, kind: str) -> None:
        record = self._steps[place][step]
        record[STEP_KERNEL], record[STEP_KERNEL_WIDE] = self._code.kernels(kind)
