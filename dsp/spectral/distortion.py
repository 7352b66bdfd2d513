"""Distortion of spectra: SuperDirt's conformer and enhance."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, kind
from dsp.lanes import fmax, fmin, inline, plain_int, to_int
from dsp.math.hyperbolic import tanh
from dsp.math.stft import BINS, SECONDS, get_bin, pair_cells, put_bin, run_spectral

_QUIET = 1e-12  # bins with less power stay as they are, so that silence stays silent


@inline
def _mapped(x: Any, y: Any, p: Any, q: Any) -> Any:
    """(z - a) / (1 - z conj a) of z = x + iy, a = p + iq."""
    u, v = 1.0 - (x * p + y * q), x * q - y * p
    share = 1.0 / fmax(u * u + v * v, 1e-6)
    if x * x + y * y < _QUIET:
        return x + 0.0 * share, y + 0.0 * share
    return ((x - p) * u + (y - q) * v) * share, ((y - q) * u - (x - p) * v) * share


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
    reference="SuperDirt conformer (docs/dirt.md, Effects): every bin z becomes (z - a) / (1 - z conj a), then tanh",
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
def _add(memory: Any, exponent: Any, to: Any, of: Any, part: Any) -> None:
    """Add a share of bin ``of`` to bin ``to``, in both channels."""
    size = 1 << exponent
    up, down = pair_cells(to, exponent)
    first, second = pair_cells(of, exponent)
    memory[up] = memory[up] + part * memory[first]
    memory[up + size] = memory[up + size] + part * memory[first + size]
    memory[down] = memory[down] + part * memory[second]
    memory[down + size] = memory[down + size] + part * memory[second + size]


@inline
def _add_partials(share: Any, hop: Any, i: Any, params: Any, state: Any, memory: Any, exponent: Any, env: Any) -> None:
    """Add the partials of every bin, from the highest bin down, so that added partials get no partials themselves."""
    (amount,) = params
    half = (1 << exponent) // 2
    knob = fmin(fmax(amount[i], 0.0), 1.0)
    partials = plain_int(to_int(np.floor(1.0 + 15.0 * knob)))
    ratio, strength = 1.0 + 4.0 * knob, 0.99 * knob
    first = half - 1 - share * BINS
    for k in range(first, max(first - BINS, 0), -1):
        part = strength
        for p in range(1, partials + 1):
            to = plain_int(to_int(k * (1.0 + ratio * p) + 0.5))
            if to >= half:
                break
            _add(memory, exponent, to, k, part)
            part = part * strength


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    ints=("clock",),
    memory=SECONDS,
    per_lane=True,
    reference="SuperDirt enhance (docs/dirt.md, Effects): partial p of bin k is bin k (1 + `ratio` p), `strength`^p as loud",
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
