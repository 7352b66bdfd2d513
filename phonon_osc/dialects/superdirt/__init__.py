"""SuperDirt's dialect, which TidalCycles, TidalVortex and plain clients speak. docs/dirt.md says what its keys mean."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from phonon_osc.dialects.dialect import Dialect, Evidence, Greeting, Handler
from phonon_osc.dialects.superdirt.conversation import HELLO, TIDAL_PORT, Conversation
from phonon_osc.dialects.superdirt.event import read_event
from phonon_osc.dialects.superdirt.parameters import table
from phonon_osc.dialects.superdirt.translate import translate

if TYPE_CHECKING:
    from phonon_osc.dialects.player import Player

__all__ = ["DIALECT", "from_tidal"]

_TIDAL_KEYS = frozenset({"delta", "orbit", "s"})


def from_tidal(keys: Sequence[str], args: Sequence[object]) -> bool:
    """Whether an event without the name of a pattern looks like an event of Tidal's `once`.

    Tidal sorts its keys and always sends delta and s. Its start file gives every event an orbit, which is sent as a whole number.
    Strudel sends the keys in the order in which a pattern names them, and its bridge sends every number as a float.
    """
    if not _TIDAL_KEYS.issubset(keys) or any(a > b for a, b in itertools.pairwise(keys)):
        return False
    at = args.index("orbit") + 1
    return at < len(args) and type(args[at]) is int


def _evidence(keys: Sequence[str], args: Sequence[object]) -> Evidence:
    if "_id_" in keys:  # the name of a Tidal pattern
        return Evidence.CERTAIN
    return Evidence.LIKELY if from_tidal(keys, args) else Evidence.POSSIBLE


def _handlers(player: Player) -> Mapping[str, Handler]:
    return Conversation(player, DIALECT).handlers


DIALECT = Dialect(
    name="superdirt",
    doc="SuperDirt's own: TidalCycles, TidalVortex, plain clients.",
    evidence=_evidence,
    read=read_event,
    translate=translate,
    parameters=table,
    handlers=_handlers,
    greetings=(Greeting(HELLO, TIDAL_PORT),),
    passing="cycle",
)
