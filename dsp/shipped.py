"""Kernels that a wheel brings along: for each class of CPUs one shared object, and a list of what it holds.

They are as trusted as the code of the package, since both come from the same wheel. With them, neither numba nor llvmlite is imported.
A kernel is used only if its sources are those that it was compiled from. ``phonon_osc.engine.ship`` makes the files.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from .compile import Unit
from .target import Target, cpu_class

log = logging.getLogger(__name__)

FOLDER = Path(__file__).parent / "shipped_kernels"
VARIABLE = "PHONON_OSC_SHIPPED"  # environment variable: "none" leaves these kernels out, else a folder with such files


@dataclass(frozen=True)
class Contents:
    """What a shared object holds: its checksum, and of each symbol a hash of the sources that it was compiled from."""

    checksum: str
    sources: dict[str, str]

    def write(self, path: Path) -> None:
        path.write_text(json.dumps({"checksum": self.checksum, "sources": self.sources}, indent=0) + "\n")

    @classmethod
    def read(cls, path: Path) -> Contents:
        """Raises OSError, ValueError or KeyError."""
        found = json.loads(path.read_text())
        return cls(str(found["checksum"]), {str(k): str(v) for k, v in found["sources"].items()})


def files(target: Target, folder: Path = FOLDER) -> tuple[Path, Path]:
    """The shared object and the list of its contents."""
    return folder / f"{target.name}.so", folder / f"{target.name}.json"


class Shipped:
    """The loaded kernels of one class of CPUs. Addresses stay valid for ever, since the object is never unloaded."""

    def __init__(self, target: Target, folder: Path = FOLDER) -> None:
        """Raises OSError, ValueError or KeyError if the files are missing or damaged."""
        library, contents = files(target, folder)
        self._contents = Contents.read(contents)
        if hashlib.sha256(library.read_bytes()).hexdigest() != self._contents.checksum:
            raise ValueError(f"{library} is damaged")
        self._library = ctypes.CDLL(str(library), mode=os.RTLD_NOW | os.RTLD_LOCAL)

    def address(self, unit: Unit) -> int | None:
        """The address of a unit's code; None if it is not there, or was compiled from other sources."""
        if self._contents.sources.get(unit.symbol) != unit.source:
            return None
        return ctypes.cast(getattr(self._library, unit.symbol), ctypes.c_void_p).value


@functools.cache
def shipped() -> Shipped | None:
    """The kernels that were installed for this machine's class of CPUs; None if there are none."""
    target, given = cpu_class(), os.environ.get(VARIABLE, "")
    folder = Path(given) if given else FOLDER
    if target is None or given == "none" or not files(target, folder)[0].exists():
        return None
    try:
        return Shipped(target, folder)
    except (OSError, ValueError, KeyError) as error:
        log.warning("the kernels in %s cannot be used (%s): kernels are compiled instead; install again", folder, error)
        return None


def has_shipped(unit: Unit) -> bool:
    """Whether the kernels that were installed include this unit, compiled from the sources of this installation."""
    found = shipped()
    return found is not None and found.address(unit) is not None
