"""Lowering of ``dsp.machine``: one intrinsic per name."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from . import machine, target
from .lowering import F32, F64, I32, I64, PtrType, pointer
from .numba_api import alloca_once, get_or_insert_function, intrinsic, ir, overload, types

Emit = Callable[[Any, list[Any]], Any]


def _primitive(stub: Any, result: types.Type, args: tuple[types.Type, ...], emit: Emit) -> None:
    """Lower ``stub``: arguments are converted to ``args`` (PtrType stays), ``emit(builder, values)`` makes the result."""

    def typed(typingctx: Any, *given: Any) -> Any:
        want = [g if isinstance(g, PtrType) else a for g, a in zip(given, args, strict=True)]

        def codegen(context: Any, builder: Any, sig: Any, values: Any) -> Any:
            made = emit(builder, list(values))
            return context.get_dummy_value() if result is types.none else made

        return result(*want), codegen

    text = ", ".join(inspect.signature(stub).parameters)
    scope: dict[str, Any] = {"typed": typed}
    exec(f"def prim(typingctx, {text}): return typed(typingctx, {text})", scope)
    scope["prim"] = intrinsic(scope["prim"])
    exec(f"def use({text}):\n    return lambda {text}: prim({text})", scope)
    overload(stub)(scope["use"])


W = types.int64


def _load(elem: ir.Type) -> Emit:
    return lambda b, v: b.load(pointer(b, v[0], elem), align=4 if elem is F32 else 8)


def _store(b: Any, v: list[Any]) -> None:
    b.store(v[1], pointer(b, v[0], v[1].type), align=4 if v[1].type == F32 else 8)


def _element(b: Any, v: list[Any]) -> Any:
    return b.add(v[0], b.shl(v[1], ir.Constant(I64, 3)))


def _atomic_load(b: Any, v: list[Any]) -> Any:
    return b.load_atomic(pointer(b, _element(b, v), I64), ordering="acquire", align=8)


def _atomic_store(b: Any, v: list[Any]) -> None:
    b.store_atomic(v[2], pointer(b, _element(b, v), I64), ordering="release", align=8)


def _count(name: str, flag: bool) -> Emit:
    def emit(b: Any, v: list[Any]) -> Any:
        types_ = [I64, ir.IntType(1)] if flag else [I64]
        fn = get_or_insert_function(b.module, ir.FunctionType(I64, types_), f"llvm.{name}.i64")
        return b.call(fn, [v[0], ir.Constant(ir.IntType(1), 0)] if flag else [v[0]])

    return emit


def _call(result: ir.Type, count: int) -> Emit:
    def emit(b: Any, v: list[Any]) -> Any:
        return b.call(pointer(b, v[0], ir.FunctionType(result, [I64] * count)), v[1:])

    return emit


def _word_float(b: Any, v: list[Any]) -> Any:
    return b.bitcast(b.trunc(b.lshr(v[0], ir.Constant(I64, 32)), I32), F32)


def _x86() -> bool:
    return target.current().triple.startswith(("x86", "i686", "amd64"))


def _mode_get(b: Any) -> Any:
    if _x86():
        slot = alloca_once(b, I32)
        as_bytes = b.bitcast(slot, ir.IntType(8).as_pointer())
        fn = ir.FunctionType(ir.VoidType(), [as_bytes.type])
        b.call(get_or_insert_function(b.module, fn, "llvm.x86.sse.stmxcsr"), [as_bytes])
        return b.zext(b.load(slot), I64)
    return b.asm(ir.FunctionType(I64, []), "mrs $0, fpcr", "=r", [], True)


def _mode_set(b: Any, mode: Any) -> None:
    if _x86():
        slot = alloca_once(b, I32)
        b.store(b.trunc(mode, I32), slot)
        as_bytes = b.bitcast(slot, ir.IntType(8).as_pointer())
        fn = ir.FunctionType(ir.VoidType(), [as_bytes.type])
        b.call(get_or_insert_function(b.module, fn, "llvm.x86.sse.ldmxcsr"), [as_bytes])
    else:
        b.asm(
            ir.FunctionType(ir.VoidType(), [I64]), "msr fpcr, $0", "r", [mode], True
        )  # LLVM cannot select its intrinsic


def _denormals_off(b: Any, v: list[Any]) -> Any:
    old = _mode_get(b)
    flush = 0x8040 if _x86() else 1 << 24  # MXCSR: flush to zero and denormals are zero; FPCR: FZ
    _mode_set(b, b.or_(old, ir.Constant(I64, flush)))
    return old


STACK = 1 << 16  # bytes; the largest stack frame of a kernel is a quarter of it


def _touch_stack(b: Any, v: list[Any]) -> None:
    """This is a separate function: with such a large frame in the caller, the pages below it would stay untouched."""
    fn = b.module.globals.get("touch_stack")
    if fn is None:
        fn = ir.Function(b.module, ir.FunctionType(ir.VoidType(), []), "touch_stack")
        fn.linkage = "internal"
        fn.attributes.add("noinline")
        inside = ir.IRBuilder(fn.append_basic_block())
        room = inside.bitcast(inside.alloca(ir.ArrayType(ir.IntType(8), STACK)), ir.IntType(8).as_pointer())
        signature = ir.FunctionType(ir.VoidType(), [room.type, ir.IntType(8), I64, ir.IntType(1)])
        memset = get_or_insert_function(b.module, signature, "llvm.memset.p0.i64")
        zero, volatile = ir.Constant(ir.IntType(8), 0), ir.Constant(ir.IntType(1), 1)
        inside.call(memset, [room, zero, ir.Constant(I64, STACK), volatile])
        inside.ret_void()
    b.call(fn, [])


def _address(stub: Any) -> None:
    @intrinsic
    def prim(typingctx: Any, p: Any, index: Any) -> Any:
        size = p.dtype.bitwidth // 8

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return builder.add(args[0], builder.mul(args[1], ir.Constant(I64, size)))

        return W(p, W), codegen

    @overload(stub)
    def use(pointer: Any, index: Any) -> Any:
        return (lambda pointer, index: prim(pointer, index)) if isinstance(pointer, PtrType) else None


_address(machine.address)
_primitive(machine.atomic_load, W, (W, W), _atomic_load)
_primitive(machine.atomic_store, types.none, (W, W, W), _atomic_store)
_primitive(machine.fence_acquire, types.none, (), lambda b, v: b.fence("acquire"))
_primitive(machine.fence_release, types.none, (), lambda b, v: b.fence("release"))
_primitive(machine.lowest_bit, W, (W,), _count("cttz", True))
_primitive(machine.bit_count, W, (W,), _count("ctpop", False))
_primitive(machine.call_kernel, types.none, (W,) * 8, _call(ir.VoidType(), 7))
_primitive(machine.call_process, types.none, (W,) * 6, _call(ir.VoidType(), 5))
_primitive(machine.call_c, W, (W,) * 3, _call(I64, 2))
_primitive(machine.word_float, types.float32, (W,), _word_float)
_primitive(machine.load_f32, types.float32, (W,), _load(F32))
_primitive(machine.store_f32, types.none, (W, types.float32), _store)
_primitive(machine.load_i64, W, (W,), _load(I64))
_primitive(machine.store_i64, types.none, (W, W), _store)
_primitive(machine.load_f64, types.float64, (W,), _load(F64))
_primitive(machine.touch_stack, types.none, (), _touch_stack)
_primitive(machine.denormals_off, W, (), _denormals_off)
_primitive(machine.denormals_restore, types.none, (W,), lambda b, v: _mode_set(b, v[0]))
