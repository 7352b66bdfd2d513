"""The delay-locked loop, on a device with a known clock: late wake-ups must not move onsets, and a step must be followed."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from .rig import engine

RATE = 48000.0
GETTIME = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.c_longlong))


class FakeTime:
    """A clock_gettime that the test controls."""

    def __init__(self) -> None:
        self.now = 100.0
        self.function = GETTIME(self._read)
        self.address = ctypes.cast(self.function, ctypes.c_void_p).value

    def _read(self, _clock: int, at: ctypes._Pointer[ctypes.c_longlong]) -> int:
        at[0], at[1] = int(self.now), round((self.now - int(self.now)) * 1e9)
        return 0


@pytest.mark.parametrize(("period", "drift"), [(64, 0.0), (64, 60e-6), (256, -60e-6), (1024, 0.0)])
def test_onsets_keep_their_time_and_a_step_is_followed_at_once(period: int, drift: float) -> None:
    """Wake-ups are up to 1 ms late, 30 us on average; the device's clock steps back by 3.3 ms at 15 s. Onsets stay within one sample."""
    e, time, rng = engine(16), FakeTime(), np.random.default_rng(1)
    e.tables.clock.function = time.address
    e.go_live()
    out = np.zeros((period, 2), np.float32)
    true, stepped = 100.0, False
    errors: dict[float, float] = {}
    for cycle in range(int(24 * RATE / period)):
        at = cycle * period / RATE
        if at >= 15.0 and not stepped:
            true, stepped = true + 0.0033, True
        late = min(float(rng.exponential(30e-6)), 1e-3)
        time.now = true + late
        e.render(out)
        then, frame, seconds = e.clock.mapping()  # type: ignore[union-attr]
        errors[at] = (then + (cycle * period - frame) * seconds - true) * RATE
        true += period / RATE * (1.0 + drift)
    latency = np.median([x for at, x in errors.items() if 10 < at < 15])
    settled = [abs(x - latency) for at, x in errors.items() if 10 < at < 15 or at > 15.5]
    assert np.median(settled) <= 0.5 and max(settled) <= 4.0
    assert np.median([abs(x - latency) for at, x in errors.items() if 15.5 < at < 17]) <= 1.0
    assert e.tables.clock.resets == 0
