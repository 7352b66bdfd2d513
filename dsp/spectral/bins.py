"""Kinds that blur, move and mix bins: SuperDirt's smear, binshift and scram."""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, kind
from dsp.lanes import fmax, fmin, inline, plain_int, to_int, wrap_int
from dsp.math.exponential import exp2
from dsp.math.noise import uniform
from dsp.math.stft import (
    BINS,
    FREE,
    SECONDS,
    get_bin,
    pair_cells,
    put_bin,
    round_of,
    run_spectral,
    scale_bin,
    unchanged,
)

_WIDEST = 6.0  # the most neighbours on each side, as a power of two


@inline
def _smeared(memory: Any, magnitudes: Any, k: Any, half: Any, wide: Any) -> Any:
    """Gain of a bin. The cell after the ``half`` magnitudes holds the running sum of the neighbours' magnitudes."""
    total = memory[magnitudes + half]
    if k == 0:
        total = 0.0 * memory[magnitudes]
        for m in range(wide):
            total = total + memory[magnitudes + m]
    if k + wide < half:
        total = total + memory[magnitudes + k + wide]
    if k > wide:
        total = fmax(total - memory[magnitudes + k - wide - 1], 0.0)
    memory[magnitudes + half] = total
    # Neighbours beyond the ends of the spectrum count as silent bins: SuperDirt's mean has the same divisor everywhere.
    return memory[magnitudes + half] / ((2 * wide + 1) * fmax(memory[magnitudes + k], 1e-12))


@inline
def _smear(share: Any, hop: Any, i: Any, params: Any, state: Any, memory: Any, exponent: Any, env: Any) -> None:
    """First round: keep the magnitudes. Second round: replace them by their means."""
    (amount,) = params
    size = 1 << exponent
    half = size // 2
    first, second = FREE * size, (FREE + 1) * size
    wide = plain_int(state.wide)
    second_round, begin = round_of(share, exponent)
    if not second_round:
        wide = min(plain_int(to_int(exp2(_WIDEST * fmin(fmax(amount[i], 0.0), 1.0)) + 0.5)), half // 2)
        state.wide = wide
    for k in range(begin, begin + 2 * BINS):
        lr, li, rr, ri = get_bin(memory, exponent, k)
        if k == 0:  # 0 Hz counts as a neighbour, but does not change
            li, ri = 0.0 * li, 0.0 * ri
        if not second_round:
            memory[first + k] = np.sqrt(lr * lr + li * li)
            memory[second + k] = np.sqrt(rr * rr + ri * ri)
        else:
            p, q = _smeared(memory, first, k, half, wide), _smeared(memory, second, k, half, wide)
            if k > 0:
                put_bin(memory, exponent, k, p * lr, p * li, q * rr, q * ri)


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    ints=("clock", "wide"),
    memory=SECONDS,
    per_lane=True,
    reference="SuperDirt smear (docs/dirt.md, Effects): magnitudes averaged over 64^`amount` bins to either side, phases kept",
    amount=Param(
        0.5, 0.0, 1.0, smoothing=0.0, doc="How far: from 1 bin to 64 (1500 Hz at 48 kHz).", aliases=("smear",)
    ),
)
def smear(
    left: Any, right: Any, amount: Any, left_out: Any, right_out: Any, state: Any, memory: Any, n: Any, env: Any
) -> None:
    """Blurs the spectrum: tones become bands of noise. 3072 frames (64 ms at 48 kHz) late."""
    run_spectral(_smear, unchanged, left, right, (amount,), left_out, right_out, state, memory, n, env)


@inline
def _put_aside(memory: Any, exponent: Any, k: Any) -> None:
    """Copy bin k of both channels, packed as it is, to cells of the kernel."""
    size = 1 << exponent
    up, down = pair_cells(k, exponent)
    first, second = FREE * size + k, (FREE + 2) * size + k
    memory[first], memory[first + size] = memory[up], memory[up + size]
    memory[second], memory[second + size] = memory[down], memory[down + size]


@inline
def _add(memory: Any, exponent: Any, k: Any, kept: Any, part: Any) -> None:
    """Add the share ``part`` of the copied bin ``kept`` to bin k."""
    size = 1 << exponent
    up, down = pair_cells(k, exponent)
    first, second = FREE * size + kept, (FREE + 2) * size + kept
    memory[up] = memory[up] + part * memory[first]
    memory[up + size] = memory[up + size] + part * memory[first + size]
    memory[down] = memory[down] + part * memory[second]
    memory[down + size] = memory[down + size] + part * memory[second + size]


@inline
def _shift(share: Any, hop: Any, i: Any, params: Any, state: Any, memory: Any, exponent: Any, env: Any) -> None:
    """First round: copy the bins. Second round: add each at its new place."""
    stretch, shift, amount = params
    half = (1 << exponent) // 2
    factor, more = fmin(fmax(stretch[i], 0.0), 8.0), fmin(fmax(shift[i], -500.0), 500.0)
    knob = fmin(fmax(amount[i], 0.0), 1.0)
    if knob > 0.0:
        factor = 0.01 + 3.99 * knob
        more = 10.0 * knob + 1.0 - factor  # SuperDirt counts from the bin above 0 Hz
    second_round, begin = round_of(share, exponent)
    for k in range(begin, begin + 2 * BINS):
        if not second_round:
            _put_aside(memory, exponent, k)
            scale_bin(memory, exponent, k, 0.0)
        elif k > 0:
            place = k * factor + more
            low = np.floor(place)
            whole = plain_int(to_int(low))
            if whole > 0 and whole < half:
                _add(memory, exponent, whole, k, 1.0 - (place - low))
            if whole + 1 > 0 and whole + 1 < half:
                _add(memory, exponent, whole + 1, k, place - low)


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    ints=("clock",),
    memory=SECONDS,
    per_lane=True,
    reference="SuperDirt binshift (docs/dirt.md, Effects): bin k goes to `stretch` k + `shift`; if that lies between two bins, to both",
    stretch=Param(1.0, 0.0, 8.0, smoothing=0.0, doc="Factor of every frequency."),
    shift=Param(0.0, -500.0, 500.0, smoothing=0.0, doc="Added after that, in bins (23.4 Hz at 48 kHz)."),
    amount=Param(
        0.0, 0.0, 1.0, smoothing=0.0, aliases=("binshift",),
        doc="SuperDirt's single control for both: above 0, `stretch` is 0.01 + 3.99 `amount`, `shift` 10 `amount` + 1 - `stretch`.",
    ),
)  # fmt: skip
def bin_shift(
    left: Any, right: Any, stretch: Any, shift: Any, amount: Any, left_out: Any, right_out: Any, state: Any, memory: Any,
    n: Any, env: Any,
) -> None:  # fmt: skip
    """Stretches and shifts the spectrum, window by window. It does not correct phases, and it drops 0 Hz.

    3072 frames (64 ms at 48 kHz) late.
    """
    run_spectral(_shift, unchanged, left, right, (stretch, shift, amount), left_out, right_out, state, memory, n, env)


@inline
def _other(k: Any, far: Any, half: Any, at: Any) -> Any:
    """The bin that replaces bin k: all within ``far`` bins of it are equally likely. ``at`` is the place in the noise."""
    low, top = fmax(k - far, 1.0), fmin(k + far, 1.0 * half)
    return plain_int(to_int(fmin(low + (top - low) * (0.5 + 0.5 * uniform(wrap_int(at))), half - 1.0)))


@inline
def _scramble(share: Any, hop: Any, i: Any, params: Any, state: Any, memory: Any, exponent: Any, env: Any) -> None:
    """First round: copy the bins. Second round: replace some by others, in each channel by its own draw."""
    amount, reach, seed = params
    half = (1 << exponent) // 2
    part, far = fmin(fmax(amount[i], 0.0), 1.0), fmin(fmax(reach[i], 0.0), 1.0) * half
    first = FREE * 2 * half
    second_round, begin = round_of(share, exponent)
    for k in range(begin, begin + 2 * BINS):
        lr, li, rr, ri = get_bin(memory, exponent, k)
        if not second_round:
            memory[first + k], memory[first + half + k] = lr, li
            memory[first + 2 * half + k], memory[first + 3 * half + k] = rr, ri
        elif k > 0:
            if uniform(wrap_int(seed + 4 * k)) < 2.0 * part - 1.0:
                one = first + _other(k, far, half, seed + 4 * k + 1)
                lr, li = memory[one], memory[one + half]
            if uniform(wrap_int(seed + 4 * k + 2)) < 2.0 * part - 1.0:
                two = first + 2 * half + _other(k, far, half, seed + 4 * k + 3)
                rr, ri = memory[two], memory[two + half]
            put_bin(memory, exponent, k, lr, li, rr, ri)


@kind(
    ins=("left", "right"),
    outs=("left_out", "right_out"),
    ints=("clock",),
    memory=SECONDS,
    seeded=True,
    per_lane=True,
    reference="SuperDirt scram (docs/dirt.md, Effects)",
    amount=Param(
        0.3, 0.0, 1.0, smoothing=0.0, doc="Share of the bins that others replace; the choice never changes.", aliases=("scram",)
    ),
    reach=Param(0.3, 0.0, 1.0, smoothing=0.0, doc="Largest distance of the others, as a share of the spectrum; SuperDirt uses `amount`."),
)  # fmt: skip
def scramble(
    left: Any, right: Any, amount: Any, reach: Any, left_out: Any, right_out: Any, state: Any, memory: Any, seed: Any,
    n: Any, env: Any,
) -> None:  # fmt: skip
    """Mixes up the bins of the spectrum at random, differently in each voice and channel. 3072 frames (64 ms at 48 kHz) late."""
    run_spectral(_scramble, unchanged, left, right, (amount, reach, seed), left_out, right_out, state, memory, n, env)
