"""Optional steps in texts (`@when`), together with signals that are computed once per block (`@control`)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from .rig import Client

SLOW = "cut: 300 10..20000; slow = pulse 100 @control; "  # jumps from block to block, which a low-pass smooths
HEARD = "; out (saw 110) * y * 0.1"


@pytest.fixture
def client() -> Iterator[Client]:
    made = Client()
    yield made
    made.studio.close()


def test_an_optional_step_changes_a_signal_of_control_rate(client: Client) -> None:
    """It changes a copy that has a value per frame: the sound is the same as with an explicit copy."""
    client.define("short", f"{SLOW}y = lowpass slow cut @when cut{HEARD}")
    client.define("written", f"{SLOW}copy = value slow; y = lowpass copy cut @when cut{HEARD}")
    client.define("always", f"{SLOW}y = lowpass slow cut{HEARD}")
    client.define("never", f"{SLOW}y = value slow{HEARD}")
    client.node("always")  # wakes up the orbit
    client("/node/new", "saw", "beside", "amp", 0.0)  # another slab, whose pass uses the same scratch memory
    given = client.node("short", "cut", 200.0)
    absent = client.node("short")
    assert np.array_equal(given, client.node("written", "cut", 200.0))
    assert np.array_equal(given, client.node("always", "cut", 200.0))
    assert np.array_equal(absent, client.node("never"))
    assert np.abs(given - absent).max() > 0.01


def test_an_optional_step_leaves_the_signal_of_control_rate_to_others(client: Client) -> None:
    """The signal itself does not change for later steps that use it."""
    client.define("both", f"{SLOW}y = lowpass slow cut @when cut; out (saw 110) * (y - slow) * 0.1")
    assert np.abs(client.node("both")).max() == 0.0
    assert np.abs(client.node("both", "cut", 200.0)).max() > 0.01


@pytest.mark.parametrize("flags", ["@when amount @control", "@control @when amount"])
def test_an_optional_step_at_control_rate_is_refused(client: Client, flags: str) -> None:
    why = client.refused("both", f"amount: 0; s = saw 110; y = shape s amount {flags}; out y * 0.1")
    assert "line 1" in why and "@when" in why and "leave @control out" in why, why


def test_an_optional_step_within_a_definition_used_at_control_rate_is_refused(client: Client) -> None:
    client.define("shaped", "amount: 0; s = saw 110; y = shape s amount @when amount; outlets y * 0.1")
    why = client.refused("user", "amount: 0; y = shaped amount=amount @control; out (saw 110) * y")
    assert "shaped" in why and "@when" in why and "leave @control out" in why, why
