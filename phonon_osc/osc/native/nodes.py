"""Messages that make, set, patch and free nodes."""

from __future__ import annotations

from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.nodes import NodeId
from phonon_osc.engine.voice import BusMap, Value
from phonon_osc.osc.native.context import Context, remedy
from phonon_osc.osc.schema import Argument, Message, Request, RequestError
from phonon_osc.synths import builtin

ID = Argument("id", "id", "number or name of a node")
PAIRS = Argument(
    "controls",
    "controls",
    "pairs of a control's name and its value; the value c7, or the name of a control bus: follow that bus",
    {},
)


def orbit_number(value: Value | str) -> int:
    if not isinstance(value, float) or not value.is_integer() or not -1 <= value < t.ORBITS:
        raise RequestError(f"orbit {value!r}: takes a number from 0 to {t.ORBITS - 1}, or -1 for none")
    return int(value)


class NodeMessages:
    def __init__(self, context: Context) -> None:
        self.context, self.engine = context, context.engine

    def new(self, request: Request, definition: str, id: NodeId, controls: dict[str, float | str]) -> None:
        called = self.context.in_engine(definition)
        if called is None:
            if definition in self.context.sources or definition in builtin.SOURCES:
                raise RequestError(
                    f"{definition!r} is a part: definitions can call it, but it cannot be played; end its text with out SIGNAL"
                )
            known = [name.removeprefix(builtin.PREFIX) for name in self.engine.definitions.names() if name != "orbit"]
            raise RequestError(
                f"there is no definition {definition!r}; {remedy(definition, known, '/defs lists them')}"
            )
        controls = dict(controls)
        orbit = orbit_number(controls.pop("orbit", 0.0))
        group = controls.pop("group", None)
        if group is not None:
            self.context.members(str(group))
        values = self.context.values(controls)
        node = self.engine.new_node(called, id, values, orbit=orbit, frame=request.frame, refused=request.fail)
        # also out of the group that an earlier node of this id was in
        self.context.move_to_group(node.id, None if group is None else str(group))
        request.done(node.id)

    def set(self, request: Request, id: NodeId, controls: dict[str, float | str]) -> None:
        self.change(request, id, controls, 0.0)

    def ramp(self, request: Request, id: NodeId, seconds: float, controls: dict[str, float | str]) -> None:
        if "orbit" in controls:
            raise RequestError("orbit: a node cannot glide from orbit to orbit; use /node/set")
        self.change(request, id, controls, seconds)

    def change(self, request: Request, id: NodeId, controls: dict[str, float | str], ramp: float) -> None:
        if not controls:
            raise RequestError("no control was given; send pairs such as: freq 330")
        controls = dict(controls)
        orbit = controls.pop("orbit", None)
        values = self.context.values(controls)
        self.engine.check_node(id, values)
        number = None if orbit is None else orbit_number(orbit)
        self.engine.set_node(id, values, request.frame, ramp=ramp, orbit=number)
        request.done(id)

    def gate(self, request: Request, id: NodeId, value: float) -> None:
        gate = self.engine.patchbay.node(id).definition.gate
        if gate is None:
            raise RequestError(f"node {id} has no gate; /node/free ends it")
        self.engine.set_node(id, {gate: value}, request.frame)
        request.done(id)

    def get(self, request: Request, id: NodeId, names: list[str]) -> None:
        node = self.engine.patchbay.node(id)
        self.engine.check_node(id, dict.fromkeys(names, 0.0))
        found = self.engine.node_controls(node)
        wanted = [
            next(n for n in found if node.definition.index(n) == node.definition.index(name)) for name in names
        ] or list(found)
        request.reply("/node/get/reply", id, *(part for name in wanted for part in (name, found[name])))

    def map(self, request: Request, id: NodeId, control: str, bus: object) -> None:
        if not isinstance(bus, str | int | float):
            raise RequestError(f"bus is {bus!r}; it has to be the number or the name of a control bus")
        number = self.context.bus(bus if isinstance(bus, str) else float(bus))
        self.engine.set_node(id, {control: BusMap(number)}, request.frame)
        request.done(id, control, number)

    def move(self, request: Request, id: NodeId, group: str) -> None:
        self.engine.patchbay.node(id)
        self.context.move_to_group(id, None if group == "none" else group)
        request.done(id, group)

    def free(self, request: Request, id: NodeId, fade: float) -> None:
        self.engine.free_node(id, request.frame, fade=fade)
        request.done(id)

    def patch(self, request: Request, source: NodeId, target: NodeId, control: str, amount: float, outlet: int) -> None:
        cycle = self.engine.patch(
            source, target, control, amount, outlet=outlet, frame=request.frame, refused=request.fail
        )
        request.done(source, target, "delay" if cycle else "direct", t.BLOCK if cycle else 0)

    def unpatch(self, request: Request, source: NodeId, target: NodeId, control: str) -> None:
        gone = self.engine.unpatch(source, target, None if control == "all" else control, frame=request.frame)
        request.done(source, target, gone)


PATCH_ENDS = (
    Argument("source", "id", "node whose outlet is used"),
    Argument("target", "id", "node whose control changes"),
)
NO_NODE = "there is no such node (never made, freed, or ended)"
MESSAGES = (
    Message(
        "/node/new",
        "Makes a node. It sounds from the bundle's timetag on until it is freed. In addition to the definition's controls, a node has "
        f"`orbit` (0 to {t.ORBITS - 1}, -1 for none) and `group`.",
        (
            Argument("definition", "text", "name of an instrument or kind; /defs lists them"),
            Argument("id", "id", "number or name of the new node; -1: the server chooses one and replies with it", -1),
            PAIRS,
        ),
        "/done /node/new id",
        NodeMessages.new,
        ("/node/new sisfsi sine 1 freq 330 orbit 2", "/node/new sssf saw bass freq 55", "/node/new s white"),
        (
            "no such definition, control or group",
            "the id is in use",
            "a value is no number",
            "all node numbers are in use",
            "the engine has no room (this answer comes later)",
        ),
    ),
    Message(
        "/node/set",
        "Sets controls. Each control reaches its value within its own smoothing time.",
        (ID, PAIRS),
        "/done /node/set id",
        NodeMessages.set,
        ("/node/new sisf sine 1 freq 330", "/node/set isf 1 freq 440", "/node/set isssisf 1 freq c7 orbit 3 amp 0.1"),
        (NO_NODE, "it has no such control"),
    ),
    Message(
        "/node/ramp",
        "Moves controls to values in a straight line.",
        (ID, Argument("seconds", "number", "duration of the ramp", unit="s", low=0, high=3600), PAIRS),
        "/done /node/ramp id",
        NodeMessages.ramp,
        ("/node/new sisf sine 1 freq 330", "/node/ramp ifsf 1 2.5 freq 660"),
        (NO_NODE, "it has no such control"),
    ),
    Message(
        "/node/gate",
        "Opens or closes a node's gate. When the gate closes, the node goes through its release and ends.",
        (ID, Argument("value", "number", "1 open, 0 closed", 0.0)),
        "/done /node/gate id",
        NodeMessages.gate,
        ("/node/new si adsr 1", "/node/gate ii 1 0"),
        (NO_NODE, "it has no gate"),
    ),
    Message(
        "/node/get",
        "Answers with the current values of the named controls, or of all controls if none is named.",
        (ID, Argument("controls", "names", "names of controls", [])),
        "/node/get/reply id [control value] ...",
        NodeMessages.get,
        ("/node/new sisf sine 1 freq 330", "/node/get is 1 freq"),
        (NO_NODE, "it has no such control"),
    ),
    Message(
        "/node/map",
        "Makes a control follow a control bus, until `/node/set` gives it a number.",
        (
            ID,
            Argument("control", "text", "name of the control"),
            Argument("bus", "any", "number or name of a control bus"),
        ),
        "/done /node/map id control bus",
        NodeMessages.map,
        ("/node/new si sine 1", "/bus/set if 7 330", "/node/map isi 1 freq 7"),
        (NO_NODE, "it has no such control", "there is no such bus"),
    ),
    Message(
        "/node/patch",
        "Adds the signal of an outlet of one node, times amount, to a control of another node, at audio rate. Sent again for the same "
        "outlet and control, it changes the amount. The source is no longer heard on its orbit; `/node/set ID orbit N` puts it back.",
        (
            *PATCH_ENDS,
            Argument("control", "text", "control of the target"),
            Argument("amount", "number", "factor", 1.0),
            Argument("outlet", "int", "0 left, 1 right", 0, "", 0, 1),
        ),
        "/done /node/patch source target direct 0, or delay 64 when it closes a cycle",
        NodeMessages.patch,
        ("/node/new sisf sine 1 freq 220", "/node/new sisf sine 2 freq 3", "/node/patch iisf 2 1 freq 20"),
        (
            NO_NODE,
            "the target has no such control",
            "all patches are in use",
            "the engine has no room (this answer comes later)",
        ),
    ),
    Message(
        "/node/unpatch",
        "Removes patches, within a block. When the last patch of a source is removed, the source is heard on its orbit again.",
        (*PATCH_ENDS, Argument("control", "text", "control of the target, or all", "all")),
        "/done /node/unpatch source target how-many",
        NodeMessages.unpatch,
        (
            "/node/new sisf sine 1 freq 220",
            "/node/new sisf sine 2 freq 3",
            "/node/patch iisf 2 1 freq 20",
            "/node/unpatch iis 2 1 freq",
        ),
        (NO_NODE, "there is no such patch"),
    ),
    Message(
        "/node/move",
        "Puts a node into a group, or into none.",
        (ID, Argument("group", "name", "name of the group, or none")),
        "/done /node/move id group",
        NodeMessages.move,
        ("/group/new s pads", "/node/new si sine 1", "/node/move is 1 pads"),
        (NO_NODE, "there is no such group"),
    ),
    Message(
        "/node/free",
        "Fades a node out and frees it.",
        (ID, Argument("fade", "number", "duration of the fade", 0.005, "s", 0, 600)),
        "/done /node/free id",
        NodeMessages.free,
        ("/node/new si sine 1", "/node/free if 1 0.1"),
        (NO_NODE,),
    ),
)
