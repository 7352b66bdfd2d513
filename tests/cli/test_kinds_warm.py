"""`phonon-osc kinds` lists everything, and `phonon-osc warm` compiles it."""

from __future__ import annotations

import json
from pathlib import Path

from dsp.cache import cache_folder
from dsp.kind import kinds
from phonon_osc.errors import ExitCode
from phonon_osc.samples import kit
from phonon_osc.synths import builtin
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


def test_defs_lists_and_prints_texts(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.def").write_text('doc "My own."; out (saw 110)')
    (tmp_path / "broken.def").write_text("out (saw")
    listed = run("defs", "--defs", tmp_path).stdout
    assert "gm_flute" in listed and "A piano. (also piano, gm_piano)" in listed and "plateau" in listed
    assert str(tmp_path) in listed and "My own." in listed and "never closed" in listed
    assert run("defs", "piano").stdout == builtin.text("superpiano")
    assert run("defs", "mine", "--defs", tmp_path).stdout.startswith("doc")
    flute = json.loads(run("defs", "gm_flute", "--json").stdout)
    assert flute["text"] == builtin.text("gm_flute") and flute["family"] == "gm"
    wrong = run("defs", "gm_flut")
    assert wrong.returncode == ExitCode.USAGE and "gm_flute" in wrong.stderr


def test_warm_says_where_the_cache_is(run: Run) -> None:
    done = run("warm", timeout=600.0)
    assert done.returncode == 0 and str(cache_folder()) in done.stdout
    assert len(list(Path(cache_folder()).glob("*.o"))) >= len(kinds())
    assert f"{sum(kit.COUNTS.values())} sounds of the built-in kit are in {kit.cache.folder()}" in done.stdout
    assert kit.cache.complete()
