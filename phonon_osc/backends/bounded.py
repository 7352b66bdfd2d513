"""Calls into sound libraries that may never return: a frozen jackd or a dead PulseAudio holds whoever asks it.

Each such call is made in a thread of its own. If it takes too long, it is left to itself, and the server goes on.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

from phonon_osc.backends.base import BackendError

Result = TypeVar("Result")

PATIENCE = 3.0  # seconds for a call that opens or starts a device
CLOSING = 0.4  # seconds for one that closes it


def bounded(
    call: Callable[[], Result],
    what: str,
    seconds: float = PATIENCE,
    discard: Callable[[Result], object] = lambda _: None,
) -> Result:
    """The result of ``call``; what it raises is raised here. Raises BackendError if it takes longer than ``seconds``.

    A result that comes after that is passed to ``discard``.
    """
    results: list[Result] = []
    errors: list[BaseException] = []
    lock, given_up = threading.Lock(), threading.Event()

    def run() -> None:
        try:
            result = call()
        except BaseException as error:
            errors.append(error)
            return
        with lock:
            results.append(result)
        if given_up.is_set():
            with contextlib.suppress(Exception):
                discard(result)

    thread = threading.Thread(target=run, name=f"bounded {what}", daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    with lock:
        if results:
            return results[0]
        given_up.set()
    raise BackendError(f"{what} does not answer: it hangs; restart the sound server")
