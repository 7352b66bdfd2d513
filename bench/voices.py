"""The cost of our engine per voice, offline: one process, no server, no sockets.

    python bench/voices.py W2 --variant kr --voices 400 --seconds 5 --block 64

W1 sines, W2 acid, W3 fm, W4 samples (cubic, linear), W5 orbits with effects (``--voices`` counts orbits, 12 at most), W6
notes of 50 ms, 2,000 per second (``--voices`` counts notes, which determine the length).

The last line is JSON: workload, variant, voices, seconds, block, cpu_s (CPU time of the render, without compilation and
start-up), us_per_voice_block64 (minus the same run with 0 voices), voices_per_core (0: too little to measure), rms_l, rms_r
(without the first half second), peak. W6 also has us_per_note (minus the same run without notes) and queue_us_per_note, the part of
it that Engine.play takes. That part is included because scsynth reads its score itself.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.instruments import DEFINITIONS, SAMPLE_BUFFER, fx_orbit, plain_orbit
from bench.workloads import (
    NOTE,
    RATE,
    WORKLOADS,
    delay_time,
    length,
    levels,
    onset_frame,
    sample,
    voice_blocks,
    voices,
)
from phonon_osc.engine.audio.tables import ORBITS
from phonon_osc.engine.engine import Engine
from phonon_osc.engine.voice import Value, Voice

QUEUED = 256  # voices that are queued at a time
AHEAD = 1024  # frames: how long before their onset the notes of W6 are queued
LONGER = 60.0  # seconds that held voices last beyond the render


@dataclass(frozen=True)
class Rendered:
    """``cpu``: CPU time in seconds; ``queue``: its part for queuing notes; ``sound``: (frames, 2)."""

    cpu: float
    queue: float
    sound: np.ndarray


def render(
    workload: str, variant: str, count: int, seconds: float, *, block: int = 64, lanes: int | None = None
) -> Rendered:
    """Render a workload with ``count`` voices."""
    engine = _engine(workload, variant, count, lanes)
    definition = DEFINITIONS[workload, variant]().name
    sound = np.zeros((round(seconds * RATE), 2), np.float32)
    if workload == "W6":
        cpu, queue = _churn(engine, definition, count, sound, block)
    else:
        cpu, queue = _held(engine, workload, definition, count, sound, block), 0.0
    counts = engine.tables.slabs.counts
    if counts.started != count:
        raise SystemExit(f"only {counts.started} of {count} voices started")
    if counts.stolen:
        raise SystemExit(f"{counts.stolen} of {count} voices were stolen")
    return Rendered(cpu, queue, sound)


def _engine(workload: str, variant: str, count: int, lanes: int | None) -> Engine:
    """An engine with the definitions of the workload."""
    sounding = 128 if workload == "W6" else max(16, count)
    engine = Engine(fx_orbit() if workload == "W5" else plain_orbit(), rate=RATE, voices=sounding, width=lanes)
    engine.add_definition(DEFINITIONS[workload, variant]())
    if workload == "W4":
        number = engine.buffers.add(sample(), RATE)
        assert number == SAMPLE_BUFFER
    if workload == "W5":
        for orbit in range(count):
            engine.set_orbit([orbit], {"time": delay_time(orbit)})
    return engine


def _held(engine: Engine, workload: str, definition: str, count: int, sound: np.ndarray, block: int) -> float:
    """Voices that all begin in the first frame and sound to the end. Returns CPU time in seconds."""
    lasting, begin_at = len(sound) / RATE + LONGER, 64 * (count // QUEUED + 1)
    for k, controls in enumerate(voices(workload, count)):
        engine.play(Voice(definition, {**controls}, lasting, orbit=k if workload == "W5" else 0), begin_at)
        if k % QUEUED == QUEUED - 1:
            engine.render(sound[:64])
    engine.render(sound[: begin_at - engine.frame])
    begin = time.process_time()
    _render(engine, sound, block)
    return time.process_time() - begin


def _churn(engine: Engine, definition: str, count: int, sound: np.ndarray, block: int) -> tuple[float, float]:
    """Successive notes, queued a little ahead as a sequencer does. Returns CPU time in seconds, and its part for queuing."""
    controls: list[dict[str, Value]] = [{**each} for each in voices("W6", count)]
    onsets = [onset_frame("W6", k) for k in range(count)]
    begin, queue, k = time.process_time(), 0.0, 0
    for at in range(0, len(sound), AHEAD):
        before = time.process_time()
        while k < count and onsets[k] < at + 2 * AHEAD:
            engine.play(Voice(definition, controls[k], NOTE), onsets[k])
            k += 1
        engine.poll()
        queue += time.process_time() - before
        _render(engine, sound[at : at + AHEAD], block)
    return time.process_time() - begin, queue


def _render(engine: Engine, sound: np.ndarray, block: int) -> None:
    for at in range(0, len(sound), block):
        engine.render(sound[at : at + block])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", choices=sorted(WORKLOADS))
    parser.add_argument("--variant", help="variant of the workload; default: the first")
    parser.add_argument("--voices", type=int, help="W5: orbits, W6: notes; default: 400, W4 200, W5 12, W6 10000")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--block", type=int, default=64, help="frames per call of the process function")
    parser.add_argument("--lanes", type=int, help="lanes per SIMD pass (4, 8, 16, 32); default: the best for this CPU")
    args = parser.parse_args()
    workload = args.workload
    count = args.voices or WORKLOADS[workload].count
    variants = WORKLOADS[workload].variants
    variant = args.variant or variants[0]
    if variant not in variants:
        parser.error(f"{workload} comes as {', '.join(variants)}; {variant!r} is not one of them")
    if workload == "W5" and count > ORBITS:
        parser.error(f"W5 has at most {ORBITS} orbits; {count} are too many")
    seconds = length(workload, count, args.seconds)

    def run(voices: int, seconds: float) -> Rendered:
        return render(workload, variant, voices, seconds, block=args.block, lanes=args.lanes)

    run(min(count, 12), 0.1)  # compile, and use everything once
    empty, full = run(0, seconds), run(count, seconds)
    net = full.cpu - empty.cpu
    per_voice_block = net / voice_blocks(workload, count, seconds)
    left, right = levels(full.sound)
    result = {
        "workload": workload,
        "variant": variant,
        "voices": count,
        "seconds": seconds,
        "block": args.block,
        "cpu_s": round(full.cpu, 5),
        "us_per_voice_block64": round(per_voice_block * 1e6, 5),
        "voices_per_core": round(64 / RATE / per_voice_block) if per_voice_block > 0 else 0,
        "rms_l": round(left, 5),
        "rms_r": round(right, 5),
        "peak": round(float(np.abs(full.sound).max()), 5),
    }
    if workload == "W6":
        result["us_per_note"] = round(1e6 * net / count, 3)
        result["queue_us_per_note"] = round(1e6 * full.queue / count, 3)
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
