"""A file for each orbit, and their sum."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from phonon_osc.errors import DataError
from phonon_osc.limits import ORBITS
from phonon_osc.recording import open_wav

SIDES = 2
CHANNELS = SIDES * ORBITS  # of an engine whose orbits have channels of their own
ROUTE = tuple(SIDES * orbit for orbit in range(ORBITS))  # the first channel of each orbit


def stem_name(orbit: int) -> str:
    """The name of an orbit's file, without its ending."""
    return f"orbit_{orbit}"


class Stems:
    """Writes ``orbit_0.wav`` and so on into a folder, which is made if there is none. Raises DataError or PermissionRefused."""

    def __init__(self, folder: Path, rate: float) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(
                f"{folder}: stems cannot be written there ({error.strerror}); choose another folder"
            ) from None
        self._open = contextlib.ExitStack()
        with contextlib.ExitStack() as opening:
            self._files: list[Any] = [
                opening.enter_context(open_wav(folder / f"{stem_name(orbit)}.wav", rate)) for orbit in range(ORBITS)
            ]
            self._open = opening.pop_all()

    def __enter__(self) -> Stems:
        return self

    def __exit__(self, *problem: object) -> None:
        self._open.close()

    def write(self, part: NDArray[np.float32]) -> NDArray[np.float32]:
        """Write frames of all channels (n, ``CHANNELS``) and return their sum (n, 2), added up in the order of the orbits."""
        total = np.zeros((len(part), SIDES), np.float32)
        for orbit, file in enumerate(self._files):
            own = np.ascontiguousarray(part[:, ROUTE[orbit] : ROUTE[orbit] + SIDES])
            file.write(own)
            total += own
        return total
