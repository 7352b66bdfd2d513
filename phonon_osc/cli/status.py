"""``phonon-osc status``: prints the figures of a running server."""

from __future__ import annotations

import argparse

from phonon_osc.cli.output import figures, say, say_json
from phonon_osc.cli.parser import Commands, add_command, between

PATIENCE = 1.0  # seconds
EXAMPLES = """
phonon-osc status
phonon-osc status --json --port 57121
"""


def add(commands: Commands) -> argparse.ArgumentParser:
    parser = add_command(commands, "status", "Show the figures of a running server.", EXAMPLES)
    parser.add_argument("--host", default="127.0.0.1", help="host of the server")
    parser.add_argument("--port", type=between(1, 65535), default=57120, help="UDP port of the server")
    parser.add_argument("--json", action="store_true", help="as JSON")
    return parser


def run(args: argparse.Namespace) -> int:
    from phonon_osc.cli.asking import Asking, pairs

    with Asking(args.host, args.port) as server:
        found = pairs(server.ask("/status", "/status/reply", PATIENCE))
    if args.json:
        say_json(found)
    else:
        say(figures(found))
    return 0
