"""Finds the dialect of an event, from the event itself and from what its sender has sent before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from phonon_osc.dialects.dialect import Dialect, Evidence, Sender

REMEMBERED = 256  # senders; the one that was silent for longest is forgotten


class Recogniser:
    """Remembers the dialect of each sender that has sent an event which only one dialect writes. Its ambiguous events are then clear too.

    After a handshake, the sender keeps the dialect of that handshake.
    """

    def __init__(self, dialects: Mapping[str, Dialect], default: str) -> None:
        self._dialects, self._default = tuple(dialects.values()), dialects[default]
        self._senders: OrderedDict[Sender, Dialect] = OrderedDict()
        self._shaken: OrderedDict[Sender, Dialect] = OrderedDict()

    def shake_hands(self, sender: Sender, dialect: Dialect) -> None:
        _remember(self._shaken, sender, dialect)

    def dialect_of(self, sender: Sender, args: Sequence[object]) -> Dialect:
        """The dialect of an event with these arguments."""
        shaken = self._shaken.get(sender)
        if shaken is not None:
            self._shaken.move_to_end(sender)
            return shaken
        keys = [key for key in args[::2] if isinstance(key, str)]
        known = self._senders.get(sender)
        best, surest = self._default, Evidence.NO
        for dialect in self._dialects:
            evidence = dialect.evidence(keys, args)
            if evidence is Evidence.CERTAIN:
                _remember(self._senders, sender, dialect)
                return dialect
            if dialect is known and evidence is not Evidence.NO:
                best, surest = dialect, Evidence.CERTAIN  # unless another one is certain
            elif evidence > surest:
                best, surest = dialect, evidence
        return best


def _remember(senders: OrderedDict[Sender, Dialect], sender: Sender, dialect: Dialect) -> None:
    senders[sender] = dialect
    senders.move_to_end(sender)
    while len(senders) > REMEMBERED:
        senders.popitem(last=False)
