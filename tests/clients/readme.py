"""Plays the lines of the README with the real front ends, since a newcomer types them first."""

from __future__ import annotations

import re
from pathlib import Path

from tests.clients.install import ROOT

EACH = 3.0  # seconds for which each line of Tidal plays
STRUDEL = 6.0  # seconds for which all lines of Strudel play together


def block(language: str) -> list[str]:
    """The lines of the README's code block in a language."""
    found = re.search(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert found is not None, f"the README has no {language} block"
    return [line for line in found[1].splitlines() if line.strip()]


def write_sessions(clients: Path) -> None:
    """Add a session ``readme`` for Tidal and one for Strudel to the sessions."""
    tidal = "".join(f"{line}\nsleep {EACH}\n" for line in block("haskell"))
    (clients / "tidal" / "sessions" / "readme.tidal").write_text(tidal)
    strudel = "\n".join(block("js")).replace(".osc()", "")  # run.mjs --dot-osc adds it to all patterns
    (clients / "strudel" / "sessions" / "readme.js").write_text(f"{strudel}\n// --- {STRUDEL}\nhush()\n// --- 0.5\n")
