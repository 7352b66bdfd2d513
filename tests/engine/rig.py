"""A bare engine with definitions whose output can be computed by hand."""

from __future__ import annotations

import numpy as np

from dsp.kind import Param
from phonon_osc.engine.definition import Definition, Graph
from phonon_osc.engine.engine import Engine
from phonon_osc.engine.voice import Voice


def bare_orbit() -> Definition:
    """Orbits without effects."""
    g = Graph("orbit", inlets=True)
    assert g.inlets is not None
    g.control("send", Param(0.0, 0.0, 1.0, smoothing=0.0))
    g.outlets(*g.inlets)
    return g.build()


def dc() -> Definition:
    """Direct current: the control ``level``, on both sides."""
    g = Graph("dc")
    level = g.control("level", Param(0.25, -4.0, 4.0, smoothing=0.01, aliases=("lvl",)))
    g.out(g.one("value", value=level))
    return g.build()


def filtered() -> Definition:
    """Direct current through an optional low-pass."""
    g = Graph("filtered")
    level = g.control("level", Param(0.25, -4.0, 4.0, smoothing=0.0))
    cutoff = g.control("lpf", Param(1000.0, 20.0, 20000.0, smoothing=0.01))
    g.out(g.one("lowpass", g.one("value", value=level), cutoff=cutoff, when="lpf"))
    return g.build()


def gated() -> Definition:
    """Direct current with a gate and a release time. The level does not follow the gate; the gate only sets the end."""
    g = Graph("gated")
    level = g.control("level", Param(0.25, -4.0, 4.0, smoothing=0.0))
    g.control("gate", Param(1.0, 0.0, 1.0, smoothing=0.0))
    g.control("release", Param(0.01, 0.0, 10.0, smoothing=0.0))
    g.gate("gate", "release")
    g.out(g.one("value", value=level))
    return g.build()


def engine(voices: int = 64, width: int | None = None, **options: object) -> Engine:
    made = Engine(bare_orbit(), voices=voices, width=width, **options)  # type: ignore[arg-type]
    for definition in (dc(), filtered(), gated()):
        made.add_definition(definition)
    return made


def render(e: Engine, frames: int, period: int = 256) -> np.ndarray:
    """Compute the next frames: (frames, 2)."""
    out = np.zeros((frames, 2), np.float32)
    for at in range(0, frames, period):
        e.render(out[at : at + period])
        e.poll()
    return out


def hit(e: Engine, frame: int, level: float = 0.25, seconds: float = 0.01, **words: object) -> None:
    """Start one voice of direct current."""
    e.play(Voice("dc", {"level": level}, seconds, **words), frame)  # type: ignore[arg-type]
