"""Progress output: a bar on a terminal with rich, lines without rich and in a file."""

from __future__ import annotations

import io
import sys

import pytest

from phonon_osc import progress
from phonon_osc.progress import ProgressBar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stderr: io.StringIO, patch: pytest.MonkeyPatch, *, quiet: bool = False, lines: bool = True) -> str:
    """The text that is written while 25 of 25 steps are done."""
    patch.setattr(sys, "stderr", stderr)
    with ProgressBar("counting", quiet=quiet, lines=lines) as bar:
        for done in range(26):
            bar.update(done, 25, f"thing {done}")
    return stderr.getvalue()


TENTHS = "".join(f"counting: {percent} %\n" for percent in range(0, 101, 10))


def test_a_file_gets_a_line_every_ten_per_cent_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(io.StringIO(), monkeypatch) == TENTHS
    assert shown(io.StringIO(), monkeypatch, lines=False) == ""
    assert shown(io.StringIO(), monkeypatch, quiet=True) == ""


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    text = shown(Terminal(), monkeypatch, lines=False)
    assert "counting" in text and "100%" in text and "thing 25" in text and "counting: 10 %" not in text
    assert shown(Terminal(), monkeypatch, quiet=True) == ""


def test_a_terminal_without_rich_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_have_rich", lambda: False)
    assert shown(Terminal(), monkeypatch, lines=False) == TENTHS
