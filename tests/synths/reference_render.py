"""Renders the reference cases through the real studio, and compares them with SuperDirt's own recordings.

58 cases are in ``tests/data/reference``. The whole set is used if it is found: in the folder that PHONON_OSC_REFERENCE names, else in
``shared/reference/audio`` beside the repository.

As a program: ``python tests/synths/reference_render.py [PATTERN] [FOLDER]`` writes a table of verdicts, and WAVs.
"""

from __future__ import annotations

import functools
import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import judge
import numpy as np
from judge import Verdict

from phonon_osc.osc.due import RecordedDue
from phonon_osc.osc.wire import encode_bundle, encode_message, unix_to_ntp
from phonon_osc.studio import Studio

DATA = Path(__file__).parents[1] / "data"
SMALL = DATA / "reference"
FULL = Path(os.environ.get("PHONON_OSC_REFERENCE") or Path(__file__).parents[3] / "shared" / "reference" / "audio")
REFERENCE = FULL if (FULL / "cases.json").is_file() else SMALL
SAMPLES = (str(DATA / "samples"), str(SMALL / "samples")) if REFERENCE is SMALL else (str(FULL / "samples"),)
RATE = 48000
ZERO = 1.7e9  # system time of frame 0
LIMITER = 960  # delay of SuperDirt's look-ahead limiter in frames; ours has no delay
PREROLL = 1.5  # seconds before a case at which the orbit gets the case's settings, as in the reference
REST = 8.0  # seconds between two cases, so that echo and reverb can decay
ORBIT_KEYS = (
    "orbit",
    "cps",
    "delay",
    "delaytime",
    "delayfeedback",
    "lock",
    "room",
    "size",
    "dry",
    "leslie",
    "lrate",
    "lsize",
)
INPUT_HZ = (500.0, 750.0)  # sines at half full scale
SENDER = ("127.0.0.1", 6010)

Args = Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """A case of cases.json: its length in the file, and its events as (seconds after event zero, arguments)."""

    name: str
    seconds: float
    events: tuple[tuple[float, Args], ...]


@functools.cache
def cases(folder: Path = REFERENCE) -> dict[str, Case]:
    """The cases of a reference folder that have a sound file."""
    data = json.loads((folder / "cases.json").read_text())
    found = {path.stem for path in (folder / "audio").glob("*.flac")}
    return {
        name: Case(name, row["seconds"], tuple((e["t"], e["args"]) for e in row["events"]))
        for name, row in data["cases"].items()
        if name in found
    }


@functools.cache
def tolerances() -> dict[str, dict[str, float]]:
    """For each case with random parts, the difference between several recordings of SuperDirt itself."""
    found: dict[str, dict[str, float]] = json.loads((REFERENCE / "baseline.json").read_text())["tolerance"]
    return found


def compare(name: str, sound: np.ndarray) -> Verdict:
    """The verdict on our rendering of a case."""
    return judge.compare(judge.load(REFERENCE / "audio" / f"{name}.flac"), sound, tolerances().get(name))


class Renderer:
    """One studio that plays case after case, with a pause in between; its two audio inputs get sines of INPUT_HZ."""

    def __init__(self, samples: Sequence[str] = SAMPLES) -> None:
        self.studio = Studio(rate=float(RATE), voices=64, samples=samples, inputs=len(INPUT_HZ))
        self.studio.route(RecordedDue(RATE, ZERO))
        self.frame = 0

    def render(self, case: Case) -> np.ndarray:
        """The sound of a case, laid out as in its reference file: event zero after 0.1 s plus the delay of SuperDirt's limiter."""
        length = round(case.seconds * RATE)
        file = self.frame + round((PREROLL + 1.0) * RATE)  # frame at which the file starts
        onset = file + RATE // 10 + LIMITER
        first = case.events[0][1]
        setting = {key: first[key] for key in ORBIT_KEYS if key in first}
        self._send(onset - round(PREROLL * RATE), {**setting, "s": "click", "gain": 0.0})
        for seconds, args in case.events:
            self._send(onset + round(seconds * RATE), args)
        sound = self._run(file + length)[-length:]
        self._run(file + length + round(REST * RATE))
        return sound

    def _send(self, frame: int, args: Args) -> None:
        pairs = [part for pair in args.items() for part in pair]
        packet = encode_bundle(unix_to_ntp(ZERO + frame / RATE), [encode_message("/dirt/play", *pairs)])
        self.studio.router.datagram(packet, SENDER, ZERO + self.frame / RATE, lambda *answer: None)
        self.studio.engine.poll()

    def _run(self, until: int) -> np.ndarray:
        out = np.zeros((until - self.frame, 2), np.float32)
        for at in range(0, len(out), 1024):
            frames = np.arange(self.frame + at, self.frame + min(at + 1024, len(out)))
            self.studio.engine.feed_input(0.5 * np.sin(np.outer(frames, 2.0 * np.pi * np.array(INPUT_HZ) / RATE)))
            self.studio.engine.render(out[at : at + 1024])
            self.studio.engine.poll()
        self.frame = until
        return out

    def close(self) -> None:
        self.studio.close()


def main(pattern: str = "", folder: str | None = None) -> None:
    renderer = Renderer()
    for name, case in cases().items():
        if not re.search(pattern, name):
            continue
        sound = renderer.render(case)
        if folder is not None:
            import soundfile

            soundfile.write(Path(folder) / f"{name}.wav", sound, RATE, subtype="FLOAT")
        found = compare(name, sound)
        sys.stdout.write(f"{name:36s} {found.value:.3f} {found.penalties}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
