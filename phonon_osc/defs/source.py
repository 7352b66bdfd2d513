"""A definition as other definitions use it: its statements, and the definitions that it used when it was made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from dsp.kind import kinds
from phonon_osc.defs.text import (
    Call,
    ControlStatement,
    Name,
    Operation,
    OutStatement,
    Part,
    SignalStatement,
    Statement,
    TextError,
    parse,
)

LONGEST = 20_000  # most characters of a text
DEEPEST = 8  # most levels of definitions that use each other
EVENT_WORDS = frozenset({"pitch", "hold"})
RESERVED = frozenset({"out", "voice", "outlets", "gate", "doc", "alias", "smooth", "exp"}) | EVENT_WORDS


@dataclass(frozen=True, eq=False)
class Source:
    """``uses``: the definitions that its words name, as they were when it was made. Later changes to them have no effect here."""

    name: str
    statements: tuple[Statement, ...]
    uses: Mapping[str, Source]

    @cached_property
    def controls(self) -> tuple[str, ...]:
        """The names of its parameters for the definitions that use it, in order."""
        return tuple(s.name for s in self.statements if isinstance(s, ControlStatement))

    @cached_property
    def heard(self) -> OutStatement | None:
        """The statement that makes it sound as an instrument (``out`` or ``voice``). None: it is a part, which can only be used."""
        return next((s for s in self.statements if isinstance(s, OutStatement) and s.word != "outlets"), None)

    @cached_property
    def outputs(self) -> OutStatement | None:
        """The statement with its outputs for the definitions that use it: ``outlets`` if there is one, else ``heard``."""
        outlets = (s for s in self.statements if isinstance(s, OutStatement) and s.word == "outlets")
        return next(outlets, self.heard)

    @cached_property
    def depth(self) -> int:
        return 1 + max((used.depth for used in self.uses.values()), default=0)


def source_of(name: str, text: str, known: Mapping[str, Source]) -> Source:
    """Parse a text and look up in ``known`` the definitions that it uses. Raises TextError."""
    if len(text) > LONGEST:
        raise TextError(f"the text has {len(text)} characters; at most {LONGEST} are allowed")
    statements = tuple(parse(text))
    if not statements:
        raise TextError('the text is empty; a text such as "s = sine 440; out s" is a definition')
    uses = {word: known[word] for word in sorted(words(statements) - {name}) if word in known}
    source = Source(name, statements, uses)
    if source.depth > DEEPEST:
        deepest = max(uses.values(), key=lambda used: used.depth)
        raise TextError(
            f"{deepest.name} uses definitions {deepest.depth} levels deep; at most {DEEPEST} levels, this one included"
        )
    return source


def words(statements: tuple[Statement, ...]) -> set[str]:
    """Words that may name other definitions. Names of the text itself, kinds and words of the language are not among them."""
    own: set[str] = set()
    found: set[str] = set()
    for statement in statements:
        match statement:
            case ControlStatement():
                own.add(statement.name)
            case SignalStatement():
                own.update(statement.names)
                found.update(_words(statement.value))
            case OutStatement():
                for part in statement.parts:
                    found.update(_words(part))
    return found - own - kinds().keys() - RESERVED


def _words(part: Part) -> Iterator[str]:
    waiting = [part]
    while waiting:
        match waiting.pop():
            case Name(text):
                yield text
            case Operation(_, left, right):
                waiting += left, right
            case Call(kind, positional, named):
                yield kind
                waiting += *positional, *named.values()
