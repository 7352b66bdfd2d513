"""Files that use each other, with any names and any order of changes."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from phonon_osc.studio import Studio

from .rig import Client, loudest


class Folded(Client):
    """A studio with a folder that is read when the test asks for it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(Studio(voices=64, defs=path))

    def read(self) -> None:
        assert self.studio.folder is not None
        self.studio.folder.scan()
        while self.studio.poll():
            pass

    def write(self, **texts: str) -> None:
        for name, text in texts.items():
            file = self.path / f"{name}.def"
            file.write_text(text)
            os.utime(file, ns=(time.time_ns(), time.time_ns()))

    def hertz(self, name: str) -> float:
        return loudest(self.node(name, frames=9600))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folded]:
    (tmp_path / "aaa.def").write_text("out (middle 3) * 0.1")
    (tmp_path / "middle.def").write_text("times: 1\noutlets (sine (zzz * times))")
    (tmp_path / "zzz.def").write_text("outlets 100")
    made = Folded(tmp_path)
    yield made
    made.studio.close()


def test_order_is_by_use(folder: Folded) -> None:
    assert folder.hertz("aaa") == pytest.approx(300.0, abs=2.0)


def test_what_uses_a_file_is_made_again_when_it_changes(folder: Folded, caplog: pytest.LogCaptureFixture) -> None:
    folder.write(zzz="outlets 150")
    folder.read()
    assert folder.hertz("aaa") == pytest.approx(450.0, abs=2.0)
    folder.write(zzz="outlets (sin")  # a half-written file
    folder.read()
    assert "zzz.def" in caplog.text and folder.hertz("aaa") == pytest.approx(450.0, abs=2.0)
    folder.write(zzz="outlets 200", aaa="out (middle 4) * 0.1")
    folder.read()
    assert folder.hertz("aaa") == pytest.approx(800.0, abs=2.0)


def test_a_file_that_comes_later_and_one_that_goes(folder: Folded, caplog: pytest.LogCaptureFixture) -> None:
    folder.write(early="out late * 0.1")
    folder.read()
    assert "early.def" in caplog.text and "late" in caplog.text
    folder.write(late="outlets (sine 500)")
    folder.read()
    assert folder.hertz("early") == pytest.approx(500.0, abs=2.0)
    (folder.path / "late.def").unlink()
    caplog.clear()
    folder.read()
    assert "early.def" in caplog.text and folder.hertz("early") == pytest.approx(500.0, abs=2.0)


def test_messages_change_nothing_that_was_made(folder: Folded) -> None:
    """Through /def/new a part is used by value; only files follow changes of other files."""
    folder.define("zzz", "outlets 250")
    assert folder.hertz("aaa") == pytest.approx(300.0, abs=2.0)
    folder.define("new", "out (middle 2) * 0.1")
    assert folder.hertz("new") == pytest.approx(200.0, abs=2.0)


def test_files_that_use_each_other_are_named(folder: Folded, caplog: pytest.LogCaptureFixture) -> None:
    folder.write(one="outlets other + 1", other="outlets one + 1", user="out one * 0.1", alone="out (sine 600) * 0.1")
    with caplog.at_level(logging.WARNING):
        folder.read()
    assert "one and other use each other" in caplog.text
    assert folder("/def/get", "user")[0] == "/fail"
    assert folder.hertz("alone") == pytest.approx(600.0, abs=2.0)
    folder.write(other="outlets 2")
    folder.read()
    assert folder("/def/get", "user")[0] == "/def/get/reply"


def test_a_folder_that_does_not_answer_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network file system hangs: nodes still play, and the definition comes when the folder answers again."""
    asked, answers = threading.Event(), threading.Event()
    scandir = os.scandir

    def hanging(path: Path) -> object:
        if path == tmp_path and threading.current_thread() is not made_by:
            asked.set()
        if path == tmp_path and asked.is_set():
            assert answers.wait(20.0), "the folder was read by the thread that serves clients"
        return scandir(path)

    made_by = threading.current_thread()
    client = Client(Studio(voices=64, defs=tmp_path, watch=True))
    try:
        monkeypatch.setattr(os, "scandir", hanging)
        (tmp_path / "late.def").write_text("out (sine 500) * 0.1")
        assert asked.wait(10.0), "nobody reads the folder"
        for _ in range(10):
            client.studio.poll()
        assert loudest(client.node("sine", "freq", 300.0, frames=9600)) == pytest.approx(300.0, abs=2.0)
        assert client("/def/get", "late")[0] == "/fail"
        answers.set()
        until = time.monotonic() + 10.0
        while client("/def/get", "late")[0] == "/fail":
            assert time.monotonic() < until
            client.studio.poll()
            time.sleep(0.01)
    finally:
        answers.set()
        client.studio.close()
