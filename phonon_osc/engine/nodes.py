"""Control side of the nodes: names that clients use, numbers that the audio thread uses, and the order patches demand."""

from __future__ import annotations

from dataclasses import dataclass, field

from phonon_osc.engine.definition import Definition
from phonon_osc.errors import PhononError

NodeId = int | str


class NodeError(PhononError):
    """A node that cannot be made or is not there: which, and what to do."""


@dataclass
class Node:
    """A node as far as the control side knows it."""

    id: NodeId
    number: int
    generation: int
    definition: Definition
    start: int  # frame
    orbit: int
    depth: int = 0
    sources: dict[int, set[str]] = field(default_factory=dict)  # numbers of nodes patched in -> controls
    home: int = 0  # orbit to go back to when it is patched nowhere any more
    patches: dict[tuple[int, str, int], float] = field(default_factory=dict)  # (source, control, outlet) -> amount
    key: str = ""  # of its definition

    @property
    def handle(self) -> int:
        return self.generation << 32 | self.number


class Nodes:
    """All nodes by client id and by number. Numbers are reused with a new generation, so a stale one is recognised."""

    def __init__(self, capacity: int) -> None:
        self.by_id: dict[NodeId, Node] = {}
        self.by_number: dict[int, Node] = {}
        self._free = list(range(capacity - 1, 0, -1))
        self._generation = [0] * capacity
        self._next_id = 1000

    def __len__(self) -> int:
        return len(self.by_id)

    def new(self, id: NodeId, definition: Definition, start: int, orbit: int) -> Node:
        """Register a node; id -1 (or "") lets the server choose one."""
        if id in (-1, ""):
            while self._next_id in self.by_id:
                self._next_id += 1
            id = self._next_id
            self._next_id += 1
        if id in self.by_id:
            raise NodeError(f"node {id} is there already; free it first, or use -1 and let the server choose")
        if not self._free:
            raise NodeError(
                f"all {len(self._generation) - 1} node numbers are in use; free some nodes or start with more --voices"
            )
        number = self._free.pop()
        self._generation[number] = self._generation[number] % 0x3FFFFFFF + 1
        node = Node(id, number, self._generation[number], definition, start, orbit)
        self.by_id[id] = self.by_number[number] = node
        return node

    def get(self, id: NodeId) -> Node:
        node = self.by_id.get(id)
        if node is None:
            raise NodeError(f"there is no node {id}; it may have ended. /node/new makes one")
        return node

    def forget(self, node: Node) -> None:
        """The node is on its way out: nobody can address it any more, and its id may be used again."""
        if self.by_id.get(node.id) is node:
            del self.by_id[node.id]

    def ended(self, handle: int) -> Node | None:
        """The audio thread has given a node back."""
        node = self.by_number.get(handle & 0xFFFFFFFF)
        if node is None or node.handle != handle:
            return None
        del self.by_number[node.number]
        self.forget(node)
        self._free.append(node.number)
        for other in self.by_number.values():
            if other.sources.pop(node.number, None) is not None:
                other.patches = {k: v for k, v in other.patches.items() if k[0] != node.number}
        return node

    def reaches(self, source: Node, target: Node) -> bool:
        """Whether ``target`` is upstream of ``source`` (or is it): then patching source into target closes a cycle."""
        seen, todo = set[int](), [source]
        while todo:
            node = todo.pop()
            if node is target:
                return True
            for number in node.sources:
                if number not in seen and number in self.by_number:
                    seen.add(number)
                    todo.append(self.by_number[number])
        return False

    def deepened(self, source: Node, target: Node) -> list[Node]:
        """Nodes whose depth has to grow so that ``target`` runs after ``source``; their ``depth`` is set here."""
        changed: dict[int, Node] = {}
        todo = [(target, source.depth + 1)]
        while todo:
            node, depth = todo.pop()
            if node.depth >= depth:
                continue
            node.depth = depth
            changed[node.number] = node
            after = (other for other in self.by_number.values() if node.number in other.sources)
            todo.extend((other, depth + 1) for other in after if not self.reaches(node, other))
        return list(changed.values())
