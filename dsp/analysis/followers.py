"""How loud a signal is: its envelope and its power, followed exponentially."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, inline
from dsp.math.interpolate import any_number
from dsp.math.smoothing import follow, share_of


def _time(default: float, doc: str) -> Param:
    return Param(default, 0.0, 100.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, doc=doc)


@inline
def _size(x: Any) -> Any:
    return np.abs(any_number(x))


@kind(
    ins=("x",),
    state=("level",),
    reference="U. Zoelzer, DAFX, 2nd ed., ch. 4: peak measurement",
    release=_time(0.1, "Time in which the level falls to 1/e after a peak."),
)
def peak_follower(x: Any, release: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """The peak level of a signal: it rises at once and falls slowly."""
    level = state.level
    share = share_of(release[0], env.dt)
    for i in range(n):
        if release.moving:
            share = share_of(release[i], env.dt)
        u = _size(x[i])
        level = np.where(u > level, u, level + share * (u - level))
        y[i] = level
    state.level = level


@kind(
    ins=("x",),
    state=("level",),
    reference="U. Zoelzer, DAFX, 2nd ed., ch. 4: level measurement by a one-pole of two coefficients",
    attack=_time(0.005, "Time in which the output covers 63 % of a rise."),
    release=_time(0.1, "Time in which the output covers 63 % of a fall."),
)
def amp_follower(x: Any, attack: Any, release: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """The amplitude of a signal: its absolute value, smoothed with one time for rises and another for falls."""
    level = state.level
    up, down = share_of(attack[0], env.dt), share_of(release[0], env.dt)
    for i in range(n):
        if attack.moving or release.moving:
            up, down = share_of(attack[i], env.dt), share_of(release[i], env.dt)
        level = follow(level, _size(x[i]), up, down)
        y[i] = level
    state.level = level


@kind(
    ins=("x",),
    state=("power",),
    reference="U. Zoelzer, DAFX, 2nd ed., ch. 4: RMS measurement",
    window=_time(0.1, "Time constant of the mean: sound of this age has a weight of 1/e."),
)
def rms(x: Any, window: Any, y: Any, state: Any, n: Any, env: Any) -> None:
    """The root of the mean square (RMS) of a signal; the mean is exponential."""
    power = state.power
    share = share_of(window[0], env.dt)
    for i in range(n):
        if window.moving:
            share = share_of(window[i], env.dt)
        u = any_number(x[i])
        power = fmax(power + share * (u * u - power), 0.0)
        y[i] = np.sqrt(power)
    state.power = power
