"""Compiles a plain function to machine code in a file.

A kernel is typed and lowered by numba, wrapped in one C function without numba's error path, optimised, and written as a
relocatable object, which ``dsp.cache`` keeps. Loading needs only llvmlite, so a warm start never imports numba.
The object may refer to no outside symbols except ``ALLOWED``. This is checked before it is stored and again before it is loaded. So an
allocation, a libm call or a Python error in an audio kernel is a compile error.

The key is a hash of the sources that shape the code, the versions of numba and llvmlite, and the target: a CPU with its features.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .kind import Kind, kinds
from .lanes import WIDTHS
from .structs import Struct
from .target import Target, cpu_class, native

ALLOWED = frozenset({"memcpy", "memset", "memmove"})
RAISES = "raise_or_assert"  # the symbol that a kernel which can raise refers to
HERE = Path(__file__).parent
COMMON = (
    "abi.py",
    "compile.py",
    "kind.py",
    "lanes.py",
    "llvm_api.py",
    "lowering",
    "lowering_machine.py",
    "math",
    "numba_api.py",
    "structs.py",
    "target.py",
)


class CompileError(RuntimeError):
    """A kernel that cannot be compiled, or that refers to something an audio thread must not call."""


@dataclass(frozen=True)
class Unit:
    """One thing to compile: a kind at one width (``lowpass_16``), or an entry point of the engine (width 0).

    ``source`` is a hash of the sources that shape its code.
    """

    symbol: str
    source: str

    @property
    def filename(self) -> str:
        """The name of its object for this machine in the cache."""
        return f"{self.symbol}-{_key(self.source, native())}.o"

    def filename_for(self, target: Target) -> str:
        """The name of its object for another target. ``warm`` deletes none of these."""
        return f"{self.symbol}-{_key(self.source, target)}.{target.name}.obj"


# --- keys ----------------------------------------------------------------------------------------------------------
def _hash_files(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources(names: Iterable[str]) -> list[Path]:
    found: list[Path] = []
    for name in names:
        path = HERE / name
        found.extend(path.rglob("*.py") if path.is_dir() else [path])
    return found


@functools.cache
def default_widths() -> tuple[int, int]:
    """Lanes per narrow and per wide pass that suit this CPU: one vector register, and two so that latencies overlap."""
    return (cpu_class() or native()).widths


def widths_for(lanes: int | None) -> tuple[int, int]:
    """The two widths of an engine: the given ones, or those that suit this CPU. Raises ValueError."""
    return default_widths() if lanes is None else (check_width(lanes), lanes)


@functools.cache
def _common_source() -> str:
    return _hash_files(_sources(COMMON))


@functools.cache
def _versions() -> list[str]:
    return [importlib.metadata.version(p) for p in ("numba", "llvmlite")]


def _key(source: str, target: Target) -> str:
    return hashlib.sha256(repr((source, _versions(), target)).encode()).hexdigest()[:16]


def source_of(paths: Iterable[Path]) -> str:
    """A hash of these files and of everything that shapes any object."""
    return hashlib.sha256((_common_source() + _hash_files(paths)).encode()).hexdigest()[:16]


@functools.cache
def _file_source(path: str) -> str:
    return source_of([Path(path)])


@functools.cache
def kind_unit(name: str, width: int) -> Unit:
    kind = kinds()[name]
    return Unit(f"{name}_{1 if kind.per_lane else width}", _file_source(kind.kernel.__code__.co_filename))


# --- compiling (needs numba) ---------------------------------------------------------------------------------------
def _entry(kind: Kind, width: int) -> Callable[..., Any]:
    """The function with the signature of ``dsp.abi`` that unpacks its words and calls the kernel."""
    from .lowering import entry_intrinsics
    from .machine import lowest_bit
    from .numba_api import register_jitable

    lanes = 1 if kind.per_lane else width
    scope: dict[str, Any] = entry_intrinsics(lanes, kind.state, kind.ints)
    scope["kernel"] = register_jitable(kind.kernel)
    args = [f"signal(regs, step, {k}, first, lane)" for k in range(len(kind.signals))]
    args += ["state(state_address, lane)"] if kind.state else []
    args += ["memory(step, memory_address, env_address, lane)"] if kind.memory else []
    args += ["seed(step, env_address, lane)"] if kind.seeded else []
    args += ["buffers(env_address)"] if kind.reads_buffers else []
    args += ["bus(env_address, first)"] if kind.bus else []
    args += ["n", "env(env_address, lane)"]
    text = "def entry(regs, step, state_address, memory_address, first, n, env_address):\n"
    if kind.per_lane:
        scope["lowest_bit"] = lowest_bit
        text += "    left = active(env_address)\n    while left != 0:\n"
        text += "        lane = lowest_bit(left)\n        left &= left - 1\n"
        text += f"        kernel({', '.join(args)})\n"
    else:
        text += f"    lane = 0\n    kernel({', '.join(args)})\n"
    exec(text, scope)  # the text contains only declared names
    entry: Callable[..., Any] = scope["entry"]
    return entry


_registered: set[Callable[..., Any]] = set()


def _register_inlines() -> None:
    """Register functions marked ``inline`` with numba; kind files imported since the last call may have added some."""
    from . import lanes
    from .numba_api import register_jitable

    for function in lanes.INLINE:
        if function not in _registered:
            _registered.add(function)
            register_jitable(function)


def _wrapper(symbol: str, name: str, arg_count: int) -> str:
    """LLVM text of ``i64 symbol(i64 ...)``, which calls numba's function ``name`` and returns 0."""
    from .numba_api import OK, OK_NONE

    params = ", ".join(f"i64 %a{k}" for k in range(arg_count))
    passed = ", ".join(["ptr %ret", "ptr %exc", *(f"i64 %a{k}" for k in range(arg_count))])
    return (
        f'declare i32 @"{name}"(ptr, ptr{", i64" * arg_count})\n'
        f'define i64 @"{symbol}"({params}) {{\n  %ret = alloca ptr\n  %exc = alloca ptr\n'
        f'  %status = call i32 @"{name}"({passed})\n'
        # If the optimiser cannot prove that there is no error, the call of RAISES stays. Its symbol is not on the allow-list.
        f"  switch i32 %status, label %raised [i32 {OK}, label %done i32 {OK_NONE}, label %done]\n"
        f"raised:\n  call void @{RAISES}()\n  br label %done\ndone:\n  ret i64 0\n}}\n"
        f"declare void @{RAISES}()\n"
    )


def undefined_symbols(code: bytes) -> set[str]:
    """Names of the undefined symbols of an object file, from its ELF symbol table."""
    if code[:4] != b"\x7fELF" or code[4] != 2:
        raise CompileError("not a 64-bit ELF object")
    word = lambda at, size: int.from_bytes(code[at : at + size], "little")  # noqa: E731
    table, entry, count = word(0x28, 8), word(0x3A, 2), word(0x3C, 2)
    sections = [table + k * entry for k in range(count)]
    names: set[str] = set()
    for section in sections:
        if word(section + 4, 4) != 2:  # SHT_SYMTAB
            continue
        start, size = word(section + 0x18, 8), word(section + 0x20, 8)
        strings = word(sections[word(section + 0x28, 4)] + 0x18, 8)
        for at in range(start, start + size, 24):
            if word(at + 6, 2) == 0 and word(at, 4):  # SHN_UNDEF with a name
                where = strings + word(at, 4)
                names.add(code[where : code.index(b"\0", where)].decode())
    return names


def check_symbols(symbol: str, code: bytes) -> None:
    foreign = undefined_symbols(code) - ALLOWED - {"_GLOBAL_OFFSET_TABLE_"}
    if foreign:
        raise CompileError(
            f"{symbol} calls {', '.join(sorted(foreign))}; audio code may call only {', '.join(sorted(ALLOWED))}"
        )


def compile_function(symbol: str, function: Callable[..., Any], args: tuple[Struct | str, ...]) -> bytes:
    """Object code of ``function``, with its symbols checked. Arguments: a ``Struct`` (its address), ``i64``, or ``*dtype``."""
    from . import llvm_api, lowering_machine  # noqa: F401  (importing it registers its lowering, as with .lowering)
    from .lowering import POINTED, PtrType, StructType
    from .numba_api import lower, types

    _register_inlines()
    typed = tuple(
        StructType(a) if isinstance(a, Struct) else types.int64 if a == "i64" else PtrType(POINTED[a[1:]]) for a in args
    )
    try:
        text, name = lower(function, typed)
    except Exception as error:
        raise CompileError(f"{getattr(function, '__name__', function)}: {error}") from error
    code = llvm_api.emit_object(text, _wrapper(symbol, name, len(args)), symbol, RAISES)
    check_symbols(symbol, code)
    return code


def compile_kind(kind: Kind, width: int) -> bytes:
    return compile_function(f"{kind.name}_{1 if kind.per_lane else width}", _entry(kind, width), ("i64",) * 7)


def check_width(width: int) -> int:
    if width not in WIDTHS:
        raise ValueError(f"lane width {width} is not one of {', '.join(map(str, WIDTHS))}")
    return width
