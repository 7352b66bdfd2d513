"""What compiled engine code may do below the level of numbers: memory by address, atomics, calls through pointers.

These names exist for the compiler (``dsp.lowering_machine``). They check nothing, so calling them from Python raises an error on
purpose.
"""

from __future__ import annotations

from typing import Any


def _compiled_only(*_: Any) -> Any:
    raise RuntimeError("only compiled code can use this function")


def atomic_load(pointer: Any, index: Any) -> Any:
    """Acquire load of a 64-bit word."""
    return _compiled_only()


def atomic_store(pointer: Any, index: Any, value: Any) -> Any:
    """Release store of a 64-bit word."""
    return _compiled_only()


def fence_acquire() -> Any:
    """A barrier: no later load or store runs before the earlier loads."""
    return _compiled_only()


def fence_release() -> Any:
    """A barrier: no later store runs before the earlier loads and stores."""
    return _compiled_only()


def lowest_bit(mask: Any) -> Any:
    """Number of the lowest bit set in a 64-bit word that is not zero."""
    return _compiled_only()


def bit_count(mask: Any) -> Any:
    """Number of set bits in a 64-bit word."""
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
    """Write to the stack pages that calls from here may need, so that they do not fault later."""
    return _compiled_only()


def denormals_off() -> Any:
    """Flush denormals to zero in this thread. Returns the previous mode, for ``denormals_restore``."""
    return _compiled_only()


def denormals_restore(mode: Any) -> Any:
    return _compiled_only()
