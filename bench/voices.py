"""How many voices one core renders: the workloads of peers, through the real engine, offline.

    python bench/voices.py W2 --variant kr --voices 400 --seconds 5 --block 64

The last line is JSON: workload, variant, voices, seconds, block, cpu_s (CPU of the render only; compilation and
start-up are over by then), us_per_voice_block64 (net of the same run with 0 voices), voices_per_core
(0: too little to measure), rms_l, rms_r (without the first half second), peak.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.workloads import RATE, levels, voices
from dsp.kind import Param, Unit
from phonon_osc.engine.definition import Definition, Graph
from phonon_osc.engine.engine import Engine
from phonon_osc.engine.voice import Voice

RESONANCE_Q4 = 0.875  # Q = 1 / (2 - 2 resonance)


def _control(default: float, top: float, unit: Unit = Unit.NONE) -> Param:
    return Param(default, -top, top, unit, smoothing=0.0)


def plain_orbit() -> Definition:
    """Orbits that only add up, as the peers' buses do."""
    g = Graph("orbit", rate=RATE, inlets=True)
    assert g.inlets is not None
    g.outlets(*g.inlets)
    return g.build()


def sines() -> Definition:
    """W1: one sine, pan."""
    g = Graph("sines", rate=RATE)
    freq = g.control("freq", _control(440.0, 24000.0, Unit.HZ))
    amp, pan = g.control("amp", _control(0.1, 1.0)), g.control("pan", _control(0.0, 1.0))
    g.out(*g.add("pan", g.one("gain", g.one("sine", freq=freq), amp=amp), position=pan))
    return g.build()


def acid() -> Definition:
    """W2: band-limited saw, 2-pole resonant low-pass (Q 4) under a sine LFO once per block, ADSR, pan."""
    g = Graph("acid", rate=RATE)
    freq = g.control("freq", _control(440.0, 24000.0, Unit.HZ))
    cutoff = g.control("cutoff", _control(1000.0, 24000.0, Unit.HZ))
    rate = g.control("lfo", _control(1.0, 100.0))
    amp, pan = g.control("amp", _control(0.1, 1.0)), g.control("pan", _control(0.0, 1.0))
    wobble = g.one("scale", g.one("sine", freq=rate, control_rate=True), mul=0.6, add=1.0, control_rate=True)
    swept = g.one("gain", wobble, amp=cutoff, control_rate=True)
    voice = g.one("lowpass", g.one("saw", freq=freq), cutoff=swept, resonance=RESONANCE_Q4)
    held = g.one("adsr", gate=1.0, attack=0.01, decay=0.1, sustain=0.7, release=0.2)
    g.out(*g.add("pan", g.one("gain", g.one("gain", voice, amp=held), amp=amp), position=pan))
    return g.build()


DEFINITIONS: dict[tuple[str, str], Callable[[], Definition]] = {("W1", "ar"): sines, ("W2", "kr"): acid}


def render(
    workload: str, variant: str, count: int, seconds: float, *, block: int = 64, lanes: int | None = None
) -> tuple[float, np.ndarray]:
    """CPU seconds of the render, and the sound: (frames, 2)."""
    definition = DEFINITIONS[workload, variant]()
    engine = Engine(plain_orbit(), rate=RATE, voices=max(16, count), width=lanes)
    engine.add_definition(definition)
    out = np.zeros((int(seconds * RATE), 2), np.float32)
    for k, controls in enumerate(voices(workload, count)):
        engine.play(Voice(definition.name, dict(controls), seconds + 60.0))
        if k % 256 == 255:  # the queue takes so many at a time; what is rendered here is not counted
            engine.render(out[:64])
    begin = time.process_time()
    for at in range(0, len(out), block):
        engine.render(out[at : at + block])
    cpu = time.process_time() - begin
    if engine.tables.started != count:
        raise SystemExit(f"only {engine.tables.started} of {count} voices started")
    return cpu, out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", choices=sorted({name for name, _ in DEFINITIONS}))
    parser.add_argument("--variant", help="which form of the workload; default: its first")
    parser.add_argument("--voices", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--block", type=int, default=64, help="frames per call of the process function")
    parser.add_argument("--lanes", type=int, help="lanes per SIMD pass (4, 8, 16, 32); default: what suits the CPU")
    args = parser.parse_args()
    variants = [v for name, v in DEFINITIONS if name == args.workload]
    variant = args.variant or variants[0]
    if variant not in variants:
        parser.error(f"{args.workload} comes as {', '.join(variants)}; {variant!r} is not one of them")

    def run(count: int, seconds: float) -> tuple[float, np.ndarray]:
        return render(args.workload, variant, count, seconds, block=args.block, lanes=args.lanes)

    run(16, 0.1)  # compile, touch everything once
    empty, _ = run(0, args.seconds)
    cpu, sound = run(args.voices, args.seconds)
    per_voice_block = (cpu - empty) / (args.voices * args.seconds * RATE / 64)
    left, right = levels(sound)
    result = {
        "workload": args.workload,
        "variant": variant,
        "voices": args.voices,
        "seconds": args.seconds,
        "block": args.block,
        "cpu_s": round(cpu, 5),
        "us_per_voice_block64": round(per_voice_block * 1e6, 5),
        "voices_per_core": round(64 / RATE / per_voice_block) if per_voice_block > 0 else 0,
        "rms_l": round(left, 5),
        "rms_r": round(right, 5),
        "peak": round(float(np.abs(sound).max()), 5),
    }
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
