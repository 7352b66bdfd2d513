"""What people read: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Mapping
from typing import Any


def say(text: str) -> None:
    """One piece of a command's result. What the terminal's encoding lacks is escaped, such as names of files that are no UTF-8."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def say_json(data: Any) -> None:
    say(json.dumps(data, indent=2))


def say_line(data: Any) -> None:
    """JSON on one line, at once, for whoever reads line by line."""
    say(json.dumps(data))
    sys.stdout.flush()


def aligned(rows: Iterable[tuple[str, str]], indent: str = "") -> str:
    """Two columns."""
    rows = list(rows)
    width = max((len(left) for left, _ in rows), default=0)
    return "\n".join(f"{indent}{left:<{width}}  {right}".rstrip() for left, right in rows)


def figures(values: Mapping[str, Any]) -> str:
    """Names and numbers, one a line."""
    return aligned(
        (name.replace("_", " "), f"{value:g}" if isinstance(value, float) else f"{value}")
        for name, value in values.items()
    )


class _Lines(logging.Formatter):
    """``message`` for information, ``warning: message`` for what needs attention; with time and module when verbose."""

    def __init__(self, verbose: bool) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s" if verbose else "%(message)s")
        self._verbose = verbose

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        plain = self._verbose or record.levelno <= logging.INFO
        return text if plain else f"{record.levelname.lower()}: {text}"


def log_to_stderr(*, verbose: bool, quiet: bool) -> None:
    """Send the log to stderr. Nothing is ever asked: the server has no stdin."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(verbose))
    level = logging.DEBUG if verbose else logging.WARNING if quiet else logging.INFO
    logging.getLogger("numba").setLevel(logging.WARNING)
    logging.basicConfig(level=level, handlers=[handler], force=True)
