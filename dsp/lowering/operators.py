"""Operators and one-argument NumPy functions on rows. Arithmetic has LLVM's ``contract`` flag and no other."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from dsp.lowering.rows import FLAGS, LanesType, lanes_of
from dsp.numba_api import AbstractTemplate, get_or_insert_function, infer_global, ir, lower_builtin, signature


def _arithmetic(op: Any, float_name: str | None, int_name: str | None, mask_name: str | None = None) -> None:
    @infer_global(op)
    class Typing(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            lane = lanes_of(args)
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
            lane = lanes_of(args)
            return None if lane is None else signature(LanesType(lane.width, "m"), lane, lane)

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        if sig.args[0].base == "f":  # unordered only for !=, since nothing equals not-a-number
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
        fn = get_or_insert_function(builder.module, ir.FunctionType(vec, [vec]), f"llvm.{name}.{suffix}")
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
