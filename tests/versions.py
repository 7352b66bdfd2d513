"""Test the kernels with the lowest and the newest numba and llvmlite that pyproject.toml allows.

    python -m tests.versions [lowest] [newest]

For each of the two, this makes a fresh environment with its own kernel cache under ``build/versions``, and runs the kernels' tests
there. It needs PyPI. It takes some minutes, because every kernel is compiled at every width. The exit code is 1 if a test fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "versions"
LIBRARIES = ("numba", "llvmlite")
TESTS = (
    "tests/backends/test_libjack.py",
    "tests/dsp/test_contract.py",
    "tests/dsp/test_math.py",
    "tests/engine/test_zero_allocation.py",
    "tests/test_offline.py",
)


def bounds(library: str) -> tuple[str, str]:
    """The bounds of a library in pyproject.toml, such as ``(">=0.62", "<0.69")``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (requirement,) = [text for text in project["dependencies"] if text.startswith(f"{library}>=")]
    low, high = requirement.removeprefix(library).split(",")
    return low.strip(), high.strip()


def requirement(library: str, end: str) -> str:
    """The requirement for pip: exactly the lower bound, or the newest version below the upper bound."""
    low, high = bounds(library)
    return library + (low.replace(">=", "==") if end == "lowest" else high)


def run(command: list[str], **settings: str) -> int:
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=False).returncode


def proved(end: str) -> bool:
    """Make the environment for the lowest or newest versions, and run the tests in it."""
    folder = FOLDER / end
    shutil.rmtree(folder, ignore_errors=True)
    python = folder / "bin" / "python"
    wanted = [requirement(library, end) for library in LIBRARIES]
    sys.stdout.write(f"{end}: {', '.join(wanted)}\n")
    sys.stdout.flush()
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", ".[dev]", *wanted],
        [str(python), "-c", "import numba, llvmlite, numpy; print(*(m.__version__ for m in (numba, llvmlite, numpy)))"],
    ):
        if run(command) != 0:
            return False
    cache = str(folder / "cache")
    # compile first, as `make test` does: the time limits of the tests are too short for compiling everything
    return all(
        run([str(python), *words], XDG_CACHE_HOME=cache) == 0
        for words in (("-m", "phonon_osc", "warm", "--all-lanes"), ("-m", "pytest", "-q", *TESTS))
    )


def main() -> int:
    failed = [end for end in sys.argv[1:] or ("lowest", "newest") if not proved(end)]
    sys.stdout.write(
        f"kernels break their promises with the {' and the '.join(failed)} versions\n" if failed else "fine\n"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
