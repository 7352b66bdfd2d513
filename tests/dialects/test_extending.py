"""What a user adds from outside the package: an effect key by one kind file and one record, a dialect by one folder. Both are played."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.live.rig import ROOT

KIND = '''
"""An effect of the user's own."""

from dsp.kind import Param, kind


@kind(ins=("x",), reference="y = a x", amount=Param(1.0, -4.0, 4.0, doc="Factor."))
def flip(x, amount, y, n, env):
    """Multiplies."""
    for i in range(n):
        y[i] = x[i] * amount[i]
'''
RECORD = """
from phonon_osc.dialects.event import Reads
from phonon_osc.dialects.parameters import Feed, Parameter, Stage

PARAMETERS = (
    Parameter(
        "flip", Stage.EFFECT, "Factor of everything.", Reads.FOLLOWING, low=-2.0, high=2.0,
        aliases=("flp",), feeds=(Feed("flip", "amount", "flip", trigger=True),),
    ),
)
"""
DIALECT = '''
"""A dialect in which an event is a word: how often, what, how high."""

from .reading import read, translate
from phonon_osc.dialects.dialect import Dialect, Evidence
from phonon_osc.dialects.parameters import Parameter, Stage, Table

TABLE = Table((Parameter("hertz", Stage.PITCH, "Frequency of the sine.", low=20.0, high=5000.0, default=440.0),))


def handlers(player):
    return {"/made/up/hello": lambda request: request.reply("/made/up/hello/reply", player.played)}


DIALECT = Dialect(
    name="made_up",
    doc="One sine at a time.",
    evidence=lambda keys, args: Evidence.CERTAIN if keys[:1] == ["hertz"] else Evidence.POSSIBLE if not keys else Evidence.NO,
    read=lambda args: read(args, TABLE),
    translate=translate,
    parameters=lambda: TABLE,
    handlers=handlers,
)
'''
READING = """
from phonon_osc.dialects import event
from phonon_osc.engine.voice import Voice


def read(args, table):
    return event.read(args, table.reads, event.Event())


def translate(event, sounds, *, seed, sample_rate):
    controls = {"freq": event.given["hertz"], "amp": 0.5, "hold_time": 0.2, "fade_out": 0.01, "level": 1.0}
    return Voice(sounds.synth("sine").definition, controls, 0.21, seed=seed)
"""
PLAY = """
import json, sys
import numpy as np
from phonon_osc.osc.wire import decode, encode_message
from phonon_osc.studio import Studio

studio, heard = Studio(voices=32), []
for address, *args in json.loads(sys.argv[1]):
    studio.router.datagram(encode_message(address, *args), ("127.0.0.1", 40000), 0.0, lambda data, _: heard.append(data))
out = np.zeros((9600, 2), np.float32)
studio.engine.render(out)
studio.poll()
np.save(sys.argv[2], out)
print(json.dumps({
    "answers": [[m.address, *m.args] for data in heard for m in decode(data).messages],
    "status": {name: studio.status()[name] for name in ("played", "unplayable", "osc_bad_key")},
}))
"""


class Folders:
    """A user's own kinds and dialects, and a process that plays with them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.env = {**os.environ}
        for name in ("kinds", "dialects"):
            (path / name).mkdir()
            self.env[f"PHONON_OSC_{name.upper()}"] = str(path / name)

    def write(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(exist_ok=True)
        (self.path / name).write_text(text)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.env, capture_output=True, text=True, check=True, timeout=110
        )

    def play(self, *messages: list[Any]) -> tuple[np.ndarray, dict[str, Any]]:
        """The sound of 0.2 s after these messages, and what was answered."""
        out = self.path / "out.npy"
        done = self.run("-c", PLAY, json.dumps(messages), str(out))
        return np.load(out), {**json.loads(done.stdout.splitlines()[-1]), "log": done.stderr}


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path)


SINE = ["/dirt/play", "s", "sine", "note", 0.0, "sustain", 0.15]


def test_an_effect_key_is_a_kind_file_and_a_record(folders: Folders) -> None:
    folders.write("kinds/flip.py", KIND)
    folders.write("dialects/flip.py", RECORD)
    plain, _ = folders.play(SINE)
    flipped, told = folders.play([*SINE, "flip", -0.5])
    limited, _ = folders.play([*SINE, "flip", 100.0])
    assert np.abs(plain).max() > 0.05
    assert np.allclose(flipped, -0.5 * plain, atol=1e-6), "the effect is last in the chain, and linear"
    assert np.allclose(limited, 2.0 * plain, atol=1e-6), "the record's range"
    assert told["status"] == {"played": 1, "unplayable": 0, "osc_bad_key": 0}
    _, counted = folders.play([*SINE, "flip", "loud"])
    assert counted["status"]["osc_bad_key"] == 1, "reading knows what it takes"
    assert folders.run("-m", "phonon_osc", "params", "flp").stdout.startswith("flip (effect)")


def test_an_effect_key_follows_a_bus_and_reaches_every_dialect(folders: Folders) -> None:
    folders.write("kinds/flip.py", KIND)
    folders.write("dialects/flip.py", RECORD)
    strudel = ["/dirt/play", "cps", 0.5, "cycle", 0.0, "delta", 0.15, "s", "sine", "note", 60.0]
    plain, _ = folders.play(strudel)
    flipped, _ = folders.play(["/c_set", 3, -1.0], [*strudel, "flip", "c3"])
    assert np.abs(plain).max() > 0.05 and np.allclose(flipped, -plain, atol=1e-6)


@pytest.mark.parametrize(
    ("record", "word"),
    [
        ('Parameter("cutoff", Stage.EFFECT, "Mine.")', "cutoff"),
        ('Parameter("x", Stage.EFFECT, "Mine.", feeds=(Feed("nothing", "amount", "x", trigger=True),))', "nothing"),
        ('Parameter("x", Stage.EFFECT, "Mine.", feeds=(Feed("shape", "nothing", "x", trigger=True),))', "nothing"),
        ("7", "7 is no Parameter"),
    ],
)
def test_a_record_that_does_not_fit_is_left_out_and_named(folders: Folders, record: str, word: str) -> None:
    start = "from phonon_osc.dialects.parameters import Feed, Parameter, Stage\n"
    folders.write("dialects/mine.py", f"{start}PARAMETERS = ({record},)\n")
    folders.write("dialects/wrong.py", "import nothing_like_it\n")
    heard, told = folders.play(SINE)
    assert np.abs(heard).max() > 0.05
    assert "mine.py: a parameter is not used" in told["log"] and word in told["log"]
    assert "wrong.py: not used (ModuleNotFoundError" in told["log"]


def test_a_dialect_is_a_folder(folders: Folders) -> None:
    folders.write("dialects/made_up/__init__.py", DIALECT)
    folders.write("dialects/made_up/reading.py", READING)
    event = ["/dirt/play", "hertz", 1000.0, "extra", "thing"]
    heard, told = folders.play(event, ["/made/up/hello"])
    spectrum = np.abs(np.fft.rfft(heard[:9600, 0]))
    assert np.argmax(spectrum) == 200, "1000 Hz in steps of 5"
    assert told["answers"] == [["/made/up/hello/reply", 1]]
    dirt, told = folders.play(SINE)
    assert np.abs(dirt).max() > 0.05 and told["status"]["played"] == 1, "the others are spoken as before"
    listed = folders.run("-m", "phonon_osc", "params", "hertz", "--dialect", "made_up", "--json")
    assert json.loads(listed.stdout)["max"] == 5000.0
