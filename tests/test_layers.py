"""The import contracts of pyproject.toml hold, and a warm start loads only what it needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

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


PLANTED = {  # file: the import added to it, and the contract that this breaks
    "dsp/filters/planted.py": ("dsp.filters.svf", "Kinds never import each other"),
    "dsp/math/planted.py": ("phonon_osc.errors", "Signal code imports no server"),
    "phonon_osc/engine/planted.py": ("phonon_osc.dialects.event", "Layers never import upwards"),
    "phonon_osc/defs/planted.py": ("phonon_osc.dialects.superdirt.chain", "Layers never import upwards"),
    "phonon_osc/backends/planted.py": ("phonon_osc.defs", "Backends and samples import nothing of what is played"),
    "phonon_osc/osc/wire_planted.py": ("phonon_osc.backends.base", "Layers never import upwards"),
    "phonon_osc/planted_numba.py": ("numba", "Only dsp.numba_api imports numba"),
    "phonon_osc/planted_llvmlite.py": ("llvmlite.ir", "Only dsp.numba_api and dsp.llvm_api import llvmlite"),
    "phonon_osc/planted_jack.py": ("jack", "Only backends.libjack imports JACK-Client"),
    "phonon_osc/dialects/planted.py": ("socket", "Dialects import no sockets and no file formats"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources, to add forbidden imports to."""
    folder = tmp_path_factory.mktemp("planted")
    for name in ("dsp", "phonon_osc"):
        for file in (ROOT / name).rglob("*.py"):
            target = folder / file.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.read_text())
    return folder


@pytest.mark.parametrize("file", PLANTED)
def test_a_planted_import_is_found(copy: Path, file: str) -> None:
    """The contracts work: each forbidden import breaks its own contract and no other."""
    imported, contract = PLANTED[file]
    (copy / file).write_text(f"import {imported}\n")
    try:
        done = lint(copy)
    finally:
        (copy / file).unlink()
    broken = [line for line in done.stdout.splitlines() if "BROKEN" in line]
    assert done.returncode == 1 and len(broken) == 1 and broken[0].startswith(contract), done.stdout


def test_a_warm_start_does_not_load_numba() -> None:
    """Importing numba alone would take a third of the start-up time."""
    warm = [sys.executable, "-m", "phonon_osc", "warm", "--quiet"]
    subprocess.run(warm, cwd=ROOT, check=True, capture_output=True, timeout=600)
    subprocess.run([sys.executable, "-c", WARM_START], cwd=ROOT, check=True, timeout=60)
