"""Writes SuperCollider's synth definitions without sclang.

The format is version 2 of "Synth Definition File Format" in SuperCollider's reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from struct import pack

SCALAR, CONTROL, AUDIO = 0, 1, 2  # calculation rates


@dataclass(frozen=True)
class Wire:
    """One output of a unit generator."""

    unit: int
    output: int


Input = Wire | float


@dataclass
class SynthDef:
    """A definition for scsynth: its units in order of calculation."""

    name: str
    controls: Mapping[str, float]
    constants: list[float] = field(default_factory=list)
    _units: list[bytes] = field(default_factory=list)

    def control_wires(self) -> dict[str, Wire]:
        """Add the Control unit, which comes first. Returns the output of each control."""
        self.add("Control", CONTROL, outputs=len(self.controls))
        return {name: Wire(0, k) for k, name in enumerate(self.controls)}

    def add(self, unit: str, rate: int, *inputs: Input, outputs: int = 1, special: int = 0) -> Wire:
        """Append a unit generator. Returns its first output."""
        data = _text(unit) + pack(">bIIh", rate, len(inputs), outputs, special)
        data += b"".join(map(self._input, inputs)) + pack("b", rate) * outputs
        self._units.append(data)
        return Wire(len(self._units) - 1, 0)

    def _input(self, source: Input) -> bytes:
        if isinstance(source, Wire):
            return pack(">ii", source.unit, source.output)
        if source not in self.constants:
            self.constants.append(source)
        return pack(">ii", -1, self.constants.index(source))

    def encode(self) -> bytes:
        """The bytes for /d_recv."""
        names = b"".join(_text(name) + pack(">i", k) for k, name in enumerate(self.controls))
        return (
            b"SCgf"
            + pack(">ih", 2, 1)
            + _text(self.name)
            + pack(f">i{len(self.constants)}f", len(self.constants), *self.constants)
            + pack(f">i{len(self.controls)}f", len(self.controls), *self.controls.values())
            + pack(">i", len(self.controls))
            + names
            + pack(">i", len(self._units))
            + b"".join(self._units)
            + pack(">h", 0)  # variants
        )


def _text(text: str) -> bytes:
    return pack("B", len(text)) + text.encode()
