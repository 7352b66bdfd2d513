"""What every backend is: something that calls the engine's process function, and says what it is."""

from __future__ import annotations

from typing import Protocol

from phonon_osc.engine.engine import Engine
from phonon_osc.errors import UnavailableError


class BackendError(UnavailableError):
    """Audio cannot be had this way: which, why, and what to do."""


def check_channels(engine: Engine, outputs: int, inputs: int) -> None:
    """The process function writes and reads as many channels as the engine has: the backend must have the same."""
    sizes = engine.sizes
    if outputs != sizes.outputs or inputs not in (0, sizes.inputs):
        raise BackendError(
            f"the backend was opened with {outputs} outputs and {inputs} inputs, "
            f"the engine with {sizes.outputs} and {sizes.inputs}"
        )


class Backend(Protocol):
    """Opened first (it knows the sample rate), then given an engine to play."""

    name: str
    rate: float
    period: int  # frames per call, as far as known; it may change at any time
    detail: str  # one line for people

    def start(self, engine: Engine) -> None:
        """Begin calling the engine's process function."""

    def stop(self) -> None:
        """Stop calling it; when this returns the engine's memory is no longer used."""
