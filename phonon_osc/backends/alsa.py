"""ALSA writes its own opinion to stderr, thirty lines where there is no sound card; while a device is opened it goes to the log."""

from __future__ import annotations

import contextlib
import ctypes
import logging
from collections.abc import Iterator

log = logging.getLogger(__name__)

_HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)


def _say(file: bytes, line: int, function: bytes, code: int, text: bytes) -> None:
    """What C calls with a format and its arguments; the format alone tells enough."""
    log.debug("ALSA: %s (%s)", text.decode(errors="replace"), function.decode(errors="replace"))


_to_log = _HANDLER(_say)  # kept: C has its address


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Only for as long as this lasts: later the handler would bring Python into the audio thread."""
    try:
        alsa = ctypes.CDLL("libasound.so.2")
    except OSError:  # no ALSA, nothing to be quiet about
        yield
        return
    alsa.snd_lib_error_set_handler(_to_log)
    try:
        yield
    finally:
        alsa.snd_lib_error_set_handler(None)
