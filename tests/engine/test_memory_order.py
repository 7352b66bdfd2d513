"""Words that two threads share are written and read in an order that every CPU keeps, even with a weak memory model (aarch64)."""

from __future__ import annotations

import re
import threading
from typing import Any

import llvmlite.binding as llvm
import numpy as np
import pytest

from dsp import lowering_machine, numba_api
from dsp.compile import compile_function
from dsp.lanes import INLINE
from dsp.load import Library
from dsp.lowering import POINTED, PtrType, StructType
from dsp.structs import Struct, StructView
from phonon_osc.engine.audio import clock, slots
from phonon_osc.engine.audio.parts import CLOCK, DEFINITIONS
from phonon_osc.engine.audio.tables import CLOCK_SEQ, SHARED_WORDS
from phonon_osc.engine.clock import LiveClock

from .rig import engine, hit, render

STORE, LOAD, RELEASE, ACQUIRE, FENCE = "store", "load", "release", "acquire", "fence"
MEANING = {
    **dict.fromkeys(("str", "stp", "stur"), STORE),
    **dict.fromkeys(("ldr", "ldp", "ldur"), LOAD),
    "stlr": RELEASE,
    **dict.fromkeys(("ldar", "ldapr"), ACQUIRE),
    "dmb": FENCE,
}


def on_aarch64(function: Any, *args: Struct | str) -> list[str]:
    """The memory accesses of a function on aarch64, in the order of its instructions, without those to its own stack."""
    assert lowering_machine.W is numba_api.types.int64, "importing this module registers what compiled code may do"
    for inlined in INLINE:
        numba_api.register_jitable(inlined)
    typed = tuple(StructType(a) if isinstance(a, Struct) else PtrType(POINTED[a[1:]]) for a in args)
    text, name = numba_api.lower(function, typed)
    text = re.sub(r'"(target-cpu|target-features|tune-cpu)"="[^"]*"', "", text)
    text = re.sub(r'target (triple|datalayout) = "[^"]*"', "", text)
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    target = llvm.Target.from_triple("aarch64-unknown-linux-gnu")
    machine = target.create_target_machine(cpu="generic", opt=3)
    module = llvm.parse_assembly(text)
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=3))
    builder.getModulePassManager().run(module, builder)
    lines = machine.emit_assembly(module).split(f"\n{name}:")[1].split(".Lfunc_end")[0].splitlines()
    words = [line.split() for line in lines if line.startswith("\t") and "[sp" not in line]
    return [MEANING[word[0]] for word in words if word[0] in MEANING]


def test_the_clock_is_published_completely() -> None:
    def publish(e: Any, at: Any) -> None:
        clock.publish_clock(e, at[0], at[1], at[2])

    done = on_aarch64(publish, CLOCK, "*f64")
    odd = done.index(RELEASE)
    even = odd + 1 + done[odd + 1 :].index(RELEASE)
    assert done[odd + 1 : even].count(STORE) in (2, 3), "time, frame, period; two of them may share an instruction"
    assert FENCE in done[odd + 1 : odd + 1 + done[odd + 1 :].index(STORE)], "before the first of them"


def test_the_clock_is_read_completely() -> None:
    done = on_aarch64(clock.read_clock, CLOCK, "*f64")
    first = done.index(ACQUIRE)
    fence = done.index(FENCE)
    second = len(done) - 1 - done[::-1].index(ACQUIRE)
    assert first < fence < second
    assert done[first:fence].count(LOAD) >= 2 and LOAD not in done[fence:second]


def test_a_mapping_is_never_torn() -> None:
    """One thread publishes and another reads. The values of the three words show whether they belong together."""

    def publish_many(e: Any, first: int, count: int) -> None:
        for k in range(first, first + count):
            clock.publish_clock(e, k * 1.0, k, k * 2.0)

    code = Library(
        {
            "publish": compile_function("publish", publish_many, (CLOCK, "i64", "i64")),
            "read_clock": compile_function("read_clock", clock.read_clock, (CLOCK, "*f64")),
        }
    )
    view = StructView(CLOCK)
    view.shared = np.zeros(SHARED_WORDS, np.int64)
    publish, live = code.function("publish", 3), LiveClock(code, view)
    stop = threading.Event()

    def write() -> None:
        at = 1
        while not stop.is_set():
            publish(view.address, at, 10000)
            at += 10000

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = [live.mapping() for _ in range(20000)]
    finally:
        stop.set()
        writer.join()
    assert all(then == frame and period == 2 * frame for then, frame, period in seen)
    assert len({frame for _, frame, _ in seen}) > 1 and view.shared[CLOCK_SEQ] % 2 == 0


class Table:
    """A table of the definitions that records how it is used."""

    def __init__(self, name: str, values: np.ndarray, done: list[str]) -> None:
        self._name, self.values, self._done = name, values, done

    def __getitem__(self, k: int) -> Any:
        if self._name != "done":
            self._done.append(f"read {self._name}")
        return self.values[k]

    def __setitem__(self, k: int, value: Any) -> None:
        self._done.append(f"write {self._name}")
        self.values[k] = value


class Watched:
    """A part like another one, with some fields replaced."""

    def __init__(self, part: Any, **fields: Any) -> None:
        self.__dict__.update(fields, _part=part)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._part, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._part, name, value)


def test_a_definition_is_released_after_it_was_last_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control side may write another definition in its place as soon as its voices are counted as ended."""
    e = engine()
    hit(e, 0, seconds=1.0)
    render(e, 64)
    slabs, done = e.tables.slabs, []
    real = slabs.definitions
    fields = {name: Table(name, getattr(real, name), done) for name in DEFINITIONS.fields}

    def store(table: Table, k: int, value: int) -> None:
        table[k] = value

    monkeypatch.setattr(slots, "atomic_store", store, raising=False)
    monkeypatch.setattr(slots, "address", lambda table, k: table.ctypes.data + k * table.itemsize)
    before = real.done.sum()
    slots.free_lane(e.tables.queue, Watched(slabs, definitions=Watched(real, **fields)), 1, 0)
    assert real.done.sum() == before + 1
    assert done.count("write done") == 1 and done[-1] == "write done" and len(done) > 2
