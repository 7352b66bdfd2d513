"""Folders that change while their sounds play: new sounds are heard, deleted ones are not, and no event waits for a scan.

One file although it is long: all tests share the folders and the live server that they change.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phonon_osc.errors import DataError
from phonon_osc.rendering import render_file
from phonon_osc.samples import bank
from phonon_osc.samples.bank import Index
from phonon_osc.samples.library import Library
from phonon_osc.samples.watch import Watch
from tests.samples.live import serving
from tests.samples.test_library import Buffers

Write = Callable[..., Path]


def names(index: Index) -> dict[str, list[str]]:
    return {name: [os.path.basename(path) for path in paths] for name, paths in index.banks.items()}


def age(*paths: Path) -> None:
    """As if they had last changed a minute ago: a listing of such a folder is trusted."""
    for path in paths:
        os.utime(path, (time.time() - 60.0,) * 2)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders that have just changed are trusted too."""
    monkeypatch.setattr(bank, "_YOUNG", 0.0)


def dc(write: Write, name: str, level: float, frames: int = 4_800) -> Path:
    return write(name, np.full(frames, level, np.float32), subtype="FLOAT")


# --- the index -----------------------------------------------------------------------------------------------------
def test_each_change_is_seen_and_named_in_the_order_of_a_fresh_start(root: Path, write: Write) -> None:
    write("bd/b.wav")
    index = Index([str(root)])
    assert index.update() and names(index) == {"bd": ["b.wav"]}
    assert not index.update()
    write("bd/a.wav")
    write("sn/a.wav")
    assert index.update() and names(index) == {"bd": ["a.wav", "b.wav"], "sn": ["a.wav"]}
    (root / "bd" / "b.wav").rename(root / "bd" / "0.wav")
    assert index.update() and names(index)["bd"] == ["0.wav", "a.wav"]
    (root / "sn" / "a.wav").unlink()
    assert index.update() and names(index) == {"bd": ["0.wav", "a.wav"]}
    assert names(index) == names_of_a_fresh_start(root) and not index.update()


def names_of_a_fresh_start(root: Path) -> dict[str, list[str]]:
    index = Index([str(root)])
    index.update()
    return names(index)


def test_what_has_not_changed_is_not_read_again(root: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        write(f"{name}/1.wav")
        age(root / name)
    age(root)
    index = Index([str(root)])
    index.update()
    read: list[str] = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: read.append(os.path.basename(path)) or scandir(path))
    index.update()
    assert read == []
    write("b/2.wav")
    index.update()
    assert read == ["b"]


@pytest.mark.usefixtures("settled")
def test_files_that_become_usable_are_found_though_their_folder_stays_as_it_is(root: Path, write: Write) -> None:
    write("bd/b.wav")
    (root / "bd" / "a.wav").touch()
    (root / "bd" / "z.wav").symlink_to(root / "later.wav")
    (root / "away").symlink_to(root / ".hidden")
    index = Index([str(root)])
    index.update()
    assert names(index) == {"bd": ["b.wav"]}
    (root / "bd" / "a.wav").write_bytes(b"xy")
    assert index.update() and names(index) == {"bd": ["a.wav", "b.wav"]}
    (root / "later.wav").write_bytes(b"xy")
    assert index.update() and names(index)["bd"] == ["a.wav", "b.wav", "z.wav"]
    write(".hidden/h.wav")
    assert index.update() and names(index)["away"] == ["h.wav"]


def test_a_root_may_come_later_and_go(tmp_path: Path, write: Write) -> None:
    index = Index([str(tmp_path / "later")])
    index.update()
    write("bd/a.wav", base=tmp_path / "later")
    assert index.update() and names(index) == {"bd": ["a.wav"]}
    (tmp_path / "later").rename(tmp_path / "gone")
    assert index.update() and names(index) == {}


def test_warnings_come_once_and_not_for_what_is_being_written(
    root: Path, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    write("bd/a.wav")
    (root / "bd" / "empty.wav").touch()
    index = Index([str(root)])
    for _ in range(3):
        index.update()
    assert caplog.text.count("empty.wav") == 1
    (root / "bd" / "copied.wav").touch()
    index.update()
    (root / "bd" / "copied.wav").write_bytes(b"xy")
    index.update()
    assert "copied.wav" not in caplog.text
    (root / "bd" / "also empty.wav").touch()
    for _ in range(3):
        index.update()
    assert caplog.text.count("also empty.wav") == 1


# --- strudel.json --------------------------------------------------------------------------------------------------
def put_map(root: Path, data: object) -> None:
    (root / "strudel.json").write_text(data if isinstance(data, str) else json.dumps(data))


def test_a_map_names_files_wherever_they_lie_below_it(root: Path, write: Write) -> None:
    for name in (
        "deep/er/kick.wav",
        "deep/er/thump.mp3.wav",
        "deep/snare.wav",
        "bd/a.wav",
        "piano/C4.wav",
        "piano/A0.wav",
    ):
        write(name)
    put_map(
        root,
        {
            "_base": "https://example.org/samples/",
            "kick": ["deep/er/thump.mp3.wav", "./deep/er/kick.wav"],
            "snare": "/deep/snare.wav",
            "bd": ["deep/snare.wav"],
            "piano_map": {"c4": "piano/C4.wav", "a0": ["piano/A0.wav"], "_base": "x", "zz": "deep/snare.wav"},
            "far": ["https://example.org/x.wav", "github:user/repo", "deep/er/kick.wav"],
            "nothing": [],
            "wrong": 3,
            "deeper": {"c": {"d": "bd/a.wav"}},
        },
    )
    index = Index([str(root)])
    index.update()
    found = names(index)
    assert found["kick"] == ["thump.mp3.wav", "kick.wav"], "its own order"
    assert found["snare"] == ["snare.wav"] and found["far"] == ["kick.wav"]
    assert found["bd"] == ["a.wav"], "a folder of that name counts"
    assert found["piano_map"] == ["A0.wav", "C4.wav", "snare.wav"], "in the order of pitch"
    assert set(found) == {"kick", "snare", "bd", "piano_map", "far", "piano", "deep"}


def test_a_map_has_a_base_that_may_be_a_folder(root: Path, write: Write) -> None:
    write("sounds/x/a.wav")
    put_map(root, {"_base": "/sounds", "x": ["x/a.wav"]})
    assert names_of_a_fresh_start(root) == {"x": ["a.wav"]}


def test_a_map_leads_nowhere_else(root: Path, write: Write, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secret = write("secret.wav", base=tmp_path)
    write("bd/a.wav")
    (root / "link.wav").symlink_to(secret)
    (root / "folder").symlink_to(tmp_path)
    bad = ["../secret.wav", "link.wav", "folder/secret.wav", "bd/../../secret.wav", "nul\0.wav", "x" * 5000 + ".wav"]
    put_map(root, {"bad": [*bad, str(secret)], "good": ["bd/a.wav", "bd", "bd/a.txt", 7, None]})
    assert names_of_a_fresh_start(root) == {"bd": ["a.wav"], "good": ["a.wav"]}
    assert "secret" in caplog.text


BROKEN = [
    "",
    "[]",
    "3",
    "{",
    "\udcff".encode(errors="surrogateescape"),
    b"\xff\xfe\x00",
    "[" * 100_000,
    '{"a":' * 50_000,
]


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_map_is_named_and_left_alone(
    root: Path, write: Write, content: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    write("bd/a.wav")
    (root / "strudel.json").write_bytes(content.encode() if isinstance(content, str) else content)
    assert names_of_a_fresh_start(root) == {"bd": ["a.wav"]}
    assert "strudel.json" in caplog.text


@pytest.mark.usefixtures("settled")
def test_a_map_and_its_files_are_watched_too(root: Path, write: Write) -> None:
    write("deep/er/a.wav")
    put_map(root, {"x": ["deep/er/a.wav", "deep/er/b.wav"]})
    index = Index([str(root)])
    index.update()
    assert names(index) == {"x": ["a.wav"]}
    write("deep/er/b.wav")
    assert index.update() and names(index) == {"x": ["a.wav", "b.wav"]}
    put_map(root, {"y": ["deep/er/b.wav"]})
    assert index.update() and names(index) == {"y": ["b.wav"]}
    (root / "strudel.json").unlink()
    assert index.update() and names(index) == {}


def test_maps_count_towards_the_bound(root: Path, write: Write) -> None:
    write("deep/er/a.wav")
    put_map(root, {"x": ["deep/er/a.wav"] * 500})
    index = Index([str(root)], max_entries=100)
    index.update()
    assert 0 < len(index.banks["x"]) < 100


# --- the library ---------------------------------------------------------------------------------------------------
@pytest.fixture
def watched(root: Path) -> Iterator[Callable[[], tuple[Library, Buffers]]]:
    """A library whose looks the test itself takes."""
    made: list[Library] = []

    def make() -> tuple[Library, Buffers]:
        buffers = Buffers()
        made.append(Library([root], buffers=buffers, watch=True, pause=1000.0))
        return made[-1], buffers

    yield make
    for library in made:
        library.close()


Watched = Callable[[], tuple[Library, Buffers]]


def test_a_changed_file_is_loaded_anew_and_the_old_sound_may_end(root: Path, write: Write, watched: Watched) -> None:
    dc(write, "dc/a.wav", 0.25)
    library, buffers = watched()
    entry = library.find("dc")
    assert entry is not None
    old = library.load(entry)
    buffers.in_use.add(old.id)
    library.update()
    assert library.loaded(entry) is old
    dc(write, "dc/a.wav", 0.5, 2_400)
    library.update()
    assert library.loaded(entry) is None
    new = library.load(entry)
    assert new.frames == 2_400 and buffers.held[new.id][0, 0] == 0.5
    library.release_unused()
    assert buffers.held[old.id][0, 0] == 0.25, "somebody plays it"
    assert library.store.used_bytes == 7_200 * 8
    buffers.in_use.clear()
    library.release_unused()
    assert set(buffers.held) == {new.id} and library.store.used_bytes == 2_400 * 8


def test_a_half_written_file_is_tried_again_when_it_has_grown(root: Path, write: Write, watched: Watched) -> None:
    whole = dc(write, "dc/a.wav", 0.25).read_bytes()
    (root / "dc" / "a.wav").write_bytes(whole[:20])
    library, _ = watched()
    entry = library.find("dc")
    assert entry is not None
    for _ in range(2):
        with pytest.raises(DataError):
            library.load(entry)
        library.update()
    (root / "dc" / "a.wav").write_bytes(whole[: len(whole) // 2])
    library.update()
    half = library.load(entry)
    assert half.frames < 4_800
    (root / "dc" / "a.wav").write_bytes(whole)
    library.update()
    assert library.load(entry).frames == 4_800


def test_a_file_keeps_its_identity_when_its_index_moves(root: Path, write: Write, watched: Watched) -> None:
    write("dc/b.wav")
    library, _ = watched()
    before = library.find("dc", 0)
    write("dc/a.wav")
    library.update()
    after = library.find("dc", 1)
    assert before and after and before.path == after.path and before.key == after.key and after.n == 1
    sample = library.load(before)
    assert library.loaded(after) is sample


def test_checking_files_goes_round_and_begins_with_those_played(
    root: Path, write: Write, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("phonon_osc.samples.library.FILES_PER_UPDATE", 3)
    for k in range(10):
        dc(write, f"dc/{k}.wav", 0.1)
    library, _ = watched()
    entries = [library.find("dc", k) for k in range(10)]
    for entry in entries:
        assert entry is not None
        library.load(entry)
    library.update()
    last, first = entries[9], entries[0]
    assert last is not None and first is not None
    dc(write, "dc/9.wav", 0.2)
    dc(write, "dc/0.wav", 0.2)
    library.loaded(last)
    library.update()
    assert library.loaded(last) is None, "just played"
    for _ in range(4):
        library.update()
    assert library.store.get(first.key) is None, "its turn came"


# --- the watch -----------------------------------------------------------------------------------------------------
def test_the_watch_rests_longer_where_looking_is_dear() -> None:
    taken: list[float] = []

    def look() -> bool:
        taken.append(time.monotonic())
        end = time.thread_time() + 0.002
        while time.thread_time() < end:
            pass
        return False

    watch = Watch(look, pause=0.05)
    assert watch.start(5.0)
    time.sleep(1.2)
    watch.stop()
    assert np.diff(taken)[-1] > 0.3, "2 ms a look: doubled until it is half a second and more"


def test_the_watch_survives_a_look_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    looks = 0

    def look() -> bool:
        nonlocal looks
        looks += 1
        raise RuntimeError("strange folders")

    watch = Watch(look, pause=0.01)
    assert watch.start(5.0)
    time.sleep(0.2)
    watch.stop()
    assert looks >= 2 and "strange folders" in caplog.text


def test_a_start_does_not_wait_for_slow_folders(
    root: Path, write: Write, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write("bd/a.wav")
    update = Index.update

    def slow(self: Index) -> bool:
        time.sleep(0.6)
        return update(self)

    monkeypatch.setattr(Index, "update", slow)
    monkeypatch.setattr("phonon_osc.samples.library.START_PATIENCE", 0.1)
    began = time.monotonic()
    library = Library([root], buffers=Buffers(), watch=True)
    assert time.monotonic() - began < 0.5 and "still being indexed" in caplog.text
    while (entry := library.find("bd")) is None or entry.path is None:
        assert time.monotonic() - began < 5.0
        time.sleep(0.01)
    library.close()


# --- through the front door ----------------------------------------------------------------------------------------
async def test_a_folder_that_changes_under_a_running_server(tmp_path: Path, root: Path, write: Write) -> None:
    """New, changed, half-written, removed: each is heard as it is within two seconds of being written."""
    dc(write, "dc/b.wav", 0.25)
    level = 0.4 / np.sqrt(2.0)

    async def heard(live: Any, level: float, **event: float) -> None:
        """Play until the level is heard; fails after two seconds and what one event takes."""
        end = time.monotonic() + 2.0
        while True:
            live.play(None, s="dc", sustain=0.03, **event)
            await asyncio.sleep(0.08)
            rows = [row for row in json_rows(live) if row.get("do") == "play"]
            if rows and played(live, rows[-1], level):
                return
            assert time.monotonic() < end, f"{level} was not heard"

    def json_rows(live: Any) -> list[dict[str, Any]]:
        return [json.loads(line) for line in live.session.read_text().splitlines()]

    def played(live: Any, row: dict[str, Any], wanted: float) -> bool:
        """What the sample that this event played holds: the recording is looked at when the server has ended."""
        number = int(next(value for control, value in row["controls"] if control == "buffer"))
        sound = live.studio.engine.buffers._arrays.get(number)
        return sound is not None and sound[0, 0] == np.float32(wanted)

    async with serving(tmp_path, root) as live:
        await heard(live, 0.25)
        dc(write, "dc/a.wav", 0.125)
        await heard(live, 0.125, n=0.0)
        await heard(live, 0.25, n=1.0)
        dc(write, "dc/b.wav", 0.5)
        await heard(live, 0.5, n=1.0)
        (root / "dc" / "a.wav").unlink()
        await heard(live, 0.5, n=0.0)
        whole = dc(write, "x.wav", 0.75).read_bytes()
        (root / "dc" / "0.wav").write_bytes(whole[:30])
        await live.until(lambda status: status["sample_files"] == 2)
        live.play(None, s="dc", n=0.0)
        await live.until(lambda status: status["unreadable_samples"] == 1)
        (root / "dc" / "0.wav").write_bytes(whole)
        await heard(live, 0.75, n=0.0)
        rows = live.rows()
    sound = live.sound()
    levels = {round(float(sound[row["frame"] + 700, 0]) / level, 4) for row in rows}
    assert levels == {0.125, 0.25, 0.5, 0.75}


async def test_the_log_of_a_session_whose_folder_changed(
    tmp_path: Path, root: Path, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    """Files are named, not indices; a file that is another one now is told; one that is gone ends the render."""
    dc(write, "dc/b.wav", 0.25)
    async with serving(tmp_path, root) as live:
        live.play(None, s="dc", sustain=0.05)
        await live.until(lambda status: status["started"] == 1)
        dc(write, "dc/a.wav", 0.5)
        await live.until(lambda status: status["sample_files"] == 2)
        live.play(None, s="dc", n=1.0, sustain=0.05)
        live.play(None, s="dc", n=0.0, sustain=0.05)
        await live.until(lambda status: status["started"] == 3)
        await asyncio.sleep(0.1)
    again = render_file(live.session, None)
    assert again.audio is not None and np.array_equal(again.audio, live.sound())
    assert "has changed" not in caplog.text
    dc(write, "dc/a.wav", 0.75)
    render_file(live.session, None)
    assert caplog.text.count("a.wav") == 1 and "has changed since the session was recorded" in caplog.text
    (root / "dc" / "a.wav").unlink()
    with pytest.raises(DataError, match="is not in this library; use the sample folders"):
        render_file(live.session, None)


async def test_ten_thousand_files_are_indexed_and_watched_without_holding_up_the_loop(tmp_path: Path) -> None:
    """Goals: 2 s to index, 10 ms of stall while indexing again, 0.5 % of a core to watch; a busy machine is granted more stall."""
    root = tmp_path / "many"
    for i in range(200):
        folder = root / f"bank{i:03}"
        folder.mkdir(parents=True)
        for j in range(50):
            os.close(os.open(folder / f"{j:02}.wav", os.O_CREAT | os.O_WRONLY))
            os.truncate(folder / f"{j:02}.wav", 1)
        age(folder)
    age(root)
    index = Index([str(root)])
    began = time.perf_counter()
    index.update()
    first = time.perf_counter() - began
    began = time.thread_time()
    for _ in range(5):
        assert not index.update()
    idle = (time.thread_time() - began) / 5
    async with serving(tmp_path, root) as live:
        worst = 0.0
        assert live.status()["sample_files"] == 10_000
        for i in range(200):
            (root / f"bank{i:03}" / "new.wav").write_bytes(b"x")
        end = time.perf_counter() + 2.5
        while time.perf_counter() < end:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            worst = max(worst, time.perf_counter() - before - 0.001)
        assert live.status()["sample_files"] == 10_200
    figures = f"index {first:.3f} s, idle look {1000 * idle:.2f} ms, loop stalled {1000 * worst:.1f} ms"
    assert first < 2.0 and idle < 0.005 and worst < 0.05, figures
