"""Inputs and parameters for trying a kind, spread evenly over its declared ranges."""

from __future__ import annotations

import numpy as np

from dsp.kind import Curve, Kind, Param, Unit
from dsp.lanes import LANES
from harness import Sound, Value

RATE = 48000.0
_GOLDEN = 0.6180339887498949
_WILD = (np.nan, np.inf, -np.inf, 3e38, -3e38, 1e9, -1e9, 1e5, -1e5, 1.0, -1.0, 0.0, 1e-30)


def sounds(seed: int = 1) -> list[Sound]:
    """Three loaded samples: one at the engine's rate, one at another rate, and a very short one. They are smooth, so values show places."""
    rng = np.random.default_rng(seed)
    made = []
    for frames, rate in ((700, RATE), (333, 44100.0), (3, 22050.0)):
        angles = np.outer(np.arange(frames), rng.uniform(0.02, 0.1, 4)) + rng.uniform(0.0, 6.28, 4)
        made.append((np.stack([np.sin(angles).mean(1), np.cos(angles).mean(1)], 1).astype(np.float32), rate))
    return made


def inputs(kind: Kind, frames: int, seed: int = 2) -> dict[str, Value]:
    """Noise with a slow sine under it, different in every lane and input."""
    rng = np.random.default_rng(seed)
    slow = np.sin(np.outer(np.arange(frames), 0.01 + 0.002 * np.arange(LANES)))
    return {name: (0.4 * slow + rng.uniform(-0.4, 0.4, (frames, LANES))).astype(np.float32) for name in kind.ins}


def usual(param: Param, u: np.ndarray) -> np.ndarray:
    """Values of a parameter; ``u`` in 0..1 is the position in the useful part of its range."""
    if param.unit is Unit.INDEX:
        return np.floor(u * 4.0)  # one of the samples, or no sample
    lo, hi = param.min, param.max
    reach = 10.0 * max(1.0, abs(param.default))
    lo, hi = max(lo, param.default - reach), min(hi, param.default + reach)
    if param.curve is Curve.EXPONENTIAL and lo > 0.0:
        return np.asarray(lo * (hi / lo) ** u)
    if param.unit in (Unit.HZ, Unit.SECONDS) and hi > 0.0 and lo >= 0.0:
        return np.asarray(hi * u**3)
    return np.asarray(lo + (hi - lo) * u)


def constants(kind: Kind) -> dict[str, Value]:
    """One value per lane; lane 0 has the defaults."""
    lanes = np.arange(1, LANES + 1)
    out: dict[str, Value] = {}
    for k, (name, param) in enumerate(kind.params.items(), 1):
        row = usual(param, (lanes * _GOLDEN * (k + 0.37 * k * k)) % 1.0)
        row[0] = param.default
        out[name] = row.astype(np.float32)
    return out


def moving(kind: Kind, frames: int) -> dict[str, Value]:
    """Straight lines from one lane's constants to another lane's."""
    ramp = np.linspace(0.0, 1.0, frames)[:, None]
    out: dict[str, Value] = {}
    for name, row in constants(kind).items():
        rows = row + (np.roll(row, 7) - row) * ramp
        out[name] = (np.floor(rows) if kind.params[name].unit is Unit.INDEX else rows).astype(np.float32)
    return out


def wild(kind: Kind, frames: int, seed: int = 3) -> dict[str, Value]:
    """The worst modulation: another extreme value in every row, including not-a-number."""
    rng = np.random.default_rng(seed)
    out: dict[str, Value] = {}
    for name, param in kind.params.items():
        choices = np.array([*_WILD, param.min, param.max, param.default, param.min - 1.0, param.max * 10.0 + 1.0])
        rows = choices[rng.integers(0, len(choices), (frames, LANES))]
        # In the upper half of the lanes every value stays for a while, so that states have time to follow.
        rows[:, LANES // 2 :] = np.repeat(rows[::16, LANES // 2 :], 16, axis=0)[:frames]
        out[name] = rows.astype(np.float32)
    return out
