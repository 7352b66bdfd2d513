"""The graph of nodes: who is there, what is patched into what, and the order that follows from it.

A change of the graph takes three steps. It is *planned*: checked, and written down as a value. It is *sent* to the audio thread, whole
or not at all. Only then is it *applied* to the graph, so the graph never holds what the audio thread was not sent. What the audio thread
refuses later (it has no slab for a move, no place for a patch) comes back as a notice, and the graph is put right (``refused_patch``,
``refused_move``).

Order is depth: nodes run by depth, and a patch raises the depth of its target, and of what comes after that, above its source's. A
patch that would close a cycle is *delayed* instead: it changes no depth, and its target hears the source one block late.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from phonon_osc.engine.commands import DEEPEST
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.nodes import Ends, Node, NodeError, NodeId, Patch, Refused

GENERATIONS = 0x3FFFFFFF  # of one number, after which they begin again


@dataclass(frozen=True, slots=True)
class PatchPlan:
    """A patch that may be made. ``known`` is there already and gets a new amount; ``depths`` are those of the nodes that have to move."""

    patch: Patch
    known: Patch | None = None
    depths: dict[Node, int] = field(default_factory=dict)

    @property
    def leaves_orbit(self) -> bool:
        """Whether the source is on an orbit, which it leaves as a cable does that is moved from the mixer to an inlet."""
        return self.patch.source.orbit >= 0


class Patchbay:
    """All nodes and patches. Numbers of nodes are used again with a new generation, so that a stale handle is recognised."""

    def __init__(self, nodes: int, patches: int, deepest: int = DEEPEST) -> None:
        """Room for ``nodes`` - 1 nodes, ``patches`` patches; a depth is ``deepest`` at most, which has to be ``nodes`` or more."""
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
        """A node that may be made; id -1 (or "") lets the server choose one. Raises NodeError."""
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
        """The node that a client means. Raises NodeError."""
        node = self.by_id.get(id)
        if node is None:
            raise NodeError(f"there is no node {id}; it may have ended. /node/new makes one")
        return node

    def node_of(self, handle: int) -> Node | None:
        """The node of a handle; None for a stale one."""
        node = self.by_number.get(handle & 0xFFFFFFFF)
        return node if node is not None and node.handle == handle else None

    def forget_id(self, node: Node) -> None:
        """The node is on its way out: nobody can address it any more, and its id may be used again."""
        if self.by_id.get(node.id) is node:
            del self.by_id[node.id]

    def remove_node(self, node: Node) -> None:
        """The audio thread has given the node back: its patches are gone, and its number is free."""
        del self.by_number[node.number]
        self.forget_id(node)
        self._free.append(node.number)
        self._moving.pop(node.last_move, None)
        for patch in {**node.inputs, **node.outputs}.values():  # one that leads from the node to itself is in both
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
        """What it takes to patch ``source`` into ``target``. ``control`` is its own name, not an alias. Raises NodeError."""
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
        """Apply a planned patch. Its moves (in the order of ``depths``) had the sequence numbers from ``first`` on, the patch the next."""
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
        """The patches from one node to another, or those into one control of it."""
        return [p for p in target.inputs.values() if p.source is source and control in (None, p.control)]

    def remove_patch(self, patch: Patch) -> None:
        """Apply that a patch is gone."""
        del self.patches[patch.ends], patch.target.inputs[patch.ends], patch.source.outputs[patch.ends]
        self._patching.pop(patch.sequence, None)

    @staticmethod
    def goes_home(source: Node, without: list[Patch]) -> bool:
        """Whether a source goes back to its orbit once these patches are gone: it is patched nowhere else."""
        return source.orbit < 0 <= source.home and all(patch in without for patch in source.outputs.values())

    # --- what the audio thread refused -----------------------------------------------------------------------------
    def refused_patch(self, sequence: int) -> Patch | None:
        """The patch whose command this was; None if it has been taken away or its amount was changed since."""
        return self._patching.get(sequence)

    def refused_move(self, sequence: int, depth: int) -> tuple[Node | None, list[Patch]]:
        """A node has stayed at ``depth``: the node, and the patches that had made its move necessary.

        (None, []) if the node has gone, or was sent deeper still since: then that later move decides.
        """
        node = self._moving.pop(sequence, None)
        if node is None:
            return None, []
        node.depth = depth
        return node, [patch for patch in self.patches.values() if sequence in patch.moves]

    def delay_what_is_out_of_order(self, node: Node) -> int:
        """After a refused move: patches whose target does not run after its source are delayed ones now; how many."""
        found = [p for p in (*node.inputs.values(), *node.outputs.values()) if not p.delayed]
        found = [p for p in found if p.source.depth >= p.target.depth]
        for patch in found:
            patch.delayed = True
        return len(found)

    # --- order -----------------------------------------------------------------------------------------------------
    def _is_before(self, first: Node, last: Node) -> bool:
        """Whether ``last`` is ``first``, or hears it (by way of others) within the same block."""
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
        """The new depths of those that have to move so that ``target`` runs after ``source``, and what hears it after that."""
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
        return self._levelled(source, target)

    def _levelled(self, source: Node, target: Node) -> dict[Node, int]:
        """The same with all depths counted anew: patches that come and go raise depths for ever, though the graph is never that deep."""
        levels: dict[Node, int] = {}
        for node in _sorted_after(list(self.by_number.values()), (source, target)):
            before = [p.source for p in node.inputs.values() if not p.delayed]
            if node is target:
                before.append(source)
            levels[node] = max((levels[other] + 1 for other in before), default=0)
        return {node: level for node, level in levels.items() if level != node.depth}


def _sorted_after(first: list[Node], planned: tuple[Node, Node] | None = None) -> list[Node]:
    """These nodes and all that hear them, each after those that it hears (delayed patches aside).

    ``planned``: a source and a target that are not patched yet, and count as if they were.
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
