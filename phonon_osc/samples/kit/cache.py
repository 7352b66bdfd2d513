"""The kit's sounds in the user's cache folder: one file each, in a folder named after the code that makes them.

A file is a head of 16 bytes (frames, channels, the MIDI note or not-a-number, a mark), followed by the samples, 16 bits each. A file that
is damaged or of another version is made again. If the folder cannot be written, sounds are made anew in every session.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import logging
import math
import os
import platform
import shutil
import struct
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

log = logging.getLogger(__name__)

_HEAD = struct.Struct("<IHHfI")
_MARK = 0x314B4850
_COMPLETE = "complete"

Kept = tuple[NDArray[np.int16], float | None]  # (frames, channels), the note


def folder() -> Path:
    """Where all versions are kept."""
    given = os.environ.get("PHONON_OSC_CACHE")
    if given:
        return Path(given) / "kit"
    import platformdirs

    return Path(platformdirs.user_cache_dir("phonon-osc")) / "kit"


@functools.cache
def version() -> str:
    """Changes with this package's code, and with what else decides bits: numpy and the machine."""
    key = hashlib.blake2b(f"{np.__version__} {platform.machine()}".encode(), digest_size=10)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        key.update(path.read_bytes())
    return key.hexdigest()


def has(name: str, n: int) -> bool:
    """Whether the sound has been saved. What is damaged is found out when it is loaded."""
    return (folder() / version() / f"{name}-{n}").exists()


def load(name: str, n: int) -> Kept | None:
    """The sound as it was saved, or None."""
    try:
        data = (folder() / version() / f"{name}-{n}").read_bytes()
    except OSError:
        return None
    if len(data) < _HEAD.size:
        return None
    frames, channels, _, note, mark = _HEAD.unpack_from(data)
    if mark != _MARK or not frames or channels not in (1, 2) or len(data) != _HEAD.size + 2 * frames * channels:
        log.debug("kit sound %s:%d in the cache is damaged; it is made again", name, n)
        return None
    samples = np.frombuffer(data, "<i2", offset=_HEAD.size).reshape(frames, channels)
    return samples, None if math.isnan(note) else note


def save(name: str, n: int, kept: Kept) -> bool:
    """Keep a sound for next time; False if the folder cannot be written."""
    samples, note = kept
    head = _HEAD.pack(*samples.shape, 0, math.nan if note is None else note, _MARK)
    home = folder() / version()
    try:
        if not home.is_dir():
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            _delete_others()
        with tempfile.NamedTemporaryFile(dir=home, delete=False) as out:
            out.write(head + samples.astype("<i2").tobytes())
        os.replace(out.name, home / f"{name}-{n}")
    except OSError as error:
        log.debug("kit sound %s:%d cannot be kept in %s (%s)", name, n, home, error)
        return False
    return True


def complete() -> bool:
    """Whether every sound of this version has been made."""
    return (folder() / version() / _COMPLETE).exists()


def finish() -> None:
    """Note that every sound is there."""
    with contextlib.suppress(OSError):
        (folder() / version() / _COMPLETE).touch()


def _delete_others() -> None:
    """Delete what other versions have left, which is tens of megabytes each."""
    for path in folder().iterdir():
        if path.is_dir() and path.name != version():
            shutil.rmtree(path, ignore_errors=True)
