"""Cleaning of key/value pairs: what is kept, left out and counted (docs/dirt.md, What an event is)."""

from __future__ import annotations

import math

import pytest

from phonon_osc.dialects.event import MAX_KEYS, Event, parse_note_name, read
from phonon_osc.dialects.superdirt.parameters import table
from phonon_osc.engine.voice import BusMap
from tests.dialects.rig import dirt_event


def pairs_to_event(args: list[object]) -> tuple[dict[str, object], int]:
    """What is left of the pairs, and how many were of no use."""
    event = read(args, table().reads, Event())
    assert not event.given.keys() & event.texts.keys()
    return {**event.given, **event.texts}, event.bad


@pytest.mark.parametrize(
    ("args", "event", "bad"),
    [
        ([], {}, 0),
        (["s", "bd", "n", 3, "gain", 0.5], {"s": "bd", "n": 3.0, "gain": 0.5}, 0),
        (["s", "bd", "gain"], {"s": "bd"}, 1),
        ([1, 2, "s", "bd"], {"s": "bd"}, 1),
        ([None, 2, b"s", 1, "s", "bd"], {"s": "bd"}, 2),
        (["gain", 0.5, "gain", 0.7], {"gain": 0.7}, 0),
        (["gain", 0.5, "gain", math.nan], {"gain": 0.5}, 1),
        (["gain", 0.5, "gain", None], {}, 0),
        (["s", "bd", "loop", True, "cut", False], {"s": "bd", "loop": 1.0, "cut": 0.0}, 0),
        (["s", "bd", "vowel", None, "sustain", math.inf], {"s": "bd"}, 1),
        (["gain", -math.inf], {}, 1),
        (["array", b"\x90\x40", "s", "midi"], {"s": "midi"}, 0),
        (["cutoff", b"\x00"], {}, 1),
        (["s", ("bd", 3.0), "n", [2.0, 7.0]], {"s": "bd", "n": 2.0}, 0),
        (["n", (), "gain", ((1.0,),), "pan", (None,)], {}, 2),
        (
            ["gain", "0.8", "n", "-3", "pan", ".25", "cutoff", "1e3"],
            {"gain": 0.8, "n": -3.0, "pan": 0.25, "cutoff": 1000.0},
            0,
        ),
        (["gain", "1 0.8", "n", "1 3", "speed", "nan", "legato", "inf", "pan", "1_0", "amp", "1e999"], {}, 6),
        (["s", 808.0, "bank", 909], {"s": "808", "bank": "909"}, 0),
        (["s", 1.5, "sound", True, "unit", 3.0], {}, 3),
        (["s", "x" * 10_000, "gain", "1" * 300, "k" * 300, 1.0], {}, 3),
        (["color", "red", "label", "drums", "thing", "x" * 40], {}, 0),
        (["gain", 1e38, "speed", -(2**31), "orbit", 10**400], {"gain": 1e9, "speed": -1e9, "orbit": 1e9}, 3),
        (["gain", 1e-40, "pan", -5e-324], {"gain": 0.0, "pan": 0.0}, 0),
    ],
)
def test_pairs(args: list[object], event: dict[str, object], bad: int) -> None:
    assert pairs_to_event(args) == (event, bad)


def test_keys_are_capped_but_known_ones_may_still_change() -> None:
    args = [item for i in range(1000) for item in (f"k{i}", float(i))]
    event, bad = pairs_to_event([*args, "k7", 70.0])
    assert len(event) == MAX_KEYS
    assert bad == 1000 - MAX_KEYS
    assert event["k7"] == 70.0


@pytest.mark.parametrize("key", ["cutoff", "pan", "amp", "resonance", "hcutoff", "room", "delaytime", "freq", "detune"])
def test_bus_strings_are_mapped_where_a_bus_can_be_followed(key: str) -> None:
    assert pairs_to_event([key, "c7"]) == ({key: BusMap(7)}, 0)


@pytest.mark.parametrize(
    "key", ["n", "speed", "begin", "gain", "sustain", "legato", "midinote", "orbit", "cut", "attack"]
)
def test_bus_strings_are_refused_where_a_number_is_read_once(key: str) -> None:
    assert pairs_to_event([key, "c7"]) == ({}, 1)


@pytest.mark.parametrize("key", ["note", "s", "sound", "unit", "vowel", "bank", "_id_"])
def test_names_that_look_like_a_bus_stay_names(key: str) -> None:
    assert pairs_to_event([key, "c3"]) == ({key: "c3"}, 0)


@pytest.mark.parametrize(
    ("string", "expected"),
    [
        ("c0", BusMap(0)),
        ("c1023", BusMap(1023)),
        ("c1024", None),
        ("c99999999999", None),
        ("a5", None),
        ("c", None),
        ("c-1", None),
    ],
)
def test_bus_index_range(string: str, expected: BusMap | None) -> None:
    event, bad = pairs_to_event(["cutoff", string])
    assert event.get("cutoff") == expected
    assert bad == (expected is None)


@pytest.mark.parametrize(
    ("name", "midi"),
    [
        ("c3", 48),
        ("C4", 60),
        ("eb", 51),
        ("a4", 69),
        ("B3", 59),
        ("fs5", 78),
        ("f#5", 78),
        ("bb2", 46),
        ("c-1", 0),
        ("df4", 61),
    ],
)
def test_note_names(name: str, midi: float) -> None:
    assert parse_note_name(name) == midi


@pytest.mark.parametrize("name", ["", "h3", "c3 e3", "c" * 9, "ces4", "c\u0663"])
def test_what_is_no_note_name(name: str) -> None:
    assert parse_note_name(name) is None
    assert pairs_to_event(["note", name]) == ({}, 1)


def test_a_note_that_is_a_number_in_text_is_a_number() -> None:
    assert pairs_to_event(["note", "-7"]) == ({"note": -7.0}, 0)


@pytest.mark.parametrize("cps", [0.0, -1.0, BusMap(1), "x"])
def test_tempo_is_never_nonsense(cps: float | str | BusMap) -> None:
    assert dirt_event({"cps": cps}).tempo == 1.0
    assert dirt_event({"cps": 0.5625}).tempo == 0.5625


def test_fields_have_their_defaults_and_what_was_sent() -> None:
    plain, event = dirt_event({"s": "bd"}), dirt_event({"s": "bd:3", "speed": -2.0, "begin": 7.0, "pan": BusMap(4)})
    assert (plain.name, plain.n, plain.speed, plain.begin, plain.pan) == ("bd", None, 1.0, 0.0, 0.5)
    assert (event.name, event.n, event.speed, event.begin, event.pan) == ("bd", 3.0, -2.0, 1.0, BusMap(4))
    assert event.given["begin"] == 7.0, "a synth gets what was sent"


def test_a_note_is_its_last_value_whether_number_or_name() -> None:
    assert dirt_event({"note": "e4"}).note == "e4"
    event = read(["note", "e4", "note", 7], table().reads, Event())
    assert (event.given, event.texts) == ({"note": 7.0}, {})
    event = read(["note", 7, "note", "e4", "note", None], table().reads, Event())
    assert (event.given, event.texts) == ({}, {})
