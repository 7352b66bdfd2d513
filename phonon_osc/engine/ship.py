"""Compiles the kernels that a wheel brings along, for each class of CPUs, and links each class into one shared object.

    python -m phonon_osc.engine.ship FOLDER                  # all classes; `make wheel` calls this
    python -m phonon_osc.engine.ship FOLDER x86-64-v3        # some of them; "native" is the class of this machine

It needs numba, and the linker of the package ``ziglang``, which links for every machine. Objects are kept in the user's cache of kernels.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from dsp.kind import REGISTRY, USER, kinds
from dsp.load import Progress, gather, no_progress
from dsp.shipped import Contents, files
from dsp.target import CLASSES, Target, cpu_class
from phonon_osc.engine.code import jobs
from phonon_osc.errors import UnavailableError
from phonon_osc.progress import ProgressBar


def ship(target: Target, folder: Path, progress: Progress = no_progress) -> int:
    """Write the shared object of one class and the list of its contents. Returns the number of kernels.

    Raises CompileError, UnavailableError.
    """
    wanted = jobs(target.widths)
    objects = gather(wanted, progress, target=target)
    library, contents = files(target, folder)
    folder.mkdir(parents=True, exist_ok=True)
    _link(target, objects, library)
    sources = {job.unit.symbol: job.unit.source for job in wanted}
    Contents(hashlib.sha256(library.read_bytes()).hexdigest(), sources).write(contents)
    return len(wanted)


def _link(target: Target, objects: dict[str, bytes], library: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        names = []
        for symbol, code in objects.items():
            name = Path(scratch) / f"{symbol}.o"
            name.write_bytes(code)
            names.append(str(name))
        listed = Path(scratch) / "objects"
        listed.write_text("\n".join(names))
        machine = target.triple.partition("-")[0]
        command = [sys.executable, "-m", "ziglang", "cc", "-target", f"{machine}-linux-gnu"]
        command += ["-shared", "-nostdlib", "-s", "-o", str(library), f"@{listed}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise UnavailableError(
                f"the kernels of {target.name} cannot be linked: {done.stderr.strip()[-500:]}; is the package ziglang installed?"
            )


def main(args: Sequence[str]) -> int:
    """Ship to the folder ``args[0]`` the classes that follow, or all."""
    folder = Path(args[0])
    for name in [kind.name for kind in kinds().values() if kind.family == USER]:
        del REGISTRY[name]  # a wheel holds no kinds of whoever makes it
    own = cpu_class()
    for word in args[1:] or CLASSES:
        name = own.name if word == "native" and own is not None else word
        if name not in CLASSES:
            raise UnavailableError(
                f"there is no class {name!r}; there are {', '.join(CLASSES)}, and native for this machine's"
            )
        with ProgressBar(f"compiling kernels for {name}") as bar:
            count = ship(CLASSES[name], folder, bar.update)
        size = files(CLASSES[name], folder)[0].stat().st_size
        sys.stdout.write(f"{name}: {count} kernels, {size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
