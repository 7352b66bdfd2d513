"""The README's own lines as sessions of the real front ends: what a newcomer is told to type has to sound."""

from __future__ import annotations

import re
from pathlib import Path

from tests.clients.install import ROOT

EACH = 3.0  # seconds a line of Tidal's plays
STRUDEL = 6.0  # seconds Strudel's lines play, all at once


def block(language: str) -> list[str]:
    """The lines of the README's code block in a language."""
    found = re.search(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert found is not None, f"the README has no {language}"
    return [line for line in found[1].splitlines() if line.strip()]


def write_sessions(clients: Path) -> None:
    """``readme`` for Tidal and for Strudel, beside the sessions that are there."""
    tidal = "".join(f"{line}\nsleep {EACH}\n" for line in block("haskell"))
    (clients / "tidal" / "sessions" / "readme.tidal").write_text(tidal)
    strudel = "\n".join(block("js")).replace(".osc()", "")  # run.mjs --dot-osc gives it to all of them
    (clients / "strudel" / "sessions" / "readme.js").write_text(f"{strudel}\n// --- {STRUDEL}\nhush()\n// --- 0.5\n")
