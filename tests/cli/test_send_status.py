"""`phonon-osc send` and `status` on a real server."""

from __future__ import annotations

import json
import socket
import time

import pytest

from phonon_osc import __version__
from phonon_osc.cli.send import message
from phonon_osc.errors import ExitCode, UsageError
from phonon_osc.osc.wire import decode
from tests.cli.conftest import Run
from tests.live.rig import Server, free_port


def test_status_as_text_and_json(server: Server, run: Run) -> None:
    text = run("status", "--port", server.port)
    assert text.returncode == 0 and text.stderr == ""
    lines = dict(line.split("  ", 1) for line in text.stdout.splitlines())
    assert lines["version"].strip() == __version__ and lines["max voices"].strip() == "1024"
    found = json.loads(run("status", "--port", server.port, "--json").stdout)
    assert found["version"] == __version__ and found["rate"] == 48000.0 and "miniaudio" in found["backend"]


def test_status_of_nobody(run: Run) -> None:
    began = time.monotonic()
    done = run("status", "--port", free_port())
    assert done.returncode == ExitCode.UNAVAILABLE and "no server answers" in done.stderr
    assert done.stderr.count("\n") == 1 and time.monotonic() - began < 2.0


def test_send_shows_answers(server: Server, run: Run) -> None:
    assert run("send", "--port", server.port, "/version").stdout == f"/version/reply phonon-osc {__version__} 1\n"
    assert run("send", "--port", server.port, "/sync", "i", "7").stdout == "/sync/reply 7\n"
    new = run("send", "--port", server.port, "/node/new", "sine", "7", "freq", "330")
    assert (new.returncode, new.stdout) == (0, "/done /node/new 7\n")
    wrong = run("send", "--port", server.port, "/node/set", "7", "colour", "1")
    assert wrong.returncode == ExitCode.DATA and wrong.stdout.startswith("/fail /node/set") and "freq" in wrong.stdout
    freed = run("send", "/node/free", "if", "7", "0.01", "--port", server.port)
    assert freed.stdout == "/done /node/free 7\n"


def test_send_plays(server: Server, run: Run) -> None:
    before = server.status()["started"]
    done = run("send", "--port", server.port, "/dirt/play", "s", "bd")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    until = time.monotonic() + 5.0
    while server.status()["started"] == before:
        assert time.monotonic() < until, server.log_text()
        time.sleep(0.01)


def test_send_to_nobody(run: Run) -> None:
    done = run("send", "--port", free_port(), "/version")
    assert done.returncode == ExitCode.UNAVAILABLE and "no server answers" in done.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), ()),
        (("1", "1.5", "bd", "-3", "-0.5"), (1, 1.5, "bd", -3, -0.5)),
        (("sif", "1", "2", "3"), ("1", 2, 3.0)),
        (("TFN",), (True, False, None)),
        (("iT", "4"), (4, True)),
        (("b", "00ff"), (b"\x00\xff",)),
        (("h", "5000000000"), (5000000000,)),
        (("5000000000",), (5000000000,)),
        (("freq", "440"), ("freq", 440)),  # not type letters
        (("s", "bd", "n", "1"), ("s", "bd", "n", 1)),  # one letter "s" before three words: a key
        ((",s", "bd"), ("bd",)),
        (("nan", "inf"), ("nan", "inf")),
        (("1e3", "-5e-1", "1_000"), (1000.0, -0.5, "1_000")),
    ],
)
def test_types_given_and_guessed(words: tuple[str, ...], expected: tuple[object, ...]) -> None:
    (decoded,) = decode(message("/any", list(words))).messages
    assert decoded.args == expected and list(map(type, decoded.args)) == list(map(type, expected))


def test_a_lone_s_is_a_key_for_dirt_play_and_a_type_elsewhere() -> None:
    assert decode(message("/dirt/play", ["s", "bd"])).messages[0].args == ("s", "bd")
    assert decode(message("/node/free", ["s", "bass"])).messages[0].args == ("bass",)


@pytest.mark.parametrize(
    ("address", "words", "named"),
    [("version", (), "slash"), ("/x", ("i", "bd"), "'bd'"), ("/x", ("b", "xyz"), "'xyz'")],
)
def test_what_cannot_be_sent(address: str, words: tuple[str, ...], named: str) -> None:
    with pytest.raises(UsageError, match=named):
        message(address, list(words))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("s", "bd", "speed", "-1e-1"), ("s", "bd", "speed", -0.1)),
        (("s", "bd", "speed", "-1E+2", "n", "-1", "pan", "-.5"), ("s", "bd", "speed", -100.0, "n", -1, "pan", -0.5)),
        (("k", "-inf"), ("k", "-inf")),
        (("k", " -x", " y", "-2"), ("k", " -x", " y", -2)),
        (("--", "s", "bd", "speed", "-1e-1", "n", "-x"), ("s", "bd", "speed", -0.1, "n", "-x")),
    ],
)
def test_negative_numbers_are_values_wherever_options_stand(
    words: tuple[str, ...], expected: tuple[object, ...], run: Run
) -> None:
    """The datagram that a command line sends."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(20.0)
        done = run("send", "--port", sock.getsockname()[1], "/x", *words)
        assert done.returncode == 0, done.stderr
        (arrived,) = decode(sock.recv(65536)).messages
    assert len(arrived.args) == len(expected)
    assert all(
        a == (pytest.approx(e, rel=1e-6) if isinstance(e, float) else e)
        for a, e in zip(arrived.args, expected, strict=True)
    )


def test_a_word_that_looks_like_an_option_is_refused_with_help(run: Run) -> None:
    done = run("send", "/dirt/play", "s", "-bd")
    assert done.returncode == ExitCode.USAGE and "-bd" in done.stderr and "--help" in done.stderr
