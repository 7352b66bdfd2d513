"""``phonon-osc demo``: sends a recorded Tidal session to a real server and records it."""

from __future__ import annotations

import argparse
from pathlib import Path

from phonon_osc.cli.output import figures, say, say_json
from phonon_osc.cli.parser import Commands, add_command, between
from phonon_osc.errors import ExitCode

EXAMPLES = """
phonon-osc demo                          write 8 seconds of drums to demo.wav; needs no sound card
phonon-osc demo --backend auto           hear it as well
phonon-osc demo --session mine.jsonl     play another recording of OSC traffic
"""


def add(commands: Commands) -> argparse.ArgumentParser:
    parser = add_command(
        commands, "demo", "Play a recorded Tidal session through a real server, into a file.", EXAMPLES
    )
    parser.add_argument("--out", metavar="OUT.wav", type=Path, default=Path("demo.wav"), help="file for the sound")
    parser.add_argument(
        "--session", metavar="FILE", type=Path, help="recorded OSC traffic; by default 8 s of drums from TidalCycles"
    )
    seconds_help = "play only the first S seconds of the session"
    parser.add_argument("--seconds", metavar="S", type=between(0.5, 3600, float), help=seconds_help)
    parser.add_argument("--backend", default="null", help="backend of the server, see `phonon-osc serve --help`")
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    return parser


def run(args: argparse.Namespace) -> int:
    from phonon_osc.demo import run_demo

    result = run_demo(args.out, session=args.session, seconds=args.seconds, backend=args.backend, quiet=args.quiet)
    if args.json:
        say_json(result.figures())
    else:
        say(figures(result.figures()))
        say("demo: fine" if result.fine else "demo: FAILED: nothing audible was recorded")
    return ExitCode.OK if result.fine else ExitCode.SOFTWARE
