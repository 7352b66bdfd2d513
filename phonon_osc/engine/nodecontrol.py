"""The part of the engine that makes, sets, patches and frees nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from dsp.structs import StructView
from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.commands import (
    LARGEST,
    NOW,
    Command,
    EndPatch,
    FreeNode,
    MakePatch,
    MoveNode,
    NewNode,
    RouteNode,
    SetNode,
    control_pairs,
)
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.definitions import Definitions
from phonon_osc.engine.link import Notice
from phonon_osc.engine.nodes import Node, NodeError, NodeId, Patch, Refused
from phonon_osc.engine.patchbay import Patchbay
from phonon_osc.engine.sending import Order, Sender
from phonon_osc.engine.voice import Value

SOON = 0.1  # seconds: if a node is freed within this time from now, its id is free at once


class NodeControl:
    """Makes, sets, patches and frees nodes. Each method is one change: after an error nothing has changed, here or in the audio thread."""

    tables: StructView
    rate: float
    definitions: Definitions
    patchbay: Patchbay
    sender: Sender
    ended: Callable[[Node, int], None] | None = None  # called with the frame

    def _definition(self, name: str) -> Definition:
        d = self.definitions.get(name)
        if d is None:
            raise NodeError(f"there is no definition {name!r}; `phonon-osc kinds` and /defs list what there is")
        return d

    def new_node(
        self,
        definition: str,
        id: NodeId = -1,
        controls: Mapping[str, Value] | None = None,
        *,
        orbit: int = 0,
        frame: int = NOW,
        refused: Refused | None = None,
    ) -> Node:
        """Make a node that sounds until it is freed, or until its gate has fallen and its release is over.

        ``refused`` is called with the reason if the audio thread finds no room for it.
        """
        d = self._definition(definition)
        self._check(d, controls or {})
        self.definitions.require(d, None)
        pairs = tuple(control_pairs(d, controls or {}))
        node = self.patchbay.plan_node(id, d, self.definitions.key(d.name), frame, orbit, refused)
        seed = (node.number * 0x9E3779B1) & 0x7FFFFFFF
        command = NewNode(node.handle, node.key, _orbit(orbit), seed, self.tables.slabs.steal_fade, pairs)
        self.sender.send((command, frame, d))
        self.patchbay.add_node(node)
        return node

    def check_node(self, id: NodeId, controls: Mapping[str, Value]) -> None:
        """Raise NodeError if there is no such node, or if it lacks one of these controls."""
        self._check(self.patchbay.node(id).definition, controls)

    @staticmethod
    def _check(d: Definition, controls: Mapping[str, Value]) -> None:
        for name in controls:
            if d.index(name) is None:
                known = ", ".join(c for c in d.controls if not c.startswith("_"))
                raise NodeError(f"{d.name} has no control {name!r}; it has {known}")

    @staticmethod
    def _order(node: Node, frame: int, command: Command) -> Order:
        """The order for a command to a node. If the node starts later than ``frame``, the command is due right after the start."""
        return command, max(frame, node.start), node.definition

    def set_node(
        self,
        id: NodeId,
        controls: Mapping[str, Value],
        frame: int = NOW,
        *,
        ramp: float = 0.0,
        orbit: int | None = None,
    ) -> None:
        """Set controls of a node. ``ramp``: seconds, instead of each control's own smoothing. ``orbit``: see ``route_node``."""
        self.set_nodes({id: controls}, frame, ramp=ramp, orbit=orbit)

    def set_nodes(
        self,
        controls: Mapping[NodeId, Mapping[str, Value]],
        frame: int = NOW,
        *,
        ramp: float = 0.0,
        orbit: int | None = None,
    ) -> None:
        """``set_node`` for several nodes, each with its own controls. After an error, none of them is set."""
        orders: list[Order] = []
        nodes = [self.patchbay.node(id) for id in controls]
        for node, values in zip(nodes, controls.values(), strict=True):
            self._check(node.definition, values)
            if orbit is not None:
                orders.append(self._order(node, frame, RouteNode(node.handle, _orbit(orbit))))
            if values:
                pairs = tuple(control_pairs(node.definition, values))
                orders.append(self._order(node, frame, SetNode(node.handle, pairs, round(ramp * self.rate))))
        self.sender.send(*orders)
        for node in nodes if orbit is not None else ():
            node.orbit = node.home = orbit or 0

    def free_node(self, id: NodeId, frame: int = NOW, *, fade: float = 0.005) -> None:
        """Fade a node out within ``fade`` seconds and free it."""
        self.free_nodes([id], frame, fade=fade)

    def free_nodes(self, ids: Iterable[NodeId], frame: int = NOW, *, fade: float = 0.005) -> None:
        """``free_node`` for several nodes. After an error, none of them is freed."""
        nodes = [self.patchbay.node(id) for id in ids]
        frames = max(1, round(fade * self.rate))
        # What ends sound is never refused: each node has one order at most, so there is room for all.
        self.sender.send(*(self._order(node, frame, FreeNode(node.handle, frames)) for node in nodes), always=True)
        if frame < self.tables.device.out_frame + SOON * self.rate:
            for node in nodes:
                self.patchbay.forget_id(node)

    def route_node(self, id: NodeId, orbit: int, frame: int = NOW) -> None:
        """Send a node to another orbit; -1 means to no orbit."""
        self.set_node(id, {}, frame, orbit=orbit)

    def patch(
        self,
        source: NodeId,
        target: NodeId,
        control: str,
        amount: float = 1.0,
        *,
        outlet: int = 0,
        frame: int = NOW,
        refused: Refused | None = None,
    ) -> bool:
        """Add ``amount`` times an outlet of one node to a control of another. True if this closes a cycle, which delays it by a block.

        The source leaves its orbit, like a cable that is moved from the mixer to an inlet; ``route_node`` puts it back. If the audio
        thread has no room for the patch, the patch is removed and ``refused`` is called with the reason.
        """
        src, dst = self.patchbay.node(source), self.patchbay.node(target)
        self._check(dst.definition, {control: 0.0})
        if not 0 <= outlet < t.OUTLETS:
            raise NodeError(f"outlet {outlet}: a node has outlets 0 (left) and 1 (right)")
        name = dst.definition.name_of(control)
        plan = self.patchbay.plan_patch(src, dst, name, outlet, single(amount), frame, refused)
        patch = plan.patch
        moves = [self._order(node, patch.frame, MoveNode(node.handle, depth)) for node, depth in plan.depths.items()]
        make = MakePatch(src.handle, dst.handle, _control(patch), outlet, patch.amount)
        leave = [self._order(src, patch.frame, RouteNode(src.handle, -1))] if plan.leaves_orbit else []
        first = self.sender.send(*moves, self._order(dst, patch.frame, make), *leave)
        self.patchbay.add_patch(plan, first)
        return patch.delayed

    def unpatch(self, source: NodeId, target: NodeId, control: str | None = None, *, frame: int = NOW) -> int:
        """Remove the patches between two nodes, or only those into one control. Returns how many there were.

        If the source has no patches left, it goes back to the orbit that it left.
        """
        src, dst = self.patchbay.node(source), self.patchbay.node(target)
        if control is not None:
            self._check(dst.definition, {control: 0.0})
        name = None if control is None else dst.definition.name_of(control)
        patches = self.patchbay.patches_between(src, dst, name)
        if not patches:
            into = "" if name is None else f".{name}"
            raise NodeError(f"{source} is not patched into {target}{into}")
        self._end_patches(src, patches, frame)
        return len(patches)

    def _end_patches(self, source: Node, patches: list[Patch], frame: int, *, always: bool = False) -> None:
        """End patches of one source, at the earliest when they are made. If it has no others, the source goes back to its orbit."""
        frame = max(frame, *(patch.frame for patch in patches))
        orders = [
            self._order(p.target, frame, EndPatch(source.handle, p.target.handle, _control(p), p.outlet))
            for p in patches
        ]
        home = self.patchbay.returns_to_orbit(source, patches)
        if home:
            orders.append(self._order(source, frame, RouteNode(source.handle, _orbit(source.home))))
        self.sender.send(*orders, always=always)
        if home:
            source.orbit = source.home
        for patch in patches:
            self.patchbay.remove_patch(patch)

    # --- notices of the audio thread -------------------------------------------------------------------------------
    def node_notice(self, notice: Notice) -> None:
        """Handle a notice of the audio thread if it is about nodes; ignore others."""
        if notice.kind in (t.N_ENDED, t.N_REFUSED):
            self._node_ended(notice)
        elif notice.kind == t.N_PATCH_REFUSED:
            patch = self.patchbay.refused_patch(notice.subject)
            if patch is not None:
                self._take_back(patch, "the engine has no room for one more patch; take some away")
        elif notice.kind == t.N_MOVE_REFUSED:
            self._move_refused(notice.subject, notice.value)

    def _node_ended(self, notice: Notice) -> None:
        """Handle the notice that a node has ended or could not start."""
        node = self.patchbay.node_of(notice.subject)
        if node is None:
            return
        addressed = self.patchbay.by_id.get(node.id) is node
        self.patchbay.remove_node(node)
        if self.ended is not None:
            self.ended(node, notice.frame)
        if addressed and notice.kind == t.N_REFUSED and node.refused is not None:
            node.refused(
                f"node {node.id}: the engine has no room for one more of {node.definition.name}; free some nodes"
            )

    def _move_refused(self, sequence: int, depth: int) -> None:
        """A node could not be moved to the depth that its patches need: remove these patches."""
        node, patches = self.patchbay.refused_move(sequence, depth)
        if node is None:
            return
        for patch in patches:
            self._take_back(patch, f"the engine has no slab for {node.definition.name} at the depth that this demands")
        self.patchbay.delay_unordered_patches(node)

    def _take_back(self, patch: Patch, why: str) -> None:
        self._end_patches(patch.source, [patch], NOW, always=True)
        if patch.refused is not None:
            ends = f"{patch.source.id} into {patch.target.id}.{patch.control}"
            patch.refused(f"{ends}: {why}, or start with more --voices. The patch was taken back")


def single(value: float) -> float:
    """The number rounded to float32."""
    return float(np.float32(min(max(value, -LARGEST), LARGEST)))


def _orbit(number: int) -> int:
    return -1 if number < 0 else number % t.ORBITS


def _control(patch: Patch) -> int:
    index = patch.target.definition.index(patch.control)
    assert index is not None
    return index
