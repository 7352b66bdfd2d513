"""The cost of an event in the Python loop, from datagram to ring, and the most events per second of a live server.

    python bench/events.py --profile

First, datagrams recorded from Tidal and Strudel go through the path of a live server in this process (decoding, dialect, engine;
a null device plays). The figure is CPU time of this thread in microseconds per event: the median over groups of some hundred events.
``--profile`` shows where the time is spent. Then events go to the UDP port of a separate server. The figure is the most events per
second, for some seconds, of which none is lost, refused or late (timetags are as far ahead as in the recording), and the time of the
server's loop per event, including the socket. The last line is JSON.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import logging
import pstats
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import machine
from bench.server import HOST, ROOT, Server
from phonon_osc.backends.miniaudio import MiniaudioBackend
from phonon_osc.replay import shift_timetags
from phonon_osc.scores import Datagram, read_recording
from phonon_osc.studio import Studio

CAPTURES = ROOT / "tests" / "data" / "captures"
RECORDED = ("tidal-drums", "tidal-chords", "tidal-melodic", "strudel-drums", "strudel-chords")
SUSTAINED = ("tidal-drums", "strudel-drums")  # short sounds: long notes would be stolen
AT_A_TIME = 200  # events between two pauses in which the null device plays
PAUSE = 0.05
BEHIND = 0.05  # seconds the sender may fall behind; if it is later, the sender is slow, not the server
SETTLE = 0.5  # seconds after the last datagram, in which its event plays
VOICES = 4096
LOST = (
    "unplayable",
    "refused",
    "late",
    "udp_kernel_drops",
    "udp_dropped",
    "osc_late",
    "osc_queue_full",
    "osc_malformed",
)


def events(name: str) -> list[Datagram]:
    """The datagrams of a recording that contain an event."""
    return [row for row in read_recording(CAPTURES / f"{name}.jsonl") if b"/dirt/play" in row.data]


@contextmanager
def live_studio() -> Iterator[Studio]:
    """A studio in this process on a null device, with all sounds loaded."""
    studio = Studio()
    studio.library.preload_kit()
    studio.go_live()
    device = MiniaudioBackend(system="null")
    device.start(studio.engine)
    try:
        time.sleep(1.0)  # for the clock to settle
        yield studio
    finally:
        device.stop()
        studio.close()


def _silent(data: bytes, to: tuple[str, int]) -> None:
    """Drop answers."""


def cost(studio: Studio, recording: list[Datagram], count: int, profile: cProfile.Profile | None) -> float:
    """CPU time per event in microseconds."""
    source, each = cycle(recording), []
    for _ in range(max(1, count // AT_A_TIME)):
        now = time.time()
        packets = [(shift_timetags(row.data, now - row.arrival), row.sender) for row in islice(source, AT_A_TIME)]
        if profile is not None:
            profile.enable()
        begin = time.thread_time()
        for data, sender in packets:
            studio.router.datagram(data, sender, now, _silent)
        each.append((time.thread_time() - begin) / AT_A_TIME)
        if profile is not None:
            profile.disable()
        time.sleep(PAUSE)
        studio.poll()
    return 1e6 * statistics.median(each)


def in_process(args: argparse.Namespace) -> dict[str, float]:
    """The cost of the events of each recording."""
    found = {}
    with live_studio() as studio:
        for name in args.recordings:
            recording = events(name)
            cost(studio, recording, AT_A_TIME, None)  # names are looked up, samples read
            found[name] = round(cost(studio, recording, args.events, None), 2)
            sys.stdout.write(f"{name}: {found[name]:.1f} us per event\n")
        if args.profile:
            profile = cProfile.Profile(time.thread_time)
            for name in args.recordings:
                cost(studio, events(name), args.events, profile)
            sys.stdout.write(f"\nof {len(args.recordings) * args.events} events, slowed down by being watched:\n")
            pstats.Stats(profile, stream=sys.stdout).strip_dirs().sort_stats("tottime").print_stats(25)
    return found


def _send(server: Server, per_second: int, seconds: float) -> tuple[int, float]:
    """Send events at an even rate. Returns their number and how far the sender fell behind."""
    source = cycle(row for pair in zip(*map(events, SUSTAINED), strict=False) for row in pair)
    start, count, behind = time.time() + 0.5, round(per_second * seconds), 0.0
    packets = []
    for k, row in enumerate(islice(source, count)):
        at = start + k / per_second
        packets.append((at, shift_timetags(row.data, at - row.arrival)))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for at, data in packets:
            wait = at - time.time()
            if wait > 0.0005:  # above 2,000 per second, events go in groups
                time.sleep(wait)
            behind = max(behind, -wait)
            sock.sendto(data, (HOST, server.port))
    return count, behind


def offer(server: Server, per_second: int, seconds: float) -> dict[str, Any]:
    """Try one rate. Returns whether all events played in time, and the CPU time of the server's loop per event in us."""
    before, loop = server.status(), _loop(server)
    sent, behind = _send(server, per_second, seconds)
    time.sleep(SETTLE)
    after, taken = server.status(), _loop(server) - loop
    lost = {name: gone for name in LOST if (gone := int(after[name] - before[name]))}
    played = int(after["played"] - before["played"])
    if played != sent:
        lost["missing"] = sent - played
    if behind > BEHIND:
        lost["sender_behind_ms"] = round(1000.0 * behind)
    found = {"per_second": per_second, "lost": lost, "loop_us": round(1e6 * taken / sent, 1)}
    say = "all in time" if not lost else ", ".join(f"{name} {count}" for name, count in lost.items())
    sys.stdout.write(f"{per_second} per second: {say}; loop {found['loop_us']:.1f} us per event\n")
    sys.stdout.flush()
    return found


def _loop(server: Server) -> float:
    """CPU time of the server's Python loop so far, in seconds."""
    return sum(cpu for name, cpu in machine.cpu_of_threads(server.pid).items() if name.endswith(f" {server.pid}"))


def sustained(args: argparse.Namespace) -> dict[str, float]:
    """Find the highest rate without a loss: double it until events are lost, then halve the gap."""
    with Server("null", "--voices", str(VOICES), "--quiet") as server:
        server.wait_answer()
        server.wait_status("cycles", 0)
        time.sleep(1.5)  # for the clock to settle and the kit to be made
        offer(server, 50, 1.0)  # names are looked up, samples read
        works, fails, best = 0, 0, {"per_second": 0, "loop_us": 0.0}  # the result if not even the first rate works
        rate = args.rate
        for _ in range(args.trials):
            found = offer(server, rate, args.seconds)
            if not found["lost"]:
                works, best = rate, {name: found[name] for name in best}
            else:
                fails = rate
            if fails and fails - works <= max(100, fails // 16):
                break
            rate = (works + fails) // 20 * 10 if fails else 2 * rate
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recordings", nargs="+", choices=RECORDED, default=RECORDED)
    parser.add_argument("--events", type=int, default=2000, help="of each recording, in process")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each rate, through the socket")
    parser.add_argument("--rate", type=int, default=1000, help="events per second to begin with")
    parser.add_argument("--trials", type=int, default=8, help="rates to try, at most")
    parser.add_argument("--profile", action="store_true", help="also show the time of each function")
    args = parser.parse_args()
    machine.stop_cleanly()
    logging.disable(logging.WARNING)  # hides warnings about missing sounds
    others = machine.others()
    sys.stdout.write(f"{machine.describe()}; {machine.noise(others)}\n")
    result = {"others_percent": round(others, 1), "us_per_event": in_process(args), "sustained": sustained(args)}
    sys.stdout.write(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
