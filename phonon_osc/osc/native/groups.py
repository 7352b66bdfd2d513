"""Messages about groups: names for many nodes at once."""

from __future__ import annotations

from phonon_osc.engine.nodes import NodeId
from phonon_osc.engine.voice import Value
from phonon_osc.osc.native.context import Context
from phonon_osc.osc.schema import Argument, Message, Request, RequestError

MOST = 1024
GROUP = Argument("group", "name", "its name")


class GroupMessages:
    def __init__(self, context: Context) -> None:
        self.context, self.engine = context, context.engine

    def new(self, request: Request, group: str) -> None:
        if group in self.context.groups or group == "none":
            raise RequestError(f"there is a group {group!r} already; choose another name")
        if len(self.context.groups) >= MOST:
            raise RequestError(f"there are {MOST} groups; free some")
        self.context.groups[group] = set()
        request.done(group)

    def set(self, request: Request, group: str, controls: dict[str, float | str]) -> None:
        members = self.context.members(group)
        if not controls:
            raise RequestError("no control was given; send pairs such as: freq 330")
        values = self.context.values(controls)
        for name in values:
            if members and all(self.engine.patchbay.node(m).definition.index(name) is None for m in members):
                raise RequestError(f"no member of {group!r} has a control {name!r}")
        changes: dict[NodeId, dict[str, Value]] = {}
        for member in members:
            definition = self.engine.patchbay.node(member).definition
            changes[member] = {name: value for name, value in values.items() if definition.index(name) is not None}
        self.engine.set_nodes(changes, request.frame)
        request.done(group, len(members))

    def free(self, request: Request, group: str, fade: float) -> None:
        members = self.context.members(group)
        count = len(members)
        self.engine.free_nodes(list(members), request.frame, fade=fade)
        del self.context.groups[group]
        request.done(group, count)


MESSAGES = (
    Message(
        "/group/new",
        "Makes a group. Nodes join it with `group` in `/node/new`, or by `/node/move`.",
        (GROUP,),
        "/done /group/new group",
        GroupMessages.new,
        ("/group/new s pads", "/node/new sisfss saw 1 freq 110 group pads"),
        ("the name is in use",),
    ),
    Message(
        "/group/set",
        "Sets controls of all members of the group. A member without such a control is left alone.",
        (GROUP, Argument("controls", "controls", "pairs of a control's name and its value")),
        "/done /group/set group members",
        GroupMessages.set,
        ("/group/new s pads", "/node/new sisfss saw 1 freq 110 group pads", "/group/set ssf pads amp 0.05"),
        ("there is no such group", "no member has such a control"),
    ),
    Message(
        "/group/free",
        "Frees the group and all its members.",
        (GROUP, Argument("fade", "number", "duration of the fade", 0.005, "s", 0, 600)),
        "/done /group/free group members",
        GroupMessages.free,
        ("/group/new s pads", "/node/new sisfss saw 1 freq 110 group pads", "/group/free sf pads 0.5"),
        ("there is no such group",),
    ),
)
