"""Flat memory shared by the control side (NumPy) and compiled code (typed pointers): declared once, here.

A ``Struct`` is a list of eight-byte words: integers (``i64``), floats (``f64``) and pointers to arrays (``*f32`` ...).
In compiled code ``e.frame`` loads a word, ``e.frame = v`` stores one and ``e.heap[i]`` goes through a pointer. In Python a
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
    """A named layout: field name -> ``i64``, ``f64`` or ``*dtype`` (a pointer to an array of that dtype)."""

    def __init__(self, name: str, **fields: str) -> None:
        for field, code in fields.items():
            known = code in ("i64", "f64") or (code[:1] == "*" and code[1:] in DTYPES)
            if not known:
                raise ValueError(f"struct {name}: field {field} has unknown type {code!r}; use i64, f64 or *dtype")
        self.name = name
        self.fields = fields
        self.offsets = {field: 8 * k for k, field in enumerate(fields)}

    @property
    def words(self) -> int:
        return len(self.fields)


class StructView:
    """One instance of a ``Struct`` in memory, owned by Python; ``address`` is what compiled code gets."""

    _struct: Struct
    _words: np.ndarray
    _arrays: dict[str, np.ndarray]

    def __init__(self, struct: Struct) -> None:
        object.__setattr__(self, "_struct", struct)
        object.__setattr__(self, "_words", aligned_zeros(struct.words, np.int64))
        object.__setattr__(self, "_floats", self._words.view(np.float64))
        object.__setattr__(self, "_arrays", {})

    @property
    def address(self) -> int:
        return int(self._words.ctypes.data)

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays attached, once each."""
        return sum({id(a): a.nbytes for a in self._arrays.values()}.values())

    def __getattr__(self, name: str) -> Any:
        try:
            code = self._struct.fields[name]
        except KeyError:
            raise AttributeError(f"{self._struct.name} has no field {name!r}") from None
        if code[0] == "*":
            return self._arrays[name]
        index = self._struct.offsets[name] // 8
        return float(self._floats[index]) if code == "f64" else int(self._words[index])

    def __setattr__(self, name: str, value: Any) -> None:
        code = self._struct.fields[name]
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

    def missing(self) -> list[str]:
        """Pointer fields that nothing has been attached to (compiled code would read address 0)."""
        return [f for f, code in self._struct.fields.items() if code[0] == "*" and f not in self._arrays]


def aligned_zeros(shape: int | tuple[int, ...], dtype: Any, align: int = 128, *, resident: bool = True) -> np.ndarray:
    """Zeroed array whose first byte lies on an ``align``-byte boundary and whose pages are all resident.

    Not ``resident``: pages come when they are first written, for tables that Python fills before compiled code reads them.
    """
    dtype = np.dtype(dtype)
    count = int(np.prod(shape))
    raw = np.zeros(count * dtype.itemsize + align, np.uint8)
    start = -raw.ctypes.data % align
    if resident:
        raw[:] = 0  # written: a page that never was faults in the audio thread
    return raw[start : start + count * dtype.itemsize].view(dtype).reshape(shape)


def array_at(address: int, count: int, dtype: Any) -> np.ndarray:
    """NumPy view of memory that somebody else owns."""
    dtype = np.dtype(dtype)
    raw = (ctypes.c_uint8 * (count * dtype.itemsize)).from_address(address)
    return np.frombuffer(raw, dtype)
