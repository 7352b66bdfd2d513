"""Runs a single kind: compiled, called with the raw words of ``dsp.abi``, or as plain Python (the twin).

Both run as a step does in the engine: blocks of 64 on one absolute grid, spans that never cross a block, state that
starts as zero, memory with values of earlier voices. ``render`` and ``twin`` do one run from the lanes' start. With the
classes behind them a run can continue (another ``run``) and lanes can restart (``restart``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from dsp import abi
from dsp.kind import Kind, kinds
from dsp.lanes import BLOCK, LANES, Buffers, Bus, Env, Memory, Signal, State
from dsp.load import Library, gather, kind_job
from dsp.structs import StructView, aligned_zeros

START = 1000 * BLOCK  # absolute frame of the first row of a run
SALT = 0x1234567
ORBITS = 2
PAD = 80  # floats between the memories of two lanes: at a distance of a power of two they would share one set of the CPU's cache
SILENT_LANE = 5  # a lane without a voice, for kinds that write to the bus

_functions: dict[str, Callable[..., None]] = {}
_libraries: list[Library] = []  # kept so that their code outlives the functions

Value = float | np.ndarray
Sound = tuple[np.ndarray, float]  # (frames, 2), rate in Hz


def symbol(kind: Kind, width: int) -> str:
    return f"{kind.name}_{1 if kind.per_lane else width}"


def load(wanted: Sequence[tuple[str, int]]) -> None:
    """Load these kinds at these widths from the cache, or compile them."""
    jobs = {symbol(kinds()[name], width): kind_job(name, width) for name, width in wanted}
    missing = {s: job for s, job in jobs.items() if s not in _functions}
    if missing:
        library = Library(gather(missing.values()))
        _libraries.append(library)
        _functions.update({s: library.function(s, 7) for s in missing})


def _signal(value: Value, frames: int) -> tuple[np.ndarray, bool]:
    """A contiguous (rows, LANES) array and whether it has a row per frame."""
    array = np.asarray(value, np.float32)
    moving = array.ndim == 2
    rows = frames if moving else 1
    if moving and len(array) != frames:
        raise ValueError(f"a moving signal has {len(array)} rows, but the run has {frames}")
    out = aligned_zeros((max(rows, 1), LANES), np.float32)
    out[:rows] = array
    return out, moving


def _spans(start: int, frames: int, splits: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """(first row of the block, row in the block, count) of spans with these lengths in turn, also cut at the grid."""
    done, turn = 0, 0
    left = splits[0]
    while done < frames:
        row = (start + done) % BLOCK
        n = min(left, BLOCK - row, frames - done)
        yield done - row, row, n
        done += n
        left -= n
        if left == 0:
            turn += 1
            left = splits[turn % len(splits)]


class Lanes:
    """The 32 lanes of one step. ``control`` runs it at control rate: one row per block."""

    def __init__(
        self,
        kind_name: str,
        *,
        rate: float = 48000.0,
        seed: int | np.ndarray = 1,
        start_age: int | np.ndarray = 0,
        buffers: Sequence[Sound] = (),
        junk: np.ndarray | None = None,
        control: bool = False,
    ) -> None:
        self.kind = kinds()[kind_name]
        self.control = control
        self.rate = rate / BLOCK if control else rate
        self.frame = START
        self.lane_start = np.full(LANES, START, np.int64) - start_age
        seeds = np.arange(LANES, dtype=np.int64) * 7919 + seed if np.ndim(seed) == 0 else np.asarray(seed)
        self.seeds = seeds.astype(np.int32)
        self.sounds = [(np.zeros((1, 2), np.float32), rate), *((np.asarray(s, np.float32), r) for s, r in buffers)]
        self.active = np.ones(LANES, bool)
        self.active[SILENT_LANE] = not self.kind.bus
        self.orbit = (np.arange(LANES, dtype=np.int32) % 3 == 0).astype(np.int32)
        self.sums = aligned_zeros((ORBITS, 2, BLOCK, Bus.COLUMNS), np.float32)
        self.peak = aligned_zeros(LANES, np.float32)
        size = self.kind.memory_frames(rate)
        # (LANES, size): values of earlier voices. Not-a-number by default, since none of them may be audible.
        self.memory = aligned_zeros((LANES, size + PAD), np.float32)[:, :size]
        self.memory[:] = np.nan if junk is None else np.resize(junk, (LANES, size))
        self.prepare()

    def prepare(self) -> None:
        """Prepare what the subclass needs in addition."""
        raise NotImplementedError

    def span(self, signals: list[tuple[np.ndarray, bool]], block: int, row: int, n: int) -> None:
        """Run rows ``row .. row + n`` of the block whose row 0 is row ``block`` of the run."""
        raise NotImplementedError

    def clear_state(self) -> None:
        raise NotImplementedError

    def age(self) -> np.ndarray:
        return np.clip(self.frame - self.lane_start, 0, 1 << 30).astype(np.int32)

    def restart(self) -> None:
        """Restart all lanes here, as when new voices take them: state is cleared, memory is not."""
        self.lane_start[:] = self.frame
        self.peak[:] = 0.0
        self.clear_state()

    def run(
        self,
        frames: int,
        *,
        inputs: Mapping[str, Value] | None = None,
        params: Mapping[str, Value] | None = None,
        splits: Sequence[int] | None = None,
    ) -> dict[str, np.ndarray]:
        """The outputs of the next ``frames`` rows (of a kind with a bus: the sums and the peaks)."""
        given = {**(inputs or {}), **(params or {})}
        unknown = set(given) - set(self.kind.ins) - set(self.kind.params)
        if unknown:
            raise ValueError(f"{self.kind.name} has no {', '.join(sorted(unknown))}")
        signals = [_signal(given.get(name, 0.0), frames) for name in self.kind.ins]
        signals += [_signal(given.get(name, p.default), frames) for name, p in self.kind.params.items()]
        outs = [aligned_zeros((frames, LANES), np.float32) for _ in self.kind.outs]
        for rows in outs:
            rows[:] = 7e30  # so that a row that is not written is noticed
        signals += [(rows, True) for rows in outs]
        bus = np.zeros((2, frames, LANES), np.float32)
        spans = ((r, 0, 1) for r in range(frames)) if self.control else _spans(self.frame, frames, splits or (BLOCK,))
        for block, row, n in spans:
            if row == 0:
                self.sums[:] = 0.0
            self.span(signals, block, row, n)
            self.frame += BLOCK if self.control else n
            for orbit in range(ORBITS if self.kind.bus else 0):
                columns = slice(orbit * Bus.COLUMNS, (orbit + 1) * Bus.COLUMNS)
                bus[:, block + row : block + row + n, columns] = self.sums[orbit, :, row : row + n]
        if self.kind.bus:
            return {"sum_left": bus[0], "sum_right": bus[1], "peak": self.peak[None].copy()}
        return dict(zip(self.kind.outs, outs, strict=True))


class Compiled(Lanes):
    """Machine code, called with the words of ``dsp.abi`` and nothing else."""

    def __init__(self, kind_name: str, width: int = 16, interleaved: bool = False, **how: Any) -> None:
        self.width, self.interleaved = width, interleaved
        super().__init__(kind_name, **how)

    def prepare(self) -> None:
        load([(self.kind.name, self.width)])
        self.function = _functions[symbol(self.kind, self.width)]
        self.state = aligned_zeros((len(self.kind.state) + 1, LANES), np.int32)
        self.addresses = np.array([row.ctypes.data for row in self.memory], np.int64)
        self.regs = aligned_zeros((len(self.kind.signals), 2), np.int64)
        self.step = aligned_zeros(abi.STEP_SIGNALS + len(self.kind.signals), np.int64)
        self.step[abi.STEP_MEMORY_MASK] = self.memory.shape[1] - 1
        self.step[abi.STEP_MEMORY_STRIDE] = 4
        if self.interleaved:
            self.rows = aligned_zeros((self.memory.shape[1], LANES), np.float32)
            self.rows[:] = self.memory.T
            self.addresses[:] = self.rows.ctypes.data + 4 * np.arange(LANES)
            self.step[abi.STEP_MEMORY_STRIDE] = abi.STATE_ROW
        self.step[abi.STEP_SALT] = SALT
        self.step[abi.STEP_SIGNALS :] = np.arange(len(self.kind.signals))
        # A kernel must not read outside a sample, so both ends are padded with not-a-number.
        self.padded = [np.pad(s, ((4, 4), (0, 0)), constant_values=np.nan).astype(np.float32) for s, _ in self.sounds]
        self.env = StructView(abi.ENV)
        self.env.rate, self.env.dt = self.rate, 1.0 / self.rate
        self.env.buffer_data = np.array([s[4:].ctypes.data for s in self.padded], np.int64)
        self.env.buffer_frames = np.array([len(s) for s, _ in self.sounds], np.int32)
        self.env.buffer_rate = np.array([r for _, r in self.sounds], np.float32)
        self.env.buffers = len(self.sounds)
        self.env.sums = self.sums

    def clear_state(self) -> None:
        self.state[:] = 0

    def point(self, signals: list[tuple[np.ndarray, bool]], block: int, lane: int) -> None:
        """Point the registers at ``lane`` and row ``block`` of these signals."""
        for k, (rows, moving) in enumerate(signals):
            stride = LANES * 4 if moving else 0
            self.regs[k] = rows.ctypes.data + block * stride + lane * 4, stride

    def set_env(self, lane: int, age: np.ndarray) -> None:
        lanes = slice(lane, lane + self.width)
        self.env.frame = self.frame & 0x7FFFFFFF
        self.env.age, self.env.seed, self.env.orbit = age[lanes], self.seeds[lanes], self.orbit[lanes]
        self.env.peak = self.peak[lanes]
        self.env.active = sum(1 << k for k in range(self.width) if self.active[lane + k])
        self.env.column = lane

    def call(self, lane: int, row: int, n: int) -> None:
        self.function(
            self.regs.ctypes.data,
            self.step.ctypes.data,
            self.state.ctypes.data + lane * 4,
            self.addresses.ctypes.data + lane * 8,
            row,
            n,
            self.env.address,
        )

    def span(self, signals: list[tuple[np.ndarray, bool]], block: int, row: int, n: int) -> None:
        age = self.age()
        for lane in range(0, LANES, self.width):
            self.point(signals, block, lane)
            self.set_env(lane, age)
            self.call(lane, row, n)
        if self.state[-1].any():
            raise AssertionError(f"{self.kind.name} writes beyond its state")


class Twin(Lanes):
    """The kernel as plain Python: over all lanes at once, or lane by lane if it is declared ``per_lane``."""

    def prepare(self) -> None:
        groups = [[k] for k in range(LANES)] if self.kind.per_lane else [list(range(LANES))]
        self.groups = [np.array(g) for g in groups]
        self.clear_state()
        self.lines = [Memory(1, len(g)) for g in self.groups]
        for line, group in zip(self.lines, self.groups, strict=True):
            line.rows = self.memory[group].T.copy()
        self.bus = Bus(ORBITS, LANES)
        self.bus.sums, self.bus.orbit, self.bus.active = self.sums, self.orbit, self.active

    def clear_state(self) -> None:
        self.states = [State(self.kind.state, self.kind.ints, len(g)) for g in self.groups]

    def span(self, signals: list[tuple[np.ndarray, bool]], block: int, row: int, n: int) -> None:
        age = self.age()
        self.bus.first = row
        at = slice(block + row, block + row + n)
        for group, state, line in zip(self.groups, self.states, self.lines, strict=True):
            views = [Signal(rows[at] if moving else rows, moving) for rows, moving in signals]
            if self.kind.per_lane:
                views = [Signal(v.rows[:, group[0] : group[0] + 1], v.moving) for v in views]
            env = Env(self.rate, len(group))
            env.frame, env.age, env.seed = self.frame, age[group], self.seeds[group]
            line.frame, line.age = self.frame, age[group]
            extra = {
                "state": state if self.kind.state else None,
                "memory": line if self.kind.memory else None,
                "seed": self.seeds[group] ^ np.int32(SALT) if self.kind.seeded else None,
                "buffers": Buffers(self.sounds) if self.kind.reads_buffers else None,
                "bus": self.bus if self.kind.bus else None,
            }
            with np.errstate(all="ignore"):
                self.kind.kernel(*views, *(v for v in extra.values() if v is not None), n, env)
        self.peak[:] = self.bus.peak


def render(
    kind_name: str,
    frames: int,
    *,
    width: int = 16,
    rate: float = 48000.0,
    inputs: Mapping[str, Value] | None = None,
    params: Mapping[str, Value] | None = None,
    splits: Sequence[int] | None = None,
    **how: Any,
) -> dict[str, np.ndarray]:
    """Outputs (frames, LANES) of the compiled kind, from the start of its lanes.

    Inputs and parameters are one number, one number per lane, or (frames, LANES). Only the last is a moving signal.
    """
    return Compiled(kind_name, width, rate=rate, **how).run(frames, inputs=inputs, params=params, splits=splits)


def twin(
    kind_name: str,
    frames: int,
    *,
    width: int = 16,
    rate: float = 48000.0,
    inputs: Mapping[str, Value] | None = None,
    params: Mapping[str, Value] | None = None,
    splits: Sequence[int] | None = None,
    **how: Any,
) -> dict[str, np.ndarray]:
    """Outputs of the Python kernel, as ``render``; it ignores ``width``."""
    return Twin(kind_name, rate=rate, **how).run(frames, inputs=inputs, params=params, splits=splits)
