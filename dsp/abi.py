"""The arguments of a compiled kernel, shared by ``dsp.compile`` (callee) and the engine (caller).

``kernel(regs, step, state, memory, first, n, env)``, all 64-bit words:

- ``regs``: pairs (address, stride in bytes) of signals; a register of stride 0 is constant for the call.
- ``step``: the step's record in its plan: the words named below, then one register number per input, parameter and output.
- ``state``: first lane of the pass in the step's state rows (a row is ``LANES`` words of four bytes).
- ``memory``: first lane of the pass in the step's row of memory addresses (a row is ``LANES`` addresses).
- ``first``, ``n``: first row and number of rows.
- ``env``: an ``ENV``.
"""

from __future__ import annotations

from .lanes import LANES
from .structs import Struct

STATE_ROW = LANES * 4  # bytes from one state row to the next

# words of a step record
STEP_KERNEL = 0  # address of the compiled kernel, for a narrow pass
STEP_TRIGGER = 1  # bit number in the lane masks of optional steps, -1 for a step that always runs
STEP_RATE = 2  # 0 audio: every row; 1 control: one row per block
STEP_STATE = 3  # first state row
STEP_MEMORY = 4  # row of memory addresses, -1 for none
STEP_MEMORY_MASK = 5  # size of the memory in frames, minus one (a power of two minus one)
STEP_SALT = 6  # a number that gives each step of a plan its own random sequence
STEP_OUTS = 7  # number of signals before the outputs
STEP_OUT_COUNT = 8
STEP_STATE_ROWS = 9
STEP_KERNEL_WIDE = 10  # the same kernel for a wide pass
STEP_MEMORY_STRIDE = 11  # bytes between two frames of a memory: 4, or STATE_ROW if lanes are interleaved
STEP_SIGNALS = 12  # register numbers start here

ENV = Struct(
    "Env",
    rate="f64",  # frames per second (of the audio, or of the grid for steps at control rate)
    dt="f64",  # 1 / rate
    frame="i64",  # absolute frame of the row given as `first`
    age="*i32",  # per lane: frames since its start
    seed="*i32",  # per lane
    orbit="*i32",  # per lane
    peak="*f32",  # per lane: highest absolute output of the block
    active="i64",  # the lanes of this pass that sound, one bit each
    column="i64",  # first lane of the pass
    sums="*f32",  # (orbit, channel, BLOCK, 16)
    buffer_data="*i64",  # per sample: address of its first frame
    buffer_frames="*i32",
    buffer_rate="*f32",
    buffers="i64",  # number of samples
)
