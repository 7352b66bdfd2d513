"""Sound from outside: the input channels of the sound card, or of a file when rendering."""

from __future__ import annotations

from typing import Any

from dsp.kind import Param, kind
from dsp.lanes import BLOCK, fmax, fmin, inline, to_int

INPUTS = 16  # largest number of channels
FIRST_INPUT = 16384  # the engine keeps the block of input channel k as the sample of this number plus k


@inline
def _pick(buffers: Any, channel: Any) -> Any:
    return buffers.pick(to_int(fmin(fmax(channel, 1.0), float(INPUTS)) + 0.5) + (FIRST_INPUT - 1))


@kind(
    outs=("out",),
    reads_buffers=True,
    reference="the block that the engine fills from its backend",
    channel=Param(
        1.0,
        1.0,
        float(INPUTS),
        smoothing=0.0,
        doc="Number of the input, from 1; an input that does not exist is silent.",
    ),
)
def audio_in(channel: Any, out: Any, buffers: Any, n: Any, env: Any) -> None:
    """An audio input (`phonon-osc serve --inputs 2`): a microphone, an instrument, another program."""
    block = _pick(buffers, channel[0])
    for i in range(n):
        if channel.moving:
            block = _pick(buffers, channel[i])
        left, _ = block.left_right(0 * block.frames + ((env.frame + i) & (BLOCK - 1)))
        out[i] = left
