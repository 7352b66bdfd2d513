"""The orbits' own definition: one lane is one orbit. Delay, reverb and, once asked for, a Leslie speaker; then the limiter.

All read the dry sum. SuperDirt's layout (reference superdirt.md 4.4), with one difference: its look-ahead limiter delays everything
by 20 ms, ours by nothing.
"""

from __future__ import annotations

from dsp.kind import Param, Unit
from phonon_osc.engine.definition import Definition, Graph


def orbit_definition(rate: float) -> Definition:
    """Effects of an orbit as controls: delay, delaytime, delayfeedback, lock, cps, room, size, dry, leslie, lrate, lsize, limiter."""
    g = Graph("orbit", "What an orbit does with its voices.", rate=rate, inlets=True)
    assert g.inlets is not None
    left, right = g.inlets
    echo = {
        "time": g.control("delaytime", Param(0.0, 0.0, 4.0, Unit.SECONDS, smoothing=0.0, doc="Echo time.")),
        "feedback": g.control("delayfeedback", Param(0.0, 0.0, 2.0, smoothing=0.01, doc="Share that is echoed again.")),
        "level": g.control(
            "delay", Param(0.0, 0.0, 10.0, Unit.GAIN, smoothing=0.01, doc="Level of the delay's output.")
        ),
        "lock": g.control("lock", Param(0.0, 0.0, 1.0, Unit.BOOL, smoothing=0.0, doc="1: delaytime is in cycles.")),
        "cps": g.control("cps", Param(1.0, 0.0, 1000.0, Unit.HZ, smoothing=0.0, doc="Cycles per second, for lock.")),
    }
    room = {
        "room": g.control("room", Param(0.0, 0.0, 10.0, Unit.GAIN, smoothing=0.015, doc="Send into the reverb.")),
        "size": g.control("size", Param(0.1, 0.0, 1.0, smoothing=0.02, doc="Length of the reverb.")),
        "dry": g.control("dry", Param(0.0, 0.0, 1.0, smoothing=0.015, doc="Turns the reverb down.")),
    }
    kind = "0: nothing; 1: limit to full scale; 2: bend what is above it towards twice full scale."
    limiter = g.control("limiter", Param(1.0, 0.0, 2.0, smoothing=0.0, doc=kind, aliases=("limitertype",)))
    rotor = {
        "amount": g.control(
            "leslie", Param(0.5, 0.0, 1.0, smoothing=0.02, doc="How much goes through the Leslie speaker.")
        ),
        "rate": g.control("lrate", Param(6.7, 0.0, 20.0, Unit.HZ, smoothing=0.0, doc="Its turns per second.")),
        "size": g.control("lsize", Param(0.3, 0.0, 10.0, smoothing=0.1, doc="Way of its horn in metres.")),
    }
    wet = [g.one("echo", side, **echo) for side in (left, right)]
    space = g.add("room", left, right, **room)
    dry = [g.one("gain", side, amp=1.0) for side in (left, right)]  # what the Leslie turns down; the inlets stay
    dry = g.add("leslie", *dry, when="leslie", width=0.0, **rotor)
    out = [g.one("add", side, g.one("add", w, s)) for side, w, s in zip(dry, wet, space, strict=True)]
    g.outlets(*g.add("limiter", *out, on=limiter))
    return g.build()
