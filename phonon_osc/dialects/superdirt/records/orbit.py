"""Parameters of the effects that all events of an orbit share.

Every event sets all of them at its onset. An absent key becomes 0 if an earlier event has set it. Otherwise it keeps
the value that it has when the server starts, which is the default of the control.
"""

from __future__ import annotations

from dsp.kind import Param, Unit
from phonon_osc.dialects.event import Reads
from phonon_osc.dialects.parameters import Feed, Parameter, Stage

DELAY_SEND = "delay_send"  # the step in front of the delay


def _orbit(
    key: str,
    doc: str,
    low: float,
    high: float,
    *feeds: Feed,
    unit: Unit = Unit.NONE,
    default: float | None = None,
    aliases: tuple[str, ...] = (),
) -> Parameter:
    return Parameter(
        key, Stage.ORBIT, doc, Reads.FOLLOWING, unit, low, high, default=default, aliases=aliases, feeds=feeds
    )


_LIMITER = "0: nothing; 1: limit to full scale; 2: compress what is above full scale to at most twice full scale."

ORBIT = (
    _orbit(
        "delaytime",
        "Time between echoes in seconds, or in cycles if lock is 1; at most 4 s.",
        0.0,
        3600.0,
        Feed("echo", "time", "delaytime", param=Param(0.0, 0.0, 4.0, Unit.SECONDS, smoothing=0.0, doc="Echo time.")),
        unit=Unit.SECONDS,
        aliases=("delayt", "dt"),
    ),
    _orbit(
        "delayfeedback",
        "Share of an echo that is echoed again; above 1 the echoes grow.",
        0.0,
        2.0,
        Feed(
            "echo",
            "feedback",
            "delayfeedback",
            param=Param(0.0, 0.0, 2.0, smoothing=0.01, doc="Share that is echoed again."),
        ),
        aliases=("delayfb", "dfb"),
    ),
    _orbit(
        "delay",
        "Level of the delay's output, which contains the direct sound too.",
        0.0,
        10.0,
        Feed(
            "echo",
            "level",
            "delay",
            param=Param(0.0, 0.0, 10.0, Unit.GAIN, smoothing=0.01, doc="Level of the delay's output."),
        ),
        unit=Unit.GAIN,
        default=0.0,
    ),
    _orbit(
        "lock",
        "1: delaytime is in cycles.",
        0.0,
        1.0,
        Feed(
            "echo",
            "lock",
            "lock",
            param=Param(0.0, 0.0, 1.0, Unit.BOOL, smoothing=0.0, doc="1: delaytime is in cycles."),
        ),
        unit=Unit.BOOL,
        default=0.0,
    ),
    # The orbit's controls have the order of these records, so the tempo is among them.
    Parameter(
        "cps",
        Stage.TIMING,
        "Cycles per second: what unit c and lock count in. 1 if it is not above 0.",
        Reads.FOLLOWING,
        Unit.HZ,
        low=0.0,
        high=1000.0,
        default=1.0,
        feeds=(
            Feed(
                "echo",
                "cps",
                "cps",
                param=Param(1.0, 0.0, 1000.0, Unit.HZ, smoothing=0.0, doc="Cycles per second, for lock."),
            ),
        ),
    ),
    _orbit(
        "delaySend",
        "Level of what goes into the delay; until an event has it, full level.",
        0.0,
        10.0,
        Feed(
            "gain",
            "amp",
            "delaySend",
            step=DELAY_SEND,
            param=Param(1.0, 0.0, 10.0, Unit.GAIN, smoothing=0.015, doc="Level of what goes into the delay."),
        ),
        unit=Unit.GAIN,
    ),
    _orbit(
        "room",
        "Send into the reverb.",
        0.0,
        10.0,
        Feed(
            "room", "room", "room", param=Param(0.0, 0.0, 10.0, Unit.GAIN, smoothing=0.015, doc="Send into the reverb.")
        ),
        unit=Unit.GAIN,
    ),
    _orbit(
        "size",
        "Length of the reverb.",
        0.0,
        1.0,
        Feed("room", "size", "size", param=Param(0.1, 0.0, 1.0, smoothing=0.02, doc="Length of the reverb.")),
        aliases=("sz",),
    ),
    _orbit(
        "dry",
        "Turns the reverb down; the direct sound stays.",
        0.0,
        1.0,
        Feed("room", "dry", "dry", param=Param(0.0, 0.0, 1.0, smoothing=0.015, doc="Turns the reverb down.")),
        default=0.0,
    ),
    _orbit(
        "limitertype",
        _LIMITER,
        0.0,
        2.0,
        Feed(
            "limiter",
            "on",
            "limiter",
            param=Param(1.0, 0.0, 2.0, smoothing=0.0, doc=_LIMITER, aliases=("limitertype",)),
        ),
    ),
    _orbit(
        "leslie",
        "Share of the sound that goes through a Leslie speaker.",
        0.0,
        1.0,
        Feed(
            "leslie",
            "amount",
            "leslie",
            True,
            fixed={"width": 0.0},
            param=Param(0.5, 0.0, 1.0, smoothing=0.02, doc="How much goes through the Leslie speaker."),
        ),
    ),
    _orbit(
        "lrate",
        "Turns per second of the Leslie speaker.",
        0.0,
        20.0,
        Feed(
            "leslie", "rate", "lrate", param=Param(6.7, 0.0, 20.0, Unit.HZ, smoothing=0.0, doc="Its turns per second.")
        ),
        unit=Unit.HZ,
    ),
    _orbit(
        "lsize",
        "Distance that the horn of the Leslie speaker moves, in metres.",
        0.0,
        10.0,
        Feed("leslie", "size", "lsize", param=Param(0.3, 0.0, 10.0, smoothing=0.1, doc="Way of its horn in metres.")),
    ),
    Parameter("roomsize", Stage.IGNORED, "Strudel's name of size; Strudel sends both.", Reads.FOLLOWING),
)
