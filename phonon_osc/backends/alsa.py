"""Sends ALSA's messages to the log while a device is opened. ALSA would write them to stderr: thirty lines if there is no sound card."""

from __future__ import annotations

import contextlib
import ctypes
import logging
from collections.abc import Iterator

log = logging.getLogger(__name__)

_HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)


def _log_alsa_message(file: bytes, line: int, function: bytes, code: int, text: bytes) -> None:
    """ALSA's error handler, called from C with a format and its arguments. Only the format is logged."""
    log.debug("ALSA: %s (%s)", text.decode(errors="replace"), function.decode(errors="replace"))


_to_log = _HANDLER(_log_alsa_message)  # must stay alive, since C has its address


@contextlib.contextmanager
def messages_to_log() -> Iterator[None]:
    """Install the handler for the block only. Later it would run Python in the audio thread."""
    try:
        alsa = ctypes.CDLL("libasound.so.2")
    except OSError:  # there is no ALSA, so nothing writes messages
        yield
        return
    alsa.snd_lib_error_set_handler(_to_log)
    try:
        yield
    finally:
        alsa.snd_lib_error_set_handler(None)
