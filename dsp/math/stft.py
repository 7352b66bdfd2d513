"""Overlapping windows of two channels, transformed to spectra and back, with the work spread evenly over the time of a hop.

Left and right are the real and the imaginary part of one transform, separated bin by bin. Frames (here: windows) of ``size`` =
2^exponent points start half a size apart, with sine windows before and after the transform. An unchanged spectrum gives exactly the
input, 1.5 sizes later: one to fill the frame, half of one to work on it.

For kinds declared ``per_lane``, with an integer of state named ``clock``. A kernel passes its work on the bins to ``run_spectral``, which
calls it once per share. That work may use four sizes of cells, from ``FREE`` sizes on.

Source: J. B. Allen, 'Short term spectral analysis, synthesis, and modification by discrete Fourier transform' (IEEE ASSP 25, 1977).
"""

from __future__ import annotations

from typing import Any

from dsp.lanes import inline, plain_int
from dsp.math.delayline import sane
from dsp.math.fft import LARGEST, backward_butterflies, forward_butterflies, mirrored, sine_window

SECONDS = 0.67  # seconds of delay memory: at least 14 sizes at any rate
FREE = 10
BINS = 8  # bins (with their mirror images) per share; twice as many if a kernel goes through them twice
_PER_ROW = 32  # points or butterflies per row: half of a frame's points, or a stage of a transform, take 1/32 of a hop
_SPECTRUM, _OUTPUTS = 4, 6  # in sizes; rings of two sizes for each input, the transform, rings of two for each output


@inline
def frame_exponent(rate: Any) -> Any:
    """The exponent of the size: 2048 points at 44.1 and 48 kHz; at other rates the power of two closest to 43 ms."""
    exponent = 6
    while (2 << exponent) * 21.5 <= rate and exponent < LARGEST:
        exponent += 1
    return exponent


def latency(rate: float) -> int:
    """Delay from input to output in frames."""
    return 3 << (int(frame_exponent(rate)) - 1)


@inline
def tick(clock: Any) -> Any:
    """The clock of the next frame: frames since the lane's start, later reduced to a number with the same place in the rings."""
    return clock + 1 if clock < 1 << 30 else clock + 1 - (1 << 29)


@inline
def hop_of(clock: Any, exponent: Any) -> Any:
    """Number of hops before this one. The first hop has no input to work on, the second half a frame."""
    return clock >> (exponent - 1)


# Runs of ``_PER_ROW`` points never cross the end of a ring, since they all start at multiples of it.
@inline
def _window_in(memory: Any, size: Any, now: Any, first: Any, hop: Any) -> None:
    """Load ``_PER_ROW`` points of the frame that ended at ``now``."""
    base = _SPECTRUM * size + first
    place = (now - size + first) & (2 * size - 1)
    if hop < 2 and first < size // 2:  # before the lane's start
        for m in range(_PER_ROW):
            memory[base + m] = 0.0
            memory[base + size + m] = 0.0
    else:
        for m in range(_PER_ROW):
            w = sine_window(first + m, size)
            memory[base + m] = w * memory[place + m]
            memory[base + size + m] = w * memory[2 * size + place + m]


@inline
def _window_out(memory: Any, size: Any, now: Any, first: Any, hop: Any) -> None:
    """Add ``_PER_ROW`` points of the frame to the output, starting with the next hop."""
    base = _SPECTRUM * size + first
    place = _OUTPUTS * size + ((now + size // 2 + first) & (2 * size - 1))
    scale = 1.0 / size
    overlapping = hop > 1 and first < size // 2  # the second half of the previous frame is already there
    for m in range(_PER_ROW):
        w = scale * sine_window(first + m, size)
        left, right = w * memory[base + m], w * memory[base + size + m]
        if overlapping:
            left, right = left + memory[place + m], right + memory[place + 2 * size + m]
        memory[place + m] = left
        memory[place + 2 * size + m] = right


@inline
def step(memory: Any, exponent: Any, clock: Any, left: Any, right: Any) -> Any:
    """(left, right, share): the output for this frame, and the number of the share of work that the kernel must do now,
    0 to size / 16 - 1; -1 is none."""
    size = 1 << exponent
    hop = hop_of(clock, exponent)
    turn = clock & (size // 2 - 1)
    now = clock - turn
    at = clock & (2 * size - 1)
    memory[at] = sane(left)
    memory[2 * size + at] = sane(right)
    a, b, share = 0.0 * memory[at], 0.0 * memory[at], -1
    if hop > 1:  # before that, no frame is finished
        a, b = memory[_OUTPUTS * size + at], memory[(_OUTPUTS + 2) * size + at]
    if hop > 0:
        part = turn >> (exponent - 6)
        first = _PER_ROW * turn
        k = first & (size // 2 - 1)
        own = 2 + exponent
        back = own + 4
        if part < 2:
            _window_in(memory, size, now, first, hop)
        elif part < own:
            forward_butterflies(memory, _SPECTRUM * size, size, size >> (part - 1), k, _PER_ROW)
        elif part < back:
            share = turn - own * (size // 64)
        elif part < back + exponent:
            backward_butterflies(memory, _SPECTRUM * size, size, 1 << (part - back), k, _PER_ROW)
        elif part < back + exponent + 2:
            _window_out(memory, size, now, first - (back + exponent) * (size // 2), hop)
    return a, b, share


@inline
def pair_cells(k: Any, exponent: Any) -> Any:
    """Cells of the real parts of the bins k and -k, 0 < k < size / 2, and for k = 0 of 0 Hz and half the rate. The imaginary parts
    lie a size further."""
    size = 1 << exponent
    other = size - k if k > 0 else size // 2
    return _SPECTRUM * size + mirrored(k, exponent), _SPECTRUM * size + mirrored(other, exponent)


@inline
def get_bin(memory: Any, exponent: Any, k: Any) -> Any:
    """Bin k < size / 2 of left (real and imaginary part) and right. In bin 0 the real part is 0 Hz, the imaginary part half the rate."""
    size = 1 << exponent
    up, down = pair_cells(k, exponent)
    ar, ai, br, bi = memory[up], memory[up + size], memory[down], memory[down + size]
    lr, li, rr, ri = 0.5 * (ar + br), 0.5 * (ai - bi), 0.5 * (ai + bi), 0.5 * (br - ar)
    if k == 0:
        lr, li, rr, ri = ar + 0.0 * lr, br + 0.0 * lr, ai + 0.0 * lr, bi + 0.0 * lr
    return lr, li, rr, ri


@inline
def put_bin(memory: Any, exponent: Any, k: Any, lr: Any, li: Any, rr: Any, ri: Any) -> None:
    """Write bin k of left and right, as ``get_bin`` reads it."""
    size = 1 << exponent
    up, down = pair_cells(k, exponent)
    if k == 0:
        memory[up], memory[up + size] = lr, rr
        memory[down], memory[down + size] = li, ri
    else:
        memory[up], memory[up + size] = lr - ri, li + rr
        memory[down], memory[down + size] = lr + ri, rr - li


@inline
def scale_bin(memory: Any, exponent: Any, k: Any, gain: Any) -> None:
    """Multiply bin k of both channels by a factor."""
    size = 1 << exponent
    up, down = pair_cells(k, exponent)
    memory[up] = gain * memory[up]
    memory[up + size] = gain * memory[up + size]
    memory[down] = gain * memory[down]
    memory[down + size] = gain * memory[down + size]


@inline
def round_of(share: Any, exponent: Any) -> Any:
    """For kernels that go through the bins twice: (whether this is the second round, the first of 2 ``BINS`` bins)."""
    half = (1 << exponent) // 32
    return share >= half, 2 * BINS * (share & (half - 1))


@inline
def unchanged(x: Any) -> Any:
    """The ``finish`` of most spectral kinds, for ``run_spectral``: it changes nothing."""
    return x


@inline
def run_spectral(
    work: Any, finish: Any, left: Any, right: Any, params: Any, left_out: Any, right_out: Any, state: Any, memory: Any,
    n: Any, env: Any,
) -> None:  # fmt: skip
    """The body of a spectral kind.

    ``work(share, hop, i, params, state, memory, exponent, env)`` does one share of the work on the bins, in row i; hops are counted from
    the lane's start. ``finish`` is applied to both outputs.
    """
    clock, exponent = plain_int(state.clock), frame_exponent(env.rate)
    for i in range(n):
        a, b, share = step(memory, exponent, clock, left[i], right[i])
        if share >= 0:
            work(share, hop_of(clock, exponent), i, params, state, memory, exponent, env)
        left_out[i] = finish(a)
        right_out[i] = finish(b)
        clock = tick(clock)
    state.clock = clock
