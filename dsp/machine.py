"""What compiled engine code may do below the level of numbers: memory by address, atomics, calls through pointers.

These names exist for the compiler (``dsp.lowering_machine``); calling them from Python is an error on purpose, since none of
them checks anything.
"""

from __future__ import annotations

from typing import Any


def _compiled_only(*_: Any) -> Any:
    raise RuntimeError("compiled code only")


def atomic_load(pointer: Any, index: Any) -> Any:
    """Acquire load of a 64-bit word."""
    return _compiled_only()


def atomic_store(pointer: Any, index: Any, value: Any) -> Any:
    """Release store of a 64-bit word."""
    return _compiled_only()


def fence_acquire() -> Any:
    """Nothing that follows is carried out before the loads that come before this."""
    return _compiled_only()


def fence_release() -> Any:
    """No store that follows is carried out before the loads and stores that come before this."""
    return _compiled_only()


def lowest_bit(mask: Any) -> Any:
    """Number of the lowest bit set in a 64-bit word that is not zero."""
    return _compiled_only()


def bit_count(mask: Any) -> Any:
    """How many bits of a 64-bit word are set."""
    return _compiled_only()


def call_kernel(kernel: Any, regs: Any, step: Any, state: Any, memory: Any, first: Any, n: Any, env: Any) -> Any:
    """Call a kernel of ``dsp.abi`` at an address."""
    return _compiled_only()


def call_c(function: Any, a: Any, b: Any) -> Any:
    """Call a C function of two integer or pointer arguments at an address; its integer result."""
    return _compiled_only()


def call_process(function: Any, engine: Any, frames: Any, places: Any, stride: Any, given: Any) -> Any:
    """Call the engine's process function (``phonon_osc.engine.audio.process``) at an address."""
    return _compiled_only()


def address(pointer: Any, index: Any) -> Any:
    """Address of element ``index``."""
    return _compiled_only()


def word_float(word: Any) -> Any:
    """The float32 in the upper half of a 64-bit word."""
    return _compiled_only()


def load_f32(at: Any) -> Any:
    return _compiled_only()


def store_f32(at: Any, value: Any) -> Any:
    return _compiled_only()


def load_i64(at: Any) -> Any:
    return _compiled_only()


def store_i64(at: Any, value: Any) -> Any:
    return _compiled_only()


def load_f64(at: Any) -> Any:
    return _compiled_only()


def touch_stack() -> Any:
    """Write to the pages of the stack that calls made from here may need: later none of them faults."""
    return _compiled_only()


def denormals_off() -> Any:
    """Flush denormals to zero in this thread; the previous mode, for ``denormals_restore``."""
    return _compiled_only()


def denormals_restore(mode: Any) -> Any:
    return _compiled_only()
