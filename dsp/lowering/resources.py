"""Delay memories, samples and the bus: gathers, scatters and the sum of an orbit.

One file although it is long: all of them compute addresses of lanes in the same way.
"""

from __future__ import annotations

from typing import Any

from dsp import lanes
from dsp.abi import STATE_ROW
from dsp.lowering.access import env_word, load_row, make_struct, pointer, store_row, words_of
from dsp.lowering.rows import (
    F32,
    I1,
    I32,
    I64,
    BuffersType,
    BufferType,
    BusType,
    MemoryType,
    llvm_row,
    row,
    splat,
)
from dsp.numba_api import get_or_insert_function, intrinsic, ir, overload_method, types


def _widen(builder: Any, value: Any, width: int) -> Any:
    return builder.sext(value, llvm_row(width, I64))


def _gather(builder: Any, addresses: Any, elem: ir.Type, width: int) -> Any:
    """Read one ``elem`` at each address."""
    if width == 1:
        return builder.load(pointer(builder, addresses, elem), align=4)
    vec, ptrs = ir.VectorType(elem, width), ir.VectorType(elem.as_pointer(), width)
    mask = ir.VectorType(I1, width)
    suffix = {F32: "f32", I64: "i64", I32: "i32"}[elem]
    fn = get_or_insert_function(
        builder.module, ir.FunctionType(vec, [ptrs, I32, mask, vec]), f"llvm.masked.gather.v{width}{suffix}.v{width}p0"
    )
    every = ir.Constant(mask, [1] * width)
    return builder.call(fn, [builder.inttoptr(addresses, ptrs), ir.Constant(I32, 4), every, ir.Constant(vec, None)])


def _scatter(builder: Any, value: Any, addresses: Any, width: int) -> None:
    if width == 1:
        store_row(builder, value, addresses)
        return
    ptrs, mask = ir.VectorType(F32.as_pointer(), width), ir.VectorType(I1, width)
    fn = get_or_insert_function(
        builder.module,
        ir.FunctionType(ir.VoidType(), [value.type, ptrs, I32, mask]),
        f"llvm.masked.scatter.v{width}f32.v{width}p0",
    )
    builder.call(fn, [value, builder.inttoptr(addresses, ptrs), ir.Constant(I32, 4), ir.Constant(mask, [1] * width)])


def _memory_address(builder: Any, memory: Any, width: int, position: Any) -> Any:
    addresses, mask, _, _, stride = words_of(builder, memory, 5)
    offset = builder.and_(position, splat(builder, mask, width))
    shift = builder.cttz(stride, ir.Constant(I1, 0))  # strides are powers of two; a shift costs less than a product
    return builder.add(addresses, builder.shl(_widen(builder, offset, width), splat(builder, shift, width)))


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
        frame, age = words_of(builder, args[0], 4)[2:]
        index = builder.trunc(args[1], I32)
        now = builder.add(builder.add(frame, index), builder.trunc(args[3], I32))
        position = builder.sub(splat(builder, now, width), args[2])
        value = _gather(builder, _memory_address(builder, args[0], width, position), F32, width)
        written = builder.icmp_signed("<=", args[2], builder.add(age, splat(builder, index, width)))
        return builder.select(written, value, ir.Constant(value.type, None if width > 1 else 0.0))

    return row(width, "f")(memory, types.int64, row(width, "i"), types.int64), emit


def _in_a_row(builder: Any, memory: Any, width: int, frame: Any) -> tuple[Any, Any]:
    """Whether the memories of the lanes are interleaved, and if so, the place of the pass's lanes for a frame."""
    addresses, mask, _, _, stride = words_of(builder, memory, 5)
    first = builder.extract_element(addresses, ir.Constant(I32, 0)) if width > 1 else addresses
    at = builder.zext(builder.and_(frame, mask), I64)
    interleaved = builder.icmp_unsigned("!=", stride, ir.Constant(I64, 4))
    return interleaved, builder.add(first, builder.mul(at, ir.Constant(I64, STATE_ROW)))


@intrinsic
def _memory_read_line(typingctx: Any, memory: Any, i: Any, delay: Any, offset: Any) -> Any:
    width = memory.width

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        frame, age = words_of(builder, args[0], 4)[2:]
        index, delay = builder.trunc(args[1], I32), builder.trunc(args[2], I32)
        position = builder.sub(builder.add(builder.add(frame, index), builder.trunc(args[3], I32)), delay)
        interleaved, at = _in_a_row(builder, args[0], width, position)
        with builder.if_else(interleaved) as (together, apart):
            with together:
                value = load_row(builder, at, width, F32)
                from_row = builder.block
            with apart:
                addresses = _memory_address(builder, args[0], width, splat(builder, position, width))
                gathered = _gather(builder, addresses, F32, width)
                from_gather = builder.block
        found = builder.phi(value.type)
        found.add_incoming(value, from_row)
        found.add_incoming(gathered, from_gather)
        written = builder.icmp_signed("<=", splat(builder, builder.sub(delay, index), width), age)
        return builder.select(written, found, ir.Constant(found.type, None if width > 1 else 0.0))

    return row(width, "f")(memory, types.int64, types.int64, types.int64), emit


@intrinsic
def _memory_write_line(typingctx: Any, memory: Any, i: Any, value: Any, offset: Any) -> Any:
    width = memory.width

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        frame = builder.add(builder.extract_value(args[0], 2), builder.trunc(args[1], I32))
        position = builder.add(frame, builder.trunc(args[3], I32))
        interleaved, at = _in_a_row(builder, args[0], width, position)
        with builder.if_else(interleaved) as (together, apart):
            with together:
                store_row(builder, args[2], at)
            with apart:
                addresses = _memory_address(builder, args[0], width, splat(builder, position, width))
                _scatter(builder, args[2], addresses, width)
        return context.get_dummy_value()

    return types.none(memory, types.int64, row(width, "f"), types.int64), emit


@overload_method(MemoryType, "read_line")
def _read_line(memory: Any, i: Any, delay: Any, offset: Any = 0) -> Any:
    return lambda memory, i, delay, offset=0: _memory_read_line(memory, i, delay, offset)


@overload_method(MemoryType, "write_line")
def _write_line(memory: Any, i: Any, value: Any, offset: Any = 0) -> Any:
    return lambda memory, i, value, offset=0: _memory_write_line(memory, i, value, offset)


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
        low = builder.trunc(word, llvm_row(width, I32))
        high = builder.trunc(builder.lshr(word, splat(builder, ir.Constant(I64, 32), width)), llvm_row(width, I32))
        values = [builder.bitcast(v, llvm_row(width, F32)) for v in (low, high)]
        return context.make_tuple(builder, pair, values)

    return pair(buffer, row(width, "i")), emit


@overload_method(BufferType, "left_right")
def _buffer_left_right(buffer: Any, position: Any) -> Any:
    return lambda buffer, position: _left_right(buffer, position)


def _successive(count: int) -> Any:
    """``count`` frames from a position on, read as one word per lane and frame, and turned into rows: left, right, left, ..."""

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
            ):  # join neighbours: for each value of a frame, the lanes of the first, then those of the second
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


def _peers(builder: Any, env: Any, bits: Any, width: int) -> tuple[Any, Any]:
    """The orbit of the lowest lane of ``bits`` (64 bits, not 0; -1: not audible), and those lanes that share it."""
    orbit = load_row(builder, env_word(builder, env, "orbit"), width, I32)
    rest = builder.trunc(bits, ir.IntType(width))
    cttz = get_or_insert_function(builder.module, ir.FunctionType(rest.type, [rest.type, I1]), f"llvm.cttz.i{width}")
    lead = builder.call(cttz, [rest, ir.Constant(I1, 0)])
    inside = builder.and_(builder.zext(lead, I32) if width < 32 else lead, ir.Constant(I32, width - 1))
    this = builder.extract_element(orbit, inside)
    same = builder.and_(
        builder.icmp_signed("==", orbit, splat(builder, this, width)),
        builder.bitcast(rest, ir.VectorType(I1, width)),
    )
    return this, same


_PER_CHANNEL = lanes.BLOCK * lanes.Bus.COLUMNS * 4  # bytes


def _sums_of(builder: Any, env: Any, orbit: Any, row_number: Any) -> Any:
    """Address of the pass's first column in a row of an orbit's left sums."""
    column = builder.and_(env_word(builder, env, "column"), ir.Constant(I64, 15))
    where = builder.mul(builder.sext(orbit, I64), ir.Constant(I64, 2 * _PER_CHANNEL))
    where = builder.add(env_word(builder, env, "sums"), where)
    where = builder.add(where, builder.mul(row_number, ir.Constant(I64, lanes.Bus.COLUMNS * 4)))
    return builder.add(where, builder.mul(column, ir.Constant(I64, 4)))


def _add_to_sums(builder: Any, where: Any, values: Any, width: int) -> None:
    for channel, value in enumerate(values):
        at = builder.add(where, ir.Constant(I64, channel * _PER_CHANNEL))
        for part in range(0, width, 16):  # a wide pass is folded onto the sixteen columns, low lanes first
            piece = value
            if width > 16:
                picks = ir.Constant(ir.VectorType(I32, 16), list(range(part, part + 16)))
                piece = builder.shuffle_vector(value, value, picks)
            store_row(builder, builder.fadd(load_row(builder, at, min(width, 16), F32), piece), at)


@intrinsic
def _bus_heard(typingctx: Any, bus: Any) -> Any:
    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return env_word(builder, builder.extract_value(args[0], 0), "active")

    return types.int64(bus), emit


@intrinsic
def _bus_members(typingctx: Any, bus: Any, bits: Any) -> Any:
    width = bus.width

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _peers(builder, builder.extract_value(args[0], 0), args[1], width)[1]

    return row(width, "m")(bus, types.int64), emit


@intrinsic
def _bus_others(typingctx: Any, bus: Any, bits: Any) -> Any:
    width = bus.width

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        same = _peers(builder, builder.extract_value(args[0], 0), args[1], width)[1]
        return builder.and_(args[1], builder.not_(builder.zext(builder.bitcast(same, ir.IntType(width)), I64)))

    return types.int64(bus, types.int64), emit


@intrinsic
def _bus_place(typingctx: Any, bus: Any, bits: Any) -> Any:
    width = bus.width

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        env, first = words_of(builder, args[0], 2)
        return _sums_of(builder, env, _peers(builder, env, args[1], width)[0], first)

    return types.int64(bus, types.int64), emit


@intrinsic
def _bus_add(typingctx: Any, bus: Any, place: Any, i: Any, left: Any, right: Any) -> Any:
    width = bus.width
    lane = row(width, "f")

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        _, place, i, left, right = args
        at = builder.add(place, builder.mul(i, ir.Constant(I64, lanes.Bus.COLUMNS * 4)))
        _add_to_sums(builder, at, (left, right), width)
        return context.get_dummy_value()

    return types.none(bus, types.int64, types.int64, lane, lane), emit


@overload_method(BusType, "heard")
def _heard(bus: Any) -> Any:
    return lambda bus: _bus_heard(bus)


@overload_method(BusType, "members")
def _members(bus: Any, bits: Any) -> Any:
    return lambda bus, bits: _bus_members(bus, bits)


@overload_method(BusType, "others")
def _others(bus: Any, bits: Any) -> Any:
    return lambda bus, bits: _bus_others(bus, bits)


@overload_method(BusType, "place")
def _place(bus: Any, bits: Any) -> Any:
    return lambda bus, bits: _bus_place(bus, bits)


@overload_method(BusType, "add")
def _add(bus: Any, place: Any, i: Any, left: Any, right: Any) -> Any:
    return lambda bus, place, i, left, right: _bus_add(bus, place, i, left, right)


@intrinsic
def _bus_peak(typingctx: Any, bus: Any, value: Any) -> Any:
    width = bus.width

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        env = builder.extract_value(args[0], 0)
        at = env_word(builder, env, "peak")
        old = load_row(builder, at, width, F32)
        bits = builder.trunc(env_word(builder, env, "active"), ir.IntType(width))
        silent = builder.not_(builder.bitcast(bits, ir.VectorType(I1, width)))
        # not-a-number replaces the peak, so that the engine sees it; lanes that do not sound have no level
        keep = builder.or_(builder.fcmp_ordered(">=", old, args[1]), silent)
        store_row(builder, builder.select(keep, old, args[1]), at)
        return context.get_dummy_value()

    return types.none(bus, row(width, "f")), emit


@overload_method(BusType, "note_peak")
def _note_peak(bus: Any, value: Any) -> Any:
    return lambda bus, value: _bus_peak(bus, value)
