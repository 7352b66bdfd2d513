from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from phonon_osc.samples.bank import default_roots, scan

Write = Callable[..., Path]


def names(paths: list[str]) -> list[str]:
    return [os.path.basename(path) for path in paths]


def touch(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_reference_folder(data: Path) -> None:
    banks = scan([str(data)])
    assert names(banks["tone"]) == ["tone0_440.wav", "tone1_880.wav", "tone2_220.wav"]
    assert set(banks) == {path.name for path in data.iterdir()}


def test_order_is_that_of_bytes(root: Path) -> None:
    for name in ("b.wav", "B.wav", "10.wav", "2.wav", "a.WAV", "é.wav"):
        touch(root / "bd" / name)
    assert names(scan([str(root)])["bd"]) == ["10.wav", "2.wav", "B.wav", "a.WAV", "b.wav", "é.wav"]


def test_other_files_take_no_index(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("a.txt", "b.wav", "c.m4a", ".hidden.wav", "._b.wav", "d.flac", "e.ogg", "f.aif", "g.aiff", "h.aifc"):
        touch(root / "bd" / name)
    touch(root / "bd" / "no extension")
    touch(root / "bd" / "deeper" / "z.wav")
    touch(root / "loose.wav")
    touch(root / ".git" / "a.wav")
    touch(root / "empty" / "readme.md")
    banks = scan([str(root)])
    assert list(banks) == ["bd"]
    assert names(banks["bd"]) == ["b.wav", "d.flac", "e.ogg", "f.aif", "g.aiff", "h.aifc"]
    assert not caplog.records


def test_empty_file_is_skipped_with_a_warning(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    touch(root / "bd" / "a.wav", b"")
    touch(root / "bd" / "b.wav")
    assert names(scan([str(root)])["bd"]) == ["b.wav"]
    assert "is empty" in caplog.text


def test_case_of_bank_names_is_kept(root: Path) -> None:
    touch(root / "BD" / "a.wav")
    touch(root / "bd" / "a.wav")
    assert set(scan([str(root)])) == {"BD", "bd"}


def test_later_root_replaces_or_appends(tmp_path: Path) -> None:
    touch(tmp_path / "one" / "bd" / "z.wav")
    touch(tmp_path / "one" / "sn" / "s.wav")
    touch(tmp_path / "two" / "bd" / "a.wav")
    roots = [str(tmp_path / "one"), str(tmp_path / "two")]
    assert names(scan(roots)["bd"]) == ["a.wav"]
    assert names(scan(roots)["sn"]) == ["s.wav"]
    assert names(scan(roots, append=True)["bd"]) == ["z.wav", "a.wav"]


def test_only_regular_files(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    touch(root / "bd" / "good.wav")
    os.mkfifo(root / "bd" / "pipe.wav")
    (root / "bd" / "folder.wav").mkdir()
    (root / "bd" / "loop.wav").symlink_to(root / "bd" / "loop.wav")
    (root / "bd" / "device.wav").symlink_to("/dev/zero")
    (root / "bd" / "dangling.wav").symlink_to(root / "nowhere.wav")
    assert names(scan([str(root)])["bd"]) == ["good.wav"]
    assert len(caplog.records) == 4


def test_links_may_not_leave_the_roots(root: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    secret = touch(tmp_path / "secret" / "key.wav")
    touch(root / "bd" / "a.wav")
    (root / "bd" / "key.wav").symlink_to(secret)
    (root / "stolen").symlink_to(secret.parent)
    (root / "again").symlink_to(root / "bd")
    banks = scan([str(root)])
    assert {name: names(paths) for name, paths in banks.items()} == {"bd": ["a.wav"], "again": ["a.wav"]}
    assert caplog.text.count("leads outside") == 3, "bd/key.wav, the same through again/, stolen"
    both = scan([str(root), str(secret.parent)])
    assert names(both["stolen"]) == ["key.wav"] and names(both["bd"]) == ["a.wav", "key.wav"]


def test_loops_of_folders_end(root: Path) -> None:
    touch(root / "bd" / "a.wav")
    (root / "loop").symlink_to(root)
    (root / "self").symlink_to(root / "self")
    assert list(scan([str(root)])) == ["bd"]


def test_missing_root_is_only_a_warning(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    touch(root / "bd" / "a.wav")
    assert list(scan([str(root / "nowhere"), str(root)])) == ["bd"]
    assert "cannot be listed" in caplog.text


def test_bounded(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    for i in range(30):
        for j in range(10):
            touch(root / f"bank{i:02}" / f"{j}.wav")
    banks = scan([str(root)], max_entries=55)
    assert sum(len(paths) for paths in banks.values()) == 25  # 30 folders, then 25 files
    assert len([record for record in caplog.records if record.levelno == logging.WARNING]) <= 11


def test_ten_thousand_files_are_quick(root: Path) -> None:
    for i in range(100):
        folder = root / f"bank{i}"
        folder.mkdir()
        for j in range(100):
            os.close(os.open(folder / f"{j}.wav", os.O_CREAT | os.O_WRONLY))
            os.truncate(folder / f"{j}.wav", 1)
    before = time.monotonic()
    banks = scan([str(root)])
    assert time.monotonic() - before < 2.0
    assert sum(len(paths) for paths in banks.values()) == 10_000


def test_default_roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_roots() == []
    own = tmp_path / "phonon-osc" / "samples"
    dirt = tmp_path / "SuperCollider" / "downloaded-quarks" / "Dirt-Samples"
    own.mkdir(parents=True)
    dirt.mkdir(parents=True)
    assert default_roots() == [str(dirt), str(own)]
