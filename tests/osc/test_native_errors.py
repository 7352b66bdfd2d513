"""A client's mistake is answered by /fail with the address, the wrong value and what to do. It changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from phonon_osc.engine.audio import tables as t
from phonon_osc.osc.wire import Message, decode
from phonon_osc.studio import Studio

SENDER = ("127.0.0.1", 40000)


class Client:
    """Sends messages to a studio's router, offline, and returns the answers."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio

    def __call__(self, address: str, *args: Any) -> tuple[str, tuple[Any, ...]]:
        heard: list[bytes] = []
        self.studio.router.message(Message(address, args, 0), SENDER, 0.0, lambda data, _: heard.append(data))
        assert len(heard) == 1, (address, args, heard)
        message = decode(heard[0]).messages[0]
        return message.address, message.args

    def run(self, frames: int = 640) -> np.ndarray:
        out = np.zeros((frames, 2), np.float32)
        self.studio.engine.render(out)
        self.studio.poll()
        return out


@pytest.fixture
def client() -> Client:
    made = Client(Studio(voices=64))
    for address, *args in (
        ("/node/new", "sine", 1, "freq", 330.0),
        ("/node/new", "sine", "two"),
        ("/node/new", "sine", 3),
        ("/node/free", 3),
        ("/group/new", "pads"),
        ("/bus/new", "wobble"),
        ("/def/new", "buzz", "out (saw 110) * 0.1"),
        ("/buffer/alloc", "table", 8),
    ):
        assert made(address, *args)[0] == "/done", (address, args)
    made.run()
    return made


WRONG: list[tuple[tuple[Any, ...], tuple[str, ...]]] = [
    # stale ids, double frees, patches to nodes that have ended
    (("/node/set", 3, "freq", 1.0), ("no node 3", "/node/new")),
    (("/node/free", 3), ("no node 3",)),
    (("/node/free", "nobody"), ("nobody",)),
    (("/node/patch", 1, 3, "freq"), ("no node 3",)),
    (("/node/patch", 3, 1, "freq"), ("no node 3",)),
    (("/node/unpatch", 1, "two"), ("not patched",)),
    (("/node/get", 3), ("no node 3",)),
    # names
    (("/node/new", "sinn"), ("sinn", "did you mean", "sine")),
    (("/node/new", "orbit"), ("orbit",)),
    (("/node/new", "sine", 1), ("node 1", "-1")),
    (("/node/new", "sine", 9, "frequency", 3.0), ("frequency", "freq")),
    (("/node/new", "sine", 9, "group", "strings"), ("strings", "/group/new")),
    (("/node/set", 1, "cutoff", 3.0), ("cutoff", "freq")),
    (("/node/patch", "two", 1, "frequenzy"), ("frequenzy", "freq")),
    (("/node/gate", 1, 0), ("no gate", "/node/free")),
    (("/node/map", 1, "freq", "wabble"), ("wabble", "wobble")),
    (("/node/move", 1, "strings"), ("strings",)),
    (("/group/new", "pads"), ("pads", "another")),
    (("/group/set", "strings", "amp", 1.0), ("strings",)),
    (("/bus/new", "wobble"), ("wobble", "another")),
    (("/bus/new", "c7"), ("c7", "another")),
    (("/bus/new", "x", "video"), ("video", "audio")),
    (("/bus/get", "nothing"), ("nothing",)),
    (("/def/new", "sine", "out (saw 3)"), ("sine", "built in")),
    (("/def/get", "bazz"), ("bazz", "buzz")),
    (("/def/free", "sine"), ("built in",)),
    (("/buffer/load", "a", "no such sound"), ("no such sound",)),
    (("/buffer/write", "tabel", 0, 1.0), ("tabel", "table")),
    (("/kind/info", "lowpas"), ("lowpass",)),
    (("/orbit/set", 0, "rooom", 1.0), ("rooom", "room")),
    (("/record/start", "a.wav"), ("--record-dir",)),
    (("/record/stop",), ("nothing",)),
    (("/quit",), ("--allow-quit",)),
    # types
    (("/node/new",), ("definition", "missing")),
    (("/node/new", 5), ("5", "string")),
    (("/node/new", "sine", 1.5), ("1.5", "whole number")),
    (("/node/new", "sine", 9, "freq"), ("'freq'", "partner")),
    (("/node/new", "sine", 9, 440.0, "freq"), ("440.0", "name")),
    (("/node/new", "sine", 9, "freq", b"x"), ("freq", "finite number")),
    (("/node/ramp", 1, "soon", "freq", 1.0), ("'soon'", "number")),
    (("/bus/set", 7, "loud"), ("'loud'", "number")),
    (("/def/new", "x", 7), ("7", "string")),
    (("/buffer/write", "table", 0, "x"), ("'x'", "number")),
    (("/node/free", 1, 0.1, "now"), ("'now'", "too many")),
    # values
    (("/node/new", "sine", 9, "freq", float("nan")), ("freq", "finite")),
    (("/node/new", "sine", 9, "orbit", 12.0), ("12", "11")),
    (("/node/set", 1, "orbit", 0.5), ("0.5", "11")),
    (("/node/set", 1), ("no control", "freq")),
    (("/node/ramp", 1, -1.0, "freq", 2.0), ("-1", "0..3600")),
    (("/node/patch", "two", 1, "freq", 1.0, 2), ("2", "0..1")),
    (("/node/free", 1, 1e9), ("1000000000", "600")),
    (("/node/map", 1, "freq", t.BUSES), (str(t.BUSES), str(t.BUSES - 1))),
    (("/bus/set", -1, 1.0), ("-1", "1023")),
    (("/group/new", "two words"), ("two words", "spaces")),
    (("/group/new", "x" * 65), ("64",)),
    (("/buffer/alloc", "big", 1 << 24), ("16777216", "frames")),
    (("/buffer/write", "table", 7, 1.0, 1.0), ("7", "8 frames")),
    (("/notify", 1, 1e6), ("1000000", "3600")),
    (("/orbit/set", 12, "room", 1.0), ("12", "11")),
    # texts of definitions
    (("/def/new", "x", ""), ("string",)),
    (("/def/new", "x", "s = sine 440"), ("out",)),
    (("/def/new", "x", "s = sine 440\nout f"), ("line 2", "f is neither")),
    (("/def/new", "x", "s = lowpas 3; out s"), ("line 1", "lowpass")),
    (("/def/new", "x", "s = sine 440 foo=3; out s"), ("line 1", "foo", "freq")),
    (("/def/new", "x", "a: 5 0..1; out a"), ("5", "0", "1")),
    (("/def/new", "x", "s = (sine (440; out s"), ("parenthesis",)),
    (("/def/new", "x", "out " + "(" * 100), ("parentheses",)),
    (("/def/new", "x", "#" * 30000), ("20000",)),
    (("/def/new", "x", "; ".join(f"s{k} = sine 1" for k in range(300)) + "; out s1"), ("line 1", "256 steps")),
]


@pytest.mark.parametrize(("message", "words"), WRONG, ids=lambda x: str(x)[:60] if isinstance(x, tuple) else None)
def test_every_mistake_is_answered_with_its_remedy(
    client: Client, message: tuple[Any, ...], words: tuple[str, ...]
) -> None:
    before = client.studio.context.counts(), len(client.studio.engine.patchbay)
    address, args = client(*message)
    assert (address, args[0]) == ("/fail", message[0]), (address, args)
    for word in words:
        assert word in args[1], args[1]
    assert (client.studio.context.counts(), len(client.studio.engine.patchbay)) == before


def test_a_value_out_of_range_is_taken_into_it(client: Client) -> None:
    """As everywhere in the engine, a value outside the range is limited to its end."""
    assert client("/node/set", 1, "freq", 1e9)[0] == "/done"
    client.run(4800)
    assert client("/node/get", 1, "freq") == ("/node/get/reply", (1, "freq", 24000.0))


def test_a_full_table_says_so() -> None:
    client = Client(Studio(voices=16))
    answers = [client("/node/new", "white", -1, "amp", 0.0) for _ in range(1100)]
    assert answers[0][0] == "/done" and answers[-1][0] == "/fail"
    assert "--voices" in answers[-1][1][1]
