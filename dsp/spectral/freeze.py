"""A frozen sound: the spectrum of one moment, whose phases advance at the speed they had."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Curve, Param, Unit, kind
from dsp.lanes import inline, plain_int
from dsp.math.stft import BINS, FREE, SECONDS, get_bin, put_bin, run_spectral, unchanged

_PASSED = 2  # windows from the start of the voice that are never held


@inline
def _keep(memory: Any, cell: Any, half: Any, re: Any, im: Any) -> None:
    """Keep one bin of a channel. Its real part, imaginary part and turn lie ``half`` cells apart."""
    memory[cell], memory[cell + half] = re, im


@inline
def _learn(memory: Any, cell: Any, half: Any, re: Any, im: Any) -> None:
    """Compute the turn of a bin: how far its phase goes from the kept window to this one."""
    tr, ti = re * memory[cell] + im * memory[cell + half], im * memory[cell] - re * memory[cell + half]
    length = np.sqrt(tr * tr + ti * ti)
    if length > 1e-20:
        memory[cell + 2 * half], memory[cell + 3 * half] = tr / length, ti / length
    else:
        memory[cell + 2 * half], memory[cell + 3 * half] = 1.0 + 0.0 * length, 0.0 * length


@inline
def _turn(memory: Any, cell: Any, half: Any) -> Any:
    """The held bin, advanced by its turn."""
    re, im, tr, ti = memory[cell], memory[cell + half], memory[cell + 2 * half], memory[cell + 3 * half]
    memory[cell], memory[cell + half] = re * tr - im * ti, re * ti + im * tr
    return memory[cell], memory[cell + half]


@inline
def _hold(share: Any, hop: Any, i: Any, params: Any, state: Any, memory: Any, exponent: Any, env: Any) -> None:
    """Keep the bins, or advance the held ones. The first held window has the magnitudes of the one before and its own phases."""
    (frozen,) = params
    size = 1 << exponent
    half = size // 2
    held = plain_int(state.held)  # 0: passes, 1: the first held window, 2: a later one
    if share == 0:
        held = min(held + 1, 2) if frozen[i] > 0.0 and hop > _PASSED else 0
        state.held = held
    for k in range(share * BINS, share * BINS + BINS):
        one, other = FREE * size + k, (FREE + 2) * size + k
        lr, li, rr, ri = get_bin(memory, exponent, k)
        if held == 0 or (held == 1 and k == 0):
            _keep(memory, one, half, lr, li)
            _keep(memory, other, half, rr, ri)
        else:
            if k == 0:  # the phases of 0 Hz and half the rate do not advance
                lr, li, rr, ri = memory[one], memory[one + half], memory[other], memory[other + half]
            else:
                if held == 1:
                    _learn(memory, one, half, lr, li)
                    _learn(memory, other, half, rr, ri)
                lr, li = _turn(memory, one, half)
                rr, ri = _turn(memory, other, half)
            put_bin(memory, exponent, k, lr, li, rr, ri)


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

    3072 frames (64 ms at 48 kHz) late. If it is on from the start, the first two windows (half a window apart) still pass.
    """
    run_spectral(_hold, unchanged, left, right, (frozen,), left_out, right_out, state, memory, n, env)
