"""The types of rows and of kernel arguments, and conversion between them."""

from __future__ import annotations

import hashlib
from typing import Any

from dsp.numba_api import Conversion, ir, lower_cast, models, register_model, types
from dsp.structs import Struct

F32, I32, I64, F64, I1, I8P = (
    ir.FloatType(),
    ir.IntType(32),
    ir.IntType(64),
    ir.DoubleType(),
    ir.IntType(1),
    ir.IntType(8).as_pointer(),
)
LLVM = {"f": F32, "i": I32, "m": I1}
SCALAR = {"f": types.float32, "i": types.int32, "m": types.boolean}
FLAGS = ("contract",)


class LanesType(types.Type):
    """One row: ``width`` floats (base f), 32-bit integers (i) or conditions (m)."""

    def __init__(self, width: int, base: str) -> None:
        self.width, self.base = width, base
        super().__init__(name=f"Lanes({width}, {base})")

    def can_convert_from(self, typingctx: Any, other: types.Type) -> Conversion | None:
        return Conversion.safe if isinstance(other, types.Number | types.Boolean) else None

    def unify(self, typingctx: Any, other: types.Type) -> types.Type | None:
        return self if isinstance(other, types.Number | types.Boolean) else None


def row(width: int, base: str) -> types.Type:
    return SCALAR[base] if width == 1 else LanesType(width, base)


class Handle(types.Type):
    """A kernel argument that consists of a few machine words: see the subclasses."""

    words: tuple[Any, ...] = (I64,)


class SignalType(Handle):
    words = (I64, I64)  # address, stride

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"Signal({width})")


class StateType(Handle):
    def __init__(self, width: int, names: tuple[str, ...], ints: tuple[str, ...]) -> None:
        self.width, self.names, self.ints = width, names, ints
        super().__init__(name=f"State({width}, {names}, {ints})")


class MemoryType(Handle):
    def __init__(self, width: int) -> None:
        self.width = width
        self.words = (
            llvm_row(width, I64),
            I32,
            I32,
            llvm_row(width, I32),
            I64,
        )  # addresses, mask, frame of row 0, age at row 0, stride
        super().__init__(name=f"Memory({width})")


class BuffersType(Handle):
    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"Buffers({width})")


class BufferType(Handle):
    def __init__(self, width: int) -> None:
        self.width = width
        self.words = (llvm_row(width, I64), llvm_row(width, I32), llvm_row(width, F32))  # addresses, frames, rate
        super().__init__(name=f"Buffer({width})")


class BusType(Handle):
    words = (I64, I64)  # env, first row

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"Bus({width})")


class EnvType(Handle):
    words = (I64, I64)  # env, first lane

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"Env({width})")


class StructType(Handle):
    def __init__(self, struct: Struct) -> None:
        self.struct = struct
        digest = hashlib.sha256(repr(struct.layout).encode()).hexdigest()[:16]
        super().__init__(name=f"{struct.name}_{digest}")  # short: the names of all compiled functions contain it


class PtrType(Handle):
    def __init__(self, dtype: types.Type) -> None:
        self.dtype = dtype
        super().__init__(name=f"Ptr({dtype})")


POINTED = {
    "i64": types.int64,
    "f64": types.float64,
    "i32": types.int32,
    "u32": types.uint32,
    "f32": types.float32,
    "u8": types.uint8,
}


def llvm_row(width: int, elem: ir.Type) -> ir.Type:
    return elem if width == 1 else ir.VectorType(elem, width)


@register_model(LanesType)
class LanesModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: LanesType) -> None:
        super().__init__(dmm, fe_type, ir.VectorType(LLVM[fe_type.base], fe_type.width))


class HandleModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Handle) -> None:
        words = fe_type.words
        super().__init__(dmm, fe_type, words[0] if len(words) == 1 else ir.LiteralStructType(words))


for _handle in (SignalType, StateType, MemoryType, BuffersType, BufferType, BusType, EnvType, StructType, PtrType):
    register_model(_handle)(HandleModel)


# --- conversion ----------------------------------------------------------------------------------------------------
def splat(builder: Any, value: Any, width: int) -> Any:
    if width == 1:
        return value
    vec = ir.VectorType(value.type, width)
    one = builder.insert_element(ir.Constant(vec, ir.Undefined), value, ir.Constant(I32, 0))
    return builder.shuffle_vector(
        one, ir.Constant(vec, ir.Undefined), ir.Constant(ir.VectorType(I32, width), [0] * width)
    )


@lower_cast(types.Number, LanesType)
@lower_cast(types.Boolean, LanesType)
def _scalar_to_lanes(context: Any, builder: Any, fromty: Any, toty: LanesType, value: Any) -> Any:
    return splat(builder, context.cast(builder, value, fromty, SCALAR[toty.base]), toty.width)


@lower_cast(LanesType, LanesType)
def _lanes_to_lanes(context: Any, builder: Any, fromty: LanesType, toty: LanesType, value: Any) -> Any:
    if fromty.base == toty.base:
        return value
    if fromty.base == "i" and toty.base == "f":
        return builder.sitofp(value, ir.VectorType(F32, toty.width))
    raise TypeError(f"cannot convert {fromty} to {toty}")


def lanes_of(args: tuple[Any, ...]) -> LanesType | None:
    """The row type in which an operation on these arguments is done; None if none of them is a row."""
    rows = [a for a in args if isinstance(a, LanesType)]
    others = [a for a in args if not isinstance(a, LanesType | types.Number | types.Boolean)]
    if not rows or others:
        return None
    base = "i" if all(r.base == "i" for r in rows) and not any(isinstance(a, types.Float) for a in args) else "f"
    if all(r.base == "m" for r in rows):
        base = "m"
    return LanesType(rows[0].width, base)
