from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

DATA = Path(__file__).parents[1] / "data" / "samples"


@pytest.fixture
def data() -> Path:
    """The folder of reference samples, a root in Dirt layout."""
    return DATA


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty sample root. Its parent is outside of it and writable too."""
    path = tmp_path / "samples"
    path.mkdir()
    return path


@pytest.fixture
def write(root: Path) -> Callable[..., Path]:
    """Writes a sound file below the root: ``write("bd/a.wav", data, rate, subtype)``; a short ramp by default."""

    def write(
        name: str, data: np.ndarray | None = None, rate: int = 48_000, subtype: str | None = None, base: Path = root
    ) -> Path:
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        sound = np.linspace(-0.5, 0.5, 64, dtype=np.float32) if data is None else data
        soundfile.write(path, sound, rate, subtype=subtype)
        return path

    return write
