"""Our engine and scsynth on the same workload: interleaved rounds on one core, minus the same run with 0 voices.

    python bench/peers.py W2 --voices 400 --seconds 5 --rounds 5
    python bench/peers.py all

Both render 48 kHz stereo offline in blocks of 64 frames. Our figure is the CPU time of the render (bench/voices.py); scsynth's is user
and system time of ``scsynth -N``. The last line is JSON (for ``all`` a table, and the results by name). The exit code is 1 if the two
are not equally loud, because then they do not do the same work, and 69 if scsynth is not installed.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import machine, scsynth
from bench.workloads import NOTE, NOTES_PER_SECOND, RATE, WORKLOADS, length, levels, voice_blocks
from phonon_osc.errors import ExitCode

PROGRAM = Path(__file__).with_name("voices.py")
TOLERANCE = 0.5  # dB between the levels of two engines
NOTE_BLOCKS = NOTE * RATE / 64  # of 64 frames in a note of W6
MISSING = "scsynth is not installed, so there is nothing to compare with: apt install supercollider-server"


@dataclass(frozen=True)
class Task:
    """The workload for both engines."""

    workload: str
    variant: str
    voices: int
    seconds: float
    block: int

    @property
    def name(self) -> str:
        """Name of the workload, with its variant if there are several."""
        return f"{self.workload} {self.variant}" if len(WORKLOADS[self.workload].variants) > 1 else self.workload


@dataclass(frozen=True)
class Figures:
    """One engine in one round."""

    us_per_voice_block64: float
    voices_per_core: int
    rms_l: float
    rms_r: float


def ours(task: Task) -> Figures:
    """Run bench/voices.py in a process of its own, like scsynth."""
    options = {f"--{name}": value for name, value in asdict(task).items() if name != "workload"}
    words = [str(word) for pair in options.items() for word in pair]
    command = [sys.executable, str(PROGRAM), task.workload, *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    return Figures(**{name: found[name] for name in Figures.__dataclass_fields__})


def theirs(task: Task) -> Figures:
    """Run scsynth, and run it with 0 voices."""
    empty, _ = scsynth.render(task.workload, 0, task.seconds, variant=task.variant, block=task.block)
    cpu, sound = scsynth.render(task.workload, task.voices, task.seconds, variant=task.variant, block=task.block)
    each = (cpu - empty) / voice_blocks(task.workload, task.voices, task.seconds)
    per_core = round(64 / RATE / each) if each > 0 else 0  # 0: too little to measure, as in voices.py
    return Figures(round(each * 1e6, 5), per_core, *(round(level, 5) for level in levels(sound)))


def median(rounds: list[Figures]) -> Figures:
    """The median round; of two middle rounds, the faster."""
    by_speed = sorted(rounds, key=lambda figures: figures.us_per_voice_block64)
    return by_speed[(len(by_speed) - 1) // 2]


def decibels(a: Figures, b: Figures) -> float:
    """The difference in level, of the channel where it is larger."""
    return max(abs(20.0 * math.log10(x / y)) for x, y in ((a.rms_l, b.rms_l), (a.rms_r, b.rms_r)))


def compare(task: Task, rounds: int, say: Callable[[str], object]) -> dict[str, Any]:
    """Run the rounds of one task. The ratio is that of the two medians."""
    say(f"{task.name}, {task.voices} voices, {task.seconds:g} s, blocks of {task.block}; ")
    say("us of CPU per voice and 64 frames (voices per core)\n")
    pairs: list[tuple[Figures, Figures]] = []
    for number in range(1, rounds + 1):
        pairs.append((ours(task), theirs(task)))
        say(f"round {number}: {_row(*pairs[-1])}\n")
        sys.stdout.flush()
    a, b = (median(list(side)) for side in zip(*pairs, strict=True))
    apart = decibels(a, b)
    say(f"median : {_row(a, b)}\n")
    say(f"RMS left, right: ours {a.rms_l:.4f} {a.rms_r:.4f}, scsynth {b.rms_l:.4f} {b.rms_r:.4f}: ")
    say(f"{apart:.2f} dB apart\n")
    result = {
        **asdict(task),
        "rounds": rounds,
        "ours": asdict(a),
        "scsynth": asdict(b),
        "ratio": round(_ratio(a, b), 3),
        "ratios": [round(_ratio(*pair), 3) for pair in pairs],
        "decibels_apart": round(apart, 3),
    }
    if task.workload == "W6":
        for name, figures in (("ours", a), ("scsynth", b)):
            result[name]["us_per_note"] = round(figures.us_per_voice_block64 * NOTE_BLOCKS, 3)
    return result


def _ratio(a: Figures, b: Figures) -> float:
    """Cost of a voice in scsynth divided by ours; 0 if a run was too short to measure."""
    return b.us_per_voice_block64 / a.us_per_voice_block64 if a.voices_per_core and b.voices_per_core else 0.0


def _row(a: Figures, b: Figures) -> str:
    pairs = ((name, f.us_per_voice_block64, f.voices_per_core) for name, f in (("ours", a), ("scsynth", b)))
    columns = "  ".join(f"{name} {us:.4f} ({voices})" for name, us, voices in pairs)
    return f"{columns}  ratio {_ratio(a, b):.2f}"


def table(results: dict[str, dict[str, Any]]) -> str:
    """The table of bench/README.md, one line per workload. W6 is in us per note."""
    rows = [
        "| | ours, voices per core (us) | scsynth | ratio (lowest to highest round) | dB apart |",
        "|---|---|---|---|---|",
    ]
    for name, r in results.items():
        columns = [_cell(r[engine]) for engine in ("ours", "scsynth")]
        ratios = f"{r['ratio']:.2f} ({min(r['ratios']):.2f} to {max(r['ratios']):.2f})"
        rows.append(f"| {name} | {columns[0]} | {columns[1]} | {ratios} | {r['decibels_apart']:.2f} |")
    return "\n".join(rows) + "\n"


def _cell(figures: dict[str, Any]) -> str:
    if "us_per_note" in figures:
        return f"{figures['us_per_note']:.1f} us per note"
    return f"{figures['voices_per_core']:,} ({figures['us_per_voice_block64']:.4f})"


def _tasks(args: argparse.Namespace) -> list[Task]:
    """The tasks to compare: one variant of one workload, or all variants of all."""
    names = list(WORKLOADS) if args.workload == "all" else [args.workload]
    found = []
    for name in names:
        workload = WORKLOADS[name]
        count = args.voices or (workload.count if name != "W6" else round(NOTES_PER_SECOND * args.seconds))
        variants = workload.variants if args.workload == "all" else [args.variant or workload.variants[0]]
        seconds = length(name, count, args.seconds)
        found += [Task(name, variant, count, seconds, args.block) for variant in variants]
    return found


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workload", choices=[*sorted(WORKLOADS), "all"])
    parser.add_argument("--variant", help="W4: cubic or linear")
    parser.add_argument(
        "--voices", type=int, help="W5: orbits, W6: notes; default: 400, W4 200, W5 12, W6 2000 per second"
    )
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--block", type=int, default=64, help="frames per block of scsynth and per call of ours")
    parser.add_argument("--core", type=int, help="which core; default: the last")
    args = parser.parse_args()
    if args.workload == "all" and (args.voices or args.variant):
        parser.error("all workloads have their own numbers of voices and all their variants; name one workload")
    variants = [] if args.workload == "all" else WORKLOADS[args.workload].variants
    if args.variant and args.variant not in variants:
        parser.error(f"{args.workload} comes as {', '.join(variants)}; {args.variant!r} is not one of them")
    return args


def main() -> int:
    args = parse()
    if scsynth.find() is None:
        sys.stderr.write(MISSING + "\n")
        return ExitCode.UNAVAILABLE
    say = sys.stdout.write
    core, others = machine.pin(args.core), machine.others()
    say(f"{machine.describe()}; {scsynth.version()}; core {core}; {machine.noise(others)}\n")
    results = {task.name: compare(task, args.rounds, say) for task in _tasks(args)}
    for result in results.values():
        result["others_percent"] = round(others, 1)
    if args.workload == "all":
        say(table(results))
    say(json.dumps(results if args.workload == "all" else next(iter(results.values()))) + "\n")
    apart = [name for name, result in results.items() if result["decibels_apart"] > TOLERANCE]
    if apart:
        names = ", ".join(f"{name} {results[name]['decibels_apart']:.2f} dB" for name in apart)
        sys.stderr.write(f"levels differ by more than {TOLERANCE} dB, so these are not the same sounds: {names}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
