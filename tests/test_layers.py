"""Who may import whom: the contracts of pyproject.toml, and what a warm start really loads."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINT = """
import sys
from importlinter.cli import lint_imports
sys.path.insert(0, sys.argv[1])
sys.exit(lint_imports(config_filename=sys.argv[2], no_cache=True))
"""
WARM_START = """
import sys
import phonon_osc.serving
from phonon_osc.studio import Studio
Studio(voices=16)
sys.exit("numba" in sys.modules)
"""


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINT, str(folder), str(ROOT / "pyproject.toml")]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_nobody_imports_upwards() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_planted_import_upwards_is_found(tmp_path: Path) -> None:
    """The contracts bite: a kind that imports another kind, an engine that imports the dialects, libraries beside their doors."""
    for name in ("dsp", "phonon_osc"):
        for file in (ROOT / name).rglob("*.py"):
            copy = tmp_path / file.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(file.read_text())
    (tmp_path / "dsp" / "filters" / "planted.py").write_text("import dsp.filters.svf\n")
    (tmp_path / "phonon_osc" / "engine" / "planted.py").write_text("import phonon_osc.osc.dirt\n")
    (tmp_path / "phonon_osc" / "planted.py").write_text("import numba, llvmlite.ir, jack\n")
    done = lint(tmp_path)
    assert done.returncode == 1
    assert "Kinds never import each other BROKEN" in done.stdout
    assert "Layers: never upwards BROKEN" in done.stdout
    for library in ("numba has one door", "llvmlite has two doors", "JACK-Client has one door"):
        assert re.search(f"{library}.* BROKEN", done.stdout), library


def test_a_warm_start_does_not_load_numba() -> None:
    """Its import alone would take a third of the start-up time."""
    warm = [sys.executable, "-m", "phonon_osc", "warm", "--quiet"]
    subprocess.run(warm, cwd=ROOT, check=True, capture_output=True, timeout=600)
    subprocess.run([sys.executable, "-c", WARM_START], cwd=ROOT, check=True, timeout=60)
