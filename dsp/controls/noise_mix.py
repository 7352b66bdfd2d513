"""Mixing noise into an oscillator as Strudel does."""

from __future__ import annotations

from typing import Any

from dsp.kind import Param, kind
from dsp.lanes import fmax, fmin, times


@kind(
    ins=("x", "noise"),
    reference="Strudel's noise: dry stays 1 up to 0.5, then falls to 0; the noise rises to 1 at 0.5",
    share=Param(0.0, 0.0, 1.0, smoothing=0.0, doc="0: the input alone; 1: the noise alone."),
)
def noise_mix(x: Any, noise: Any, share: Any, y: Any, n: Any, env: Any) -> None:
    """The sum of a sound and of noise; only beyond the middle does the sound fade."""
    for i in range(n):
        s = fmin(fmax(share[i], 0.0), 1.0)
        y[i] = times(x[i], fmin(2.0 - 2.0 * s, 1.0)) + noise[i] * fmin(2.0 * s, 1.0)
