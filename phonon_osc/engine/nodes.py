"""A node and a patch on the control side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from phonon_osc.engine.definition import Definition
from phonon_osc.errors import PhononError

NodeId = int | str
Refused = Callable[[str], None]  # called with the reason


class NodeError(PhononError):
    """A node cannot be made, or there is no such node. The message says which, and what to do."""


@dataclass(eq=False, slots=True)
class Patch:
    """A connection from an outlet of one node to a control of another.

    A ``delayed`` patch closes a cycle. Its target hears its source one block late, and it does not affect the order of nodes.
    """

    source: Node
    target: Node
    control: str
    outlet: int
    amount: float
    delayed: bool
    frame: int  # the frame at which it is made
    refused: Refused | None = None  # called if the audio thread cannot make it
    sequence: int = 0  # sequence number of its last command, which made it or changed its amount
    moves: frozenset[int] = frozenset()  # sequence numbers of the moves of nodes that it needs

    @property
    def ends(self) -> Ends:
        return self.source.number, self.target.number, self.control, self.outlet


Ends = tuple[int, int, str, int]  # number of the source, number of the target, control, outlet


@dataclass(eq=False, slots=True)
class Node:
    """A node. Its ``depth`` is greater than that of every node that is patched into it, delayed patches aside."""

    id: NodeId
    number: int
    generation: int
    definition: Definition
    key: str  # key of the definition, see ``Definitions.key``
    start: int  # the frame at which it starts
    orbit: int  # -1: none
    home: int  # orbit to which it returns when it has no outgoing patches left; -1: none
    depth: int = 0
    inputs: dict[Ends, Patch] = field(default_factory=dict)  # patches into it
    outputs: dict[Ends, Patch] = field(default_factory=dict)  # patches from it
    refused: Refused | None = None  # called if the audio thread cannot start it
    last_move: int = 0  # sequence number of its last move

    @property
    def handle(self) -> int:
        """The audio thread's name for it: its number, and its generation, which earlier nodes with this number did not have."""
        return self.generation << 32 | self.number
