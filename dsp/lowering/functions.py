"""The functions of ``dsp.lanes``: for rows, and for the plain numbers of ``per_lane`` kinds."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp import lanes
from dsp.lowering.rows import F32, I32, LanesType, lanes_of, splat
from dsp.numba_api import intrinsic, ir, overload, register_jitable, types


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
    lane = lanes_of((a, b)) or LanesType(
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
        lane = lanes_of((a, b))
        assert lane is not None  # the overload below accepts only rows

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
def _times(typingctx: Any, a: Any, b: Any) -> Any:
    lane = lanes_of((a, b))
    assert lane is not None  # the overload below accepts only rows
    return lane(lane, lane), lambda context, builder, sig, args: builder.fmul(*args)  # no ``contract``: never fused


@overload(lanes.times)
def _rounded_product(a: Any, b: Any) -> Any:
    if isinstance(a, LanesType) or isinstance(b, LanesType):
        return lambda a, b: _times(a, b)
    if isinstance(a, types.Number):  # plain numbers are never fused
        return lambda a, b: a * b
    return None


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


@overload(lanes.plain_int)
def _plain_int(i: Any) -> Any:
    if isinstance(i, types.Integer):
        return lambda i: np.int64(i)
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
