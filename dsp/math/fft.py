"""Fourier transforms in the cells of a memory, a few butterflies at a time, for kinds declared ``per_lane``.

Radix 2, in place: forward by decimation in frequency, which leaves bin k at ``mirrored(k)``; backward by decimation in time, which
expects bin k there. So no reordering is needed. Real parts lie in ``size`` cells from ``base`` on, imaginary parts after them.

Source: A. V. Oppenheim and R. W. Schafer, Discrete-Time Signal Processing, 3rd ed., ch. 9.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.lanes import inline

_BITS = 12  # transforms of at most 4096 points
LARGEST = _BITS
# For every power of two h, the h steps of half a turn start at cell h: so the factors of a stage lie side by side.
_STEPS = np.arange(2 << _BITS)
_SPANS = 2.0 ** np.floor(np.log2(np.maximum(_STEPS, 1)))
_COSINE = np.cos(np.pi * (_STEPS / _SPANS - 1.0)).astype(np.float32)[: 1 << _BITS]
_SINE = np.sin(np.pi * (_STEPS / _SPANS - 1.0)).astype(np.float32)
_MIRRORED = np.array([int(f"{k:0{_BITS}b}"[::-1], 2) for k in range(1 << _BITS)], np.int16)


@inline
def mirrored(k: Any, exponent: Any) -> Any:
    """The place of bin k of 2^exponent bins: k with its bits reversed."""
    return _MIRRORED[k] >> (_BITS - exponent)


@inline
def sine_window(m: Any, size: Any) -> Any:
    """sin(pi m / size), 0 <= m < size, a power of two: the squares of windows that overlap by half add up to 1."""
    return _SINE[size + m]


@inline
def forward_butterflies(memory: Any, base: Any, size: Any, half: Any, first: Any, count: Any) -> None:
    """``count`` (a power of two) of the size / 2 butterflies of a stage of the transform with e^(-2 pi i ...).

    ``first`` is a multiple of ``count``; ``half`` is the stage: size / 2 is the first, 1 the last.
    """
    run = min(half, count)
    k = first
    while k < first + count:
        j = k & (half - 1)
        a = base + 2 * (k - j) + j
        for m in range(run):
            p = a + m
            q = p + half
            c, s = _COSINE[half + j + m], _SINE[half + j + m]
            pr, pi, qr, qi = memory[p], memory[p + size], memory[q], memory[q + size]
            dr, di = pr - qr, pi - qi
            memory[p] = pr + qr
            memory[p + size] = pi + qi
            memory[q] = dr * c + di * s
            memory[q + size] = di * c - dr * s
        k += run


@inline
def backward_butterflies(memory: Any, base: Any, size: Any, half: Any, first: Any, count: Any) -> None:
    """The butterflies of a stage of the transform with e^(+2 pi i ...), not divided by ``size``; ``half`` is 1 first, size / 2 last."""
    run = min(half, count)
    k = first
    while k < first + count:
        j = k & (half - 1)
        a = base + 2 * (k - j) + j
        for m in range(run):
            p = a + m
            q = p + half
            c, s = _COSINE[half + j + m], _SINE[half + j + m]
            pr, pi, qr, qi = memory[p], memory[p + size], memory[q], memory[q + size]
            dr, di = qr * c - qi * s, qi * c + qr * s
            memory[p] = pr + dr
            memory[p + size] = pi + di
            memory[q] = pr - dr
            memory[q + size] = pi - di
        k += run
