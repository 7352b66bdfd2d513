"""Kinds that pass or stop bands of the spectrum: brick walls, a comb, a gate in every bin."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import fmax, fmin, inline
from dsp.math.exponential import db_to_gain
from dsp.math.smoothing import follow, share_of
from dsp.math.stft import BINS, FREE, SECONDS, get_bin, put_bin, run_spectral, scale_bin, unchanged

_LOWER = 0.6  # largest share of the spectrum that the lower wall removes
_TEETH = 256.0


@inline
def _wall(share: Any, hop: Any, i: Any, params: Any, state: Any, memory: Any, exponent: Any, env: Any) -> None:
    """Remove the bins beyond the walls."""
    low, high = params
    bins = (1 << (exponent - 1)) - 1
    begin = np.floor(_LOWER * fmin(fmax(low[i], 0.0), 1.0) * bins)
    end = bins - np.floor(fmin(fmax(high[i], 0.0), 1.0) * bins)
    for k in range(share * BINS, share * BINS + BINS):
        place = k - 1.0 + 0.0 * begin  # 0 Hz is not counted
        if k == 0:
            lr, li, rr, ri = get_bin(memory, exponent, 0)
            lower, upper = 0.0 if begin > 0.0 else 1.0, 0.0 if end < bins else 1.0
            put_bin(memory, exponent, 0, lower * lr, upper * li, lower * rr, upper * ri)
        elif place < begin or place >= end:
            scale_bin(memory, exponent, k, 0.0)


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    ints=("clock",),
    memory=SECONDS,
    per_lane=True,
    reference="SuperDirt hbrick and lbrick (docs/dirt.md, Effects)",
    low=Param(0.0, 0.0, 1.0, smoothing=0.0, doc="Share removed at the lower end: 1 removes 0.6 of the spectrum.", aliases=("hbrick",)),
    high=Param(0.0, 0.0, 1.0, smoothing=0.0, doc="Share removed at the upper end: 1 removes all of the spectrum.", aliases=("lbrick",)),
)  # fmt: skip
def brick(
    left: Any, right: Any, low: Any, high: Any, left_out: Any, right_out: Any, state: Any, memory: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """A filter with a wall at each end: it removes everything beyond them. 3072 frames (64 ms at 48 kHz) late."""
    run_spectral(_wall, unchanged, left, right, (low, high), left_out, right_out, state, memory, n, env)


@inline
def _comb(share: Any, hop: Any, i: Any, params: Any, state: Any, memory: Any, exponent: Any, env: Any) -> None:
    """Remove the bins between the teeth."""
    (amount,) = params
    narrow = fmin(fmax(amount[i], 0.0), 1.0)
    for k in range(share * BINS, share * BINS + BINS):
        place = 2.0 * k / (1 << exponent) * _TEETH * narrow
        if place - np.floor(place) > 1.0 - narrow:  # so the narrowest comb keeps every fourth bin
            scale_bin(memory, exponent, k, 0.0)


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    ints=("clock",),
    memory=SECONDS,
    per_lane=True,
    reference="SuperDirt comb (docs/dirt.md, Effects): 256 times `amount` teeth; 1 - `amount` of each is kept",
    amount=Param(0.2, 0.0, 1.0, smoothing=0.0, doc="Higher values give more and narrower teeth.", aliases=("comb",)),
)
def spectral_comb(
    left: Any, right: Any, amount: Any, left_out: Any, right_out: Any, state: Any, memory: Any, n: Any, env: Any
) -> None:
    """Cuts the spectrum into bands of equal width with silence between them. 3072 frames (64 ms at 48 kHz) late."""
    run_spectral(_comb, unchanged, left, right, (amount,), left_out, right_out, state, memory, n, env)


@inline
def _gate(share: Any, hop: Any, i: Any, params: Any, state: Any, memory: Any, exponent: Any, env: Any) -> None:
    """Turn down the soft bins."""
    threshold, reduction, release = params
    size = 1 << exponent
    loud = db_to_gain(fmin(fmax(threshold[i], -120.0), 20.0))
    loud = loud * size / np.pi  # magnitude of such a sine in its bin
    soft = db_to_gain(-fmin(fmax(reduction[i], 0.0), 120.0))
    fall = share_of(release[i], (size // 2) * env.dt)
    for k in range(share * BINS, share * BINS + BINS):
        lr, li, rr, ri = get_bin(memory, exponent, k)
        power = fmax(lr * lr + li * li, rr * rr + ri * ri)
        target = 1.0 + 0.0 * soft if power >= loud * loud else soft
        gain = target if hop < 2 else follow(memory[FREE * size + k], target, 1.0, fall)
        memory[FREE * size + k] = gain
        scale_bin(memory, exponent, k, gain)


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    ints=("clock",),
    memory=SECONDS,
    per_lane=True,
    reference="S. F. Boll, 'Suppression of acoustic noise in speech using spectral subtraction' (IEEE ASSP 27, 1979); here a gate "
    "in each bin",
    threshold=Param(
        -60.0, -120.0, 20.0, Unit.DECIBEL, smoothing=0.0, doc="Level that a sine needs for its bin to pass; 0 dB is full scale."
    ),
    reduction=Param(60.0, 0.0, 120.0, Unit.DECIBEL, smoothing=0.0, doc="How much softer the bins below the threshold get."),
    release=Param(0.05, 0.0, 10.0, Unit.SECONDS, curve=Curve.EXPONENTIAL, smoothing=0.0, doc="Time constant with which they get softer."),
)  # fmt: skip
def spectral_gate(
    left: Any, right: Any, threshold: Any, reduction: Any, release: Any, left_out: Any, right_out: Any,
    state: Any, memory: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Removes the soft parts of a sound, such as noise between its tones; the louder side of a bin decides for both.

    3072 frames (64 ms at 48 kHz) late.
    """
    run_spectral(
        _gate, unchanged, left, right, (threshold, reduction, release), left_out, right_out, state, memory, n, env
    )
