"""The kit's cache, and the kit as a player meets it: named once as what it is, replaced by real samples, never late."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from live import onset, serving

from phonon_osc.samples import kit
from phonon_osc.samples.kit import cache
from phonon_osc.samples.kit.cook import Cook

Write = Callable[..., Path]
SLOWEST = ("cc", 5)  # of all sounds, to make


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, of this process and of those that it starts."""
    monkeypatch.setattr(cache, "folder", lambda: tmp_path / "cache" / "kit")
    return tmp_path / "cache" / "kit"


def forbidden(name: str, n: int) -> cache.Kept:
    raise AssertionError(f"{name}:{n} was made again")


# --- what is kept ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "n"), [("bd", 3), ("arpy", 2), ("juno", 9)])
def test_kept_is_what_was_made(name: str, n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drums, a pitched sound, a wide one: bits, note and width come back."""
    made = kit.synthesise(name, n)
    first = kit.sound(name, n)
    monkeypatch.setattr(kit, "_made", forbidden)
    second = kit.sound(name, n)
    for one in (first, second):
        assert one.frames.tobytes() == made.frames.tobytes()
        assert (one.rate, one.channels, one.root_note) == (made.rate, made.channels, made.root_note)


@pytest.mark.parametrize("damage", [b"", b"short", b"\0" * 4000])
def test_what_is_damaged_is_made_again(home: Path, damage: bytes) -> None:
    made = kit.sound("bd", 0)
    (file,) = (home / cache.version()).iterdir()
    whole = file.read_bytes()
    for broken in (damage, whole[:-2], whole + b"\0\0"):
        file.write_bytes(broken)
        assert kit.sound("bd", 0).frames.tobytes() == made.frames.tobytes()
        assert file.read_bytes() == whole


def test_without_a_folder_to_write_to_it_still_sounds(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.parent.mkdir()
    home.write_text("a file where the folder should be")
    assert kit.sound("bd", 0).frames.any()
    monkeypatch.setattr(kit, "COUNTS", {"bd": 24})
    assert kit.make_all() == 0 and not cache.complete()


def test_the_whole_kit_is_made_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kit, "COUNTS", {"casio": 3, "tok": 4})
    (home / "an earlier version").mkdir(parents=True)
    kit.sound("tok", 1)
    seen: list[tuple[int, int, str]] = []
    assert kit.make_all(lambda *progress: seen.append(progress)) == 6
    assert seen[0] == (1, 6, "casio:0") and seen[-1] == (6, 6, "tok:3")
    assert cache.complete() and [path.name for path in home.iterdir()] == [cache.version()], (
        "earlier versions are deleted"
    )
    monkeypatch.setattr(kit, "_made", forbidden)
    assert kit.make_all() == 0
    assert kit.sound("casio", 2).frames.any()


def test_where_it_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("PHONON_OSC_CACHE", "/somewhere")
    assert cache.folder() == Path("/somewhere/kit")
    monkeypatch.delenv("PHONON_OSC_CACHE")
    assert cache.folder().parts[-2:] == ("phonon-osc", "kit")


def test_loading_takes_no_time() -> None:
    kit.sound("bd", 0)

    def once() -> float:
        began = time.perf_counter()
        kit.sound("bd", 0)
        return time.perf_counter() - began

    assert min(once() for _ in range(20)) < 0.001


# --- as a player meets it --------------------------------------------------------------------------------------------
async def test_a_first_hit_that_has_to_be_made_is_neither_lost_nor_late(tmp_path: Path) -> None:
    """Nothing is in the cache: the slowest sound of all and a snare of a machine, with what lead clients give."""
    name, n = SLOWEST
    async with serving(tmp_path) as live:
        live.play(0.2, s=name, n=float(n))
        live.play(0.2, s="RolandTR707sd", bank="RolandTR707", orbit=1)
        status = await live.until(lambda status: status["started"] == 2)
        assert status["late"] == status["samples_late"] == status["samples_not_ready"] == status["unplayable"] == 0
    first, second = live.rows()
    assert abs(first["frame"] - second["frame"]) < 480
    assert 0 <= onset(live.sound()) - min(first["frame"], second["frame"]) <= 2, "the kit's first frame is silent"


async def test_a_folder_is_made_whole_once_one_of_it_is_played_and_no_other(tmp_path: Path, home: Path) -> None:
    """The rest of a folder is made in another process; what nobody plays is never made."""
    async with serving(tmp_path) as live:
        live.play(0.2, s="tok", n=2.0)
        wanted = [("tok", n) for n in range(kit.COUNTS["tok"])] + [(name, 0) for name in kit.BASICS]
        await live.until(lambda _: all(cache.has(*sound) for sound in wanted), 30.0)
        await live.until(lambda status: status["started"] == 1)
    kept = {path.name for path in (home / cache.version()).iterdir()}
    assert kept == {f"{name}-{n}" for name, n in wanted}


def test_the_cook_ends_with_its_server() -> None:
    cook = Cook()
    cook.want("dr")
    process = cook._process
    assert process is not None and process.poll() is None
    cook.close()
    assert process.poll() is not None
    cook.want("foo")
    assert cook._process is None


def test_a_start_costs_no_process_where_all_is_made() -> None:
    for n in range(kit.COUNTS["tok"]):
        assert kit.make("tok", n)
    cook = Cook()
    cook.want("tok")
    assert cook._process is None


async def test_stand_ins_are_named_once(
    tmp_path: Path, root: Path, write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    write("casio/mine.wav", np.full(4_800, 0.5, np.float32))
    async with serving(tmp_path, root) as live:
        for _ in range(3):
            live.play(0.1, s="feel", n=1.0)
            live.play(0.1, s="casio", n=1.0)
        await live.until(lambda status: status["started"] == 6)
    lines = [record.getMessage() for record in caplog.records if "stand-in" in record.getMessage()]
    assert lines == [f"built-in stand-in for feel; put a folder feel into {root} for the real ones"]


async def test_a_folder_takes_the_place_of_a_stand_in(tmp_path: Path, root: Path, write: Write) -> None:
    write("casio/mine.wav", np.full(4_800, 0.5, np.float32))
    async with serving(tmp_path, root) as live:
        live.play(0.1, s="casio", n=7.0)
        await live.until(lambda status: status["started"] == 1)
        await live.until(lambda status: status["voices"] == 0)
    (row,) = live.rows()
    assert live.sound()[row["frame"] + 2_400, 0] == pytest.approx(0.5 * 0.4 / np.sqrt(2.0), rel=1e-3)


async def test_the_basics_are_there_from_the_start(tmp_path: Path) -> None:
    """And nothing else: the kit as a whole would be hundreds of megabytes."""
    async with serving(tmp_path) as live:
        status = await live.until(lambda status: status["samples_loaded"] >= len(kit.BASICS))
        assert status["samples_loaded"] == len(kit.BASICS) and status["sample_bytes"] < 4_000_000
