"""Rows for numba: they become LLVM vectors (``dsp.lanes`` defines them with NumPy).

A multiplication and an addition may fuse, not-a-number stays not-a-number, and every width gives the same bits. Types of width 1 are
numba's own scalars, for kinds that are declared ``per_lane``. Importing this package registers everything with numba.
"""

from __future__ import annotations

from dsp.lowering import access, functions, operators, resources
from dsp.lowering.access import pointer
from dsp.lowering.entry import entry_intrinsics
from dsp.lowering.rows import F32, F64, I32, I64, POINTED, PtrType, StructType

__all__ = [
    "F32",
    "F64",
    "I32",
    "I64",
    "POINTED",
    "PtrType",
    "StructType",
    "access",
    "entry_intrinsics",
    "functions",
    "operators",
    "pointer",
    "resources",
]
