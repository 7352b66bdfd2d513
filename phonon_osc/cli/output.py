"""The output of commands: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Mapping
from typing import Any


def say(text: str) -> None:
    """Write a part of a result. Characters that the terminal cannot show, such as file names that are not UTF-8, are escaped."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def say_json(data: Any) -> None:
    say(json.dumps(data, indent=2))


def say_line(data: Any) -> None:
    """Write JSON on one line and flush, for programs that read line by line."""
    say(json.dumps(data))
    sys.stdout.flush()


def aligned(rows: Iterable[tuple[str, str]], indent: str = "") -> str:
    """Rows as two columns of text."""
    rows = list(rows)
    width = max((len(left) for left, _ in rows), default=0)
    return "\n".join(f"{indent}{left:<{width}}  {right}".rstrip() for left, right in rows)


def figures(values: Mapping[str, Any]) -> str:
    """Names and numbers, one pair per line."""
    return aligned(
        (name.replace("_", " "), f"{value:g}" if isinstance(value, float) else f"{value}")
        for name, value in values.items()
    )


class _Lines(logging.Formatter):
    """Plain text for information, ``warning: text`` from level warning on; with time and module if verbose."""

    def __init__(self, verbose: bool) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s" if verbose else "%(message)s")
        self._verbose = verbose

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        plain = self._verbose or record.levelno <= logging.INFO
        return text if plain else f"{record.levelname.lower()}: {text}"


def log_to_stderr(*, verbose: bool, quiet: bool) -> None:
    """Send the log to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(verbose))
    level = logging.DEBUG if verbose else logging.WARNING if quiet else logging.INFO
    for name in ("numba", "websockets"):  # what they tell is of no use to who plays
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.basicConfig(level=level, handlers=[handler], force=True)
