"""One record per parameter of a dialect. All code and documents about a parameter are derived from its record.

The reading of events, the optional steps of a voice's chain and of an orbit, ``/orbit/set``, protocol.md, docs/dirt.md and
``phonon-osc params`` all come from a `Table` of these records.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from dsp.kind import Param, Unit
from phonon_osc.dialects.event import Reads
from phonon_osc.engine.voice import BusMap, Value
from phonon_osc.errors import UsageError

LOWEST_HERTZ = 20.0  # lowest corner frequency of a filter


class Stage(Enum):
    """The part of an event's way to sound that a parameter belongs to."""

    SOUND = "sound"
    PITCH = "pitch"
    TIMING = "timing"
    LEVEL = "level and place"
    SYNTH = "synth"
    EFFECT = "effect"
    ORBIT = "orbit"
    MIDI = "MIDI"
    IGNORED = "ignored"

    @property
    def doc(self) -> str:
        return _STAGES[self]


_STAGES = {
    Stage.SOUND: "Which sound plays, and which part of it.",
    Stage.PITCH: "How high it sounds.",
    Stage.TIMING: "When it begins, how long it lasts, how fast it goes.",
    Stage.LEVEL: "How loud it is, where it is heard, what it cuts off.",
    Stage.SYNTH: "A control of the synth that plays. A definition of yours gets it too, if it has a control of this name.",
    Stage.EFFECT: "An effect on this event alone.",
    Stage.ORBIT: "An effect that all events of an orbit share.",
    Stage.MIDI: "For events that are sent on as MIDI.",
    Stage.IGNORED: "Taken, and without effect on purpose.",
}


class Outside(Enum):
    """The rule for a number outside a parameter's range."""

    LIMIT = "taken to the nearer end"
    HERTZ = "its sign is dropped, then it is taken to 20 Hz or to half the sample rate"
    FOLD = "folded back at the ends"
    WRAP = "wraps around"


# A rule gets the event, the controls of a step, and the time in seconds that the voice is at full level. The controls hold the values of
# the event, within range, and 0 for absent keys. The rule changes them. If it empties the mapping, the step stays off.
Rule = Callable[[Any, dict[str, Value], float], None]


@dataclass(frozen=True)
class Feed:
    """Connects a parameter of an event to a parameter of a step: in a voice's chain, or in the orbit.

    ``kind`` is the kind of the step, ``parameter`` a parameter of the kind, ``control`` the name of the definition's control. A kind
    that is used twice needs a ``step`` name for each use. ``trigger``: an event with this parameter switches the step on; if ``above``
    is given, only if the value is greater. The first trigger of a step may also have ``fixed`` parameters of the kind and a ``rule``.
    ``computed``: only the rule sets the value. ``param`` replaces the kind's own declaration of the parameter.
    """

    kind: str
    parameter: str
    control: str
    trigger: bool = False
    above: float | None = None
    step: str = ""
    computed: bool = False
    fixed: Mapping[str, float] = field(default_factory=dict)
    rule: Rule | None = None
    param: Param | None = None

    @property
    def name(self) -> str:
        """That of the step."""
        return self.step or self.kind


@dataclass(frozen=True)
class Parameter:
    """A key of an event.

    ``aliases`` are names that front ends show to their users; they send the key. ``unit``, ``low`` and ``high`` apply to the number
    as sent. ``default`` is the value of an event without the key, None if absence has a meaning of its own. ``missing`` says what is
    not built yet. Parameters of one ``family`` differ only by a number in their keys, and lists show them in one line.
    """

    key: str
    stage: Stage
    doc: str
    reads: Reads = Reads.NUMBER
    unit: Unit = Unit.NONE
    low: float = -math.inf
    high: float = math.inf
    outside: Outside = Outside.LIMIT
    default: float | str | None = None
    aliases: tuple[str, ...] = ()
    feeds: tuple[Feed, ...] = ()
    missing: str = ""
    family: str = ""

    @property
    def is_built(self) -> bool:
        return not self.missing

    def within(self, value: Value, rate: float) -> Value:
        """The value within range. A bus map is not changed, since kernels limit what they read from a bus. ``rate``: Hz."""
        if isinstance(value, BusMap):
            return value
        if self.outside is Outside.HERTZ:
            return min(max(abs(value), LOWEST_HERTZ), rate / 2.0)
        return min(max(value, self.low), self.high)


@dataclass(frozen=True)
class Step:
    """An optional step, put together from the feeds of its parameters."""

    name: str
    kind: str
    feeds: tuple[tuple[Parameter, Feed], ...]

    @property
    def switch(self) -> str:
        """The control that switches the step on for a voice. It is set whenever the event has one of the triggers."""
        return self.triggers[0][1].control

    @property
    def triggers(self) -> tuple[tuple[Parameter, Feed], ...]:
        return tuple((parameter, feed) for parameter, feed in self.feeds if feed.trigger)

    @property
    def rule(self) -> Rule | None:
        return next((feed.rule for _, feed in self.feeds if feed.rule is not None), None)

    @property
    def fixed(self) -> dict[str, float]:
        return {name: value for _, feed in self.feeds for name, value in feed.fixed.items()}

    @property
    def controls(self) -> dict[str, str]:
        """Parameter of the kind -> control that sets it."""
        return {feed.parameter: feed.control for _, feed in self.feeds}


class TableError(ValueError):
    """Some records do not fit together. The message says which, and why."""


@dataclass(frozen=True, eq=False)
class Table:
    """All parameters of a dialect. Their order is also the order of the chain's steps. Raises TableError."""

    parameters: tuple[Parameter, ...]
    records: dict[str, Parameter] = field(init=False, repr=False)  # by key
    reads: dict[str, Reads] = field(init=False, repr=False)  # by key: what `event.read` needs of a record

    def __post_init__(self) -> None:
        names: set[str] = set()
        for parameter in self.parameters:
            for name in (parameter.key, *parameter.aliases):
                if name in names:
                    raise TableError(f"{name!r} ({parameter.key}) is there already, as a key or as an alias")
                names.add(name)
        object.__setattr__(self, "records", {p.key: p for p in self.parameters})
        object.__setattr__(self, "reads", {p.key: p.reads for p in self.parameters})

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.parameters)

    def __getitem__(self, key: str) -> Parameter:
        return self.records[key]

    def in_stage(self, stage: Stage) -> list[Parameter]:
        return [parameter for parameter in self.parameters if parameter.stage is stage]

    def find(self, word: str) -> Parameter:
        """The record of a key or alias. Raises UsageError, which names similar keys."""
        for parameter in self.parameters:
            if word == parameter.key or word in parameter.aliases:
                return parameter
        known = [name for parameter in self.parameters for name in (parameter.key, *parameter.aliases)]
        close = difflib.get_close_matches(word, known, 3, 0.6)
        remedy = f"did you mean {' or '.join(close)}?" if close else "`phonon-osc params` lists them"
        raise UsageError(f"there is no parameter {word!r}; {remedy}")

    def replaced(self, *others: Parameter) -> Table:
        """A copy of the table with ``others`` in the places of the records with their keys; new keys come at the end."""
        fresh = {p.key: p for p in others}
        kept = [fresh.pop(p.key, p) for p in self.parameters]
        return Table((*kept, *fresh.values()))

    def steps(self, stage: Stage) -> tuple[Step, ...]:
        """The optional steps that parameters of a stage switch on, each with all its feeds. Raises TableError."""
        feeds: dict[str, list[tuple[Parameter, Feed]]] = {}
        switched = [feed.name for p in self.parameters if p.stage is stage for feed in p.feeds if feed.trigger]
        for name in switched:
            feeds.setdefault(name, [])
        for parameter in self.parameters:
            for feed in parameter.feeds:
                if feed.name in feeds:
                    feeds[feed.name].append((parameter, feed))
        for name, pairs in feeds.items():
            if len({feed.kind for _, feed in pairs}) > 1:
                raise TableError(f"the step {name!r} has feeds of different kinds")
        return tuple(Step(name, pairs[0][1].kind, tuple(pairs)) for name, pairs in feeds.items())


def keys(parameters: Iterable[Parameter]) -> str:
    """The keys of the parameters in one line."""
    return " ".join(parameter.key for parameter in parameters)
