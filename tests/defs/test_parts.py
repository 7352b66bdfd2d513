"""Definitions within definitions: they are inserted where they are used, by value, within limits."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest

from .rig import MIDDLE_C, Client, loudest

DETUNED = """doc "Two saws."
f: 110 Hz
cents: 9
level: 0.1
outlets ((saw f) + (saw (f * (1 + cents / 1731)))) * level
"""


@pytest.fixture(scope="module")
def shared() -> Iterator[Client]:
    made = Client()
    yield made
    made.studio.close()


@pytest.fixture
def client(shared: Client) -> Client:
    for name in list(shared.studio.context.instruments):
        shared("/def/free", name)
    return shared


def steps(client: Client, name: str) -> list[str]:
    made = client.studio.context.instruments[name].definition
    assert made is not None
    return list(made.kernels)


# --- how parts are used --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("used", "written"),
    [
        ("out detuned", "out ((saw 110) + (saw (110 * (1 + 9 / 1731)))) * 0.1"),
        ("out (detuned 220 level=0.2)", "out ((saw 220) + (saw (220 * (1 + 9 / 1731)))) * 0.2"),
        ("out (detuned 220 5)", "out ((saw 220) + (saw (220 * (1 + 5 / 1731)))) * 0.1"),
        ("out (detuned (110 * 2) 5)", "out ((saw 220) + (saw (220 * (1 + 5 / 1731)))) * 0.1"),
        (
            "f: 330 hz\nx = detuned f\nout x * 0.5",
            "f: 330 hz\nx = ((saw f) + (saw (f * (1 + 9 / 1731)))) * 0.1\nout x * 0.5",
        ),
        (
            "l = detuned 110\nr = detuned cents=14\nout l r",
            "l = ((saw 110) + (saw (110 * (1 + 9 / 1731)))) * 0.1\nr = ((saw 110) + (saw (110 * (1 + 14 / 1731)))) * 0.1\nout l r",
        ),
    ],
)
def test_a_part_is_its_text_in_its_place(client: Client, used: str, written: str) -> None:
    """A definition with parts has the same steps and bits as one written out: constants are folded, and only its own controls stay."""
    client.define("detuned", DETUNED)
    client.define("used", used)
    client.define("written", written)
    made, wanted = (client.studio.context.instruments[name].definition for name in ("used", "written"))
    assert made is not None and wanted is not None
    assert made.kernels == wanted.kernels and made.controls == wanted.controls and made.constants == wanted.constants
    assert np.array_equal(made.records, wanted.records)
    one, other = client.node("used"), client.node("written")
    assert one.any() and np.array_equal(one, other)


def test_as_many_outputs_as_it_has_outlets(client: Client) -> None:
    client.define("both", "outlets (sine 300) (sine 500)")
    client.define("left_only", "l r = both; out l * 0.1")
    client.define("wide", "out both")
    assert loudest(client.node("left_only", frames=9600)) == pytest.approx(300.0, abs=2.0)
    assert loudest(client.node("wide", frames=9600)[:, 1:]) == pytest.approx(500.0, abs=2.0)
    assert "2 outputs" in client.refused("x", "out both * 0.1")
    assert "2 signals" in client.refused("x", "y = both; out y")


def test_instruments_can_be_used_too(client: Client) -> None:
    """A used instrument gives what it plays. Its doc, its gate and the chain for events are not used."""
    client.define("organ", "freq: 200 hz; g: 1; gate g; s = sine freq; out s * 0.1")
    client.define("event", "s = sine pitch; voice s * 0.1")
    client.define("two", 'doc "Two."; out (organ 300) * 2')
    client.define("three", "voice event + (organ 800) * 0.1")
    assert loudest(client.node("two", frames=9600)) == pytest.approx(300.0, abs=2.0)
    assert client.studio.context.instruments["two"].definition.gate is None  # type: ignore[union-attr]
    assert loudest(client.event("three", "freq", 500)) == pytest.approx(500.0, abs=4.0)


def test_pitch_and_hold_are_the_events(client: Client) -> None:
    client.define("tone", "ratio: 1; outlets (sine (pitch * ratio)) * (ahr 0 hold 0)")
    client.define("twelfth", "voice (tone 3) * 0.2")
    client.define("given", "voice (tone pitch=(pitch * 2) hold=0.05) * 0.2")
    assert loudest(client.event("twelfth")) == pytest.approx(3 * MIDDLE_C, abs=5.0)
    assert loudest(client.event("twelfth", "freq", 200)) == pytest.approx(600.0, abs=5.0)
    sound = client.event("given")
    assert loudest(sound) == pytest.approx(2 * MIDDLE_C, abs=10.0)
    assert not sound[4000:].any()


def test_a_text_with_a_freq_of_its_own_has_a_pitch_of_its_own(client: Client) -> None:
    client.define("membrane", "freq: 150 hz; voice (sine pitch) * 0.2")
    client.define("kit", "voice membrane + (membrane 600) * 2")
    assert loudest(client.event("membrane")) == pytest.approx(150.0, abs=5.0)
    assert loudest(client.event("membrane", "note", 0)) == pytest.approx(MIDDLE_C, abs=5.0)
    assert loudest(client.event("kit", "note", 0)) == pytest.approx(600.0, abs=5.0)


def test_a_part_at_control_rate(client: Client) -> None:
    client.define("slow", "rate: 2; outlets (sine rate) * 0.5 + 0.5")
    client.define("x", "a = slow 3 @control; out (saw 110) * a * 0.1")
    made = client.studio.context.instruments["x"].definition
    assert made is not None and made.slow_wires


def test_an_optional_step_of_a_part(client: Client) -> None:
    """A control of the using definition switches it; a number or signal means always on; no value means never on."""
    client.define("shaped", "x: 0; shape: 0; s = saw 110; y = shape s shape @when shape; outlets y * 0.1")
    client.define("never", "out shaped")
    client.define("always", "out (shaped shape=0.5)")
    client.define("asked", "sh: 0; out (shaped shape=sh)")
    client.define("plain", "out (saw 110) * 0.1")
    never, always, asked, plain = (client.node(name) for name in ("never", "always", "asked", "plain"))
    assert np.array_equal(never, plain) and np.array_equal(asked, plain) and not np.array_equal(always, plain)
    assert np.array_equal(client.node("asked", "sh", 0.5), always)


# --- by value ------------------------------------------------------------------------------------------------------
def test_what_was_made_of_a_part_stays_as_it_was(client: Client) -> None:
    client.define("tone", "outlets (sine 300) * 0.1")
    client.define("pair", "outlets tone")
    client.define("first", "out pair")
    client.define("tone", "outlets (sine 700) * 0.1")
    client.define("second", "out pair")
    client.define("pair", "outlets tone")
    client.define("third", "out pair")
    client("/def/free", "tone")
    client.define("fourth", "out pair")
    heard = [loudest(client.node(name, frames=9600)) for name in ("first", "second", "third", "fourth")]
    assert heard == pytest.approx([300.0, 300.0, 700.0, 700.0], abs=2.0)
    assert "tone" in client.refused("fifth", "out tone")


def test_an_instrument_that_becomes_a_part_cannot_be_played_any_more(client: Client) -> None:
    client.define("thing", "out (sine 300) * 0.1")
    client.define("thing", "outlets (sine 300)")
    address, args = client("/node/new", "thing", 1)
    assert address == "/fail" and "part" in args[1] and "out SIGNAL" in args[1]
    assert client("/def/get", "thing")[1] == ("thing", "outlets (sine 300)")
    assert client("/def/free", "thing")[0] == "/done"


# --- mistakes ------------------------------------------------------------------------------------------------------
MISTAKES = [
    ("out (detuned 110 9 0.1 4)", ("detuned takes 3 values", "f cents level")),
    ("out (detuned cent=3)", ("line 1", "detuned has no cent", "did you mean cents")),
    ("out (detuned 110 f=3)", ("f is given twice",)),
    ("out detunde", ("detunde", "did you mean detuned")),
    ("\ny = detunde 4; out y", ("line 2", "detunde", "did you mean detuned")),
    ("y = detuned 110 @when f; out y", ("@when", "detuned")),
    ('doc "x"\n\nout (halved by=0)', ("line 3: halved, line 2: 1 / 0",)),
    ("out (halved (saw 3) 2)", ("halved takes 1 value",)),
    ("x = value 3; out (detuned x 9 0.1)\nout x", ("line 1 already has out",)),
    ("out mistaken", ("itself", "another name")),
    ("alias other; out (saw 3)", ("alias", "voice")),
    ("outlets (saw 3); alias other", ("alias", "voice")),
    (" ".join(["alias", *(f"a{k}" for k in range(9))]) + "; voice (saw 3)", ("9 aliases", "8")),
    ("s = (sine\n440\nout s", ("line 1", "never closed")),
]


@pytest.mark.parametrize(("text", "words_of_error"), MISTAKES)
def test_mistakes_name_the_part_the_line_and_what_to_do(
    client: Client, text: str, words_of_error: tuple[str, ...]
) -> None:
    client.define("detuned", DETUNED)
    client.define("halved", "by: 2\nhalf = 1 / by\noutlets half")
    error = client.refused("mistaken", text)
    for words in words_of_error:
        assert words in error, error


def test_kinds_win_over_definitions(client: Client) -> None:
    """The name of a kind always means the kind, so a part cannot have it."""
    assert "built in" in client.refused("lowpass", "outlets (saw 3)")
    assert "built in" in client.refused("out", "outlets (saw 3)")
    assert "name" in client.refused("two words", "outlets (saw 3)")


# --- limits --------------------------------------------------------------------------------------------------------
def test_definitions_within_each_other_have_an_end(client: Client) -> None:
    """Also if two names are redefined in turn, each using the other."""
    client.define("d1", "outlets (saw 110)")
    for k in range(2, 9):
        client.define(f"d{k}", f"outlets d{k - 1} * 0.9")
    assert "at most 8" in client.refused("d9", "out d8")
    client.define("last", "out d7")
    client.define("a", "outlets 1")
    with pytest.raises(AssertionError, match="at most 8"):
        for k in range(20):
            client.define("ab"[k % 2 - 1], f"outlets {'ab'[k % 2]} + 1")


@pytest.mark.parametrize("leaf", ["outlets 1", "outlets (saw 110)", "x: 1; outlets x"])
def test_parts_of_parts_do_not_explode(client: Client, leaf: str) -> None:
    client.define("d1", leaf)
    began = time.perf_counter()
    for k in range(2, 9):
        address, args = client("/def/new", f"d{k}", "outlets " + " + ".join([f"d{k - 1}"] * 20))
        if address == "/fail":
            assert "1000 statements" in args[1] or "256 steps" in args[1]
            assert f"d{k - 1}, line 1" in args[1]
            break
    else:
        raise AssertionError("20 to the 7th were taken")
    assert time.perf_counter() - began < 0.5


def test_long_and_deep_texts_are_refused_not_fatal(client: Client) -> None:
    """Python's stack must hold them. A long sum is not deep, and the depth is counted across all definitions."""
    client.define("sum", "x = " + "+".join(["1"] * 3000) + "; out (saw 110) * (0.1 / x)")
    assert "parentheses" in client.refused("x", "out " + "(" * 33 + "saw" + ")" * 33)
    around = "x"
    for _ in range(30):
        around = f"(1 + {around})"
    client.define("d1", f"x: 1; outlets {around}")
    error = ""
    for k in range(2, 9):
        inner = around.replace("x", f"(d{k - 1} x)")
        address, args = client("/def/new", f"d{k}", f"x: 1; outlets {inner}")
        if address == "/fail":
            error = str(args[1])
            break
    assert "within each other" in error and "name in a line before" in error


def test_a_part_counts_as_a_definition(client: Client) -> None:
    made = 0
    while client("/def/new", f"part{made}", "outlets 1")[0] == "/done":
        made += 1
        assert made <= 512
    assert "/def/free" in client.refused("another", "outlets 1")
