"""The built-in kit: sounds made of numbers, for whoever has no sample folder yet. No audio file is shipped.

Names and counts are those of Dirt-Samples, and of the drum machine collections that the first pages of Tidal's and Strudel's
documentation play. The sounds are stand-ins. Every sound is a pure function of its name and index, so a session can be rendered again
anywhere. A sound is made when it is first played; the rest of its folder follows aside (``cook``). A real folder of the same
name replaces the whole bank (see ``samples.table``).

There is one module for each family: ``tr808``, ``tr909``, ``machines`` (drum machines for ``bank``), ``folders``, ``sets`` and
``boxes`` (drums), ``breaks`` (bars of drums), ``basses``, ``melodies`` and ``tunes`` (pitched), ``hands`` (skins, metal, glass),
``arcade`` (games, circuits), ``voices`` and ``throats`` (mouths), ``nature``. Of Strudel's default set (``default_set``): ``kin`` (drum
machines), ``percussion``, ``orchestra`` (General MIDI too), ``wavetables``. Recipes shared by several are in ``drums``, ``tones`` and
``treated``. What all of them are made of is in ``shape``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from phonon_osc.samples.decode import Decoded
from phonon_osc.samples.kit import cache
from phonon_osc.samples.kit.default_set import NOTES
from phonon_osc.samples.kit.names import ALIASES, COUNTS, EXTRAS, FAMILY

if TYPE_CHECKING:
    from phonon_osc.samples.kit.shape import Sound

__all__ = ["ALIASES", "BASICS", "COUNTS", "NOTES", "make", "make_all", "recipes", "sound", "synthesise"]

BASICS = ("bd", "sn", "sd", "hh", "oh", "cp", "lt", "ht")  # the first of each is in memory from the start

_RATE = 48_000.0
_FULL = 32_768.0


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


def make(name: str, n: int) -> bool:
    """Make a sound for the cache folder; False if that cannot be written."""
    return cache.save(name, n, _made(name, n))


def make_all(progress: Callable[[int, int, str], None] = lambda *_: None) -> int:
    """Make every sound that the cache folder has not, but for the families of ``EXTRAS``: those are many, and few are played.

    Returns how many were made. ``progress``: done, of how many, name.
    """
    if cache.complete():
        return 0
    wanted = [(name, n) for name, count in COUNTS.items() if FAMILY[name] not in EXTRAS for n in range(count)]
    missing = [(name, n) for name, n in wanted if cache.load(name, n) is None]
    for done, (name, n) in enumerate(missing, 1):
        if not make(name, n):
            return done - 1
        progress(done, len(missing), f"{name}:{n}")
    cache.finish()
    return len(missing)


def _made(name: str, n: int) -> cache.Kept:
    from phonon_osc.samples.kit.shape import Exact, Seamless, finish, seed_of

    recipe = recipes(name)[n]
    if isinstance(recipe, Exact):
        return np.rint(recipe.render(seed_of(name, n))[:, None] * (_FULL - 1.0)).astype(np.int16), recipe.note
    return finish(recipe.render(seed_of(name, n)), recipe.peak, isinstance(recipe, Seamless)), recipe.note


def _decoded(kept: cache.Kept) -> Decoded:
    samples, note = kept
    frames = np.empty((len(samples), 2), np.float32)
    np.multiply(samples, np.float32(1.0 / _FULL), out=frames)
    return Decoded(frames, _RATE, samples.shape[1], note)
