"""A session log names what was played and renders to the same bits. A log that was tampered with is refused in one sentence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phonon_osc.errors import DataError
from phonon_osc.rendering import Options, render_file
from phonon_osc.session.format import OPERATIONS

from .rig import Session, play_everything, rows, write_rows


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, np.ndarray]:
    path = tmp_path_factory.mktemp("session") / "gig.session"
    return path, play_everything(path)


@pytest.mark.timeout(300)
def test_a_log_with_every_command_renders_to_the_same_bits(played: tuple[Path, np.ndarray]) -> None:
    path, sound = played
    assert {row["do"] for row in rows(path)[1:]} == {*OPERATIONS, "use", "sample", "end"}
    for period in (64, 1000, "vary"):
        again = render_file(path, None, Options(period=period))
        assert again.audio is not None and np.array_equal(again.audio, sound)
    assert len([part for part in np.array_split(sound, 20) if np.abs(part).max() > 0.001]) > 15


def test_a_log_has_names_instead_of_table_numbers(played: tuple[Path, np.ndarray]) -> None:
    found = rows(played[0])[1:]
    new = next(row for row in found if row["do"] == "new")
    assert new["definition"] == "bell" and new["controls"] == [["freq", 500.0]] and new["orbit"] == 2
    patch = next(row for row in found if row["do"] == "patch")
    assert patch["control"] == "freq" and patch["amount"] == 20.0 and patch["target"] != patch["source"]
    play = [row for row in found if row["do"] == "play"]
    assert ["pan", "c5"] in play[1]["controls"] and ["room", 0.3] in [pair[:2] for pair in play[0]["effects"]]


def test_a_killed_server_leaves_a_log_that_can_be_rendered(played: tuple[Path, np.ndarray], tmp_path: Path) -> None:
    path, sound = played
    cut = tmp_path / "cut.session"
    cut.write_bytes(path.read_bytes()[:-10])
    again = render_file(cut, None, Options(seconds=len(sound) / 48000))
    assert again.audio is not None and np.array_equal(again.audio, sound)


def test_freeing_a_buffer_while_it_plays_is_in_the_log_with_its_frame(tmp_path: Path) -> None:
    session = Session(tmp_path / "gig.session")
    session("/buffer/alloc", "tab", 48000)
    session("/buffer/write", "tab", 0, *[0.5] * 3000)
    session("/node/new", "sampler", 1, "buffer", "tab")
    session("/buffer/load", "kick", "bd")
    session("/node/new", "sampler", 2, "buffer", "kick")
    session.run(700)
    session("/buffer/free", "tab")
    session.run(500)
    session("/buffer/free", "kick")
    session.run(1000)
    sound = session.close()
    assert np.any(sound[1000:1190]) and not np.any(sound[1300:])
    again = render_file(session.path, None)
    assert again.audio is not None and np.array_equal(again.audio, sound)


# --- logs that were tampered with: the change, and words of the error ----------------------------------------------------
Edit = Callable[[list[dict[str, Any]]], None]


def field(do: str, name: str, value: Any, nth: int = 0) -> Edit:
    """Change a field in the first (or nth) line of this kind."""

    def edit(lines: list[dict[str, Any]]) -> None:
        [row for row in lines if row.get("do") == do][nth][name] = value

    return edit


def header(name: str, value: Any) -> Edit:
    return lambda lines: lines[0].__setitem__(name, value)


def added(*extra: Any) -> Edit:
    """Add lines before the end."""
    return lambda lines: lines.__setitem__(slice(-1, -1), extra)


def without(do: str) -> Edit:
    return lambda lines: lines.__setitem__(slice(None), [row for row in lines if row.get("do") != do])


BAD: list[tuple[Edit, tuple[str, ...]]] = [
    (added({"frame": 100, "do": "explode"}), ("explode", "none of")),
    (added({"frame": 100}), ("do is None",)),
    (added({"frame": 100, "do": ["play"]}), ("do is ['play']",)),
    (added([1, 2]), ("[1, 2]", "no JSON object")),
    (added(None), ("None", "no JSON object")),
    (added({"frame": "x", "do": "panic"}), ("frame is 'x'",)),
    (added({"frame": -5, "do": "panic"}), ("frame is -5",)),
    (added({"frame": 1.5, "do": "panic"}), ("frame is 1.5",)),
    (added({"frame": True, "do": "panic"}), ("frame is True",)),
    (added({"frame": 10**15, "do": "panic"}), ("frame is 1000000000000000",)),
    (added({"do": "panic"}), ("frame is None",)),
    (added({"frame": 100, "do": "panic", "op": 11}), ("'op'", "no field of 'panic'")),
    (added({"frame": 100, "do": "panic", "late": -1}), ("late is -1",)),
    (field("new", "words", {"13": 10**9}), ("'words'", "no field")),
    (field("new", "orbit", 10**8), ("orbit is 100000000", "-1 to 11")),
    (field("play", "orbit", -1), ("orbit is -1", "0 to 11")),
    (field("new", "node", 10**8), ("node is 100000000",)),
    (field("new", "node", 5), ("node is 5",)),
    (field("new", "node", (1 << 32) + 10**6), ("no node of an engine of this size",)),
    (field("new", "definition", "nosuch"), ("'nosuch'", "before a line says")),
    (field("new", "definition", 7), ("definition is 7",)),
    (field("use", "definition", "nosuch"), ("there is no definition 'nosuch'",)),
    (field("use", "hash", "0123456789abcdef"), ("differ", "render it with version")),
    (field("use", "hash", None), ("differ",)),
    (without("use"), ("before a line says",)),
    (without("new"), ("was never made",)),
    (without("sample"), ("before a line says what it is",)),
    (lambda lines: lines.insert(-1, next(r for r in lines if r.get("do") == "new")), ("made twice",)),
    (field("new", "controls", [["freq", 1e9]]), ("freq is 1e+09", "outside")),
    (field("new", "controls", [["freq", float("nan")]]), ("freq is nan",)),
    (field("new", "controls", [["freq", 10**400]]), ("freq is 1000",)),
    (field("new", "controls", [["_fade", 0.0]]), ("no control '_fade'",)),
    (field("new", "controls", [["nosuch", 0.0]]), ("no control 'nosuch'",)),
    (field("new", "controls", [[3, 0.0]]), ("control is 3",)),
    (field("new", "controls", [["freq"]]), ("list of 2",)),
    (field("new", "controls", [["freq", None]]), ("freq is None",)),
    (field("new", "controls", [["freq", "c1024"]]), ("'c1024'", "c0 to c1023")),
    (field("new", "controls", [["freq", "c-1"]]), ("'c-1'",)),
    (field("new", "controls", {"freq": 1}), ("controls is", "list")),
    (field("new", "controls", [["freq", 100.0]] * 1000), ("1000 values",)),
    (field("new", "seed", "x"), ("seed is 'x'",)),
    (field("new", "fade", 0), ("fade is 0",)),
    (field("play", "duration", 0), ("duration is 0",)),
    (field("play", "duration", 1 << 60), ("duration is",)),
    (field("play", "cut", 1 << 40), ("cut is",)),
    (field("play", "effects", [["room", 1e9]]), ("room is 1e+09",)),
    (field("patch", "outlet", 10**6), ("outlet is 1000000", "0 to 1")),
    (field("patch", "control", "nosuch"), ("no control 'nosuch'",)),
    (field("patch", "amount", float("inf")), ("amount is inf",)),
    (field("patch", "source", (77 << 32) + 1), ("was never made",)),
    (field("move", "depth", 10**8), ("depth is 100000000",)),
    (field("bus", "values", [[-1, 0.5]]), ("bus is -1",)),
    (field("bus", "values", [[1024, 0.5]]), ("bus is 1024",)),
    (field("bus", "values", [[1, 1e39]]), ("bus 1 is 1e+39",)),
    (field("write", "first", 10**9), ("no room",)),
    (field("write", "first", -(10**6)), ("first is -1000000",)),
    (field("write", "values", []), ("values is empty",)),
    (field("write", "buffer", 0), ("buffer is 0",)),
    (field("write", "buffer", 4000), ("no room",)),
    (field("sample", "buffer", 10**9), ("buffer is 1000000000",)),
    (field("sample", "sample", 7), ("sample is 7",)),
    (field("sample", "sample", {"held": 10**13, "rate": 48000.0}), ("held is 10000000000000",)),
    (field("sample", "sample", {"held": 100, "rate": 0.0}), ("rate is 0",)),
    (field("sample", "sample", {"path": "/etc/\0passwd", "name": "x", "n": 0}), ("path is", "name")),
    (field("sample", "sample", {"path": "/etc/passwd", "name": "x", "n": 0}), ("/etc/passwd", "not in this library")),
    (field("sample", "sample", {"kit": "bd", "n": 10**9}), ("kit bd", "not in this library")),
    (field("define", "text", "out (saw"), ("damaged",)),
    (field("define", "definition", "orbit"), ("'orbit'", "already")),
    (field("restore", "name", "../../etc/passwd"), ("no built-in synth",)),
    (field("end", "frame", 10**15), ("frame is 1000000000000000",)),
    (field("end", "frame", 10**12), ("241 days",)),
    (lambda lines: lines.append({"frame": 100, "do": "panic"}), ("goes on after its end",)),
    (header("rate", 0), ("line 1: rate is 0",)),
    (header("rate", "x"), ("line 1: rate is 'x'",)),
    (header("rate", None), ("line 1: rate is None",)),
    (header("voices", 10**9), ("line 1: voices is 1000000000",)),
    (header("voices", 64.0), ("voices is 64.0",)),
    (header("limiter", 1), ("limiter is 1",)),
    (header("samples", None), ("samples is None",)),
    (header("samples", ["\0"]), ("samples is",)),
    (header("inputs", "../../../etc/passwd"), ("inputs is",)),
    (header("orbits", "x"), ("orbits' effects differ", "render it with version")),
    (header("version", 3), ("version is 3",)),
    (header("phonon-osc-session", 1), ("format 1", "format 2 only", "version that wrote it")),
]


@pytest.mark.parametrize(("edit", "words"), BAD, ids=[" ".join(words)[:40] for _, words in BAD])
def test_a_log_that_no_server_can_have_written_is_refused(
    played: tuple[Path, np.ndarray], tmp_path: Path, edit: Edit, words: tuple[str, ...]
) -> None:
    lines = rows(played[0])
    edit(lines)
    path = write_rows(tmp_path / "edited.session", lines)
    with pytest.raises(DataError) as refusal:
        render_file(path, tmp_path / "out.wav", Options(seconds=0.1))
    text = str(refusal.value)
    assert all(word in text for word in words), text
    assert "\n" not in text and len(text) < 400
    assert not (tmp_path / "out.wav").exists()


@pytest.mark.parametrize(
    "line", [b'{"frame": 1, "do": "panic"', b"\xff\xfe", b"[" * 100_000, b'{"frame": ' + b"9" * 5000 + b"}", b""]
)
def test_lines_that_are_not_json_are_refused(played: tuple[Path, np.ndarray], tmp_path: Path, line: bytes) -> None:
    head, *rest = played[0].read_bytes().splitlines()
    path = tmp_path / "broken.session"
    path.write_bytes(b"\n".join([head, line, *rest]) + b"\n")
    with pytest.raises(DataError, match=r"line 2: .*no JSON"):
        render_file(path, None, Options(seconds=0.1))


def test_the_command_line_ends_with_65_and_leaves_no_file(played: tuple[Path, np.ndarray], tmp_path: Path) -> None:
    lines = rows(played[0])
    field("new", "orbit", 99)(lines)
    path, out = write_rows(tmp_path / "edited.session", lines), tmp_path / "out.wav"
    command = [sys.executable, "-m", "phonon_osc", "render", str(path), str(out), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 65 and "line" in done.stderr and "orbit is 99" in done.stderr
    assert done.stderr.count("\n") == 1 and not out.exists()
