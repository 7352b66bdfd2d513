"""The built-in kit: sounds made of numbers, for whoever has no sample folder yet. No audio file is shipped.

Names, orders and counts are those of Dirt-Samples and of the drum machine collections that Tidal's and Strudel's first pages
play; the sounds are stand-ins. Every sound is a pure function of its name and index, so a session can be rendered again
anywhere. A real folder of the same name replaces the whole bank (see ``samples.table``).

One module a family: ``tr808``, ``tr909``, ``machines`` (banks), ``folders`` and ``sets`` (drums), ``basses``, ``melodies``, ``hands``
(skins, metal, glass), ``voices``, ``nature``; recipes shared by several in ``drums``, ``tones`` and ``treated``; what all are
made of in ``shape``.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from phonon_osc.samples.decode import Decoded
from phonon_osc.samples.kit import cache
from phonon_osc.samples.kit.names import ALIASES, COUNTS, FAMILY

if TYPE_CHECKING:
    from phonon_osc.samples.kit.shape import Sound

__all__ = ["ALIASES", "BASICS", "COUNTS", "make_all", "make_all_aside", "recipes", "sound", "synthesise"]

BASICS = ("bd", "sn", "sd", "hh", "oh", "cp", "lt", "ht")  # the first of each is in memory from the start

_RATE = 48_000.0
_FULL = 32_768.0
_NICE = 10


def recipes(name: str) -> Sequence[Sound]:
    """What makes the sounds of bank ``name``. KeyError."""
    family = importlib.import_module(f"{__name__}.{FAMILY[name]}")
    banks: Mapping[str, Sequence[Sound]] = family.BANKS
    return banks[name]


def synthesise(name: str, n: int) -> Decoded:
    """Sound ``n`` (0 <= n < COUNTS[name]) of bank ``name``, the same to the bit every time. KeyError, IndexError.

    ``root_note`` is the MIDI note that a pitched sound plays, None for drums.
    """
    return _decoded(_made(name, n))


def sound(name: str, n: int) -> Decoded:
    """The same, from the user's cache folder, or made now and put there."""
    kept = cache.load(name, n)
    if kept is None:
        kept = _made(name, n)
        cache.save(name, n, kept)
    return _decoded(kept)


def make_all(progress: Callable[[int, int, str], None] = lambda *_: None) -> int:
    """Make every sound that the cache folder has not; how many those were. ``progress``: done, of how many, name."""
    if cache.complete():
        return 0
    missing = [(name, n) for name, count in COUNTS.items() for n in range(count) if cache.load(name, n) is None]
    for done, (name, n) in enumerate(missing, 1):
        if not cache.save(name, n, _made(name, n)):
            return done - 1
        progress(done, len(missing), f"{name}:{n}")
    cache.finish()
    return len(missing)


def make_all_aside() -> subprocess.Popen[bytes] | None:
    """The same in a process of its own that gives way to every other; None if there is nothing to make.

    Not in a thread: that would hold the interpreter's lock now and then, and an event would wait for it.
    """
    if cache.complete():
        return None
    code = f"import os; os.nice({_NICE}); from phonon_osc.samples import kit; kit.make_all()"
    quiet = subprocess.DEVNULL
    # A session of its own: Ctrl-C is meant for the server, which ends it.
    return subprocess.Popen(
        [sys.executable, "-c", code], stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    )


def _made(name: str, n: int) -> cache.Kept:
    from phonon_osc.samples.kit.shape import finish, seed_of

    recipe = recipes(name)[n]
    return finish(recipe.render(seed_of(name, n)), recipe.peak), recipe.note


def _decoded(kept: cache.Kept) -> Decoded:
    samples, note = kept
    frames = np.empty((len(samples), 2), np.float32)
    np.multiply(samples, np.float32(1.0 / _FULL), out=frames)
    return Decoded(frames, _RATE, samples.shape[1], note)
