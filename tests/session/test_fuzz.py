"""Thousands of damaged logs: each is refused in one sentence or can be played. Nothing is written outside the engine's tables."""

from __future__ import annotations

import copy
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dsp import structs
from phonon_osc.engine import allocate
from phonon_osc.engine.engine import Engine
from phonon_osc.errors import DataError
from phonon_osc.samples.decode import SampleError
from phonon_osc.session import read_header, read_session
from phonon_osc.studio import Studio

from .rig import play_everything, rows

LOGS = int(os.environ.get("PHONON_OSC_FUZZ_LOGS", "10000"))  # 100,000 take some minutes
GUARD = 512  # bytes on either side of each table
PATTERN = 0xA5
PLAY = 256  # frames of each log that can be read


class Guards:
    """Allocates tables between guard bytes, which nothing may write to."""

    def __init__(self) -> None:
        self._raw: list[np.ndarray] = []
        self._bounds: list[tuple[int, int]] = []

    def zeros(self, shape: int | tuple[int, ...], dtype: Any, align: int = 128, **_: Any) -> np.ndarray:
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        raw = np.full(size + 2 * GUARD + align, PATTERN, np.uint8)
        first = GUARD + -(raw.ctypes.data + GUARD) % align
        raw[first : first + size] = 0
        self._raw.append(raw)
        self._bounds.append((first, first + size))
        return raw[first : first + size].view(dtype).reshape(shape)

    def check(self) -> None:
        for raw, (first, end) in zip(self._raw, self._bounds, strict=True):
            assert np.all(raw[:first] == PATTERN) and np.all(raw[end:] == PATTERN)


@pytest.fixture
def guards(monkeypatch: pytest.MonkeyPatch) -> Guards:
    made = Guards()
    monkeypatch.setattr(allocate, "aligned_zeros", made.zeros)
    monkeypatch.setattr(structs, "aligned_zeros", made.zeros)
    return made


NAMING = ("define", "forget", "restore", "use", "sample", "release", "new")  # lines that later lines refer to
NUMBERS = [
    0,
    1,
    -1,
    2,
    64,
    1024,
    4095,
    2**31,
    -(2**31),
    2**32 + 1,
    2**63,
    10**15,
    1e9,
    -1e9,
    0.5,
    1e39,
    float("inf"),
    float("nan"),
]
THINGS = [
    *NUMBERS,
    None,
    True,
    "",
    "c3",
    "c99999",
    "freq",
    "bell",
    "sine",
    "orbit",
    "../x",
    "\0",
    [],
    {},
    [[1, 2]],
    {"a": 1},
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to all values in a line."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def damage(rng: random.Random, lines: list[Any]) -> None:
    """Change one thing in a log."""
    number = rng.randrange(len(lines))
    what = rng.randrange(10)
    if what == 0:
        del lines[number]
        return
    if what == 1:
        lines.insert(rng.randrange(len(lines)), copy.deepcopy(lines[number]))
        return
    if what == 2:
        other = rng.randrange(len(lines))
        lines[number], lines[other] = lines[other], lines[number]
        return
    line = lines[number] = copy.deepcopy(lines[number])
    ways = list(places(line))
    if not ways:
        return
    *path, last = rng.choice(ways)
    inner = line
    for key in path:
        inner = inner[key]
    if what == 3:
        inner.pop(last)
    elif what == 4 and isinstance(inner[last], int | float) and not isinstance(inner[last], bool):
        inner[last] += rng.choice([1, -1, 63, 2**32, 0.5])
    elif what == 5 and isinstance(inner, dict):
        inner[rng.choice(["x", "op", "words", "node", "frame", "controls", "late"])] = rng.choice(THINGS)
    elif what == 6 and isinstance(inner[last], str):
        inner[last] = "".join(rng.sample(inner[last], len(inner[last]))) or "x"
    elif what == 7:
        donor = rng.choice(lines)
        if isinstance(donor, dict) and last in donor:
            inner[last] = copy.deepcopy(donor[last])
    else:
        inner[last] = rng.choice(THINGS if rng.random() < 0.5 else NUMBERS)


def damaged_text(rng: random.Random, text: bytes) -> bytes:
    """Change some bytes."""
    raw = bytearray(text)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(raw))
        if rng.random() < 0.5:
            raw[at] = rng.randrange(256)
        else:
            raw[at : at + rng.randint(1, 30)] = b""
    return bytes(raw)


@pytest.mark.timeout(3600)
def test_damaged_logs(guards: Guards, tmp_path: Path) -> None:
    play_everything(tmp_path / "gig.session")
    whole = [row for row in rows(tmp_path / "gig.session") if row.get("do") != "write" or row["first"] == 0]
    for row in whole:
        if row.get("do") == "write":
            row["values"] = row["values"][:8]
    # a client's synth takes milliseconds to read, so only a few logs have one
    light = [row for row in whole if "superpiano" not in f"{row.get('name')} {row.get('definition')}"]
    rng = random.Random(20261126)
    memory = os.memfd_create("damaged.session")  # a disk would take most of the time
    path = Path(f"/proc/self/fd/{memory}")
    studio = Studio(voices=64, limiter=False)
    refused = played = 0
    for k in range(LOGS):
        # the whole session; or its header, the lines that a part of it refers to, that part, and the end
        source = whole if k % 50 == 0 else light
        first = 1 if k % 25 == 0 else rng.randrange(1, len(source))
        needed = [row for row in source[1:first] if row["do"] in NAMING]
        stretch = source[1:-1] if k % 25 == 0 else source[first : first + 8]
        lines = [source[0], *needed, *stretch, source[-1]]
        for _ in range(rng.choice([1, 1, 1, 2])):
            damage(rng, lines)
        text = "".join(json.dumps(line) + "\n" for line in lines).encode()
        os.ftruncate(memory, 0)
        os.pwrite(memory, damaged_text(rng, text) if k % 8 == 0 else text, 0)
        try:
            header = read_header(path)
            if header is None:
                refused += 1
                continue
            replay = read_session(path, header, studio.engine, studio.library)
        except DataError as error:
            assert "\n" not in str(error) and len(str(error)) < 600, error
            refused += 1
            continue
        played += 1
        play(studio, replay.steps)
        if played % 500 == 0:
            guards.check()
    assert refused > 0.3 * LOGS and played > 0.1 * LOGS, (refused, played)
    guards.check()
    studio.close()
    os.close(memory)


def play(studio: Studio, steps: list[tuple[int, Any]]) -> None:
    """Carry out all steps at once, then a panic, so that the next log begins with the same state of the engine."""
    engine: Engine = studio.engine
    for _, step in steps:
        try:
            step()
        except SampleError:
            continue
    out = np.zeros((PLAY, 2), np.float32)
    engine.render(out)
    assert np.isfinite(out).all()
    engine.panic()
    engine.render(out)
    studio.poll()
    leaving = {number for _, number in engine.buffers._leaving}
    for number in engine.buffers._arrays.keys() - leaving:
        if studio.library.describe(number) is None:  # a client's sample
            engine.buffers.drop(number)
