"""Which dialect an event is in, by itself and by what its sender sent before; and what Strudel's and Sardine's keys mean."""

from __future__ import annotations

import pytest

from phonon_osc.dialects.recognise import REMEMBERED, Recogniser
from phonon_osc.dialects.registry import DEFAULT, dialects
from tests.dialects.rig import dirt_event

TIDAL, STRUDEL, SARDINE = "superdirt", "strudel", "sardine"
SENDER = ("127.0.0.1", 6010)
PATTERN = ["_id_", "1", "cps", 0.5, "cycle", 3.0, "delta", 2.0, "orbit", 0, "s", "bd"]
# Tidal's `once`: sorted keys, a whole orbit. Without the orbit Strudel may have written it as well.
ONCE = ["cps", 0.5, "cycle", 3.0, "delta", 2.0, "note", 7.0, "orbit", 0, "s", "bd"]
EITHER = ["cps", 0.5, "cycle", 3.0, "delta", 2.0, "s", "bd"]
UNSORTED = ["cps", 0.5, "cycle", 3.0, "delta", 2.0, "s", "bd", "note", 40.0]


def recogniser() -> Recogniser:
    return Recogniser(dialects(), DEFAULT)


def args(keys: str) -> list[object]:
    return [part for key in keys.split() for part in (key, 1.0)]


@pytest.mark.parametrize(
    ("keys", "dialect"),
    [
        ("_id_ cps cycle delta orbit s", TIDAL),
        ("cps cycle delta s", STRUDEL),
        ("cps cycle delta note s midinote", STRUDEL),
        ("cps cycle delta orbit s", STRUDEL),
        ("s gain cps cycle delta", TIDAL),
        ("cps cycle gain orbit sound", SARDINE),
        ("s delta gain", TIDAL),
        ("sound delta", TIDAL),
        ("s", TIDAL),
        ("", TIDAL),
    ],
)
def test_of_a_sender_nobody_knows(keys: str, dialect: str) -> None:
    assert recogniser().dialect_of(SENDER, args(keys)).name == dialect


def test_the_first_event_after_a_restart_is_tidals_by_its_whole_orbit() -> None:
    """Strudel's bridge sends an orbit as a float."""
    assert recogniser().dialect_of(SENDER, ONCE).name == TIDAL
    assert recogniser().dialect_of(SENDER, [float(x) if x == 0 else x for x in ONCE]).name == STRUDEL


def test_who_has_sent_the_name_of_a_pattern_is_tidal() -> None:
    known = recogniser()
    assert known.dialect_of(SENDER, EITHER).name == STRUDEL
    assert known.dialect_of(SENDER, PATTERN).name == TIDAL
    assert known.dialect_of(SENDER, EITHER).name == TIDAL
    assert known.dialect_of(SENDER, args("cps sound")).name == TIDAL, "and not Sardine's"
    assert known.dialect_of(("127.0.0.1", 6011), EITHER).name == STRUDEL, "another sender"


def test_who_has_shaken_hands_is_tidal_for_good() -> None:
    known = recogniser()
    known.shake_hands(SENDER, dialects()[TIDAL])
    for event in (EITHER, UNSORTED, args("cps sound"), EITHER):
        assert known.dialect_of(SENDER, event).name == TIDAL


def test_who_has_sent_unsorted_keys_after_the_timing_is_strudel() -> None:
    known = recogniser()
    assert known.dialect_of(SENDER, UNSORTED).name == STRUDEL
    assert known.dialect_of(SENDER, ONCE).name == STRUDEL, "its old bridge sends whole numbers as such"
    assert known.dialect_of(SENDER, args("s n")).name == TIDAL, "never Strudel's: it always sends the timing"
    assert known.dialect_of(SENDER, PATTERN).name == TIDAL
    assert known.dialect_of(SENDER, ONCE).name == TIDAL


def test_as_many_senders_are_remembered_as_there_is_room_for() -> None:
    known = recogniser()
    known.dialect_of(SENDER, PATTERN)
    for port in range(REMEMBERED - 1):
        known.dialect_of(("10.0.0.1", port), PATTERN)
    assert known.dialect_of(SENDER, EITHER).name == TIDAL
    for port in range(REMEMBERED):
        known.dialect_of(("10.0.0.2", port), PATTERN)
    assert known.dialect_of(SENDER, EITHER).name == STRUDEL


def test_sardine_sends_a_phase_as_cps() -> None:
    assert dirt_event({"sound": "bd", "cps": 0.3}, SARDINE).tempo == 1.0


def test_superdirt_is_taken_at_its_word() -> None:
    event = dirt_event({"s": "x", "note": 7.0, "size": 0.4, "sustain": 0.5, "cps": 0.3})
    assert (event.note, event.midinote, event.sustain, event.tempo) == (7.0, None, 0.5, 0.3)
    assert event.given["size"] == 0.4
