"""Who sent an event, and what Strudel's and Sardine's keys mean (reference superdirt.md 1.8, 8.1)."""

from __future__ import annotations

import pytest

from phonon_osc.engine.voice import BusMap
from phonon_osc.osc.dirt_dialect import Dialect, dialect_of, in_superdirt_terms
from phonon_osc.osc.dirt_event import Event


@pytest.mark.parametrize(
    ("keys", "handshake", "dialect"),
    [
        ("_id_ cps cycle delta orbit s", False, "tidal"),
        ("cps cycle delta s", True, "tidal"),
        ("cps cycle delta s", False, "strudel"),
        ("cps cycle delta note s midinote", False, "strudel"),
        ("s gain cps cycle delta", False, "vortex"),
        ("cps cycle gain orbit sound", False, "sardine"),
        ("s delta gain", False, "plain"),
        ("sound delta", False, "plain"),
        ("s", False, "plain"),
        ("", False, "plain"),
    ],
)
def test_recognition(keys: str, handshake: bool, dialect: Dialect) -> None:
    assert dialect_of(keys.split(), handshake) == dialect


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"s": "x", "note": 52.0}, {"s": "x", "midinote": 52.0}),
        ({"s": "x", "note": 52.0, "midinote": 40.0}, {"s": "x", "midinote": 40.0}),
        ({"s": "x", "note": "c3", "midinote": 48.0}, {"s": "x", "note": "c3", "midinote": 48.0}),
        ({"sound": "x", "freq": 440.0}, {"sound": "x", "freq": 440.0}),
        ({"note": "c3", "midinote": 48.0}, {"note": "c3", "midinote": 48.0, "s": "triangle"}),
        ({"n": 2.0}, {"n": 2.0}),
        ({"roomsize": 4.0, "size": 4.0}, {"roomsize": 4.0, "size": 0.4}),
        ({"roomsize": 4.0}, {"roomsize": 4.0, "size": 0.4}),
        ({"size": 40.0}, {"size": 1.0}),
        ({"size": BusMap(3)}, {"size": BusMap(3)}),
        ({"sustain": 0.5, "clip": 1.2, "delta": 2.4}, {"delta": 2.4}),
    ],
)
def test_strudel(event: Event, expected: Event) -> None:
    before = dict(event)
    assert in_superdirt_terms(event, "strudel") == expected
    assert event == before


def test_sardine_sends_a_phase_as_cps() -> None:
    assert in_superdirt_terms({"sound": "bd", "cps": 0.3}, "sardine") == {"sound": "bd"}


@pytest.mark.parametrize("dialect", ["tidal", "vortex", "plain"])
def test_the_others_speak_as_superdirt_does(dialect: Dialect) -> None:
    event: Event = {"note": 7.0, "size": 0.4, "sustain": 0.5, "cps": 0.3}
    assert in_superdirt_terms(event, dialect) == event
