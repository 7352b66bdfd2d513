"""What there is to play, and compiling it ahead of time."""

from __future__ import annotations

import json
from pathlib import Path

from dsp.compile import cache_folder
from dsp.kind import kinds
from phonon_osc.errors import ExitCode
from phonon_osc.samples import kit
from tests.cli.conftest import Run


def test_kinds_lists_and_describes_every_kind(run: Run) -> None:
    listed = {line.split()[0] for line in run("kinds").stdout.splitlines() if line.startswith("  ")}
    assert set(kinds()) <= listed
    described = json.loads(run("kinds", "--json").stdout)
    assert set(kinds()) <= set(described)
    lowpass = run("kinds", "lowpass").stdout
    assert "cutoff" in lowpass and " Hz" in lowpass and kinds()["lowpass"].reference.split()[0] in lowpass


def test_an_unknown_kind(run: Run) -> None:
    done = run("kinds", "lowpas")
    assert done.returncode == ExitCode.USAGE and "lowpas" in done.stderr and "lowpass" in done.stderr


def test_warm_says_where_the_cache_is(run: Run) -> None:
    done = run("warm", timeout=600.0)
    assert done.returncode == 0 and str(cache_folder()) in done.stdout
    assert len(list(Path(cache_folder()).glob("*.o"))) >= len(kinds())
    assert f"{sum(kit.COUNTS.values())} sounds of the built-in kit are in {kit.cache.folder()}" in done.stdout
    assert kit.cache.complete()
