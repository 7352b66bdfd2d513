"""Runs scsynth on the same workloads, offline (``scsynth -N``). This module writes SynthDefs and score, so sclang is not needed.

The unit generators are those that a SuperCollider user would choose:

W1 SinOsc, Pan2, Out; W2 Saw, SinOsc.kr, RLPF, EnvGen.kr, Pan2, Out; W3 SinOsc into SinOsc at audio rate, EnvGen.kr, Pan2, Out;
W4 PlayBuf (cubic) or Phasor and BufRd (linear), EnvGen.kr, Balance2, Out; W5 three nodes per orbit: W2's voice, a comb of
LocalIn, DelayL, OnePole and LocalOut, FreeVerb2; W6 W2's voice under an EnvGen.kr that frees its node.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from struct import pack
from tempfile import TemporaryDirectory

import numpy as np

from bench.synthdef import AUDIO, CONTROL, Input, SynthDef, Wire
from bench.workloads import (
    ATTACK,
    DAMP,
    DAMPING,
    DECAY,
    FEEDBACK,
    MIX,
    NOTE,
    NOTE_SHAPE,
    NOTES_PER_SECOND,
    RATE,
    RELEASE,
    ROOM,
    SAMPLE_FRAMES,
    SUSTAIN,
    WORKLOADS,
    Controls,
    delay_time,
    onset_frame,
    sample,
    voices,
)
from phonon_osc.osc.wire import encode_bundle, encode_message

ADD, MULTIPLY = 0, 2  # special indices of BinaryOpUGen
LINEAR = (1.0, 0.0)  # shape and curvature of an envelope's segment
NOTHING, FREE_NODE = 0.0, 2.0  # what EnvGen does at its end
NO_NODE = -99.0  # in an envelope: it has no release, or no loop
TAIL = 1  # /s_new: put the node after all others
TIMETAG_SECOND = 1 << 32  # a score counts from 0, in the units of a timetag
MEMORY_KB = 1 << 18
SPARE_NODES = 64
SAW_LEVEL = 2.0  # factor on voices with a Saw, which goes from -0.5 to 0.5 only
BUFFER, FIRST_BUS, LONGEST = 0.0, 16, 0.5  # W4's sample; W5's first bus and most seconds of delay

Node = tuple[str, Controls]  # SynthDef and controls


def _product(d: SynthDef, a: Input, b: Input) -> Wire:
    return d.add("BinaryOpUGen", CONTROL, a, b, special=MULTIPLY)


def _envelope(d: SynthDef, segments: list[tuple[float, float]], released: float, done: float) -> Wire:
    """EnvGen.kr from 0 through (seconds, level); ``released``: index of the level that is held while the gate is on."""
    gate, scale, bias, times = 1.0, 1.0, 0.0, 1.0
    shape = [word for seconds, level in segments for word in (level, seconds, *LINEAR)]
    return d.add(
        "EnvGen", CONTROL, gate, scale, bias, times, done, 0.0, float(len(segments)), released, NO_NODE, *shape
    )


def _held(d: SynthDef) -> Wire:
    return _envelope(d, [(ATTACK, 1.0), (DECAY, SUSTAIN), (RELEASE, 0.0)], 2.0, NOTHING)


def _pan_out(d: SynthDef, sound: Wire, pan: Wire, level: Input, bus: Input = 0.0) -> None:
    panned = d.add("Pan2", AUDIO, sound, pan, level, outputs=2)
    d.add("Out", AUDIO, bus, panned, Wire(panned.unit, 1), outputs=0)


def sines() -> SynthDef:
    """W1."""
    d = SynthDef("sines", WORKLOADS["W1"].parameters(0, 1))
    c = d.control_wires()
    _pan_out(d, d.add("SinOsc", AUDIO, c["freq"], 0.0), c["pan"], c["amp"])
    return d


def _filtered_saw(d: SynthDef, c: dict[str, Wire]) -> Wire:
    wobble = d.add("MulAdd", CONTROL, d.add("SinOsc", CONTROL, c["lfo"], 0.0), 0.6, 1.0)
    return d.add("RLPF", AUDIO, d.add("Saw", AUDIO, c["freq"]), _product(d, wobble, c["cutoff"]), 0.25)


def acid() -> SynthDef:
    """W2 and W5. Envelope times amplitude at control rate is the level of Pan2: cheaper than multiplying the sound."""
    d = SynthDef("acid", {**WORKLOADS["W2"].parameters(0, 1), "bus": 0.0})
    c = d.control_wires()
    _pan_out(d, _filtered_saw(d, c), c["pan"], _product(d, _held(d), c["amp"]), c["bus"])
    return d


def fm() -> SynthDef:
    """W3."""
    d = SynthDef("fm", WORKLOADS["W3"].parameters(0, 1))
    c = d.control_wires()
    moved = d.add("MulAdd", AUDIO, d.add("SinOsc", AUDIO, c["modulator"], 0.0), c["deviation"], c["freq"])
    _pan_out(d, d.add("SinOsc", AUDIO, moved, 0.0), c["pan"], _product(d, _held(d), c["amp"]))
    return d


def samples(variant: str) -> SynthDef:
    """W4."""
    d = SynthDef(variant, WORKLOADS["W4"].parameters(0, 1))
    c = d.control_wires()
    if variant == "cubic":
        trigger, begin, loop = 1.0, 0.0, 1.0
        left = d.add("PlayBuf", AUDIO, BUFFER, c["rate"], trigger, begin, loop, NOTHING, outputs=2)
    else:
        place = d.add("Phasor", AUDIO, 0.0, c["rate"], 0.0, float(SAMPLE_FRAMES), 0.0)
        loop, interpolation = 1.0, 2.0
        left = d.add("BufRd", AUDIO, BUFFER, place, loop, interpolation, outputs=2)
    level = _product(d, _held(d), c["amp"])
    placed = d.add("Balance2", AUDIO, left, Wire(left.unit, 1), c["pan"], level, outputs=2)
    d.add("Out", AUDIO, 0.0, placed, Wire(placed.unit, 1), outputs=0)
    return d


def comb() -> SynthDef:
    """W5: replaces the sound on a bus by sound and echoes. ``delay`` is a block shorter, because LocalIn is a block late."""
    d = SynthDef("comb", {"bus": 0.0, "delay": 0.2})
    c = d.control_wires()
    left, fed = d.add("In", AUDIO, c["bus"], outputs=2), d.add("LocalIn", AUDIO, 0.0, 0.0, outputs=2)
    again, mixed = list[Wire](), list[Wire]()
    for side in range(2):
        dry = Wire(left.unit, side)
        into = d.add("MulAdd", AUDIO, Wire(fed.unit, side), FEEDBACK, dry)
        again.append(d.add("OnePole", AUDIO, d.add("DelayL", AUDIO, into, LONGEST, c["delay"]), DAMPING))
        mixed.append(d.add("BinaryOpUGen", AUDIO, dry, Wire(fed.unit, side), special=ADD))
    d.add("LocalOut", AUDIO, *again, outputs=0)
    d.add("ReplaceOut", AUDIO, c["bus"], *mixed, outputs=0)
    return d


def reverb() -> SynthDef:
    """W5: from a bus to the outputs."""
    d = SynthDef("reverb", {"bus": 0.0})
    left = d.add("In", AUDIO, d.control_wires()["bus"], outputs=2)
    wet = d.add("FreeVerb2", AUDIO, left, Wire(left.unit, 1), MIX, ROOM, DAMP, outputs=2)
    d.add("Out", AUDIO, 0.0, wet, Wire(wet.unit, 1), outputs=0)
    return d


def churn(block: int) -> SynthDef:
    """W6. EnvGen.kr cuts each segment to whole blocks, 2 ms in all. So segments are rounded here, to make the notes as long as ours."""
    d = SynthDef("churn", WORKLOADS["W6"].parameters(0, 1))
    c = d.control_wires()
    shape = [((round(seconds * RATE / block) + 0.1) * block / RATE, level) for seconds, level in NOTE_SHAPE]
    shaped = _envelope(d, shape, NO_NODE, FREE_NODE)
    _pan_out(d, _filtered_saw(d, c), c["pan"], _product(d, shaped, c["amp"]))
    return d


def synthdefs(workload: str, variant: str, block: int) -> list[SynthDef]:
    """The SynthDefs of a voice of a workload, in order of calculation."""
    makers: dict[str, Callable[[], list[SynthDef]]] = {
        "W1": lambda: [sines()],
        "W2": lambda: [acid()],
        "W3": lambda: [fm()],
        "W4": lambda: [samples(variant)],
        "W5": lambda: [acid(), comb(), reverb()],
        "W6": lambda: [churn(block)],
    }
    return makers[workload]()


def _nodes(workload: str, names: list[str], count: int, block: int) -> Iterator[tuple[float, Node]]:
    """The start time of each node, in order."""
    louder = SAW_LEVEL if workload in ("W2", "W5", "W6") else 1.0
    for k, controls in enumerate(voices(workload, count)):
        at = onset_frame(workload, k) / RATE
        voice = {**controls, "amp": controls["amp"] * louder}
        if workload != "W5":
            yield at, (names[0], voice)
            continue
        bus = {"bus": float(FIRST_BUS + 2 * k)}
        yield at, (names[0], {**voice, **bus})
        yield at, (names[1], {**bus, "delay": delay_time(k) - block / RATE})
        yield at, (names[2], bus)


def score(workload: str, variant: str, count: int, seconds: float, *, block: int, sample_file: Path) -> bytes:
    """A score: definitions, W4's sample and the nodes of ``count`` voices at their start times. It ends at ``seconds``."""
    used = synthdefs(workload, variant, block)
    events = [(0.0, encode_message("/d_recv", synthdef.encode())) for synthdef in used]
    if workload == "W4":
        events.append((0.0, encode_message("/b_allocRead", int(BUFFER), str(sample_file))))
    names = [synthdef.name for synthdef in used]
    for k, (at, (name, controls)) in enumerate(_nodes(workload, names, count, block)):
        pairs = [word for pair in controls.items() for word in pair]
        events.append((at, encode_message("/s_new", name, 1000 + k, TAIL, 0, *pairs)))
    events.append((seconds, encode_message("/c_set", 0, 0.0)))
    bundles = [encode_bundle(round(at * TIMETAG_SECOND), [message]) for at, message in events]
    return b"".join(pack(">i", len(bundle)) + bundle for bundle in bundles)


def find() -> str | None:
    """The path of scsynth, if it is installed."""
    return shutil.which("scsynth")


def version() -> str:
    """The output of ``scsynth -v``."""
    said = subprocess.run(["scsynth", "-v"], capture_output=True, text=True, check=False).stdout
    return said.split(" (")[0].strip()


def render(
    workload: str, count: int, seconds: float, *, variant: str | None = None, block: int = 64
) -> tuple[float, np.ndarray]:
    """CPU time (user and system) of the whole process with its start-up, in seconds, and the sound, (frames, 2)."""
    import soundfile

    variant = variant or WORKLOADS[workload].variants[0]
    at_a_time = round(NOTES_PER_SECOND * NOTE) if workload == "W6" else count * len(synthdefs(workload, variant, block))
    with TemporaryDirectory(prefix="bench-scsynth-") as name:
        folder = Path(name)
        if workload == "W4":
            soundfile.write(folder / "sample.wav", sample(), RATE, subtype="FLOAT")
        events = score(workload, variant, count, seconds, block=block, sample_file=folder / "sample.wav")
        (folder / "score.osc").write_bytes(events)
        files = [str(folder / "score.osc"), "_", str(folder / "out.wav")]
        sizes = {"-i": 0, "-o": 2, "-z": block, "-D": 0, "-V": -1, "-m": MEMORY_KB, "-n": at_a_time + SPARE_NODES}
        options = [str(word) for pair in sizes.items() for word in pair]
        command = ["scsynth", "-N", *files, str(RATE), "WAV", "float", *options]
        with (folder / "said.txt").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said = (folder / "said.txt").read_text(errors="replace")
        if process.returncode or not (folder / "out.wav").exists() or "FAILURE" in said or "ERROR" in said:
            raise SystemExit(f"scsynth ended with {process.returncode}: {said.strip()[-500:]}")
        sound = soundfile.read(folder / "out.wav", dtype="float32", always_2d=True)[0]
        return usage.ru_utime + usage.ru_stime, sound
