from __future__ import annotations

import asyncio
import logging
import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from phonon_osc.engine.link import QueueFull
from phonon_osc.errors import UsageError
from phonon_osc.samples import kit
from phonon_osc.samples.decode import Decoded, SampleError
from phonon_osc.samples.decoders import decode
from phonon_osc.samples.library import Entry, Library, Sample
from phonon_osc.samples.store import Description, NoRoom

Write = Callable[..., Path]


class Buffers:
    """What the engine offers: takes arrays, hands out ids, says which are in use, and is spoken to by one thread."""

    def __init__(self) -> None:
        self.held: dict[int, NDArray[np.float32]] = {}
        self.in_use: set[int] = set()
        self.thread = threading.get_ident()
        self._next = 100

    def add(self, frames: NDArray[np.float32], rate: float) -> int:
        assert threading.get_ident() == self.thread
        assert frames.dtype == np.float32 and frames.ndim == 2 and frames.shape[1] == 2 and frames.flags["C_CONTIGUOUS"]
        assert rate > 0.0
        self._next += 1
        self.held[self._next - 1] = frames
        return self._next - 1

    def idle(self, number: int) -> bool:
        assert threading.get_ident() == self.thread
        return number not in self.in_use

    def drop(self, number: int) -> None:
        assert threading.get_ident() == self.thread and number not in self.in_use
        del self.held[number]


@pytest.fixture
def buffers() -> Buffers:
    return Buffers()


@pytest.fixture
def make(buffers: Buffers) -> Iterator[Callable[..., Library]]:
    made: list[Library] = []

    def make(*roots: Path, budget_bytes: int | None = None, **options: Any) -> Library:
        made.append(Library(roots, buffers=buffers, budget_bytes=budget_bytes, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


Make = Callable[..., Library]


def found(entry: Entry | None) -> str:
    assert entry is not None
    return os.path.basename(entry.path) if entry.path else f"kit {entry.name}:{entry.n}"


def described(table: Library, sample: Sample) -> Description:
    description = table.describe(sample.id)
    assert description is not None
    return description


INDICES = {0: 0, 1: 1, 2: 2, 3: 0, -1: 2, -3: 0, -4: 2, 1.99: 1, -0.9: 0, -1.5: 2, 1e9: 1, 2.0**900: 1}
NO_NUMBERS = {math.nan: 0, math.inf: 0, -math.inf: 0}


@pytest.mark.parametrize(("n", "index"), list((INDICES | NO_NUMBERS).items()))
def test_index_truncates_and_wraps(data: Path, make: Make, n: float, index: int) -> None:
    entry = make(data).find("tone", n)
    assert entry is not None
    assert entry.n == index


def test_folders_win_over_the_kit(data: Path, make: Make) -> None:
    table = make(data)
    assert found(table.find("bd", 1)) == "bd1.wav"
    assert found(table.find("bd", 3)) == "bd0.wav", "the folder's three, not the kit's 24"
    assert found(table.find("cp", 1)) == "kit cp:1"
    assert table.find("ch", 0) == table.find("hh", 0) != make().find("hh", 0), "other names follow"
    assert found(table.find("sd", 1)) == "kit sd:1"


def test_names(data: Path, make: Make) -> None:
    assert make().names() == {**kit.COUNTS, **{alias: kit.COUNTS[name] for alias, name in kit.ALIASES.items()}}
    names = make(data).names()
    assert names["bd"] == 3 and names["tone"] == 3 and names["arpy"] == 11
    assert list(names) == sorted(names)


@pytest.mark.parametrize(
    ("name", "bank", "expected"),
    [
        ("RolandTR909bd", "RolandTR909", "a_bd.wav"),  # as Strudel sends it
        ("bd", "RolandTR909", "a_bd.wav"),  # as Tidal 1.10 sends it
        ("RolandTR909_bd", "RolandTR909", "a_bd.wav"),
        ("RolandTR909_bd", None, "a_bd.wav"),
        ("bd", "rolandtr909", "a_bd.wav"),
        ("hh", "Boss", "glued.wav"),  # no underscore
        ("Bosshh", "Boss", "glued.wav"),
        ("RolandTR909cp", "RolandTR909", "kit RolandTR909_cp:0"),  # the folder has but one of its drums
        ("cp", "RolandTR909", "kit RolandTR909_cp:0"),
        ("oh", "tr808", "kit 808oh:0"),
        ("lighter", "RolandTR909", "kit lighter:0"),  # not in that bank
        ("cp", "NoSuchMachine", "kit cp:0"),  # no such bank
        ("bd", "", "kit bd:0"),
        ("bd", None, "kit bd:0"),
        ("both", "X", "underscored.wav"),
    ],
)
def test_banks(root: Path, write: Write, make: Make, name: str, bank: str | None, expected: str) -> None:
    write("RolandTR909_bd/a_bd.wav")
    write("Bosshh/glued.wav")
    write("X_both/underscored.wav")
    write("Xboth/glued_too.wav")
    assert found(make(root).find(name, 0, bank)) == expected


STRANGE = ["", "nope", "BD", "../../x", "/etc/passwd", "bd/bd0.wav", "bd\0", "x" * 10_000, "\U0001f941", "tone:1"]


@pytest.mark.parametrize("name", STRANGE)
def test_names_are_only_keys(data: Path, make: Make, name: str) -> None:
    table = make(data)
    assert table.find(name, 0) is None
    assert table.find(name, 0, "..") is None


def test_keys_tell_sounds_apart(data: Path, make: Make) -> None:
    table, again = make(data), make(data)
    names = {name: count for name, count in table.names().items() if name not in kit.ALIASES}
    entries = [table.find(name, n) for name, count in names.items() for n in range(count)]
    keys = {entry.key for entry in entries if entry is not None}
    assert len(keys) == len(entries)
    assert min(keys) >= 1
    assert table.find("tone", 1) == again.find("tone", 1)


def test_load_registers_once(data: Path, make: Make, buffers: Buffers) -> None:
    table = make(data)
    entry = table.find("stereo44")
    assert entry is not None and table.loaded(entry) is None
    sample = table.load(entry)
    assert table.load(entry) is sample and table.loaded(entry) is sample
    assert (sample.id, sample.name, sample.n, sample.rate, sample.key) == (100, "stereo44", 0, 44_100.0, entry.key)
    assert sample.frames == len(buffers.held[100]) == 35_280
    assert table.store.used_bytes == buffers.held[100].nbytes == sample.frames * 8


def test_threads_that_preload_share_one_attempt(
    data: Path, make: Make, buffers: Buffers, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[str] = []

    def count(path: str, roots: list[str], **options: Any) -> Decoded:
        decoded.append(path)
        time.sleep(0.002)
        return decode(path, roots, **options)

    monkeypatch.setattr("phonon_osc.samples.library.decode", count)
    table = make(data)
    threads = [threading.Thread(target=lambda: table.preload(["tone", "stereo"])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(decoded) == 4 and not buffers.held, "the engine gets what is played"
    entries = [table.find("tone", n) for n in range(3)]
    assert len({table.load(entry).id for entry in entries if entry}) == 3 == len(buffers.held)
    assert len(decoded) == 4


async def test_ensure_shares_one_load(data: Path, make: Make, buffers: Buffers) -> None:
    table = make(data)
    entry = table.find("tone")
    assert entry is not None
    samples = await asyncio.gather(*(table.ensure(entry) for _ in range(50)))
    assert len({id(sample) for sample in samples}) == 1 and len(buffers.held) == 1
    assert table.loaded(entry) is samples[0] and table.load(entry) is samples[0]


async def test_ensure_leaves_the_loop_free(data: Path, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()

    def slow(path: str, roots: list[str], **options: Any) -> Decoded:
        assert gate.wait(5.0)
        return decode(path, roots, **options)

    monkeypatch.setattr("phonon_osc.samples.library.decode", slow)
    table = make(data)
    entry = table.find("tone")
    assert entry is not None
    first, second = asyncio.create_task(table.ensure(entry)), asyncio.create_task(table.ensure(entry))
    await asyncio.sleep(0.02)
    assert not first.done() and table.loaded(entry) is None
    first.cancel()  # one caller gives up, the other still gets it
    await asyncio.sleep(0)
    gate.set()
    assert (await second).name == "tone"
    assert first.cancelled()


async def test_failure_is_remembered_and_logged_once(root: Path, make: Make, caplog: pytest.LogCaptureFixture) -> None:
    (root / "bad").mkdir()
    (root / "bad" / "a.wav").write_bytes(b"this is no sound")
    table = make(root)
    entry = table.find("bad")
    assert entry is not None
    errors = []
    for _ in range(3):
        with pytest.raises(SampleError, match="cannot be decoded") as caught:
            await table.ensure(entry)
        errors.append(caught.value)
    with pytest.raises(SampleError):
        table.load(entry)
    assert table.loaded(entry) is None
    assert len(caplog.records) == 1 and "a.wav" in caplog.text
    assert len({id(error) for error in errors}) == 3, "one exception raised again and again would grow"


@pytest.mark.parametrize("error", [UsageError("no buffer left"), QueueFull("no command gets through")])
def test_an_engine_that_takes_no_more(make: Make, data: Path, buffers: Buffers, error: Exception) -> None:
    """It is not the sample's fault: the next attempt may succeed."""

    def full(frames: NDArray[np.float32], rate: float) -> int:
        raise error

    table = make(data)
    entry = table.find("tone")
    assert entry is not None
    add, buffers.add = buffers.add, full  # type: ignore[method-assign]
    with pytest.raises(NoRoom, match=str(error)):
        table.load(entry)
    assert table.store.used_bytes == 0 and len(table.store) == 0
    buffers.add = add  # type: ignore[method-assign]
    assert table.load(entry).frames == 48_000


def test_preload_kit(data: Path, make: Make, buffers: Buffers) -> None:
    table = make(data)
    assert table.preload_kit() == len(set(kit.BASICS) - {"bd", "sn", "hh"}) == len(table.store), "folders have those"
    entry = table.find("arpy", 2)
    assert entry is not None
    sample = table.load(entry)
    assert sample.root_note == 67.0 and table.loaded(entry) is sample


def test_descriptions_find_the_same_sound(data: Path, make: Make, buffers: Buffers) -> None:
    table, again = make(data), make(data)
    for name, n in (("tone", 2), ("arpy", 4), ("oh", 1), ("sd", 1)):
        entry = table.find(name, n)
        assert entry is not None
        sample = table.load(entry)
        copy = again.load(again.resolve(described(table, sample)))
        assert copy.id != sample.id
        assert buffers.held[copy.id].tobytes() == buffers.held[sample.id].tobytes()
    assert table.describe(99_999) is None


def test_a_file_that_another_root_hides_now_can_still_be_resolved(
    tmp_path: Path, write: Write, make: Make, buffers: Buffers
) -> None:
    hidden = write("one/mine/a.wav", np.full(10, 0.5, np.float32), subtype="FLOAT", base=tmp_path)
    before = make(tmp_path / "one")
    entry = before.find("mine")
    assert entry is not None
    description = described(before, before.load(entry))
    write("two/mine/b.wav", base=tmp_path)
    after = make(tmp_path / "one", tmp_path / "two")
    assert found(after.find("mine")) == "b.wav"
    sample = after.load(after.resolve(description))
    assert sample.frames == 10 and buffers.held[sample.id][0, 0] == 0.5
    hidden.unlink()
    with pytest.raises(SampleError, match="is not in this library"):
        after.resolve(description)


def test_more_than_two_channels_are_told(
    root: Path, write: Write, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    write("wide/a.wav", np.zeros((100, 6), np.float32))
    table = make(root)
    entry = table.find("wide")
    assert entry is not None
    with caplog.at_level(logging.INFO):
        table.load(entry)
    assert "has 6 channels: the first two are played" in caplog.text


def test_shadowed_kit_sounds_can_still_be_resolved(data: Path, make: Make) -> None:
    plain, table = make(), make(data)
    entry = plain.find("bd", 1)
    assert entry is not None
    resolved = table.resolve(described(plain, plain.load(entry)))
    assert resolved == entry and resolved != table.find("bd", 1)


NOTHING: list[dict[str, object]] = [{}, {"path": "/etc/passwd"}, {"path": 3}, {"kit": "bd", "n": 99}]
NOTHING += [{"kit": "bd", "n": -1}, {"kit": "x", "n": 0}, {"kit": "bd", "n": 0.5}, {"kit": ["bd"], "n": 0}]
NOTHING += [{"path": "/etc/passwd", "kit": "bd", "n": 0}]


@pytest.mark.parametrize("description", NOTHING)
def test_descriptions_of_nothing(data: Path, make: Make, description: dict[str, object]) -> None:
    with pytest.raises(SampleError, match="is not in this library"):
        make(data).resolve(description)


async def test_closing_answers_those_who_wait(data: Path, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()

    def slow(path: str, roots: list[str], **options: Any) -> Decoded:
        assert gate.wait(5.0)
        return decode(path, roots, **options)

    monkeypatch.setattr("phonon_osc.samples.library.decode", slow)
    table = make(data)
    entries = [table.find("tone", n) for n in range(3)] + [table.find("ramp"), table.find("noise")]
    tasks = [asyncio.create_task(table.ensure(entry)) for entry in entries if entry is not None]
    await asyncio.sleep(0.02)
    table.close()
    gate.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    stopped = [result for result in results if isinstance(result, SampleError)]
    assert len(stopped) == 5 and "the server is stopping" in str(stopped[0])
    late = table.find("stereo")
    assert late is not None
    with pytest.raises(SampleError, match="the server is stopping"):
        await table.ensure(late)


def test_a_sound_replaced_before_it_was_first_played_is_counted_once(data: Path, make: Make, buffers: Buffers) -> None:
    """A file may change, or memory run short, between the thread that decoded and the one that plays."""
    table = make(data, budget_bytes=48_000 * 8)
    entry = table.find("tone", 0)
    assert entry is not None and table.preload(["tone"]) == 1
    (sound,) = table.store.sounds()
    table.store.replace(sound)
    sample = table.store.sample(sound)
    assert table.store.used_bytes == 48_000 * 8 and table.loaded(entry) is sample
    table.store.replace(sound)
    table.release_unused()
    assert table.store.used_bytes == 0 and not buffers.held and len(table.store) == 0
    assert table.store.sample(sound).frames == 48_000 and table.store.used_bytes == 48_000 * 8


def test_a_drop_that_does_not_get_through_is_made_up_for(data: Path, make: Make, buffers: Buffers) -> None:
    def full(number: int) -> None:
        raise QueueFull("no command gets through")

    table = make(data, budget_bytes=48_000 * 8)
    one, two = table.find("tone", 0), table.find("tone", 1)
    assert one is not None and two is not None
    first = table.load(one)
    drop, buffers.drop = buffers.drop, full  # type: ignore[method-assign]
    with pytest.raises(NoRoom):
        table.load(two)
    buffers.drop = drop  # type: ignore[method-assign]
    assert table.load(two).id != first.id and table.store.used_bytes == 36_000 * 8
    assert list(buffers.held) == [table.load(two).id]
