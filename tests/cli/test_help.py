"""Help is quick, complete, and loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from phonon_osc import __version__
from phonon_osc.cli import COMMANDS, main
from phonon_osc.errors import ExitCode
from tests.live.rig import ROOT

NAMES = tuple(command.__name__.rpartition(".")[2] for command in COMMANDS)
HEAVY = ("numpy", "numba", "llvmlite", "soundfile", "jack", "rich", "asyncio", "_miniaudio")
SCRIPT = f"""
import sys
from phonon_osc.cli import main
try:
    main(sys.argv[1:])
except SystemExit as leaving:
    assert not leaving.code, leaving.code
sys.stderr.write(" ".join(name for name in {HEAVY!r} if name in sys.modules))
"""


@pytest.mark.parametrize("words", [("--help",), ("--version",), *((name, "--help") for name in NAMES)])
def test_help_is_quick_and_light(words: tuple[str, ...]) -> None:
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", SCRIPT, *words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert time.monotonic() - began < 1.0
    assert done.stderr == ""


@pytest.mark.parametrize("name", NAMES)
def test_every_command_shows_examples(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main([name, "--help"])
    assert leaving.value.code == 0
    text = capsys.readouterr().out
    assert f"phonon-osc {name}" in text.partition("examples:")[2]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"phonon-osc {__version__}\n"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ((), "COMMAND"),
        (("dance",), "dance"),
        (("serve", "--voices", "8"), "8 is not between 16 and 16384"),
        (("serve", "--voices", "many"), "'many' is not a number"),
        (("serve", "--lanes", "5"), "invalid choice: 5"),
        (("render", "a.jsonl"), "OUT.wav"),
        (("render", "a.jsonl", "b.wav", "--period", "15"), "15 is not between 16 and 8192"),
        (
            ("render", "a.jsonl", "b.wav", "--seconds", "1", "--cycles", "1"),
            "--cycles: not allowed with argument --seconds",
        ),
    ],
)
def test_wrong_use_names_the_value_and_exits_64(
    words: tuple[str, ...], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(words)
    assert leaving.value.code == ExitCode.USAGE
    error = capsys.readouterr().err
    assert named in error and error.count("\n") == 1 and "--help" in error
