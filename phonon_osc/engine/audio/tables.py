"""The sizes of the audio thread's tables, and the meanings of the words of a command, of a notice, and of the shared words.

A *slab* runs one definition at one depth of the graph for ``LANES`` voices. A node is one lane of one slab. Slab 0 belongs to the
orbits (lane = orbit). Lane ``l`` of slab ``s`` is slot ``s * LANES + l``. Row ``c`` of slab ``s``, in a table with ``ROWS`` rows per
slab, begins at ``(s * ROWS + c) * LANES``. ``parts`` declares the tables.
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
MEMORY_CLASSES = (12, 16, 18, 19, 20)  # log2 of the frames of a delay memory; the last two are for rates above 62 kHz
MEMORY_GAP = 80  # floats between two memories; without it, all lanes would share one set of the CPU's cache

CANDIDATES = 64  # voices in a list of voices to steal
CUT_CHAINS = 1024  # a power of two

RECORD = 128  # words of a record; a command with many pairs has several records
MOST_RECORDS = 4  # most records of one command: room for all controls of a definition and of its orbit
PAIRS = 15  # first control pair of a record
PAIRS_OF_ONE = RECORD - PAIRS
MOST_PAIRS = MOST_RECORDS * PAIRS_OF_ONE

# The words of a record. A pair is control | flags << 16 | float bits << 32. In the second and later records of a command, only COUNT and
# MORE (and the pairs) have a meaning. In the ring, MORE is the number of records that follow. In the pool, where the records of a command
# are scattered, MORE is 1 plus the number of the next record, or 0 for the last one.
OP, FRAME, SEQ, NODE, DEFINITION, ORBIT, DURATION, CUT, CUT_SOUND, SEED, FADE_FRAMES, COUNT, EXTRA, BUFFER, MORE = (
    range(15)
)
# EXTRA of OP_NEW is 1 if the voice stops its cut group on all orbits; of OP_SET, the frames of a ramp; of OP_WRITE, the first frame.
MAP_FLAG, ORBIT_FLAG, NIL_FLAG = 1, 2, 4

(OP_NEW, OP_SET, OP_FREE, OP_BUS, OP_PATCH, OP_UNPATCH, OP_MOVE, OP_ORBIT, OP_PANIC, OP_ROUTE, OP_BUFFER, OP_WRITE) = (
    range(1, 13)
)

NOTICE = 4  # words of a notice: kind, node or sequence number, frame, value
(N_STARTED, N_ENDED, N_EXECUTED, N_STALE, N_REFUSED, N_PATCH_REFUSED, N_MOVE_REFUSED) = range(1, 8)

FADING, RELEASING = 1, 2  # lane flags
FADE = 0  # control 0 of every definition: the lane's own level, which is 1 unless the lane fades out

# the words of `shared`; words that different threads write have cache lines of their own
RING_TAIL, RING_HEAD, NOTICE_TAIL, NOTICE_HEAD, TAP_TAIL, TAP_HEAD, CLOCK_SEQ = (8 * k for k in range(7))
BUFFERS_SEQ = 64  # sequence number of the last change of the samples' table
INPUT_TAP_TAIL, INPUT_TAP_HEAD = 72, 80
PANIC_SEQ = 88  # sequence number of the last panic that was sent
SHARED_WORDS = 96
