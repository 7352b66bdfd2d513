"""scsynth on the same workloads, offline (``scsynth -N``), without sclang: SynthDefs and the score are written here.

SynthDef file format, version 2: "Synth Definition File Format" of SuperCollider's reference. Unit generators: W1
SinOsc, Pan2, Out; W2 Saw, SinOsc.kr, RLPF, EnvGen.kr, Pan2, Out.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from struct import pack
from tempfile import TemporaryDirectory

import numpy as np

from bench.workloads import PARAMETERS, RATE, voices
from phonon_osc.osc.wire import encode_bundle, encode_message

SCALAR, CONTROL, AUDIO = 0, 1, 2  # calculation rates
MULTIPLY = 2  # special index of BinaryOpUGen
TIMETAG_SECOND = 1 << 32  # a score counts from 0, in the units of a timetag
MEMORY_KB = 1 << 18
AMPLITUDE = {"W1": 1.0, "W2": 2.0}  # factor on each voice's: Saw goes from -0.5 to 0.5 only


@dataclass(frozen=True)
class Wire:
    """One output of a unit generator."""

    unit: int
    output: int


Input = Wire | float


@dataclass
class SynthDef:
    """A definition for scsynth, unit by unit in order of calculation."""

    name: str
    controls: Mapping[str, float]
    constants: list[float] = field(default_factory=list)
    _units: list[bytes] = field(default_factory=list)

    def control_wires(self) -> dict[str, Wire]:
        """A Control unit, first of all: where each control is found."""
        self.add("Control", CONTROL, outputs=len(self.controls))
        return {name: Wire(0, k) for k, name in enumerate(self.controls)}

    def add(self, unit: str, rate: int, *inputs: Input, outputs: int = 1, special: int = 0) -> Wire:
        """Append a unit generator; its first output."""
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
        """The bytes /d_recv takes."""
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


def _pan_out(d: SynthDef, sound: Wire, pan: Wire, level: Input) -> None:
    panned = d.add("Pan2", AUDIO, sound, pan, level, outputs=2)
    d.add("Out", AUDIO, 0.0, panned, Wire(panned.unit, 1), outputs=0)


def sines() -> SynthDef:
    """W1."""
    d = SynthDef("W1", PARAMETERS["W1"](0, 1))
    c = d.control_wires()
    _pan_out(d, d.add("SinOsc", AUDIO, c["freq"], 0.0), c["pan"], c["amp"])
    return d


def acid() -> SynthDef:
    """W2. Envelope times amplitude at control rate is the level of Pan2: cheaper than multiplying the sound."""
    d = SynthDef("W2", PARAMETERS["W2"](0, 1))
    c = d.control_wires()
    wobble = d.add("MulAdd", CONTROL, d.add("SinOsc", CONTROL, c["lfo"], 0.0), 0.6, 1.0)
    cutoff = d.add("BinaryOpUGen", CONTROL, wobble, c["cutoff"], special=MULTIPLY)
    voice = d.add("RLPF", AUDIO, d.add("Saw", AUDIO, c["freq"]), cutoff, 0.25)
    gate, scale, bias, times, done = 1.0, 1.0, 0.0, 1.0, 0.0
    begin, segments, release_node, loop_node = 0.0, 3.0, 2.0, -99.0
    linear = (1.0, 0.0)
    attack, decay, release = (1.0, 0.01, *linear), (0.7, 0.1, *linear), (0.0, 0.2, *linear)
    shape = (begin, segments, release_node, loop_node, *attack, *decay, *release)
    held = d.add("EnvGen", CONTROL, gate, scale, bias, times, done, *shape)
    _pan_out(d, voice, c["pan"], d.add("BinaryOpUGen", CONTROL, held, c["amp"], special=MULTIPLY))
    return d


SYNTHDEFS: dict[str, Callable[[], SynthDef]] = {"W1": sines, "W2": acid}


def score(workload: str, count: int, seconds: float) -> bytes:
    """A score: the definition and ``count`` voices at 0 s, the end at ``seconds``."""
    synthdef = SYNTHDEFS[workload]()
    events = [(0.0, encode_message("/d_recv", synthdef.encode()))]
    for k, controls in enumerate(voices(workload, count)):
        louder = {**controls, "amp": controls["amp"] * AMPLITUDE[workload]}
        pairs = [word for pair in louder.items() for word in pair]
        events.append((0.0, encode_message("/s_new", synthdef.name, 1000 + k, 1, 0, *pairs)))
    events.append((seconds, encode_message("/c_set", 0, 0.0)))
    bundles = [encode_bundle(round(at * TIMETAG_SECOND), [message]) for at, message in events]
    return b"".join(pack(">i", len(bundle)) + bundle for bundle in bundles)


def find() -> str | None:
    """Where scsynth is, if it is installed."""
    return shutil.which("scsynth")


def version() -> str:
    """What ``scsynth -v`` says."""
    said = subprocess.run(["scsynth", "-v"], capture_output=True, text=True, check=False).stdout
    return said.split(" (")[0].strip()


def render(workload: str, count: int, seconds: float, *, block: int = 64) -> tuple[float, np.ndarray]:
    """CPU seconds (user and system) of the whole process, start-up included, and the sound: (frames, 2)."""
    import soundfile

    with TemporaryDirectory(prefix="bench-scsynth-") as folder:
        commands, sound, said = (Path(folder) / name for name in ("score.osc", "out.wav", "said.txt"))
        commands.write_bytes(score(workload, count, seconds))
        command = ["scsynth", "-N", str(commands), "_", str(sound), str(RATE), "WAV", "float"]
        command += [
            "-i",
            "0",
            "-o",
            "2",
            "-z",
            str(block),
            "-D",
            "0",
            "-V",
            "-1",
            "-m",
            str(MEMORY_KB),
            "-n",
            str(count + 64),
        ]
        with said.open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        text = said.read_text(errors="replace")
        if process.returncode or not sound.exists() or "FAILURE" in text or "ERROR" in text:
            raise SystemExit(f"scsynth ended with {process.returncode}: {text.strip()[-500:]}")
        return usage.ru_utime + usage.ru_stime, soundfile.read(sound, dtype="float32", always_2d=True)[0]
