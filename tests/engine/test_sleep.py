"""The orbits' effects fall asleep after some seconds of silence at any sample rate, so a long echo is not lost."""

from __future__ import annotations

import numpy as np
import pytest

from phonon_osc.studio import Studio
from tests.defs.rig import Client

ECHO = 2.5  # seconds


@pytest.mark.parametrize("rate", [48000.0, 96000.0])
def test_a_long_echo_is_heard_at_any_rate(rate: float) -> None:
    client = Client(Studio(rate=rate, voices=16))
    keys = {"s": "supersquare", "sustain": 0.05, "delay": 1.0, "delaytime": ECHO, "delayfeedback": 0.0}
    client("/dirt/play", *(part for pair in keys.items() for part in pair))
    sound = np.abs(np.concatenate([client.run(int(rate / 10)) for _ in range(35)])).max(axis=1)
    seconds = np.arange(len(sound)) / rate
    assert sound[seconds < 0.5].max() > 0.05, "the event"
    assert sound[(seconds > 1.0) & (seconds < 2.0)].max() < 1e-6, "nothing"
    assert sound[(seconds > ECHO - 0.1) & (seconds < ECHO + 0.5)].max() > 0.02, "its echo"
