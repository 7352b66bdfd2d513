"""A node and a patch as the control side knows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from phonon_osc.engine.definition import Definition
from phonon_osc.errors import PhononError

NodeId = int | str
Refused = Callable[[str], None]  # called with the reason


class NodeError(PhononError):
    """A node that cannot be made or is not there: which, and what to do."""


@dataclass(eq=False, slots=True)
class Patch:
    """What leads from an outlet of one node to a control of another.

    A ``delayed`` one closes a cycle: its target hears its source one block late, and it takes no part in the order of nodes.
    """

    source: Node
    target: Node
    control: str
    outlet: int
    amount: float
    delayed: bool
    frame: int  # at which it is made
    refused: Refused | None = None  # whom to tell if the audio thread cannot make it
    sequence: int = 0  # of the command that made it, or that changed its amount last
    moves: frozenset[int] = frozenset()  # sequence numbers of the moves that it made necessary

    @property
    def ends(self) -> Ends:
        return self.source.number, self.target.number, self.control, self.outlet


Ends = tuple[int, int, str, int]  # number of the source, number of the target, control, outlet


@dataclass(eq=False, slots=True)
class Node:
    """A node. Its ``depth`` is above that of every node that is patched into it (by a patch that is not delayed)."""

    id: NodeId
    number: int
    generation: int
    definition: Definition
    key: str  # of the definition, see ``Definitions.key``
    start: int  # frame
    orbit: int  # -1: none
    home: int  # orbit to go back to when it is patched nowhere any more; -1: none
    depth: int = 0
    inputs: dict[Ends, Patch] = field(default_factory=dict)  # patches into it
    outputs: dict[Ends, Patch] = field(default_factory=dict)  # patches from it
    refused: Refused | None = None  # whom to tell if the audio thread cannot start it
    last_move: int = 0  # sequence number

    @property
    def handle(self) -> int:
        """What the audio thread calls it: its number, and the generation that tells it from earlier ones of this number."""
        return self.generation << 32 | self.number
