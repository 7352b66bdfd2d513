"""The folder of compiled kernels. Files there decide what the audio thread runs. So only files that nobody else can have written
are used: they belong to this user or to root, and no other user may write to them.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import tempfile
from pathlib import Path

log = logging.getLogger(__name__)

VARIABLE = "PHONON_OSC_CACHE"  # environment variable that names another folder
_DIGEST = 32  # bytes of the SHA-256 hash at the end of each file
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_warned: set[Path] = set()  # folders that a warning was already logged about


def cache_folder() -> Path:
    """The folder of compiled kernels: the one that PHONON_OSC_CACHE names, or ``phonon-osc/kernels`` in the user's cache folder."""
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given)
    import platformdirs

    return Path(platformdirs.user_cache_dir("phonon-osc")) / "kernels"


def usable(folder: Path) -> bool:
    """Whether the folder may be used. If not, it logs once why, and what to do. A folder that does not exist yet may be used."""
    try:
        problem = _problem(folder.stat())
    except OSError:  # it does not exist or we may not see it: reading and writing will find out
        return True
    if problem is None:
        return True
    _warn_once(
        folder,
        f"the kernel cache {folder} is not used: {problem}, and its files decide what the audio thread runs. Kernels are compiled in "
        f"memory at every start. If the folder is yours, run `chmod go-w` on it; otherwise set {VARIABLE} to a folder of your own",
    )
    return False


def has_object(filename: str) -> bool:
    """Whether the folder of this process has such an object, whole or damaged."""
    folder = cache_folder()
    return usable(folder) and (folder / filename).exists()


def read_object(filename: str, folder: Path) -> bytes | None:
    """The stored object code; None if there is none, it is damaged, or another user can have written it."""
    path = folder / filename
    try:
        with path.open("rb") as file:
            # of the open file itself: its name may mean another file by now
            problem = _problem(os.fstat(file.fileno()))
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
    """Store object code, readable only by this user. False if the folder cannot be written; then the caller keeps it in memory."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as out:
            out.write(code + hashlib.sha256(code).digest())
        os.replace(out.name, folder / filename)
    except OSError as error:
        log.warning(
            "the kernel cache %s cannot be written (%s): kernels are compiled in memory at every start. Set %s to another folder",
            folder,
            error.strerror,
            VARIABLE,
        )
        return False
    return True


def _problem(state: os.stat_result) -> str | None:
    """Why another user can have written a file or folder; None if no other user can."""
    if state.st_uid not in (0, os.geteuid()):
        return f"it belongs to another user (uid {state.st_uid})"
    if state.st_mode & _OTHERS_WRITE:
        return f"other users may write to it (mode {stat.S_IMODE(state.st_mode):04o})"
    return None


def _warn_once(folder: Path, text: str) -> None:
    if folder not in _warned:
        _warned.add(folder)
        log.warning("%s", text)
