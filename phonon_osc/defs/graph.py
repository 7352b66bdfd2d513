"""From the statements of a definition to the graph the engine runs, with every word checked."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from dataclasses import dataclass

from dsp.kind import Curve, Param, Unit, kinds
from phonon_osc.defs.text import (
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
    parse,
)
from phonon_osc.engine.definition import ControlRef, Definition, DefinitionError, Graph, Ref, Wire
from phonon_osc.synths.chain import finish_voice
from phonon_osc.synths.parts import hold, pitch

LONGEST = 20_000  # characters of a text
_FAR = 1e6
_UNITS = {unit.value.lower(): unit for unit in Unit if unit.value.isalpha()}
_SIGNS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
RESERVED = frozenset({"out", "voice", "outlets", "gate", "doc", "smooth", "exp", "pitch", "hold"})


@dataclass(frozen=True)
class Instrument:
    """A definition that was read: ``event`` says that SuperDirt's chain is around it, so that ``s NAME`` plays it."""

    name: str
    text: str
    definition: Definition
    event: bool
    own: frozenset[str]  # controls that the text itself names


def read(name: str, text: str, rate: float) -> Instrument:
    """Build the definition that ``text`` describes. Raises TextError or DefinitionError: the line, what is wrong, what to do."""
    if len(text) > LONGEST:
        raise TextError(f"the text has {len(text)} characters; at most {LONGEST}")
    statements = parse(text)
    if not statements:
        raise TextError('the text is empty; "s = sine 440; out s" would do')
    builder = _Builder(name, rate)
    for statement in statements:
        try:
            builder.add(statement)
        except DefinitionError as error:
            raise TextError(f"line {statement.line}: {str(error).removeprefix(f'{name}: ')}") from None
    definition = builder.finish()
    return Instrument(name, text, definition, builder.event, frozenset(builder.own))


def nearest(word: str, known: Iterable[str]) -> str:
    """A remedy for a word nobody knows."""
    names = sorted(known)
    close = difflib.get_close_matches(word, names, 3, 0.6)
    if close:
        return f"did you mean {' or '.join(close)}?"
    return f"there are {', '.join(names)}" if 0 < len(names) <= 24 else "/kinds lists the kinds"


class _Builder:
    def __init__(self, name: str, rate: float) -> None:
        self.graph = Graph(name, rate=rate)
        self.signals: dict[str, Ref] = {}
        self.own: list[str] = []
        self.line = 0
        self.out: OutStatement | None = None
        self.outlets: tuple[Wire, Wire] | None = None
        self.gate: GateStatement | None = None

    @property
    def event(self) -> bool:
        return self.out is not None and self.out.word == "voice"

    def fail(self, text: str) -> TextError:
        return TextError(f"line {self.line}: {text}")

    def add(self, statement: Statement) -> None:
        self.line = statement.line
        match statement:
            case ControlStatement():
                self.control(statement)
            case SignalStatement():
                self.signal(statement)
            case OutStatement(word="outlets"):
                self.outlets = self.sides(statement)
            case OutStatement():
                if self.out is not None:
                    raise self.fail(
                        f"there is an {self.out.word} already, in line {self.out.line}; add the signals up first"
                    )
                self.out = statement
                self.heard = self.sides(statement)
            case GateStatement():
                self.gate = statement
            case DocStatement():
                self.graph.doc = statement.text

    def name(self, name: str) -> None:
        if name in self.signals:
            raise self.fail(f"{name} is there already; choose another name")
        if name in RESERVED:
            raise self.fail(f"{name} is a word of the language; choose another name")

    def control(self, s: ControlStatement) -> None:
        self.name(s.name)
        if s.name.startswith("_"):
            raise self.fail(f"{s.name}: names of controls begin with a letter")
        unit = _UNITS.get(s.unit.lower(), None) if s.unit else Unit.NONE
        if unit is None:
            raise self.fail(f"{s.unit} is no unit; there are {', '.join(sorted(u.value for u in _UNITS.values()))}")
        low, high = s.range if s.range is not None else (min(-_FAR, s.default), max(_FAR, s.default))
        if not all(map(math.isfinite, (s.default, low, high))) or not low <= s.default <= high:
            raise self.fail(f"the default {s.default:g} of {s.name} is not between {low:g} and {high:g}")
        smooth = 0.005 if s.smooth is None else s.smooth
        if not 0.0 <= smooth <= 600.0:
            raise self.fail(f"smooth {smooth:g}: give 0 to 600 seconds")
        curve = Curve.EXPONENTIAL if s.exponential else Curve.LINEAR
        param = Param(s.default, low, high, unit, doc=s.doc, curve=curve, smoothing=smooth)
        self.signals[s.name] = self.graph.control(s.name, param)
        self.own.append(s.name)

    def signal(self, s: SignalStatement) -> None:
        for name in s.names:
            self.name(name)
        if s.when is not None and not isinstance(self.signals.get(s.when), ControlRef):
            raise self.fail(
                f"@when {s.when}: {s.when} is not a control; give it a default in a line before: {s.when}: 0"
            )
        value = s.value
        if isinstance(value, Name) and value.text not in self.signals and value.text in kinds():
            value = Call(value.text, ())
        if isinstance(value, Call):
            outs: list[Ref] = list(self.call(value, s.control_rate, s.when))
        elif s.when is not None:
            raise self.fail("@when belongs to a kind; this is a sum or a name")
        else:
            outs = [self.ref(value, s.control_rate)]
        if len(outs) != len(s.names):
            raise self.fail(f"{len(s.names)} names for {len(outs)} signals; write {len(outs)} names before the =")
        self.signals.update(zip(s.names, outs, strict=True))

    def sides(self, s: OutStatement) -> tuple[Wire, Wire]:
        """Left and right of an out statement, which may name one signal or a stereo kind."""
        parts = s.parts
        if len(parts) == 1:
            part = parts[0]
            if isinstance(part, Name) and part.text not in self.signals and part.text in kinds():
                part = Call(part.text, ())
            if isinstance(part, Call):
                outs = self.call(part, False, None)
                if len(outs) > 2:
                    raise self.fail(f"{part.kind} has {len(outs)} outputs; name them and choose two")
                return outs[0], outs[-1]
        wires = [self.wire(self.ref(part, False)) for part in parts]
        return wires[0], wires[-1]

    def wire(self, ref: Ref) -> Wire:
        return ref if isinstance(ref, Wire) else self.graph.one("value", value=ref)

    def call(self, c: Call, control_rate: bool, when: str | None) -> list[Wire]:
        kind = kinds().get(c.kind)
        if kind is None or "engine" in kind.tags or kind.bus:
            if c.kind in self.signals:
                raise self.fail(f"{c.kind} is a signal and takes nothing; an operator such as * belongs after it")
            known = [k.name for k in kinds().values() if "engine" not in k.tags and not k.bus]
            raise self.fail(f"there is no kind {c.kind}; {nearest(c.kind, known)}")
        names = [*kind.ins, *kind.params]
        if len(c.positional) > len(names):
            raise self.fail(f"{c.kind} takes {len(names)} values ({' '.join(names)}), not {len(c.positional)}")
        given = dict(zip(names, c.positional, strict=False))
        for key, part in c.named.items():
            real = key if key in kind.ins else kind.param(key)
            if real is None:
                raise self.fail(f"{c.kind} has no {key}; {nearest(key, names)}")
            if real in given:
                raise self.fail(f"{c.kind}: {real} is given twice")
            given[real] = part
        missing = [name for name in kind.ins if name not in given]
        if missing:
            raise self.fail(
                f"{c.kind} needs {' and '.join(missing)}: write it as {c.kind} {' '.join(kind.ins).upper()}"
            )
        refs = {name: self.ref(part, control_rate) for name, part in given.items()}
        for name, ref in refs.items():
            if isinstance(ref, float) and name in kind.params:
                refs[name] = kind.params[name].accept(ref, f"line {self.line}: {c.kind} {name}")
        ins = [refs.pop(name) for name in kind.ins]
        if when is not None:
            ins[0] = self.wire(ins[0])
        return self.graph.add(c.kind, *ins, when=when, control_rate=control_rate, **refs)

    def ref(self, part: Part, control_rate: bool) -> Ref:
        """One signal."""
        if isinstance(part, Number):
            return part.value
        if isinstance(part, Name):
            if part.text in self.signals:
                return self.signals[part.text]
            if part.text == "pitch":
                self.signals["pitch"] = pitch(self.graph)
                return self.signals["pitch"]
            if part.text == "hold":
                return hold(self.graph)
            if part.text not in kinds():
                raise self.fail(
                    f"{part.text} is neither a signal, a control nor a kind; {nearest(part.text, [*self.signals, *kinds()])}"
                )
            part = Call(part.text, ())
        if isinstance(part, Call):
            outs = self.call(part, control_rate, None)
            if len(outs) != 1:
                raise self.fail(f"{part.kind} has {len(outs)} outputs; give them names in a line of their own")
            return outs[0]
        assert isinstance(part, Operation)
        left, right = self.ref(part.left, control_rate), self.ref(part.right, control_rate)
        if isinstance(left, float) and isinstance(right, float):
            return self.constant(part.sign, left, right)
        return self.graph.one(_SIGNS[part.sign], left, right, control_rate=control_rate)

    def constant(self, sign: str, a: float, b: float) -> float:
        if sign == "/" and b == 0.0:
            raise self.fail(f"{a:g} / 0 is not a number")
        return {"+": a + b, "-": a - b, "*": a * b, "/": a / b if b else 0.0}[sign]

    def finish(self) -> Definition:
        if self.out is None:
            raise TextError("nothing is heard: end with out SIGNAL (or voice SIGNAL, to be played by events)")
        self.line = self.out.line
        if self.event:
            left, right = self.heard
            return finish_voice(self.graph, left if left == right else (left, right))
        if self.gate is not None:
            self.line = self.gate.line
            for name in (self.gate.gate, self.gate.release):
                if name is not None and not isinstance(self.signals.get(name), ControlRef):
                    raise self.fail(f"gate: {name} is not a control; give it a default in a line before: {name}: 1")
            self.graph.gate(self.gate.gate, self.gate.release)
        self.graph.out(*self.heard, outlets=self.outlets)
        return self.graph.build()
