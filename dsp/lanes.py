"""Rows, as kernels see them. This module defines them with NumPy.

A kernel computes one *row* at a time: one sample of every voice ("lane") of a slab. Run as plain Python the rows are
NumPy arrays and the functions below do what their text says. Compiled, ``dsp.lowering`` turns a row into one LLVM vector and each
function into a few instructions. Kernels use operators, these functions, ``np.where``, ``np.sqrt``, ``np.floor`` and
``np.abs``, and nothing else. Nothing here imports numba.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

LANES = 32  # lanes of a slab, for every width of a pass: so lane numbers and sums over lanes never depend on the width
WIDTHS = (4, 8, 16, 32)  # possible widths of a pass, in lanes
BLOCK = 64  # frames of a block

F = TypeVar("F", bound=Callable[..., Any])
INLINE: list[Callable[..., Any]] = []  # plain functions that kernels may call; they are compiled into their callers


def inline(function: F) -> F:
    """Mark a plain function as callable from kernels. It is inlined there; in Python it does not change."""
    INLINE.append(function)
    return function


# --- rows of numbers -----------------------------------------------------------------------------------------------
def fmin(a: Any, b: Any) -> Any:
    """Smaller of a and b; b where a is not a number (b itself must be a number)."""
    return np.fmin(a, b)


def fmax(a: Any, b: Any) -> Any:
    """Larger of a and b; b where a is not a number (b itself must be a number)."""
    return np.fmax(a, b)


def times(a: Any, b: Any) -> Any:
    """a * b, rounded separately. In a b + c d the compiler fuses one product into the sum. Which one may depend on the width and
    on the code around it. So write ``times(a, b) + c * d`` for a sum of two products: then it is always the second.
    """
    return a * b


def to_int(x: Any) -> Any:
    """Float rows to 32-bit integers, toward zero. The caller keeps x within +-2^31."""
    return np.asarray(x).astype(np.int32)


def to_float(i: Any) -> Any:
    """32-bit integer rows to float. Plain numbers, which compiled code keeps in double precision, become single precision."""
    return np.asarray(i).astype(np.float32)


def float_bits(x: Any) -> Any:
    """The 32 bits of each float, as an integer."""
    return np.asarray(x, np.float32).view(np.int32)


def bits_float(i: Any) -> Any:
    """The float that has these 32 bits."""
    return np.asarray(i, np.int32).view(np.float32)


def shift_right(i: Any, count: int) -> Any:
    """Logical (zero-filling) shift of 32-bit integers."""
    return (np.asarray(i, np.int32).view(np.uint32) >> np.uint32(count)).view(np.int32)


def wrap_int(i: Any) -> Any:
    """The low 32 bits of whole numbers, signed. Integer rows wrap by themselves; this wraps plain Python numbers in the same way."""
    return np.asarray(i).astype(np.int32)


def plain_int(i: Any) -> int:
    """A whole number of a ``per_lane`` kernel as a number to count loops with: in Python it is a row of one."""
    return int(np.asarray(i).reshape(-1)[0])


def any_lane(mask: Any) -> bool:
    """True if the condition holds in at least one lane. A branch on it must not change any lane's result."""
    return bool(np.any(mask))


# --- the arguments of a kernel -------------------------------------------------------------------------------------
class Signal:
    """``x[i]`` is row i. A constant has one row, which is read for every i; then ``moving`` is False."""

    def __init__(self, rows: np.ndarray, moving: bool = True) -> None:
        self.rows, self.moving = rows, moving

    def __getitem__(self, i: int) -> np.ndarray:
        return np.array(self.rows[i if self.moving else 0])

    def __setitem__(self, i: int, value: Any) -> None:
        self.rows[i] = value


class State:
    """Named rows that persist between blocks: floats, or 32-bit integers for names declared in ``ints``."""

    def __init__(self, names: tuple[str, ...], ints: tuple[str, ...], lanes: int) -> None:
        object.__setattr__(self, "_rows", {n: np.zeros(lanes, np.int32 if n in ints else np.float32) for n in names})

    def __getattr__(self, name: str) -> np.ndarray:
        return np.array(self.__dict__["_rows"][name])

    def __setattr__(self, name: str, value: Any) -> None:
        self._rows[name][:] = value


class Memory:
    """A ring of floats per lane (delay lines) in absolute time, a power of two long.

    Row ``i + delay`` reads what row ``i`` wrote. ``offset`` shifts the place in the ring: several lines can share one memory
    if each stays in its own part ahead of the writer. Cells from before the lane's start read as silence.
    """

    def __init__(self, size: int, lanes: int) -> None:
        self.rows = np.zeros((size, lanes), np.float32)
        self.frame = 0  # absolute frame of row 0
        self.age = np.zeros(lanes, np.int32)  # of each lane at row 0

    def read(self, i: int, delay: Any, offset: int = 0) -> np.ndarray:
        """The value written ``delay`` frames (a row of integers) before row i."""
        size, lanes = self.rows.shape
        delay = np.broadcast_to(np.asarray(delay), (lanes,))
        value = self.rows[(self.frame + i + offset - delay) & (size - 1), np.arange(lanes)]
        return np.where(delay <= self.age + i, value, np.float32(0.0))

    def read_line(self, i: int, delay: int, offset: int = 0) -> np.ndarray:
        """``read`` with one delay for all lanes: much cheaper if the lanes' memories are interleaved, as those of orbits are."""
        return self.read(i, delay, offset)

    def write_line(self, i: int, value: Any, offset: int = 0) -> None:
        """``write`` for kinds that use ``read_line``."""
        self.write(i, value, offset)

    def write(self, i: int, value: Any, offset: int = 0) -> None:
        size = self.rows.shape[0]
        self.rows[(self.frame + i + offset) & (size - 1)] = value

    # A ``per_lane`` kind without ``lines`` may use its memory as an array instead, ``memory[cell]`` with 0 <= cell < length. A
    # cell stays in its place. Until it is written, it holds a value of an earlier voice.
    def __getitem__(self, cell: int) -> np.ndarray:
        if cell < 0:
            raise IndexError(f"cell {cell} of a memory")
        return np.array(self.rows[cell])

    def __setitem__(self, cell: int, value: Any) -> None:
        if cell < 0:
            raise IndexError(f"cell {cell} of a memory")
        self.rows[cell] = value


class Buffers:
    """The loaded samples: stereo frames."""

    def __init__(self, sounds: list[tuple[np.ndarray, float]]) -> None:
        self.sounds = sounds  # (frames, 2) float32, rate in Hz

    def pick(self, index: Any) -> Buffer:
        return Buffer([self.sounds[int(k) if 0 <= int(k) < len(self.sounds) else 0] for k in np.asarray(index)])


class Buffer:
    """The sample that each lane plays: ``frames`` (integers), ``rate`` (Hz) and the frames themselves."""

    def __init__(self, sounds: list[tuple[np.ndarray, float]]) -> None:
        self._sounds = sounds
        self.frames = np.array([len(s) for s, _ in sounds], np.int32)
        self.rate = np.array([r for _, r in sounds], np.float32)

    def left_right(self, position: Any) -> tuple[np.ndarray, np.ndarray]:
        """Left and right value of frame ``position`` (clamped to the file) of each lane's sample."""
        pairs = [s[min(max(int(p), 0), len(s) - 1)] for (s, _), p in zip(self._sounds, position, strict=True)]
        both = np.array(pairs, np.float32)
        return both[:, 0], both[:, 1]

    def two(self, position: Any) -> tuple[np.ndarray, ...]:
        """Left and right of two successive frames, cheaper than one by one. All of them must lie inside the file."""
        return (*self.left_right(position), *self.left_right(position + 1))

    def four(self, position: Any) -> tuple[np.ndarray, ...]:
        """Left and right of four successive frames. All of them must lie inside the file."""
        return (*self.two(position), *self.two(position + 2))


class Bus:
    """The sums of the voices of each orbit: sixteen columns per channel. A voice's column is its lane modulo 16."""

    COLUMNS = 16

    def __init__(self, orbits: int, lanes: int) -> None:
        self.sums = np.zeros(
            (orbits + 1, 2, BLOCK, self.COLUMNS), np.float32
        )  # the last is orbit -1, which is not audible
        self.orbit = np.zeros(lanes, np.int32)
        self.active = np.ones(lanes, bool)
        self.peak = np.zeros(lanes, np.float32)
        self.first = 0

    def note_peak(self, value: Any) -> None:
        """Raise each active lane's peak to ``value``. Not-a-number stays, so that the engine sees it."""
        keep = np.asarray(self.peak >= value) | ~self.active
        self.peak = np.where(keep, self.peak, value)

    def heard(self) -> int:
        """The lanes that sound, one bit each."""
        return sum(1 << int(lane) for lane in np.flatnonzero(self.active))

    def members(self, bits: int) -> Any:
        """The lanes, out of these (at least one), that play into the orbit of the lowest lane."""
        lanes = np.arange(len(self.orbit))
        lowest = (bits & -bits).bit_length() - 1
        return ((bits >> lanes) & 1 != 0) & (self.orbit == self.orbit[lowest])

    def others(self, bits: int) -> int:
        """These lanes without ``members``."""
        return bits & ~sum(1 << int(lane) for lane in np.flatnonzero(self.members(bits)))

    def place(self, bits: int) -> int:
        """The place of the sums of the orbit of ``members``, for ``add``."""
        return int(self.orbit[(bits & -bits).bit_length() - 1])

    def add(self, place: int, i: int, left: Any, right: Any) -> None:
        """Add row i of all lanes to one orbit. Lanes that do not belong to it must be 0."""
        for lane in range(len(self.orbit)):
            self.sums[place, 0, self.first + i, lane % self.COLUMNS] += left[lane]
            self.sums[place, 1, self.first + i, lane % self.COLUMNS] += right[lane]


class Env:
    """The values that stay the same for a whole call: rate, frames since each lane's start, each lane's seed."""

    def __init__(self, rate: float, lanes: int) -> None:
        self.rate = np.float32(rate)
        self.dt = np.float32(1.0 / rate)
        self.frame = 0  # absolute frame of row 0, modulo 2^31
        self.age = np.zeros(lanes, np.int32)
        self.seed = np.arange(lanes, dtype=np.int32) * 7919 + 1
