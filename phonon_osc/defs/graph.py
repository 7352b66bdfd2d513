"""Turns the statements of a definition into the graph that the engine runs, and checks every word.

A `Body` puts one text into the graph. If a text uses another definition, that one gets its own body in the same graph: the given values
or the defaults replace its controls, so only its steps remain.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dsp.kind import Curve, Kind, Param, ParamError, Unit, kinds
from phonon_osc.defs.source import EVENT_WORDS, RESERVED, Source
from phonon_osc.defs.text import (
    MOST_STATEMENTS,
    Call,
    ControlStatement,
    DocStatement,
    GateStatement,
    Name,
    Number,
    Operation,
    OutStatement,
    Part,
    SignalStatement,
    Statement,
    TextError,
)
from phonon_osc.defs.wayout import WayOut
from phonon_osc.engine.definition import ControlRef, DefinitionError, Graph, Ref, Wire

_FAR = 1e6
_NESTED = 120  # most parts of sums within each other, over all bodies: Python's stack is limited
_UNITS = {unit.value.lower(): unit for unit in Unit if unit.value.isalpha()}
_SIGNS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}


def nearest(word: str, known: Iterable[str]) -> str:
    """Advice for an unknown word: similar words, or all known ones."""
    names = sorted(set(known))
    close = difflib.get_close_matches(word, names, 3, 0.6)
    if close:
        return f"did you mean {' or '.join(close)}?"
    return (
        f"there are {', '.join(names)}" if 0 < len(names) <= 24 else "/kinds lists the kinds, /def/list the definitions"
    )


@dataclass
class Building:
    """The state that all bodies of one definition share."""

    graph: Graph
    way_out: WayOut
    known: Iterable[str] = ()  # names of definitions, for advice
    kinds: Mapping[str, Kind] = field(default_factory=kinds)
    statements: int = 0
    nested: int = 0

    @property
    def usable(self) -> list[str]:
        return [name for name, kind in self.kinds.items() if _usable(kind)]


class Body:
    """One text in the graph. ``user`` is the body that uses it and ``given`` the values from there; the definition itself has neither."""

    def __init__(
        self,
        building: Building,
        source: Source,
        user: Body | None = None,
        given: Mapping[str, Ref] | None = None,
        slow: bool = False,
    ) -> None:
        self.building, self.graph, self.source, self.user = building, building.graph, source, user
        self.given, self.slow = given or {}, slow
        self.signals: dict[str, Ref] = {}
        self.line = 0
        self.pitch: Wire | None = None
        self.outputs: list[Ref] = []
        self.heard: list[Ref] = []
        self.gate: GateStatement | None = None

    def fail(self, text: str) -> TextError:
        return TextError(f"line {self.line}: {text}")

    def build(self) -> list[Ref]:
        """Put all statements into the graph. Returns its outputs for the definitions that use it."""
        source, wanted = self.source, (self.source.outputs, self.source.heard if self.user is None else None)
        for statement in source.statements:
            self.line = statement.line
            self.building.statements += 1
            if self.building.statements > MOST_STATEMENTS:
                raise self.fail(
                    f"more than {MOST_STATEMENTS} statements, including those of the definitions that it uses"
                )
            try:
                if isinstance(statement, OutStatement):
                    self.out(statement, statement in wanted)
                else:
                    self.add(statement)
            except DefinitionError as error:
                raise self.fail(str(error).removeprefix(f"{self.graph.name}: ")) from None
        return self.outputs

    def add(self, statement: Statement) -> None:
        match statement:
            case ControlStatement():
                self.control(statement)
            case SignalStatement():
                self.signal(statement)
            case GateStatement():
                self.gate = statement
            case DocStatement() if self.user is None:
                self.graph.doc = statement.text

    def out(self, s: OutStatement, wanted: bool) -> None:
        first = self.source.outputs if s.word == "outlets" else self.source.heard
        assert first is not None
        if first is not s:
            advice = "put all signals into one line" if s.word == "outlets" else "add the signals first"
            raise self.fail(f"line {first.line} already has {first.word}; {advice}")
        if not wanted:
            return
        sides = self.sides(s)
        if s is self.source.outputs:
            self.outputs = sides
        if s is self.source.heard:
            self.heard = sides

    # --- statements ------------------------------------------------------------------------------------------------
    def name(self, name: str) -> None:
        if name in self.signals:
            raise self.fail(f"{name} exists already; choose another name")
        if name in RESERVED:
            raise self.fail(f"{name} is a word of the language; choose another name")

    def control(self, s: ControlStatement) -> None:
        if s.name != "voice":  # a control of many synths; before a colon it cannot be the statement
            self.name(s.name)
        if s.name.startswith("_"):
            raise self.fail(f"{s.name}: names of controls must begin with a letter")
        param = self.param(s)
        if self.user is None:
            self.signals[s.name] = self.graph.control(s.name, param)
        else:
            ref = self.given.get(s.name, s.default)
            self.signals[s.name] = self.accepted(param, ref, f"{self.source.name} {s.name}")

    def param(self, s: ControlStatement) -> Param:
        unit = _UNITS.get(s.unit.lower(), None) if s.unit else Unit.NONE
        if unit is None:
            raise self.fail(f"{s.unit} is not a unit; units are {', '.join(sorted(u.value for u in _UNITS.values()))}")
        low, high = s.range if s.range is not None else (min(-_FAR, s.default), max(_FAR, s.default))
        if not all(map(math.isfinite, (s.default, low, high))) or not low <= s.default <= high:
            raise self.fail(f"the default {s.default:g} of {s.name} is not between {low:g} and {high:g}")
        smooth = 0.005 if s.smooth is None else s.smooth
        if not 0.0 <= smooth <= 600.0:
            raise self.fail(f"smooth {smooth:g}: give 0 to 600 seconds")
        curve = Curve.EXPONENTIAL if s.exponential else Curve.LINEAR
        return Param(s.default, low, high, unit, doc=s.doc, curve=curve, smoothing=smooth)

    def accepted(self, param: Param, ref: Ref, name: str) -> Ref:
        """A number is checked and converted by the parameter; a signal stays as it is."""
        if isinstance(ref, Wire | ControlRef):
            return ref
        try:
            return param.accept(ref, name)
        except ParamError as error:
            raise self.fail(str(error)) from None

    def signal(self, s: SignalStatement) -> None:
        for name in s.names:
            self.name(name)
        control_rate = s.control_rate or self.slow
        call = self.as_call(s.value)
        if call is not None:
            outs = self.call(call, control_rate, s.when)
        elif s.when is not None:
            raise self.fail("@when is only for kinds, and this is a sum or a name")
        else:
            outs = [self.ref(s.value, control_rate)]
        if len(outs) != len(s.names):
            raise self.fail(f"{len(s.names)} names for {len(outs)} signals; write {len(outs)} names before the =")
        self.signals.update(zip(s.names, outs, strict=True))

    def sides(self, s: OutStatement) -> list[Ref]:
        """The one signal, or left and right, of an out statement. The statement may also name a stereo kind."""
        call = self.as_call(s.parts[0]) if len(s.parts) == 1 else None
        if call is None:
            return [self.ref(part, self.slow) for part in s.parts]
        outs = self.call(call, self.slow, None)
        if len(outs) > 2:
            raise self.fail(f"{call.kind} has {len(outs)} outputs; give them names and choose two")
        return outs

    def wire(self, ref: Ref) -> Wire:
        return ref if isinstance(ref, Wire) else self.graph.one("value", value=ref)

    # --- what words mean -------------------------------------------------------------------------------------------
    def as_call(self, part: Part) -> Call | None:
        """The part as a call of a kind or definition, with or without arguments; None for other parts."""
        if isinstance(part, Name) and part.text not in self.signals and part.text not in EVENT_WORDS:
            return Call(part.text, ()) if part.text in self.building.kinds or part.text in self.source.uses else None
        return part if isinstance(part, Call) else None

    def ref(self, part: Part, control_rate: bool) -> Ref:
        """One signal."""
        sums: list[Operation] = []
        while isinstance(part, Operation):  # a long sum is nested on its left side
            sums.append(part)
            part = part.left
        self.building.nested += 1
        if self.building.nested > _NESTED:
            raise self.fail("too many sums and kinds within each other; give some of them a name in a line before")
        value = self.single(part, control_rate)
        for s in reversed(sums):
            value = self.operation(s.sign, value, self.ref(s.right, control_rate), control_rate)
        self.building.nested -= 1
        return value

    def single(self, part: Number | Name | Call, control_rate: bool) -> Ref:
        if isinstance(part, Number):
            if not math.isfinite(part.value):
                raise self.fail(f"{part.value} is too large")
            return part.value
        if isinstance(part, Name):
            if part.text in self.signals:
                return self.signals[part.text]
            if part.text in EVENT_WORDS:
                return self.event_word(part.text)
        call = self.as_call(part)
        if call is None:
            assert isinstance(part, Name)
            raise self.unknown(part.text, f"{part.text} is neither a signal, a control, a kind nor a definition")
        outs = self.call(call, control_rate, None)
        if len(outs) != 1:
            raise self.fail(f"{call.kind} has {len(outs)} outputs; name them in a separate line")
        return outs[0]

    def event_word(self, word: str) -> Ref:
        """``pitch`` or ``hold``: the value given by this name, else that of the body that uses this one, else the event's. A text with its
        own ``freq`` control has its own pitch."""
        if word in self.given:
            return self.given[word]
        if word == "pitch" and (self.user is None or "freq" in self.source.controls):
            if self.pitch is None:
                self.pitch = self.building.way_out.pitch(
                    self.graph, self.signals.get("freq") if self.user is not None else None
                )
            return self.pitch
        return self.building.way_out.hold(self.graph) if self.user is None else self.user.event_word(word)

    def operation(self, sign: str, left: Ref, right: Ref, control_rate: bool) -> Ref:
        if isinstance(left, Wire | ControlRef) or isinstance(right, Wire | ControlRef):
            return self.graph.one(_SIGNS[sign], left, right, control_rate=control_rate)
        if sign == "/" and right == 0.0:
            raise self.fail(f"{left:g} / 0 is not a number")
        value = {"+": left + right, "-": left - right, "*": left * right, "/": left / right if right else 0.0}[sign]
        if not math.isfinite(value):
            raise self.fail(f"{left:g} {sign} {right:g} is too large")
        return value

    def unknown(self, word: str, text: str) -> TextError:
        if word == self.source.name:
            return self.fail(
                f"{word} is the name of this definition, and a definition cannot use itself; choose another name for it"
            )
        return self.fail(f"{text}; {nearest(word, [*self.signals, *self.building.usable, *self.building.known])}")

    # --- kinds and definitions -------------------------------------------------------------------------------------
    def call(self, c: Call, control_rate: bool, when: str | None) -> list[Ref]:
        kind = self.building.kinds.get(c.kind)
        if kind is not None and _usable(kind):
            return self.call_kind(kind, c, control_rate, when)
        if c.kind in self.signals:
            raise self.fail(f"{c.kind} is a signal and takes no arguments; write an operator such as * after it")
        if c.kind not in self.source.uses:
            raise self.unknown(c.kind, f"there is no kind or definition {c.kind}")
        if when is not None:
            raise self.fail(
                f"@when is only for kinds, and {c.kind} is a definition; write @when inside that definition"
            )
        return self.use(self.source.uses[c.kind], c, control_rate)

    def call_kind(self, kind: Kind, c: Call, control_rate: bool, when: str | None) -> list[Ref]:
        given = self.arguments(
            c, [*kind.ins, *kind.params], {a: p for p, spec in kind.params.items() for a in spec.aliases}
        )
        missing = [name for name in kind.ins if name not in given]
        if missing:
            raise self.fail(
                f"{c.kind} needs {' and '.join(missing)}: write it as {c.kind} {' '.join(kind.ins).upper()}"
            )
        refs = {name: self.ref(part, control_rate) for name, part in given.items()}
        for name, ref in refs.items():
            if name in kind.params:
                refs[name] = self.accepted(kind.params[name], ref, f"{c.kind} {name}")
        ins = [refs.pop(name) for name in kind.ins]
        if when is not None:
            switch = self.switch(when)
            if switch is None and when not in self.given:
                return ins[:1]
            when, ins[0] = switch, self.graph.writable(ins[0]) if switch is not None else self.wire(ins[0])
        return [*self.graph.add(c.kind, *ins, when=when, control_rate=control_rate, **refs)]

    def switch(self, name: str) -> str | None:
        """The control that switches an optional step on when it is given. None: in this use it is a number or a signal, not a control."""
        signal = self.signals.get(name)
        if isinstance(signal, ControlRef):
            return signal.name
        if self.user is None or name not in self.source.controls or name not in self.signals:
            raise self.fail(f"@when {name}: {name} is not a control; give it a default in a line before: {name}: 0")
        return None

    def use(self, source: Source, c: Call, control_rate: bool) -> list[Ref]:
        """Use another definition like a kind. Returns its outputs."""
        names = source.controls
        given = self.arguments(c, names, {word: word for word in EVENT_WORDS})
        refs = {name: self.ref(part, control_rate) for name, part in given.items()}
        body = Body(self.building, source, self, refs, control_rate)
        try:
            return body.build()
        except TextError as error:
            raise self.fail(f"{source.name}, {error}") from None

    def arguments(self, c: Call, names: Sequence[str], others: Mapping[str, str]) -> dict[str, Part]:
        """The given arguments by name; ``others`` maps further names to their meaning."""
        if len(c.positional) > len(names):
            values = "1 value" if len(names) == 1 else f"{len(names)} values"
            raise self.fail(f"{c.kind} takes {values} ({' '.join(names)}), not {len(c.positional)}")
        given = dict(zip(names, c.positional, strict=False))
        for key, part in c.named.items():
            real = key if key in names else others.get(key)
            if real is None:
                raise self.fail(f"{c.kind} has no {key}; {nearest(key, names) if names else 'it takes no arguments'}")
            if real in given:
                raise self.fail(f"{c.kind}: {real} is given twice")
            given[real] = part
        return given


def _usable(kind: Kind) -> bool:
    return "engine" not in kind.tags and not kind.bus
