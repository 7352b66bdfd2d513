"""W7: the cost of the whole live server while real sessions of Tidal and Strudel are sent to its UDP port.

    python bench/sessions.py --periods 64 256

The figure is CPU time (user and system) of all threads of ``phonon-osc serve`` on miniaudio's null device, in percent of a core, from the
first datagram of a session to half a second after its last. Sessions are replayed at their own pace with their own timetags. Nothing is
subtracted. For comparison, the same server is measured while nothing plays, and with 50 and 200 supersaw notes per second. For these notes,
figures of SuperDirt are known. They were measured on another machine, and the output says so. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import machine
from bench.server import HOST, ROOT, Server
from phonon_osc.osc.wire import encode_bundle, encode_message, unix_to_ntp
from phonon_osc.replay import replay
from phonon_osc.scores import Datagram, read_recording

CAPTURES = ROOT / "tests" / "data" / "captures"
RECORDED = ("tidal-chords", "tidal-melodic", "strudel-chords")
STREAMS = {"supersaw-50": 50, "supersaw-200": 200}  # notes per second
STREAM_SECONDS, NOTE, LEAD = 8.0, 0.2, 0.12  # length of a stream, of a note, and from arrival to timetag as in Tidal
PAUSE = 0.5  # seconds after a session that are measured too, so that its last events sound
WARM = 6.0  # seconds after the start that are left out: samples load, and orbit effects sleep only after 4 s of silence
MISSED = ("unplayable", "late", "stolen", "refused", "udp_kernel_drops", "udp_dropped")

SUPERDIRT = """\
Figures of SuperDirt for comparison, NOT measured on this machine: sclang and scsynth 3.13, 12 orbits, on JACK's dummy
driver, on a 2-core Xeon with AVX-512. 50 supersaw notes per second: scsynth 8 to 10 %, sclang 2 to 3 % of a core;
200 per second: scsynth 12 to 14 %, sclang 5 to 7 %. The length of these notes is not known; ours last 0.2 s.
"""


@dataclass(frozen=True)
class Figures:
    """One session on one server: percent of a core, events played, and counters of problems."""

    percent: float
    loop: float  # the Python loop: decoding, dialect, queue
    audio: float  # all other threads
    seconds: float
    datagrams: int
    played: int
    missed: dict[str, int]


def stream(per_second: float, seconds: float) -> list[Datagram]:
    """Supersaw notes as Tidal sends them, each in a bundle of its own."""
    found, start = [], 1e9
    for k in range(round(per_second * seconds)):
        at = start + k / per_second
        words: list[str | float] = ["s", "supersaw", "note", float(k % 24 - 12), "orbit", k % 12, "sustain", NOTE]
        words += ["cps", 0.5, "cycle", k / per_second * 0.5, "delta", 1.0 / per_second]
        found.append(Datagram(encode_bundle(unix_to_ntp(at + LEAD), [encode_message("/dirt/play", *words)]), at))
    return found


def session(name: str, seconds: float) -> list[Datagram]:
    """The datagrams of a recording, or of a stream, that arrive within its first seconds."""
    if name in STREAMS:
        return stream(STREAMS[name], min(seconds, STREAM_SECONDS))
    rows = read_recording(CAPTURES / f"{name}.jsonl")
    return [row for row in rows if row.arrival - rows[0].arrival <= seconds]


def _shares(server: Server, run: Callable[[], object]) -> tuple[float, float, float]:
    """Percent of a core that the Python loop and the other threads took while ``run`` ran, and the seconds that it took."""
    before, began = machine.cpu_of_threads(server.pid), time.monotonic()
    run()
    after, wall = machine.cpu_of_threads(server.pid), time.monotonic() - began
    shares = {name: 100.0 * (cpu - before.get(name, 0.0)) / wall for name, cpu in after.items()}
    loop = sum(share for name, share in shares.items() if name.endswith(f" {server.pid}"))
    return loop, sum(shares.values()) - loop, wall


def play(server: Server, datagrams: list[Datagram]) -> Figures:
    """Play one session, and wait half a second more."""

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            replay(datagrams, (HOST, server.port), sock)
        time.sleep(PAUSE)

    before = server.status()
    loop, audio, wall = _shares(server, send)
    after = server.status()
    return Figures(
        round(loop + audio, 2),
        round(loop, 2),
        round(audio, 2),
        round(wall, 2),
        len(datagrams),
        int(after["played"] - before["played"]),
        {name: gone for name in MISSED if (gone := int(after[name] - before[name]))},
    )


def _row(f: Figures) -> str:
    missed = "".join(f", {name} {count}" for name, count in f.missed.items())
    parts = f"loop {f.loop:.1f} %, audio {f.audio:.1f} %"
    return f"{f.percent:.1f} % of a core ({parts}); {f.played} events in {f.seconds:.1f} s{missed}"


def measure(period: int, args: argparse.Namespace, say: Callable[[str], object]) -> dict[str, Any]:
    """All sessions on one server with this period."""
    found: dict[str, Any] = {}
    with Server("null", "--period", str(period), "--quiet") as server:
        server.wait_answer()
        server.wait_status("cycles", 0)
        time.sleep(args.warm)
        loop, audio, _ = _shares(server, lambda: time.sleep(args.idle))
        found["idle"] = round(loop + audio, 2)
        say(f"{period} frames, idle: {found['idle']:.1f} %\n")
        for name in args.sessions:
            figures = play(server, session(name, args.seconds))
            say(f"{period} frames, {name}: {_row(figures)}\n")
            sys.stdout.flush()
            found[name] = asdict(figures)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    every = (*RECORDED, *STREAMS)
    parser.add_argument("--sessions", nargs="+", choices=every, default=every)
    parser.add_argument("--periods", nargs="+", type=int, default=[64, 256], help="frames per period of the device")
    parser.add_argument("--seconds", type=float, default=60.0, help="most seconds of each session")
    parser.add_argument("--warm", type=float, default=WARM, help="seconds after the start that are left out")
    parser.add_argument("--idle", type=float, default=4.0, help="seconds of silence to measure")
    args = parser.parse_args()
    machine.stop_cleanly()
    say = sys.stdout.write
    others = machine.others()
    say(f"{machine.describe()}; {machine.noise(others)}\n")
    result: dict[str, Any] = {"others_percent": round(others, 1)}
    for period in args.periods:
        result[str(period)] = measure(period, args, say)
    say(SUPERDIRT)
    say(json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
