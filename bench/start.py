"""The time from the start of a server until it can sound, and its memory, with the kernels in the cache.

    python bench/start.py --times 9

Times are measured from exec. ``answer``: /version is answered. ``ready``: the engine's cycles move too, so a /dirt/play could sound.
``sound``: a "bd" of the kit, sent at that moment, has left the master. Memory is measured with the kit loaded. The goals are 1.5 s and
250 MB. It runs on the null device, and on its own jackd dummy if jackd is installed. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import jackd, machine
from bench.server import Server
from phonon_osc.osc.wire import encode_message

LOADED = 0.5  # after so many seconds without a new sample the kit is in memory
PLAY = encode_message("/dirt/play", "s", "bd", "gain", 1.0, "cps", 1.0, "cycle", 0.0, "delta", 1.0)
Figures = dict[str, float]


def start(backend: str) -> Figures:
    """One start: seconds from exec, and MB once the kit is loaded."""
    with Server(backend) as server:
        found = {"answer": server.wait_answer(), "ready": server.wait_status("cycles", 0)}
        server.asking.send(PLAY)
        found["sound"] = server.wait_status("peak", 0.001)
        _wait_loaded(server)
        return {**found, **machine.memory(server.pid)}


def _wait_loaded(server: Server) -> None:
    size, since = -1.0, time.monotonic()
    while time.monotonic() - since < LOADED:
        now = server.status()["sample_bytes"]
        if now != size:
            size, since = now, time.monotonic()
        time.sleep(0.05)


def measure(name: str, backend: str, times: int, say: Callable[[str], object]) -> Figures:
    """Medians of several starts, after one that warms the cache."""
    start(backend)
    rounds = []
    for number in range(1, times + 1):
        rounds.append(start(backend))
        say(f"{name} {number}: {_row(rounds[-1])}\n")
    middle = {key: round(statistics.median(each[key] for each in rounds), 4) for key in rounds[0]}
    say(f"{name} median: {_row(middle)}\n")
    return middle


def _row(f: Figures) -> str:
    times = "  ".join(f"{key} {f[key]:.3f} s" for key in ("answer", "ready", "sound"))
    return f"{times}  memory " + "  ".join(f"{key} {f[key]:.0f} MB" for key in ("rss", "own", "pss"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--period", type=int, default=256, help="frames per period of jackd")
    parser.add_argument("--backends", nargs="+", choices=jackd.BACKENDS, default=jackd.BACKENDS)
    args = parser.parse_args()
    machine.stop_cleanly()
    say = sys.stdout.write
    without_jack = jackd.prepare(args.backends)
    others = machine.others()
    result: dict[str, object] = {"others_percent": round(others, 1)}
    say(f"{machine.describe()}; {machine.noise(others)}\n")
    if "null" in args.backends:
        result["null"] = measure("null", "null", args.times, say)
    if without_jack is None:
        with jackd.Jackd(args.period):
            result["jack"] = measure("jack", "jack", args.times, say)
    else:
        say(f"jack: not measured: {without_jack}\n")
    say(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
