"""How many of each thing there can be, and times that a listener could notice. Other modules take these numbers from here.

Times are in seconds. They become frames where the rate is known (``engine.allocate``).
"""

from __future__ import annotations

from dsp.lanes import Bus
from dsp.routing.audio_in import FIRST_INPUT, INPUTS

__all__ = ["FIRST_INPUT", "INPUTS"]

COLUMNS = Bus.COLUMNS  # columns in which the voices of an orbit are summed, on each side
BUCKETS = 4  # independent sums of voices, which could be computed at the same time
ORBITS = 12
BUSES = 1024  # control buses
DEFINITIONS = 512  # includes replaced ones that still sound
BUFFERS = FIRST_INPUT  # samples in memory; the numbers after them are the inputs
OUTPUTS = 64  # channels
VOICES = (16, 16384)  # range of `--voices`
MAX_PERIOD = 8192  # most frames of one call of the process function

ORBIT_SLEEP = 4.0  # seconds of silence after which the orbits' effects fall asleep: longer than their longest echo
STEAL_FADE = 0.005  # seconds in which a stolen voice falls silent
ATTACK = 1024 / 48000  # seconds: the level of a younger voice says nothing yet, so it is stolen late
