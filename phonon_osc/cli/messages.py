"""``phonon-osc messages``: the messages that a server understands, read from their declarations."""

from __future__ import annotations

import argparse

from phonon_osc.cli.output import say, say_json
from phonon_osc.cli.parser import Commands, add_command
from phonon_osc.errors import UsageError

EXAMPLES = """
phonon-osc messages                  list all, by family
phonon-osc messages /node/patch      show arguments, answer and examples of one
phonon-osc messages --json
"""


def add(commands: Commands) -> argparse.ArgumentParser:
    parser = add_command(commands, "messages", "List the messages of the node protocol, or describe one.", EXAMPLES)
    parser.add_argument("address", metavar="ADDRESS", nargs="?", help="such as /node/new")
    parser.add_argument("--json", action="store_true", help="as JSON")
    return parser


def run(args: argparse.Namespace) -> int:
    from phonon_osc.osc.native import FAMILIES, MESSAGES
    from phonon_osc.osc.protocol import describe

    wanted = [m for m in MESSAGES if args.address in (None, m.address)]
    if not wanted:
        raise UsageError(f"there is no message {args.address!r}; there are {', '.join(m.address for m in MESSAGES)}")
    if args.json:
        keys = ("name", "type", "doc", "unit", "low", "high", "optional")
        say_json(
            [
                {
                    "address": m.address,
                    "doc": m.doc,
                    "arguments": [{key: getattr(a, key) for key in keys} for a in m.arguments],
                    "reply": m.reply,
                    "errors": m.errors,
                    "asynchronous": m.asynchronous,
                    "examples": m.examples,
                }
                for m in wanted
            ]
        )
    elif args.address is not None:
        say(describe(wanted[0]).strip())
    else:
        for title, (_, messages) in FAMILIES.items():
            say(f"{title}")
            for m in messages:
                say(f"  {m.usage}")
    return 0
