"""The time from a datagram to its sound: a plain /dirt/play without a timetag, sent to a live server.

    python bench/latency.py --plays 300

The time begins just before the datagram is sent. It ends when the process function returns with the first sample of the note that is not
zero, which a watch inside the server sees (``watched_server.py``). This is the latency of the server; the device's buffers add to it.
The sound is a sample that is loud from its first frame. Notes are 40 to 60 ms apart, at random, so that they fall at all places of a
period. It runs on miniaudio's null device, and on its own jackd dummy if jackd is installed, at 64 and 256 frames. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import jackd, machine
from bench.server import Server
from phonon_osc.osc.wire import encode_message

RATE = 48000
PROGRAM = str(Path(__file__).with_name("watched_server.py"))
CLICK = 0.005  # seconds of the sample
APART = (0.04, 0.06)  # seconds between two notes
PLAY = encode_message("/dirt/play", "s", "click", "cps", 1.0, "cycle", 0.0, "delta", 0.02)
WARM = 20  # notes that are left out: the first one loads the sample


def _click(folder: Path) -> None:
    """A sound folder ``click`` with one sample, loud from its first frame."""
    import soundfile

    (folder / "click").mkdir()
    soundfile.write(folder / "click" / "0.wav", np.full(round(CLICK * RATE), 0.5, np.float32), RATE, subtype="FLOAT")


def _play(server: Server, plays: int, chance: random.Random) -> list[int]:
    """Send notes. Returns the time of each in nanoseconds."""
    sent = []
    for _ in range(plays):
        time.sleep(chance.uniform(*APART))
        sent.append(time.monotonic_ns())
        server.asking.send(PLAY)
    time.sleep(APART[1] + 0.1)
    return sent


def latencies(sent: list[int], onsets: np.ndarray) -> np.ndarray:
    """Milliseconds from each note to the first onset after it; not-a-number if there is none before the next note."""
    after = np.searchsorted(onsets, sent)
    found = np.append(onsets, np.iinfo(np.int64).max)[after]
    until = np.append(sent[1:], np.iinfo(np.int64).max - 1)
    milliseconds: np.ndarray = np.where(found < until, (found - np.array(sent)) * 1e-6, np.nan)
    return milliseconds


def measure(backend: str, period: int, plays: int, say: Callable[[str], object]) -> dict[str, float]:
    """One server with this period (a jackd with it must run, for JACK)."""
    chance = random.Random(period)
    with TemporaryDirectory(prefix="bench-latency-") as name:
        folder = Path(name)
        (folder / "samples").mkdir()
        _click(folder / "samples")
        onsets = folder / "onsets.npy"
        options = ("--period", str(period), "--samples", str(folder / "samples"), "--onsets", str(onsets))
        with Server(backend, *options, program=(PROGRAM,)) as server:
            server.wait_answer()
            server.wait_status("cycles", 0)
            _play(server, WARM, chance)
            sent = _play(server, plays, chance)
        found = latencies(sent, np.load(onsets))
    heard = found[~np.isnan(found)]
    if not len(heard):
        raise SystemExit(f"{backend}, {period} frames: none of {plays} notes was heard")
    median, p99 = np.percentile(heard, (50, 99))
    figures = {"median_ms": median, "p99_ms": p99, "worst_ms": heard.max(), "least_ms": heard.min()}
    row = "  ".join(f"{name.removesuffix('_ms')} {value:.2f} ms" for name, value in figures.items())
    say(f"{backend}, {period} frames ({1000 * period / RATE:.2f} ms): {row}  unheard {plays - len(heard)} of {plays}\n")
    return {**{name: round(float(value), 3) for name, value in figures.items()}, "unheard": plays - len(heard)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plays", type=int, default=300, help="notes at each period on each backend")
    parser.add_argument("--periods", nargs="+", type=int, default=[64, 256], help="frames")
    parser.add_argument("--backends", nargs="+", choices=jackd.BACKENDS, default=jackd.BACKENDS)
    args = parser.parse_args()
    machine.stop_cleanly()
    say = sys.stdout.write
    without_jack = jackd.prepare(args.backends)
    others = machine.others()
    say(f"{machine.describe()}; {machine.noise(others)}\n")
    result: dict[str, Any] = {"others_percent": round(others, 1), "plays": args.plays}
    for period in args.periods:
        if "null" in args.backends:
            result[f"null {period}"] = measure("null", period, args.plays, say)
        if without_jack is None:
            with jackd.Jackd(period):
                result[f"jack {period}"] = measure("jack", period, args.plays, say)
        sys.stdout.flush()
    if without_jack is not None:
        say(f"jack: not measured: {without_jack}\n")
    say(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
