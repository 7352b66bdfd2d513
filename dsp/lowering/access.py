"""Loads, stores and attributes: signals, state, structs, pointers, the environment."""

from __future__ import annotations

import operator
from typing import Any

from dsp.abi import ENV, STATE_ROW
from dsp.lowering.rows import (
    F32,
    F64,
    I32,
    I64,
    POINTED,
    BufferType,
    EnvType,
    Handle,
    LanesType,
    MemoryType,
    PtrType,
    SignalType,
    StateType,
    StructType,
    llvm_row,
    row,
)
from dsp.numba_api import (
    AbstractTemplate,
    AttributeTemplate,
    infer_getattr,
    infer_global,
    ir,
    lower_builtin,
    lower_getattr_generic,
    lower_setattr_generic,
    signature,
    types,
)
from dsp.structs import Struct


def pointer(builder: Any, address: Any, elem: ir.Type) -> Any:
    return builder.inttoptr(address, elem.as_pointer())


def load_row(builder: Any, address: Any, width: int, elem: ir.Type) -> Any:
    return builder.load(pointer(builder, address, llvm_row(width, elem)), align=4)


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
        if isinstance(box, MemoryType) and box.width == 1 and isinstance(index, types.Integer):
            return signature(types.float32, box, types.int64)
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


def _cell(builder: Any, memory: Any, index: Any) -> Any:
    """Pointer to a cell, made so that the optimiser sees that successive cells lie side by side."""
    return builder.gep(pointer(builder, builder.extract_value(memory, 0), F32), [index], source_etype=F32)


@lower_builtin(operator.getitem, MemoryType, types.int64)
def _memory_get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.load(_cell(builder, *args), align=4)


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        box, index, _ = args
        if isinstance(box, SignalType) and isinstance(index, types.Integer):
            return signature(types.none, box, types.int64, row(box.width, "f"))
        if isinstance(box, PtrType) and isinstance(index, types.Integer):
            return signature(types.none, box, types.int64, box.dtype)
        if isinstance(box, MemoryType) and box.width == 1 and isinstance(index, types.Integer):
            return signature(types.none, box, types.int64, types.float32)
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


@lower_builtin(operator.setitem, MemoryType, types.int64, types.float32)
def _memory_set(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    builder.store(args[2], _cell(builder, *args[:2]), align=4)
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
        if isinstance(code, Struct):
            return StructType(code)
        return PtrType(POINTED[code[1:]]) if code[0] == "*" else POINTED[code]


def _field_address(builder: Any, typ: Any, value: Any, attr: str) -> Any:
    return builder.add(value, ir.Constant(I64, typ.struct.offsets[attr]))


def _field(builder: Any, typ: Any, value: Any, attr: str) -> Any:
    address = _field_address(builder, typ, value, attr)
    return pointer(builder, address, F64 if typ.struct.fields[attr] == "f64" else I64)


@lower_getattr_generic(StructType)
def _struct_get(context: Any, builder: Any, typ: Any, value: Any, attr: str) -> Any:
    if isinstance(typ.struct.fields[attr], Struct):
        return _field_address(builder, typ, value, attr)
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
