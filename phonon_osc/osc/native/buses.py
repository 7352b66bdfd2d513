"""Messages about buses. A control bus is a number that controls follow; an audio bus is a node that adds up what is patched into it."""

from __future__ import annotations

from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.nodes import NodeError
from phonon_osc.osc.native.context import FIRST_NAMED_BUS, Context
from phonon_osc.osc.schema import Argument, Message, Request, RequestError

BUS = Argument("bus", "any", "number, c and a number, or name of a control bus")


class BusMessages:
    def __init__(self, context: Context) -> None:
        self.context, self.engine = context, context.engine

    def new(self, request: Request, name: str, type: str) -> None:
        if name in self.context.buses or name in self.context.audio_buses:
            raise RequestError(f"there is a bus {name!r} already; choose another name")
        if name[:1] == "c" and name[1:].isdigit():
            raise RequestError(f"{name!r} means control bus number {name[1:]}; choose another name")
        if type == "audio":
            self.engine.new_node("bus", name, frame=request.frame)
            self.context.audio_buses.add(name)
            request.done(name, "audio", -1)
            return
        if type != "control":
            raise RequestError(f"type is {type!r}; it has to be control or audio")
        used = set(self.context.buses.values())
        number = next((k for k in range(FIRST_NAMED_BUS, t.BUSES) if k not in used), None)
        if number is None:
            raise RequestError(f"all {t.BUSES - FIRST_NAMED_BUS} control buses with names are in use; free some")
        self.engine.set_bus({number: 0.0}, request.frame)
        self.context.buses[name] = number
        request.done(name, "control", number)

    def set(self, request: Request, bus: object, value: float) -> None:
        number = self.number(bus)
        self.engine.set_bus({number: value}, request.frame)
        request.done(number)

    def get(self, request: Request, bus: object) -> None:
        number = self.number(bus)
        request.reply("/bus/get/reply", number, self.engine.bus_value(number))

    def free(self, request: Request, name: str) -> None:
        if name in self.context.audio_buses:
            try:
                self.engine.free_node(name, request.frame)
            except NodeError:  # a client has freed it as a node already
                pass
            self.context.audio_buses.discard(name)
        elif name in self.context.buses:
            del self.context.buses[name]
        else:
            raise RequestError(f"there is no bus {name!r} that a client has made")
        request.done(name)

    def number(self, bus: object) -> int:
        if not isinstance(bus, str | int | float):
            raise RequestError(f"bus is {bus!r}; it has to be the number or the name of a control bus")
        return self.context.bus(bus if isinstance(bus, str) else float(bus))


MESSAGES = (
    Message(
        "/bus/new",
        f"Makes a bus with a name. A control bus has a number too, from {FIRST_NAMED_BUS} on (Tidal uses the lower ones). "
        "An audio bus is a node: you can patch into its controls `in` and `right`, patch from its outlets 0 and 1, and set its `orbit`.",
        (Argument("name", "name", "its name"), Argument("type", "text", "control or audio", "control")),
        "/done /bus/new name type number",
        BusMessages.new,
        ("/bus/new s wobble", "/bus/new ss mix audio", "/node/new si saw 1", "/node/patch iss 1 mix in"),
        ("the name is in use", "no bus is left"),
    ),
    Message(
        "/bus/set",
        "Sets a control bus. Controls that follow it move to the value within their smoothing time.",
        (BUS, Argument("value", "number", "the value")),
        "/done /bus/set number",
        BusMessages.set,
        ("/bus/set if 7 0.5", "/bus/new s wobble", "/bus/set sf wobble 0.25"),
        ("there is no such bus",),
    ),
    Message(
        "/bus/get",
        "Answers with the value of a control bus.",
        (BUS,),
        "/bus/get/reply number value",
        BusMessages.get,
        ("/bus/get i 7",),
        ("there is no such bus",),
    ),
    Message(
        "/bus/free",
        "Frees a bus with a name. Controls that follow it keep their last value.",
        (Argument("name", "name", "its name"),),
        "/done /bus/free name",
        BusMessages.free,
        ("/bus/new s wobble", "/bus/free s wobble"),
        ("there is no such bus",),
    ),
)
