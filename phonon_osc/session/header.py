"""The first line of a session log: everything that has to be the same for the log to give the same sound."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from phonon_osc import __version__
from phonon_osc.errors import DataError
from phonon_osc.limits import VOICES

FORMAT = 2
MARK = "phonon-osc-session"  # key of the format number, by which a log is recognised
RATES = (1000.0, 768000.0)


@dataclass
class Header:
    """A header. ``orbits``: hash of the orbits' definition. ``inputs``: name of the file beside the log with the recorded audio inputs."""

    rate: float
    voices: int
    limiter: bool
    orbits: str
    samples: list[str] = field(default_factory=list)  # folders
    inputs: str | None = None
    version: str = __version__

    def as_dict(self) -> dict[str, Any]:
        return {
            MARK: FORMAT,
            "version": self.version,
            "rate": self.rate,
            "voices": self.voices,
            "limiter": self.limiter,
            "orbits": self.orbits,
            "samples": self.samples,
            **({"inputs": self.inputs} if self.inputs else {}),
        }


def read_header(path: Path) -> Header | None:
    """The header of a session log; None if the file is not one. Raises DataError if the log cannot be used, OSError."""
    with path.open("rb") as lines:
        line = lines.readline(1 << 20)
    try:
        first = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(first, dict) or MARK not in first:
        return None
    if first[MARK] != FORMAT:
        raise DataError(
            f"{path}: a session log of format {first[MARK]!r}, and this version ({__version__}) reads format {FORMAT} only; "
            "render it with the version that wrote it"
        )
    try:
        return _checked(first)
    except ValueError as error:
        raise DataError(f"{path}, line 1: {error}. The log is damaged or was edited; use the original") from None


def _checked(row: dict[str, Any]) -> Header:
    rate, voices = row.get("rate"), row.get("voices")
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not RATES[0] <= rate <= RATES[1]:
        raise ValueError(f"rate is {short(rate)}; it has to be {RATES[0]:.0f} to {RATES[1]:.0f}")
    if isinstance(voices, bool) or not isinstance(voices, int) or not VOICES[0] <= voices <= VOICES[1]:
        raise ValueError(f"voices is {short(voices)}; it has to be {VOICES[0]} to {VOICES[1]}")
    if not isinstance(row.get("limiter"), bool):
        raise ValueError(f"limiter is {short(row.get('limiter'))}; it has to be true or false")
    samples, inputs = row.get("samples"), row.get("inputs")
    if not isinstance(samples, list) or not all(is_file_name(folder) for folder in samples):
        raise ValueError(f"samples is {short(samples)}; it has to be a list of folders")
    if inputs is not None and not (is_file_name(inputs) and Path(inputs).name == inputs):
        raise ValueError(f"inputs is {short(inputs)}; it has to be the name of a file beside the log")
    for name in ("version", "orbits"):
        if not isinstance(row.get(name), str):
            raise ValueError(f"{name} is {short(row.get(name))}; it has to be a text")
    return Header(float(rate), voices, row["limiter"], row["orbits"], samples, inputs, row["version"])


def is_file_name(word: object) -> bool:
    """Whether the operating system accepts this as the name of a file."""
    if not isinstance(word, str) or not word or "\0" in word:
        return False
    try:
        os.fsencode(word)
    except UnicodeEncodeError:
        return False
    return True


def short(value: object) -> str:
    """A value of a log, shortened for a message of one line."""
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
