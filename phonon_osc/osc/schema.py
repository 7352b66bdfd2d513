"""Declarations of the native protocol's messages. The router, error texts, protocol.md, ``phonon-osc messages`` and tests use them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from phonon_osc.osc.udp import Address
from phonon_osc.osc.wire import Value

PROTOCOL = 1  # grows with every BREAKING change on the wire
NAME_LENGTH = 64  # characters of a name that a client chooses

REQUIRED = object()


class RequestError(ValueError):
    """A request that cannot be carried out. It is answered with /fail; the text says what is wrong, which value, and what to do."""


@dataclass(slots=True)
class Request:
    """A message on its way through the server: when it is due, who sent it, and how to answer."""

    address: str
    args: tuple[Value, ...]
    frame: int  # when it is due; commands.NOW means at once
    sender: Address
    reply: Callable[..., None]  # reply(address, *arguments)
    at: float | None = None  # the timetag as system time, None if there was none
    reply_port: int = 0  # port to which the client wants the answer; 0: the port from which the message came

    def done(self, *values: Any) -> None:
        self.reply("/done", self.address, *values)

    def fail(self, why: str) -> None:
        """Answer /fail. This may come after /done, when the engine turns out to have no room."""
        self.reply("/fail", self.address, why)


# --- readers of arguments: each gets the words that are left and returns a value and how many words it used -----------
def _word(words: list[Any], wanted: str) -> Any:
    if not words:
        raise RequestError(f"is missing; {wanted}")
    return words[0]


def _number(words: list[Any]) -> tuple[float, int]:
    value = _word(words, "give a number")
    if isinstance(value, bool | int | float) and math.isfinite(value):
        return float(value), 1
    raise RequestError(f"is {value!r}; it has to be a finite number")


def _whole(words: list[Any]) -> tuple[int, int]:
    value, used = _number(words)
    if not value.is_integer() or abs(value) > 1 << 53:
        raise RequestError(f"is {value!r}; it has to be a whole number")
    return int(value), used


def _text(words: list[Any]) -> tuple[str, int]:
    value = _word(words, "give a string")
    if isinstance(value, str) and value:
        return value, 1
    raise RequestError(f"is {value!r}; it has to be a string")


def _name(words: list[Any]) -> tuple[str, int]:
    value, used = _text(words)
    if len(value) > NAME_LENGTH or not value.isprintable() or any(c in value for c in " /;\"'"):
        raise RequestError(
            f"is {value[:80]!r}; a name has up to {NAME_LENGTH} characters, no spaces, quotes, slashes or semicolons"
        )
    return value, used


def _id(words: list[Any]) -> tuple[int | str, int]:
    value = _word(words, "give the node's number or name")
    if isinstance(value, float) and value.is_integer():  # Pure Data and others send every number as a float
        value = int(value)
    if isinstance(value, str) and 0 < len(value) <= NAME_LENGTH:
        return value, 1
    if isinstance(value, int) and not isinstance(value, bool):
        return value, 1
    raise RequestError(f"is {value!r}; an id is a whole number or a name of up to {NAME_LENGTH} characters")


def _any(words: list[Any]) -> tuple[Any, int]:
    return _word(words, "give anything"), 1


def _numbers(words: list[Any]) -> tuple[list[float], int]:
    return [_number(words[k:])[0] for k in range(len(words))], len(words)


def _names(words: list[Any]) -> tuple[list[str], int]:
    return [_text(words[k:])[0] for k in range(len(words))], len(words)


def _controls(words: list[Any]) -> tuple[dict[str, float | str], int]:
    if len(words) % 2:
        raise RequestError(f"come in pairs of name and value; {words[-1]!r} has no partner")
    found: dict[str, float | str] = {}
    for k in range(0, len(words), 2):
        name, raw = words[k], words[k + 1]
        if not isinstance(name, str):
            raise RequestError(f"{name!r} is where a control's name was expected")
        if isinstance(raw, str) and raw:
            found[name] = raw
        elif isinstance(raw, bool | int | float) and math.isfinite(raw):
            found[name] = float(raw)
        else:
            raise RequestError(f"{name}: {raw!r} is neither a finite number nor the name of a bus (c7: control bus 7)")
    return found, len(words)


TYPES: dict[str, Callable[[list[Any]], tuple[Any, int]]] = {
    "number": _number,
    "int": _whole,
    "text": _text,
    "name": _name,
    "id": _id,
    "any": _any,
    "numbers": _numbers,
    "names": _names,
    "controls": _controls,
}


@dataclass(frozen=True)
class Argument:
    """One argument. ``type`` is a key of TYPES. Arguments with a ``default`` are optional and come last."""

    name: str
    type: str
    doc: str
    default: Any = REQUIRED
    unit: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def optional(self) -> bool:
        return self.default is not REQUIRED

    @property
    def range(self) -> str:
        if self.low is None and self.high is None:
            return self.unit
        low, high = ("" if x is None else f"{x:.10g}" for x in (self.low, self.high))
        return f"{low}..{high} {self.unit}".strip()

    def read(self, words: list[Any], position: int) -> tuple[Any, int]:
        """The value at the head of ``words``, and how many words it used. Raises RequestError."""
        if not words and self.optional:
            return self.default, 0
        try:
            value, used = TYPES[self.type](words)
        except RequestError as error:
            raise RequestError(f"{self.name} (argument {position}) {error}") from None
        outside = (self.low is not None and value < self.low) or (self.high is not None and value > self.high)
        if outside:
            raise RequestError(f"{self.name} (argument {position}) is {value:.10g}; it has to be within {self.range}")
        return value, used


@dataclass(frozen=True)
class Message:
    """A message that the server understands. ``examples`` are arguments of oscsend; the tests run them in their order."""

    address: str
    doc: str
    arguments: tuple[Argument, ...]
    reply: str
    handler: Callable[..., None]  # handler(owner, request, one value per argument)
    examples: tuple[str, ...]
    errors: tuple[str, ...] = ()
    asynchronous: bool = False  # the answer comes later, and the messages that follow do not wait for it

    @property
    def usage(self) -> str:
        words = [f"[{a.name}]" if a.optional else a.name for a in self.arguments]
        return " ".join([self.address, *words])

    def values(self, args: tuple[Value, ...]) -> list[Any]:
        """The arguments as the handler takes them. Raises RequestError."""
        words, found, position = list(args), list[Any](), 1
        for argument in self.arguments:
            value, used = argument.read(words, position)
            found.append(value)
            words, position = words[used:], position + used
        if words:
            raise RequestError(f"{words[0]!r} (argument {position}) is one too many: too many values were given")
        return found

    def bind(self, owner: object) -> Callable[[Request], None]:
        """The function that the router calls."""

        def call(request: Request) -> None:
            self.handler(owner, request, *self.values(request.args))

        return call
