"""What surrounds the source of every voice: SuperDirt's chain of effects, its gate, and the way out.

Effects are optional steps in SuperDirt's order: one for each side, or one for both. An effect that the event does not use costs
nothing. The table of parameters says which steps there are.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

from dsp.kind import Curve, Param, Unit, kinds
from phonon_osc.dialects.parameters import Stage, Step, Table
from phonon_osc.dialects.superdirt.parameters import table
from phonon_osc.engine.definition import ControlRef, Definition, Graph, Ref, Wire

PREFIX = "dirt."  # begins the names of definitions with this chain, so that they differ from the names of kinds
SAMPLER = f"{PREFIX}sampler"
STRETCHED = f"{PREFIX}sampler_stretched"
LONGEST = 3600.0  # seconds


def _time(default: float, doc: str) -> Param:
    return Param(default, 0.0, LONGEST, Unit.SECONDS, smoothing=0.0, doc=doc)


PAN = Param(0.0, -1.0, 1.0, smoothing=0.005, doc="-1 left, 1 right, equal power.")
AMP = Param(0.4, 0.0, 100.0, Unit.GAIN, smoothing=0.005, doc="Linear level.")
LEVEL = Param(
    1.0, 0.0, 1e6, Unit.GAIN, smoothing=0.005, doc="Level from gain and overgain: (min(gain, 2) + overgain)^4."
)
GATE = {
    "fade_in": _time(0.0, "Raised-cosine rise at the onset."),
    "hold_time": _time(1.0, "Time at full level."),
    "fade_out": _time(0.001, "Raised-cosine fall at the end."),
    "late": _time(
        0.0, "Time by which the event begins before its gate opens, since its spectral effects delay the sound."
    ),
}
FREQ = Param(440.0, -24000.0, 24000.0, Unit.HZ, curve=Curve.EXPONENTIAL, smoothing=0.005, doc="Pitch.")
SPEED = Param(1.0, -1e3, 1e3, Unit.RATIO, smoothing=0.0, doc="Factor of the pitch.")
ACCELERATE = Param(0.0, -1e3, 1e3, smoothing=0.0, doc="Relative change of pitch over the event.")


class Chain:
    """The chain that a table of parameters describes. ``controls`` are the controls of every voice; its source adds others."""

    def __init__(self, parameters: Table) -> None:
        self.steps = parameters.steps(Stage.EFFECT)
        effects = {control for step in self.steps for control in step.controls.values()}
        self.controls = frozenset({"pan", "amp", "level", *GATE} | effects)

    def hold(self, g: Graph) -> ControlRef:
        """The time at full level of the event's gate."""
        return g.control("hold_time", GATE["hold_time"])

    def pitch(self, g: Graph, freq: Ref | None = None) -> Wire:
        """freq times SuperDirt's frequency scale, which moves from |speed| to |speed| (accelerate + 1) during the event."""
        return g.one(
            "freq_scale",
            freq=g.control("freq", FREQ) if freq is None else freq,
            speed=g.control("speed", SPEED),
            accelerate=g.control("accelerate", ACCELERATE),
            sustain=self.hold(g),
            control_rate=True,
        )

    def finish(self, g: Graph, sound: Wire | tuple[Wire, Wire]) -> Definition:
        """Build the chain around a source. A mono source (one wire) is panned, a stereo source (two wires) is balanced."""
        position = g.control("pan", PAN)
        left, right = (
            g.add("pan", sound, position=position)
            if isinstance(sound, Wire)
            else g.add("balance", *sound, position=position)
        )
        left, right = add_effects(g, self.steps, left, right)
        times = {name: g.control(name, param) for name, param in GATE.items()}
        gate = g.one("event_gate", **times)
        loud = g.one("gain", gate, amp=g.control("amp", AMP))
        loud = g.one("gain", loud, amp=g.control("level", LEVEL))
        g.out(g.one("gain", left, amp=loud), g.one("gain", right, amp=loud))
        return g.build()


def add_effects(g: Graph, steps: Iterable[Step], left: Wire, right: Wire) -> tuple[Wire, Wire]:
    """Append optional effects to both sides."""
    known = kinds()
    for step in steps:
        kind = known[step.kind]
        controls = {
            feed.parameter: g.control(feed.control, feed.param or kind.params[feed.parameter]) for _, feed in step.feeds
        }
        if len(kind.outs) == 2:
            left, right = g.add(kind.name, left, right, when=step.switch, **controls, **step.fixed)
        else:
            left, right = (g.one(kind.name, side, when=step.switch, **controls, **step.fixed) for side in (left, right))
    return left, right


@functools.cache
def chain() -> Chain:
    """SuperDirt's."""
    return Chain(table())
