"""Converts the time of a timetag to a frame of the engine."""

from __future__ import annotations

import ctypes
import time

from dsp.load import Library
from dsp.structs import StructView

_Words = ctypes.c_double * 4

JUMP = 0.002  # seconds: a larger change means that the system clock was set, a smaller one that it is slewed


class LiveClock:
    """Converts system time to frames through the delay-locked loop of the audio thread (``audio.clock.lock_clock``).

    The loop uses monotonic time. The offset between it and system time is measured here. The best of a few tries counts, since a
    thread switch between the two readings makes a try useless.
    """

    def __init__(self, code: Library, clock: StructView) -> None:
        self._read = code.function("read_clock", 2)
        self._clock, self._address = clock, clock.address
        self._offset = self._measure()
        self._measured = time.monotonic()
        self.jumps = 0

    @staticmethod
    def _measure() -> float:
        best, offset = 1.0, 0.0
        for _ in range(9):
            before, system, after = time.monotonic(), time.time(), time.monotonic()
            if after - before < best:
                best, offset = after - before, system - (before + after) / 2
        return offset

    def offset(self) -> float:
        """Seconds from monotonic to system time. Small changes are followed slowly, a jump at once."""
        now = time.monotonic()
        if now - self._measured > 0.5:
            self._measured = now
            measured = self._measure()
            if abs(measured - self._offset) > JUMP:
                self.jumps += 1
                self._offset = measured
            else:
                self._offset += 0.1 * (measured - self._offset)
        return self._offset

    def mapping(self) -> tuple[float, int, float]:
        """Monotonic time, the frame handed out at that time, seconds per frame. The three belong together."""
        words = _Words()  # made for each call, since several threads may call this
        at = ctypes.addressof(words)
        while not words[3]:
            self._read(self._address, at)
        then, frame, period, _ = words
        return then, int(frame), period

    def frame_at(self, unix: float) -> int:
        """Frame that sounds at a system time (seconds since 1970)."""
        then, frame, period = self.mapping()
        return frame + round((unix - self.offset() - then) / period)

    def unix_at(self, frame: int) -> float:
        then, at, period = self.mapping()
        return then + self.offset() + (frame - at) * period

    @property
    def running(self) -> bool:
        return bool(self._clock.time)


class ExactClock:
    """Offline: frame 0 is at time ``zero``, and every frame lasts exactly 1 / rate seconds."""

    def __init__(self, rate: float, zero: float = 0.0) -> None:
        self.rate, self.zero = rate, zero

    def frame_at(self, unix: float) -> int:
        return round((unix - self.zero) * self.rate)

    def unix_at(self, frame: int) -> float:
        return self.zero + frame / self.rate

    @property
    def running(self) -> bool:
        return True


Clock = LiveClock | ExactClock
