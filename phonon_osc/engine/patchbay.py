"""The graph of nodes: all nodes and patches, and the order of the nodes, which follows from the patches.

A change of the graph takes three steps. It is *planned*: checked and turned into a value. It is *sent* to the audio thread, completely
or not at all. Only then it is *applied* to the graph. So the graph contains only what was sent. The audio thread may still refuse a move
(no slab is free) or a patch (no edge is free). Then it sends a notice, and the graph is corrected (``refused_patch``, ``refused_move``).

Nodes run in the order of their depths. A patch makes its target, and all nodes after that, deeper than its source. A patch that would
close a cycle is *delayed* instead: it changes no depth, and its target hears the source one block late.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from phonon_osc.engine.commands import DEEPEST
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.nodes import Ends, Node, NodeError, NodeId, Patch, Refused

GENERATIONS = 0x3FFFFFFF  # generations of one number; after that they begin again


@dataclass(frozen=True, slots=True)
class PatchPlan:
    """A planned patch. ``known``: the same patch, if it exists and gets a new amount. ``depths``: new depths of nodes that have to move."""

    patch: Patch
    known: Patch | None = None
    depths: dict[Node, int] = field(default_factory=dict)

    @property
    def leaves_orbit(self) -> bool:
        """Whether the source is on an orbit. It leaves it, like a cable that is moved from the mixer to an inlet."""
        return self.patch.source.orbit >= 0


class Patchbay:
    """All nodes and patches. A node's number is used again with a new generation, so that old handles are recognised."""

    def __init__(self, nodes: int, patches: int, deepest: int = DEEPEST) -> None:
        """Room for ``nodes`` - 1 nodes and ``patches`` patches. ``deepest``: the greatest depth, at least ``nodes``."""
        self.by_id: dict[NodeId, Node] = {}
        self.by_number: dict[int, Node] = {}
        self.patches: dict[Ends, Patch] = {}
        self.most_patches, self.deepest = patches, deepest
        self._free = list(range(nodes - 1, 0, -1))
        self._generation = [0] * nodes
        self._next_id = 1000
        self._moving: dict[int, Node] = {}  # sequence number of each node's last move -> node
        self._patching: dict[int, Patch] = {}  # sequence number of each patch's last command -> patch

    def __len__(self) -> int:
        return len(self.by_id)

    # --- nodes -----------------------------------------------------------------------------------------------------
    def plan_node(
        self, id: NodeId, definition: Definition, key: str, start: int, orbit: int, refused: Refused | None = None
    ) -> Node:
        """Plan a node. With id -1 or "" the server chooses one. Raises NodeError."""
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
        number = self._free[-1]
        generation = self._generation[number] % GENERATIONS + 1
        return Node(id, number, generation, definition, key, start, orbit, orbit, refused=refused)

    def add_node(self, node: Node) -> None:
        """Apply a planned node."""
        self._free.pop()
        self._generation[node.number] = node.generation
        self.by_id[node.id] = self.by_number[node.number] = node

    def node(self, id: NodeId) -> Node:
        """The node with this id. Raises NodeError."""
        node = self.by_id.get(id)
        if node is None:
            raise NodeError(f"there is no node {id}; it may have ended. /node/new makes one")
        return node

    def node_of(self, handle: int) -> Node | None:
        """The node of a handle; None if the node has ended."""
        node = self.by_number.get(handle & 0xFFFFFFFF)
        return node if node is not None and node.handle == handle else None

    def forget_id(self, node: Node) -> None:
        """The node will end soon: its id no longer finds it, and a new node may have the id."""
        if self.by_id.get(node.id) is node:
            del self.by_id[node.id]

    def remove_node(self, node: Node) -> None:
        """The node has ended in the audio thread: remove its patches, and make its number free."""
        del self.by_number[node.number]
        self.forget_id(node)
        self._free.append(node.number)
        self._moving.pop(node.last_move, None)
        for patch in {**node.inputs, **node.outputs}.values():  # a patch from the node to itself is in both
            self.remove_patch(patch)

    # --- patches ---------------------------------------------------------------------------------------------------
    def plan_patch(
        self,
        source: Node,
        target: Node,
        control: str,
        outlet: int,
        amount: float,
        frame: int,
        refused: Refused | None = None,
    ) -> PatchPlan:
        """Plan a patch from ``source`` to ``target``. ``control`` must be a name, not an alias. Raises NodeError."""
        frame = max(frame, source.start, target.start)
        patch = Patch(source, target, control, outlet, amount, False, frame, refused)
        known = self.patches.get(patch.ends)
        if known is not None:
            patch.delayed = known.delayed
            patch.frame = max(frame, known.frame)
            return PatchPlan(patch, known)
        if len(self.patches) >= self.most_patches:
            raise NodeError(
                f"all {self.most_patches} patches are in use; take some away (/node/unpatch) or start with more --voices"
            )
        if self._is_before(target, source):
            patch.delayed = True
            return PatchPlan(patch)
        return PatchPlan(patch, None, self._raised(source, target))

    def add_patch(self, plan: PatchPlan, first: int) -> None:
        """Apply a planned patch. ``first``: sequence number of its first command; its moves come first, in the order of ``depths``."""
        patch = plan.patch
        for sequence, (node, depth) in enumerate(plan.depths.items(), first):
            node.depth = depth
            self._moving.pop(node.last_move, None)
            node.last_move = sequence
            self._moving[sequence] = node
        patch.moves = frozenset(range(first, first + len(plan.depths)))
        patch.sequence = first + len(plan.depths)
        if plan.known is not None:
            patch.moves = plan.known.moves
            self._patching.pop(plan.known.sequence, None)
        self.patches[patch.ends] = patch.target.inputs[patch.ends] = patch.source.outputs[patch.ends] = patch
        self._patching[patch.sequence] = patch
        if plan.leaves_orbit:
            patch.source.orbit = -1

    def patches_between(self, source: Node, target: Node, control: str | None) -> list[Patch]:
        """The patches from one node to another, or only those into one of its controls."""
        return [p for p in target.inputs.values() if p.source is source and control in (None, p.control)]

    def remove_patch(self, patch: Patch) -> None:
        """Remove a patch from the graph."""
        del self.patches[patch.ends], patch.target.inputs[patch.ends], patch.source.outputs[patch.ends]
        self._patching.pop(patch.sequence, None)

    @staticmethod
    def returns_to_orbit(source: Node, without: list[Patch]) -> bool:
        """Whether a source has no other outgoing patches than these. Then it returns to its orbit when they are removed."""
        return source.orbit < 0 <= source.home and all(patch in without for patch in source.outputs.values())

    # --- changes that the audio thread refused ---------------------------------------------------------------------
    def refused_patch(self, sequence: int) -> Patch | None:
        """The patch whose last command had this sequence number; None if it was removed, or its amount was changed since."""
        return self._patching.get(sequence)

    def refused_move(self, sequence: int, depth: int) -> tuple[Node | None, list[Patch]]:
        """Note that a node could not move and has stayed at ``depth``. Returns the node, and the patches that needed the move.

        Returns (None, []) if the node has ended, or if a later move of it was sent: then the later move decides.
        """
        node = self._moving.pop(sequence, None)
        if node is None:
            return None, []
        node.depth = depth
        return node, [patch for patch in self.patches.values() if sequence in patch.moves]

    def delay_unordered_patches(self, node: Node) -> int:
        """After a refused move, delay those patches of the node whose target does not run after its source. Returns how many."""
        found = [p for p in (*node.inputs.values(), *node.outputs.values()) if not p.delayed]
        found = [p for p in found if p.source.depth >= p.target.depth]
        for patch in found:
            patch.delayed = True
        return len(found)

    # --- order -----------------------------------------------------------------------------------------------------
    def _is_before(self, first: Node, last: Node) -> bool:
        """Whether ``last`` is ``first``, or hears it, directly or through others, within the same block."""
        seen, todo = {first}, [first]
        while todo:
            node = todo.pop()
            if node is last:
                return True
            for patch in node.outputs.values():
                if not patch.delayed and patch.target not in seen:
                    seen.add(patch.target)
                    todo.append(patch.target)
        return False

    def _raised(self, source: Node, target: Node) -> dict[Node, int]:
        """The new depths of the nodes that have to move so that ``target`` runs after ``source``, and all nodes that hear it later."""
        depths: dict[Node, int] = {}
        for node in _sorted_after([target]):
            before = [p.source for p in node.inputs.values() if not p.delayed]
            least = max((depths.get(other, other.depth) + 1 for other in before), default=0)
            if node is target:
                least = max(least, source.depth + 1)
            if least > node.depth:
                depths[node] = least
        if max(depths.values(), default=0) <= self.deepest:
            return depths
        return self._recounted(source, target)

    def _recounted(self, source: Node, target: Node) -> dict[Node, int]:
        """The same, with the smallest depths for all nodes. Without it, patches that come and go would raise depths for ever."""
        levels: dict[Node, int] = {}
        for node in _sorted_after(list(self.by_number.values()), (source, target)):
            before = [p.source for p in node.inputs.values() if not p.delayed]
            if node is target:
                before.append(source)
            levels[node] = max((levels[other] + 1 for other in before), default=0)
        return {node: level for node, level in levels.items() if level != node.depth}


def _sorted_after(first: list[Node], planned: tuple[Node, Node] | None = None) -> list[Node]:
    """These nodes and all nodes that hear them, each after the nodes that it hears. Delayed patches do not count.

    ``planned``: a source and a target that count as patched although they are not yet.
    """
    done: set[Node] = set()
    order: list[Node] = []
    for start in first:
        todo = [(start, False)]
        while todo:
            node, finished = todo.pop()
            if finished:
                order.append(node)
            elif node not in done:
                done.add(node)
                todo.append((node, True))
                todo.extend((p.target, False) for p in node.outputs.values() if not p.delayed)
                if planned is not None and node is planned[0]:
                    todo.append((planned[1], False))
    order.reverse()
    return order
