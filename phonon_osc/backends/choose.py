"""``--backend auto``: opens the first backend that works, and logs why the others do not."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from phonon_osc.backends.base import Backend, BackendError
from phonon_osc.backends.bounded import bounded

log = logging.getLogger(__name__)

CHOICES = ("auto", "jack", "miniaudio", "alsa", "pulseaudio", "null")


def open_backend(
    choice: str,
    *,
    rate: float,
    period: int,
    client_name: str,
    connect: bool,
    inputs: int = 0,
    outputs: Sequence[str] = ("out_1", "out_2"),
) -> Backend:
    """Open the backend of this name. ``outputs`` are the names of its output channels.

    ``auto`` tries JACK, then ALSA and PulseAudio, then the null device. Raises BackendError."""

    def jack() -> Backend:
        from phonon_osc.backends.jack import JackBackend

        return bounded(
            lambda: JackBackend(client_name, connect=connect, inputs=inputs, outputs=outputs),
            "JACK: the server",
            discard=lambda late: late.stop(),
        )

    def miniaudio(system: str | None) -> Callable[[], Backend]:
        def open_it() -> Backend:
            from phonon_osc.backends.miniaudio import MiniaudioBackend

            return bounded(
                lambda: MiniaudioBackend(rate=rate, period=period, system=system, inputs=inputs, outputs=len(outputs)),
                system or "the sound system",
            )

        return open_it

    if choice == "jack":
        return jack()
    if choice != "auto":
        return miniaudio(None if choice == "miniaudio" else choice)()
    reasons: list[str] = []
    for name, opener in (
        ("jack", jack),
        ("pulseaudio", miniaudio("pulseaudio")),
        ("alsa", miniaudio("alsa")),
        ("null", miniaudio("null")),
    ):
        try:
            backend = opener()
        except BackendError as error:
            reasons.append(str(error))
            continue
        for reason in reasons:
            log.info("not used: %s", reason)
        if name == "null":
            log.warning("no sound device was found: playing to miniaudio's null device (%s)", "; ".join(reasons))
        return backend
    raise BackendError("no audio backend works: " + "; ".join(reasons))
