"""Messages that list kinds and definitions."""

from __future__ import annotations

from dsp.kind import kinds
from phonon_osc.osc.native.context import Context, remedy
from phonon_osc.osc.schema import Argument, Message, Request, RequestError

PER_ANSWER = 400  # names


class Catalogue:
    def __init__(self, context: Context) -> None:
        self.context, self.engine = context, context.engine

    def kinds(self, request: Request) -> None:
        names = [kind.name for kind in kinds().values() if "engine" not in kind.tags]
        self.answer(request, "/kinds/reply", names)

    def defs(self, request: Request) -> None:
        self.answer(request, "/defs/reply", sorted(d for d in self.engine.definitions.names() if d != "orbit"))

    def answer(self, request: Request, address: str, names: list[str]) -> None:
        for at in range(0, max(1, len(names)), PER_ANSWER):
            request.reply(address, len(names), *names[at : at + PER_ANSWER])

    def info(self, request: Request, kind: str) -> None:
        found = kinds().get(kind)
        if found is None or "engine" in found.tags:
            raise RequestError(f"there is no kind {kind!r}; {remedy(kind, kinds(), '/kinds lists them')}")
        flat: list[object] = [found.name, found.doc.partition("\n")[0], " ".join(found.ins), " ".join(found.outs)]
        for name, p in found.params.items():
            flat += [name, p.default, p.min, p.max, p.unit.value, p.doc]
        request.reply("/kind/info/reply", *flat)


MESSAGES = (
    Message(
        "/kinds", "Lists the names of all kinds.", (), "/kinds/reply how-many name ...", Catalogue.kinds, ("/kinds",)
    ),
    Message(
        "/kind/info",
        "Describes a kind: what it does, its inputs, outputs and parameters.",
        (Argument("kind", "text", "its name"),),
        "/kind/info/reply name text inputs outputs [parameter default lowest highest unit text] ...",
        Catalogue.info,
        ("/kind/info s lowpass",),
        ("there is no such kind",),
    ),
    Message(
        "/defs",
        "Lists the names of all definitions: kinds, built-in instruments and yours.",
        (),
        "/defs/reply how-many name ...",
        Catalogue.defs,
        ("/defs",),
    ),
)
