"""Convolution with a loaded sample, the impulse response cut into partitions of equal length.

Time is divided into periods of ``_BLOCK`` frames. Each period computes the spectrum of the last two blocks of input; times the
spectrum of the response's first partition, it completes the output of the next period. The products of earlier blocks with
later partitions were added up before, some in every row. The method is overlap-save.

Each period transforms one partition of the response, just in time: the first input reaches partition p when p is ready. So a
new response sounds at once, and input from before the change rings on with the old one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dsp.kind import Param, Unit, kind
from dsp.lanes import fmax, fmin, inline, plain_int, to_int, wrap_int
from dsp.math.delayline import sane
from dsp.math.fft import backward_butterflies, forward_butterflies, mirrored
from dsp.math.interpolate import cubic
from dsp.math.stft import tick

_SECONDS = 5.4  # seconds of memory: four cells per frame of the response, and the rest
_BLOCK, _SIZE, _EXPONENT = 256, 512, 9
_PER_ROW = 32  # points and butterflies computed per row; half as many bins and results

# The row of a period at which each part of its work starts.
_FORWARD = _SIZE // _PER_ROW
_BINS = _FORWARD + _EXPONENT * (_BLOCK // _PER_ROW)
_SUMS = _BINS + 16
_BACK = 168
_RESULTS = _BACK + _EXPONENT * (_BLOCK // _PER_ROW)

# Cells of the memory. A spectrum has the real parts of its bins below half the rate, then the imaginary ones. The bin at half the
# rate is real and lies in the imaginary part of bin 0.
_INPUT, _RESPONSE = 0, 2 * _SIZE  # two transforms; that of the input is also transformed back
_SUM = 4 * _SIZE
_RING = 5 * _SIZE  # ring of the input, 2 * _SIZE cells
_OUTPUT = 7 * _SIZE
_FRACTION = _OUTPUT + _BLOCK
_SPECTRA = 8 * _SIZE  # spectra of the partitions, then of the blocks


@inline
def _most(rate: Any) -> Any:
    """Number of partitions that fit in the memory."""
    return max((int(rate) * 27 // 5 - _SPECTRA) // (2 * _SIZE), 1)


@inline
def _load_input(memory: Any, now: Any, first: Any) -> None:
    """Load ``_PER_ROW`` points of the last two blocks; before the second block the older one is silence."""
    for m in range(first, first + _PER_ROW):
        memory[_INPUT + m] = memory[_RING + ((now - _SIZE + m) & (2 * _SIZE - 1))]
        memory[_INPUT + _SIZE + m] = 0.0
    if now < _SIZE and first < _BLOCK:
        for m in range(first, first + _PER_ROW):
            memory[_INPUT + m] = 0.0


@inline
def _load_response(memory: Any, sound: Any, place: Any, side: Any, rate: Any, first: Any) -> Any:
    """Load points of a partition: silence after the file's end and in the second half. Returns the next place in the file."""
    ratio = sound.rate / rate
    for m in range(first // 2, first // 2 + _PER_ROW // 2):
        at = wrap_int(place + 0 * sound.frames)
        part = memory[_FRACTION]
        l0, r0 = sound.left_right(at - 1)
        l1, r1 = sound.left_right(at)
        l2, r2 = sound.left_right(at + 1)
        l3, r3 = sound.left_right(at + 2)
        h = cubic(l0 + side * (r0 - l0), l1 + side * (r1 - l1), l2 + side * (r2 - l2), l3 + side * (r3 - l3), part)
        memory[_RESPONSE + m] = sane(ratio * h) if place < sound.frames else 0.0 * part
        memory[_RESPONSE + _BLOCK + m] = 0.0
        memory[_RESPONSE + _SIZE + m] = 0.0
        memory[_RESPONSE + _SIZE + _BLOCK + m] = 0.0
        whole = np.floor(part + ratio)
        memory[_FRACTION] = part + ratio - whole
        place = min(place + plain_int(to_int(fmin(whole, 1e6))), 1 << 30)
    return place


@inline
def _bin(memory: Any, base: Any, k: Any) -> Any:
    """Bin k of a transform of real numbers, as it is packed."""
    at = base + mirrored(k, _EXPONENT)
    imaginary = base + mirrored(_BLOCK, _EXPONENT) if k == 0 else at + _SIZE
    return memory[at], memory[imaginary]


@inline
def _put_bin(memory: Any, base: Any, k: Any, re: Any, im: Any) -> None:
    at, other = base + mirrored(k, _EXPONENT), base + mirrored(_SIZE - k if k > 0 else _BLOCK, _EXPONENT)
    memory[at] = re
    if k == 0:
        memory[other], memory[at + _SIZE], memory[other + _SIZE] = im, 0.0, 0.0
    else:
        memory[other], memory[at + _SIZE], memory[other + _SIZE] = re, im, -im


@inline
def _add_product(memory: Any, a: Any, b: Any) -> None:
    """Add the product of two spectra to the sum."""
    re, im = memory[_SUM] + memory[a] * memory[b], memory[_SUM + _BLOCK] + memory[a + _BLOCK] * memory[b + _BLOCK]
    for k in range(_BLOCK):
        ar, ai, br, bi = memory[a + k], memory[a + _BLOCK + k], memory[b + k], memory[b + _BLOCK + k]
        memory[_SUM + k] = memory[_SUM + k] + (ar * br - ai * bi)
        memory[_SUM + _BLOCK + k] = memory[_SUM + _BLOCK + k] + (ar * bi + ai * br)
    memory[_SUM], memory[_SUM + _BLOCK] = re, im


@inline
def _finish_sum(memory: Any, block: Any, first: Any, used: Any) -> None:
    """For ``_PER_ROW / 2`` bins: keep those of the input and put the complete sums in their place."""
    for k in range(first, first + _PER_ROW // 2):
        xr, xi = _bin(memory, _INPUT, k)
        hr, hi = memory[_SPECTRA + k], memory[_SPECTRA + _BLOCK + k]
        memory[block + k], memory[block + _BLOCK + k] = xr, xi
        re, im = memory[_SUM + k], memory[_SUM + _BLOCK + k]
        if used > 0 and k == 0:
            re, im = re + xr * hr, im + xi * hi
        elif used > 0:
            re, im = re + (xr * hr - xi * hi), im + (xr * hi + xi * hr)
        _put_bin(memory, _INPUT, k, re, im)


@kind(
    ins=("x",),
    state=("file_rate", "side"),
    ints=("clock", "head", "heard", "used", "loading", "loaded", "length", "number", "frames", "place"),
    memory=_SECONDS,
    reads_buffers=True,
    per_lane=True,
    reference="W. G. Gardner, 'Efficient convolution without input-output delay' (JAES 43, 1995); F. Wefers, 'Partitioned convolution "
    "algorithms for real-time auralization' (RWTH Aachen, 2014), ch. 5: uniform partitions",
    buffer=Param(0.0, 0.0, 1e6, Unit.INDEX, smoothing=0.0, doc="Number of the sample that is the impulse response; 0 is silence."),
    channel=Param(0.0, 0.0, 1.0, smoothing=0.0, doc="Side of the sample: 0 is left, 1 is right, values in between mix both."),
    mix=Param(1.0, 0.0, 1.0, doc="0: the input alone, without delay; 1: the convolution alone."),
)  # fmt: skip
def convolve(
    x: Any, buffer: Any, channel: Any, mix: Any, y: Any, state: Any, memory: Any, buffers: Any, n: Any, env: Any
) -> None:
    """Makes the input sound as in the room of an impulse response. 512 frames (11 ms at 48 kHz) late.

    It uses the first 1.3 s of the response and interpolates one of another rate. Replacing a response takes as long as the
    longer of the two; a further change waits until then.
    """
    clock, head, heard = plain_int(state.clock), plain_int(state.head), plain_int(state.heard)
    used, length, place = plain_int(state.used), plain_int(state.length), plain_int(state.place)
    loading, loaded = plain_int(state.loading), plain_int(state.loaded)
    most = _most(env.rate)
    blocks = _SPECTRA + most * _SIZE
    for i in range(n):
        turn = clock & (_BLOCK - 1)
        now = clock - turn
        ready = now >= _BLOCK  # a whole block of input is there
        at = _RING + (clock & (2 * _SIZE - 1))
        memory[at] = sane(x[i])
        wet = memory[_OUTPUT + turn] if now >= _SIZE else 0.0 * memory[at]
        share = fmin(fmax(mix[i], 0.0), 1.0)
        y[i] = memory[at] + share * (wet - memory[at])

        if turn == 0 and loading == 0:
            number = to_int(fmin(fmax(buffer[i], 0.0), 1e6))
            side = fmin(fmax(channel[i], 0.0), 1.0)
            sound = buffers.pick(number)
            new = number != state.number or sound.frames != state.frames or sound.rate != state.file_rate
            if new or side != state.side:
                state.number, state.frames, state.file_rate, state.side = number, sound.frames, sound.rate, side
                loading, loaded, length, place = 1, 0, 0, 0
                memory[_FRACTION] = 0.0
        if turn < _FORWARD:
            if ready:
                _load_input(memory, now, _PER_ROW * turn)
            if loading == 1:
                sound = buffers.pick(state.number)
                if turn == 0 and place < sound.frames:
                    length = loaded + 1
                place = _load_response(memory, sound, place, state.side, env.rate, _PER_ROW * turn)
        elif turn < _BINS:
            first = _PER_ROW * (turn - _FORWARD)
            for base in range(_INPUT if ready else _RESPONSE, _RESPONSE + loading, _RESPONSE - _INPUT):
                half = _BLOCK >> (first // _BLOCK)
                forward_butterflies(memory, base, _SIZE, half, first & (_BLOCK - 1), _PER_ROW)
        elif turn < _SUMS:
            first = (turn - _BINS) * (_PER_ROW // 2)
            if ready:
                _finish_sum(memory, blocks + head * _SIZE, first, used)
            for k in range(first, first + _PER_ROW // 2):
                memory[_SUM + k], memory[_SUM + _BLOCK + k] = 0.0, 0.0
                if loading == 1:
                    re, im = _bin(memory, _RESPONSE, k)
                    memory[_SPECTRA + loaded * _SIZE + k] = re
                    memory[_SPECTRA + loaded * _SIZE + _BLOCK + k] = im
            if turn == _SUMS - 1:
                heard = min(heard + 1, most) if ready else 0
                used = max(used, loaded + 1) if loading == 1 else used
        else:
            # partitions per row; the first partition is not among them
            per = (used + _BLOCK - _SUMS - 2) // (_BLOCK - _SUMS)
            first = 1 + (turn - _SUMS) * per
            for p in range(first, min(first + per, min(used, heard + 1))):
                block = head + 1 - p
                _add_product(memory, blocks + (block if block >= 0 else block + most) * _SIZE, _SPECTRA + p * _SIZE)
            if ready and turn >= _BACK:
                first = _PER_ROW * (turn - _BACK)
                if turn < _RESULTS:
                    backward_butterflies(memory, _INPUT, _SIZE, 1 << (first // _BLOCK), first & (_BLOCK - 1), _PER_ROW)
                else:
                    first = (turn - _RESULTS) * (_PER_ROW // 2)
                    for m in range(first, first + _PER_ROW // 2):
                        memory[_OUTPUT + m] = (1.0 / _SIZE) * memory[_INPUT + _BLOCK + m]
        if turn == _BLOCK - 1:
            if ready:
                head = head + 1 if head + 1 < most else 0
            if loading == 1:
                loaded = loaded + 1
                if loaded >= most or (loaded >= used and place >= plain_int(state.frames)):
                    loading, used = 0, length
        clock = tick(clock)
    state.clock, state.head, state.heard, state.used = clock, head, heard, used
    state.loading, state.loaded, state.length, state.place = loading, loaded, length, place
