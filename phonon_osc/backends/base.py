"""The interface of every backend: it calls the engine's process function."""

from __future__ import annotations

from typing import Protocol

from phonon_osc.engine.engine import Engine
from phonon_osc.errors import UnavailableError


class BackendError(UnavailableError):
    """The backend cannot play. The message says which backend, why, and what to do."""


def check_channels(engine: Engine, outputs: int, inputs: int) -> None:
    """Raise BackendError unless backend and engine have the same channels, since the process function uses those of the engine."""
    sizes = engine.sizes
    if outputs != sizes.outputs or inputs not in (0, sizes.inputs):
        raise BackendError(
            f"the backend was opened with {outputs} outputs and {inputs} inputs, "
            f"the engine with {sizes.outputs} and {sizes.inputs}"
        )


class Backend(Protocol):
    """A backend is opened first, since it knows the sample rate. Then it gets an engine to play."""

    name: str
    rate: float
    period: int  # frames per call, as far as it is known; it may change at any time
    detail: str  # one line for people

    def start(self, engine: Engine) -> None:
        """Begin calling the engine's process function."""

    def stop(self) -> None:
        """Stop calling it. When this returns, the backend no longer uses the engine's memory."""
