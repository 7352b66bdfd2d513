"""The tone wheels of an organ."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, times
from dsp.math.exponential import exp2
from dsp.math.phase import phase_step, to_phase
from dsp.math.trig import sin_phase


def _bar(default: float, footage: str) -> Param:
    return Param(
        default,
        0.0,
        12.0,
        doc=f"Position of the drawbar of {footage} feet: 8 is fully out, each step less is 6 dB softer.",
    )


@inline
def _wheel(freq: Any, ratio: float) -> Any:
    """The frequency of a drawbar's wheel, moved up an octave below 63 Hz and down one or two octaves above 6000 Hz."""
    hz = freq * ratio
    hz = np.where(hz < 63.0, hz * 2.0, hz)
    hz = np.where(hz > 6000.0, hz * 0.5, hz)
    return np.where(hz > 6000.0, hz * 0.5, hz)


@inline
def _level(bar: Any, less: float) -> Any:
    """The amplitude of a drawbar; ``less`` is the number of steps by which it is softer than others."""
    return exp2(fmin(fmax(bar, 0.0), 12.0) - (8.0 + less))


@kind(
    ints=("a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9"),
    reference="the ratios of a Hammond organ's gears, and its foldback; levels: SuperDirt's superhammond",
    freq=Param(
        220.0,
        0.0,
        24000.0,
        Unit.HZ,
        curve=Curve.EXPONENTIAL,
        doc="Pitch of the key, which is that of the drawbar of 8 feet.",
    ),
    bend=Param(
        1.0, -1000.0, 1000.0, Unit.RATIO, doc="Factor of all wheels' frequencies; changing it is frequency modulation."
    ),
    bar1=_bar(8.0, "16"),
    bar2=_bar(8.0, "5 1/3"),
    bar3=_bar(8.0, "8"),
    bar4=_bar(0.0, "4"),
    bar5=_bar(0.0, "2 2/3"),
    bar6=_bar(0.0, "2"),
    bar7=_bar(0.0, "1 3/5"),
    bar8=_bar(0.0, "1 1/3"),
    bar9=_bar(0.0, "1"),
)
def drawbars(
    freq: Any, bend: Any, bar1: Any, bar2: Any, bar3: Any, bar4: Any, bar5: Any, bar6: Any, bar7: Any, bar8: Any, bar9: Any,
    y: Any, state: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Nine sines near the harmonics of a pitch, as an organ mixes them; their levels add up to 1.

    Each sine starts at a different phase.
    """
    a1, a2, a3, a4, a5 = state.a1, state.a2, state.a3, state.a4, state.a5
    a6, a7, a8, a9 = state.a6, state.a7, state.a8, state.a9
    moving = bar1.moving or bar2.moving or bar3.moving or bar4.moving or bar5.moving
    moving = moving or bar6.moving or bar7.moving or bar8.moving or bar9.moving
    l1, l2, l3, l4, l5 = (
        _level(bar1[0], 0.0),
        _level(bar2[0], 0.0),
        _level(bar3[0], 0.0),
        _level(bar4[0], 0.0),
        _level(bar5[0], 0.0),
    )
    l6, l7, l8, l9 = _level(bar6[0], 0.0), _level(bar7[0], 0.5), _level(bar8[0], 1.0), _level(bar9[0], 1.5)
    loud = 1.0 / (l1 + l2 + l3 + l4 + l5 + l6 + l7 + l8 + l9)
    for i in range(n):
        f, b = freq[i], bend[i] * env.dt
        if moving:
            l1, l2, l3, l4 = _level(bar1[i], 0.0), _level(bar2[i], 0.0), _level(bar3[i], 0.0), _level(bar4[i], 0.0)
            l5, l6, l7 = _level(bar5[i], 0.0), _level(bar6[i], 0.0), _level(bar7[i], 0.5)
            l8, l9 = _level(bar8[i], 1.0), _level(bar9[i], 1.5)
            loud = 1.0 / (l1 + l2 + l3 + l4 + l5 + l6 + l7 + l8 + l9)
        # start phases: SuperDirt chooses them once per session; these were measured in a recording of one session
        sound = times(l1, sin_phase(a1 + to_phase(0.77)))
        sound = sound + l2 * sin_phase(a2 + to_phase(0.6783))
        sound = sound + l3 * sin_phase(a3 + to_phase(0.8727))
        sound = sound + l4 * sin_phase(a4 + to_phase(0.8316))
        sound = sound + l5 * sin_phase(a5 + to_phase(0.7026))
        sound = sound + l6 * sin_phase(a6 + to_phase(0.1635))
        sound = sound + l7 * sin_phase(a7 + to_phase(0.1325))
        sound = sound + l8 * sin_phase(a8 + to_phase(0.1528))
        sound = sound + l9 * sin_phase(a9 + to_phase(0.747))
        y[i] = sound * loud
        a1 = a1 + phase_step(_wheel(f, 0.5), b)
        a2 = a2 + phase_step(_wheel(f, 1.4988), b)
        a3 = a3 + phase_step(_wheel(f, 1.0), b)
        a4 = a4 + phase_step(_wheel(f, 2.0), b)
        a5 = a5 + phase_step(_wheel(f, 2.9976), b)
        a6 = a6 + phase_step(_wheel(f, 4.0), b)
        a7 = a7 + phase_step(_wheel(f, 5.0409), b)
        a8 = a8 + phase_step(_wheel(f, 5.9953), b)
        a9 = a9 + phase_step(_wheel(f, 8.0), b)
    state.a1, state.a2, state.a3, state.a4, state.a5 = a1, a2, a3, a4, a5
    state.a6, state.a7, state.a8, state.a9 = a6, a7, a8, a9
