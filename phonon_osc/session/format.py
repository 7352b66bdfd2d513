"""Commands and changes as lines of a session log.

A line has the fields of the command's class. Their annotations say which values they may have (``engine.commands``). So a line that
can be read is a command that the engine could have sent. Numbers outside a table, unknown names and unknown fields are refused.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Any, Protocol, get_args, get_type_hints

from dsp.kind import ParamError
from phonon_osc.engine import changes, commands
from phonon_osc.engine.audio import tables as t
from phonon_osc.engine.definition import Definition
from phonon_osc.engine.patchbay import GENERATIONS
from phonon_osc.limits import BUFFERS
from phonon_osc.session.header import short

Row = dict[str, Any]
Operation = commands.Command | changes.Change

OPERATIONS: Mapping[str, type[Operation]] = {
    "play": commands.Play,
    "new": commands.NewNode,
    "set": commands.SetNode,
    "free": commands.FreeNode,
    "route": commands.RouteNode,
    "move": commands.MoveNode,
    "patch": commands.MakePatch,
    "unpatch": commands.EndPatch,
    "bus": commands.SetBuses,
    "orbit": commands.SetOrbit,
    "panic": commands.Panic,
    "write": commands.WriteBuffer,
    "define": changes.Define,
    "forget": changes.Forget,
    "restore": changes.Restore,
    "release": changes.Release,
}
NAMES = {operation: name for name, operation in OPERATIONS.items()}
LINE = frozenset({"do", "frame", "late"})  # keys of the lines of all commands; ``late`` is optional


class RowError(ValueError):
    """A line cannot be read. The message says what is wrong, and with which value."""


class Known(Protocol):
    """What earlier lines have named."""

    orbits: Definition
    nodes: int  # the numbers of nodes are below this

    def definition(self, key: str) -> Definition:
        """The definition of this key. Raises RowError."""

    def definition_of(self, handle: int) -> Definition:
        """The definition of the node with this handle. Raises RowError."""


@dataclasses.dataclass(frozen=True)
class _Field:
    name: str
    spec: Any
    optional: bool


@functools.cache
def _fields(name: str) -> tuple[_Field, ...]:
    """The fields of a command or change, by its name in a log."""
    operation = OPERATIONS[name]
    hints = get_type_hints(operation, include_extras=True)
    return tuple(
        _Field(field.name, get_args(hints[field.name])[1], field.default is not dataclasses.MISSING)
        for field in dataclasses.fields(operation)
    )


# --- writing ---------------------------------------------------------------------------------------------------------
def row_of(operation: Operation, definition: Definition | None, orbits: Definition) -> Row:
    """A command or change as a line. ``definition``: the definition of the voice or node that a command is for."""
    do = NAMES[type(operation)]
    row: Row = {"do": do}
    for field in _fields(do):
        value = getattr(operation, field.name)
        if value is None and field.optional:
            continue
        if isinstance(field.spec, commands.Pairs):
            d = orbits if field.spec.orbits else definition
            assert d is not None
            names = list(d.controls)
            value = [[names[control], _json_value(flags, number)] for control, flags, number in value]
        elif isinstance(field.spec, commands.ControlOf):
            assert definition is not None
            value = list(definition.controls)[value]
        elif isinstance(field.spec, commands.BusPairs):
            value = [[bus, number] for bus, _, number in value]
        row[field.name] = value
    return row


def _json_value(flags: int, value: float) -> float | str | None:
    if flags & t.NIL_FLAG:
        return None
    return f"c{int(value)}" if flags & t.MAP_FLAG else value


# --- reading ---------------------------------------------------------------------------------------------------------
def read_row(row: Row, known: Known) -> Operation:
    """The command or change of a line. Raises RowError."""
    name = row.get("do")
    if not isinstance(name, str) or name not in OPERATIONS:
        raise RowError(f"do is {short(name)}, which is none of {', '.join(OPERATIONS)}, use, sample, end")
    operation, fields = OPERATIONS[name], _fields(name)
    foreign = row.keys() - LINE - {field.name for field in fields}
    if foreign:
        raise RowError(f"{short(min(foreign))} is no field of {name!r}")
    values: dict[str, Any] = {}
    for field in fields:
        raw = row.get(field.name)
        if raw is None and field.optional:
            continue
        if field.name not in row:
            raise RowError(f"{field.name} is missing")
        values[field.name] = _value(operation, field, raw, values, known)
    return operation(**values)


def _value(operation: type[Operation], field: _Field, raw: Any, before: Mapping[str, Any], known: Known) -> Any:
    spec, name = field.spec, field.name
    match spec:
        case commands.Whole():
            return whole(raw, name, spec.low, spec.high)
        case commands.Number():
            return number(raw, name, spec.high)
        case commands.Text():
            return text(raw, name)
        case commands.Sample():
            return whole(raw, name, 1, BUFFERS - 1)
        case commands.Key():
            known.definition(text(raw, name))
            return raw
        case commands.Handle():
            return _handle(raw, name, known, new=operation is commands.NewNode)
        case commands.ControlOf():
            return _control(raw, known.definition_of(before[spec.node]))
        case commands.Pairs():
            return _pairs(raw, name, _definition(spec, before, known), spec.orbits)
        case commands.BusPairs():
            return tuple(
                (whole(bus, "bus", 0, t.BUSES - 1), 0, number(value, f"bus {bus}"))
                for bus, value in _items(raw, name, 2)
            )
        case commands.Numbers():
            values = _list(raw, name)
            if not values:
                raise RowError(f"{name} is empty")
            return tuple(number(value, name) for value in values)
    raise AssertionError(spec)


def _definition(spec: commands.Pairs, before: Mapping[str, Any], known: Known) -> Definition:
    if spec.orbits:
        return known.orbits
    return known.definition(before["definition"]) if spec.node is None else known.definition_of(before[spec.node])


def whole(raw: Any, name: str, low: int, high: int) -> int:
    """A whole number within a range. Raises RowError."""
    if isinstance(raw, bool) or not isinstance(raw, int) or not low <= raw <= high:
        raise RowError(f"{name} is {short(raw)}; it has to be a whole number from {low} to {high}")
    return raw


def number(raw: Any, name: str, high: float = commands.LARGEST) -> float:
    """A finite number. Raises RowError."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not abs(raw) <= high:
        raise RowError(f"{name} is {short(raw)}; it has to be a finite number")
    return float(raw)


def text(raw: Any, name: str) -> str:
    """Raises RowError."""
    if not isinstance(raw, str) or not raw:
        raise RowError(f"{name} is {short(raw)}; it has to be a text")
    return raw


def _list(raw: Any, name: str) -> list[Any]:
    if not isinstance(raw, list):
        raise RowError(f"{name} is {short(raw)}; it has to be a list")
    return raw


def _items(raw: Any, name: str, size: int) -> list[list[Any]]:
    for item in _list(raw, name):
        if not isinstance(item, list) or len(item) != size:
            raise RowError(f"{name} has {short(item)}; it has to be a list of {size}")
    return list(raw)


def _handle(raw: Any, name: str, known: Known, *, new: bool) -> int:
    handle = whole(raw, name, 0, 1 << 63)
    if not (0 < handle & 0xFFFFFFFF < known.nodes and 0 < handle >> 32 <= GENERATIONS):
        raise RowError(f"{name} is {handle}, which is no node of an engine of this size")
    if not new:
        known.definition_of(handle)
    return handle


def _control(raw: Any, d: Definition) -> int:
    index = d.index(text(raw, "control"))
    if index is None:
        raise RowError(f"{d.name} has no control {short(raw)}")
    return index


def _pairs(raw: Any, name: str, d: Definition, orbits: bool) -> tuple[commands.Pair, ...]:
    read: Callable[[Any, Any], commands.Pair] = functools.partial(_pair, d, t.ORBIT_FLAG if orbits else 0)
    pairs = tuple(read(control, value) for control, value in _items(raw, name, 2))
    if len(pairs) > 2 * t.CONTROLS:
        raise RowError(f"{name} has {len(pairs)} values; a definition has {t.CONTROLS} controls at most")
    return pairs


def _pair(d: Definition, flags: int, control: Any, value: Any) -> commands.Pair:
    index = _control(control, d)
    if value is None and flags & t.ORBIT_FLAG:
        return index, flags | t.NIL_FLAG, 0.0
    if isinstance(value, str):
        bus = value[1:]
        if value[:1] != "c" or not bus.isdecimal() or len(bus) > 4 or int(bus) >= t.BUSES:
            raise RowError(f"{control} is {short(value)}; a control bus is c0 to c{t.BUSES - 1}")
        return index, flags | t.MAP_FLAG, float(int(bus))
    found = number(value, control)
    param = d.controls[d.name_of(control)]
    try:
        taken = param.accept(found, control)
    except ParamError as error:
        raise RowError(str(error)) from None
    if taken != found:
        raise RowError(f"{control} is {found:g}, outside {param.min:g} to {param.max:g}")
    return index, flags, found
