"""How large the tables of the audio thread are, and what the words of a command, a notice and the shared words mean.

A *slab* runs one definition at one depth of the graph for ``LANES`` voices; a node is one lane of one slab. Slab 0 is the orbits'
(lane = orbit). Index arithmetic used throughout: lane ``l`` of slab ``s`` is slot ``s * LANES + l``; row ``c`` of a table of rows per
slab begins at ``(s * ROWS + c) * LANES``. The tables themselves are declared in ``parts``.
"""

from __future__ import annotations

from dsp.lanes import BLOCK, LANES
from phonon_osc.limits import BUSES, MAX_PERIOD, ORBITS

__all__ = ["BLOCK", "BUSES", "LANES", "MAX_PERIOD", "ORBITS"]

CONTROLS = 192  # controls of one definition
MOVING_WORDS = CONTROLS // 64  # words of a bit mask of controls
STATE_ROWS = 512  # state rows of one definition
MEMORIES = 32  # delay memories of one definition
STEPS = 256  # steps of one definition
STEP_WORDS = 160  # words of a step record: 12 and up to 148 signals
TRIGGERS = 32  # optional steps of one definition
WIRES = 48  # signals between the steps of one definition
CONSTANTS = 64
REGS = WIRES + CONTROLS + CONSTANTS
FIRST_CONTROL = WIRES
FIRST_CONSTANT = WIRES + CONTROLS
OUTLETS = 2
METERS = ORBITS + 1  # the orbits, then the output
INPUT_RING = 16384  # frames of each input channel, a power of two
MEMORY_CLASSES = (12, 16, 18, 19, 20)  # log2 of the frames of a delay memory; the last two for rates above 62 kHz
MEMORY_GAP = 80  # floats between two memories: a power of two apart, all lanes would share one set of the cache

CANDIDATES = 64  # voices that are looked up at a time for stealing
CUT_CHAINS = 1024  # a power of two

RECORD = 128  # words of a command
PAIRS = 14  # first control pair of a command

# words of a command; a pair is control | flags << 16 | float bits << 32
OP, FRAME, SEQ, NODE, DEFINITION, ORBIT, DURATION, CUT, CUT_SOUND, SEED, FADE_FRAMES, COUNT, EXTRA, BUFFER = range(14)
# EXTRA of OP_NEW: 1 if its cut group is silenced on all orbits; of OP_SET: frames of a ramp; of OP_WRITE: the first frame
MAP_FLAG, ORBIT_FLAG, NIL_FLAG = 1, 2, 4

(OP_NEW, OP_SET, OP_FREE, OP_BUS, OP_PATCH, OP_UNPATCH, OP_MOVE, OP_ORBIT, OP_PANIC, OP_ROUTE, OP_BUFFER, OP_WRITE) = (
    range(1, 13)
)

NOTICE = 4  # words of a notice: kind, node or sequence number, frame, value
(N_STARTED, N_ENDED, N_EXECUTED, N_STALE, N_REFUSED) = range(1, 6)

FADING, RELEASING = 1, 2  # lane flags
FADE = 0  # control 0 of every definition: the lane's own level, 1 unless it is being faded out

# words of `shared`, each on a cache line of its own where two threads write
RING_TAIL, RING_HEAD, NOTICE_TAIL, NOTICE_HEAD, TAP_TAIL, TAP_HEAD, CLOCK_SEQ = (8 * k for k in range(7))
BUFFERS_SEQ = 64  # sequence number of the last change of the samples' table
INPUT_TAP_TAIL, INPUT_TAP_HEAD = 72, 80
SHARED_WORDS = 88
