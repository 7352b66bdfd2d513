"""Messages about definitions: instruments made of text while the server plays."""

from __future__ import annotations

from phonon_osc.defs import LONGEST, Instrument
from phonon_osc.osc.native.catalogue import PER_ANSWER
from phonon_osc.osc.native.context import Context, remedy
from phonon_osc.osc.schema import Argument, Message, Request, RequestError
from phonon_osc.synths import builtin

NAME = Argument("name", "name", "its name")


class DefinitionMessages:
    def __init__(self, context: Context) -> None:
        self.context, self.engine = context, context.engine

    def new(self, request: Request, name: str, text: str) -> None:
        made = self.context.define(name, text)
        controls = made.source.controls if made.definition is None else made.definition.controls
        request.done(name, *(c for c in controls if not c.startswith("_")))

    def get(self, request: Request, name: str) -> None:
        found = self.context.instruments.get(name)
        meant = builtin.meaning(name.removeprefix(builtin.PREFIX)) or name
        if found is None and meant in builtin.SOURCES:
            request.reply("/def/get/reply", name, builtin.text(meant))
        else:
            request.reply("/def/get/reply", name, self.known(name).text)

    def list(self, request: Request) -> None:
        names = sorted({*builtin.SOURCES, *self.context.instruments})
        for at in range(0, len(names), PER_ANSWER):
            request.reply("/def/list/reply", len(names), *names[at : at + PER_ANSWER])

    def free(self, request: Request, name: str) -> None:
        self.known(name)
        self.context.forget(name)
        request.done(name)

    def known(self, name: str) -> Instrument:
        """The client's definition of this name. Raises RequestError if there is none."""
        found = self.context.instruments.get(name)
        if found is None:
            if name in builtin.SOURCES:
                raise RequestError(
                    f"{name!r} is built in and cannot be freed; /def/new can put another text in its place"
                )
            if name in self.engine.definitions:
                raise RequestError(f"{name!r} is built in and has no text; /kind/info describes kinds")
            known = [*self.context.instruments, *builtin.SOURCES]
            raise RequestError(f"there is no definition {name!r}; {remedy(name, known, '/def/new makes one')}")
        return found


MESSAGES = (
    Message(
        "/def/new",
        "Makes an instrument from a text (see above), or a part that later texts can call. Sent again with the same name, it replaces the "
        "definition. Sounding nodes, and definitions that called the old one, do not change.",
        (
            NAME,
            Argument(
                "text", "text", f"up to {LONGEST:,} characters; a statement ends with its line or with a semicolon"
            ),
        ),
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
            "a kind has this name (but a text that ends with voice may have the name of a built-in synth, and takes its place in events)",
            "too many definitions",
        ),
    ),
    Message(
        "/def/get",
        "Answers with the text of a definition, which may be a built-in synth or part. Change it, and send it back with /def/new.",
        (NAME,),
        "/def/get/reply name text",
        DefinitionMessages.get,
        ("/def/get s gm_flute",),
        ("there is no such definition", "it is a kind"),
    ),
    Message(
        "/def/list",
        "Lists the names of all definitions that have a text: built-in synths and parts, and yours. Other definitions can call them, "
        "unless a kind has the same name.",
        (),
        "/def/list/reply how-many name ...",
        DefinitionMessages.list,
        ("/def/list",),
    ),
    Message(
        "/def/free",
        "Removes a definition. If it took the place of a built-in synth, events play the built-in one again. Its nodes go on sounding.",
        (NAME,),
        "/done /def/free name",
        DefinitionMessages.free,
        ('/def/new ss buzz "out (saw 110) * 0.1"', "/def/free s buzz"),
        ("there is no such definition", "it is built in"),
    ),
)
