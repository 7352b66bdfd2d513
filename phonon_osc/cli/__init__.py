"""The command line: one module per command. Heavy modules are imported only when a command runs."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence

from phonon_osc import __version__
from phonon_osc.cli import defs, demo, kinds, messages, params, render, samples, send, serve, status, top, warm
from phonon_osc.cli.output import log_to_stderr
from phonon_osc.cli.parser import Parser
from phonon_osc.errors import ExitCode, PhononError

COMMANDS = (serve, render, demo, send, status, top, kinds, defs, params, messages, samples, warm)
INTERRUPTED = 130  # what shells report for Ctrl-C

DESCRIPTION = """\
A headless real-time synth server: SuperDirt's OSC dialect and a node protocol in, JACK, ALSA, PulseAudio or WAV out."""
EXAMPLES = """\
examples:
  phonon-osc serve                          play what Tidal, Strudel or other programs send to UDP port 57120
  phonon-osc send /dirt/play s bd           play a bass drum on the server
  phonon-osc top                            watch it: voices, load, lateness, peaks, warnings
  phonon-osc render score.jsonl out.wav     render with the same engine, offline
  phonon-osc COMMAND --help                 options and examples of a command

exit codes: 0 fine, 64 wrong use, 65 bad data, 69 something needed is missing, 70 a bug, 75 try again, 77 not allowed
"""


def build_parser() -> argparse.ArgumentParser:
    """The parser with all commands."""
    parser = Parser(prog="phonon-osc", description=DESCRIPTION, epilog=EXAMPLES)
    parser.add_argument("--version", action="version", version=f"phonon-osc {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, title="commands", parser_class=Parser)
    for command in COMMANDS:
        sub = command.add(commands)
        sub.add_argument("-v", "--verbose", action="store_true", help="log more, and show where an error came from")
        sub.add_argument("-q", "--quiet", action="store_true", help="log warnings and errors only")
        sub.set_defaults(run=command.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    args = build_parser().parse_args(argv)
    log_to_stderr(verbose=args.verbose, quiet=args.quiet)
    try:
        code = int(args.run(args))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # `phonon-osc kinds | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except PhononError as error:
        logging.getLogger("phonon_osc").error("%s", error, exc_info=args.verbose)
        return error.exit_code
    except Exception as error:
        hint = "" if args.verbose else " (a bug; --verbose shows where)"
        logging.getLogger("phonon_osc").error("%s: %s%s", type(error).__name__, error, hint, exc_info=args.verbose)
        return ExitCode.SOFTWARE
