"""A frozen sound: the spectrum of one moment, whose phases advance at the speed they had."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import inline, plain_int
from dsp.math.stft import BINS, FREE, SECONDS, get_bin, put_bin, run_spectral, unchanged


@inline
def _listen(memory: Any, cell: Any, half: Any, re: Any, im: Any, first: Any) -> None:
    """Keep one bin of a channel, and its turn since the last window. Its four cells lie ``half`` apart."""
    tr, ti = 1.0 + 0.0 * re, 0.0 * re
    if not first:
        tr, ti = re * memory[cell] + im * memory[cell + half], im * memory[cell] - re * memory[cell + half]
        length = np.sqrt(tr * tr + ti * ti)
        if length > 1e-20:
            tr, ti = tr / length, ti / length
        else:
            tr, ti = 1.0 + 0.0 * re, 0.0 * re
    memory[cell], memory[cell + half] = re, im
    memory[cell + 2 * half], memory[cell + 3 * half] = tr, ti


@inline
def _turn(memory: Any, cell: Any, half: Any) -> Any:
    """The held bin, advanced by its turn."""
    re, im, tr, ti = memory[cell], memory[cell + half], memory[cell + 2 * half], memory[cell + 3 * half]
    memory[cell], memory[cell + half] = re * tr - im * ti, re * ti + im * tr
    return memory[cell], memory[cell + half]


@inline
def _hold(share: Any, hop: Any, i: Any, params: Any, state: Any, memory: Any, exponent: Any, env: Any) -> None:
    """Store the bins, or advance the held ones."""
    (frozen,) = params
    size = 1 << exponent
    half = size // 2
    held = plain_int(state.held)
    if share == 0:
        held = 1 if frozen[i] > 0.0 and hop > 3 else 0
        state.held = held
    for k in range(share * BINS, share * BINS + BINS):
        one, other = FREE * size + k, (FREE + 2) * size + k
        if held == 0:
            lr, li, rr, ri = get_bin(memory, exponent, k)
            _listen(memory, one, half, lr, li, hop < 2)
            _listen(memory, other, half, rr, ri, hop < 2)
        elif k > 0:
            lr, li = _turn(memory, one, half)
            rr, ri = _turn(memory, other, half)
            put_bin(memory, exponent, k, lr, li, rr, ri)
        else:  # the phases of 0 Hz and half the rate do not advance
            put_bin(memory, exponent, k, 0.0, 0.0, 0.0, 0.0)


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    ints=("clock", "held"),
    memory=SECONDS,
    per_lane=True,
    reference="SuperDirt freeze (docs/dirt.md, Effects); J. L. Flanagan and R. M. Golden, 'Phase vocoder' (Bell Syst. Tech. J. 45, "
    "1966)",
    frozen=Param(
        1.0, 0.0, 1.0, Unit.BOOL, curve=Curve.STEP, smoothing=0.0, aliases=("freeze",),
        doc="Above 0 the sound is frozen, else it passes.",
    ),
)  # fmt: skip
def freeze(
    left: Any, right: Any, frozen: Any, left_out: Any, right_out: Any, state: Any, memory: Any, n: Any, env: Any
) -> None:
    """Holds the sound of one moment while it is switched on: magnitudes stay, phases advance at the same speed.

    3072 frames (64 ms at 48 kHz) late. If it is on from the start, it hears 3072 frames first: with less it does not know the phases.
    """
    run_spectral(_hold, unchanged, left, right, (frozen,), left_out, right_out, state, memory, n, env)
