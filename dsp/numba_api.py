"""The only module that imports numba: everything that the project uses of it is named here.

``numba.extending`` is numba's public interface. Names from ``numba.core`` and the way ``lower`` works are private and may change with
any version. ``pyproject.toml`` bounds the versions on both sides and ``make test-versions`` tries both ends.
Importing this module takes about a second, so only code that compiles imports it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import compiler, config, types
from numba.core.cgutils import alloca_once, get_or_insert_function
from numba.core.registry import cpu_target
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

__all__ = [
    "OK",
    "OK_NONE",
    "AbstractTemplate",
    "AttributeTemplate",
    "Conversion",
    "alloca_once",
    "get_or_insert_function",
    "infer_getattr",
    "infer_global",
    "intrinsic",
    "ir",
    "lower",
    "lower_builtin",
    "lower_cast",
    "lower_getattr_generic",
    "lower_setattr_generic",
    "models",
    "overload",
    "overload_method",
    "register_jitable",
    "register_model",
    "signature",
    "types",
]

# Status codes of a function that numba compiled: done, or done with None as its result. Anything else is an error.
OK, OK_NONE = 0, -2

# annotations differ between a function and the lambda that lowers it; without this numba compares them
overload = functools.partial(_overload, strict=False)
overload_method = functools.partial(_overload_method, strict=False)


def lower(function: Callable[..., Any], args: tuple[types.Type, ...]) -> tuple[str, str]:
    """The LLVM text (not optimised) of ``function`` with everything that it calls, and the name of its symbol there.

    The symbol is ``i32 name(ptr result, ptr error, args ...)`` and returns ``OK``, ``OK_NONE`` or an error. No wrapper for Python, no
    reference counts, no bounds checks; division by zero does not raise. Raises numba's own errors for code that it cannot compile.
    """
    flags = compiler.Flags()
    flags.no_cpython_wrapper = True
    flags.no_cfunc_wrapper = True
    flags.error_model = "numpy"
    flags.nrt = False
    flags.boundscheck = False
    # llvm_api runs its passes once over everything; numba's passes before them would double the time for no gain
    saved, config.OPT = config.OPT, type(config.OPT)(0)
    try:
        result = compiler.compile_extra(
            cpu_target.typing_context, cpu_target.target_context, function, args, types.none, flags, {}
        )
    finally:
        config.OPT = saved
    return result.library.get_llvm_str(), result.fndesc.llvm_func_name
