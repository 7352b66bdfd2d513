"""A kind is a unit of signal processing. Its inputs, outputs, parameters and state are declared once, beside its kernel.

Everything else (validation, error texts, protocol.md, ``--help``, contract tests, benchmarks) is derived from the
declaration. Kind files are found by walking the family folders, so to add a kind is to add one file. Nothing here imports numba.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import logging
import math
import os
import pkgutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

log = logging.getLogger(__name__)

USER = "user"  # family of the kinds that a user adds

FAMILIES = (
    "oscillators",
    "noises",
    "filters",
    "envelopes",
    "controls",
    "triggers",
    "analysis",
    "shapers",
    "delays",
    "modulation",
    "reverbs",
    "samplers",
    "dynamics",
    "stereo",
    "spectral",
    "routing",
)


class Unit(Enum):
    """The unit of a number; the value is the text after the number."""

    NONE = ""
    HZ = "Hz"
    SECONDS = "s"
    GAIN = "x"
    DECIBEL = "dB"
    RATIO = "ratio"
    SEMITONES = "semitones"
    CYCLES = "cycles"
    FRAMES = "frames"
    BITS = "bits"
    INDEX = "index"
    BOOL = "0/1"


class Curve(Enum):
    """How a knob or slider for the parameter should be scaled."""

    LINEAR = "linear"
    EXPONENTIAL = "exponential"
    STEP = "step"


class OutOfRange(Enum):
    """What the validation does with a value outside min..max."""

    CLIP = "clip"
    WRAP = "wrap"
    FOLD = "fold"
    REJECT = "reject"


class ParamError(ValueError):
    """A value that cannot be used. The text says what to send instead."""


@dataclass(frozen=True)
class Param:
    """One parameter: default, range, unit, and how changes reach the kernel.

    ``smoothing`` is the time in seconds that a change by a message takes: a linear ramp of at least one block, or no ramp for
    0. Modulation bypasses validation, so kernels themselves clamp parameters that could make them diverge.
    """

    default: float
    min: float
    max: float
    unit: Unit = Unit.NONE
    doc: str = ""
    curve: Curve = Curve.LINEAR
    smoothing: float = 0.001
    out_of_range: OutOfRange = OutOfRange.CLIP
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.min <= self.default <= self.max:
            raise ValueError(f"default {self.default} outside {self.min}..{self.max}")

    def accept(self, value: float, name: str) -> float:
        """The value for the kernel. Raises ParamError (name, value, what to send) for a value that cannot be used."""
        value = float(value)
        if not math.isfinite(value):
            raise ParamError(
                f"{name}: {value} is not a number; send a value from {self.min:g} to {self.max:g}{self._unit}"
            )
        if self.min <= value <= self.max:
            return value
        if self.out_of_range is OutOfRange.REJECT:
            raise ParamError(
                f"{name}: {value:g} is outside {self.min:g}..{self.max:g}{self._unit}; send a value inside"
            )
        if self.out_of_range is OutOfRange.CLIP:
            return min(max(value, self.min), self.max)
        span = self.max - self.min
        if span == 0:
            return self.min
        offset = (value - self.min) % (span if self.out_of_range is OutOfRange.WRAP else 2 * span)
        return self.min + (offset if offset <= span else 2 * span - offset)

    @property
    def _unit(self) -> str:
        return f" {self.unit.value}" if self.unit.value else ""


@dataclass(frozen=True)
class Kind:
    """A declared kind. ``kernel`` takes inputs, parameters, outputs, then the arguments that the flags add, then ``n`` and ``env``."""

    name: str
    kernel: Callable[..., None]
    ins: tuple[str, ...]
    outs: tuple[str, ...]
    params: dict[str, Param]
    state: tuple[str, ...]
    ints: tuple[str, ...]  # names of the state that are 32-bit integers
    memory: float  # seconds of delay memory per lane; 0 is none
    lines: bool  # the memory is mainly used by `read_line` and `write_line`: where lanes are orbits, it is interleaved
    seeded: bool  # the kernel takes `seed`, a row of integers from the event
    reads_buffers: bool  # the kernel takes `buffers`, the loaded samples
    bus: bool  # the kernel takes `bus` and has no outputs
    per_lane: bool  # the kernel computes one lane with plain numbers instead of rows
    reference: str
    doc: str
    family: str
    tags: frozenset[str] = field(default_factory=frozenset)

    @property
    def signals(self) -> tuple[str, ...]:
        """Names in the order of the kernel's signal arguments and of a step's registers."""
        return (*self.ins, *self.params, *self.outs)

    def memory_frames(self, rate: float) -> int:
        """Size of the delay memory: a power of two, or 0."""
        return 0 if not self.memory else 1 << math.ceil(math.log2(self.memory * rate + 8))

    def param(self, name: str) -> str | None:
        """The parameter with this name or alias."""
        if name in self.params:
            return name
        return next((p for p, spec in self.params.items() if name in spec.aliases), None)


REGISTRY: dict[str, Kind] = {}


def kind(
    *,
    ins: tuple[str, ...] = (),
    outs: tuple[str, ...] = ("y",),
    state: tuple[str, ...] = (),
    ints: tuple[str, ...] = (),
    memory: float = 0.0,
    lines: bool = False,
    seeded: bool = False,
    reads_buffers: bool = False,
    bus: bool = False,
    per_lane: bool = False,
    reference: str,
    tags: tuple[str, ...] = (),
    **params: Param,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare the decorated kernel as a kind; the class ``Kind`` explains the arguments."""

    def declare(kernel: Callable[..., None]) -> Callable[..., None]:
        name = kernel.__name__.rstrip("_")
        extra = [
            word
            for word, on in (
                ("state", bool(state or ints)),
                ("memory", memory > 0),
                ("seed", seeded),
                ("buffers", reads_buffers),
                ("bus", bus),
            )
            if on
        ]
        want = [*ins, *params, *outs, *extra, "n", "env"]
        have = list(inspect.signature(kernel).parameters)
        if have != want:
            raise TypeError(f"kind {name}: the kernel takes {have}, but the declaration says {want}")
        if name in REGISTRY and REGISTRY[name].kernel.__module__ != kernel.__module__:
            raise TypeError(f"kind {name} is declared in {REGISTRY[name].kernel.__module__} and in {kernel.__module__}")
        module = kernel.__module__.split(".")
        REGISTRY[name] = Kind(
            name=name,
            kernel=kernel,
            ins=ins,
            outs=outs,
            params=params,
            state=(*state, *ints),
            ints=ints,
            memory=memory,
            lines=lines,
            seeded=seeded,
            reads_buffers=reads_buffers,
            bus=bus,
            per_lane=per_lane,
            reference=reference,
            doc=inspect.cleandoc(kernel.__doc__ or ""),
            family=module[1] if len(module) > 2 else USER,
            tags=frozenset(tags),
        )
        return kernel

    return declare


def kinds() -> dict[str, Kind]:
    """All declared kinds by name; the family folders are walked on the first call."""
    _walk()
    return dict(sorted(REGISTRY.items()))


@functools.cache
def _walk() -> None:
    """Import every kind file, once."""
    for family in FAMILIES:
        try:
            package = importlib.import_module(f"dsp.{family}")
        except ModuleNotFoundError as missing:
            if missing.name != f"dsp.{family}":
                raise
            continue
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"dsp.{family}.{module.name}")
    for path in sorted(user_folder().glob("*.py")):
        _import_user_kinds(path)


def user_folder() -> Path:
    """The folder of a user's kinds: ``~/.config/phonon-osc/kinds``, or the one that PHONON_OSC_KINDS names. Every file there is run."""
    given = os.environ.get("PHONON_OSC_KINDS")
    if given:
        return Path(given)
    import platformdirs

    return platformdirs.user_config_path("phonon-osc") / "kinds"


def _import_user_kinds(path: Path) -> None:
    """Import a file of the user's kinds. A file with a mistake is left out, and a warning is logged."""
    name = f"{USER}.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    known = dict(REGISTRY)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        REGISTRY.clear()
        REGISTRY.update(known)
        log.warning("%s: not used (%s: %s)", path, type(error).__name__, error)
