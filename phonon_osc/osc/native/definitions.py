"""Messages about definitions: instruments made of text while the server plays."""

from __future__ import annotations

from phonon_osc.defs import LONGEST
from phonon_osc.osc.native.context import Context, remedy
from phonon_osc.osc.schema import Argument, Message, Request, RequestError

NAME = Argument("name", "name", "its name")


class DefinitionMessages:
    def __init__(self, context: Context) -> None:
        self.context, self.engine = context, context.engine

    def new(self, request: Request, name: str, text: str) -> None:
        made = self.context.define(name, text)
        controls = made.source.controls if made.definition is None else made.definition.controls
        request.done(name, *(c for c in controls if not c.startswith("_")))

    def get(self, request: Request, name: str) -> None:
        request.reply("/def/get/reply", name, self.known(name))

    def free(self, request: Request, name: str) -> None:
        self.known(name)
        self.context.forget(name)
        request.done(name)

    def known(self, name: str) -> str:
        """Its text."""
        found = self.context.instruments.get(name)
        if found is None:
            if name in self.engine.definitions:
                raise RequestError(f"{name!r} is built in and has no text; /kind/info tells of kinds")
            raise RequestError(
                f"there is no definition {name!r}; {remedy(name, self.context.instruments, '/def/new makes one')}"
            )
        return found.text


MESSAGES = (
    Message(
        "/def/new",
        "Makes an instrument of a text (see above), for nodes and events from now on, or a part for texts to come; again for the same name "
        "replaces it, and what sounds, or was made of it, stays as it was.",
        (NAME, Argument("text", "text", f"up to {LONGEST:,} characters; statements end with a line or a semicolon")),
        "/done /def/new name control ...",
        DefinitionMessages.new,
        (
            '/def/new ss buzz "freq: 110 Hz; cut: 900 Hz 20..18000; s = saw freq; out (lowpass s cut 0.7) * 0.2"',
            "/node/new sisf buzz 1 cut 1500",
            '/def/new ss detuned "f: 110 Hz; cents: 9; outlets (saw f) + (saw (f * (1 + cents / 1731)))"',
            '/def/new ss wide "l = detuned 110; r = detuned 110 cents=14; out (l * 0.1) (r * 0.1)"',
        ),
        (
            "the text has an error: the line, what is wrong, what should be there",
            "the name is built in",
            "too many definitions",
        ),
    ),
    Message(
        "/def/get",
        "The text of a definition that was made so.",
        (NAME,),
        "/def/get/reply name text",
        DefinitionMessages.get,
        ('/def/new ss buzz "out (saw 110) * 0.1"', "/def/get s buzz"),
        ("there is no such definition", "it is built in"),
    ),
    Message(
        "/def/free",
        "Forgets a definition. Its nodes sound on.",
        (NAME,),
        "/done /def/free name",
        DefinitionMessages.free,
        ('/def/new ss buzz "out (saw 110) * 0.1"', "/def/free s buzz"),
        ("there is no such definition", "it is built in"),
    ),
)
