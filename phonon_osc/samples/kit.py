"""A drum kit and a pluck made of numbers: what sounds when no sample folder is there. No audio file is shipped.

Every sound is a pure function of its name and index, so a session can be rendered again anywhere. Names are those of
the usual Dirt folders; a real folder of the same name replaces the whole bank (see ``library``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from phonon_osc.samples import kit_drums as drums
from phonon_osc.samples import kit_metals as metals
from phonon_osc.samples import kit_tones as tones
from phonon_osc.samples.decode import Decoded
from phonon_osc.samples.kit_shape import RATE, Signal, finish, seed_of

Recipe = TypeVar("Recipe")


def _bank(cook: Callable[[Recipe, int], Signal], recipes: Sequence[Recipe]) -> list[Callable[[int], Signal]]:
    return [partial(cook, recipe) for recipe in recipes]


_BANKS: dict[str, list[Callable[[int], Signal]]] = {
    "bd": _bank(drums.kick, drums.KICKS),
    "sn": _bank(drums.snare, drums.SNARES),
    "cp": _bank(drums.clap, drums.CLAPS),
    "hh": _bank(metals.hat, metals.CLOSED_HATS),
    "ho": _bank(metals.hat, metals.OPEN_HATS),
    "lt": _bank(drums.tom, drums.LOW_TOMS),
    "mt": _bank(drums.tom, drums.MID_TOMS),
    "ht": _bank(drums.tom, drums.HIGH_TOMS),
    "rim": _bank(drums.rim, drums.RIMS),
    "cr": _bank(metals.crash, metals.CRASHES),
    "cb": _bank(metals.cowbell, metals.COWBELLS),
    "arpy": _bank(tones.pluck, tones.NOTES),
}

COUNTS: dict[str, int] = {name: len(bank) for name, bank in _BANKS.items()}
ALIASES: dict[str, str] = {"sd": "sn", "ch": "hh", "oh": "ho"}


def synthesise(name: str, n: int) -> Decoded:
    """Sound ``n`` (0 <= n < COUNTS[name]) of bank ``name``, the same to the bit every time. KeyError, IndexError.

    ``root_note`` is the note an ``arpy`` sounds, None for drums.
    """
    sound = _BANKS[name][n](seed_of(name, n))
    root_note = float(tones.NOTES[n]) if name == "arpy" else None
    return Decoded(finish(sound), RATE, sound.ndim, root_note)
