"""`phonon-osc samples`: names, their origin, and the folders that are searched."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phonon_osc.cli import main
from phonon_osc.errors import ExitCode
from phonon_osc.samples import kit

DATA = Path(__file__).parents[1] / "data" / "samples"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without samples."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path


def put(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.zeros((4_410, 2), np.float32), 44_100)
    return path


def said(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main(["samples", *map(str, words)]) == 0
    return capsys.readouterr().out


def test_names_counts_and_where_they_come_from(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    lines = said(capsys, "list", "--samples", DATA).splitlines()
    rows = {line.split()[0]: line.split(maxsplit=2)[1:] for line in lines}
    assert rows["tone"] == ["3", str(DATA)] and rows["arpy"] == [str(kit.COUNTS["arpy"]), "built in"]
    assert rows["ch"] == ["2", "the same as hh"]
    assert lines == sorted(lines, key=lambda line: line.split()[0])


def test_the_root_that_wins_and_those_it_hides(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    for root in ("one", "two"):
        put(home / root / "mine" / "a.wav")
    words = ("--samples", home / "one", "--samples", home / "two")
    (row,) = [row for row in json.loads(said(capsys, "list", *words, "--json")) if row["name"] == "mine"]
    assert row == {
        "name": "mine",
        "count": 1,
        "built_in": False,
        "root": str(home / "two"),
        "hides": [str(home / "one")],
        "same_as": None,
    }
    assert f"{home / 'two'} (instead of {home / 'one'})" in said(capsys, "list", *words)


def test_the_files_of_one_name(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    put(home / "s" / "mine" / "b.wav")
    bad = home / "s" / "mine" / "a \x1b[31m.wav"
    bad.write_bytes(b"no sound")
    text = said(capsys, "list", "mine", "--samples", home / "s")
    first, second, third = text.splitlines()
    assert first == f"mine: 2, {home / 's'}"
    assert second.startswith("  0  ") and "a \\x1b[31m.wav" in second and "cannot be read" in second
    assert third.startswith("  1  ") and third.endswith("0.100 s, 44100 Hz, 2 channel(s), WAV PCM_16")
    sounds = json.loads(said(capsys, "list", "mine", "--samples", home / "s", "--json"))["sounds"]
    assert "error" in sounds[0] and sounds[1] == {
        "file": str(home / "s" / "mine" / "b.wav"),
        "seconds": 0.1,
        "rate": 44_100,
        "channels": 2,
        "format": "WAV PCM_16",
    }
    assert said(capsys, "list", "arpy") == f"arpy: {kit.COUNTS['arpy']}, built in\n"


def test_a_name_that_is_not_there(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    assert main(["samples", "list", "nothing"]) == ExitCode.USAGE
    assert main(["samples", "where", "bd"]) == ExitCode.USAGE


def test_where_tells_a_newcomer_what_is_wrong(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    text = said(capsys, "where")
    own = home / "phonon-osc" / "samples"
    assert text.count("is not there") == 2 and f"Put your samples into {own}" in text
    pack = put(home / "downloads" / "pack" / "bd" / "a.wav").parent.parent
    text = said(capsys, "where", "--samples", DATA, "--samples", pack.parent)
    assert "10 names, 16 files" in text and "Put your" not in text
    assert f"holds no folder with samples in it; did you mean {pack}?" in text
    put(own / "mine" / "a.wav")
    assert json.loads(said(capsys, "where", "--json"))["roots"][1] == {
        "path": str(own),
        "given": False,
        "there": True,
        "names": 1,
        "files": 1,
    }


def test_a_file_whose_name_is_no_utf_8_is_listed_escaped(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    """A pack zipped on Windows has Latin-1 names, whose bytes are not UTF-8."""
    put(home / "mine" / "drum" / "x.wav")
    folder = os.fsencode(home / "mine" / "drum")
    os.rename(os.path.join(folder, b"x.wav"), os.path.join(folder, b"gro\xdf.wav"))
    text = said(capsys, "list", "drum", "--samples", home / "mine")
    assert "gro\\udcdf.wav" in text and "44100 Hz" in text
    (sound,) = json.loads(said(capsys, "list", "drum", "--samples", home / "mine", "--json"))["sounds"]
    assert os.fsencode(sound["file"]).endswith(b"gro\xdf.wav") and sound["seconds"] == 0.1
