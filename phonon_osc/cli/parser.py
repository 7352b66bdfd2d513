"""argparse adapted to this command line: examples keep their lines, defaults are shown, wrong use exits with 64."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn

from phonon_osc.errors import ExitCode

Commands = Any  # the type that add_subparsers() returns; argparse has no public name for it


class _Format(argparse.RawDescriptionHelpFormatter, argparse.ArgumentDefaultsHelpFormatter):
    """Keeps line breaks, and shows an option's default unless it is empty, True or False."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        nothing = action.default in (None, False, True, [], ()) or action.default is argparse.SUPPRESS
        return action.help if nothing else super()._get_help_string(action)


class Parser(argparse.ArgumentParser):
    """The parser of one command, or of the whole command line.

    With ``plain_numbers`` every negative number is a value. argparse itself takes ``-1e-1`` and ``-inf`` for options. The arguments of
    such a command must have the type ``word``.
    """

    def __init__(self, *, plain_numbers: bool = False, **options: Any) -> None:
        options.setdefault("formatter_class", _Format)
        options.setdefault("allow_abbrev", False)
        super().__init__(**options)
        self._plain_numbers = plain_numbers

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if self._plain_numbers and args is not None:
            args = [f" {text}" if text.startswith(" ") or _is_negative(text) else text for text in args]
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        self.exit(ExitCode.USAGE, f"{self.prog}: {message}; see {self.prog} --help\n")


def _is_negative(text: str) -> bool:
    """Whether the text is a number that begins with a minus sign."""
    try:
        float(text)
    except ValueError:
        return False
    return text.startswith("-")


def word(text: str) -> str:
    """An argument as it was typed. The parser puts a space before negative numbers, because argparse takes such a word for no option."""
    return text.removeprefix(" ")


def add_command(commands: Commands, name: str, summary: str, examples: str, **options: Any) -> argparse.ArgumentParser:
    """Add a command with examples at the end of its help."""
    epilog = "examples:\n" + "\n".join(f"  {line}" for line in examples.strip().splitlines())
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=summary, epilog=epilog, **options
    )
    return parser


def between(low: float, high: float, kind: Callable[[str], Any] = int) -> Callable[[str], Any]:
    """A type for argparse: a number from ``low`` to ``high``."""

    def number(text: str) -> Any:
        try:
            value = kind(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} is not between {low:g} and {high:g}")
        return value

    return number


def _megabytes(text: str) -> int:
    return int(1e6 * between(1, 1e6, float)(text))


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of all commands that make an engine."""
    lanes = "voices computed at once; by default the best for this machine. The sound does not depend on it"
    parser.add_argument(
        "--samples",
        metavar="DIR",
        action="append",
        default=[],
        help="a folder of sample folders; may be given several times",
    )
    parser.add_argument(
        "--voices",
        metavar="N",
        type=between(16, 16384),
        default=1024,
        help="most voices at the same time; determines the size of all memory",
    )
    parser.add_argument("--lanes", type=int, choices=(4, 8, 16, 32), help=lanes)
    memory_help = (
        "memory for samples in MB; the samples played least recently make room (default: a quarter of the machine's)"
    )
    parser.add_argument("--sample-memory", metavar="MB", type=_megabytes, help=memory_help)
    parser.add_argument("--no-limiter", dest="limiter", action="store_false", help="turn off the limiter of each orbit")
