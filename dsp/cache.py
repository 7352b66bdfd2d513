"""The folder of compiled kernels. Whoever can write there decides what the audio thread runs, so only files that nobody else could
have written are used: owned by this user or by root, and writable by no other user.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import tempfile
from pathlib import Path

log = logging.getLogger(__name__)

VARIABLE = "PHONON_OSC_CACHE"  # names another folder
_DIGEST = 32  # bytes of the SHA-256 at the end of each file
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_warned: set[Path] = set()  # folders about which something was logged already


def cache_folder() -> Path:
    """Where compiled kernels are kept: what PHONON_OSC_CACHE names, or ``phonon-osc/kernels`` in the user's cache folder."""
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given)
    import platformdirs

    return Path(platformdirs.user_cache_dir("phonon-osc")) / "kernels"


def usable(folder: Path) -> bool:
    """Whether the folder may be used. Logs once why not, and what to do. One that is not there yet may be."""
    try:
        problem = _problem(folder.stat())
    except OSError:  # it is not there, or hidden from us: reading and writing find out
        return True
    if problem is None:
        return True
    _warn_once(
        folder,
        f"the kernel cache {folder} is not used: {problem}, and who can write there decides what the audio thread runs. Kernels are "
        f"compiled in memory at every start; `chmod go-w` the folder if it is yours, or name one of your own in {VARIABLE}",
    )
    return False


def read_object(filename: str, folder: Path) -> bytes | None:
    """The stored object code; None if it is not there, damaged, or could have been written by another user."""
    path = folder / filename
    try:
        with path.open("rb") as file:
            problem = _problem(os.fstat(file.fileno()))  # of the file that is read, whatever its name means by now
            data = file.read()
    except OSError:
        return None
    if problem is not None:
        _warn_once(folder, f"cached kernels such as {path} are compiled again: {problem}")
        return None
    code, digest = data[:-_DIGEST], data[-_DIGEST:]
    if hashlib.sha256(code).digest() != digest:
        log.warning("cached kernel %s is damaged; compiling it again", filename)
        return None
    return code


def write_object(filename: str, code: bytes, folder: Path) -> bool:
    """Store object code, readable by this user alone; False if the folder cannot be written (the caller then keeps it in memory)."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as out:
            out.write(code + hashlib.sha256(code).digest())
        os.replace(out.name, folder / filename)
    except OSError as error:
        log.warning(
            "the kernel cache %s cannot be written (%s): kernels are compiled in memory at every start. %s names another folder",
            folder,
            error.strerror,
            VARIABLE,
        )
        return False
    return True


def _problem(state: os.stat_result) -> str | None:
    """Why a file or folder could hold what another user wrote; None if it could not."""
    if state.st_uid not in (0, os.geteuid()):
        return f"it belongs to another user (uid {state.st_uid})"
    if state.st_mode & _OTHERS_WRITE:
        return f"other users may write to it (mode {stat.S_IMODE(state.st_mode):04o})"
    return None


def _warn_once(folder: Path, text: str) -> None:
    if folder not in _warned:
        _warned.add(folder)
        log.warning("%s", text)
