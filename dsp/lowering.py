"""The voice-wide float for numba: rows become LLVM vectors (reference meaning in ``dsp.lanes``).

Arithmetic carries LLVM's ``contract`` flag and no other: multiply-add may fuse, not-a-number stays what it is, and every width
gives the same bits. Types of width 1 are numba's own scalars, for kinds that are declared ``per_lane``.
"""

from __future__ import annotations

import functools
import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typeconv import Conversion
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_global, signature
from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_builtin,
    lower_cast,
    lower_getattr_generic,
    lower_setattr_generic,
    models,
    register_jitable,
    register_model,
)
from numba.extending import overload as _overload
from numba.extending import overload_method as _overload_method

from . import lanes
from .abi import STATE_ROW, STEP_MEMORY_MASK, STEP_SALT, STEP_SIGNALS
from .structs import Struct

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


# annotations differ between a function and the lambda that lowers it; numba compares them unless told not to
overload = functools.partial(_overload, strict=False)
overload_method = functools.partial(_overload_method, strict=False)


# --- types ---------------------------------------------------------------------------------------------------------
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
    """Something a kernel is handed that is a few machine words: see the subclasses."""

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
        self.words = (_vec(width, I64), I32, I32, _vec(width, I32))  # addresses, mask, frame of row 0, age at row 0
        super().__init__(name=f"Memory({width})")


class BuffersType(Handle):
    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"Buffers({width})")


class BufferType(Handle):
    def __init__(self, width: int) -> None:
        self.width = width
        self.words = (_vec(width, I64), _vec(width, I32), _vec(width, F32))  # addresses, frames, rate
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
        super().__init__(name=f"Struct({struct.name}, {tuple(struct.fields.items())})")


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


def _vec(width: int, elem: ir.Type) -> ir.Type:
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


def _lanes_of(args: tuple[Any, ...]) -> LanesType | None:
    """The row type an operation on these arguments is done in; None if there is no row among them."""
    rows = [a for a in args if isinstance(a, LanesType)]
    others = [a for a in args if not isinstance(a, LanesType | types.Number | types.Boolean)]
    if not rows or others:
        return None
    base = "i" if all(r.base == "i" for r in rows) and not any(isinstance(a, types.Float) for a in args) else "f"
    if all(r.base == "m" for r in rows):
        base = "m"
    return LanesType(rows[0].width, base)


# --- operators -----------------------------------------------------------------------------------------------------
def _arithmetic(op: Any, float_name: str | None, int_name: str | None, mask_name: str | None = None) -> None:
    @infer_global(op)
    class Typing(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            lane = _lanes_of(args)
            if lane is None or {"f": float_name, "i": int_name, "m": mask_name}[lane.base] is None:
                return None
            return signature(lane, *[lane] * len(args))

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        base = sig.return_type.base
        name = {"f": float_name, "i": int_name, "m": mask_name}[base]
        assert name is not None
        return getattr(builder, name)(*args, **({"flags": FLAGS} if base == "f" else {}))

    lower_builtin(op, LanesType, LanesType)(lower)


_arithmetic(operator.add, "fadd", "add")
_arithmetic(operator.sub, "fsub", "sub")
_arithmetic(operator.mul, "fmul", "mul")
_arithmetic(operator.truediv, "fdiv", None)
_arithmetic(operator.and_, None, "and_", "and_")
_arithmetic(operator.or_, None, "or_", "or_")
_arithmetic(operator.xor, None, "xor", "xor")
_arithmetic(operator.lshift, None, "shl")


def _comparison(op: Any, symbol: str) -> None:
    @infer_global(op)
    class Typing(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            lane = _lanes_of(args)
            return None if lane is None else signature(LanesType(lane.width, "m"), lane, lane)

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        if sig.args[0].base == "f":  # unordered for != only: nothing is equal to not-a-number
            compare = builder.fcmp_unordered if symbol == "!=" else builder.fcmp_ordered
            return compare(symbol, *args)
        return builder.icmp_signed(symbol, *args)

    lower_builtin(op, LanesType, LanesType)(lower)


for _op, _symbol in (("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">="), ("eq", "=="), ("ne", "!=")):
    _comparison(getattr(operator, _op), _symbol)


def _unary(op: Any, bases: str, result: str | None, emit: Any) -> None:
    """A function of one row; ``result`` names the base of the result (None: the same)."""

    @infer_global(op)
    class Typing(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            if len(args) == 1 and isinstance(args[0], LanesType) and args[0].base in bases:
                return signature(LanesType(args[0].width, result or args[0].base), args[0])
            return None

    @lower_builtin(op, LanesType)
    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return emit(builder, args[0], sig.return_type)


def _llvm(name: str) -> Any:
    def emit(builder: Any, value: Any, result: Any) -> Any:
        vec = value.type
        suffix = f"v{vec.count}f32"
        fn = cgutils.get_or_insert_function(builder.module, ir.FunctionType(vec, [vec]), f"llvm.{name}.{suffix}")
        return builder.call(fn, [value])

    return emit


def _negate(builder: Any, value: Any, result: Any) -> Any:
    return builder.fneg(value) if result.base == "f" else builder.sub(ir.Constant(value.type, None), value)


_unary(operator.neg, "fi", None, _negate)
_unary(operator.invert, "im", None, lambda b, v, r: b.not_(v))
_unary(np.sqrt, "f", None, _llvm("sqrt"))
_unary(np.floor, "f", None, _llvm("floor"))
_unary(np.abs, "f", None, _llvm("fabs"))
_unary(abs, "f", None, _llvm("fabs"))


# --- functions of dsp.lanes ----------------------------------------------------------------------------------------
def _lane_function(function: Any, bases: str, result: str | None, emit: Any, scalar: Any) -> None:
    """Lower ``function`` for rows with ``emit`` and for scalars (per_lane kinds) with the jitable ``scalar``."""

    @intrinsic
    def vector(typingctx: Any, x: Any) -> Any:
        out = LanesType(x.width, result or x.base)
        return out(x), lambda context, builder, sig, args: emit(builder, args[0], out)

    @overload(function)
    def typed(x: Any) -> Any:
        if isinstance(x, LanesType) and x.base in bases:
            return lambda x: vector(x)
        if isinstance(x, types.Number):
            return lambda x: scalar(x)
        return None


@intrinsic
def _bitcast32(typingctx: Any, x: Any) -> Any:
    out = types.float32 if isinstance(x, types.Integer) else types.int32
    arg = types.int32 if isinstance(x, types.Integer) else types.float32

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.bitcast(args[0], F32 if out is types.float32 else I32)

    return out(arg), emit


@register_jitable
def _scalar_to_int(x: Any) -> Any:
    return np.int32(x)


@register_jitable
def _scalar_to_float(x: Any) -> Any:
    return np.float32(x)


@register_jitable
def _scalar_bits(x: Any) -> Any:
    return _bitcast32(x)


def _vector_of(elem: ir.Type, vec: Any) -> ir.Type:
    return ir.VectorType(elem, vec.type.count)


_lane_function(lanes.to_int, "f", "i", lambda b, v, r: b.fptosi(v, _vector_of(I32, v)), _scalar_to_int)
_lane_function(lanes.to_float, "i", "f", lambda b, v, r: b.sitofp(v, _vector_of(F32, v)), _scalar_to_float)
_lane_function(lanes.float_bits, "f", "i", lambda b, v, r: b.bitcast(v, _vector_of(I32, v)), _scalar_bits)
_lane_function(lanes.bits_float, "i", "f", lambda b, v, r: b.bitcast(v, _vector_of(F32, v)), _scalar_bits)


@intrinsic
def _choose(typingctx: Any, mask: Any, a: Any, b: Any) -> Any:
    lane = _lanes_of((a, b)) or LanesType(
        mask.width, "f" if isinstance(a, types.Float) or isinstance(b, types.Float) else "i"
    )

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(*args)

    return lane(mask, lane, lane), emit


@overload(np.where)
def _where(mask: Any, a: Any, b: Any) -> Any:
    if isinstance(mask, LanesType) and mask.base == "m":
        return lambda mask, a, b: _choose(mask, a, b)
    if isinstance(mask, types.Boolean):
        return lambda mask, a, b: a if mask else b
    return None


def _extreme(function: Any, symbol: str) -> None:
    @intrinsic
    def vector(typingctx: Any, a: Any, b: Any) -> Any:
        lane = _lanes_of((a, b))
        assert lane is not None  # the overload below lets rows in only

        def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            a, b = args  # one compare-and-select: b where a is not a number
            test = builder.fcmp_ordered(symbol, a, b) if lane.base == "f" else builder.icmp_signed(symbol, a, b)
            return builder.select(test, a, b)

        return lane(lane, lane), emit

    less = symbol == "<"

    @overload(function)
    def typed(a: Any, b: Any) -> Any:
        if isinstance(a, LanesType) or isinstance(b, LanesType):
            return lambda a, b: vector(a, b)
        if isinstance(a, types.Number):
            return (lambda a, b: a if a < b else b) if less else (lambda a, b: a if a > b else b)
        return None


_extreme(lanes.fmin, "<")
_extreme(lanes.fmax, ">")


@intrinsic
def _lshr(typingctx: Any, i: Any, count: Any) -> Any:
    if not isinstance(count, types.IntegerLiteral | types.Integer):
        return None

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        amount = context.cast(builder, args[1], sig.args[1], types.int32)
        return builder.lshr(args[0], splat(builder, amount, getattr(i, "width", 1)))

    return i(i, count), emit


@overload(lanes.shift_right)
def _shift_right(i: Any, count: Any) -> Any:
    if isinstance(i, LanesType):
        return lambda i, count: _lshr(i, count)
    if isinstance(i, types.Integer):  # plain numbers grow to 64 bits on the way here
        return lambda i, count: _lshr(np.int32(i), count)
    return None


@overload(lanes.wrap_int)
def _wrap_int(i: Any) -> Any:
    if isinstance(i, LanesType) and i.base == "i":
        return lambda i: i
    if isinstance(i, types.Integer):
        return lambda i: np.int32(i)
    return None


@intrinsic
def _any(typingctx: Any, mask: Any) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits = builder.bitcast(args[0], ir.IntType(mask.width))
        return builder.icmp_unsigned("!=", bits, ir.Constant(bits.type, 0))

    return types.boolean(mask), emit


@overload(lanes.any_lane)
def _any_lane(mask: Any) -> Any:
    if isinstance(mask, LanesType):
        return lambda mask: _any(mask)
    if isinstance(mask, types.Boolean):
        return lambda mask: mask
    return None


# --- loads and stores ----------------------------------------------------------------------------------------------
def pointer(builder: Any, address: Any, elem: ir.Type) -> Any:
    return builder.inttoptr(address, elem.as_pointer())


def load_row(builder: Any, address: Any, width: int, elem: ir.Type) -> Any:
    return builder.load(pointer(builder, address, _vec(width, elem)), align=4)


def store_row(builder: Any, value: Any, address: Any) -> None:
    builder.store(value, pointer(builder, address, value.type), align=4)


def words_of(builder: Any, value: Any, count: int) -> list[Any]:
    return [builder.extract_value(value, k) for k in range(count)]


def make_struct(builder: Any, fe_type: Handle, values: list[Any]) -> Any:
    out = ir.Constant(ir.LiteralStructType(fe_type.words), ir.Undefined)
    for k, value in enumerate(values):
        out = builder.insert_value(out, value, k)
    return out


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        box, index = args
        if isinstance(box, SignalType) and isinstance(index, types.Integer):
            return signature(row(box.width, "f"), box, types.int64)
        if isinstance(box, PtrType) and isinstance(index, types.Integer):
            return signature(box.dtype, box, types.int64)
        return None


@lower_builtin(operator.getitem, SignalType, types.int64)
def _signal_get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    address, stride = words_of(builder, args[0], 2)
    return load_row(builder, builder.add(address, builder.mul(args[1], stride)), sig.args[0].width, F32)


@lower_builtin(operator.getitem, PtrType, types.int64)
def _ptr_get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    dtype = sig.args[0].dtype
    elem = context.get_value_type(dtype)
    size = dtype.bitwidth // 8
    address = builder.add(args[0], builder.mul(args[1], ir.Constant(I64, size)))
    return builder.load(pointer(builder, address, elem), align=size)


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        box, index, _ = args
        if isinstance(box, SignalType) and isinstance(index, types.Integer):
            return signature(types.none, box, types.int64, row(box.width, "f"))
        if isinstance(box, PtrType) and isinstance(index, types.Integer):
            return signature(types.none, box, types.int64, box.dtype)
        return None


def _signal_set(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    address, stride = words_of(builder, args[0], 2)
    store_row(builder, args[2], builder.add(address, builder.mul(args[1], stride)))
    return context.get_dummy_value()


lower_builtin(operator.setitem, SignalType, types.int64, LanesType)(_signal_set)
lower_builtin(operator.setitem, SignalType, types.int64, types.Number)(_signal_set)


@lower_builtin(operator.setitem, PtrType, types.int64, types.Any)
def _ptr_set(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    dtype = sig.args[0].dtype
    size = dtype.bitwidth // 8
    address = builder.add(args[0], builder.mul(args[1], ir.Constant(I64, size)))
    builder.store(args[2], pointer(builder, address, args[2].type), align=size)
    return context.get_dummy_value()


# --- attributes ----------------------------------------------------------------------------------------------------
@infer_getattr
class _SignalAttributes(AttributeTemplate):
    key = SignalType

    def resolve_moving(self, typ: Any) -> Any:
        return types.boolean


@lower_getattr_generic(SignalType)
def _signal_attr(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:
    return builder.icmp_signed("!=", builder.extract_value(value, 1), ir.Constant(I64, 0))


@infer_getattr
class _StateAttributes(AttributeTemplate):
    key = StateType

    def generic_resolve(self, typ: Any, attr: str) -> Any:
        return row(typ.width, "i" if attr in typ.ints else "f") if attr in typ.names else None


def _state_address(builder: Any, typ: Any, value: Any, attr: str) -> Any:
    return builder.add(value, ir.Constant(I64, typ.names.index(attr) * STATE_ROW))


@lower_getattr_generic(StateType)
def _state_get(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:
    return load_row(builder, _state_address(builder, typ, value, attr), typ.width, I32 if attr in typ.ints else F32)


@lower_setattr_generic(StateType)
def _state_set(context: Any, builder: Any, sig: Any, args: Any, attr: str) -> None:
    typ = sig.args[0]
    want = row(typ.width, "i" if attr in typ.ints else "f")
    store_row(builder, context.cast(builder, args[1], sig.args[1], want), _state_address(builder, typ, args[0], attr))


@infer_getattr
class _StructAttributes(AttributeTemplate):
    key = StructType

    def generic_resolve(self, typ: Any, attr: str) -> Any:
        code = typ.struct.fields.get(attr)
        if code is None:
            return None
        return PtrType(POINTED[code[1:]]) if code[0] == "*" else POINTED[code]


def _field(builder: Any, typ: Any, value: Any, attr: str) -> Any:
    address = builder.add(value, ir.Constant(I64, typ.struct.offsets[attr]))
    return pointer(builder, address, F64 if typ.struct.fields[attr] == "f64" else I64)


@lower_getattr_generic(StructType)
def _struct_get(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:
    return builder.load(_field(builder, typ, value, attr), align=8)


@lower_setattr_generic(StructType)
def _struct_set(context: Any, builder: Any, sig: Any, args: Any, attr: str) -> None:
    typ = sig.args[0]
    code = typ.struct.fields[attr]
    want = sig.args[1] if code[0] == "*" else POINTED[code]
    builder.store(context.cast(builder, args[1], sig.args[1], want), _field(builder, typ, args[0], attr), align=8)


@infer_getattr
class _EnvAttributes(AttributeTemplate):
    key = EnvType

    def generic_resolve(self, typ: Any, attr: str) -> Any:
        if attr in ("rate", "dt"):
            return types.float32
        if attr == "frame":
            return types.int32
        return row(typ.width, "i") if attr in ("age", "seed") else None


def env_word(builder: Any, env: Any, name: str, kind: ir.Type = I64) -> Any:
    from .abi import ENV

    return builder.load(pointer(builder, builder.add(env, ir.Constant(I64, ENV.offsets[name])), kind), align=8)


def lane_word(builder: Any, env: Any, name: str, lane: Any) -> Any:
    """Address of a lane's 32-bit entry in one of the env's rows."""
    return builder.add(env_word(builder, env, name), builder.mul(lane, ir.Constant(I64, 4)))


@lower_getattr_generic(EnvType)
def _env_get(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:
    env, lane = words_of(builder, value, 2)
    if attr in ("rate", "dt"):
        return builder.fptrunc(env_word(builder, env, attr, F64), F32)
    if attr == "frame":
        return builder.trunc(env_word(builder, env, attr), I32)
    return load_row(builder, lane_word(builder, env, attr, lane), typ.width, I32)


@infer_getattr
class _BufferAttributes(AttributeTemplate):
    key = BufferType

    def resolve_frames(self, typ: Any) -> Any:
        return row(typ.width, "i")

    def resolve_rate(self, typ: Any) -> Any:
        return row(typ.width, "f")


@lower_getattr_generic(BufferType)
def _buffer_get(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:
    return builder.extract_value(value, {"frames": 1, "rate": 2}[attr])


# --- memory, samples, bus ------------------------------------------------------------------------------------------
def _widen(builder: Any, value: Any, width: int) -> Any:
    return builder.sext(value, _vec(width, I64))


def _gather(builder: Any, addresses: Any, elem: ir.Type, width: int) -> Any:
    """Read one ``elem`` at each address."""
    if width == 1:
        return builder.load(pointer(builder, addresses, elem), align=4)
    vec, ptrs = ir.VectorType(elem, width), ir.VectorType(elem.as_pointer(), width)
    mask = ir.VectorType(I1, width)
    suffix = {F32: "f32", I64: "i64", I32: "i32"}[elem]
    fn = cgutils.get_or_insert_function(
        builder.module, ir.FunctionType(vec, [ptrs, I32, mask, vec]), f"llvm.masked.gather.v{width}{suffix}.v{width}p0"
    )
    every = ir.Constant(mask, [1] * width)
    return builder.call(fn, [builder.inttoptr(addresses, ptrs), ir.Constant(I32, 4), every, ir.Constant(vec, None)])


def _scatter(builder: Any, value: Any, addresses: Any, width: int) -> None:
    if width == 1:
        store_row(builder, value, addresses)
        return
    ptrs, mask = ir.VectorType(F32.as_pointer(), width), ir.VectorType(I1, width)
    fn = cgutils.get_or_insert_function(
        builder.module,
        ir.FunctionType(ir.VoidType(), [value.type, ptrs, I32, mask]),
        f"llvm.masked.scatter.v{width}f32.v{width}p0",
    )
    builder.call(fn, [value, builder.inttoptr(addresses, ptrs), ir.Constant(I32, 4), ir.Constant(mask, [1] * width)])


def _memory_address(builder: Any, memory: Any, width: int, position: Any) -> Any:
    addresses, mask = words_of(builder, memory, 2)
    offset = builder.and_(position, splat(builder, mask, width))
    four = splat(builder, ir.Constant(I64, 4), width)
    return builder.add(addresses, builder.mul(_widen(builder, offset, width), four))


@intrinsic
def _memory_write(typingctx: Any, memory: Any, i: Any, value: Any, offset: Any) -> Any:
    width = memory.width

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        frame = builder.add(builder.extract_value(args[0], 2), builder.trunc(args[1], I32))
        position = splat(builder, builder.add(frame, builder.trunc(args[3], I32)), width)
        _scatter(builder, args[2], _memory_address(builder, args[0], width, position), width)
        return context.get_dummy_value()

    return types.none(memory, types.int64, row(width, "f"), types.int64), emit


@intrinsic
def _memory_read(typingctx: Any, memory: Any, i: Any, delay: Any, offset: Any) -> Any:
    width = memory.width

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        _, _, frame, age = words_of(builder, args[0], 4)
        index = builder.trunc(args[1], I32)
        now = builder.add(builder.add(frame, index), builder.trunc(args[3], I32))
        position = builder.sub(splat(builder, now, width), args[2])
        value = _gather(builder, _memory_address(builder, args[0], width, position), F32, width)
        written = builder.icmp_signed("<=", args[2], builder.add(age, splat(builder, index, width)))
        return builder.select(written, value, ir.Constant(value.type, None if width > 1 else 0.0))

    return row(width, "f")(memory, types.int64, row(width, "i"), types.int64), emit


@overload_method(MemoryType, "write")
def _write(memory: Any, i: Any, value: Any, offset: Any = 0) -> Any:
    return lambda memory, i, value, offset=0: _memory_write(memory, i, value, offset)


@overload_method(MemoryType, "read")
def _read(memory: Any, i: Any, delay: Any, offset: Any = 0) -> Any:
    return lambda memory, i, delay, offset=0: _memory_read(memory, i, delay, offset)


@intrinsic
def _pick(typingctx: Any, buffers: Any, index: Any) -> Any:
    width = buffers.width
    out = BufferType(width)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        env, index = args
        known = splat(builder, builder.trunc(env_word(builder, env, "buffers"), I32), width)
        good = builder.icmp_unsigned("<", index, known)  # sample 0 is silence
        index = _widen(builder, builder.select(good, index, ir.Constant(index.type, None if width > 1 else 0)), width)

        def column(name: str, elem: ir.Type, size: int) -> Any:
            base = splat(builder, env_word(builder, env, name), width)
            step = splat(builder, ir.Constant(I64, size), width)
            return _gather(builder, builder.add(base, builder.mul(index, step)), elem, width)

        values = [column("buffer_data", I64, 8), column("buffer_frames", I32, 4), column("buffer_rate", F32, 4)]
        return make_struct(builder, out, values)

    return out(buffers, row(width, "i")), emit


@overload_method(BuffersType, "pick")
def _buffers_pick(buffers: Any, index: Any) -> Any:
    return lambda buffers, index: _pick(buffers, index)


@intrinsic
def _left_right(typingctx: Any, buffer: Any, position: Any) -> Any:
    """A stereo frame is one 64-bit word: one gather fetches both sides."""
    width = buffer.width
    lane = row(width, "f")
    pair = types.containers.UniTuple(lane, 2)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        base, frames = words_of(builder, args[0], 2)
        zero = ir.Constant(frames.type, None if width > 1 else 0)
        one = splat(builder, ir.Constant(I32, 1), width)
        last = builder.sub(frames, one)
        p = builder.select(builder.icmp_signed(">", args[1], zero), args[1], zero)
        p = builder.select(builder.icmp_signed("<", p, last), p, last)
        eight = splat(builder, ir.Constant(I64, 8), width)
        word = _gather(builder, builder.add(base, builder.mul(_widen(builder, p, width), eight)), I64, width)
        low = builder.trunc(word, _vec(width, I32))
        high = builder.trunc(builder.lshr(word, splat(builder, ir.Constant(I64, 32), width)), _vec(width, I32))
        values = [builder.bitcast(v, _vec(width, F32)) for v in (low, high)]
        return context.make_tuple(builder, pair, values)

    return pair(buffer, row(width, "i")), emit


@overload_method(BufferType, "left_right")
def _buffer_left_right(buffer: Any, position: Any) -> Any:
    return lambda buffer, position: _left_right(buffer, position)


def _successive(count: int) -> Any:
    """``count`` frames from a position on, read lane by lane as one word each and turned into rows: left, right, left, ..."""

    @intrinsic
    def read(typingctx: Any, buffer: Any, position: Any) -> Any:
        width = buffer.width
        lane = row(width, "f")
        out = types.containers.UniTuple(lane, 2 * count)

        def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            eight = splat(builder, ir.Constant(I64, 8), width)
            start = builder.mul(_widen(builder, args[1], width), eight)
            at = builder.add(builder.extract_value(args[0], 0), start)
            if width == 1:
                word = load_row(builder, at, 2 * count, F32)
                values = [builder.extract_element(word, ir.Constant(I32, k)) for k in range(2 * count)]
                return context.make_tuple(builder, out, values)
            parts = [
                load_row(builder, builder.extract_element(at, ir.Constant(I32, k)), 2 * count, F32)
                for k in range(width)
            ]
            lanes_each = 1
            while (
                len(parts) > 1
            ):  # join neighbours: for each value of a frame, the lanes of one, then those of the other
                span = 2 * count * lanes_each
                order = [
                    side * span + k * lanes_each + c
                    for k in range(2 * count)
                    for side in (0, 1)
                    for c in range(lanes_each)
                ]
                picks = ir.Constant(ir.VectorType(I32, 2 * span), order)
                parts = [builder.shuffle_vector(a, b, picks) for a, b in zip(parts[::2], parts[1::2], strict=True)]
                lanes_each *= 2
            nothing = ir.Constant(parts[0].type, ir.Undefined)
            values = [
                builder.shuffle_vector(
                    parts[0], nothing, ir.Constant(ir.VectorType(I32, width), list(range(k * width, (k + 1) * width)))
                )
                for k in range(2 * count)
            ]
            return context.make_tuple(builder, out, values)

        return out(buffer, row(width, "i")), emit

    return read


_two_frames, _four_frames = _successive(2), _successive(4)


@overload_method(BufferType, "two")
def _buffer_two(buffer: Any, position: Any) -> Any:
    return lambda buffer, position: _two_frames(buffer, position)


@overload_method(BufferType, "four")
def _buffer_four(buffer: Any, position: Any) -> Any:
    return lambda buffer, position: _four_frames(buffer, position)


@intrinsic
def _bus_add(typingctx: Any, bus: Any, i: Any, left: Any, right: Any) -> Any:
    """Masked add of one row; lanes of one pass that play into different orbits are added orbit by orbit."""
    width = bus.width
    lane = row(width, "f")

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        env, first = words_of(builder, args[0], 2)
        index = builder.add(first, args[1])
        active = builder.trunc(env_word(builder, env, "active"), ir.IntType(width))
        orbit = load_row(builder, env_word(builder, env, "orbit"), width, I32)
        sums = env_word(builder, env, "sums")
        column = builder.and_(env_word(builder, env, "column"), ir.Constant(I64, 15))
        routed = builder.icmp_signed(">=", orbit, splat(builder, ir.Constant(I32, 0), width))  # -1: heard nowhere
        left_over = cgutils.alloca_once_value(builder, builder.and_(active, builder.bitcast(routed, active.type)))
        loop, body, done = (builder.append_basic_block(f"bus.{n}") for n in ("loop", "body", "done"))
        builder.branch(loop)
        builder.position_at_end(loop)
        rest = builder.load(left_over)
        builder.cbranch(builder.icmp_unsigned("!=", rest, ir.Constant(rest.type, 0)), body, done)
        builder.position_at_end(body)
        cttz = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(rest.type, [rest.type, I1]), f"llvm.cttz.i{width}"
        )
        lead = builder.call(cttz, [rest, ir.Constant(I1, 1)])
        lead32 = builder.zext(lead, I32) if width < 32 else lead
        this = builder.extract_element(orbit, lead32)
        same = builder.and_(
            builder.icmp_signed("==", orbit, splat(builder, this, width)),
            builder.bitcast(rest, ir.VectorType(I1, width)),
        )
        bits = builder.bitcast(same, rest.type)
        builder.store(builder.and_(rest, builder.not_(bits)), left_over)
        per_channel = lanes.BLOCK * lanes.Bus.COLUMNS * 4
        where = builder.add(sums, builder.mul(builder.sext(this, I64), ir.Constant(I64, 2 * per_channel)))
        where = builder.add(where, builder.mul(index, ir.Constant(I64, lanes.Bus.COLUMNS * 4)))
        where = builder.add(where, builder.mul(column, ir.Constant(I64, 4)))
        zero = ir.Constant(ir.VectorType(F32, width), None)
        for channel, value in enumerate(args[2:4]):
            at = builder.add(where, ir.Constant(I64, channel * per_channel))
            value = builder.select(same, value, zero)
            for part in range(0, width, 16):  # a wide pass folds onto the sixteen columns, low lanes first
                piece = value
                if width > 16:
                    picks = ir.Constant(ir.VectorType(I32, 16), list(range(part, part + 16)))
                    piece = builder.shuffle_vector(value, value, picks)
                store_row(builder, builder.fadd(load_row(builder, at, min(width, 16), F32), piece), at)
        builder.branch(loop)
        builder.position_at_end(done)
        return context.get_dummy_value()

    return types.none(bus, types.int64, lane, lane), emit


@overload_method(BusType, "add")
def _add(bus: Any, i: Any, left: Any, right: Any) -> Any:
    return lambda bus, i, left, right: _bus_add(bus, i, left, right)


@intrinsic
def _bus_peak(typingctx: Any, bus: Any, value: Any) -> Any:
    width = bus.width

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        env = builder.extract_value(args[0], 0)
        at = env_word(builder, env, "peak")
        old = load_row(builder, at, width, F32)
        bits = builder.trunc(env_word(builder, env, "active"), ir.IntType(width))
        silent = builder.not_(builder.bitcast(bits, ir.VectorType(I1, width)))
        # not-a-number wins, so that the engine sees it; lanes that do not sound have no level
        keep = builder.or_(builder.fcmp_ordered(">=", old, args[1]), silent)
        store_row(builder, builder.select(keep, old, args[1]), at)
        return context.get_dummy_value()

    return types.none(bus, row(width, "f")), emit


@overload_method(BusType, "note_peak")
def _note_peak(bus: Any, value: Any) -> Any:
    return lambda bus, value: _bus_peak(bus, value)


# --- what a kernel's entry makes of its words ----------------------------------------------------------------------
def entry_intrinsics(width: int, names: tuple[str, ...], ints: tuple[str, ...]) -> dict[str, Any]:
    """Functions that turn the words of ``dsp.abi`` into what a kernel is handed; the entry of each kernel calls them."""

    def step_word(builder: Any, step: Any, k: Any) -> Any:
        return load_row(builder, builder.add(step, builder.mul(k, ir.Constant(I64, 8))), 1, I64)

    def by_lane(builder: Any, address: Any, lane: Any, size: int) -> Any:
        return builder.add(address, builder.mul(lane, ir.Constant(I64, size)))

    @intrinsic
    def signal(typingctx: Any, regs: Any, step: Any, k: Any, first: Any, lane: Any) -> Any:
        out = SignalType(width)

        def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            regs, step, k, first, lane = args
            reg = step_word(builder, step, builder.add(k, ir.Constant(I64, STEP_SIGNALS)))
            at = builder.add(regs, builder.mul(reg, ir.Constant(I64, 16)))
            address = by_lane(builder, load_row(builder, at, 1, I64), lane, 4)
            stride = load_row(builder, builder.add(at, ir.Constant(I64, 8)), 1, I64)
            return make_struct(builder, out, [builder.add(address, builder.mul(first, stride)), stride])

        return out(*[types.int64] * 5), emit

    @intrinsic
    def state(typingctx: Any, address: Any, lane: Any) -> Any:
        def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return by_lane(builder, args[0], args[1], 4)

        return StateType(width, names, ints)(types.int64, types.int64), emit

    @intrinsic
    def env(typingctx: Any, address: Any, lane: Any) -> Any:
        out = EnvType(width)

        def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return make_struct(builder, out, list(args))

        return out(types.int64, types.int64), emit

    @intrinsic
    def buffers(typingctx: Any, address: Any) -> Any:
        return BuffersType(width)(types.int64), lambda context, builder, sig, args: args[0]

    @intrinsic
    def bus(typingctx: Any, address: Any, first: Any) -> Any:
        out = BusType(width)

        def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return make_struct(builder, out, list(args))

        return out(types.int64, types.int64), emit

    @intrinsic
    def memory(typingctx: Any, step: Any, address: Any, env: Any, lane: Any) -> Any:
        out = MemoryType(width)

        def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            step, address, env, lane = args
            mask = builder.trunc(step_word(builder, step, ir.Constant(I64, STEP_MEMORY_MASK)), I32)
            frame = builder.trunc(env_word(builder, env, "frame"), I32)
            age = load_row(builder, lane_word(builder, env, "age", lane), width, I32)
            addresses = load_row(builder, by_lane(builder, address, lane, 8), width, I64)
            return make_struct(builder, out, [addresses, mask, frame, age])

        return out(*[types.int64] * 4), emit

    @intrinsic
    def seed(typingctx: Any, step: Any, env: Any, lane: Any) -> Any:
        def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            salt = builder.trunc(step_word(builder, args[0], ir.Constant(I64, STEP_SALT)), I32)
            own = load_row(builder, lane_word(builder, args[1], "seed", args[2]), width, I32)
            return builder.xor(own, splat(builder, salt, width))

        return row(width, "i")(*[types.int64] * 3), emit

    @intrinsic
    def active(typingctx: Any, env: Any) -> Any:
        return types.int64(types.int64), lambda context, builder, sig, args: env_word(builder, args[0], "active")

    return {
        "signal": signal,
        "state": state,
        "env": env,
        "buffers": buffers,
        "bus": bus,
        "memory": memory,
        "seed": seed,
        "active": active,
    }
