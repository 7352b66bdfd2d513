"""A value and the event that follows its bus, with the same timetag: the event begins with the value, in both orders of arrival."""

from __future__ import annotations

import numpy as np
import pytest

from phonon_osc.osc.wire import encode_bundle, encode_message, unix_to_ntp
from phonon_osc.rendering import Options, render_datagrams
from phonon_osc.scores import Datagram
from phonon_osc.studio import Studio

from .test_native_errors import Client

START = 1_700_000_000.0


@pytest.mark.parametrize("value_first", [True, False], ids=["value first", "event first"])
def test_an_event_begins_with_the_value_that_its_bus_gets_at_the_same_time(value_first: bool) -> None:
    """Tidal sends the event first and the bus right after it, with the same timetag: no slide from the value before."""

    def bundle(seconds: float, *messages: bytes) -> Datagram:
        return Datagram(encode_bundle(unix_to_ntp(START + seconds), messages), START + seconds - 0.1)

    packets = []
    for k, pan in enumerate((1.0, -1.0, 1.0, -1.0)):
        at = 0.1 + 0.2 * k
        event = bundle(at, encode_message("/dirt/play", "s", "supersquare", "sustain", 0.05, "pan", "c1"))
        value = bundle(at, encode_message("/c_set", 1, pan))
        packets += [value, event] if value_first else [event, value]
    result = render_datagrams(packets, Options(voices=64, limiter=False, seconds=1.0), start=START)
    assert result.audio is not None
    for k, wrong in enumerate((0, 1, 0, 1)):  # the channel that hears nothing
        first = round((0.1 + 0.2 * k) * 48000)
        part = np.abs(result.audio[first : first + 128])
        assert part[:, 1 - wrong].max() > 0.01 and part[:, wrong].max() < 1e-6 * part.max()


def test_a_voice_that_sounds_already_glides_to_a_new_value() -> None:
    client = Client(Studio(voices=64))
    client("/node/new", "value", 1, "value", "c3")
    client.run(640)
    client("/bus/set", 3, 0.5)
    out = client.run(256)[:, 0]
    assert np.abs(np.diff(out)).max() < 0.5 / 60 and out[-1] == out.max() > 0.05
