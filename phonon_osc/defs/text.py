"""The grammar of a definition: it turns text into statements. ``graph`` knows what the words mean.

::

    definition = statement { (newline | ";") statement }        # "#" starts a comment; within parentheses a statement may span lines
    control    = NAME ":" default [unit] [min ".." max] ["smooth" seconds] ["exp"] ['"what it is"']
    signal     = NAME {NAME} "=" sum {"@control" | "@when" NAME}
    out        = ("out" | "voice" | "outlets") sum [sum]
    gate       = "gate" NAME [NAME]
    doc        = "doc" '"text"'
    alias      = "alias" NAME {NAME}
    sum        = product {("+" | "-") product}
    product    = part {("*" | "/") part}
    part       = NUMBER | NAME | KIND {part | NAME "=" part} | "(" sum ")"

KIND is the name of a kind or of another definition. Sums and kinds with arguments need parentheses if they are arguments of a kind; kinds
with arguments also need them after out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from phonon_osc.errors import DataError

DEEPEST = 32  # most parentheses within each other
MOST_STATEMENTS = 1000

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+)|(?P<comment>\#[^\n]*)|(?P<end>[\n;])|(?P<text>"[^"\n]*")
    |(?P<range>\.\.)|(?P<number>[-+]?(?:\d+(?:\.(?!\.)\d*)?|\.(?!\.)\d+)(?:[eE][-+]?\d+)?)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<flag>@[a-z]+)|(?P<sign>[-+*/=:()])""",
    re.VERBOSE,
)


class TextError(DataError):
    """A text that is not a definition. The message says the line, what stands there and what is expected."""


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # the name of a group in _TOKEN
    text: str
    line: int
    glued: bool  # it follows the token before without a space


@dataclass(frozen=True, slots=True)
class Number:
    value: float


@dataclass(frozen=True, slots=True)
class Name:
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A kind with its inputs and parameters: first those by position, then those by name."""

    kind: str
    positional: tuple[Part, ...]
    named: dict[str, Part] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    sign: str
    left: Part
    right: Part


Part = Number | Name | Call | Operation


@dataclass(frozen=True, slots=True)
class ControlStatement:
    line: int
    name: str
    default: float
    unit: str = ""
    range: tuple[float, float] | None = None
    smooth: float | None = None
    exponential: bool = False
    doc: str = ""


@dataclass(frozen=True, slots=True)
class SignalStatement:
    line: int
    names: tuple[str, ...]
    value: Part
    control_rate: bool = False
    when: str | None = None


@dataclass(frozen=True, slots=True)
class OutStatement:
    line: int
    word: str  # out, voice, outlets
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class GateStatement:
    line: int
    gate: str
    release: str | None


@dataclass(frozen=True, slots=True)
class DocStatement:
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class AliasStatement:
    line: int
    names: tuple[str, ...]


Statement = ControlStatement | SignalStatement | OutStatement | GateStatement | DocStatement | AliasStatement


def tokens(text: str) -> list[list[Token]]:
    """The tokens of each statement. A new line within parentheses does not end a statement, so a long call can be laid out as a table."""
    statements: list[list[Token]] = [[]]
    at, line, glued = 0, 1, False
    opened: list[int] = []  # the line numbers of the open parentheses
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise TextError(f"line {line}: {text[at]!r} is not allowed in a definition")
        kind, word = str(match.lastgroup), match.group()
        at = match.end()
        if kind == "end":
            if word == ";" or not opened:
                statements.append([])
            line += word == "\n"
        elif kind not in ("space", "comment"):
            statements[-1].append(Token(kind, word, line, glued))
            if word == "(":
                opened.append(line)
                if len(opened) > DEEPEST:
                    raise TextError(f"line {line}: at most {DEEPEST} parentheses may be open at once")
            elif word == ")" and opened:
                opened.pop()
        glued = kind not in ("space", "comment", "end")
    if opened:
        raise TextError(f"line {opened[-1]}: the parenthesis that opens here is never closed")
    return [statement for statement in statements if statement]


def parse(text: str) -> list[Statement]:
    """The statements of a text, in order. Raises TextError."""
    found = tokens(text)
    if len(found) > MOST_STATEMENTS:
        raise TextError(f"the text has {len(found)} statements; at most {MOST_STATEMENTS} are allowed")
    return [_Reader(statement).statement() for statement in found]


class _Reader:
    """Reads one statement from left to right."""

    def __init__(self, statement: list[Token]) -> None:
        self.tokens, self.at = statement, 0
        self.line = statement[0].line

    def fail(self, wanted: str) -> TextError:
        whole = " ".join(token.text for token in self.tokens)
        found = self.tokens[self.at].text if self.at < len(self.tokens) else "the end"
        return TextError(f"line {self.line} ({whole[:80]}): {wanted}, not {found}")

    def peek(self, kind: str, text: str | None = None, ahead: int = 0) -> bool:
        if self.at + ahead >= len(self.tokens):
            return False
        token = self.tokens[self.at + ahead]
        return token.kind == kind and (text is None or token.text == text)

    def take(self, kind: str, wanted: str, text: str | None = None) -> str:
        if not self.peek(kind, text):
            raise self.fail(f"{wanted} belongs here")
        self.at += 1
        return self.tokens[self.at - 1].text

    def number(self, wanted: str) -> float:
        return float(self.take("number", wanted))

    def statement(self) -> Statement:
        first = self.take("name", "a name")
        if self.peek("sign", ":"):
            return self.done(self.control(first))
        if first == "gate" and self.peek("name"):
            gate = self.take("name", "the control that is the gate")
            return self.done(GateStatement(self.line, gate, self.take("name", "") if self.peek("name") else None))
        if first == "doc" and self.peek("text"):
            return self.done(DocStatement(self.line, self.take("text", "")[1:-1]))
        if first == "alias" and self.peek("name"):
            names = [self.take("name", "")]
            while self.peek("name"):
                names.append(self.take("name", ""))
            return self.done(AliasStatement(self.line, tuple(names)))
        if first in ("out", "voice", "outlets") and not self.peek("sign", "="):
            parts = [self.sum(True)]
            while self.at < len(self.tokens):
                parts.append(self.sum(True))
            if len(parts) > 2:
                raise self.fail(f"{first} takes one signal, or left and right")
            return OutStatement(self.line, first, tuple(parts))
        return self.done(self.signal(first))

    def done(self, statement: Statement) -> Statement:
        if self.at < len(self.tokens):
            raise self.fail("the statement should end here (a new line or a semicolon ends it)")
        return statement

    def control(self, name: str) -> ControlStatement:
        self.take("sign", "a colon", ":")
        default = self.number("the control's default, a number,")
        unit, span, smooth, exponential, doc = "", None, None, False, ""
        while self.at < len(self.tokens):
            if self.peek("number"):
                low = self.number("")
                self.take("range", "two dots, as in 20..20000,")
                span = low, self.number("the highest value")
            elif self.peek("name", "smooth"):
                self.at += 1
                smooth = self.number("seconds")
            elif self.peek("name", "exp"):
                self.at += 1
                exponential = True
            elif self.peek("text"):
                doc = self.take("text", "")[1:-1]
            elif self.peek("name") and not unit:
                unit = self.take("name", "")
            else:
                raise self.fail(
                    "a unit, a range such as 20..20000, smooth SECONDS, exp or a text in quotes belongs here"
                )
        return ControlStatement(self.line, name, default, unit, span, smooth, exponential, doc)

    def signal(self, first: str) -> SignalStatement:
        names = [first]
        while self.peek("name"):
            names.append(self.take("name", ""))
        self.take("sign", "= and what the signal is (or a colon and the default of a control)", "=")
        value = self.sum()
        control_rate, when = False, None
        while self.peek("flag"):
            flag = self.take("flag", "")
            if flag == "@control":
                control_rate = True
            elif flag == "@when":
                when = self.take("name", "the control that switches the step on")
            else:
                self.at -= 1
                raise self.fail("@control or @when NAME belongs here")
        return SignalStatement(self.line, tuple(names), value, control_rate, when)

    def operator(self, signs: str) -> str | None:
        if self.at < len(self.tokens) and self.peek("sign") and self.tokens[self.at].text in signs:
            self.at += 1
            return self.tokens[self.at - 1].text
        return "+" if "+" in signs and self.signed() else None  # the sign is part of the number

    def signed(self) -> bool:
        """Whether the next number has a sign that is an operator, as in ``x-1``. In ``x -1`` the sign is part of the number."""
        token = self.tokens[self.at] if self.peek("number") else None
        return token is not None and token.glued and token.text[0] in "+-"

    def sum(self, argument: bool = False) -> Part:
        left = self.product(argument)
        while sign := self.operator("+-"):
            left = Operation(sign, left, self.product(argument))
        return left

    def product(self, argument: bool) -> Part:
        left = self.part(argument)
        while sign := self.operator("*/"):
            left = Operation(sign, left, self.part(argument))
        return left

    def part(self, argument: bool) -> Part:
        """One part. A kind that is an argument takes no arguments itself unless it is in parentheses."""
        if self.peek("number"):
            return Number(self.number(""))
        if self.peek("sign", "("):
            self.at += 1
            inner = self.sum()
            self.take("sign", "a closing parenthesis", ")")
            return inner
        name = self.take("name", "a number, a name, a kind or a parenthesis")
        if argument:
            return Name(name)
        positional, named = list[Part](), dict[str, Part]()
        while self.begins_argument():
            if self.peek("name") and self.peek("sign", "=", 1):
                key = self.take("name", "")
                self.at += 1
                if key in named:
                    raise self.fail(f"{key} is given twice; another parameter or the end belongs here")
                named[key] = self.part(True)
            elif named:
                raise self.fail("values by position come before those by name; NAME = VALUE belongs here")
            else:
                positional.append(self.part(True))
        return Call(name, tuple(positional), named) if positional or named else Name(name)

    def begins_argument(self) -> bool:
        return self.peek("name") or self.peek("sign", "(") or (self.peek("number") and not self.signed())
