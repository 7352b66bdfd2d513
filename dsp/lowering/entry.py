"""Functions for the entry of a kernel: they turn the words of ``dsp.abi`` into the kernel's arguments."""

from __future__ import annotations

from typing import Any

from dsp.abi import STEP_MEMORY_MASK, STEP_MEMORY_STRIDE, STEP_SALT, STEP_SIGNALS
from dsp.lowering.access import env_word, lane_word, load_row, make_struct
from dsp.lowering.rows import I32, I64, BuffersType, BusType, EnvType, MemoryType, SignalType, StateType, row, splat
from dsp.numba_api import intrinsic, ir, types


def entry_intrinsics(width: int, names: tuple[str, ...], ints: tuple[str, ...]) -> dict[str, Any]:
    """The functions that turn the words of ``dsp.abi`` into the arguments of a kernel. The entry of each kernel calls them."""

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
            stride = step_word(builder, step, ir.Constant(I64, STEP_MEMORY_STRIDE))
            return make_struct(builder, out, [addresses, mask, frame, age, stride])

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
