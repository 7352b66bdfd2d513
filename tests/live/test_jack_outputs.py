"""A JACK client has a port for each output channel of its engine."""

from __future__ import annotations

import time

import pytest

from phonon_osc.backends.jack import JackBackend
from tests.engine.test_outputs import CHANNELS, four

from .rig import jackd


@pytest.mark.needs("jackd")
def test_a_jack_client_has_four_ports_and_sounds_on_the_last() -> None:
    import jack

    with jackd(256):
        e = four(seconds=60.0)
        backend = JackBackend("wide", connect=False, outputs=[f"out_{k + 1}" for k in range(CHANNELS)])
        listener = jack.Client("listener", no_start_server=True)
        ear, heard = listener.inports.register("in"), []
        listener.set_process_callback(lambda _frames: heard.append(float(ear.get_array()[-1])))
        try:
            backend.start(e)
            listener.activate()
            names = [port.shortname for port in listener.get_ports("wide:", is_output=True)]
            listener.connect("wide:out_4", ear)
            until = time.monotonic() + 20.0
            while 0.5 not in heard and time.monotonic() < until:
                time.sleep(0.02)
        finally:
            listener.deactivate()
            listener.close()
            backend.stop()
    assert names == ["out_1", "out_2", "out_3", "out_4"] and 0.5 in heard
