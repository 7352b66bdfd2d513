"""The cost of a server that plays nothing, compared with a client that does nothing.

    python bench/idle.py --seconds 8 --rounds 3

It measures the CPU time of all threads of ``phonon-osc serve`` with 0 voices, and of a process with only an empty native client,
over the same seconds on the same backend at 64 frames: miniaudio's null device, and its own jackd dummy if jackd is installed.
The goal is 2 % of a core above the empty client. The exit code is 1 if it is more. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import jackd, machine
from bench.server import Server
from phonon_osc.errors import UnavailableError

ALLOWED = 2.0  # percent of a core above the empty client
WARM = 6.0  # seconds after the start that are left out: samples load, and orbit effects sleep only after 4 s of silence
Threads = dict[str, float]


@contextmanager
def empty_client(backend: str, period: int) -> Iterator[int]:
    """A running process with an empty native client; its pid."""
    program = Path(__file__).with_name("empty_client.py")
    command = [sys.executable, str(program), backend, str(period)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        if process.stdout.readline().strip() != "running":
            raise UnavailableError(f"the empty client on {backend} does not run")
        yield process.pid
        process.stdin.close()


def percent(pids: tuple[int, int], seconds: float) -> tuple[Threads, Threads]:
    """The share of a core that each thread of each process takes."""
    before, began = [machine.cpu_of_threads(pid) for pid in pids], time.monotonic()
    time.sleep(seconds)
    after, wall = [machine.cpu_of_threads(pid) for pid in pids], time.monotonic() - began

    def share(a: Threads, b: Threads) -> Threads:
        return {name: 100.0 * (cpu - b.get(name, 0.0)) / wall for name, cpu in a.items()}

    return share(after[0], before[0]), share(after[1], before[1])


@dataclass(frozen=True)
class Round:
    """Percent of a core: the server's threads, and the empty client."""

    threads: Threads
    empty: float

    @property
    def server(self) -> float:
        return sum(self.threads.values())

    @property
    def difference(self) -> float:
        return self.server - self.empty

    def __str__(self) -> str:
        busiest = sorted(self.threads.items(), key=lambda item: -item[1])
        named = ", ".join(f"{name} {share:.2f} %" for name, share in busiest if share >= 0.01)
        figures = f"server {self.server:.2f} %  empty client {self.empty:.2f} %  difference {self.difference:+.2f} %"
        return f"{figures}  ({named})"


def measure(backend: str, args: argparse.Namespace, say: Callable[[str], object]) -> dict[str, float]:
    """Rounds on one backend, and their medians."""
    rounds = []
    with Server(backend, "--period", str(args.period)) as server, empty_client(backend, args.period) as empty:
        server.wait_answer()
        server.wait_status("cycles", 0)
        time.sleep(args.warm)
        before, began = server.status()["cycles"], time.monotonic()
        for number in range(1, args.rounds + 1):
            threads, idle = percent((server.pid, empty), args.seconds)
            rounds.append(Round(threads, sum(idle.values())))
            say(f"{backend} {number}: {rounds[-1]}\n")
        cycles = (server.status()["cycles"] - before) / (time.monotonic() - began)
    names = ("server", "empty", "difference")
    middle = {name: round(statistics.median(getattr(each, name) for each in rounds), 3) for name in names}
    say(f"{backend} median: difference {middle['difference']:+.2f} % of a core, {cycles:.0f} cycles per second\n")
    return {**middle, "cycles_per_second": round(cycles, 1)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8.0, help="of wall time, each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--warm", type=float, default=WARM, help="seconds after the start that are left out")
    parser.add_argument("--period", type=int, default=64, help="frames")
    parser.add_argument("--backends", nargs="+", choices=jackd.BACKENDS, default=jackd.BACKENDS)
    args = parser.parse_args()
    machine.stop_cleanly()
    say = sys.stdout.write
    without_jack = jackd.prepare(args.backends)
    others = machine.others()
    say(f"{machine.describe()}; {machine.noise(others)}\n")
    result: dict[str, Any] = {"others_percent": round(others, 1), "period": args.period}
    if "null" in args.backends:
        result["null"] = measure("null", args, say)
    if without_jack is None:
        with jackd.Jackd(args.period):
            result["jack"] = measure("jack", args, say)
    else:
        say(f"jack: not measured: {without_jack}\n")
    say(json.dumps(result) + "\n")
    worst = max(result[name]["difference"] for name in ("null", "jack") if name in result)
    if worst > ALLOWED:
        sys.stderr.write(
            f"an idle server costs {worst:.2f} % of a core more than an empty client; {ALLOWED} % are allowed\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
