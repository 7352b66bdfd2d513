"""The adapter to JACK-Client finds that library's private names, and refuses a version without them in one sentence."""

from __future__ import annotations

import pytest

from phonon_osc.backends.base import BackendError
from phonon_osc.backends.libjack import FRAME_TIME, PORT_BUFFER, JackLibrary
from tests.live.rig import jackd


@pytest.mark.parametrize("name", ["_ffi", "_lib"])
@pytest.mark.needs("jackd")
def test_a_version_without_the_private_names_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import jack

    monkeypatch.delattr(jack, name)
    with pytest.raises(BackendError, match=rf"{name}.*install the version that pyproject.toml names"):
        JackLibrary()


@pytest.mark.needs("jackd")
def test_pointers_of_client_and_port_are_found() -> None:
    with jackd(256):
        library = JackLibrary()
        client = library.client("door")
        try:
            port = client.outports.register("out_1")
            addresses = {library.pointer(client), library.pointer(port)}
            addresses |= {library.function(PORT_BUFFER), library.function(FRAME_TIME)}
            assert len(addresses) == 4 and 0 not in addresses
        finally:
            client.close()
