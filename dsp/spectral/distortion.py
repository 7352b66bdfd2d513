"""Distortion of spectra: SuperDirt's conformer and enhance."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, kind
from dsp.lanes import fmax, fmin, inline, plain_int, to_int
from dsp.math.hyperbolic import tanh
from dsp.math.stft import BINS, FREE, SECONDS, get_bin, put_bin, round_of, run_spectral

_QUIET = 1e-12  # bins with less power stay as they are, so that silence stays silent


@inline
def _mapped(x: Any, y: Any, p: Any, q: Any) -> Any:
    """The map of z = x + iy for a = p + iq.

    The imaginary part uses the real part that is already multiplied, as scsynth's PV_ConformalMap does. So it is not conformal, and
    louder: recordings of SuperDirt say so.
    """
    u, v = 1.0 - (x * p + y * q), x * q - y * p
    share = 1.0 / fmax(u * u + v * v, 1e-3)
    if x * x + y * y < _QUIET:
        return x + 0.0 * share, y + 0.0 * share
    re = (x - p) * u + (y - q) * v
    return re * share, ((y - q) * u - re * v) * share


@inline
def _map_bins(share: Any, hop: Any, i: Any, params: Any, state: Any, memory: Any, exponent: Any, env: Any) -> None:
    """Map every bin except 0 Hz and half the rate."""
    real, imag = params
    p, q = 0.01 + 1.99 * fmin(fmax(real[i], 0.0), 1.0), 0.01 + 9.99 * fmin(fmax(imag[i], 0.0), 1.0)
    for k in range(max(share * BINS, 1), share * BINS + BINS):
        lr, li, rr, ri = get_bin(memory, exponent, k)
        lr, li = _mapped(lr, li, p, q)
        rr, ri = _mapped(rr, ri, p, q)
        put_bin(memory, exponent, k, lr, li, rr, ri)


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    ints=("clock",),
    memory=SECONDS,
    per_lane=True,
    reference="SuperDirt conformer (docs/dirt.md, Effects): about (z - a) / (1 - z conj a) for every bin z, then tanh",
    real=Param(0.0, 0.0, 1.0, smoothing=0.0, doc="Real part of a is 0.01 + 1.99 times this."),
    imag=Param(0.0, 0.0, 1.0, smoothing=0.0, doc="Imaginary part of a is 0.01 + 9.99 times this."),
)
def conformer(
    left: Any, right: Any, real: Any, imag: Any, left_out: Any, right_out: Any, state: Any, memory: Any, n: Any, env: Any,
) -> None:  # fmt: skip
    """Maps the bins of the spectrum as complex numbers: soft bins change their phase, loud bins get similar values.

    3072 frames (64 ms at 48 kHz) late.
    """
    run_spectral(_map_bins, tanh, left, right, (real, imag), left_out, right_out, state, memory, n, env)


@inline
def _magnitudes(memory: Any, exponent: Any, k: Any) -> None:
    """Keep the magnitudes of bin k of both channels in cells of the kernel, and their sums with partials beside them."""
    half = 1 << (exponent - 1)
    lr, li, rr, ri = get_bin(memory, exponent, k)
    first = FREE * 2 * half + k
    memory[first] = np.sqrt(lr * lr + li * li)
    memory[first + half] = memory[first]
    memory[first + 2 * half] = np.sqrt(rr * rr + ri * ri)
    memory[first + 3 * half] = memory[first + 2 * half]


@inline
def _louder(part: Any, whole: Any) -> Any:
    """Factor that makes a magnitude ``part`` the magnitude ``whole``. A silent bin has no phase and stays silent."""
    return whole / fmax(part, 1e-12)


@inline
def _add_partials(share: Any, hop: Any, i: Any, params: Any, state: Any, memory: Any, exponent: Any, env: Any) -> None:
    """First round: keep the magnitudes. Second round, from the lowest bin up: add those of each bin to its partials, which
    never lie below it. So a bin's own sum is complete when its turn comes."""
    (amount,) = params
    half = 1 << (exponent - 1)
    knob = fmin(fmax(amount[i], 0.0), 1.0)
    partials = plain_int(to_int(np.floor(1.0 + 15.0 * knob)))
    ratio, strength = 1.0 + 4.0 * knob, 0.99 * knob
    second_round, begin = round_of(share, exponent)
    for m in range(begin, begin + 2 * BINS):
        if not second_round:
            _magnitudes(memory, exponent, m)
        elif m > 0:
            first = FREE * 2 * half
            for p in range(1, partials + 1):
                to = 1 + plain_int(to_int(np.floor((m - 1) * (ratio * p))))
                if to >= half:
                    break
                part = strength / p
                memory[first + half + to] = memory[first + half + to] + part * memory[first + m]
                memory[first + 3 * half + to] = memory[first + 3 * half + to] + part * memory[first + 2 * half + m]
            lr, li, rr, ri = get_bin(memory, exponent, m)
            left = _louder(memory[first + m], memory[first + half + m])
            right = _louder(memory[first + 2 * half + m], memory[first + 3 * half + m])
            put_bin(memory, exponent, m, left * lr, left * li, right * rr, right * ri)


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    ints=("clock",),
    memory=SECONDS,
    per_lane=True,
    reference="SuperDirt enhance (docs/dirt.md, Effects): partial p of bin k is `ratio` p times as high, counted from bin 1; its "
    "magnitude grows by `strength` / p of bin k's, its phase stays",
    amount=Param(
        0.3, 0.0, 1.0, smoothing=0.0, aliases=("enhance",),
        doc="Sets 1 to 16 partials, their `ratio` (1 to 5) and their `strength` (0 to 0.99).",
    ),
)  # fmt: skip
def enhance(
    left: Any, right: Any, amount: Any, left_out: Any, right_out: Any, state: Any, memory: Any, n: Any, env: Any
) -> None:
    """Adds partials to everything in the spectrum, then tanh. 3072 frames (64 ms at 48 kHz) late."""
    run_spectral(_add_partials, tanh, left, right, (amount,), left_out, right_out, state, memory, n, env)
