"""Flat memory shared by the control side (NumPy) and compiled code (typed pointers): each layout is declared once.

A ``Struct`` is a list of eight-byte words: integers (``i64``), floats (``f64``) and pointers to arrays (``*f32`` ...); other
structs may lie inside it as parts. In compiled code ``s.frame`` loads a word, ``s.frame = v`` stores one, ``s.heap[i]`` reads
through a pointer, and ``s.queue`` is a part. The compiler knows its offset, so a part costs nothing. In Python a
``StructView`` gives the same names as numbers and NumPy arrays. Nothing here imports numba.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

DTYPES = {
    "i64": np.dtype(np.int64),
    "f64": np.dtype(np.float64),
    "i32": np.dtype(np.int32),
    "u32": np.dtype(np.uint32),
    "f32": np.dtype(np.float32),
    "u8": np.dtype(np.uint8),
}


class Struct:
    """A named layout: field name -> ``i64``, ``f64``, ``*dtype`` (a pointer to an array), or a ``Struct`` inside it."""

    def __init__(self, name: str, **fields: str | Struct) -> None:
        self.name = name
        self.fields = fields
        self.offsets: dict[str, int] = {}  # bytes
        self.words = 0
        for field, code in fields.items():
            self.offsets[field] = 8 * self.words
            if isinstance(code, Struct):
                self.words += code.words
                continue
            if code not in ("i64", "f64") and not (code[:1] == "*" and code[1:] in DTYPES):
                raise ValueError(
                    f"struct {name}: field {field} has unknown type {code!r}; use i64, f64, *dtype or a Struct"
                )
            self.words += 1

    def offset(self, path: str) -> int:
        """Bytes from the start of the struct to a field. Dots separate parts: ``device.process``."""
        name, _, rest = path.partition(".")
        part = self.fields[name]
        return self.offsets[name] + (part.offset(rest) if isinstance(part, Struct) and rest else 0)

    @property
    def layout(self) -> tuple[object, ...]:
        """A text of everything that shapes compiled code: names and types, including those of the parts."""
        return self.name, *((k, v.layout if isinstance(v, Struct) else v) for k, v in self.fields.items())


class StructView:
    """One instance of a ``Struct`` in memory that Python owns; compiled code gets its ``address``.

    A part is a separate view (``engine.queue.ring``) of the same memory, with its own address.
    """

    _struct: Struct
    _words: np.ndarray
    _floats: np.ndarray
    _arrays: dict[str, np.ndarray]
    _parts: dict[str, StructView]

    def __init__(self, struct: Struct, words: np.ndarray | None = None) -> None:
        mine = aligned_zeros(struct.words, np.int64) if words is None else words
        parts = {
            name: StructView(code, mine[struct.offsets[name] // 8 :][: code.words])
            for name, code in struct.fields.items()
            if isinstance(code, Struct)
        }
        for name, value in (("_struct", struct), ("_words", mine), ("_arrays", {}), ("_parts", parts)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "_floats", mine.view(np.float64))

    @property
    def address(self) -> int:
        return int(self._words.ctypes.data)

    @property
    def words(self) -> np.ndarray:
        """The struct itself, as 64-bit words."""
        return self._words

    @property
    def nbytes(self) -> int:
        """Bytes of all attached arrays, including those of the parts; each counts once."""
        return sum(self._sizes().values())

    def _sizes(self) -> dict[int, int]:
        sizes = {id(a): a.nbytes for a in self._arrays.values()}
        for part in self._parts.values():
            sizes |= part._sizes()
        return sizes

    def _code(self, name: str) -> str:
        code = self._struct.fields.get(name)
        if not isinstance(code, str):
            raise AttributeError(f"{self._struct.name} has no field {name!r}" + (" to set" if code else ""))
        return code

    def __getattr__(self, name: str) -> Any:
        if name in self._parts:
            return self._parts[name]
        code = self._code(name)
        if code[0] == "*":
            return self._arrays[name]
        index = self._struct.offsets[name] // 8
        return float(self._floats[index]) if code == "f64" else int(self._words[index])

    def __setattr__(self, name: str, value: Any) -> None:
        code = self._code(name)
        index = self._struct.offsets[name] // 8
        if code[0] == "*":
            if value.dtype != DTYPES[code[1:]] or not value.flags.c_contiguous:
                raise TypeError(f"{self._struct.name}.{name} takes a contiguous array of {code[1:]}, got {value.dtype}")
            self._arrays[name] = value
            self._words[index] = value.ctypes.data
        elif code == "f64":
            self._floats[index] = value
        else:
            self._words[index] = value

    def allocate(self, count: int, *names: str) -> None:
        """Attach a zeroed, resident array of ``count`` elements of the declared type to each of these fields."""
        for name in names:
            setattr(self, name, aligned_zeros(count, DTYPES[self._code(name)[1:]]))

    def missing(self) -> list[str]:
        """Pointer fields without an array, including those of the parts. Compiled code would read address 0 there."""
        own = [f for f, code in self._struct.fields.items() if str(code)[0] == "*" and f not in self._arrays]
        return own + [f"{name}.{field}" for name, part in self._parts.items() for field in part.missing()]


def aligned_zeros(shape: int | tuple[int, ...], dtype: Any, align: int = 128, *, resident: bool = True) -> np.ndarray:
    """Zeroed array whose first byte lies on an ``align``-byte boundary and whose pages are all resident.

    With ``resident`` False, pages come when they are first written. This is for tables that Python fills before compiled code reads.
    """
    dtype = np.dtype(dtype)
    count = int(np.prod(shape))
    raw = np.zeros(count * dtype.itemsize + align, np.uint8)
    start = -raw.ctypes.data % align
    if resident:
        raw[:] = 0  # write to all pages: a page that was never written faults in the audio thread
    return raw[start : start + count * dtype.itemsize].view(dtype).reshape(shape)


def array_at(address: int, count: int, dtype: Any) -> np.ndarray:
    """NumPy view of memory that belongs to other code."""
    dtype = np.dtype(dtype)
    raw = (ctypes.c_uint8 * (count * dtype.itemsize)).from_address(address)
    return np.frombuffer(raw, dtype)
