"""Messages that set and read the effects of orbits, without an event."""

from __future__ import annotations

from phonon_osc.dialects.superdirt.orbit import orbit_parameters
from phonon_osc.dialects.superdirt.parameters import table
from phonon_osc.engine.audio import tables as t
from phonon_osc.osc.native.context import Context, remedy
from phonon_osc.osc.schema import Argument, Message, Request, RequestError

EFFECTS = " ".join(control for _, control in orbit_parameters(table()))
ORBIT = Argument("orbit", "int", "number of the orbit, -1 for all", low=-1, high=t.ORBITS - 1)


class OrbitMessages:
    def __init__(self, context: Context) -> None:
        self.context, self.engine = context, context.engine

    def check(self, name: str) -> None:
        known = [c for c in self.engine.orbit_definition.controls if not c.startswith("_")]
        if self.engine.orbit_definition.index(name) is None:
            raise RequestError(f"orbits have no {name!r}; {remedy(name, known, 'they have ' + ', '.join(known))}")

    def set(self, request: Request, orbit: int, controls: dict[str, float | str]) -> None:
        if not controls:
            raise RequestError("no control was given; send pairs such as: room 0.3")
        for name in controls:
            self.check(name)
        self.engine.set_orbit(range(t.ORBITS) if orbit < 0 else [orbit], self.context.values(controls), request.frame)
        request.done(orbit)

    def get(self, request: Request, orbit: int, names: list[str]) -> None:
        for name in names:
            self.check(name)
        found = self.engine.orbit_controls(max(orbit, 0))
        wanted = names or list(found)
        request.reply("/orbit/get/reply", orbit, *(part for name in wanted for part in (name, found[name])))


MESSAGES = (
    Message(
        "/orbit/set",
        f"Sets effects of an orbit: `{EFFECTS}`. `phonon-osc params` says what each one does.",
        (ORBIT, Argument("controls", "controls", "pairs of an effect's name and its value")),
        "/done /orbit/set orbit",
        OrbitMessages.set,
        ("/orbit/set isfsf 0 room 0.3 size 0.8", "/orbit/set isi -1 limiter 1"),
        ("orbits have no such effect",),
    ),
    Message(
        "/orbit/get",
        "Answers with the effects of an orbit.",
        (ORBIT, Argument("names", "names", "names of effects; all if none is named", [])),
        "/orbit/get/reply orbit [name value] ...",
        OrbitMessages.get,
        ("/orbit/get is 0 room",),
        ("orbits have no such effect",),
    ),
)
