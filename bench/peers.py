"""Ours beside scsynth on the same workload: interleaved rounds on one core, net of the same run with 0 voices.

    python bench/peers.py W2 --voices 400 --seconds 5 --rounds 5

Both render 48 kHz stereo offline in blocks of 64 frames. Ours: CPU time of the render (bench/voices.py). scsynth: user
and system time of ``scsynth -N``. The last line is JSON. Exit code 1: the two are not equally loud, so they do not do
the same; 69: scsynth is not installed.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import machine, scsynth
from bench.workloads import RATE, levels
from phonon_osc.errors import ExitCode

PROGRAM = Path(__file__).with_name("voices.py")
TOLERANCE = 0.5  # dB between the levels of two engines
MISSING = "scsynth is not installed, so there is nothing to compare with: apt install supercollider-server"


@dataclass(frozen=True)
class Figures:
    """One engine in one round."""

    us_per_voice_block64: float
    voices_per_core: int
    rms_l: float
    rms_r: float


def ours(args: argparse.Namespace) -> Figures:
    """One run of bench/voices.py in a process of its own, as scsynth has one."""
    options = {"--voices": args.voices, "--seconds": args.seconds, "--block": args.block}
    words = [str(word) for pair in options.items() for word in pair]
    command = [sys.executable, str(PROGRAM), args.workload, *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    return Figures(**{name: found[name] for name in Figures.__dataclass_fields__})


def theirs(args: argparse.Namespace) -> Figures:
    """One run of scsynth, and one with 0 voices."""
    empty, _ = scsynth.render(args.workload, 0, args.seconds, block=args.block)
    cpu, sound = scsynth.render(args.workload, args.voices, args.seconds, block=args.block)
    each = (cpu - empty) / (args.voices * args.seconds * RATE / 64)
    return Figures(round(each * 1e6, 5), round(64 / RATE / each), *(round(level, 5) for level in levels(sound)))


def median(rounds: list[Figures]) -> Figures:
    """The round in the middle (of an even number, the faster of the two)."""
    by_speed = sorted(rounds, key=lambda figures: figures.us_per_voice_block64)
    return by_speed[(len(by_speed) - 1) // 2]


def decibels(a: Figures, b: Figures) -> float:
    """The larger difference in level of the two channels."""
    return max(abs(20.0 * math.log10(x / y)) for x, y in ((a.rms_l, b.rms_l), (a.rms_r, b.rms_r)))


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", choices=sorted(scsynth.SYNTHDEFS))
    parser.add_argument("--voices", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--block", type=int, default=64, help="frames per block of scsynth and per call of ours")
    parser.add_argument("--core", type=int, help="which core; default: the last")
    return parser.parse_args()


def main() -> int:
    args = parse()
    if scsynth.find() is None:
        sys.stderr.write(MISSING + "\n")
        return ExitCode.UNAVAILABLE
    say = sys.stdout.write
    core, others = machine.pin(args.core), machine.others()
    say(f"{machine.describe()}; {scsynth.version()}; core {core}; {machine.noise(others)}\n")
    say(f"{args.workload}, {args.voices} voices, {args.seconds:g} s, blocks of {args.block}; ")
    say("us of CPU per voice and 64 frames (voices per core)\n")
    rounds: list[tuple[Figures, Figures]] = []
    for number in range(1, args.rounds + 1):
        a, b = ours(args), theirs(args)
        rounds.append((a, b))
        say(f"round {number}: {_row(a, b)}\n")
        sys.stdout.flush()
    a, b = (median(list(side)) for side in zip(*rounds, strict=True))
    apart = decibels(a, b)
    say(f"median : {_row(a, b)}\n")
    say(f"RMS left, right: ours {a.rms_l:.4f} {a.rms_r:.4f}, scsynth {b.rms_l:.4f} {b.rms_r:.4f}: ")
    say(f"{apart:.2f} dB apart\n")
    result = {
        "workload": args.workload,
        "voices": args.voices,
        "seconds": args.seconds,
        "block": args.block,
        "rounds": args.rounds,
        "ours": asdict(a),
        "scsynth": asdict(b),
        "ratio": round(_ratio(a, b), 3),
        "ratios": [round(_ratio(*pair), 3) for pair in rounds],
        "decibels_apart": round(apart, 3),
        "others_percent": round(others, 1),
    }
    say(json.dumps(result) + "\n")
    if apart > TOLERANCE:
        sys.stderr.write(
            f"the levels are {apart:.2f} dB apart, more than {TOLERANCE} dB: these are not the same sounds\n"
        )
        return 1
    return 0


def _ratio(a: Figures, b: Figures) -> float:
    return b.us_per_voice_block64 / a.us_per_voice_block64


def _row(a: Figures, b: Figures) -> str:
    pairs = ((name, f.us_per_voice_block64, f.voices_per_core) for name, f in (("ours", a), ("scsynth", b)))
    columns = "  ".join(f"{name} {us:.4f} ({voices})" for name, us, voices in pairs)
    return f"{columns}  ratio {_ratio(a, b):.2f}"


if __name__ == "__main__":
    sys.exit(main())
