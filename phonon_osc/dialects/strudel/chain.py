"""What surrounds the source of a voice of Strudel: its envelope, then the effects in superdough's order, then its place.

An effect is an optional step: it runs only for the voices whose event has it. All effects work on both sides at once.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

from dsp.kind import Curve, Param, Unit, kinds
from phonon_osc.dialects.parameters import Parameter, Stage, Step, Table
from phonon_osc.dialects.superdirt import parameters as superdirt
from phonon_osc.dialects.superdirt.chain import add_effects
from phonon_osc.engine.definition import ControlRef, Definition, Graph, Ref, Wire

PREFIX = "strudel."  # begins the names of definitions with this chain
SAMPLER = f"{PREFIX}sampler"
FREQ = Param(65.406, -24000.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="Pitch.")

# Step -> its kind, in the order of the chain. The control ``STEP_PARAMETER`` sets a parameter; the first one switches the step on.
STEPS = {
    "transient": "song_transient",
    "gain": "matrix",
    "lp": "swept_low",
    "hp": "swept_high",
    "bp": "swept_band",
    "vowel": "formants",
    "coarse": "song_coarse",
    "crush": "song_crush",
    "shape": "song_shape",
    "distort": "song_distort",
    "tremolo": "song_tremolo",
    "compressor": "web_compressor",
    "place": "matrix",
    "phaser": "notch_phaser",
    "post": "matrix",
}
TOO_LARGE = frozenset(
    {"superfm"}
)  # synths with so many controls that this chain does not fit around them: they keep SuperDirt's
ENVELOPE = "env"  # the step that sets the level; every voice has it
PITCH = "pitch"


def _control(step: str, parameter: str) -> str:
    return f"{step}_{parameter}"


@functools.cache
def user_parameters() -> tuple[Parameter, ...]:
    """The records that the user has added to SuperDirt's table. Their effects come last in this chain, too."""
    own = {record.key for record in superdirt.OWN}
    return tuple(record for record in superdirt.table() if record.key not in own)


@functools.cache
def user_steps() -> tuple[Step, ...]:
    return Table(user_parameters()).steps(Stage.EFFECT)


@functools.cache
def _params(kind: str) -> Mapping[str, Param]:
    """The parameters of a kind: ``kinds`` sorts all of them, and a chain asks hundreds of times."""
    return kinds()[kind].params


class Chain:
    """Strudel's way out of a voice (`defs.wayout.WayOut`)."""

    def __init__(self) -> None:
        known = kinds()
        found = {_control(step, p): spec for step, kind in STEPS.items() for p, spec in known[kind].params.items()}
        found |= {_control(ENVELOPE, p): spec for p, spec in known["held_adsr"].params.items()}
        found |= {
            _control(PITCH, p): spec for p, spec in known["note_pitch"].params.items() if p not in ("freq", "hold")
        }
        self._specs = found
        self._hold = _control(ENVELOPE, "hold")
        users = {control for step in user_steps() for control in step.controls.values()}
        self.controls = frozenset({*found, *users, "stretch"}) - {_control(step, "hold") for step in ("lp", "hp", "bp")}

    def hold(self, g: Graph) -> ControlRef:
        """How long the event is, in seconds."""
        return g.control(self._hold, self._specs[self._hold])

    def pitch(self, g: Graph, freq: Ref | None = None, control_rate: bool = True) -> Wire:
        """The event's frequency in Hz, with vibrato and pitch envelope."""
        moved = {p: self._ref(g, PITCH, p) for p in _params("note_pitch") if p not in ("freq", "hold")}
        at = g.control("freq", FREQ) if freq is None else freq
        return g.one("note_pitch", freq=at, hold=self.hold(g), control_rate=control_rate, **moved)

    def finish(self, g: Graph, sound: Wire | tuple[Wire, Wire]) -> Definition:
        """Build the chain around a source."""
        sides: Sequence[Wire] = (sound, sound) if isinstance(sound, Wire) else sound
        sides = g.add("held_adsr", *sides, **self._refs(g, ENVELOPE, "held_adsr"))
        ratio = g.control(
            "stretch", Param(1.0, 0.0, 4.0, Unit.RATIO, smoothing=0.0, doc="Factor of the pitch; the length stays.")
        )
        sides = [g.one("pitch_shift", side, when="stretch", ratio=ratio, scatter=0.0, window=0.04) for side in sides]
        for step, kind in STEPS.items():
            refs = self._refs(g, step, kind)
            first = next(iter(refs.values()))
            assert isinstance(first, ControlRef)
            sides = g.add(kind, *sides, when=first.name, **refs)
        g.out(*add_effects(g, user_steps(), *sides))
        return g.build()

    def _refs(self, g: Graph, step: str, kind: str) -> dict[str, Ref]:
        return {p: self._ref(g, step, p) for p in _params(kind)}

    def _ref(self, g: Graph, step: str, parameter: str) -> ControlRef:
        if parameter == "hold":
            return self.hold(g)
        name = _control(step, parameter)
        return g.control(name, self._specs[name])


@functools.cache
def chain() -> Chain:
    return Chain()
