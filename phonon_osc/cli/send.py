"""``phonon-osc send``: sends one OSC message, like oscsend, and shows the server's answer."""

from __future__ import annotations

import argparse
from typing import Any

from phonon_osc.cli.output import say
from phonon_osc.cli.parser import Commands, add_command, between, word
from phonon_osc.errors import ExitCode, UsageError

PATIENCE = 0.5  # seconds to wait for an answer
LETTERS = "ifshdbTFN"
WITHOUT_VALUE = "TFN"
KEYS_AND_VALUES = ("/dirt/play", "/play2")  # here a first word "s" is a key, not a type
EXAMPLES = """
phonon-osc send /dirt/play s bd                   types are guessed: 1 is int, 1.5 is float, bd is a string
phonon-osc send /dirt/play s hh n 1 gain 0.8 room 0.3
phonon-osc send /node/new sine 1 freq 330
phonon-osc send /node/set isf 1 freq 440          types are given, as with oscsend
phonon-osc send /status
"""
TYPES = """Types are i int, f float, s string, h 64-bit int, d double, b blob (hex digits), T true, F false, N nil. The
first argument gives the types if it consists of these letters and fits the number of arguments after it (for
/dirt/play only if it begins with a comma)."""


def add(commands: Commands) -> argparse.ArgumentParser:
    parser = add_command(commands, "send", "Send one OSC message and show the answer.", EXAMPLES, plain_numbers=True)
    parser.description = f"{parser.description}\n\n{TYPES}"
    parser.add_argument("--host", default="127.0.0.1", help="host of the server")
    parser.add_argument("--port", type=between(1, 65535), default=57120, help="UDP port of the server")
    parser.add_argument("address", metavar="ADDRESS", type=word, help="such as /node/new")
    args_help = "optional types, then arguments; after -- no word is an option"
    parser.add_argument("args", metavar="[TYPES] ARG", type=word, nargs="*", help=args_help)
    return parser


def run(args: argparse.Namespace) -> int:
    from phonon_osc.cli.asking import Asking

    data = message(args.address, args.args)
    with Asking(args.host, args.port) as server:
        server.send(data)
        answer = server.answer(PATIENCE)
    if answer is None:
        return ExitCode.OK  # some messages have no answer, such as /dirt/play
    say(" ".join([answer.address, *map(_shown, answer.args)]))
    return ExitCode.DATA if answer.address == "/fail" else ExitCode.OK


def message(address: str, words: list[str]) -> bytes:
    """The encoded message. Raises UsageError."""
    from pythonosc.osc_message_builder import BuildError, OscMessageBuilder

    if not address.startswith("/"):
        raise UsageError(f"address {address!r} does not start with a slash: write /{address}")
    tags, values = split_types(words, bare=address not in KEYS_AND_VALUES)
    builder = OscMessageBuilder(address)
    left = iter(values)
    for tag in tags:
        word = None if tag in WITHOUT_VALUE else next(left)
        builder.add_arg(_value(tag, word), tag)
    try:
        data: bytes = builder.build().dgram
    except BuildError as error:
        raise UsageError(f"that message cannot be built: {error}") from None
    return data


def split_types(words: list[str], *, bare: bool = True) -> tuple[str, list[str]]:
    """Type letters, and the words for them. If the types are not given, they are guessed. ``bare`` types need no comma."""
    if words and (bare or words[0].startswith(",")):
        tags = words[0].removeprefix(",")
        if tags and set(tags) <= set(LETTERS) and sum(tag not in WITHOUT_VALUE for tag in tags) == len(words) - 1:
            return tags, words[1:]
    return "".join(map(guess, words)), words


def guess(word: str) -> str:
    """The type of a word: i, f, h or s. A word such as 1_000 is a name, although Python reads it as a number."""
    if "_" in word:
        return "s"
    for tag, kind in (("i", int), ("f", float)):
        try:
            value = kind(word)
        except ValueError:
            continue
        if tag == "f":
            return tag if word.strip("+-").lower() not in ("nan", "inf", "infinity") else "s"
        return tag if -(1 << 31) <= value < 1 << 31 else "h"
    return "s"


def _value(tag: str, word: str | None) -> Any:
    if word is None:
        return {"T": True, "F": False}.get(tag)
    try:
        if tag in "ih":
            return int(word, 0)
        if tag in "fd":
            return float(word)
        if tag == "b":
            return bytes.fromhex(word)
    except ValueError:
        raise UsageError(f"{word!r} does not fit the type {tag}") from None
    return word


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    return repr(text) if isinstance(value, str) and (not text or " " in text) else text
