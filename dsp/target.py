"""The machines that kernels are compiled for: this one, and classes of CPUs whose kernels a wheel brings along.

llvmlite is imported only where this machine's own CPU must be known to LLVM, so a start with the kernels of a class does without it.
"""

from __future__ import annotations

import functools
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Target:
    """A machine as LLVM names it. ``widths``: lanes per narrow and per wide pass that suit it."""

    name: str
    triple: str
    cpu: str
    features: str
    widths: tuple[int, int]


def _x86(level: int, narrow: int) -> Target:
    name = f"x86-64-v{level}"
    return Target(name, "x86_64-unknown-linux-gnu", name, "", (narrow, 2 * narrow))


# The best class comes first. One vector register holds the lanes of a narrow pass; a wide one has two, so that latencies overlap.
# Plain x86-64 has no instruction to round a vector, so v2 is the least.
CLASSES = {
    target.name: target
    for target in (
        _x86(4, 16),
        _x86(3, 8),
        _x86(2, 4),
        Target("aarch64", "aarch64-unknown-linux-gnu", "generic", "", (8, 16)),
    )
}

# What /proc/cpuinfo calls the instructions that each class adds to the one below it
_FLAGS = {
    "x86-64-v2": "cx16 lahf_lm popcnt sse4_1 sse4_2 ssse3",
    "x86-64-v3": "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave",
    "x86-64-v4": "avx512f avx512bw avx512cd avx512dq avx512vl",
}

_current: Target | None = None  # what this process compiles for, if not its own machine


@functools.cache
def cpu_class() -> Target | None:
    """The best class of CPUs that this machine belongs to; None if it belongs to none."""
    machine = platform.machine()
    if machine in ("aarch64", "arm64"):
        return CLASSES["aarch64"]
    return x86_class(_cpu_flags()) if machine in ("x86_64", "AMD64") else None


def x86_class(flags: frozenset[str]) -> Target | None:
    """The best class whose instructions are all among these flags of /proc/cpuinfo."""
    best = None
    for name, needed in _FLAGS.items():
        if not flags.issuperset(needed.split()):
            break
        best = CLASSES[name]
    return best


def _cpu_flags() -> frozenset[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    except OSError:
        return frozenset()
    return next((frozenset(line.partition(":")[2].split()) for line in lines if line.startswith("flags")), frozenset())


@functools.cache
def native() -> Target:
    """This machine, exactly."""
    from . import llvm_api

    cpu, features = llvm_api.cpu()
    fits = cpu_class()
    wide = (16, 32) if "+avx512f" in features.split(",") else (8, 16)
    return Target("native", llvm_api.triple(), cpu, features, fits.widths if fits else wide)


def current() -> Target:
    """What this process compiles for."""
    return native() if _current is None else _current


def compile_for(name: str | None) -> None:
    """From now on, this process compiles for a class, or with None for its own machine.

    numba keeps functions that it has compiled, so call this only in a process that has compiled nothing yet.
    """
    global _current
    _current = None if name is None else CLASSES[name]
