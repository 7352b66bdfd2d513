"""Play the documentation's patterns through the real front ends and write down what they send.

    python -m tests.clients.record_first_pages [tidal] [strudel]     (root: a network namespace of its own)

Needs the front ends (``make test-clients`` installs them). It takes half an hour for both. Tidal's patterns begin at a cycle whose
number is a multiple of 3 and 8, so that ``every 4``, ``<a b c>`` and ``loopAt 8`` begin where a reader expects.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from phonon_osc.osc.wire import decode
from tests.clients import pages
from tests.clients.install import Clients, enter_namespace
from tests.clients.listener import Listener

FIRST, RUN_UP = 24, 1.2  # first recorded cycle of a Tidal pattern, and how many cycles earlier it is evaluated
FAST = 12.0  # cycles per second until then
TIDAL_CPS, STRUDEL_CPS = 0.5625, 0.5


def cycle_of(packet: pages.Packet) -> float | None:
    """The key ``cycle`` of an event."""
    for message in decode(packet.data).messages:
        if message.address == "/dirt/play":
            event = dict(zip(message.args[::2], message.args[1::2], strict=True))
            return float(event["cycle"])  # type: ignore[arg-type]
    return None


def of_cycles(packets: list[pages.Packet], first: float, count: int) -> tuple[pages.Packet, ...]:
    """The events of these cycles, and the bus messages that came with them."""
    kept, within = [], False
    for packet in packets:
        cycle = cycle_of(packet)
        within = within if cycle is None else first <= cycle + 1e-6 < first + count
        if within:
            kept.append(packet)
    return tuple(kept)


def statements(text: str) -> list[str]:
    """The lines of a pattern as an editor evaluates them: an indented line belongs to the line before it."""
    found: list[str] = []
    for line in text.split("\n"):
        if line[:1].isspace() and found:
            found[-1] += "\n" + line
        else:
            found.append(line)
    return found


def record_tidal(clients: Clients, listener: Listener) -> list[pages.Recorded]:
    """Record all patterns of Tidal in one ghci."""
    command = ["ghci", "-v0", "-ignore-dot-ghci"]
    ghci = subprocess.Popen(command, cwd=clients.folder, stdin=subprocess.PIPE, text=True)
    assert ghci.stdin is not None

    def say(*lines: str) -> None:
        assert ghci.stdin is not None
        ghci.stdin.write("".join(f":{{\n{line}\n:}}\n" if "\n" in line else f"{line}\n" for line in lines))
        ghci.stdin.flush()

    ghci.stdin.write((clients.folder / "tidal" / "boot.ghci").read_text())
    say("let resetCycles = streamResetCycles tidal")
    time.sleep(8)
    found = []
    for pattern in pages.patterns("tidal"):
        if pattern.cannot:
            continue
        say("hush", "unsolo 1", "unsolo 2", "resetCycles", f"setcps {FAST}")
        time.sleep((FIRST - RUN_UP) / FAST)
        say(f"setcps {TIDAL_CPS}")
        listener.take()
        say(*statements(pattern.text))
        time.sleep((RUN_UP + pattern.cycles) / TIDAL_CPS)
        say("hush")
        time.sleep(0.4)
        packets = of_cycles(listener.take(), FIRST, pattern.cycles)
        report(pattern, packets)
        found += [pages.Recorded(pattern.page, pattern.text, pattern.cycles, packets)] if packets else []
    ghci.stdin.close()
    ghci.wait(20)
    return found


def record_strudel(clients: Clients, listener: Listener) -> list[pages.Recorded]:
    """Record each pattern of Strudel in a process of its own, because cycles must count from 0."""
    session = clients.folder / "strudel" / "sessions" / "first-page.js"
    found = []
    for pattern in pages.patterns("strudel"):
        if pattern.cannot:
            continue
        session.write_text(f"{pattern.text}\n// --- {pattern.cycles / STRUDEL_CPS + 1}\n")
        listener.take()
        subprocess.run(["node", "strudel/run.mjs", "first-page"], cwd=clients.folder, check=True, capture_output=True)
        packets = of_cycles(listener.take(), 0, pattern.cycles)
        report(pattern, packets)
        found += [pages.Recorded(pattern.page, pattern.text, pattern.cycles, packets)] if packets else []
    return found


def report(pattern: pages.Pattern, packets: tuple[pages.Packet, ...]) -> None:
    """Print a line per pattern, with NOTHING for a pattern without packets."""
    sys.stdout.write(f"{len(packets) or 'NOTHING':>7}  {pattern.text.splitlines()[0]}\n")
    sys.stdout.flush()


def main() -> None:
    enter_namespace(["-m", "tests.clients.record_first_pages", *sys.argv[1:]], os.environ)
    clients = Clients.found()
    pages.RECORDINGS.mkdir(parents=True, exist_ok=True)
    for client in sys.argv[1:] or pages.CLIENTS:
        with Listener(clients.folder, (57120, 57110)) as listener:
            found = {"tidal": record_tidal, "strudel": record_strudel}[client](clients, listener)
        pages.write(client, found)
        sys.stdout.write(f"{Path(pages.RECORDINGS) / client}.jsonl: {len(found)} patterns\n")


if __name__ == "__main__":
    main()
