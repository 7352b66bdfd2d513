"""How many of each thing there can be, and times that a listener could notice. Each number stands here, or is taken from `dsp` here.

Times are seconds: they become frames where the rate is known (``engine.allocate``).
"""

from __future__ import annotations

from dsp.lanes import Bus
from dsp.routing.audio_in import FIRST_INPUT, INPUTS

__all__ = ["FIRST_INPUT", "INPUTS"]

COLUMNS = Bus.COLUMNS  # that the voices of an orbit are summed in, on each side
BUCKETS = 4  # sums of voices that may be computed at once
ORBITS = 12
BUSES = 1024  # control buses
DEFINITIONS = 512  # those still sounding included
BUFFERS = FIRST_INPUT  # samples in memory; after them come the inputs
OUTPUTS = 64  # channels
VOICES = (16, 16384)  # fewest and most that `--voices` takes
MAX_PERIOD = 8192  # frames of one call of the process function

ORBIT_SLEEP = 4.0  # seconds of nothing at all put the orbits' effects to sleep: longer than their longest echo
STEAL_FADE = 0.005  # seconds in which a stolen voice falls silent
ATTACK = 1024 / 48000  # seconds: a younger voice has no level worth comparing yet, and is stolen late
